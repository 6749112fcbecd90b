"""What follows what, one transaction per step. Read this file first.

    terms loaded      -> logged, obligations derived, first reminders planned   load_terms
    event recorded    -> logged, the agreement derived again, what is proved    record_event
                         closed, what has moved announced; then FOLLOWS:
                         a new officer gets what waits, and the list of what is open;
                         nothing is sent to an address that does not work;
                         messages in chats are to tell who has answered
    reminder due      -> reminder and alerts added, next one planned            remind_due
    nobody answers    -> substitute, then manager told as well                  remind_due
    end reached       -> obligation lapsed, with the reason                     remind_due
    horizon moved     -> further occurrences of recurring duties                roll_due
    decrees changed   -> logged, every agreement derived again                  rederive
    alert due         -> claimed by lease, sent, settled                        outbox.dispatch
    address refused   -> logged; the next channel, the substitute, the managers steps.doubting

Left of the outbox everything follows from (terms, events, calendar, now): a step that runs twice,
or in two workers at once, changes nothing the second time.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby

from sqlalchemy import Connection

from tracker.base.db import Database, earliest
from tracker.base.errors import BadFactError, TrackerError, UnknownThingError
from tracker.base.garbage import untraced
from tracker.base.log import get_logger
from tracker.events import service as events
from tracker.events.kinds import (
    ABOUT_ONE_OBLIGATION,
    APPOINTED,
    CONFIRMED,
    CORRECTED,
    DECREE_LOADED,
    DOUBTFUL,
    TERMS_AMENDED,
    TERMS_CORRECTED,
)
from tracker.events.model import BadEventError, Event
from tracker.obligations import service as obligations
from tracker.obligations.causes import LOADED, ROLLED, SEVERAL, Cause, decree_cause, decree_details
from tracker.obligations.tables import ObligationRow
from tracker.outbox import service as outbox
from tracker.steps import deriving, doubting
from tracker.steps.answering import tell_chats
from tracker.steps.backlog import next_batch
from tracker.steps.checking import check_evidence, check_fact
from tracker.steps.context import Context
from tracker.steps.deriving import Derivation
from tracker.steps.handing_over import hand_over
from tracker.steps.reminding import Reminding
from tracker.terms import service as terms
from tracker.terms.load import TermsFile
from tracker.terms.model import Agreement
from tracker.terms.tables import AgreementRow

SERVICE = "tracker"
"""Who records what the service itself does, such as loading terms."""
Follow = Callable[[Connection, Context, Agreement, Sequence[Event], Event, datetime], None]
FOLLOWS: Mapping[str, tuple[Follow, ...]] = {
    **dict.fromkeys(ABOUT_ONE_OBLIGATION, (tell_chats,)),
    APPOINTED: (hand_over,),
    CORRECTED: (hand_over, tell_chats),
    DOUBTFUL: (doubting.doubt,),
    CONFIRMED: (doubting.confirm,),
}
"""What follows a fact besides deriving its agreement again, in the same transaction."""
log = get_logger("flow")
_AGREEMENTS_AT_ONCE = 2500
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

    A text whose agreement was derived with other decrees than today's is not among them, nor one
    that was loaded before units were noted.
    """
    versions = {calendar.version for calendar in context.calendars.values()}
    with db.read() as connection:
        found = terms.known_agreements(connection).values()
    return {
        known.digest: known.id
        for known in found
        if known.calendar_version in versions and known.unit is not None
    }


def load_terms(
    db: Database, context: Context, files: Sequence[TermsFile], now: datetime, by: str = SERVICE
) -> LoadReport:
    """Put terms files in force and derive their obligations; unchanged files cost one look-up.

    `by` is who the log says has changed a text.
    """
    report = LoadReport()
    with untraced():
        for batch in terms.batches(files, _AGREEMENTS_AT_ONCE):
            with db.write() as connection:
                _load_batch(connection, context, batch, now, report, by)
    return report


def _load_batch(
    connection: Connection,
    context: Context,
    files: list[TermsFile],
    now: datetime,
    report: LoadReport,
    by: str,
) -> None:
    terms.one_load_at_a_time(connection)
    known = terms.locked(connection, [file.agreement.id for file in files])
    fresh, unnoted = [], []
    for file in files:
        before = known.get(file.agreement.id)
        if before is None:
            report.new.append(file.agreement.id)
        elif (before.digest, before.calendar_version) == (
            file.digest,
            context.calendar(file.agreement).version,
        ):
            report.unchanged.append(file.agreement.id)
            if before.unit != terms.unit_of(file):
                unnoted.append(file)
            continue
        else:
            report.changed.append(file.agreement.id)
        fresh.append(file)
    terms.note_units(connection, unnoted)
    if not fresh:
        return
    if known:
        _roll_first(connection, context, list(known), now)
    versions = {file.agreement.id: context.calendar(file.agreement).version for file in fresh}
    causes = _log_terms(connection, fresh, known, now, by)
    same_text = {file.agreement.id for file in fresh if _is_in_force(file, known)}
    others = [file.agreement for file in fresh if file.agreement.id not in same_text]
    changes = []
    wakes: Mapping[str, datetime | None] = {}
    if others:
        why = {agreement.id: causes[agreement.id] for agreement in others}
        derivation = Derivation(connection, context, why, known, now)
        changes.append(derivation.store(others))
        wakes = derivation.first_wakes()
    if same_text:
        agreements = {file.agreement.id: file.agreement for file in fresh if file.agreement.id in same_text}
        changes += _derive_with_decrees(connection, context, agreements, known, now)
    terms.put_in_force(connection, fresh, known, versions, wakes, now)
    terms.add_versions(connection, fresh, known, now)
    for change in changes:
        report.obligations += change.added
        report.moved += change.moved
        report.superseded += change.superseded


def _is_in_force(file: TermsFile, known: Mapping[str, terms.Known]) -> bool:
    return file.agreement.id in known and known[file.agreement.id].digest == file.digest


def _log_terms(
    connection: Connection,
    files: Sequence[TermsFile],
    known: Mapping[str, terms.Known],
    now: datetime,
    by: str,
) -> dict[str, Cause]:
    """Log new terms of agreements that are tracked already; gives why each one is derived.

    The first terms of an agreement are the beginning of its log, and no entry of it.
    """
    changed = [
        file
        for file in files
        if file.agreement.id in known and known[file.agreement.id].digest != file.digest
    ]
    before = terms.agreements(connection, [file.agreement.id for file in changed]) if changed else {}
    causes = {file.agreement.id: LOADED for file in files}
    entries = []
    for file in changed:
        agreement = file.agreement
        details = {"version": str(known[agreement.id].version + 1), "digest": file.digest}
        added = agreement.addenda[len(before[agreement.id].addenda) :]
        kind = TERMS_AMENDED if added else TERMS_CORRECTED
        today = now.astimezone(agreement.zone).date()
        event = Event(agreement.id, kind, added[-1].in_force_from if added else today, details)
        entries.append(event)
        causes[agreement.id] = Cause(kind, event.happened_on if added else None)
    events.append_all(connection, entries, now, by)
    return causes


@dataclass(frozen=True, slots=True)
class Recorded:
    """A recorded fact, whether it was new, and what changed because of it."""

    event: Event
    added: bool
    changes: obligations.Changes = field(default_factory=obligations.Changes)


def record_event(
    db: Database, context: Context, event: Event, now: datetime, by: str, client_key: str | None = None
) -> Recorded:
    """Record a fact and everything that follows from it, in one transaction.

    BadFactError or UnknownThingError where it cannot be recorded; nothing is stored then.
    """
    together = record_events(db, context, [event], now, by, [client_key])
    (found,) = together.facts
    return Recorded(*found, together.changes)


@dataclass(frozen=True, slots=True)
class RecordedTogether:
    """Facts recorded in one transaction, each with whether it was new, and what changed because of all."""

    facts: Sequence[tuple[Event, bool]]
    changes: obligations.Changes = field(default_factory=obligations.Changes)


def record_events(
    db: Database,
    context: Context,
    given: Sequence[Event],
    now: datetime,
    by: str,
    client_keys: Sequence[str | None],
) -> RecordedTogether:
    """Record facts about one agreement in one transaction, and derive it once.

    Each fact may build on those before it; a proof may only name a file that is held. BadFactError
    or UnknownThingError where one cannot be recorded; nothing is stored then.
    """
    name = given[0].agreement
    with db.write() as connection:
        known = terms.locked(connection, [name])
        if name not in known:
            raise UnknownThingError(f"There is no agreement {name!r}; load its terms first.")
        agreement = terms.agreements(connection, [name])[name]
        _roll_first(connection, context, [name], now)
        so_far = events.logs_of(connection, [name]).get(name, [])
        facts: list[tuple[Event, bool]] = []
        for event, client_key in zip(given, client_keys, strict=True):
            check_evidence(event, context.is_held)
            check_fact(agreement, context.calendar(agreement), so_far, event)
            try:
                facts.append(events.append(connection, event, now, by, client_key))
            except BadEventError as error:
                raise BadFactError(str(error)) from None
            if facts[-1][1]:
                so_far = [*so_far, facts[-1][0]]
        new = [event for event, added in facts if added]
        changes = _follow(connection, context, agreement, so_far, new, now) if new else obligations.Changes()
    return RecordedTogether(facts, changes)


def _follow(
    connection: Connection,
    context: Context,
    agreement: Agreement,
    log: Sequence[Event],
    new: Sequence[Event],
    now: datetime,
) -> obligations.Changes:
    """Do what follows from new facts; `log` is the whole log of the agreement."""
    known = terms.locked(connection, [agreement.id])
    cause = Cause(new[0].kind, new[0].happened_on) if len(new) == 1 else SEVERAL
    changes = deriving.rederive(connection, context, {agreement.id: agreement}, known, now, cause)
    for event in new:
        for follow in FOLLOWS.get(event.kind, ()):
            follow(connection, context, agreement, log, event, now)
    return changes


def record_again(db: Database, context: Context, event: Event, client_key: str | None) -> None:
    """Record a fact from another log as it was recorded there, with what follows."""
    now = event.recorded_at
    if now is None:
        raise ValueError(f"{event} was never recorded")
    with db.write() as connection:
        terms.locked(connection, [event.agreement])
        agreement = terms.agreements(connection, [event.agreement])[event.agreement]
        _roll_first(connection, context, [agreement.id], now)
        events.append(connection, event, now, event.recorded_by, client_key)
        whole = events.logs_of(connection, [agreement.id])[agreement.id]
        _follow(connection, context, agreement, whole, whole[-1:], now)


def _roll_first(connection: Connection, context: Context, ids: Sequence[str], now: datetime) -> None:
    """Move the horizon where that is due, so that a replay opens the same rows at the same instants."""
    due = terms.due_for_roll(connection, now, len(ids), only=ids)
    if due:
        found = terms.agreements(connection, [each.known.id for each in due])
        _roll_each(connection, context, due, found)


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
            _roll_first(connection, context, batch, now)
            for changes in _derive_with_decrees(connection, context, found, known, now):
                moved += changes.moved
    return moved


def _derive_with_decrees(
    connection: Connection,
    context: Context,
    agreements: Mapping[str, Agreement],
    known: Mapping[str, terms.Known],
    now: datetime,
) -> list[obligations.Changes]:
    """Log which decrees changed and derive again; agreements that had the same decrees share the reason."""
    alike: dict[tuple[str, str], dict[str, Agreement]] = {}
    for agreement in agreements.values():
        before = known[agreement.id].calendar_version, agreement.calendar.holidays
        alike.setdefault(before, {})[agreement.id] = agreement
    found = []
    for (version, _), together in alike.items():
        calendar = context.calendar(next(iter(together.values())))
        details = decree_details(version, calendar)
        entries = [
            Event(agreement.id, DECREE_LOADED, now.astimezone(agreement.zone).date(), details)
            for agreement in together.values()
        ]
        events.append_all(connection, entries, now, SERVICE)
        some = {name: known[name] for name in together}
        cause = decree_cause(version, calendar)
        found.append(deriving.rederive(connection, context, together, some, now, cause))
    return found


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
        due = terms.due_for_roll(connection, now, limit)
        if due:
            found = terms.agreements(connection, [each.known.id for each in due])
            _roll_each(connection, context, due, found)
    return len(due)


def _roll_each(
    connection: Connection, context: Context, due: Sequence[terms.DueRoll], found: dict[str, Agreement]
) -> None:
    # As of the instant the roll was due, not of now: a late worker opens the same rows.
    for at, together in groupby(sorted(due, key=lambda each: each.at), key=lambda each: each.at):
        known = {each.known.id: each.known for each in together}
        wanted = {name: found[name] for name in known}
        deriving.rederive(connection, context, wanted, known, at, ROLLED)


def _roll_or_postpone(db: Database, context: Context, now: datetime) -> int:
    try:
        return _roll(db, context, now, limit=1)
    except Exception:
        with db.write() as connection:
            for due in terms.due_for_roll(connection, now, limit=1):
                log.exception("agreement cannot be derived, trying again later", agreement=due.known.id)
                terms.set_wakes(connection, {due.known.id: (now + _POSTPONED, due.known.calendar_version)})
        return 1


def remind_due(db: Database, context: Context, now: datetime, limit: int = 100) -> int:
    """Fire due reminders and close what has lapsed; gives how many obligations were due."""
    with db.write() as connection:
        batch = next_batch(connection, now, limit)
        if batch.rows:
            Reminding(connection, context, now).of(batch)
        if batch.complete is None:
            outbox.release_held(connection, now)
        else:
            outbox.release_held(connection, now, batch.complete)
    return len(batch.rows)


def next_wake(db: Database, paused: Mapping[str, datetime] | None = None) -> datetime | None:
    """Give the earliest instant at which any step or alert is due, by a few index look-ups.

    `paused` are channels that take nothing before an instant.
    """
    with db.read() as connection:
        return _first(_next_step(connection), outbox.next_try(connection, paused))


def next_step(db: Database) -> datetime | None:
    """Give the earliest instant at which a reminder, a lapse or a horizon is due; alerts not counted."""
    with db.read() as connection:
        return _next_step(connection)


def _next_step(connection: Connection) -> datetime | None:
    return _first(earliest(connection, ObligationRow.wake_at), earliest(connection, AgreementRow.wake_at))


def _first(*instants: datetime | None) -> datetime | None:
    return min((instant for instant in instants if instant is not None), default=None)


def agreement_named(db: Database, name: str) -> Agreement:
    """Give an agreement in force; UnknownThingError where it is not loaded."""
    with db.read() as connection:
        found = terms.agreements(connection, [name])
    if name not in found:
        raise UnknownThingError(f"There is no agreement {name!r}; load its terms first.")
    return found[name]
