"""Giving replies: what Telegram refuses, and what follows from it."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Protocol, TypeVar

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, InputFile, LinkPreviewOptions
from telegram.constants import ParseMode
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, RetryAfter, TelegramError

from tracker.base.log import get_logger
from tracker.bot.incoming import Incoming
from tracker.bot.screen import File, Reply, Screen
from tracker.people.buttons import Data

_T = TypeVar("_T")
_LONGEST_PAUSE = timedelta(seconds=20)
_TRIES = 3
_PAUSE = 1.0
_SAME = "not modified"
_UNCHANGEABLE = ("message to edit not found", "message can't be edited", "message_id_invalid")
_GONE = ("chat not found", "peer_id_invalid", "user is deactivated")
Sleep = Callable[[float], Awaitable[None]]
log = get_logger("bot")


class Notes(Protocol):
    """Who takes note of chats that are gone or have moved."""

    async def gone(self, chat: int) -> None:
        """Note that nothing can be written to a chat."""
        ...

    async def moved(self, chat: int, to: int) -> None:
        """Note that a chat has another id."""
        ...


class Unanswered(Exception):  # noqa: N818 - not an error of ours
    """Telegram could not be reached: the same update is to be answered again."""


class Giver:
    """Gives replies over one bot."""

    def __init__(self, bot: Bot, notes: Notes, sleep: Sleep = asyncio.sleep) -> None:
        """Ask nothing of the server yet."""
        self._bot = bot
        self._notes = notes
        self._sleep = sleep

    async def give(self, said: Incoming, reply: Reply, data: Data) -> None:
        """Give a reply; Unanswered where Telegram cannot be reached."""
        if said.press:
            await self._press_taken(said, reply)
        if reply.screen is not None:
            place = None if reply.apart else said.message
            await self._show(said, place, reply.screen, _markup(reply.screen, data))
        if reply.file is not None:
            await self._send_file(said, reply.file)

    async def fetch(self, file: str) -> bytes | None:
        """Fetch a file that somebody has sent; None where Telegram does not give it."""
        try:
            found = await self._bot.get_file(file)
            return bytes(await found.download_as_bytearray())
        except TelegramError as error:
            log.warning("a file cannot be fetched", error=_kind(error))
            return None

    async def say(self, said: Incoming, text: str) -> None:
        """Say one sentence; whatever hinders it is only logged."""
        try:
            await self._try(lambda: self._bot.send_message(said.chat, text), said.chat)
        except Unanswered as error:
            log.warning("nothing could be said", chat=said.chat, error=str(error))

    async def _press_taken(self, said: Incoming, reply: Reply) -> None:
        """Tell Telegram that a press was taken; it stops asking by itself after a while."""
        try:
            await self._bot.answer_callback_query(said.press, text=reply.toast or None)
        except TelegramError as error:
            log.info("a press is too old to be answered", chat=said.chat, error=_kind(error))

    async def _show(
        self, said: Incoming, place: int | None, screen: Screen, markup: InlineKeyboardMarkup | None
    ) -> None:
        if said.press and place is not None and await self._edit(said, screen, markup):
            return
        await self._try(
            lambda: self._bot.send_message(
                said.chat,
                screen.text,
                parse_mode=ParseMode.HTML,
                reply_markup=markup,
                message_thread_id=said.thread,
                link_preview_options=LinkPreviewOptions(is_disabled=True),
            ),
            said.chat,
        )

    async def _edit(self, said: Incoming, screen: Screen, markup: InlineKeyboardMarkup | None) -> bool:
        """Show a screen in the place of another; False where that message cannot be changed."""

        async def edit() -> bool:
            try:
                await self._bot.edit_message_text(
                    screen.text,
                    chat_id=said.chat,
                    message_id=said.message,
                    parse_mode=ParseMode.HTML,
                    reply_markup=markup,
                    link_preview_options=LinkPreviewOptions(is_disabled=True),
                )
            except BadRequest as error:
                answer = error.message.lower()
                if _SAME in answer:
                    return True
                if any(text in answer for text in _UNCHANGEABLE):
                    return False
                raise
            return True

        return await self._try(edit, said.chat) is not False

    async def _send_file(self, said: Incoming, file: File) -> None:
        await self._try(
            lambda: self._bot.send_document(
                said.chat,
                InputFile(file.content, filename=file.name),
                caption=file.caption,
                message_thread_id=said.thread,
            ),
            said.chat,
        )

    async def _try(self, call: Callable[[], Awaitable[_T]], chat: int) -> _T | None:
        """Call until it is taken, or cannot be; None where the chat takes nothing any more."""
        for number in range(1, _TRIES + 1):
            try:
                return await call()
            except RetryAfter as error:
                pause = error.retry_after
                span = pause if isinstance(pause, timedelta) else timedelta(seconds=pause)
                await self._sleep(min(span, _LONGEST_PAUSE).total_seconds())
            except ChatMigrated as error:
                await self._notes.moved(chat, error.new_chat_id)
                return None
            except Forbidden:
                await self._notes.gone(chat)
                return None
            except BadRequest as error:  # a NetworkError for the library, but Telegram's own word
                if any(text in error.message.lower() for text in _GONE):
                    await self._notes.gone(chat)
                    return None
                raise
            except NetworkError:
                if number == _TRIES:
                    break
                await self._sleep(_PAUSE * number)
        raise Unanswered(f"Telegram did not take an answer in {_TRIES} tries")


def _markup(screen: Screen, data: Data) -> InlineKeyboardMarkup | None:
    if not screen.rows:
        return None
    return InlineKeyboardMarkup(
        [
            [InlineKeyboardButton(button.label, callback_data=data[button.ask]) for button in row]
            for row in screen.rows
        ]
    )


def _kind(error: TelegramError) -> str:
    """Name an error without what may hold an address with the token."""
    return type(error).__name__
