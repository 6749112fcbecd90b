"""Who was told what, as one person may see it: filtered, a page at a time, the newest first.

A page begins after the last alert of the one before, so it costs the same however far one goes. It
looks along so many alerts at most: where few of them are wanted, it is short, and says so. What one
message has said for several alerts is shown alert by alert, as the story of a duty does.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Boolean, ColumnElement, Select, and_, func, literal_column, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from tracker import queries
from tracker.obligations.model import State
from tracker.obligations.tables import ObligationRow
from tracker.outbox.content import Content, read_content
from tracker.outbox.keys import GROUP
from tracker.outbox.tables import AlertRow
from tracker.reminders.recipients import Role
from tracker.reminders.tables import ReminderRow
from tracker.seen.fates import Fate
from tracker.seen.sight import Sight
from tracker.terms.model import Agreement
from tracker.terms.tables import AgreementRow

_FOUND_AT_MOST = 500
STRETCH = 2000
"""Alerts along which a page looks for those that are wanted; it may end early, and the next one goes on."""


@dataclass(frozen=True, slots=True)
class AlertWish:
    """What somebody wants to see of the ledger; empty: everything."""

    fate: Fate | None = None
    channel: str = ""
    unit: str = ""
    agreement: str = ""
    text: str = ""
    """Words that mean agreements, or one whole address."""
    days: int | None = None
    """Made within so many days."""


class Place(NamedTuple):
    """After which alert a page begins."""

    created_at: datetime
    key: str


@dataclass(frozen=True, slots=True)
class Told:
    """One alert, with every try to deliver it."""

    row: Any
    content: Content
    agreement: Agreement | None
    """What it is about; None for what is about the service, or about several."""
    attempts: Sequence[dict[str, Any]]
    shows_address: bool
    may_repeat: bool
    """Whether the reader may have it sent again: it is about a duty that is still open."""


@dataclass(frozen=True, slots=True)
class Book:
    """One page, and where the next one begins; None where there is none."""

    items: Sequence[Told]
    following: Place | None


class Ledger:
    """What one person wants to see of the alerts that they may see."""

    def __init__(self, sight: Sight, wish: AlertWish) -> None:
        """Look up nothing yet."""
        self._sight = sight
        self._wish = wish
        self._known: dict[str, Agreement] = {}

    def page(self, after: Place | None, limit: int) -> Book:
        """Give one page, beginning after an alert."""
        rows = self._sight.connection.execute(self._ordered(after).limit(limit + 1)).all()
        some = rows[:limit]
        if len(rows) > limit:
            return Book(self._told(some), Place(some[-1].created_at, some[-1].key))
        return Book(self._told(some), None if self._is_narrow else self._end_of_stretch(after))

    @property
    def _is_narrow(self) -> bool:
        """Whether it is about so few agreements that one looks from them, and not along all alerts."""
        wish, reach = self._wish, self._sight.reach
        by_words = bool(wish.text) and "@" not in wish.text
        return bool(wish.agreement) or by_words or not (reach.sees_everything or reach.units)

    def _end_of_stretch(self, after: Place | None) -> Place | None:
        """Give the last alert of the stretch that was looked along; None where nothing lies beyond it."""
        query = _newest_first(self._stretch(after), AlertRow).offset(STRETCH - 1)
        row = self._sight.connection.execute(query.limit(1)).one_or_none()
        return Place(row.created_at, row.key) if row else None

    def _stretch(self, after: Place | None) -> Select[Any]:
        """Select what a page looks along: from a place on, in the order of an index."""
        at, key = col(AlertRow.created_at), col(AlertRow.key)
        query: Select[Any] = select(AlertRow)
        if self._wish.days is not None:
            query = query.where(at >= self._sight.now - timedelta(days=self._wish.days))
        if self._wish.fate is Fate.REFUSED:
            # Written out: a partial index serves it.
            query = query.where(literal_column("alert.state = 'refused'", Boolean()))
        if after is not None:
            # The first bound is said apart, so that an index can begin there.
            query = query.where(at <= after.created_at, or_(at < after.created_at, key < after.key))
        return query

    def _ordered(self, after: Place | None) -> Select[Any]:
        stretch = self._stretch(after)
        if not self._is_narrow:
            # However few of them are wanted, no page looks at more.
            stretch = _newest_first(stretch, AlertRow).limit(STRETCH)
        alert = aliased(AlertRow, stretch.subquery("told"))
        query: Any = select(alert, col(ReminderRow.point)).outerjoin(
            ReminderRow, col(ReminderRow.key) == col(alert.reminder_key)
        )
        agreement: Any = col(ObligationRow.agreement_id)
        if self._is_narrow:
            query = query.join(ObligationRow, col(ObligationRow.key) == col(alert.obligation_key))
        else:
            agreement = self._agreement_in(col(alert.obligation_key))
        query = query.where(~col(alert.key).startswith(f"{GROUP}/"), *self._wanted(alert, agreement))
        if not self._sight.reach.sees_everything or self._wish.unit:
            query = query.outerjoin(AgreementRow, col(AgreementRow.id) == agreement)
            query = query.where(self._mine(alert, agreement))
        return _newest_first(query, alert)

    def _agreement_in(self, key: Any) -> ColumnElement[str]:
        """Give the agreement that a duty's key begins with: looking the duties up would cost more."""
        if self._sight.connection.dialect.name == "postgresql":
            return func.split_part(key, "/", 1)
        return func.substr(key, 1, func.instr(key, "/") - 1)

    def _mine(self, alert: type[AlertRow], agreement: Any) -> ColumnElement[bool]:
        mine = self._sight.mine(agreement)
        if self._sight.reach.sees_everything:
            return mine
        # What is about no one duty is a manager's where it went to the managers of the unit.
        to_units = [
            and_(
                col(alert.obligation_key).is_(None),
                col(alert.contact).startswith(f"{Role.MANAGER}:{unit}:", autoescape=True),
            )
            for unit in sorted(self._sight.reach.units)
        ]
        return or_(mine, *to_units)

    def _wanted(self, alert: type[AlertRow], agreement: Any) -> list[ColumnElement[bool]]:
        wish, found = self._wish, []
        if wish.fate is not None:
            found.append(_of_fate(alert, wish.fate))
        if wish.channel:
            found.append(col(alert.channel) == wish.channel)
        if wish.unit:
            found.append(col(AgreementRow.unit) == wish.unit)
        if wish.agreement:
            found.append(agreement == wish.agreement)
        if wish.text and "@" in wish.text:
            found.append(func.lower(col(alert.address)) == wish.text.lower())
        elif wish.text:
            self._known |= {one.id: one for one in self._sight.find(wish.text)[:_FOUND_AT_MOST]}
            found.append(agreement.in_(sorted(self._known)))
        return found

    def _told(self, rows: Sequence[Any]) -> list[Told]:
        names = {_agreement_of(row) for row in rows if row.obligation_key}
        self._known |= self._sight.visible(names - self._known.keys())
        known = self._known
        seen = [row for row in rows if self._sees(row, known)]
        attempts = queries.attempts_of(self._sight.connection, [row.key for row in seen])
        still = self._open_among({row.obligation_key for row in seen if row.obligation_key})
        return [
            self._one(
                row,
                known.get(_agreement_of(row)),
                attempts.get(row.key, []),
                is_open=row.obligation_key in still,
            )
            for row in seen
        ]

    def _open_among(self, duties: AbstractSet[str]) -> set[str]:
        """Give those duties that are open, where the reader could have something said of them again."""
        if not duties or not self._sight.reach.is_manager:
            return set()
        key, state = col(ObligationRow.key), col(ObligationRow.state)
        query = select(key).where(key.in_(sorted(duties)), state == State.OPEN.value)
        return set(self._sight.connection.execute(query).scalars())

    def _sees(self, row: Any, known: dict[str, Agreement]) -> bool:
        reach = self._sight.reach
        if row.obligation_key is None:
            return reach.sees_everything or _unit_in(row.contact) in reach.units
        agreement = known.get(_agreement_of(row))
        return agreement is not None and is_shown(self._sight, agreement, row.contact)

    def _one(
        self, row: Any, agreement: Agreement | None, attempts: Sequence[dict[str, Any]], *, is_open: bool
    ) -> Told:
        rights = self._sight.rights(agreement) if agreement else None
        own = rights is not None and row.contact.partition(":")[0] in rights.parties
        manages = rights is not None and rights.manages
        oversees = self._sight.reach.oversees and (rights is None or manages or rights.audits)
        is_settled = row.state in ("accepted", "refused", "withdrawn")
        return Told(
            row,
            read_content(row.content),
            agreement,
            attempts,
            shows_address=own or oversees,
            may_repeat=manages and is_settled and is_open,
        )


def is_shown(sight: Sight, agreement: Agreement, contact: str) -> bool:
    """Tell whether somebody may see what a contact was told of an agreement.

    An officer reads of their own party, and of those who were told instead.
    """
    rights = sight.rights(agreement)
    if rights.manages or rights.audits:
        return True
    others: AbstractSet[str] = set(agreement.parties) - rights.parties
    return rights.sees and contact.partition(":")[0] not in others


def _newest_first(query: Select[Any], alert: type[AlertRow]) -> Select[Any]:
    return query.order_by(col(alert.created_at).desc(), col(alert.key).desc())


def _of_fate(alert: type[AlertRow], fate: Fate) -> ColumnElement[bool]:
    state = col(alert.state)
    match fate:
        case Fate.RETRYING:
            return and_(state == "pending", col(alert.attempts) > 0)
        case Fate.WAITING:
            return or_(state == "grouped", and_(state == "pending", col(alert.attempts) == 0))
        case Fate.REFUSED | Fate.ACCEPTED | Fate.WITHDRAWN:
            return state == fate.value


def _agreement_of(row: Any) -> str:
    return str(row.obligation_key or "").partition("/")[0]


def _unit_in(contact: str) -> str:
    of, _, rest = contact.partition(":")
    return rest.rpartition(":")[0] if of == Role.MANAGER else ""
