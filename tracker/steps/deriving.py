"""Terms and facts -> obligation rows, beside those that are stored, in bulk; moved ones are announced."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from tracker.accounts.kinds import Happens
from tracker.events import service as events
from tracker.events.kinds import DECREE_LOADED
from tracker.events.model import Event
from tracker.obligations import service as obligations
from tracker.obligations.causes import ROLLED, Cause, Moment, sentences
from tracker.obligations.model import CLOSED, Obligation, State
from tracker.obligations.months import shifted
from tracker.obligations.picture import picture
from tracker.obligations.values import MOVING, Values, has_moved, is_another_deadline
from tracker.outbox import service as outbox
from tracker.reminders import contacts
from tracker.reminders.ladder import Point
from tracker.steps.announcing import Happening, closing
from tracker.steps.context import Context
from tracker.steps.rows import RowMaker
from tracker.steps.telling import Telling
from tracker.terms import service as terms
from tracker.terms.model import Agreement
from tracker.terms.service import Known

_ONE_DAY = timedelta(days=1)
MOVED = "moved-"
_SAME_CONTACTS = frozenset({ROLLED.kind, DECREE_LOADED})
_KEPT = (*MOVING, "provisional")
_WAKING = (
    *("state", "act_by", "by_time", "lapses_on", "snoozed_until", "reminded_for"),
    *("acknowledged_until", "chain_since", "chain_level"),
)


def rederive(
    connection: Connection,
    context: Context,
    agreements: dict[str, Agreement],
    known: dict[str, Known],
    now: datetime,
    cause: Cause,
) -> obligations.Changes:
    """Derive agreements that are in the store again, and store what has changed."""
    causes = dict.fromkeys(agreements, cause)
    return Derivation(connection, context, causes, known, now).store(agreements.values())


class Derivation:
    """Derived obligations of some agreements, as rows beside those that are stored.

    What was derived of one agreement is let go before the next: keeping the readings of a whole
    batch costs the garbage collector more time than deriving them takes.
    """

    def __init__(
        self,
        connection: Connection,
        context: Context,
        causes: Mapping[str, Cause],
        known: Mapping[str, Known],
        now: datetime,
    ) -> None:
        """Read what is stored of agreements; `known` says which of them the store has.

        `causes` says of each of the agreements why it is derived.
        """
        self.connection = connection
        self.context = context
        self.known = known
        self.now = now
        self.causes = causes
        # Neither a decree nor time going on changes who the contacts are.
        self._changing = {
            name for name, cause in causes.items() if name not in known or cause.kind not in _SAME_CONTACTS
        }
        old = [agreement_id for agreement_id in causes if agreement_id in known]
        self.before = obligations.stored(connection, old)
        self.logs = events.logs_of(connection, old)
        self.by_trigger = {
            (row.agreement_id, row.rule, row.event_number): row
            for row in self.before.values()
            if row.event_number is not None and row.state != State.SUPERSEDED
        }
        self.rows: list[Values] = []
        self.wakes: dict[str, tuple[datetime | None, str]] = {}
        self.moves: list[dict[str, Any]] = []
        self.renamed: list[str] = []
        self.days: dict[str, tuple[date, date]] = {}
        self.telling = Telling(connection, context, now)
        self.contacts: list[dict[str, Any]] = []

    def store(self, agreements: Iterable[Agreement]) -> obligations.Changes:
        """Derive the agreements, add what is new, and write the differences to what was there."""
        added = 0
        with obligations.adding(self.connection) as add:
            for agreement in agreements:
                for row in self._derive(agreement):
                    if row.key in self.before:
                        self.rows.append(row)
                    else:
                        add(row)
                        added += 1
        contacts.put(self.connection, self.contacts, [name for name in self._changing if name in self.known])
        terms.set_wakes(
            self.connection, {name: self.wakes[name] for name in self.wakes if name in self.known}
        )
        changes = obligations.store(self.connection, self.rows, self.before, self.now, self.causes)
        changes.added = added
        changes.moved += self.renamed
        obligations.add_moves(self.connection, self.moves)
        # Superseded may mean renamed by a correction: what has no date was said once, under the old name.
        outbox.withdraw_about(self.connection, [*changes.moved, *changes.superseded])
        outbox.withdraw_about(self.connection, changes.closed, undated_too=True)
        self.telling.add(self.connection)
        return changes

    def first_wakes(self) -> dict[str, datetime | None]:
        """Give when the agreements that the store did not have are to be rolled forward."""
        return {name: wake for name, (wake, _) in self.wakes.items() if name not in self.known}

    def _derive(self, written: Agreement) -> Iterator[Values]:
        today, until = self._days(written)
        calendar = self.context.calendar(written)
        seen = picture(written, calendar, self.logs.get(written.id, ()), until)
        if written.id in self._changing:
            self.contacts += contacts.rows_of(seen.agreement)
        self.wakes[written.id] = (self._roll(written, seen.derived.beyond), calendar.version)
        tracked = self.known.get(written.id)
        maker = RowMaker(self.context, seen, self.now, today, tracked.tracked_since if tracked else today)
        for obligation in seen.derived.obligations:
            if obligation.state is not State.WAITING:
                yield self._row(maker, obligation)

    def _days(self, agreement: Agreement) -> tuple[date, date]:
        """Give today and the horizon, which all agreements of a zone share."""
        found = self.days.get(agreement.timezone)
        if found is None:
            today = self.now.astimezone(agreement.zone).date()
            found = self.days[agreement.timezone] = today, self.context.horizon(agreement, self.now)
        return found

    def _roll(self, agreement: Agreement, beyond: date | None) -> datetime | None:
        if beyond is None:
            return None
        day = shifted(beyond, -self.context.horizon_months) + _ONE_DAY
        return self.context.schedule(agreement).start_of(day)

    def _row(self, maker: RowMaker, obligation: Obligation) -> Values:
        key = obligation.key
        known = self.before.get(key)
        before = known if obligation.trigger is None else self._as_told(known, obligation, obligation.trigger)
        row = maker.row(obligation, key, known, before)
        if known is not None and row.state in CLOSED and known.state not in CLOSED:
            self.telling.happenings.append(closing(key, row.state, row.closed_why, row.closed_at))
        if before is not None and has_moved(before, row):
            row = row._replace(moves=row.moves + 1)
            self._note_move(before, row)
            if self._is_announced(before, row):
                self._announce(maker.agreement, obligation, before, row)
                row = maker.announced(obligation.rule, row)
        elif before is None and obligation.trigger is not None and _has_no_ladder(row):
            self.telling.tell_undated(maker.agreement, obligation)
        if known is not None and all(getattr(known, name) == getattr(row, name) for name in _WAKING):
            return row._replace(wake_at=known.wake_at)  # a point that is due now must stay due
        wake = maker.wake_at(obligation.rule, row)
        return row if wake is None else row._replace(wake_at=wake)

    def _as_told(self, known: Any | None, obligation: Obligation, fact: Event) -> Any | None:
        """Give the obligation as people know it: a fact whose day or time was corrected renamed it."""
        if known is not None and known.state != State.SUPERSEDED:
            return known
        return self.by_trigger.get((obligation.agreement, obligation.rule.id, fact.number), known)

    def _note_move(self, known: Any, row: Values) -> None:
        """Keep the figures that are about to be overwritten."""
        cause = self.causes[row.agreement_id]
        self.moves.append(
            {
                "obligation_key": row.key,
                "number": row.moves,
                "at": self.now,
                "cause": cause.kind,
                "cause_on": cause.day,
                "cause_name": cause.name,
                **{name: getattr(known, name) for name in _KEPT},
                **{f"to_{name}": getattr(row, name) for name in _KEPT},
            }
        )

    def _is_announced(self, known: Any, row: Values) -> bool:
        return known.state == row.state == State.OPEN and is_another_deadline(known, row)

    def _announce(self, agreement: Agreement, obligation: Obligation, known: Any, row: Values) -> None:
        """Say that a deadline has moved, from which day to which, and why.

        The announcement stands for every point up to now; the ladder goes on with the new day.
        """
        if known.key != row.key:
            self.renamed.append(row.key)
        if obligation.deadline is None or row.act_by is None:
            return
        self.telling.happenings.append(_moving(self.causes[agreement.id], known, row))
        self.telling.tell(
            agreement,
            obligation,
            obligation.deadline._replace(act_by=row.act_by),
            Point(f"{MOVED}{row.moves}", self.now),
            because=[sentences(self.causes[agreement.id], *_from_and_to(known, row))],
        )


def _moving(cause: Cause, known: Any, row: Values) -> Happening:
    data = {
        "before": known.act_by.isoformat() if known.act_by else None,
        "after": row.act_by.isoformat() if row.act_by else None,
        "cause": cause.kind,
    }
    return Happening(Happens.MOVED, row.key, f"{row.key}/{row.moves}", data)


def _has_no_ladder(row: Values) -> bool:
    """Tell whether no reminder will ever speak of a duty: it is open and has no date."""
    return row.act_by is None and row.state == State.OPEN


def _from_and_to(known: Any, row: Values) -> tuple[Moment, Moment]:
    """Give the deadline before and after: the days to act by, or the exact moments where only those differ.

    A day to act by that was moved back to an office day is wholly free: it has no time.
    """
    if known.act_by == row.act_by:
        return (known.likely, known.by_time), (row.likely, row.by_time)
    before, after = ((one.act_by, one.by_time if one.act_by == one.likely else None) for one in (known, row))
    return before, after
