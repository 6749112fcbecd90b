"""What follows what, one transaction per step. Read this file first.

    terms loaded      -> obligations derived, first reminders planned          load_terms
    event recorded    -> the agreement derived again, what is proved closed    record_event
    reminder due      -> reminder and alerts added, next one planned           remind_due
    end reached       -> obligation lapsed, with the reason                    remind_due
    horizon moved     -> further occurrences of recurring duties               roll_due
    decrees changed   -> every agreement derived again                         rederive
    alert due         -> claimed by lease, sent, settled                       outbox.dispatch
    address refused   -> alert to the fallback contact                         steps.alerting

Left of the outbox everything follows from (terms, events, calendar, now): a step that runs twice,
or in two workers at once, changes nothing the second time.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection, select
from sqlmodel import col

from tracker.base.db import Database, earliest
from tracker.base.errors import TrackerError, UnknownThingError
from tracker.base.garbage import untraced
from tracker.base.log import get_logger
from tracker.events import service as events
from tracker.events.model import FULFILLING, WAIVING, Event
from tracker.obligations import service as obligations
from tracker.obligations.model import State, obligation_key
from tracker.obligations.tables import ObligationRow
from tracker.outbox import service as outbox
from tracker.steps import deriving
from tracker.steps.context import Context
from tracker.steps.deriving import Derivation
from tracker.steps.reminding import Reminding
from tracker.terms import service as terms
from tracker.terms.load import TermsFile
from tracker.terms.model import Agreement
from tracker.terms.tables import AgreementRow

log = get_logger("flow")
_AGREEMENTS_AT_ONCE = 1000
_POSTPONED = timedelta(minutes=15)


@dataclass(slots=True)
class LoadReport:
    """What a load changed."""

    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    obligations: int = 0
    moved: list[str] = field(default_factory=list)
    superseded: list[str] = field(default_factory=list)


def known_digests(db: Database, context: Context) -> dict[str, str]:
    """Give the texts that need no second load: their digests, with the agreements' ids.

    A text whose agreement was derived with other decrees than today's is not among them.
    """
    versions = {calendar.version for calendar in context.calendars.values()}
    with db.read() as connection:
        found = terms.known_agreements(connection).values()
    return {known.digest: known.id for known in found if known.calendar_version in versions}


def load_terms(db: Database, context: Context, files: Sequence[TermsFile], now: datetime) -> LoadReport:
    """Put terms files in force and derive their obligations; unchanged files cost one look-up."""
    report = LoadReport()
    with untraced():
        for batch in terms.batches(files, _AGREEMENTS_AT_ONCE):
            with db.write() as connection:
                _load_batch(connection, context, batch, now, report)
    return report


def _load_batch(
    connection: Connection, context: Context, files: list[TermsFile], now: datetime, report: LoadReport
) -> None:
    terms.one_load_at_a_time(connection)
    known = terms.locked(connection, [file.agreement.id for file in files])
    fresh = []
    for file in files:
        before = known.get(file.agreement.id)
        if before is None:
            report.new.append(file.agreement.id)
        elif (before.digest, before.calendar_version) == (
            file.digest,
            context.calendar(file.agreement).version,
        ):
            report.unchanged.append(file.agreement.id)
            continue
        else:
            report.changed.append(file.agreement.id)
        fresh.append(file)
    if not fresh:
        return
    versions = {file.agreement.id: context.calendar(file.agreement).version for file in fresh}
    derivation = Derivation(connection, context, versions, known, now)
    terms.put_in_force(connection, fresh, known, versions, now)
    terms.add_versions(connection, fresh, known, now)
    changes = derivation.store(file.agreement for file in fresh)
    report.obligations += changes.added
    report.moved += changes.moved
    report.superseded += changes.superseded


def record_event(
    db: Database, context: Context, event: Event, now: datetime, by: str, client_key: str | None = None
) -> tuple[bool, obligations.Changes]:
    """Record a fact and what follows from it; tells whether it was new, and what changed."""
    with db.write() as connection:
        known = terms.locked(connection, [event.agreement])
        if event.agreement not in known:
            raise UnknownThingError(f"There is no agreement {event.agreement!r}; load its terms first.")
        agreement = terms.agreements(connection, [event.agreement])[event.agreement]
        _check_party(agreement, event)
        _id, added = events.record(connection, event, now, by, client_key)
        if not added:
            return False, obligations.Changes()
        _close_proved(connection, event, now)
        changes = deriving.rederive(connection, context, {agreement.id: agreement}, known, now)
    return True, changes


def _check_party(agreement: Agreement, event: Event) -> None:
    if event.party is not None and event.party not in agreement.parties:
        parties = ", ".join(agreement.parties)
        raise UnknownThingError(f"party={event.party}: {agreement.id} has the parties {parties}.")


def _close_proved(connection: Connection, event: Event, now: datetime) -> None:
    closing = {WAIVING: State.WAIVED, **dict.fromkeys(FULFILLING, State.FULFILLED)}
    state = closing.get(event.kind)
    if state is None:
        return
    key = obligation_key(event.agreement, event.details["rule"], event.details["occurrence"])
    exists = connection.execute(
        select(col(ObligationRow.state)).where(col(ObligationRow.key) == key)
    ).scalar()
    if exists is None:
        raise UnknownThingError(f"There is no obligation {key!r}; 'tracker upcoming --all' lists them.")
    obligations.close(connection, key, state, now, event.kind)


def rederive(db: Database, context: Context, now: datetime) -> list[str]:
    """Derive again every agreement whose decrees have changed; gives the keys that moved."""
    with db.read() as connection:
        versions = {calendar.version for calendar in context.calendars.values()}
        stale = [
            known.id
            for known in terms.known_agreements(connection).values()
            if known.calendar_version not in versions
        ]
    moved: list[str] = []
    for batch in terms.batches(stale, _AGREEMENTS_AT_ONCE):
        with db.write() as connection:
            known = terms.locked(connection, batch)
            found = terms.agreements(connection, batch)
            moved += deriving.rederive(connection, context, found, known, now).moved
    return moved


def roll_due(db: Database, context: Context, now: datetime, limit: int = 100) -> int:
    """Extend recurring duties whose horizon has moved; gives how many agreements were due."""
    try:
        return _roll(db, context, now, limit)
    except TrackerError:
        raise
    except Exception:
        # One agreement that cannot be derived must not hold up the others: find it, one by one.
        log.exception("the horizon cannot be moved for all at once, trying one by one")
        done = 0
        while done < limit and _roll_or_postpone(db, context, now):
            done += 1
        return done


def _roll(db: Database, context: Context, now: datetime, limit: int) -> int:
    with db.write() as connection:
        due = {known.id: known for known in terms.due_for_roll(connection, now, limit)}
        if due:
            deriving.rederive(connection, context, terms.agreements(connection, due), due, now)
    return len(due)


def _roll_or_postpone(db: Database, context: Context, now: datetime) -> int:
    try:
        return _roll(db, context, now, limit=1)
    except Exception:
        with db.write() as connection:
            for known in terms.due_for_roll(connection, now, limit=1):
                log.exception("agreement cannot be derived, trying again later", agreement=known.id)
                terms.set_wakes(connection, {known.id: (now + _POSTPONED, known.calendar_version)})
        return 1


def remind_due(db: Database, context: Context, now: datetime, limit: int = 100) -> int:
    """Fire due reminders and close what has lapsed; gives how many obligations were due."""
    with db.write() as connection:
        due = obligations.due(connection, now, limit)
        if due:
            Reminding(connection, context, now).of(due)
    return len(due)


def next_wake(db: Database) -> datetime | None:
    """Give the earliest instant at which any step is due; three index look-ups."""
    with db.read() as connection:
        instants = (
            earliest(connection, ObligationRow.wake_at),
            earliest(connection, AgreementRow.wake_at),
            outbox.next_try(connection),
        )
    return min((instant for instant in instants if instant is not None), default=None)


def agreement_named(db: Database, name: str) -> Agreement:
    """Give an agreement in force; UnknownThingError where it is not loaded."""
    with db.read() as connection:
        found = terms.agreements(connection, [name])
    if name not in found:
        raise UnknownThingError(f"There is no agreement {name!r}; load its terms first.")
    return found[name]
