"""The read side for one person on one instant: only what they may see, a page at a time.

The store is asked for what may be theirs (addresses of contacts, units of agreements); what is shown
in the end is decided by the rights of people/rights.py on the agreement as the facts have changed it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    Select,
    bindparam,
    case,
    false,
    func,
    literal,
    or_,
    select,
    true,
)
from sqlmodel import col

from tracker import queries
from tracker.base.among import among
from tracker.base.errors import UnknownThingError
from tracker.base.once import once
from tracker.events.log import effective
from tracker.obligations.decided import decided
from tracker.obligations.records import Records
from tracker.obligations.tables import ObligationRow
from tracker.people.rights import NONE, Identity, Reach, Rights, reach_of, rights_of
from tracker.queries import LIVE, Shown, Story
from tracker.reminders.recipients import holding_parties
from tracker.reminders.tables import ContactRow
from tracker.seen.search import best, entry, question
from tracker.steps.context import Context
from tracker.terms.model import Agreement
from tracker.terms.tables import AgreementRow

_AGREEMENTS_AT_MOST = 2000
"""Of how many agreements one person is an officer at most, here; and how many are searched at once."""
_DUTIES_AT_MOST = 300
_FAR = timedelta(days=1)
_ZONES = ("Asia/Makassar", "Asia/Jayapura")
"""Zones whose day may not be that of the operator."""

_SINCE, _UNTIL = col(ContactRow.since), col(ContactRow.until)
_OWN = (
    select(col(ContactRow.agreement_id))
    .where(
        among(col(ContactRow.address), "of_addresses"),
        or_(_SINCE.is_(None), bindparam("latest", type_=Date) >= _SINCE),
        or_(_UNTIL.is_(None), bindparam("earliest", type_=Date) <= _UNTIL),
    )
    .distinct()
    .order_by(col(ContactRow.agreement_id))
    .limit(_AGREEMENTS_AT_MOST)
)
_OWN_OPEN = (
    select(ObligationRow)
    .where(
        among(col(ObligationRow.agreement_id), "of_agreements"),
        col(ObligationRow.state).in_(LIVE),
        col(ObligationRow.act_by).is_not(None),
    )
    .order_by(col(ObligationRow.act_by), col(ObligationRow.key))
    .limit(_DUTIES_AT_MOST)
)
"""Made once: making a statement costs more than running it."""


@dataclass(frozen=True, slots=True)
class Window:
    """Days from today in which a duty must be acted on; both ends included, None: no end."""

    first: int | None = None
    last: int | None = None

    def holds(self, days: int) -> bool:
        """Tell whether a duty with so many days left is in it."""
        return (self.first is None or self.first <= days) and (self.last is None or days <= self.last)


OVERDUE = Window(last=-1)


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the duties, and how many there are."""

    items: Sequence[Shown]
    total: int


class Sight:
    """What one person sees. It lives as long as its connection."""

    def __init__(self, connection: Connection, context: Context, identity: Identity, now: datetime) -> None:
        """Look up nothing yet."""
        self.connection = connection
        self.context = context
        self.identity = identity
        self.now = now
        self._records = Records(connection)

    @once
    def today(self) -> date:
        """The operator's local day."""
        return self.now.astimezone(ZoneInfo(self.context.timezone)).date()

    @once
    def reach(self) -> Reach:
        """What they manage."""
        return reach_of(self.identity, self.context.routing, self.today)

    @once
    def own(self) -> dict[str, Agreement]:
        """The agreements they are an officer of, as the facts have changed them, by id."""
        addresses = sorted({address for _, address in self.identity.addresses})
        if not addresses:
            return {}
        asked = {"of_addresses": addresses, "latest": self.today + _FAR, "earliest": self.today - _FAR}
        found = self._decided(self.connection.execute(_OWN, asked).scalars())
        return {name: one for name, one in found.items() if self.rights(one).parties}

    @property
    def is_known(self) -> bool:
        """Whether they are anybody: an officer of something, or a manager."""
        return self.reach.oversees or bool(self.own)

    def rights(self, agreement: Agreement) -> Rights:
        """Tell what they may do with an agreement today."""
        day = self.now.astimezone(agreement.zone).date()
        return rights_of(self.identity, agreement, self.context.routing, day)

    def rights_by_id(self, name: str) -> Rights:
        """Tell what they may do with an agreement by its id; nothing where there is none."""
        found = self._decided([name])
        return self.rights(found[name]) if name in found else NONE

    def duties(self, window: Window, offset: int, limit: int) -> Page:
        """Give the open duties in a window, soonest first: a manager's of the unit, an officer's own."""
        if self.reach.oversees:
            query = self._open(window)
            total = self.connection.execute(select(func.count()).select_from(query.subquery())).scalar_one()
            return Page(self.shown(query.offset(offset).limit(limit)), total)
        mine = [one for one in self._own_duties if window.holds(one.days_left(self.now))]
        return Page(mine[offset : offset + limit], len(mine))

    @once
    def _own_duties(self) -> list[Shown]:
        """The open, dated duties that an officer must see to: looked up once for all windows."""
        rows = self.connection.execute(_OWN_OPEN, {"of_agreements": sorted(self.own)}).all()
        return [one for one in self.shown_rows(rows) if self.is_theirs(one)]

    def duties_of(self, agreement: str) -> list[Shown]:
        """Give every open duty of one agreement, dated ones first; none where they may not see it."""
        query = (
            select(ObligationRow)
            .where(col(ObligationRow.agreement_id) == agreement, col(ObligationRow.state).in_(LIVE))
            .order_by(col(ObligationRow.act_by).is_(None), col(ObligationRow.act_by), col(ObligationRow.key))
            .limit(_DUTIES_AT_MOST)
        )
        return self.shown(query)

    def agreement(self, name: str) -> Agreement | None:
        """Give one agreement; None where there is none, or it is not theirs to see."""
        found = self._decided([name]).get(name)
        return found if found is not None and self.rights(found).sees else None

    def visible(self, names: Iterable[str]) -> dict[str, Agreement]:
        """Give those of some agreements that they may see, as the facts have changed them."""
        return {name: one for name, one in self._decided(set(names)).items() if self.rights(one).sees}

    def agreements(self, offset: int, limit: int) -> tuple[list[Agreement], int]:
        """Give some of the agreements they may see, by title, and how many there are."""
        query = select(col(AgreementRow.id)).where(self.mine(col(AgreementRow.id)))
        total = self.connection.execute(select(func.count()).select_from(query.subquery())).scalar_one()
        ordered = query.order_by(col(AgreementRow.title), col(AgreementRow.id)).offset(offset).limit(limit)
        names = list(self.connection.execute(ordered).scalars())
        found = self._decided(names)
        return [found[name] for name in names if name in found and self.rights(found[name]).sees], total

    def agreements_after(self, last: str, limit: int) -> tuple[list[Agreement], str]:
        """Give the agreements that follow one by title (all: empty), and the last one where more follow."""
        title, name = col(AgreementRow.title), col(AgreementRow.id)
        query = select(name).where(self.mine(name))
        before = select(title).where(name == last)
        if last and (said := self.connection.execute(before).scalar()) is not None:
            # The first bound is said apart, so that an index can begin there.
            query = query.where(title >= said, or_(title > said, name > last))
        names = list(self.connection.execute(query.order_by(title, name).limit(limit + 1)).scalars())
        found = self._decided(names[:limit])
        seen = [found[each] for each in names[:limit] if each in found and self.rights(found[each]).sees]
        return seen, names[limit - 1] if len(names) > limit else ""

    def find(self, text: str) -> list[Agreement]:
        """Give the agreements that a question means, the likeliest first; only among theirs."""
        asked = question(text)
        if not asked.words:
            return []
        visible = [
            one for one in self._decided(self._candidates(asked.words)).values() if self.rights(one).sees
        ]
        by_id = {one.id: one for one in visible}
        return [by_id[name] for name in best(asked, map(entry, visible))]

    def story(self, key: str, language: str) -> Story | None:
        """Tell one duty's story; None where there is none, or it is not theirs to see."""
        agreement = key.partition("/")[0]
        if not self.rights_by_id(agreement).sees:
            return None
        try:
            found = queries.story(self.connection, self.context, key, self.now, language)
        except UnknownThingError:
            return None
        return found if self.rights(found.shown.agreement).sees else None

    def alerts_of(self, story: Story) -> list[dict[str, Any]]:
        """Give who was told: an officer reads of their own party, and of those who were told instead."""
        agreement = story.shown.agreement
        rights = self.rights(agreement)
        return [alert for alert in story.alerts if rights.may_read(alert["contact"], agreement.parties)]

    def is_theirs(self, shown: Shown) -> bool:
        """Tell whether a duty is one that they must see to."""
        return not self.rights(shown.agreement).parties.isdisjoint(holders_of(shown))

    def _open(self, window: Window) -> Select[Any]:
        act_by, agreement = col(ObligationRow.act_by), col(ObligationRow.agreement_id)
        query = (
            select(ObligationRow)
            .join(AgreementRow, col(AgreementRow.id) == agreement)
            .where(col(ObligationRow.state).in_(LIVE), act_by.is_not(None), self.mine(agreement))
            .order_by(act_by, col(ObligationRow.key))
        )
        for days, is_first in ((window.first, True), (window.last, False)):
            if days is None:
                continue
            day, farthest = self._day(days), self.today + timedelta(days=days)
            query = query.where(
                act_by >= day if is_first else act_by <= day,
                # The zones' days differ by one at most; this bound can use the index.
                act_by >= farthest - _FAR if is_first else act_by <= farthest + _FAR,
            )
        return query

    def _day(self, days: int) -> ColumnElement[date]:
        """Give the local day of each agreement, some days from today."""

        def local(zone: str) -> ColumnElement[date]:
            day = self.now.astimezone(ZoneInfo(zone)).date() + timedelta(days=days)
            return literal(day, Date)

        zone = col(AgreementRow.timezone)
        return case(*((zone == name, local(name)) for name in _ZONES), else_=local(self.context.timezone))

    def mine(self, agreement: Any) -> ColumnElement[bool]:
        """Give the condition for what may be theirs; `agreement` is a column of agreements' ids."""
        if self.reach.sees_everything:
            return true()
        conditions = []
        if self.reach.units:
            conditions.append(col(AgreementRow.unit).in_(sorted(self.reach.units)))
        if self.own:
            conditions.append(agreement.in_(sorted(self.own)))
        return or_(*conditions) if conditions else false()

    def _candidates(self, words: Iterable[str]) -> list[str]:
        """Give the ids among which to search: all of theirs, or those with such words where they are many."""
        query = select(col(AgreementRow.id)).where(self.mine(col(AgreementRow.id)))
        names = list(self.connection.execute(query.limit(_AGREEMENTS_AT_MOST + 1)).scalars())
        if len(names) <= _AGREEMENTS_AT_MOST:
            return names
        title, name = func.lower(col(AgreementRow.title)), col(AgreementRow.id)
        said = [
            condition
            for word in words
            for condition in (title.contains(word, autoescape=True), name.contains(word, autoescape=True))
        ]
        return list(self.connection.execute(query.where(or_(*said)).limit(_AGREEMENTS_AT_MOST)).scalars())

    def shown(self, query: Select[Any]) -> list[Shown]:
        """Give the stored duties of a query that they may see."""
        return self.shown_rows(self.connection.execute(query).all())

    def shown_rows(self, rows: Sequence[Any]) -> list[Shown]:
        """Give stored duties that they may see."""
        found = queries.as_shown(self.connection, self.context, rows, self.now, self._records)
        return [one for one in found if self.rights(one.agreement).sees]

    def _decided(self, names: Iterable[str]) -> dict[str, Agreement]:
        found = self._records.of(sorted(names))
        return {name: decided(written, effective(log)) for name, (written, log) in found.items()}


def holders_of(shown: Shown) -> tuple[str, ...]:
    """Give the parties that hold a duty."""
    trigger = shown.obligation.trigger
    return holding_parties(shown.agreement, shown.obligation.rule.duty.by, trigger.party if trigger else None)
