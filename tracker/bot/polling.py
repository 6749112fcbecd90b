"""Asking Telegram for updates. What is not answered yet is not confirmed: Telegram gives it again."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from telegram import Bot, Update
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from tracker.base.log import get_logger
from tracker.bot.giving import Sleep
from tracker.bot.handling import Handling
from tracker.bot.incoming import WANTED

LONG_POLL = timedelta(seconds=30)
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 60.0
_GIVEN_UP_AFTER = 5
_AT_ONCE = 100
_PATIENCE = 2.0
"""Seconds after which a chat that is being answered is left to itself."""
_LOOK_AGAIN = 0.5
_SLICE = 0.01
_FEW = 45
"""With so few left to be answered more is asked for: what is unconfirmed comes again, too."""
log = get_logger("bot")


class Busy(NamedTuple):
    """The answering of one chat's updates, and their numbers."""

    task: asyncio.Task[list[int]]
    numbers: Sequence[int]


class Poller:
    """Takes updates in the order Telegram gives them, until it is told to stop."""

    def __init__(
        self,
        bot: Bot,
        handling: Handling,
        *,
        sleep: Sleep = asyncio.sleep,
        wait: timedelta = LONG_POLL,
        patience: float = _PATIENCE,
    ) -> None:
        """Ask nothing of the server yet."""
        self._bot = bot
        self._handling = handling
        self._sleep = sleep
        self._wait = wait
        self._patience = patience
        self._offset: int | None = None
        self._failed: dict[int, int] = {}
        """How often an update could not be answered."""
        self._busy: dict[int, Busy] = {}
        """Chats whose updates are being answered: all others go on meanwhile."""
        self._answered: set[int] = set()
        """What is answered but comes again, for something before it is not."""
        self._more_wait = False
        """Whether Telegram holds more than it could give, and something of that may be asked for now."""

    async def run(self) -> None:
        """Poll for ever; whatever Telegram answers, it is asked again."""
        pause = _FIRST_PAUSE
        try:
            while True:
                try:
                    updates = await self._ask()
                except TelegramError as error:
                    log.warning("Telegram gives no updates, trying again", why=_reason(error), pause=pause)
                    await self._sleep(_asked(error, pause))
                    pause = min(pause * 2, _LONGEST_PAUSE)
                    continue
                if await self._take(updates):
                    pause = _FIRST_PAUSE
                    continue
                await self._sleep(pause)
                pause = min(pause * 2, _LONGEST_PAUSE)
        finally:
            for busy in self._busy.values():
                busy.task.cancel()

    async def _ask(self) -> Sequence[Update]:
        """Ask for what is not confirmed; where something is being answered, it comes along at once."""
        if self._busy and not self._more_wait:
            await self._sleep(_LOOK_AGAIN)
        return await self._bot.get_updates(
            self._offset, _AT_ONCE, self._wait, WANTED, read_timeout=self._wait.total_seconds() + 10
        )

    async def _take(self, updates: Sequence[Update]) -> bool:
        """Take some updates, each chat's in order; False where some must come again.

        A chat that takes long holds up no other: it is left to itself, and its updates stay unconfirmed.
        """
        chats: dict[int, list[Update]] = {}
        for update in updates:
            if update.update_id in self._answered:
                continue
            where = update.effective_chat
            chats.setdefault(where.id if where else 0, []).append(update)
        waiting = [those[0].update_id for chat, those in chats.items() if chat in self._busy]
        new = [chat for chat in chats if chat not in self._busy]
        for chat in new:
            numbers = [update.update_id for update in chats[chat]]
            self._busy[chat] = Busy(asyncio.create_task(self._in_order(chats[chat])), numbers)
        is_full = len(updates) >= _AT_ONCE and bool(new)
        again = await self._finished(_FEW if is_full else 0)
        self._more_wait = is_full and bool(self._busy)
        left = [*again, *waiting, *(busy.numbers[0] for busy in self._busy.values())]
        if left:
            self._offset = min(left)
        elif updates:
            self._offset = max(update.update_id for update in updates) + 1
            self._failed.clear()
        self._answered = {number for number in self._answered if number >= (self._offset or 0)}
        return not again

    async def _finished(self, enough: int) -> list[int]:
        """Wait a little for the chats that are busy; gives what could not be answered in those that end.

        When no more than `enough` are left, others need not wait for them.
        """
        tasks = {busy.task for busy in self._busy.values()}
        loop = asyncio.get_running_loop()
        until = loop.time() + self._patience
        while len(tasks) > enough and loop.time() < until:
            _, tasks = await asyncio.wait(tasks, timeout=min(_SLICE, self._patience))
        ended = {chat: busy.task.result() for chat, busy in self._busy.items() if busy.task.done()}
        for chat, failed in ended.items():
            self._answered.update(set(self._busy.pop(chat).numbers) - set(failed))
        again: list[int] = []
        for first, *others in filter(None, ended.values()):
            again += [first, *others] if self._may_come_again(first) else others
        return again

    async def _in_order(self, updates: Sequence[Update]) -> list[int]:
        """Take the updates of one chat; gives those from the first on that could not be answered."""
        for place, update in enumerate(updates):
            if not await self._handling.take(update):
                return [each.update_id for each in updates[place:]]
        return []

    def _may_come_again(self, number: int) -> bool:
        self._failed[number] = self._failed.get(number, 0) + 1
        if self._failed[number] < _GIVEN_UP_AFTER:
            return True
        log.error("an update is given up, nothing could be answered", update=number)
        return False


def _asked(error: TelegramError, pause: float) -> float:
    if not isinstance(error, RetryAfter):
        return pause
    wished = error.retry_after
    return wished.total_seconds() if isinstance(wished, timedelta) else float(wished)


def _reason(error: TelegramError) -> str:
    match error:
        case InvalidToken():
            return "it refuses the token: check TRACKER_TELEGRAM_TOKEN"
        case Conflict():
            return "another process asks for them, or a webhook is set"
        case _:
            return type(error).__name__
