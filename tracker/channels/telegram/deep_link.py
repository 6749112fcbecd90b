"""The link that opens the bot with a code; Telegram knows the bot's name."""

import asyncio
from collections.abc import Callable

from telegram import Bot
from telegram.error import TelegramError
from telegram.helpers import create_deep_linked_url

from tracker.base.errors import DeliveryError, SettingsError
from tracker.channels.telegram.send import bot_url, hide_tokens


def deep_link_of(token: str | None, base_url: str | None, *, group: bool = False) -> Callable[[str], str]:
    """Give what makes links of codes, for people or for groups; asks Telegram once for the bot's name."""
    if token is None:
        raise SettingsError("TRACKER_TELEGRAM_TOKEN is not set; @BotFather gives one.")
    hide_tokens()
    name = asyncio.run(_name_of(Bot(token, base_url=bot_url(base_url))))
    return lambda code: create_deep_linked_url(name, code, group=group)


async def _name_of(bot: Bot) -> str:
    try:
        async with bot:
            return bot.username
    except TelegramError as error:
        raise DeliveryError(f"Telegram does not say the bot's name ({type(error).__name__}).") from None
