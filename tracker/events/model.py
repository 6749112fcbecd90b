"""A fact in the past tense, as a frozen value. Pure.

`happened_on` is a local date of the agreement's zone; `recorded_at` is the UTC instant at which
the service learned of it. Details are short texts keyed by name (`party`, `desired_end`, ...).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time

from tracker.base.iso import iso_date
from tracker.events.kinds import CORRECTED, kind_of
from tracker.terms.grammar import SLUG

CLOCK = "at"
"""The detail that says at what local time it happened (`at=14:30`)."""

_CLOCK_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)
_EXPECTED = "KIND=YYYY-MM-DD[,key=value...], e.g. force-majeure-occurred=2026-12-01,party=kesatu"


class BadEventError(ValueError):
    """The event cannot be recorded as given."""


@dataclass(frozen=True, slots=True)
class Event:
    """One fact about one agreement; `number` is its place in the agreement's log, from 1."""

    agreement: str
    kind: str
    happened_on: date
    details: Mapping[str, str] = field(default_factory=dict)
    recorded_at: datetime | None = None
    recorded_by: str = ""
    number: int | None = None

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
        """The name of what this event starts: its day, the time and the party where they were said.

        The time is part of it so that two facts of one day have names of their own, whichever of
        them was recorded first.
        """
        day = self.happened_on.isoformat()
        moment = f"{day}T{self.details[CLOCK]}" if self.at else day
        return f"{moment}:{self.party}" if self.party else moment

    def is_of_same_day(self, other: "Event") -> bool:
        """Tell whether two facts are of one kind, party and day."""
        mine, theirs = ((one.happened_on, one.kind, one.party) for one in (self, other))
        return mine == theirs


def parse_event(agreement: str, text: str) -> Event:
    """Read `KIND=YYYY-MM-DD[,key=value...]`; BadEventError says what was expected."""
    head, *rest = text.split(",")
    kind, _, day = head.partition("=")
    return event_of(agreement, kind, day, rest, text)


def event_of(agreement: str, kind: str, day: str, parts: Sequence[str], text: str = "") -> Event:
    """Make an event of a kind, a day and `key=value` parts; BadEventError says what was expected."""
    text = text or ",".join([f"{kind}={day}", *parts])
    details: dict[str, str] = {}
    for part in parts:
        key, equals, value = part.partition("=")
        if not equals or not key.strip():
            raise BadEventError(f"{part!r} in {text!r} is not key=value, expected {_EXPECTED}")
        if key.strip() in details:
            raise BadEventError(f"{key.strip()!r} is given twice in {text!r}, expected once")
        details[key.strip()] = value.strip()
    return checked(Event(agreement, kind.strip(), _date(day.strip(), text), details))


def checked(event: Event) -> Event:
    """Give the event back if it says enough and no more; BadEventError names the field otherwise."""
    if not re.fullmatch(SLUG, event.kind):
        raise BadEventError(f"{event.kind!r} is not an event kind, expected words-with-hyphens")
    kind = kind_of(event.kind)
    for name in kind.required:
        if not event.details.get(name):
            raise BadEventError(f"{event.kind} needs {name}=..., expected {_EXPECTED}")
    for name, given in event.details.items():
        check = kind.check_of(name)
        if check is None:
            known = ", ".join(kind.names)
            raise BadEventError(f"{event.kind} has no {name!r}, expected one of {known}")
        if not given and event.kind == CORRECTED:
            continue  # takes the detail away
        expected = check(given)
        if expected is not None:
            raise BadEventError(f"{name}={given}: {event.kind} expects {expected}")
    return event


def _date(day: str, text: str) -> date:
    try:
        return iso_date(day)
    except ValueError:
        raise BadEventError(f"{day!r} in {text!r} is not a date, expected {_EXPECTED}") from None
