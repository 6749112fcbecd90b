"""The read side, shared by every face: what is coming, why this date, what was sent to whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, or_, select
from sqlmodel import col

from tracker.base.dates import plain_date
from tracker.base.db import Database
from tracker.base.errors import UnknownThingError
from tracker.chains import ChainShown, chain_shown
from tracker.obligations.causes import Cause, why_text
from tracker.obligations.explain import steps
from tracker.obligations.life import UNTOUCHED, Life
from tracker.obligations.lifecycle import state_on
from tracker.obligations.model import Obligation, State
from tracker.obligations.picture import picture
from tracker.obligations.records import Records
from tracker.obligations.service import moves_of
from tracker.obligations.tables import ObligationRow
from tracker.obligations.values import DAYS
from tracker.obligations.view import as_json, window_json
from tracker.obligations.windows import Window, window_for
from tracker.outbox.keys import is_group
from tracker.outbox.tables import AlertRow, AttemptRow
from tracker.reminders.ladder import AT_ONCE
from tracker.reminders.tables import ReminderRow
from tracker.steps.context import Context
from tracker.terms.model import Agreement
from tracker.terms.service import agreements, batches

LIVE = (State.OPEN.value, State.DUE.value, State.OVERDUE.value)


@dataclass(frozen=True, slots=True)
class Shown:
    """One stored obligation with everything a face shows of it."""

    agreement: Agreement
    obligation: Obligation
    state: State
    reminded: bool
    closed_why: str | None
    life: Life = UNTOUCHED

    @property
    def act_by(self) -> date | None:
        """The day to act by: the computed one, or the one a person has set instead."""
        if self.life.override is not None:
            return self.life.override.act_by
        return self.obligation.deadline.act_by if self.obligation.deadline else None

    def days_left(self, now: datetime) -> int:
        """Give the local days left until act_by; negative when overdue. Dated obligations only."""
        if self.act_by is None:
            raise UnknownThingError(f"{self.obligation.key} has no date.")
        return (self.act_by - now.astimezone(self.agreement.zone).date()).days

    def as_json(self) -> dict[str, Any]:
        """Give the JSON of the command line contract."""
        return as_json(self.agreement, self.obligation, self.state.value, self.life)


@dataclass(frozen=True, slots=True)
class Story:
    """One obligation, its derivation, and every alert with its attempts."""

    shown: Shown
    steps: list[str]
    alerts: list[dict[str, Any]]
    moves: list[dict[str, Any]] = field(default_factory=list)
    """How its figures moved, oldest first."""
    window: Window | None = None
    """For a wish to end early: whether it can still be reached."""
    chain: ChainShown | None = None
    """For a stored duty that is open: who else was told, and who is next."""

    def as_json(self) -> dict[str, Any]:
        """Give the JSON of the command line contract, with the derivation and the alerts."""
        moves = {"moves": self.moves} if self.moves else {}
        chain = {"chain": self.chain.as_json()} if self.chain else {}
        story = {"steps": self.steps, **moves, **chain, "alerts": self.alerts}
        return {**self.shown.as_json(), **window_json(self.window), **story}


def upcoming(
    db: Database,
    context: Context,
    now: datetime,
    within: timedelta | None = None,
    *,
    everything: bool = False,
) -> list[Shown]:
    """List open obligations by date: those to act on `within` a time, overdue ones first.

    `everything` adds closed, unverified and undated ones.
    """
    query = select(ObligationRow).order_by(
        col(ObligationRow.act_by).is_(None), col(ObligationRow.act_by), col(ObligationRow.key)
    )
    if not everything:
        query = query.where(col(ObligationRow.state).in_(LIVE), col(ObligationRow.act_by).is_not(None))
    if within is not None:
        # A day wider than UTC says: the local days of the agreements decide below.
        query = query.where(col(ObligationRow.act_by) <= (now + within).date() + timedelta(days=1))
    with db.read() as connection:
        found = as_shown(connection, context, connection.execute(query).all(), now)
    if within is None:
        return found
    return [shown for shown in found if shown.days_left(now) <= within.days]


def explain(db: Database, context: Context, name: str, now: datetime, language: str) -> Story:
    """Tell one obligation's story; `name` is `agreement/rule[/occurrence]`."""
    with db.read() as connection:
        return story(connection, context, name, now, language)


def story(connection: Connection, context: Context, name: str, now: datetime, language: str) -> Story:
    """Tell one obligation's story, in the caller's transaction."""
    row = _row_named(connection, name)
    shown = as_shown(connection, context, [row], now)
    if not shown:
        raise UnknownThingError(f"{row.key!r} is stored ({row.state}), but its terms give it no more.")
    one = shown[0]
    calendar = context.calendar(one.agreement)
    today = now.astimezone(one.agreement.zone).date()
    alerts = alerts_of(connection, row.key)
    return Story(
        one,
        steps(one.agreement, one.obligation, calendar, language),
        alerts,
        dates_of(connection, row.key, language) if row.moves else [],
        window_for(one.agreement, one.obligation, calendar, today),
        chain_shown(context, one.agreement, one.obligation, row, alerts, now),
    )


@dataclass(frozen=True, slots=True)
class Known:
    """One stored obligation by its key; `shown` is None where its terms give it no more."""

    agreement: Agreement
    state: State
    closed_why: str | None
    snoozed_until: date | None
    acknowledged_until: date | None
    shown: Shown | None


def known(db: Database, context: Context, key: str, now: datetime) -> Known | None:
    """Give one stored obligation; None where there is none of that key."""
    with db.read() as connection:
        row = connection.execute(select(ObligationRow).where(col(ObligationRow.key) == key)).one_or_none()
        if row is None:
            return None
        found = as_shown(connection, context, [row], now)
        shown = found[0] if found else None
        agreement = shown.agreement if shown else agreements(connection, [row.agreement_id])[row.agreement_id]
    state = shown.state if shown else State(row.state)
    return Known(agreement, state, row.closed_why, row.snoozed_until, row.acknowledged_until, shown)


def started_by(db: Database, context: Context, agreement: str, number: int, now: datetime) -> list[Shown]:
    """Give the open obligations that an entry of an agreement's log has started, soonest first."""
    query = (
        select(ObligationRow)
        .where(
            col(ObligationRow.agreement_id) == agreement,
            col(ObligationRow.event_number) == number,
            col(ObligationRow.state).in_(LIVE),
        )
        .order_by(col(ObligationRow.act_by).is_(None), col(ObligationRow.act_by), col(ObligationRow.key))
    )
    with db.read() as connection:
        return as_shown(connection, context, connection.execute(query).all(), now)


def dates_of(
    connection: Connection, obligation: str, language: str, until: datetime | None = None
) -> list[dict[str, Any]]:
    """Give how the figures of one obligation have changed; `until` leaves out later changes."""
    moves = moves_of(connection, obligation)
    return [_move(move, language) for move in moves if until is None or move.at <= until]


def _move(row: Any, language: str) -> dict[str, Any]:
    def figures(prefix: str) -> dict[str, Any]:
        days = {name: getattr(row, f"{prefix}{name}") for name in DAYS}
        shown = {name: day.isoformat() if day else None for name, day in days.items()}
        at = getattr(row, f"{prefix}by_time")
        by_time = {"by_time": f"{at:%H:%M}"} if at else {}
        return {**shown, **by_time, "provisional": getattr(row, f"{prefix}provisional")}

    return {
        "number": row.number,
        "at": row.at.isoformat(),
        "cause": row.cause,
        "why": why_text(Cause(row.cause, row.cause_on, row.cause_name), language),
        "before": figures(""),
        "after": figures("to_"),
    }


def move_text(move: Mapping[str, Any], language: str) -> str:
    """Say one of `dates_of` in a sentence: when a deadline moved, from which day to which, and why."""

    def day(iso: str | None) -> str:
        return plain_date(date.fromisoformat(iso), language) if iso else "-"

    on = plain_date(datetime.fromisoformat(move["at"]).date(), language)
    before, after = (day(move[side]["act_by"]) for side in ("before", "after"))
    if language == "en":
        return f"Moved on {on}: {before} to {after}. {move['why']}"
    return f"Bergeser pada {on}: {before} menjadi {after}. {move['why']}"


def _row_named(connection: Connection, name: str) -> Any:
    query = select(ObligationRow).where(
        (col(ObligationRow.key) == name) | col(ObligationRow.key).startswith(f"{name}/", autoescape=True)
    )
    rows = connection.execute(query.order_by(col(ObligationRow.key)).limit(50)).all()
    if not rows:
        raise UnknownThingError(f"No obligation {name!r}; 'tracker upcoming --all' lists them.")
    if len(rows) > 1:
        keys = "\n".join(f"  {row.key}" for row in rows)
        raise UnknownThingError(f"{name!r} has {len(rows)} occurrences; name one of:\n{keys}")
    return rows[0]


def as_shown(
    connection: Connection,
    context: Context,
    rows: Sequence[Any],
    now: datetime,
    records: Records | None = None,
) -> list[Shown]:
    """Give stored obligations as faces show them; those that the terms give no more are left out.

    `records` knows what was read before over this connection.
    """
    found = (records or Records(connection)).of(row.agreement_id for row in rows)
    views = {
        name: picture(written, context.calendar(written), log, reach=context.horizon(written, now))
        for name, (written, log) in found.items()
    }
    shown = []
    for row in rows:
        one = views[row.agreement_id]
        obligation = one.obligations.get(row.key)
        if obligation is None:
            continue
        reminded = row.reminded_for is not None
        today = now.astimezone(one.agreement.zone).date()
        state = state_on(State(row.state), row.act_by, reminded=reminded, today=today)
        life = one.life(obligation, context.policy.acknowledged_days)
        shown.append(Shown(one.agreement, obligation, state, reminded, row.closed_why, life))
    return shown


def alerts_of(connection: Connection, obligation: str, until: datetime | None = None) -> list[dict[str, Any]]:
    """Give the alerts about one obligation with their attempts; `until` leaves out later ones."""
    query = (
        select(
            AlertRow,
            func.coalesce(col(ReminderRow.point), AT_ONCE).label("point"),
        )
        .outerjoin(ReminderRow, col(ReminderRow.key) == col(AlertRow.reminder_key))
        .where(col(AlertRow.obligation_key) == obligation)
        .order_by(col(AlertRow.created_at), col(AlertRow.key))
    )
    if until is not None:
        query = query.where(col(AlertRow.created_at) <= until)
    alerts = connection.execute(query).all()
    attempts = attempts_of(connection, [row.key for row in alerts])
    return [
        {
            "key": row.key,
            "point": row.point,
            "contact": row.contact,
            "channel": row.channel,
            "state": row.state,
            "detour": row.detour,
            "created_at": row.created_at.isoformat(),
            "accepted_at": row.accepted_at.isoformat() if row.accepted_at else None,
            "attempts": attempts.get(row.key, []),
        }
        for row in alerts
        if not is_group(row.key)
    ]


def attempts_of(connection: Connection, alerts: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """Give the attempts to deliver each alert, by itself or together with others, oldest first."""
    found: dict[str, list[dict[str, Any]]] = {}
    tried_as = col(AttemptRow.alert_key)
    for batch in batches(alerts):
        query: Any = (
            select(AttemptRow, col(AlertRow.key).label("of_alert"))
            .join(AlertRow, or_(tried_as == col(AlertRow.key), tried_as == col(AlertRow.grouped_in)))
            .where(col(AlertRow.key).in_(batch))
            .order_by(col(AttemptRow.id))
        )
        for row in connection.execute(query):
            found.setdefault(row.of_alert, []).append(
                {"at": row.started_at.isoformat(), "outcome": row.outcome, "answer": row.answer}
            )
    return found


@dataclass(frozen=True, slots=True)
class Counts:
    """How much there is, for summaries and health."""

    obligations: dict[str, int]
    alerts: dict[str, int]
    next_act_by: date | None


def counts(db: Database) -> Counts:
    """Count obligations and alerts by state."""
    with db.read() as connection:
        obligations = {
            str(state): int(number)
            for state, number in connection.execute(
                select(col(ObligationRow.state), func.count()).group_by(col(ObligationRow.state))
            )
        }
        alerts = {
            str(state): int(number)
            for state, number in connection.execute(
                select(col(AlertRow.state), func.count()).group_by(col(AlertRow.state))
            )
        }
        soonest = connection.execute(
            select(func.min(col(ObligationRow.act_by))).where(col(ObligationRow.state).in_(LIVE))
        ).scalar()
    return Counts(obligations, alerts, soonest)


def is_loaded(db: Database, agreement: str) -> bool:
    """Tell whether an agreement is in the store."""
    with db.read() as connection:
        return agreement in agreements(connection, [agreement])
