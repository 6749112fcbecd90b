"""One task, or one job, for each alert: what is compared with the outbox.

Each sends over a pool of the mail library's connections, and has all it must know in its arguments.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any

import aiosmtplib
import psycopg
from apscheduler.executors.asyncio import AsyncIOExecutor
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from procrastinate import App, PsycopgConnector
from sqlalchemy import create_engine

from tests.support.sink import HOST
from tests.support.slow_mail import slow_message
from tracker.channels.email import render
from tracker.outbox.content import read_content
from tracker.outbox.delivery import Delivery

Build = Callable[[Delivery, str], bytes]
PLAIN: Build = slow_message
"""With the standard library, as anybody would."""
OURS: Build = render.message
SENDER = "Pelacak <tracker@example.org>"
ADDRESS = "tracker@example.org"
_RECORD = "UPDATE alert SET state = 'accepted', accepted_at = %s, next_try_at = NULL WHERE key = %s"
_AT_ONCE = 20
"""Tasks at a time: more than there are connections, so that none of these is ever idle."""


class Sender:
    """Sends what is asked for, records it where asked to, and says when all of it is out."""

    def __init__(
        self, port: int, connections: int, count: int, build: Build, record_in: str | None = None
    ) -> None:
        """Open no connection yet; `record_in` is the database that holds the alerts."""
        self.left = count
        self.done = asyncio.Event()
        self._port = port
        self._connections = connections
        self._build = build
        self._record_in = record_in
        self._idle: asyncio.Queue[tuple[aiosmtplib.SMTP, psycopg.AsyncConnection[Any] | None]] = (
            asyncio.Queue()
        )

    async def open(self) -> None:
        """Connect as often as may be, each with a connection to the database beside it."""
        for _ in range(self._connections):
            mail = aiosmtplib.SMTP(hostname=HOST, port=self._port, use_tls=False, start_tls=False)
            await mail.connect()
            where = self._record_in
            store = await psycopg.AsyncConnection.connect(where, autocommit=True) if where else None
            self._idle.put_nowait((mail, store))

    async def send(self, row: dict[str, str], now: datetime) -> None:
        """Build one mail and send it."""
        content = read_content(row["content"])
        delivery = Delivery(
            row["key"], "email", row["address"], row["message_id"], row["thread_id"], content, now
        )
        message = self._build(delivery, SENDER)
        mail, store = await self._idle.get()
        await mail.sendmail(ADDRESS, [row["address"]], message)
        if store is not None:
            await store.execute(_RECORD, (now, row["key"]), prepare=True)
        self._idle.put_nowait((mail, store))
        self.left -= 1
        if not self.left:
            self.done.set()

    async def close(self) -> None:
        """Say goodbye."""
        while not self._idle.empty():
            mail, store = self._idle.get_nowait()
            await mail.quit()
            if store is not None:
                await store.close()


class Now:
    """Who sends at the moment: jobs are stored, so they can only name a function."""

    sender: Sender | None = None
    at: datetime


async def send_one(row: dict[str, str]) -> None:
    """Send one alert: the task, and the job."""
    assert Now.sender is not None
    await Now.sender.send(row, Now.at)


class Procrastinate:
    """One task for each alert, in its own tables."""

    def __init__(self, url: str) -> None:
        """Make the tables."""
        self._url = url
        asyncio.run(self._with_app(lambda app: app.schema_manager.apply_schema_async()))

    def fill(self, rows: list[dict[str, str]]) -> None:
        """Make every alert a task that waits."""

        async def defer(app: App) -> None:
            await app.connector.execute_query_async("TRUNCATE procrastinate_jobs CASCADE")
            arguments: list[Any] = [{"row": row} for row in rows]
            await app.tasks["send_one"].batch_defer_async(*arguments)

        asyncio.run(self._with_app(defer))

    def run(self, sender: Callable[[], Sender]) -> None:
        """Work until no task waits."""

        async def work(app: App) -> None:
            Now.sender = sender()
            await Now.sender.open()
            await app.run_worker_async(wait=False, concurrency=_AT_ONCE, install_signal_handlers=False)
            await Now.sender.close()
            assert Now.sender.left == 0

        asyncio.run(self._with_app(work))

    async def _with_app(self, work: Callable[[App], Any]) -> None:
        app = App(connector=PsycopgConnector(conninfo=self._url))
        app.task(name="send_one")(send_one)
        async with app.open_async():
            await work(app)


class Scheduler:
    """One date job for each alert, in APScheduler's own table."""

    def __init__(self, url: str) -> None:
        """Connect when first used."""
        self._engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))

    def fill(self, rows: list[dict[str, str]], at: datetime) -> None:
        """Make every alert a job that is due."""

        async def add() -> None:
            scheduler = self._scheduler()
            scheduler.start(paused=True)
            scheduler.remove_all_jobs()
            for row in rows:
                scheduler.add_job(send_one, "date", run_date=at, args=[row])
            scheduler.shutdown(wait=False)

        asyncio.run(add())

    def run(self, sender: Callable[[], Sender]) -> None:
        """Work until every job has sent its alert."""

        async def work() -> None:
            Now.sender = sender()
            await Now.sender.open()
            scheduler = self._scheduler()
            scheduler.start()
            await Now.sender.done.wait()
            scheduler.shutdown(wait=False)
            await Now.sender.close()

        asyncio.run(work())

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def _scheduler(self) -> AsyncIOScheduler:
        return AsyncIOScheduler(
            timezone="UTC",
            jobstores={"default": SQLAlchemyJobStore(engine=self._engine)},
            executors={"default": AsyncIOExecutor()},
            job_defaults={"misfire_grace_time": None},
        )
