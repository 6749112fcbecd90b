"""What became of the duties whose day fell into a span: in time, late, missed, open; added up in the store.

A duty counts on the day to act by. It is in time when it was done by the safe date, on whatever day
somebody recorded that. What lapsed without anybody having had to act counts as not needed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, case, extract, func, or_, select
from sqlmodel import col

from tracker.obligations.lifecycle import AGREEMENT_ENDED
from tracker.obligations.model import State
from tracker.obligations.tables import ObligationRow
from tracker.seen.listing import rules_of
from tracker.seen.sight import Sight
from tracker.seen.wishes import Kind
from tracker.terms.tables import AgreementRow

GROUPS_AT_MOST = 50
OTHER = "other"
"""The kind of what is of no kind."""


class By(StrEnum):
    """What is counted apart."""

    UNIT = "unit"
    PARTY = "party"
    KIND = "kind"
    MONTH = "month"


class Span(NamedTuple):
    """From which day to which, both included; within one year."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Count:
    """How the duties of one group stand; its name is a unit's id, a party, a kind, or a month's number."""

    name: str
    in_time: int = 0
    late: int = 0
    missed: int = 0
    overdue: int = 0
    ahead: int = 0
    not_needed: int = 0

    @property
    def judged(self) -> int:
        """Those of which it is known whether they were in time."""
        return self.in_time + self.late + self.missed + self.overdue

    @property
    def total(self) -> int:
        """All of them."""
        return self.judged + self.ahead + self.not_needed

    @property
    def percent(self) -> int | None:
        """Of a hundred that are judged, how many were in time; rounded down, so that 100 means all."""
        return 100 * self.in_time // self.judged if self.judged else None


def total_of(counts: Sequence[Count]) -> Count:
    """Add groups up."""
    return Count(
        "",
        sum(one.in_time for one in counts),
        sum(one.late for one in counts),
        sum(one.missed for one in counts),
        sum(one.overdue for one in counts),
        sum(one.ahead for one in counts),
        sum(one.not_needed for one in counts),
    )


def compliance(sight: Sight, by: By, span: Span, unit: str = "", kind: Kind | None = None) -> list[Count]:
    """Count by group; where there are many groups, those with the most trouble."""
    act_by, agreement = col(ObligationRow.act_by), col(ObligationRow.agreement_id)
    sums = [func.sum(case((condition, 1), else_=0)) for condition in _conditions(sight.today)]
    name = _name(by).label("grouped")
    query: Any = select(name, *sums).where(
        col(ObligationRow.state).in_(_COUNTED), act_by >= span.first, act_by <= span.last
    )
    if by is By.UNIT or unit or not sight.reach.sees_everything:
        query = query.join(AgreementRow, col(AgreementRow.id) == agreement).where(sight.mine(agreement))
    if unit:
        query = query.where(col(AgreementRow.unit) == unit)
    if kind is not None:
        query = query.where(_is_of(kind))
    trouble = sums[1] + sums[2] + sums[3]
    query = query.group_by("grouped").order_by(trouble.desc(), func.count().desc(), "grouped")
    return [Count(str(row[0] or ""), *map(int, row[1:])) for row in _rows(sight, query, by)]


def _rows(sight: Sight, query: Any, by: By) -> Sequence[Any]:
    found: Sequence[Any] = sight.connection.execute(query.limit(GROUPS_AT_MOST)).all()
    return sorted(found, key=lambda row: row[0]) if by is By.MONTH else found


_COUNTED = [state.value for state in (State.OPEN, State.FULFILLED, State.LAPSED, State.WAIVED)]


def _conditions(today: date) -> Sequence[ColumnElement[bool]]:
    state, act_by = col(ObligationRow.state), col(ObligationRow.act_by)
    done_on, safe = col(ObligationRow.done_on), col(ObligationRow.safe)
    is_done = state == State.FULFILLED.value
    # Without the day on which it was done, or a computed date, nobody can say that it was late.
    is_late = and_(is_done, done_on.is_not(None), safe.is_not(None), done_on > safe)
    is_missed = and_(state == State.LAPSED.value, col(ObligationRow.closed_why) == AGREEMENT_ENDED)
    is_open = state == State.OPEN.value
    return (
        and_(is_done, or_(done_on.is_(None), safe.is_(None), done_on <= safe)),
        is_late,
        is_missed,
        and_(is_open, act_by < today),
        and_(is_open, act_by >= today),
        or_(
            state == State.WAIVED.value,
            and_(
                state == State.LAPSED.value,
                func.coalesce(col(ObligationRow.closed_why), "") != AGREEMENT_ENDED,
            ),
        ),
    )


def _name(by: By) -> Any:
    match by:
        case By.UNIT:
            return func.coalesce(col(AgreementRow.unit), "")
        case By.PARTY:
            return func.coalesce(col(ObligationRow.holder), "")
        case By.KIND:
            return case(*((_is_of(kind), kind.value) for kind in Kind), else_=OTHER)
        case By.MONTH:
            return extract("month", col(ObligationRow.act_by))


def _is_of(kind: Kind) -> ColumnElement[bool]:
    return or_(*(col(ObligationRow.rule).contains(word, autoescape=True) for word in rules_of(kind)))
