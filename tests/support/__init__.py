"""Helpers shared by the tests: made-up alerts, and stand-ins for mail and Telegram servers."""
