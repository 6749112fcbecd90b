"""Sends alerts by SMTP."""
