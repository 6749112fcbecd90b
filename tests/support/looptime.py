"""An event loop whose time passes as soon as nothing is left to do: hours in a moment, to the microsecond."""

import asyncio
import selectors
from collections.abc import Coroutine
from datetime import datetime, timedelta
from typing import Any, TypeVar

_Result = TypeVar("_Result")


class _Selector(selectors.DefaultSelector):
    """Waits for nothing: moves the time on instead."""

    passed = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if not ready and timeout is None:
            raise AssertionError("everybody waits for something that nobody will do")
        if not ready and timeout is not None and timeout > 0:
            self.passed += timeout
        return ready


class FastLoop(asyncio.SelectorEventLoop):
    """For code that waits for timers only: no threads, no servers."""

    def __init__(self) -> None:
        self._clockwork = _Selector()
        super().__init__(self._clockwork)

    def time(self) -> float:
        """Give the seconds that have passed in this loop."""
        return self._clockwork.passed


class LoopClock:
    """A clock that goes with the loop it is read in."""

    def __init__(self, start: datetime) -> None:
        self._start = start

    def now(self) -> datetime:
        """Give the start, and what has passed since."""
        return self._start + timedelta(seconds=asyncio.get_running_loop().time())


def run_fast(job: Coroutine[Any, Any, _Result]) -> _Result:
    """Run a coroutine in a loop of its own, without waiting."""
    with asyncio.Runner(loop_factory=FastLoop) as runner:
        return runner.run(job)
