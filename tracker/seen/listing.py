"""The duties that one person sees, filtered, a page at a time, and how many lie ahead.

Sorted by the day to act by: among duties that are counted on the same office days that is their
order by slack. A page begins after the last key of the one before, so it costs the same however far
one goes; counts stop at a bound.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Date, ScalarSelect, Select, and_, func, literal, or_, select, union_all
from sqlmodel import col

from tracker.base.once import once
from tracker.obligations.model import CLOSED, State
from tracker.obligations.tables import ObligationRow
from tracker.queries import Shown
from tracker.seen.search import best, entry, question
from tracker.seen.sight import Sight
from tracker.seen.wishes import Kind, Stand, Wish
from tracker.terms.model import Agreement
from tracker.terms.tables import AgreementRow

COUNTED_AT_MOST = 101
_FOUND_AT_MOST = 500
_IN_A_MONTH = 2000


_RULES = {
    Kind.RENEWAL: ("renewal",),
    Kind.TERMINATION: ("termination",),
    Kind.FORCE_MAJEURE: ("force-majeure",),
    Kind.REPORT: ("report", "monitoring", "evaluation"),
    Kind.PAYMENT: ("payment", "contribution"),
    Kind.ADDENDUM: ("addendum", "amend"),
    Kind.CONTACT: ("contact",),
}


def rules_of(kind: Kind) -> Sequence[str]:
    """Give what the name of a rule of a kind holds."""
    return _RULES[kind]


class Cursor(NamedTuple):
    """After which duty a page begins."""

    act_by: date | None
    key: str


class Spans(NamedTuple):
    """Where a list is divided, by the operator's day: the last day of this week and of this month."""

    today: date
    week: date
    month: date

    @classmethod
    def of(cls, today: date) -> "Spans":
        """Divide around a day; a month that ends within the week ends with it."""
        week = today + timedelta(days=6 - today.weekday())
        after = (today.replace(day=28) + timedelta(days=4)).replace(day=1)
        return cls(today, week, max(week, after - timedelta(days=1)))


@dataclass(frozen=True, slots=True)
class Counts:
    """How many lie in each span; `COUNTED_AT_MOST` means that many or more."""

    overdue: int
    week: int
    month: int
    later: int


@dataclass(frozen=True, slots=True)
class Listed:
    """One page, and where the next one begins; None where there is none."""

    items: Sequence[Shown]
    following: Cursor | None


class Listing:
    """What one person wants to see of what is theirs."""

    def __init__(self, sight: Sight, wish: Wish) -> None:
        """Look up nothing yet."""
        self._sight = sight
        self._wish = wish

    def page(self, after: Cursor | None, limit: int) -> Listed:
        """Give one page, beginning after a duty."""
        rows = self._sight.connection.execute(self._first(after, limit + 1)).all()
        some = rows[:limit]
        following = Cursor(some[-1].act_by, some[-1].key) if len(rows) > limit else None
        return Listed(self._sight.shown_rows(some), following)

    def counts(self, spans: Spans) -> Counts:
        """Count what is wanted in each span, in one statement."""
        act_by = col(ObligationRow.act_by)
        within = (
            act_by < spans.today,
            and_(act_by >= spans.today, act_by <= spans.week),
            and_(act_by > spans.week, act_by <= spans.month),
            act_by > spans.month,
        )
        numbers = [self._bounded(condition) for condition in within]
        found: Any = self._sight.connection.execute(select(*numbers)).one()
        return Counts(*found)

    def by_day(self, first: date, last: date, each: int) -> dict[date, list[Any]]:
        """Give a few duties of every day in [first, last]: key, day, agreement, rule and state.

        Every day is looked up for itself, so that a busy one costs no more than another; where the
        agreements are named one by one there are few, and one look is enough.
        """
        act_by, key = col(ObligationRow.act_by), col(ObligationRow.key)
        wanted: Any = self._wanted.with_only_columns(
            key,
            act_by,
            *(col(one) for one in (ObligationRow.agreement_id, ObligationRow.rule, ObligationRow.state)),
        )
        if self._meant is not None or (self._sight.own and not self._sight.reach.sees_everything):
            query: Any = _between(wanted, first, last).order_by(act_by, key).limit(_IN_A_MONTH)
        else:
            days = (first + timedelta(days=step) for step in range((last - first).days + 1))
            looks = (_between(wanted, day, day).order_by(act_by, key).limit(each) for day in days)
            query = union_all(*(select(look.subquery()) for look in looks))
        rows: dict[date, list[Any]] = {}
        for row in self._sight.connection.execute(query):
            rows.setdefault(row.act_by, []).append(row)
        return {day: sorted(some, key=lambda row: row.key)[:each] for day, some in rows.items()}

    def _first(self, after: Cursor | None, limit: int) -> Select[Any]:
        """Select the first few after a duty.

        The index is in their order within one state: what is closed in one of several ways is looked up way
        by way, so that the server need not sort all of it.
        """
        ordered = self._ordered(after)
        if self._wish.stand is not Stand.CLOSED:
            return ordered.limit(limit)
        state, key = col(ObligationRow.state), col(ObligationRow.key)
        ways = (
            ordered.where(state == way.value).with_only_columns(key).limit(limit) for way in sorted(CLOSED)
        )
        keys = union_all(*(select(some.subquery()) for some in ways))
        found = select(ObligationRow).where(key.in_(keys))
        return found.order_by(col(ObligationRow.act_by).desc(), key.desc()).limit(limit)

    def _ordered(self, after: Cursor | None) -> Select[Any]:
        act_by, key = col(ObligationRow.act_by), col(ObligationRow.key)
        query = self._wanted
        if self._wish.stand is Stand.UNDATED:
            return (query.where(key > after.key) if after else query).order_by(key)
        backwards = self._wish.stand is Stand.CLOSED
        if after is not None and after.act_by is not None:
            # The first bound is said apart, so that an index can begin there.
            day = literal(after.act_by, Date)
            last, further = (act_by <= day, act_by < day) if backwards else (act_by >= day, act_by > day)
            beside = key < after.key if backwards else key > after.key
            query = query.where(last, or_(further, beside))
        return query.order_by(*((act_by.desc(), key.desc()) if backwards else (act_by, key)))

    def _bounded(self, condition: ColumnElement[bool]) -> ScalarSelect[int]:
        # In the order of the index: else a server may read a whole table of what is closed to find a few.
        ordered = self._wanted.where(condition).order_by(col(ObligationRow.act_by))
        some = ordered.with_only_columns(col(ObligationRow.key))
        return select(func.count()).select_from(some.limit(COUNTED_AT_MOST).subquery()).scalar_subquery()

    @once
    def _wanted(self) -> Select[Any]:
        sight, wish = self._sight, self._wish
        agreement = col(ObligationRow.agreement_id)
        query = select(ObligationRow).where(*_standing(sight, wish.stand))
        if wish.stand is not Stand.UNDATED:
            query = query.where(col(ObligationRow.act_by).is_not(None))
        for names in self._rules():
            query = query.where(
                or_(*(col(ObligationRow.rule).contains(name, autoescape=True) for name in names))
            )
        if wish.unit or not sight.reach.sees_everything:
            query = query.join(AgreementRow, col(AgreementRow.id) == agreement).where(sight.mine(agreement))
        if wish.unit:
            query = query.where(col(AgreementRow.unit) == wish.unit)
        if wish.day is not None:
            query = query.where(col(ObligationRow.act_by) == literal(wish.day, Date))
        found = self._meant
        return query if found is None else query.where(agreement.in_(found))

    def _rules(self) -> Iterator[Sequence[str]]:
        """Yield what the names of rules must hold: of the kind, and of what the words mean."""
        if self._wish.kind is not None:
            yield _RULES[self._wish.kind]
        if meant := question(self._wish.text).kinds:
            yield meant

    @once
    def _meant(self) -> list[str] | None:
        """Give the agreements that are meant by words; None where no words say which."""
        sight, wish, asked = self._sight, self._wish, question(self._wish.text)
        if wish.party:
            words = wish.party.casefold().split()
            named = [one for one in sight.find(wish.party) if _is_of(one, words)]
            found = best(asked, map(entry, named)) if asked.words else [one.id for one in named]
        elif asked.words:
            found = [one.id for one in sight.find(wish.text)]
        else:
            return [] if wish.text and not asked.kinds else None
        return found[:_FOUND_AT_MOST]


def _between(query: Select[Any], first: date, last: date) -> Select[Any]:
    act_by = col(ObligationRow.act_by)
    return query.where(act_by >= literal(first, Date), act_by <= literal(last, Date))


def _is_of(agreement: Agreement, words: Sequence[str]) -> bool:
    names = [f"{party.name} {party.short or ''}".casefold() for party in agreement.parties.values()]
    return any(all(word in name for word in words) for name in names)


def _standing(sight: Sight, stand: Stand) -> list[ColumnElement[bool]]:
    state, act_by = col(ObligationRow.state), col(ObligationRow.act_by)
    if stand is Stand.CLOSED:
        return [state.in_(sorted(one.value for one in CLOSED))]
    # Due and overdue are told from the day; what is stored is open.
    found: list[ColumnElement[bool]] = [state == State.OPEN.value]
    known, snoozed = col(ObligationRow.acknowledged_until), col(ObligationRow.snoozed_until)
    if stand is Stand.OVERDUE:
        found.append(act_by < sight.today)
    elif stand is Stand.UNANSWERED:
        found += [
            or_(known.is_(None), known < sight.today),
            or_(snoozed.is_(None), snoozed < sight.today),
        ]
    elif stand is Stand.SNOOZED:
        found.append(snoozed > sight.today)
    elif stand is Stand.UNDATED:
        found.append(act_by.is_(None))
    return found
