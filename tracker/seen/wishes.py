"""What somebody wants to see of the duties that are theirs. Pure."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Stand(StrEnum):
    """Which duties are wanted, by where they stand."""

    OPEN = "open"
    OVERDUE = "overdue"
    UNANSWERED = "unanswered"
    """Nobody has said that it is known about, and it has not been put off."""
    SNOOZED = "snoozed"
    UNDATED = "undated"
    CLOSED = "closed"


class Kind(StrEnum):
    """Which duties are wanted, by what they are about."""

    RENEWAL = "renewal"
    TERMINATION = "termination"
    FORCE_MAJEURE = "force-majeure"
    REPORT = "report"
    PAYMENT = "payment"
    ADDENDUM = "addendum"
    CONTACT = "contact"


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to see; empty: everything."""

    unit: str = ""
    party: str = ""
    """Words of a party's name."""
    kind: Kind | None = None
    stand: Stand = Stand.OPEN
    text: str = ""
    day: date | None = None
    """The one day to act by."""
