"""What an agreement says: the terms files, read into frozen values."""
