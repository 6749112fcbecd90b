"""One update from its arrival to its answer: in turn with others of its chat, database work in threads."""

import asyncio
import dataclasses
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar
from weakref import WeakValueDictionary

from telegram import Bot, Update

from tracker.base.log import get_logger
from tracker.bot import help as words
from tracker.bot.desk import Answered, Desk
from tracker.bot.giving import Giver, Sleep, Unanswered
from tracker.bot.incoming import Incoming, read
from tracker.bot.screen import SILENCE, Reply
from tracker.bot.together import Together

_P = ParamSpec("_P")
_T = TypeVar("_T")
_THREADS = 4
_PARTS, _IN_A_PART = 2, 10
"""How many threads answer at once, and how much each of them does in one go where much waits."""
log = get_logger("bot")


class Handling:
    """Answers updates as they come, from whichever way."""

    def __init__(
        self, desk: Desk, bot: Bot, sleep: Sleep = asyncio.sleep, then: Callable[[], None] | None = None
    ) -> None:
        """Answer nothing yet; `then` is called after each answer that recorded something."""
        self.then = then
        self._desk = desk
        self._giver = Giver(bot, self, sleep)
        self.threads = ThreadPoolExecutor(_THREADS, "bot")
        self._answers: Together[Incoming, Answered | Exception] = Together(
            lambda several: self._do(desk.answered_all, several), most=_IN_A_PART, at_once=_PARTS
        )
        self._notes: Together[tuple[Incoming, Reply], None] = Together(
            lambda handled: self._do(desk.done, handled)
        )
        self._turns: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    async def take(self, update: Update) -> bool:
        """Answer one update; False where Telegram could not be reached, so that it must come again."""
        try:
            said = read(update)
            if said is None:
                return True
            turn = self._turns.setdefault(said.chat, asyncio.Lock())
            async with turn:
                return await self._take(said)
        except Exception:
            log.exception("update cannot be read", update=update.update_id)
            return True

    async def gone(self, chat: int) -> None:
        """Note that nothing can be written to a chat."""
        await self._do(self._desk.cannot_write_to, chat)

    async def moved(self, chat: int, to: int) -> None:
        """Note that a chat has another id."""
        await self._do(self._desk.has_moved, chat, to)

    async def close(self) -> None:
        """Let the threads finish what they write, and go."""
        await asyncio.to_thread(self.threads.shutdown)

    async def _take(self, said: Incoming) -> bool:
        reply = SILENCE
        try:
            if bool(said.file) and await self._do(self._desk.wants_file, said):
                said = dataclasses.replace(said, content=await self._giver.fetch(said.file))
            reply, data = await self._answered(said)
            await self._giver.give(said, reply, data)
        except Unanswered as error:
            log.warning("an answer waits for Telegram", update=said.update, error=str(error))
            return False
        except Exception:
            reference = secrets.token_hex(4)
            log.exception("update not answered", reference=reference, update=said.update, chat=said.chat)
            if said.private:
                await self._giver.say(said, words.fault(self._desk.language, reference))
        await self._done(said, reply)
        if reply.recorded and self.then is not None:
            self.then()
        return True

    async def _answered(self, said: Incoming) -> Answered:
        found = await self._answers.ask(said)
        if isinstance(found, Exception):
            raise found
        return found

    async def _done(self, said: Incoming, reply: Reply) -> None:
        try:
            await self._notes.ask((said, reply))
        except Exception:
            log.exception("an update that was handled could not be noted", update=said.update)

    async def _do(self, work: Callable[_P, _T], *arguments: _P.args, **named: _P.kwargs) -> _T:
        """Do blocking work in a thread of our own: a worker in this process keeps its threads."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.threads, partial(work, *arguments, **named))
