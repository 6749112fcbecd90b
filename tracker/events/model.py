"""A fact in the past tense, as a frozen value. Pure.

`happened_on` is a local date of the agreement's zone; `recorded_at` is the UTC instant at which
the service learned of it. Details are short texts keyed by name (`party`, `desired_end`, ...).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time

from tracker.base.iso import iso_date
from tracker.terms.grammar import DESIRED_END_EVENT, SLUG

FULFILLING = frozenset({"notice-served", "report-submitted", "payment-made", "duty-fulfilled"})
"""Kinds that prove one obligation done; they carry `rule` and `occurrence`."""
WAIVING = "obligation-waived"
CLOCK = "at"
"""The detail that says at what local time it happened (`at=14:30`)."""
DATED_DETAILS = ("desired_end", "sent_on", "received_on", "until")
REQUIRED: Mapping[str, tuple[str, ...]] = {
    DESIRED_END_EVENT: ("desired_end",),
    WAIVING: ("rule", "occurrence", "why"),
    **dict.fromkeys(FULFILLING, ("rule", "occurrence")),
}
"""Details without which a fact of that kind says nothing."""

_CLOCK_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)
_EXPECTED = "KIND=YYYY-MM-DD[,key=value...], e.g. force-majeure-occurred=2026-12-01,party=kesatu"


class BadEventError(ValueError):
    """The event cannot be recorded as given."""


@dataclass(frozen=True, slots=True)
class Event:
    """One fact about one agreement."""

    agreement: str
    kind: str
    happened_on: date
    details: Mapping[str, str] = field(default_factory=dict)
    recorded_at: datetime | None = None
    recorded_by: str = ""

    @property
    def party(self) -> str | None:
        """The party the fact is about (the affected one), where it was said."""
        return self.details.get("party")

    @property
    def desired_end(self) -> date | None:
        """The day on which the agreement is wished to end, where it was said."""
        given = self.details.get("desired_end")
        return date.fromisoformat(given) if given else None

    @property
    def at(self) -> time | None:
        """The local time of day at which it happened, where it was said."""
        given = self.details.get(CLOCK, "")
        return time.fromisoformat(given) if _CLOCK_TIME.fullmatch(given) else None

    @property
    def occurrence(self) -> str:
        """The name of what this event starts: its day, and the party where one was named."""
        day = self.happened_on.isoformat()
        return f"{day}:{self.party}" if self.party else day


def parse_event(agreement: str, text: str) -> Event:
    """Read `KIND=YYYY-MM-DD[,key=value...]`; BadEventError says what was expected."""
    head, *rest = text.split(",")
    kind, _, day = head.partition("=")
    details: dict[str, str] = {}
    for part in rest:
        key, equals, value = part.partition("=")
        if not equals or not key.strip():
            raise BadEventError(f"{part!r} in {text!r} is not key=value, expected {_EXPECTED}")
        if key.strip() in details:
            raise BadEventError(f"{key.strip()!r} is given twice in {text!r}, expected once")
        details[key.strip()] = value.strip()
    return checked(Event(agreement, kind.strip(), _date(day.strip(), text), details))


def checked(event: Event) -> Event:
    """Give the event back if it says enough; BadEventError names the field otherwise."""
    if not re.fullmatch(SLUG, event.kind):
        raise BadEventError(f"{event.kind!r} is not an event kind, expected words-with-hyphens")
    for name in REQUIRED.get(event.kind, ()):
        if not event.details.get(name):
            raise BadEventError(f"{event.kind} needs {name}=..., expected {_EXPECTED}")
    for name in DATED_DETAILS:
        if name in event.details:
            _date(event.details[name], f"{name}={event.details[name]}")
    if CLOCK in event.details and event.at is None:
        given = event.details[CLOCK]
        raise BadEventError(f"{CLOCK}={given}: {event.kind} expects a local time as HH:MM")
    return event


def _date(day: str, text: str) -> date:
    try:
        return iso_date(day)
    except ValueError:
        raise BadEventError(f"{day!r} in {text!r} is not a date, expected {_EXPECTED}") from None
