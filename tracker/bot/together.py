"""Work that is done together as far as it comes together: one by one while it is quiet, else in parts.

A thread for each small piece costs as much as the piece: threads of Python pass one lock around.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")


class Together(Generic[T, R]):
    """Does what several ask for in one go; while some parts are being done, the next one gathers."""

    def __init__(
        self, work: Callable[[Sequence[T]], Awaitable[Sequence[R]]], *, most: int = 1000, at_once: int = 1
    ) -> None:
        """Do nothing yet. `work` gives a result for each; a part has `most` at most."""
        self._work = work
        self._most = most
        self._at_once = at_once
        self._waiting: list[tuple[T, asyncio.Future[R]]] = []
        self._working = 0
        self._tasks: set[asyncio.Task[None]] = set()

    async def ask(self, one: T) -> R:
        """Ask for one, and wait until it is done; raises what hindered it."""
        result: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((one, result))
        if self._working < self._at_once:
            self._working += 1
            task = asyncio.create_task(self._do_all())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return await result

    async def _do_all(self) -> None:
        while self._waiting:
            part, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
            try:
                found = await self._work([one for one, _ in part])
            except Exception as error:  # noqa: BLE001 - each of those who wait raises it
                for _, result in part:
                    if not result.done():
                        result.set_exception(error)
                continue
            for (_, result), each in zip(part, found, strict=True):
                if not result.done():
                    result.set_result(each)
        self._working -= 1  # nobody can ask between the last look and this
