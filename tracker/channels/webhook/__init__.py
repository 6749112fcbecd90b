"""Telling programs over HTTPS, signed."""
