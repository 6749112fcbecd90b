"""A wake-up with nothing due costs the same however much is open: every step is an index look-up."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import CTE, ColumnElement, Integer, String, cast, insert, literal, select, text

from tests.bench.measure import Contender, best_of, verdict
from tests.support.agreements import RULES
from tests.support.databases import MIGRATIONS, POSTGRESQL, SQLITE, empty_database
from tracker import flow
from tracker.base.db import Database
from tracker.base.settings import Settings
from tracker.bootstrap import build_context
from tracker.migrations import upgrade
from tracker.obligations.tables import ObligationRow
from tracker.outbox.claiming import claim
from tracker.outbox.tables import AlertRow
from tracker.reminders.recipients import CHANNELS
from tracker.reminders.tables import ReminderRow
from tracker.terms.tables import AgreementRow

BOUND = 1.5
FEW, MANY = 1_000, 1_000_000
WAKES = 200
NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
INSTANTS = 100
"""How many different instants the rows are due at; all lie ahead."""
SHARE = 10
"""One agreement, one reminder and one alert that waits for its next try, for so many obligations."""


class Waking:
    """Wakes up over a database in which nothing is due."""

    def __init__(self, url: str, obligations: int) -> None:
        self.db = Database(url)
        self.context = build_context(Settings(rules_dir=RULES), ["file"])
        upgrade(self.db, MIGRATIONS)
        _fill(self.db, obligations)

    def wake(self) -> None:
        """Do what a worker does when it wakes up."""
        due = flow.next_wake(self.db)
        assert due is not None
        assert due > NOW
        assert flow.roll_due(self.db, self.context, NOW) == 0
        assert flow.remind_due(self.db, self.context, NOW) == 0
        with self.db.write() as connection:
            for channel in CHANNELS:
                assert claim(connection, channel, "bench", NOW, timedelta(minutes=5), 50).alerts == 0

    def wake_often(self) -> None:
        """Wake up often enough to be measured."""
        for _ in range(WAKES):
            self.wake()


@pytest.mark.bench
@pytest.mark.parametrize("engine", [SQLITE, POSTGRESQL])
def test_waking_up_over_many_obligations_beside_few(engine: str, tmp_path: Path) -> None:
    with ExitStack() as databases:
        wakings = {}
        for count in (FEW, MANY):
            folder = tmp_path / str(count)
            folder.mkdir()
            waking = Waking(databases.enter_context(empty_database(engine, folder)), count)
            databases.callback(waking.db.close)
            waking.wake_often()
            wakings[count] = waking
        best = best_of(15, {f"{count:,}": Contender(waking.wake_often) for count, waking in wakings.items()})
    few, many = best.values()
    found = verdict(
        f"wake up over {MANY:,} open obligations in {engine} / over {FEW:,}",
        many / few,
        BOUND,
        f"{1000 * many / WAKES:.2f} ms and {1000 * few / WAKES:.2f} ms each",
    )
    assert found.holds, found.line


def _fill(db: Database, obligations: int) -> None:
    """Insert rows in bulk, a part of them for each instant."""
    for table, rows in (
        (AgreementRow, _agreement),
        (ObligationRow, _obligation),
        (ReminderRow, _reminder),
        (AlertRow, _alert),
    ):
        total = obligations if table is ObligationRow else obligations // SHARE
        with db.write() as connection:
            for part, due in enumerate(_instants()):
                numbers = _numbers(part * total // INSTANTS, (part + 1) * total // INSTANTS)
                values = rows(numbers.c.number, due)
                query = select(*_typed(table, values)).select_from(numbers)
                connection.execute(insert(table).from_select(list(values), query))
    if db.is_postgresql:
        # What autovacuum does in production.
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))


def _instants() -> Iterator[datetime]:
    return (NOW + timedelta(days=1, hours=number) for number in range(INSTANTS))


def _numbers(first: int, end: int) -> CTE:
    start = select(literal(first, Integer).label("number")).cte("numbers", recursive=True)
    return start.union_all(select(start.c.number + 1).where(start.c.number < end - 1))


def _named(prefix: str, number: ColumnElement[int]) -> ColumnElement[str]:
    return literal(prefix) + cast(number, String)


def _typed(table: Any, values: dict[str, Any]) -> Iterator[ColumnElement[Any]]:
    for name, value in values.items():
        computed = isinstance(value, ColumnElement)
        yield value if computed else literal(value, table.__table__.columns[name].type)


def _agreement(number: ColumnElement[int], due: datetime) -> dict[str, Any]:
    return {
        "id": _named("pks-", number),
        "title": "Program Jaminan Sosial Ketenagakerjaan dalam Ekosistem Koperasi",
        "timezone": "Asia/Jakarta",
        "version": 1,
        "digest": "0" * 64,
        "calendar_version": "0" * 64,
        "tracked_since": NOW.date(),
        "wake_at": due,
    }


def _obligation(number: ColumnElement[int], due: datetime) -> dict[str, Any]:
    figures = ("likely", "safe", "act_by", "strictest", "latest")
    agreement = _named("pks-", number // SHARE)
    return {
        "key": _named("pks/renewal-notice/", number),
        "agreement_id": agreement,
        "rule": "renewal-notice",
        "occurrence": "term-1",
        "state": "open",
        **{name: date(2027, 1, 29) for name in figures},
        "provisional": False,
        "opened_at": NOW,
        "wake_at": due,
    }


def _reminder(number: ColumnElement[int], due: datetime) -> dict[str, Any]:
    return {
        "key": _named("pks/renewal-notice/2027-01-29/T-90/", number),
        "obligation_key": _named("pks/renewal-notice/", number),
        "point": "T-90",
        "planned_for": due,
        "fired_at": NOW,
        "missed": "",
    }


def _alert(number: ColumnElement[int], due: datetime) -> dict[str, Any]:
    return {
        "key": _named("pks/renewal-notice/2027-01-29/T-90/kesatu/email/", number),
        "reminder_key": _named("pks/renewal-notice/2027-01-29/T-90/", number),
        "obligation_key": _named("pks/renewal-notice/", number),
        "contact": "kesatu:kepala-bidang",
        "channel": "email",
        "address": "kepala.bidang@example.go.id",
        "content": "{}",
        "message_id": "<alert@tracker.invalid>",
        "thread_id": "<obligation@tracker.invalid>",
        "state": "pending",
        "created_at": NOW,
        "next_try_at": due,
        "attempts": 1,
    }
