"""Sends alerts through the Telegram Bot API. The bot token stands in no error and no log line."""

import asyncio
import logging
import os
import re
from datetime import timedelta

import httpx
from telegram import Bot, InlineKeyboardMarkup, LinkPreviewOptions
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

from tracker.channels.causes import has_tls_error
from tracker.channels.telegram import render
from tracker.channels.telegram.buttons import buttons
from tracker.channels.telegram.limits import LIMITS
from tracker.channels.wrap import flatten
from tracker.outbox.delivery import Accepted, Delivery, Failure, SendError
from tracker.outbox.pace import Limits, Pace
from tracker.reminders.group_chats import chat_and_topic

OFFICIAL_URL = "https://api.telegram.org/bot"

# The library warns at every pause the server asks for unless this is set.
os.environ.setdefault("PTB_TIMEDELTA", "1")

_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
_TOKEN_IN_URL = re.compile(r"(/bot)[^/\s\"']+")
_ABOUT_THE_MESSAGE = re.compile(
    r"parse entities|message is too long|text must be|message text is empty", re.IGNORECASE
)
_STATUS_ONLY = re.compile(r" \(40[03]\)$")
_REFUSED_HTML = re.compile(r"parse entities", re.IGNORECASE)
_NO_TOPIC = re.compile(r"message thread not found|topic.*(closed|deleted)", re.IGNORECASE)
_NOT_UNDERSTOOD = (AttributeError, KeyError, TypeError, ValueError, OverflowError)
"""What the library raises where an answer has not the shape it expects."""
_LOGGERS_WITH_URLS = ("httpx", "telegram.Bot")


class TelegramChannel:
    """Sends each alert as one message of a bot; the address is the chat id as text, maybe with a topic."""

    name = "telegram"
    at_once = 8

    def __init__(
        self, token: str, base_url: str | None = None, *, timeout: float = 20, limits: Limits = LIMITS
    ) -> None:
        """Ask nothing of the server yet. `base_url` is the server, with or without `/bot`."""
        self.pace = Pace(limits)
        self._token = token
        self._base_url = bot_url(base_url)
        self._timeout = timeout
        self._bot: Bot | None = None
        self._starting = asyncio.Lock()
        self._floods: dict[str, float] = {}
        """Chats that were told to wait, until which instant of the event loop."""
        hide_tokens()

    async def send(self, delivery: Delivery) -> Accepted:
        """Send the message; SendError says what Telegram answered instead."""
        text = render.text(delivery.content, delivery.now)
        bot = await self._ready_bot()
        under = buttons(delivery.content, delivery.address, delivery.now)
        answer = await self._try(bot, delivery.address, text, ParseMode.HTML, under)
        if isinstance(answer, SendError) and _NO_TOPIC.search(answer.answer):
            # The group is still there: better beside the topic than nowhere.
            chat, _ = chat_and_topic(delivery.address)
            answer = await self._try(bot, chat, text, ParseMode.HTML, under)
        if isinstance(answer, SendError) and _REFUSED_HTML.search(answer.answer):
            # A deadline told without bold letters is better than one not told.
            repeated = await self._try(bot, delivery.address, render.plain(text), None, under)
            if isinstance(repeated, Accepted):
                return Accepted(f"ok as plain text, after: {answer.answer}", repeated.reference)
            answer = repeated
        if isinstance(answer, SendError):
            raise answer
        return answer

    async def _try(
        self,
        bot: Bot,
        address: str,
        text: str,
        parse_mode: str | None,
        under: InlineKeyboardMarkup | None,
    ) -> Accepted | SendError:
        """Give the failure back: raised here, it would carry an error whose text may hold the token."""
        chat, topic = chat_and_topic(address)
        try:
            message = await bot.send_message(
                chat,
                text,
                message_thread_id=topic,
                parse_mode=parse_mode,
                reply_markup=under,
                link_preview_options=LinkPreviewOptions(is_disabled=True),
            )
        except TelegramError as error:
            return self._explained(error, address)
        except _NOT_UNDERSTOOD as error:
            return self._not_understood(repr(error), Failure.UNCLEAR)
        return Accepted("ok", str(message.message_id))

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
            except _NOT_UNDERSTOOD as error:
                failure = self._not_understood(repr(error), Failure.BROKEN_OFF)
            else:
                return self._bot
        # Nothing was sent yet, and nothing was said about the address.
        kind = Failure.UNREACHABLE if failure.ambiguous or failure.permanent else failure.kind
        raise SendError(failure.answer, kind, retry_after=failure.retry_after, everybody=True)

    def _new_bot(self) -> Bot:
        request = HTTPXRequest(
            connection_pool_size=self.at_once,
            connect_timeout=self._timeout,
            read_timeout=self._timeout,
            write_timeout=self._timeout,
            pool_timeout=self._timeout,
        )
        return Bot(self._token, base_url=self._base_url, request=request)

    def _explained(self, error: TelegramError, address: str = "") -> SendError:
        answer = self._clean(error.message)
        match error:
            case RetryAfter():
                return self._flooded(_pause(error), answer, address)
            case ChatMigrated():
                new = str(error.new_chat_id)
                return SendError(f"the chat has moved: {answer}", Failure.MOVED, moved_to=new)
            case InvalidToken():
                return SendError(
                    "Telegram refuses the bot token: check TRACKER_TELEGRAM_TOKEN", Failure.SETUP
                )
            case Forbidden() | BadRequest() if not _says_nothing(error):  # a BadRequest is a NetworkError too
                kind = Failure.MESSAGE if _ABOUT_THE_MESSAGE.search(answer) else Failure.ADDRESS
                return SendError(f"Telegram refuses this chat or message: {answer}", kind)
            case NetworkError():
                text = f"Telegram at {self._base_url} cannot be used: {answer}"
                return SendError(text, _kind_of_silence(error))
            case Forbidden():
                text = f"something before Telegram at {self._base_url} refuses us: {answer}"
                return SendError(text, Failure.UNREACHABLE)
            case _:
                return self._not_understood(answer, Failure.UNCLEAR)

    def _flooded(self, pause: timedelta, answer: str, address: str) -> SendError:
        """Tell a chat that must wait from a bot that must: two chats at a time mean the bot."""
        now = asyncio.get_running_loop().time()
        self._floods = {chat: until for chat, until in self._floods.items() if until > now}
        others = any(chat != address for chat in self._floods)
        self._floods[address] = now + pause.total_seconds()
        text = f"Telegram asks for a pause: {answer}"
        return SendError(text, Failure.FLOOD, retry_after=pause, everybody=others)

    def _not_understood(self, answer: str, kind: Failure) -> SendError:
        return SendError(f"Telegram's answer is not understood: {self._clean(answer)}", kind)

    def _clean(self, text: str) -> str:
        shown = text.replace(self._token, "***") if self._token else text
        return flatten(_TOKEN_IN_URL.sub(r"\1***", shown))


def hide_tokens() -> None:
    """Keep bot tokens out of what the libraries log."""
    for name in _LOGGERS_WITH_URLS:
        logging.getLogger(name).addFilter(_hide_token)


def bot_url(server: str | None) -> str:
    """Give the address of the Bot API; `server` may end with `/bot` or not, None: Telegram's own."""
    base = (server or OFFICIAL_URL).rstrip("/")
    return base if base.endswith("/bot") else f"{base}/bot"


def file_url(server: str | None) -> str:
    """Give the address of the files that people have sent to a bot."""
    return f"{bot_url(server).removesuffix('/bot')}/file/bot"


def _pause(error: RetryAfter) -> timedelta:
    pause = error.retry_after
    return pause if isinstance(pause, timedelta) else timedelta(seconds=pause)


def _says_nothing(error: TelegramError) -> bool:
    """Say whether only a status came, as a proxy gives it: of chat and message it knows nothing."""
    return error.__cause__ is not None or _STATUS_ONLY.search(error.message) is not None


def _kind_of_silence(error: NetworkError) -> Failure:
    """Say whether the request had gone out when the connection failed; an HTTP 5xx has no cause."""
    if has_tls_error(error):
        return Failure.TLS
    cause = error.__cause__
    arrived = isinstance(cause, httpx.TransportError) and not isinstance(cause, _NEVER_SENT)
    return Failure.UNCLEAR if arrived else Failure.UNREACHABLE


def _hide_token(record: logging.LogRecord) -> bool:
    record.msg, record.args = _TOKEN_IN_URL.sub(r"\1***", record.getMessage()), ()
    return True
