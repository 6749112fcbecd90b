"""The files that prove a duty done: letters, receipts, photographs, e-mails."""
