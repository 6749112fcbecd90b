"""The read side of the past: what was true on a day, and what was known at an instant.

Nothing is stored for this: the terms and the log as they stood are derived again. `as of` leaves
out what happened later; `known at` leaves out what was recorded later, corrections too.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

from sqlalchemy import Connection, func, select
from sqlmodel import col

from tracker.base.db import Database
from tracker.base.errors import UnknownThingError
from tracker.base.iso import iso_date
from tracker.events.kinds import DECREE_LOADED
from tracker.events.log import effective, happened_by, known_at
from tracker.events.model import Event
from tracker.events.service import logs_of
from tracker.flow import agreement_named
from tracker.obligations.explain import steps
from tracker.obligations.lifecycle import lapses_on, state_and_why, state_on
from tracker.obligations.model import CLOSED, Obligation, State
from tracker.obligations.months import shifted
from tracker.obligations.picture import Picture, pictured
from tracker.obligations.tables import DeadlineMoveRow, ObligationRow
from tracker.obligations.values import MOVING
from tracker.obligations.windows import window_for
from tracker.queries import Shown, Story, alerts_of, dates_of
from tracker.reminders.tables import ReminderRow
from tracker.steps.context import Context
from tracker.terms.model import Agreement
from tracker.terms.service import batches, known_agreements, parsed
from tracker.terms.tables import TermsVersionRow


@dataclass(frozen=True, slots=True)
class Moment:
    """A point of view in the past; a bare day means its end, in the zone of each agreement.

    Without `as_of`, the day of `known_at`; without `known_at`, everything known now.
    """

    now: datetime
    as_of: date | None = None
    known_at: datetime | date | None = None

    @property
    def seen_at(self) -> datetime:
        """The instant from which days left are counted, for lists over agreements of all zones."""
        return _end(self, UTC)

    def day(self, zone: tzinfo) -> date:
        """The local day of the view."""
        return self.as_of or self.instant(zone).astimezone(zone).date()

    def instant(self, zone: tzinfo) -> datetime:
        """The instant up to which facts were recorded."""
        if self.known_at is None:
            return self.now
        if isinstance(self.known_at, datetime):
            return self.known_at
        start = datetime.combine(self.known_at + timedelta(days=1), time.min, zone)
        return start - timedelta(microseconds=1)


def read_moment(now: datetime, as_of: str | None, known_at: str | None) -> Moment:
    """Read the two options of the command line; ValueError says what was expected."""
    known: datetime | date | None = None
    if known_at is not None:
        try:
            known = iso_date(known_at)
        except ValueError:
            known = _instant(known_at)
    return Moment(now, iso_date(as_of) if as_of else None, known)


def _instant(text: str) -> datetime:
    expected = f"{text!r} is not an instant, expected YYYY-MM-DD or e.g. 2026-12-01T08:00+07:00"
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(expected) from None
    if found.tzinfo is None:
        raise ValueError(expected)
    return found.astimezone(UTC)


def upcoming_then(
    db: Database,
    context: Context,
    moment: Moment,
    within: timedelta | None = None,
    *,
    everything: bool = False,
) -> list[Shown]:
    """List what `upcoming` would have listed."""
    with db.read() as connection:
        names = sorted(known_agreements(connection))
        found = [shown for batch in batches(names) for shown in _shown(connection, context, moment, batch)]
    if not everything:
        found = [one for one in found if one.state not in _SETTLED and one.act_by is not None]
    if within is not None:
        found = [one for one in found if one.act_by and _days_left(one, moment) <= within.days]
    return sorted(found, key=lambda one: (one.act_by is None, one.act_by or date.max, one.obligation.key))


_SETTLED = CLOSED | {State.UNVERIFIED}


def _days_left(one: Shown, moment: Moment) -> int:
    return ((one.act_by or date.max) - moment.day(one.agreement.zone)).days


def log_then(db: Database, agreement: str, moment: Moment) -> list[Event]:
    """List the facts of one log, in the order they were recorded."""
    written = agreement_named(db, agreement)
    with db.read() as connection:
        log = logs_of(connection, [agreement]).get(agreement, [])
    known = known_at(log, moment.instant(written.zone))
    return known if moment.as_of is None else happened_by(known, moment.as_of)


def explain_then(db: Database, context: Context, name: str, moment: Moment, language: str) -> Story:
    """Tell one obligation's story as it stood; `name` is `agreement/rule[/occurrence]`."""
    agreement_id = name.partition("/")[0]
    with db.read() as connection:
        found = list(_shown(connection, context, moment, [agreement_id]))
        if not found:
            raise UnknownThingError(f"{agreement_id!r} was not known then.")
        keys = [
            one for one in found if one.obligation.key == name or one.obligation.key.startswith(f"{name}/")
        ]
        if len(keys) != 1:
            listed = "\n".join(f"  {one.obligation.key}" for one in keys or found)
            raise UnknownThingError(f"{name!r} was not one obligation then; there were:\n{listed}")
        one = keys[0]
        calendar, zone = context.calendar(one.agreement), one.agreement.zone
        end = _end(moment, zone)
        told = alerts_of(connection, one.obligation.key, end)
        dates = dates_of(connection, one.obligation.key, language, end)
    derived = steps(one.agreement, one.obligation, calendar, language)
    window = window_for(one.agreement, one.obligation, calendar, moment.day(zone))
    return Story(one, derived, told, dates, window)


def _end(moment: Moment, zone: tzinfo) -> datetime:
    """Give the instant after which nothing had been said yet."""
    if moment.as_of is None:
        return moment.instant(zone)
    end = datetime.combine(moment.as_of + timedelta(days=1), time.min, zone) - timedelta(microseconds=1)
    return min(end, moment.instant(zone))


def _shown(connection: Connection, context: Context, moment: Moment, names: Iterable[str]) -> Iterator[Shown]:
    wanted = list(names)
    known = known_agreements(connection)
    logs = logs_of(connection, wanted)
    reminded = _reminded(connection, wanted)
    moves = _moves(connection, wanted)
    for name, written in _terms(connection, moment, wanted).items():
        day = moment.day(written.zone)
        recorded = known_at(logs.get(name, ()), moment.instant(written.zone))
        facts = happened_by(effective(recorded), day)
        until = shifted(day, context.horizon_months)
        seen = pictured(written, context.calendar(written), facts, until)
        end = _end(moment, written.zone)
        for derived in seen.derived.obligations:
            if derived.state is not State.WAITING:
                obligation = _as_counted(derived, moves.get(derived.key, ()), moment.instant(written.zone))
                first = reminded.get(obligation.key)
                was_reminded = first is not None and first <= end
                tracked_since = known[name].tracked_since
                yield _then(context, seen, obligation, day, tracked_since, reminded=was_reminded)


def _as_counted(obligation: Obligation, moves: Sequence[Any], instant: datetime) -> Obligation:
    """Give the figures that other decrees had led to, where the next change was one of decrees."""
    following = next((move for move in moves if move.at > instant), None)
    if following is None or following.cause != DECREE_LOADED or obligation.deadline is None:
        return obligation
    figures = {name: getattr(following, name) for name in MOVING}
    return obligation._replace(deadline=obligation.deadline._replace(**figures))


def _moves(connection: Connection, names: list[str]) -> dict[str, list[Any]]:
    """Read how the figures of some agreements' obligations have changed, by obligation, in order."""
    rows = connection.execute(
        select(DeadlineMoveRow)
        .join(ObligationRow, col(ObligationRow.key) == col(DeadlineMoveRow.obligation_key))
        .where(col(ObligationRow.agreement_id).in_(names))
        .order_by(col(DeadlineMoveRow.obligation_key), col(DeadlineMoveRow.number))
    )
    found: dict[str, list[Any]] = {}
    for row in rows:
        found.setdefault(row.obligation_key, []).append(row)
    return found


def _then(
    context: Context,
    seen: Picture,
    obligation: Obligation,
    day: date,
    tracked_since: date,
    *,
    reminded: bool,
) -> Shown:
    policy, zone = context.policy, seen.agreement.zone
    life = seen.life(obligation, policy.acknowledged_days)
    learned = obligation.trigger.recorded_at if obligation.trigger else None
    opened_on = learned.astimezone(zone).date() if learned else tracked_since
    lapse = lapses_on(obligation, seen.derived.ends, opened_on, policy.grace_after_end_days)
    state, why = state_and_why(obligation, life, lapse, tracked_since, day, was_open=False)
    shown = Shown(seen.agreement, obligation, state, reminded, why, life)
    return Shown(
        seen.agreement,
        obligation,
        state_on(state, shown.act_by, reminded=reminded, today=day),
        reminded,
        why,
        life,
    )


def _terms(connection: Connection, moment: Moment, names: list[str]) -> dict[str, Agreement]:
    """Read the terms that were in the store, by agreement; one that was not there yet is missing."""
    rows = connection.execute(
        select(
            col(TermsVersionRow.agreement_id),
            col(TermsVersionRow.body),
            col(TermsVersionRow.loaded_at),
        )
        .where(col(TermsVersionRow.agreement_id).in_(names))
        .order_by(col(TermsVersionRow.agreement_id), col(TermsVersionRow.version))
    )
    found: dict[str, Agreement] = {}
    for row in rows:
        agreement = parsed(row.body)
        if row.loaded_at <= moment.instant(agreement.zone):
            found[row.agreement_id] = agreement
    return found


def _reminded(connection: Connection, names: list[str]) -> dict[str, datetime]:
    """Give when each obligation was first spoken of."""
    query = (
        select(col(ReminderRow.obligation_key), func.min(col(ReminderRow.fired_at)))
        .join(ObligationRow, col(ObligationRow.key) == col(ReminderRow.obligation_key))
        .where(col(ObligationRow.agreement_id).in_(names))
        .group_by(col(ReminderRow.obligation_key))
    )
    return {obligation: at for obligation, at in connection.execute(query)}  # noqa: C416
