"""One occurrence of a rule, as a frozen value. Pure."""

from enum import StrEnum
from typing import NamedTuple

from tracker.events.model import Event
from tracker.obligations.deadline import Deadline
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


class Obligation(NamedTuple):
    """One occurrence of a rule: what must be done, and by when where that can be known.

    `deadline` is None for waiting, undated and standing duties: never an invented date.
    """

    agreement: str
    rule: Rule
    occurrence: str
    state: State
    deadline: Deadline | None = None
    trigger: Event | None = None

    @property
    def key(self) -> str:
        """What this obligation is: agreement / rule / occurrence."""
        return obligation_key(self.agreement, self.rule.id, self.occurrence)


def obligation_key(agreement: str, rule: str, occurrence: str) -> str:
    """Build the key of an obligation; the store holds it unique."""
    return f"{agreement}/{rule}/{occurrence}"
