"""Asking Telegram for updates. What is not answered yet is not confirmed: Telegram gives it again."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

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
log = get_logger("bot")


class Poller:
    """Takes updates in the order Telegram gives them, until it is told to stop."""

    def __init__(
        self, bot: Bot, handling: Handling, *, sleep: Sleep = asyncio.sleep, wait: timedelta = LONG_POLL
    ) -> None:
        """Ask nothing of the server yet."""
        self._bot = bot
        self._handling = handling
        self._sleep = sleep
        self._wait = wait
        self._offset: int | None = None
        self._failed: dict[int, int] = {}
        """How often an update could not be answered."""

    async def run(self) -> None:
        """Poll for ever; whatever Telegram answers, it is asked again."""
        pause = _FIRST_PAUSE
        while True:
            try:
                updates = await self._bot.get_updates(
                    self._offset, _AT_ONCE, self._wait, WANTED, read_timeout=self._wait.total_seconds() + 10
                )
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

    async def _take(self, updates: Sequence[Update]) -> bool:
        """Take some updates, each chat's in order; False where some must come again."""
        chats: dict[int, list[Update]] = {}
        for update in updates:
            chat = update.effective_chat
            chats.setdefault(chat.id if chat else 0, []).append(update)
        taken = await asyncio.gather(*(self._in_order(those) for those in chats.values()))
        again = [number for numbers in taken for number in numbers if self._may_come_again(number)]
        if again:
            self._offset = min(again)
        elif updates:
            self._offset = max(update.update_id for update in updates) + 1
            self._failed.clear()
        return not again

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
