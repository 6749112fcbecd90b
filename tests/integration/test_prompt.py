"""Short writes from the event loop: all or nothing, in nobody's way, the same rows as the long way."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from tests.support.outbox import NothingFollows, alert_rows, put
from tracker.base import prompt as prompts
from tracker.base.clock import ManualClock
from tracker.base.db import Database
from tracker.base.prompt import Prompt, Statement, prompt
from tracker.outbox import claiming, service
from tracker.outbox.accepting import acceptances
from tracker.outbox.delivery import Accepted, Delivery
from tracker.outbox.dispatch import Dispatcher
from tracker.outbox.keys import is_group
from tracker.outbox.service import Claimed
from tracker.outbox.tables import AlertRow, AttemptRow
from tracker.reminders.recipients import EMAIL

NOW = datetime(2026, 11, 23, 3, 0, 5, 250_000, tzinfo=UTC)
LEASE = timedelta(minutes=5)
SAID = "250 2.0.0 Ok: \N{LATIN SMALL LETTER E WITH ACUTE} \"quoted\" 'and' %s \\ \0"


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    with closing(Database(database_url)) as found:
        put(found, alert_rows("p", 30, NOW))
        yield found


def claim(db: Database, worker: str = "one", limit: int = 30, now: datetime = NOW) -> list[Claimed]:
    with db.write() as connection:
        return claiming.claim(connection, EMAIL, worker, now, LEASE, limit).messages


def rows(db: Database, table: Any) -> list[Any]:
    with db.read() as connection:
        return list(connection.execute(select(table).order_by(*table.__table__.primary_key)))


def states(db: Database) -> set[str]:
    return {row.state for row in rows(db, AlertRow)}


def statements(db: Database, claimed: list[Claimed], now: datetime = NOW) -> list[Statement]:
    return acceptances([(alert, SAID) for alert in claimed], now, is_postgresql=db.is_postgresql)


async def written(db: Database, found: list[Statement], prompt_: Prompt | None = None) -> bool:
    mine = prompt_ or prompt(db)
    try:
        return await mine.write(found)
    finally:
        if prompt_ is None:
            await mine.close()


def lasting(db: Database) -> list[Any]:
    """Give what both ways must have written alike."""
    alerts = [(row.state, row.accepted_at, row.next_try_at, row.lease_holder) for row in rows(db, AlertRow)]
    ended = [(row.finished_at, row.outcome, row.answer) for row in rows(db, AttemptRow)]
    return [alerts, ended]


async def test_both_ways_write_the_same(db: Database) -> None:
    claimed = claim(db)
    by_number = {alert.key: alert for alert in claimed}
    half = [by_number[key] for key in sorted(by_number)[:15]]
    other = [by_number[key] for key in sorted(by_number)[15:]]

    with db.write() as connection:
        service.accept(connection, [(alert, SAID) for alert in half], NOW)
    assert await written(db, statements(db, other))

    alerts, ended = lasting(db)
    assert len(set(alerts)) == len(set(ended)) == 1
    assert alerts[0] == ("accepted", NOW, None, None)
    assert ended[0] == (NOW, "accepted", SAID.replace("\0", ""))


async def test_what_a_message_says_is_accepted_with_it_either_way(db: Database) -> None:
    put(db, [row | {"groupable": True} for row in alert_rows("said", 12, NOW, people=4)])
    groups = [alert for alert in claim(db, limit=100) if is_group(alert.key)]
    with db.write() as connection:
        taken_back = service.members_of(connection, [groups[3].key])[groups[3].key][0].key
        connection.execute(
            update(AlertRow).where(col(AlertRow.key) == taken_back).values(state=service.WITHDRAWN)
        )
        service.accept(connection, [(alert, SAID) for alert in groups[:2]], NOW)
    assert await written(db, statements(db, groups[2:]))

    said = [row for row in rows(db, AlertRow) if row.grouped_in]
    assert len(said) == 12
    assert {(row.state, row.accepted_at, row.next_try_at) for row in said} == {("accepted", NOW, None)}


async def test_writing_twice_changes_nothing(db: Database) -> None:
    claimed = claim(db)
    assert await written(db, statements(db, claimed))
    before = lasting(db)

    assert await written(db, statements(db, claimed))

    assert lasting(db) == before


async def test_an_acceptance_counts_though_another_worker_holds_the_alert(db: Database) -> None:
    lost = claim(db)
    assert len(claim(db, "two", now=NOW + LEASE)) == len(lost)

    assert await written(db, statements(db, lost))

    assert states(db) == {"accepted"}
    assert {(row.number, row.outcome) for row in rows(db, AttemptRow)} == {(1, "accepted"), (2, "started")}


async def test_what_was_taken_back_under_way_has_been_said_all_the_same(db: Database) -> None:
    claimed = claim(db)
    with db.write() as connection:
        service.withdraw_all(connection)

    assert await written(db, statements(db, claimed))

    assert states(db) == {"accepted"}


async def test_all_or_nothing(db: Database) -> None:
    found = statements(db, claim(db))
    before = lasting(db)
    broken: Statement = ("UPDATE alert SET no_such_column = 1", [()])

    assert not await written(db, [*found, broken])

    assert lasting(db) == before
    assert await written(db, found)


async def test_what_no_database_takes_is_left_to_the_long_way(db: Database) -> None:
    claimed = claim(db)
    before = lasting(db)
    half = acceptances([(claimed[0], "250 \ud800")], NOW, is_postgresql=db.is_postgresql)
    mine = prompt(db)

    assert not await mine.write([*statements(db, claimed[1:]), *half])

    assert lasting(db) == before
    assert await mine.write(statements(db, claimed))
    await mine.close()


async def test_a_lock_of_somebody_else_is_not_waited_for_on_the_loop(db: Database) -> None:
    claimed = claim(db)
    mine = prompt(db)
    assert await mine.write(statements(db, claimed[:1]))

    url = db.engine.url.render_as_string(hide_password=False)
    with closing(Database(url)) as other, other.write() as holder:
        holder.exec_driver_sql("UPDATE alert SET state = state")
        waiting = asyncio.create_task(mine.write(statements(db, claimed[1:])))
        async with asyncio.timeout(5):
            for _ in range(20):
                await asyncio.sleep(0.001)  # the loop goes on
        assert waiting.done() is not db.is_postgresql

    assert await waiting is db.is_postgresql
    assert await mine.write(statements(db, claimed[1:]))
    assert states(db) == {"accepted"}
    await mine.close()


async def test_a_thread_that_writes_is_not_waited_for(db: Database) -> None:
    claimed = claim(db)
    mine = prompt(db)
    with db.turn:
        assert await mine.write(statements(db, claimed)) is db.is_postgresql
    assert await mine.write(statements(db, claimed))
    await mine.close()


async def test_a_slow_disk_is_left_to_the_threads(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prompts, "_QUICK", -1.0)
    claimed = claim(db)
    mine = prompt(db)

    assert await mine.write(statements(db, claimed[:1]))
    assert await mine.write(statements(db, claimed[1:])) is db.is_postgresql
    await mine.close()


@pytest.mark.postgres
async def test_a_connection_that_broke_is_made_anew(postgres_url: str) -> None:
    with closing(Database(postgres_url)) as db:
        put(db, alert_rows("p", 30, NOW))
        claimed = claim(db)
        mine = prompt(db)
        assert await mine.write(statements(db, claimed[:1]))
        with db.write() as connection:
            connection.exec_driver_sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )

        assert not await mine.write(statements(db, claimed[1:]))
        assert await mine.write(statements(db, claimed[1:]))
        assert states(db) == {"accepted"}
        await mine.close()


class Taking:
    """A channel that takes everything."""

    name = EMAIL
    at_once = 3
    pace = None

    def __init__(self) -> None:
        self.sent: list[str] = []

    async def send(self, delivery: Delivery) -> Accepted:
        await asyncio.sleep(0)
        self.sent.append(delivery.alert_key)
        return Accepted("250")

    async def close(self) -> None:
        """Nothing is held open."""


class Unwilling:
    """Writes nothing, ever."""

    async def write(self, statements: Sequence[Statement]) -> bool:
        return not statements

    async def close(self) -> None:
        """Nothing is held open."""


@pytest.mark.parametrize("willing", [True, False])
async def test_a_worker_sends_everything_once_either_way(db: Database, *, willing: bool) -> None:
    put(db, alert_rows("more", 90, NOW))
    channel = Taking()
    dispatcher = Dispatcher(
        db,
        ManualClock(NOW),
        {EMAIL: channel},
        NothingFollows(),
        lambda *_: None,
        worker="one",
        lease=LEASE,
        batch=25,
        promptly=lambda: prompt(db) if willing else Unwilling(),
    )

    assert await dispatcher.run_due() == 120

    assert len(channel.sent) == len(set(channel.sent)) == 120
    assert states(db) == {"accepted"}
    assert {(row.number, row.outcome) for row in rows(db, AttemptRow)} == {(1, "accepted")}
