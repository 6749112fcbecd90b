"""The Telegram bot: ask, answer, act. Database work is done in threads; nothing is kept in memory."""
