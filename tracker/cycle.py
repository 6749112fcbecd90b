"""One turn of the wheel: everything that is due now, until nothing is. Worker and simulation share it."""

import asyncio
from dataclasses import dataclass

from tracker import flow
from tracker.base.clock import Clock
from tracker.base.db import Database
from tracker.outbox.dispatch import Dispatcher, Offload
from tracker.steps.context import Context


@dataclass(frozen=True, slots=True)
class Cycle:
    """What one turn needs."""

    db: Database
    context: Context
    dispatcher: Dispatcher
    clock: Clock
    offload: Offload = asyncio.to_thread

    async def run(self) -> int:
        """Take every step that is due; gives how many rows were worked on."""
        total = 0
        while done := await self.turn():
            total += done
            if self.dispatcher.is_stopping:
                break
        return total

    async def turn(self) -> int:
        """Take what is due now once; zero where nothing was."""
        planned = await self.offload(self._plan)
        return int(planned) + await self.dispatcher.run_due()

    def _plan(self) -> int:
        now = self.clock.now()
        return flow.roll_due(self.db, self.context, now) + flow.remind_due(self.db, self.context, now)
