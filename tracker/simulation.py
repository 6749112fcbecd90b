"""Replays time through the real flow on a database of its own, with a clock moved by hand.

Each agreement is loaded on the day it was signed (or on the first day, if that is later), each
event is recorded on the day it happened (at 10:00 local, or on `recorded_on=`), and the clock
jumps from one due instant to the next. The same run twice gives the same alerts.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from tracker import flow
from tracker.base.clock import ManualClock
from tracker.base.db import Database
from tracker.base.settings import Settings
from tracker.bootstrap import House, build_context, build_cycle
from tracker.channels.email.render import subject
from tracker.events.model import Event
from tracker.outbox.content import AlertContent, Content, read_content
from tracker.outbox.delivery import Accepted, Channel, Delivery
from tracker.outbox.dispatch import inline
from tracker.outbox.keys import GROUP
from tracker.outbox.tables import AlertRow
from tracker.reminders.recipients import FILE
from tracker.reminders.tables import ReminderRow
from tracker.terms.load import TermsFile

RECORDED_ON = "recorded_on"
_RECORDED_AT = time(10)
Progress = Callable[[datetime], None]
"""Hears of each instant before it is played."""


class SilentChannel:
    """Accepts everything and sends nothing."""

    name = FILE
    at_once = 4
    pace = None

    async def send(self, delivery: Delivery) -> Accepted:
        """Accept."""
        return Accepted(f"simulated for {delivery.address}")

    async def close(self) -> None:
        """Hold nothing."""


@dataclass(frozen=True)
class Scenario:
    """What to replay: terms and events from the first day to the last (both included)."""

    files: Sequence[TermsFile]
    events: Sequence[Event]
    first: date
    last: date


async def simulate(
    scenario: Scenario,
    settings: Settings,
    db: Database,
    channel: Channel | None = None,
    progress: Progress | None = None,
) -> list[dict[str, Any]]:
    """Replay a scenario on an empty, migrated database; gives every alert in order of sending."""
    context = build_context(settings, {FILE})
    happenings = sorted(_happenings(scenario), key=lambda happening: happening.at)
    start = min((happening.at for happening in happenings), default=None)
    if start is None:
        return []
    clock = ManualClock(start)
    house = House(settings, clock, db, context)
    cycle = build_cycle(house, {FILE: channel or SilentChannel()}, inline)
    end = max(_end_of(scenario.last, file) for file in scenario.files)
    pending = list(reversed(happenings))
    while True:
        due = flow.next_wake(db)
        upcoming = [instant for instant in (due, pending[-1].at if pending else None) if instant]
        if not upcoming or min(upcoming) >= end:
            break
        clock.move_to(min(upcoming))
        if progress is not None:
            progress(clock.now())
        while pending and pending[-1].at <= clock.now():
            pending.pop().apply(house)
        await cycle.run()
    await cycle.dispatcher.close()
    return list(sent(db))


def sent(db: Database) -> Iterator[dict[str, Any]]:
    """Yield every accepted alert in order, in the JSON of the command line contract.

    Alerts that one message has said are yielded one by one.
    """
    query = (
        select(AlertRow, col(ReminderRow.point))
        .outerjoin(ReminderRow, col(ReminderRow.key) == col(AlertRow.reminder_key))
        .where(col(AlertRow.accepted_at).is_not(None), ~col(AlertRow.key).startswith(f"{GROUP}/"))
        .order_by(col(AlertRow.accepted_at), col(AlertRow.key))
    )
    with db.read() as connection:
        for row in connection.execute(query):
            yield _as_json(row)


def _as_json(row: Any) -> dict[str, Any]:
    content = read_content(row.content)
    one = content if isinstance(content, AlertContent) else None
    at = row.accepted_at.astimezone(_zone(content))
    return {
        "at": at.isoformat(),
        "agreement": content.agreement,
        "rule": one.rule if one else None,
        "occurrence": one.occurrence if one else None,
        "point": row.point or content.point,
        "act_by": one.act_by.isoformat() if one else None,
        "contact": row.contact,
        "channel": row.channel,
        "subject": subject(content, row.accepted_at),
        "detour": row.detour,
    }


@dataclass(frozen=True)
class _Happening:
    """Something from outside: terms are loaded, or an event is recorded."""

    at: datetime
    file: TermsFile | None = None
    event: Event | None = None

    def apply(self, house: House) -> None:
        if self.file is not None:
            flow.load_terms(house.db, house.context, [self.file], self.at)
        if self.event is not None:
            flow.record_event(house.db, house.context, self.event, self.at, "simulation")


def _happenings(scenario: Scenario) -> Iterator[_Happening]:
    zones = {file.agreement.id: file.agreement.zone for file in scenario.files}
    for file in scenario.files:
        day = max(scenario.first, file.agreement.signed.day)
        if day <= scenario.last:
            yield _Happening(datetime.combine(day, time.min, file.agreement.zone), file=file)
    for event in scenario.events:
        day = date.fromisoformat(event.details.get(RECORDED_ON, event.happened_on.isoformat()))
        day = max(day, scenario.first)
        yield _Happening(datetime.combine(day, _RECORDED_AT, zones[event.agreement]), event=event)


def _end_of(day: date, file: TermsFile) -> datetime:
    return datetime.combine(day + timedelta(days=1), time.min, file.agreement.zone)


def _zone(content: Content) -> Any:
    from zoneinfo import ZoneInfo

    return ZoneInfo(content.timezone)


def throw_away_database(folder: Path, migrations: Path) -> Database:
    """Make an empty, migrated SQLite database in a folder; nothing in it must survive."""
    from tracker.migrations import upgrade

    db = Database(f"sqlite:///{folder / 'tracker.db'}", durable=False)
    upgrade(db, migrations)
    return db
