"""What facts that are not recorded yet, or another text, would change of one agreement. Pure.

Derived as the store would derive it, row by row, and compared with what the store holds: that is
what people have been told. Duties that only the horizon would add are left out.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any

from tracker.events.model import Event
from tracker.obligations.model import Obligation, State
from tracker.obligations.picture import Picture, picture
from tracker.obligations.values import Values, has_moved
from tracker.steps.context import Context
from tracker.steps.rows import RowMaker
from tracker.terms.model import Agreement


class Change(StrEnum):
    """What happens to one duty."""

    OPENED = "opened"
    MOVED = "moved"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Effect:
    """One duty that changes: its row after it, and before; `before` is None where it is new.

    `obligation` is as it reads then; None, as `after` may be, where nothing gives it any more.
    """

    change: Change
    key: str
    obligation: Obligation | None
    after: Any | None
    before: Any | None = None

    @property
    def row(self) -> Any:
        """What is known of it: as it is then, else as it was."""
        return self.before if self.after is None else self.after

    @property
    def why(self) -> str:
        """Why it is closed, in the word of the store; empty where the text gives it no more."""
        return (self.after.closed_why if self.after else None) or ""


@dataclass(frozen=True)
class Held:
    """What the store holds of one agreement: its text in force, its log, and the rows of its duties."""

    written: Agreement
    log: Sequence[Event]
    rows: Mapping[str, Any]
    known: Any
    """The version of its text, its digest, and since when it is tracked."""

    @property
    def mark(self) -> str:
        """What changes as soon as a fact or a text is added."""
        return f"{self.known.version}.{len(self.log)}"


class Foresight:
    """An agreement as it would be with some more facts, or with another text."""

    def __init__(
        self,
        context: Context,
        held: Held,
        now: datetime,
        facts: Sequence[Event] = (),
        written: Agreement | None = None,
    ) -> None:
        """Take the facts in the order in which they would be recorded."""
        self.context = context
        self.held = held
        self.now = now
        self.written = written or held.written
        self.log = numbered_on(held.log, facts, now)

    @cached_property
    def seen(self) -> Picture:
        """What follows from it all."""
        until = self.context.horizon(self.written, self.now)
        return picture(self.written, self.context.calendar(self.written), self.log, until)

    @cached_property
    def agreement(self) -> Agreement:
        """The agreement as it would read."""
        return self.seen.agreement

    @cached_property
    def changes(self) -> list[Effect]:
        """Every duty that changes: what opens, moves and closes, each by its day."""
        return sorted(self._changes(), key=_order)

    def _changes(self) -> Iterator[Effect]:
        today = self.now.astimezone(self.written.zone).date()
        maker = RowMaker(self.context, self.seen, self.now, today, self.held.known.tracked_since)
        renamed, given = set(), set()
        for obligation in self.seen.derived.obligations:
            if obligation.state is State.WAITING:
                continue
            key = obligation.key
            given.add(key)
            known = self.held.rows.get(key)
            told = self._as_told(known, obligation)
            if told is not None:
                renamed.add(told.key)
            row = maker.row(obligation, key, known, told)
            change = self._change(told, row)
            if change is not None:
                yield Effect(change, key, obligation, row, told)
        for key, row in self.held.rows.items():
            if key not in given and key not in renamed and row.state == State.OPEN:
                yield Effect(Change.CLOSED, key, self._before.get(key), None, row)

    def _change(self, told: Any | None, row: Values) -> Change | None:
        is_open = row.state == State.OPEN
        if told is None:
            return Change.OPENED if is_open and row.key not in self._before else None
        if told.state == State.OPEN:
            if not is_open:
                return Change.CLOSED
            return Change.MOVED if has_moved(told, row) else None
        return Change.OPENED if is_open else None

    def _as_told(self, known: Any | None, obligation: Obligation) -> Any | None:
        """Give the duty as people know it: the correction of a fact may give it another name."""
        if obligation.trigger is None or (known is not None and known.state != State.SUPERSEDED):
            return known
        return self._by_trigger.get((obligation.rule.id, obligation.trigger.number), known)

    @cached_property
    def _by_trigger(self) -> dict[tuple[str, int | None], Any]:
        return {
            (row.rule, row.event_number): row
            for row in self.held.rows.values()
            if row.event_number is not None and row.state != State.SUPERSEDED
        }

    @cached_property
    def _before(self) -> Mapping[str, Obligation]:
        """The duties without the new facts, at the same horizon, by their keys."""
        written = self.held.written
        until = self.context.horizon(written, self.now)
        found = picture(written, self.context.calendar(written), self.held.log, until).obligations
        return {key: one for key, one in found.items() if one.state is not State.WAITING}


def numbered_on(log: Sequence[Event], facts: Sequence[Event], now: datetime) -> list[Event]:
    """Give a log with more facts at its end, as if they were recorded now."""
    first = len(log) + 1
    more = (replace(fact, number=number, recorded_at=now) for number, fact in enumerate(facts, start=first))
    return [*log, *more]


def _order(found: Effect) -> tuple[Any, ...]:
    act_by = found.row.act_by
    return (list(Change).index(found.change), act_by is None, act_by, found.key)
