"""What one person may see: their duties, their agreements, and finding one by a few words."""
