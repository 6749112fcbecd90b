"""What another calendar would do to open obligations. Reads only; nothing is stored."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, select
from sqlmodel import col

from tracker.base.db import Database
from tracker.base.garbage import untraced
from tracker.calendars.model import Calendar
from tracker.events.model import Event
from tracker.events.service import logs_of
from tracker.obligations.compare import Figures, Shift, figures, shift
from tracker.obligations.model import Obligation, State
from tracker.obligations.months import shifted
from tracker.obligations.picture import picture
from tracker.obligations.tables import ObligationRow
from tracker.steps.context import Context
from tracker.terms.model import Agreement
from tracker.terms.service import agreements, batches


class Effect(NamedTuple):
    """What happens to one open obligation."""

    agreement: Agreement
    obligation: Obligation
    shift: Shift

    def as_json(self) -> dict[str, Any]:
        """Give the effect as JSON values; dates are ISO."""
        return {
            "key": self.obligation.key,
            "rule": self.obligation.rule.id,
            "occurrence": self.obligation.occurrence,
            "before": _json(self.shift.before),
            "after": _json(self.shift.after),
            "days": self.shift.days,
            "working_days": self.shift.working_days,
        }


@dataclass(slots=True)
class Effects:
    """What happens to all open obligations of one calendar, in the order of their keys."""

    moved: list[Effect] = field(default_factory=list)
    certainty: list[Effect] = field(default_factory=list)
    """Those whose dates stay, while they become certain, or provisional."""
    looked_at: int = 0

    def add(self, found: Iterable[Effect]) -> None:
        """Take up what was found of one agreement."""
        for effect in found:
            self.looked_at += 1
            if effect.shift.moves:
                self.moved.append(effect)
            elif effect.shift.changes:
                self.certainty.append(effect)

    @property
    def by_agreement(self) -> dict[str, list[Effect]]:
        """The moved ones by agreement."""
        found: dict[str, list[Effect]] = {}
        for effect in self.moved:
            found.setdefault(effect.agreement.id, []).append(effect)
        return found

    def as_json(self) -> dict[str, Any]:
        """Give everything as JSON values."""
        return {
            "obligations_looked_at": self.looked_at,
            "moved": len(self.moved),
            "agreements": [
                {"agreement": name, "title": found[0].agreement.title, "moved": [e.as_json() for e in found]}
                for name, found in self.by_agreement.items()
            ],
            "certainty_changed": [effect.as_json() for effect in self.certainty],
        }


def _json(given: Figures) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in given._asdict().items()
    }


def in_store(db: Database, context: Context, name: str, after: Calendar, now: datetime) -> Effects:
    """Compare the open obligations in the store with what a calendar gives instead of `name`.

    What is stored counts as before: that is what people have been told.
    """
    effects = Effects()
    with untraced(), db.read() as connection:
        ids = connection.execute(
            select(col(ObligationRow.agreement_id))
            .where(*_OPEN_AND_DATED)
            .distinct()
            .order_by(col(ObligationRow.agreement_id))
        ).scalars()
        for batch in batches(list(ids)):
            _compare_batch(connection, context, batch, name, after, now, effects)
    return effects


_OPEN_AND_DATED = (col(ObligationRow.state) == State.OPEN.value, col(ObligationRow.act_by).is_not(None))


def _compare_batch(
    connection: Connection,
    context: Context,
    ids: Sequence[str],
    name: str,
    after: Calendar,
    now: datetime,
    effects: Effects,
) -> None:
    found = {one.id: one for one in agreements(connection, ids).values() if one.calendar.holidays == name}
    logs = logs_of(connection, found)
    query = (
        select(ObligationRow)
        .where(*_OPEN_AND_DATED, col(ObligationRow.agreement_id).in_(list(found)))
        .order_by(col(ObligationRow.key))
    )
    rows: dict[str, list[Any]] = {}
    for row in connection.execute(query):
        rows.setdefault(row.agreement_id, []).append(row)
    for agreement_id, stored in rows.items():
        log = logs.get(agreement_id, ())
        effects.add(_compared(context, found[agreement_id], stored, log, after, now))


def _compared(
    context: Context,
    written: Agreement,
    rows: Sequence[Any],
    log: Sequence[Event],
    after: Calendar,
    now: datetime,
) -> Iterable[Effect]:
    until = shifted(now.astimezone(written.zone).date(), context.horizon_months)
    seen = picture(written, after, log, until)
    before = context.calendar(written)
    for row in rows:
        obligation = seen.obligations.get(row.key)
        if obligation is None or obligation.deadline is None:
            continue
        override = seen.life(obligation, context.policy.acknowledged_days).override
        stored = Figures(row.likely, row.safe, row.act_by, row.strictest, row.latest, row.provisional)
        new = figures(obligation.deadline, override.act_by if override else None)
        yield Effect(seen.agreement, obligation, shift(stored, new, before, after))


def in_terms(
    written: Iterable[Agreement], context: Context, name: str, after: Calendar, now: datetime
) -> Effects:
    """Compare what two calendars give for terms alone: deadlines that have not passed yet."""
    effects = Effects()
    with untraced():
        for agreement in written:
            if agreement.calendar.holidays == name:
                effects.add(_compared_terms(context, agreement, after, now))
    return effects


def _compared_terms(context: Context, written: Agreement, after: Calendar, now: datetime) -> Iterable[Effect]:
    today = now.astimezone(written.zone).date()
    until = shifted(today, context.horizon_months)
    calendar = context.calendar(written)
    old = picture(written, calendar, (), until).obligations
    for key, obligation in picture(written, after, (), until).obligations.items():
        before = old.get(key)
        if before is None or before.deadline is None or obligation.deadline is None:
            continue
        if before.deadline.latest >= today:
            compared = shift(figures(before.deadline), figures(obligation.deadline), calendar, after)
            yield Effect(written, obligation, compared)
