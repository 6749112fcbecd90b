"""One occurrence of a rule, as a frozen value. Pure."""

from datetime import date
from enum import StrEnum
from typing import NamedTuple

from tracker.events.model import Event
from tracker.obligations.deadline import Deadline
from tracker.obligations.succession import NumberedTerm
from tracker.terms.rule import Rule


class State(StrEnum):
    """The states of an obligation."""

    WAITING = "waiting"
    OPEN = "open"
    DUE = "due"
    OVERDUE = "overdue"
    FULFILLED = "fulfilled"
    LAPSED = "lapsed"
    WAIVED = "waived"
    SUPERSEDED = "superseded"
    UNVERIFIED = "unverified"


CLOSED = frozenset({State.FULFILLED, State.LAPSED, State.WAIVED, State.SUPERSEDED})


class Ended(StrEnum):
    """Why there is nothing left to do although nothing was done."""

    RENEWED = "renewed"
    ENDED_EARLY = "agreement-ended-early"
    TRIGGER_ENDED = "trigger-ended"


class Obligation(NamedTuple):
    """One occurrence of a rule: what must be done, and by when where that can be known.

    `deadline` is None for waiting, undated and standing duties: never an invented date.
    `ended` says why an unfulfilled one is settled all the same (a value of `Ended`). `term` is the
    term it is counted from, where an agreement has or may have several; `gone_from` the first day
    on which the terms no longer hold it; `goes_on` says that silence begins another term after `term`.
    """

    agreement: str
    rule: Rule
    occurrence: str
    state: State
    deadline: Deadline | None = None
    trigger: Event | None = None
    ended: str | None = None
    term: NumberedTerm | None = None
    gone_from: date | None = None
    goes_on: bool = False

    @property
    def key(self) -> str:
        """What this obligation is: agreement / rule / occurrence."""
        return obligation_key(self.agreement, self.rule.id, self.occurrence)


def obligation_key(agreement: str, rule: str, occurrence: str) -> str:
    """Build the key of an obligation; the store holds it unique."""
    return f"{agreement}/{rule}/{occurrence}"
