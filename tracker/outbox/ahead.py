"""A claim that is under way while what was claimed before is being sent."""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

from tracker.outbox.claiming import Taken
from tracker.outbox.service import Claimed


class Ahead:
    """At most one claim at a time, which rings when it is done."""

    def __init__(self, news: asyncio.Event) -> None:
        """Begin nothing yet."""
        self._news = news
        self._task: asyncio.Task[Taken] | None = None
        self.room = 0
        """How many alerts the last claim asked for."""

    @property
    def is_under_way(self) -> bool:
        """Whether a claim was begun and not taken yet."""
        return self._task is not None

    def begin(self, claim: Coroutine[Any, Any, Taken], room: int) -> None:
        """Let a claim run beside everything else."""
        self.room = room
        self._task = asyncio.create_task(claim)
        self._task.add_done_callback(lambda _: self._news.set())

    def take(self) -> Taken | None:
        """Give what the claim took; None while it is under way, or where there is none."""
        if self._task is None or not self._task.done():
            return None
        task, self._task = self._task, None
        return task.result()

    async def left_over(self) -> list[Claimed]:
        """Wait for a claim that nobody wants any more, so that what it took can go back."""
        if self._task is None:
            return []
        with suppress(Exception):
            return (await self._task).messages
        return []
