"""Claim, render, send and record beside loops that only send, or only render and send.

The bare loops are what the mail library offers: `sendmail` with bytes, a task for each connection.
Loops over the connections that the outbox itself uses are measured too; these are faster than the
library's, so less of the time is theirs. They have no bound.
"""

import asyncio
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import aiosmtplib
import pytest

from tests.bench.measure import Contender, median_ratio, rounds_of, verdict
from tests.bench.outbox import ADDRESS, CONNECTIONS, MAILS, ROWS, SENDER, Outbox, delivery_of, server
from tests.support.databases import POSTGRESQL, SQLITE, migrated_database
from tests.support.sink import HOST, sink
from tracker.base.db import Database
from tracker.channels.email import render
from tracker.channels.email.send import EmailChannel

ROUNDS = 5
BOUND_OF_PREBUILT = 1 / 0.6
BOUND_OF_RENDERING = 1 / 0.8


class Loops:
    """What is measured beside the outbox: the same mails, with more and more of the work around them."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.built = [render.message(delivery_of(number), SENDER) for number in range(MAILS)]

    def prebuilt(self) -> None:
        """Only send, with the mail library."""
        asyncio.run(self._over_library(lambda number: self.built[number]))

    def rendering(self) -> None:
        """Read what is stored, render, and send with the mail library."""
        asyncio.run(self._over_library(lambda number: render.message(delivery_of(number), SENDER)))

    def prebuilt_over_own(self) -> None:
        """Only send, over the connections of the outbox."""
        asyncio.run(self._over_own(lambda number: self.built[number]))

    def rendering_over_own(self) -> None:
        """Read what is stored, render, and send over the connections of the outbox."""
        asyncio.run(self._over_own(lambda number: render.message(delivery_of(number), SENDER)))

    async def _over_library(self, build: Callable[[int], bytes]) -> None:
        left = iter(range(MAILS))

        async def one_connection() -> None:
            connection = aiosmtplib.SMTP(hostname=HOST, port=self.port, use_tls=False, start_tls=False)
            async with connection:
                for number in left:
                    await connection.sendmail(ADDRESS, [ROWS[number]["address"]], build(number))

        await asyncio.gather(*(one_connection() for _ in range(CONNECTIONS)))

    async def _over_own(self, build: Callable[[int], bytes]) -> None:
        channel = EmailChannel(server(self.port), CONNECTIONS)
        left = iter(range(MAILS))

        async def one_connection() -> None:
            for number in left:
                await channel.hand_over(ROWS[number]["address"], build(number))

        await asyncio.gather(*(one_connection() for _ in range(CONNECTIONS)))
        await channel.close()


@pytest.mark.bench
@pytest.mark.parametrize("engine", [SQLITE, POSTGRESQL])
def test_sending_beside_bare_loops(engine: str, tmp_path: Path) -> None:
    with sink() as port, migrated_database(engine, tmp_path) as url, closing(Database(url)) as db:
        loops, outbox = Loops(port), Outbox(port, db)
        contenders = {
            "prebuilt": Contender(loops.prebuilt),
            "rendering": Contender(loops.rendering),
            "outbox": Contender(outbox.run, outbox.fill),
            "prebuilt over own connections": Contender(loops.prebuilt_over_own),
            "rendering over own connections": Contender(loops.rendering_over_own),
        }
        seconds = rounds_of(ROUNDS, contenders)

    figures = ", ".join(f"{name} {MAILS / min(each):,.0f}/s" for name, each in seconds.items())
    verdicts = [
        verdict(
            f"{MAILS:,} mails through the outbox on {engine} / {name}",
            median_ratio(seconds["outbox"], seconds[name]),
            bound,
            figures,
        )
        for name, bound in (
            ("prebuilt", BOUND_OF_PREBUILT),
            ("rendering", BOUND_OF_RENDERING),
            ("prebuilt over own connections", float("inf")),
            ("rendering over own connections", float("inf")),
        )
    ]
    assert all(each.holds for each in verdicts), verdicts
