"""Sends alerts through a Telegram bot."""
