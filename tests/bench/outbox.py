"""The mails that are measured, and the outbox that sends them."""

import asyncio
import os
import sys
from contextlib import AsyncExitStack, closing
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, func, select, text

from tests.support.outbox import NothingFollows, alert_rows, put
from tests.support.sink import HOST
from tracker.base.clock import ManualClock
from tracker.base.db import Database
from tracker.base.log import configure
from tracker.base.prompt import prompt
from tracker.channels.email.send import EmailChannel, SmtpServer
from tracker.outbox.content import read_content
from tracker.outbox.delivery import Delivery
from tracker.outbox.dispatch import Dispatcher
from tracker.outbox.tables import AlertRow, AttemptRow

MAILS = 2000
CONNECTIONS = 5
BATCH = 200
NOW = datetime(2025, 1, 10, 1, 0, tzinfo=UTC)
SENDER = "Pelacak <tracker@example.org>"
ADDRESS = "tracker@example.org"
ROWS = alert_rows("bench", MAILS, NOW)


def server(port: int) -> SmtpServer:
    """Name the server on this machine."""
    return SmtpServer(HOST, port, None, None, "none", SENDER)


def delivery_of(number: int) -> Delivery:
    """Read what is stored for one mail."""
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


class Outbox:
    """Claims, renders, sends, and records."""

    def __init__(
        self, port: int, db: Database, *, connections: int = CONNECTIONS, mails: int = MAILS
    ) -> None:
        """Send to a port of this machine what a database holds."""
        self.port = port
        self.db = db
        self.connections = connections
        self.mails = mails

    def fill(self) -> None:
        """Make every mail due again, in tables as new."""
        with self.db.write() as connection:
            if self.db.is_postgresql:
                connection.execute(text("TRUNCATE attempt, post, alert"))
            connection.execute(delete(AttemptRow))
            connection.execute(delete(AlertRow))
        put(self.db, ROWS[: self.mails])

    def run(self) -> None:
        """Send all of them."""
        assert asyncio.run(self.drain()) == self.mails
        with self.db.read() as connection:
            accepted = select(func.count()).where(AlertRow.__table__.c.state == "accepted")  # type: ignore[attr-defined]
            assert connection.execute(accepted).scalar_one() == self.mails

    async def drain(self, worker: str = "bench") -> int:
        """Send what nobody else does, telling the log; gives how many those were."""
        configure("json")
        channel = EmailChannel(server(self.port), self.connections)
        dispatcher = Dispatcher(
            self.db,
            ManualClock(NOW),
            {channel.name: channel},
            NothingFollows(),
            lambda *_: None,
            worker=worker,
            lease=timedelta(minutes=5),
            batch=BATCH,
            promptly=lambda: prompt(self.db),
        )
        async with AsyncExitStack() as held:
            held.push_async_callback(dispatcher.close)
            return await dispatcher.run_due()


def main() -> None:
    """Be one of several workers: sends once a line comes, and says how many."""
    url, port = sys.argv[1:]
    with closing(Database(url)) as db:
        print("ready", flush=True)  # noqa: T201 - for whoever started it
        sys.stdin.readline()
        print(asyncio.run(Outbox(int(port), db).drain(f"worker-{os.getpid()}")), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
