"""Writes alerts into a Maildir instead of sending them: the default until a mail server is configured."""
