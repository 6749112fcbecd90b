"""Sends alerts through the Telegram Bot API. The bot token stands in no error and no log line."""

import asyncio
import logging
import os
import re
from datetime import timedelta

import httpx
from telegram import Bot, LinkPreviewOptions
from telegram.constants import ParseMode
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)
from telegram.request import HTTPXRequest

from tracker.channels.render import flatten
from tracker.channels.telegram import render
from tracker.outbox.delivery import Accepted, Delivery, SendError

OFFICIAL_URL = "https://api.telegram.org/bot"

# The library warns at every pause the server asks for unless this is set.
os.environ.setdefault("PTB_TIMEDELTA", "1")

_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
_TOKEN_IN_URL = re.compile(r"(/bot)[^/\s\"']+")
_LOGGERS_WITH_URLS = ("httpx", "telegram.Bot")


class TelegramChannel:
    """Sends each alert as one message of a bot; the address is the chat id as text."""

    name = "telegram"

    def __init__(self, token: str, base_url: str | None = None, *, timeout: float = 20) -> None:
        """Ask nothing of the server yet. `base_url` is the server, with or without `/bot`."""
        self._token = token
        self._base_url = _with_bot(base_url or OFFICIAL_URL)
        self._timeout = timeout
        self._bot: Bot | None = None
        self._starting = asyncio.Lock()
        for name in _LOGGERS_WITH_URLS:
            logging.getLogger(name).addFilter(_hide_token)

    async def send(self, delivery: Delivery) -> Accepted:
        """Send the message; SendError says what Telegram answered instead."""
        text = render.text(delivery.content, delivery.now)
        bot = await self._ready_bot()
        try:
            message = await bot.send_message(
                delivery.address,
                text,
                parse_mode=ParseMode.HTML,
                link_preview_options=LinkPreviewOptions(is_disabled=True),
            )
        except TelegramError as error:
            failure = self._explained(error)
        except (KeyError, TypeError, ValueError) as error:
            failure = self._not_understood(repr(error), ambiguous=True)
        else:
            return Accepted("ok", str(message.message_id))
        # Raised here, so that it does not carry the library's error, whose text may hold the token.
        raise failure

    async def close(self) -> None:
        """Close the connections."""
        if self._bot is not None:
            await self._bot.shutdown()
            self._bot = None

    async def _ready_bot(self) -> Bot:
        failure: SendError
        async with self._starting:
            try:
                if self._bot is None:
                    self._bot = self._new_bot()
                await self._bot.initialize()
            except TelegramError as error:
                failure = self._explained(error)
            except (KeyError, TypeError, ValueError) as error:
                failure = self._not_understood(repr(error))
            else:
                return self._bot
        # Nothing was sent yet, and nothing was said about the address.
        raise SendError(failure.answer, retry_after=failure.retry_after)

    def _new_bot(self) -> Bot:
        request = HTTPXRequest(
            connect_timeout=self._timeout,
            read_timeout=self._timeout,
            write_timeout=self._timeout,
            pool_timeout=self._timeout,
        )
        return Bot(self._token, base_url=self._base_url, request=request)

    def _explained(self, error: TelegramError) -> SendError:
        answer = self._clean(error.message)
        match error:
            case RetryAfter():
                return SendError(f"Telegram asks for a pause: {answer}", retry_after=_pause(error))
            case ChatMigrated():
                return SendError(f"the chat has moved: {answer}", moved_to=str(error.new_chat_id))
            case InvalidToken():
                return SendError("Telegram refuses the bot token: check TRACKER_TELEGRAM_TOKEN")
            case Forbidden() | BadRequest():  # a BadRequest is a NetworkError too
                return SendError(f"Telegram refuses this chat or message: {answer}", permanent=True)
            case NetworkError():
                text = f"Telegram at {self._base_url} cannot be used: {answer}"
                return SendError(text, ambiguous=_may_have_arrived(error))
            case _:
                return self._not_understood(answer, ambiguous=True)

    def _not_understood(self, answer: str, *, ambiguous: bool = False) -> SendError:
        return SendError(f"Telegram's answer is not understood: {self._clean(answer)}", ambiguous=ambiguous)

    def _clean(self, text: str) -> str:
        shown = text.replace(self._token, "***") if self._token else text
        return flatten(_TOKEN_IN_URL.sub(r"\1***", shown))


def _with_bot(base_url: str) -> str:
    base = base_url.rstrip("/")
    return base if base.endswith("/bot") else f"{base}/bot"


def _pause(error: RetryAfter) -> timedelta:
    pause = error.retry_after
    return pause if isinstance(pause, timedelta) else timedelta(seconds=pause)


def _may_have_arrived(error: NetworkError) -> bool:
    """Say whether the request had gone out when the connection failed; an HTTP 5xx has no cause."""
    cause = error.__cause__
    return isinstance(cause, httpx.TransportError) and not isinstance(cause, _NEVER_SENT)


def _hide_token(record: logging.LogRecord) -> bool:
    record.msg, record.args = _TOKEN_IN_URL.sub(r"\1***", record.getMessage()), ()
    return True
