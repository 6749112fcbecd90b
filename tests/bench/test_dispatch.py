"""Claim, render, send and record beside loops that only send, or only render and send."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select

from tests.bench.measure import Contender, median_ratio, rounds_of, verdict
from tests.support.databases import POSTGRESQL, SQLITE, migrated_database
from tests.support.outbox import NothingFollows, alert_rows, put
from tests.support.sink import HOST, sink
from tracker.base.clock import ManualClock
from tracker.base.db import Database
from tracker.channels.email import render
from tracker.channels.email.send import EmailChannel, SmtpServer
from tracker.outbox.content import read_content
from tracker.outbox.delivery import Delivery
from tracker.outbox.dispatch import Dispatcher
from tracker.outbox.tables import AlertRow, AttemptRow

MAILS = 2000
CONNECTIONS = 5
BATCH = 200
ROUNDS = 5
BOUND_OF_PREBUILT = 1 / 0.6
BOUND_OF_RENDERING = 1 / 0.8
NOW = datetime(2025, 1, 10, 1, 0, tzinfo=UTC)
SENDER = "Pelacak <tracker@example.org>"
ROWS = alert_rows("bench", MAILS, NOW)


def server(port: int) -> SmtpServer:
    return SmtpServer(HOST, port, None, None, "none", SENDER)


def delivery_of(number: int) -> Delivery:
    row = ROWS[number]
    return Delivery(
        alert_key=row["key"],
        channel=row["channel"],
        address=row["address"],
        message_id=row["message_id"],
        thread_id=row["thread_id"],
        content=read_content(row["content"]),
        now=NOW,
    )


async def over_all_connections(port: int, send: Callable[[EmailChannel, int], Awaitable[object]]) -> None:
    """Share the mails among as many tasks as there are connections."""
    channel = EmailChannel(server(port), CONNECTIONS)
    numbers = iter(range(MAILS))

    async def one_connection() -> None:
        for number in numbers:
            await send(channel, number)

    await asyncio.gather(*(one_connection() for _ in range(CONNECTIONS)))
    await channel.close()


class Sending:
    """What is measured: the same mails, with more and more of the work around them."""

    def __init__(self, port: int, db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
        self.port = port
        self.db = db
        self.monkeypatch = monkeypatch
        self.built = [render.message(delivery_of(number), SENDER) for number in range(MAILS)]
        self.deliveries = [delivery_of(number) for number in range(MAILS)]

    def prebuilt(self) -> None:
        """Only send."""
        by_id = dict(zip((row["message_id"] for row in ROWS), self.built, strict=True))
        with self.monkeypatch.context() as patch:
            patch.setattr(render, "message", lambda delivery, _sender: by_id[delivery.message_id])
            asyncio.run(over_all_connections(self.port, lambda channel, n: channel.send(self.deliveries[n])))

    def rendering(self) -> None:
        """Read what is stored, render, and send."""
        asyncio.run(over_all_connections(self.port, lambda channel, n: channel.send(delivery_of(n))))

    def fill(self) -> None:
        """Make every mail due again."""
        with self.db.write() as connection:
            connection.execute(delete(AttemptRow))
            connection.execute(delete(AlertRow))
        put(self.db, ROWS)

    def outbox(self) -> None:
        """Claim, render, send, and record."""
        channel = EmailChannel(server(self.port), CONNECTIONS)

        async def drain() -> None:
            dispatcher = Dispatcher(
                self.db,
                ManualClock(NOW),
                {channel.name: channel},
                NothingFollows(),
                lambda *_: None,
                worker="bench",
                lease=timedelta(minutes=5),
                batch=BATCH,
            )
            assert await dispatcher.run_due() == MAILS
            await dispatcher.close()

        asyncio.run(drain())
        with self.db.read() as connection:
            accepted = select(func.count()).where(AlertRow.__table__.c.state == "accepted")  # type: ignore[attr-defined]
            assert connection.execute(accepted).scalar_one() == MAILS


@pytest.mark.bench
@pytest.mark.parametrize("engine", [SQLITE, POSTGRESQL])
def test_sending_beside_bare_loops(engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with sink() as port, migrated_database(engine, tmp_path) as url, closing(Database(url)) as db:
        sending = Sending(port, db, monkeypatch)
        contenders = {
            "prebuilt": Contender(sending.prebuilt),
            "rendering": Contender(sending.rendering),
            "outbox": Contender(sending.outbox, sending.fill),
        }
        seconds = rounds_of(ROUNDS, contenders)

    rates = {name: MAILS / min(each) for name, each in seconds.items()}
    figures = ", ".join(f"{name} {rate:,.0f}/s" for name, rate in rates.items())
    verdicts = [
        verdict(
            f"{MAILS:,} mails through the outbox on {engine} / {beside}",
            median_ratio(seconds["outbox"], seconds[name]),
            bound,
            figures,
        )
        for name, beside, bound in (
            ("prebuilt", "sending prebuilt bytes", BOUND_OF_PREBUILT),
            ("rendering", "rendering and sending", BOUND_OF_RENDERING),
        )
    ]
    assert all(each.holds for each in verdicts), verdicts
