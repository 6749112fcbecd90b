"""Houses (settings, clock, database, context) for tests of the flow, and small terms files for them."""

import asyncio
import dataclasses
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import select

from tests.support.agreements import ID, RULES
from tracker import flow
from tracker.base.clock import ManualClock
from tracker.base.db import Database
from tracker.base.settings import Settings
from tracker.bootstrap import Fingerprint, House, build_context, build_cycle, fingerprint
from tracker.events.model import Event
from tracker.events.tables import EventRow
from tracker.evidence.store import EvidenceStore
from tracker.obligations.tables import DeadlineMoveRow, ObligationRow
from tracker.outbox.content import AlertContent, ListContent, read_content
from tracker.outbox.delivery import Accepted, Delivery
from tracker.outbox.dispatch import inline
from tracker.outbox.pace import Pace
from tracker.outbox.tables import AlertRow, AttemptRow, UnsubscribedRow
from tracker.reminders.recipients import FILE
from tracker.reminders.tables import ReminderRow
from tracker.steps.context import Context
from tracker.terms.load import TermsFile, read_text
from tracker.terms.tables import AgreementRow, TermsVersionRow

MONDAY = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
"""Monday 23 November 2026, 10:00 in Jakarta: an office day, inside office hours."""
TABLES = (
    AgreementRow,
    TermsVersionRow,
    EventRow,
    ObligationRow,
    DeadlineMoveRow,
    ReminderRow,
    AlertRow,
    AttemptRow,
    UnsubscribedRow,
)

OFFICER: Mapping[str, Any] = {
    "id": "officer",
    "position": "Kepala Bidang Satu",
    "email": "satu@example.org",
    "telegram": 11,
}


def terms_file(
    *rules: Mapping[str, Any],
    contacts: Iterable[Mapping[str, Any]] = (OFFICER,),
    **more: Any,
) -> TermsFile:
    """Make a terms file as if read from disk; only the first party has contacts."""
    raw = {
        "id": ID,
        "title": "Perjanjian uji",
        "signed": "2026-01-05",
        "parties": {
            "kesatu": {"name": "Dinas Satu", "contacts": list(contacts)},
            "kedua": {"name": "Badan Dua"},
        },
        "term": {"length": "5 years", "from": "signed"},
        "rules": list(rules),
        **more,
    }
    file, faults = read_text(json.dumps(raw, indent=1), f"{raw['id']}.yaml")
    assert file is not None, faults
    return file


@dataclass
class Recorder:
    """A channel that takes everything and keeps it."""

    name: str = FILE
    sent: list[Delivery] = field(default_factory=list)
    at_once: int = 4
    pace: Pace | None = None

    async def send(self, delivery: Delivery) -> Accepted:
        """Keep it."""
        self.sent.append(delivery)
        return Accepted("taken")

    async def close(self) -> None:
        """Hold nothing."""


@dataclass(frozen=True)
class Home:
    """A house, and what tests do with it."""

    house: House
    clock: ManualClock

    @property
    def db(self) -> Database:
        """The database."""
        return self.house.db

    def load(self, *files: TermsFile) -> flow.LoadReport:
        """Load terms now."""
        return flow.load_terms(self.db, self.house.context, files, self.clock.now())

    def record(
        self, kind: str, day: str, *, key: str | None = None, agreement: str = ID, **details: str
    ) -> flow.Recorded:
        """Record a fact now."""
        event = Event(agreement, kind, date.fromisoformat(day), details)
        return flow.record_event(self.db, self.house.context, event, self.clock.now(), "tester", key)

    def remind(self) -> int:
        """Fire every reminder that is due now."""
        total = 0
        while done := flow.remind_due(self.db, self.house.context, self.clock.now()):
            total += done
        return total

    def run_until(self, instant: datetime, channel: Recorder | None = None) -> Recorder:
        """Turn the wheel at every due instant up to `instant`, and leave the clock there."""
        recorder = channel or Recorder()
        cycle = build_cycle(self.house, {recorder.name: recorder}, inline)

        async def run() -> None:
            while (due := flow.next_wake(self.db)) is not None and due <= instant:
                self.clock.move_to(due)
                await cycle.run()
            self.clock.move_to(instant)

        asyncio.run(run())
        return recorder

    def rows(self, table: Any, **where: Any) -> list[Any]:
        """Read rows of a table, in the order of its key."""
        query = select(table).filter_by(**where).order_by(*table.__table__.primary_key)
        with self.db.read() as connection:
            return list(connection.execute(query))

    def obligation(self, key: str) -> Any:
        """Read one obligation; `key` is rule/occurrence of the test agreement."""
        (row,) = self.rows(ObligationRow, key=f"{ID}/{key}")
        return row

    def contents(self) -> list[AlertContent]:
        """Read what the alerts about one obligation say."""
        found = [read_content(row.content) for row in self.rows(AlertRow)]
        return [content for content in found if isinstance(content, AlertContent)]

    def lists(self) -> dict[str, ListContent]:
        """Read what the lists of several obligations say, by their contacts."""
        found = {row.contact: read_content(row.content) for row in self.rows(AlertRow)}
        return {contact: content for contact, content in found.items() if isinstance(content, ListContent)}

    def snapshot(self) -> dict[str, list[Any]]:
        """Read everything."""
        return {table.__name__: self.rows(table) for table in TABLES}


@dataclass(frozen=True)
class Homes:
    """Makes homes over one database."""

    db: Database
    folder: Path

    def build(
        self,
        now: datetime = MONDAY,
        channels: Iterable[str] = (FILE,),
        db: Database | None = None,
        **settings: Any,
    ) -> Home:
        """Make a home whose clock stands at `now`; every further name is a setting."""
        chosen = Settings(
            database_url=self.db.engine.url.render_as_string(hide_password=False),
            **{"mail_dir": self.folder / "mail", "rules_dir": RULES, **settings},
        )
        clock = ManualClock(now)
        house = House(chosen, clock, db or self.db, _context(chosen, frozenset(channels)))
        return Home(house, clock)


def _context(settings: Settings, channels: frozenset[str]) -> Context:
    """Build what is the same for most homes once: reading the rules takes as long as many a test."""
    own = {"database_url": "", "mail_dir": Path(), "evidence_dir": Path()}
    shared = _built(settings.model_copy(update=own), channels, fingerprint(settings.rules_dir))
    evidence = EvidenceStore(settings.evidence_dir, settings.evidence_max_mb)
    return dataclasses.replace(shared, is_held=evidence.holds)


@cache
def _built(settings: Settings, channels: frozenset[str], _read: Fingerprint) -> Context:
    return build_context(settings, channels)
