"""Recording one more fact costs the same however long the logs are: it touches its own agreement only."""

from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from tests.bench.measure import Contender, best_of, verdict
from tests.support.agreements import RULES, rule
from tests.support.databases import MIGRATIONS, POSTGRESQL, SQLITE, empty_database
from tests.support.houses import terms_file
from tests.support.statements import statements
from tracker import flow
from tracker.base.bulk import insert_all
from tracker.base.db import Database
from tracker.base.settings import Settings
from tracker.bootstrap import build_context
from tracker.events.chain import digest
from tracker.events.model import Event
from tracker.events.tables import EventRow
from tracker.migrations import upgrade
from tracker.terms.tables import AgreementRow

BOUND = 1.5
FEW, MANY = 1_000, 100_000
EACH = 100
"""Facts in the log of one agreement; the longer log is that of more agreements."""
RECORDED = 20
NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
OURS = "pks-ours"


class Recording:
    """Records facts about one agreement beside others with long logs."""

    def __init__(self, url: str, entries: int) -> None:
        self.db = Database(url)
        self.context = build_context(Settings(rules_dir=RULES), ["file"])
        self.numbers = count()
        upgrade(self.db, MIGRATIONS)
        _fill(self.db, entries)
        file = terms_file(
            rule("14 calendar days since force-majeure-occurred", "force-majeure-notice"),
            rule("30 days before term end", "renewal-notice"),
            id=OURS,
        )
        flow.load_terms(self.db, self.context, [file], NOW)

    def record(self) -> None:
        """Record one fact, each time about another day."""
        day = date(2026, 11, 20) - timedelta(days=next(self.numbers) % 300)
        fact = Event(OURS, "force-majeure-occurred", day, {"party": "kesatu"})
        found = flow.record_event(self.db, self.context, fact, NOW, "bench")
        assert found.added

    def record_some(self) -> None:
        """Record often enough to be measured."""
        for _ in range(RECORDED):
            self.record()

    def statements(self) -> int:
        """Count the statements that recording one fact takes."""
        with statements(self.db) as seen:
            self.record()
        return len(seen)


@pytest.mark.bench
@pytest.mark.parametrize("engine", [SQLITE, POSTGRESQL])
def test_recording_beside_long_logs_and_short_ones(engine: str, tmp_path: Path) -> None:
    with ExitStack() as databases:
        recordings = {}
        for entries in (FEW, MANY):
            folder = tmp_path / str(entries)
            folder.mkdir()
            recording = Recording(databases.enter_context(empty_database(engine, folder)), entries)
            databases.callback(recording.db.close)
            recordings[entries] = recording
        statements = [recording.statements() for recording in recordings.values()]
        best = best_of(
            8, {f"{entries:,}": Contender(each.record_some) for entries, each in recordings.items()}
        )
    few, many = best.values()
    found = verdict(
        f"record a fact beside {MANY:,} others in {engine} / beside {FEW:,}",
        many / few,
        BOUND,
        f"{1000 * many / RECORDED:.1f} ms and {1000 * few / RECORDED:.1f} ms each, "
        f"{statements[1]} statements",
    )
    assert statements[0] == statements[1]
    assert found.holds, found.line


def _fill(db: Database, entries: int) -> None:
    """Add agreements with chained logs of their own."""
    agreements, rows = [], []
    for number in range(entries // EACH):
        name, previous = f"pks-{number:05}", ""
        for place in range(1, EACH + 1):
            day = date(2020, 1, 1) + timedelta(days=place)
            fact = Event(name, "complaint-received", day, {"letter": f"B/{place}"}, NOW, "bench")
            previous = digest(previous, fact, place, None)
            rows.append(
                {
                    "agreement_id": name,
                    "number": place,
                    "kind": fact.kind,
                    "happened_on": day,
                    "details": dict(fact.details),
                    "recorded_at": NOW,
                    "recorded_by": "bench",
                    "digest": previous,
                }
            )
        agreements.append(
            {
                "id": name,
                "title": name,
                "timezone": "Asia/Jakarta",
                "version": 1,
                "digest": "",
                "calendar_version": "",
                "tracked_since": date(2020, 1, 1),
                "log_length": EACH,
                "log_digest": previous,
            }
        )
    with db.write() as connection:
        insert_all(connection, AgreementRow, agreements)
        insert_all(connection, EventRow, rows)
    if db.is_postgresql:
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE")
