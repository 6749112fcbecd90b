"""The small grammar of `due`, of periods and of months, as frozen values.

`parse_due` turns one line of a terms file into a `Due`; `str(due)` gives the canonical line
back, so that parse and print are inverses. Pure: text in, values out. Every refusal is a
`ValueError` whose text says what was expected.
"""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Unit(StrEnum):
    """The unit of a period; `DAYS` is a bare "hari", which the text leaves open."""

    DAYS = "days"
    CALENDAR_DAYS = "calendar days"
    WORKING_DAYS = "working days"
    WEEKS = "weeks"
    MONTHS = "months"
    YEARS = "years"
    HOURS = "hours"


class Side(StrEnum):
    """On which side of its anchor a period lies; `SINCE` is "sejak", `AFTER` is "setelah"."""

    BEFORE = "before"
    SINCE = "since"
    AFTER = "after"


class AnchorKind(StrEnum):
    """What a period is counted from."""

    TERM_END = "term end"
    DESIRED_END = "desired end"
    SIGNING = "signing"
    EVENT = "event"
    RULE_DUE = "rule due"
    RULE_FULFILLED = "rule fulfilled"


class Every(StrEnum):
    """The length of a recurring duty's period."""

    MONTH = "month"
    QUARTER = "quarter"
    SEMESTER = "semester"
    YEAR = "year"


DESIRED_END_EVENT = "termination-intended"
"""The event that carries the desired end day (`desired_end=YYYY-MM-DD`)."""

ENDED_EARLY = "agreement-ended-early"
"""The event that ends an agreement before its term does; it happens on the last day in force."""

_DIGITS = 6
_MOST = {
    Unit.DAYS: 36525,
    Unit.CALENDAR_DAYS: 36525,
    Unit.WORKING_DAYS: 36525,
    Unit.WEEKS: 5218,
    Unit.MONTHS: 1200,
    Unit.YEARS: 100,
    Unit.HOURS: 876600,
}
SLUG = r"[a-z0-9]+(?:-[a-z0-9]+)*"
_UNITS = {
    "day": Unit.DAYS,
    "calendar day": Unit.CALENDAR_DAYS,
    "working day": Unit.WORKING_DAYS,
    "week": Unit.WEEKS,
    "month": Unit.MONTHS,
    "year": Unit.YEARS,
    "hour": Unit.HOURS,
}
_UNIT = r"(?P<unit>(?:calendar |working )?days?|weeks?|months?|years?|hours?)"
_PERIOD = re.compile(rf"(?P<count>\d+) {_UNIT}")
_COUNTED = re.compile(rf"(?P<period>\d+ {_UNIT}) (?P<side>before|since|after) (?P<anchor>.+)")
_BEFORE = re.compile(r"before (?P<anchor>.+)")
_ON = re.compile(r"on (?P<date>\d{4}-\d{2}-\d{2})")
_EVERY = re.compile(r"every (?P<every>month|quarter|semester|year)(?: due (?P<due>.+))?")
_DUE_DAY = re.compile(r"day (?P<day>\d+) of the following month")
_DUE_AFTER = re.compile(rf"(?P<period>\d+ {_UNIT}) after its end")
_RULE_ANCHOR = re.compile(rf"(?P<rule>{SLUG}) (?P<moment>due|fulfilled)")
_EVENT = re.compile(rf"(?=[a-z]){SLUG}")

EXPECTED_DUE = (
    "'<n> <unit> before term end|desired end|<event>', "
    "'<n> <unit> since|after signing|<event>|<rule> due|<rule> fulfilled', 'before <anchor>', "
    "'on YYYY-MM-DD', 'every month|quarter|semester|year [due day <d> of the following month | "
    "due <n> <unit> after its end]', 'undated' or 'standing'; units: days, calendar days, "
    "working days, weeks, months, years, hours"
)
EXPECTED_PERIOD = "a number and a unit, such as '30 calendar days', '3 months' or '5 years'"


@dataclass(frozen=True, slots=True)
class Period:
    """A count of one unit, such as three months."""

    count: int
    unit: Unit

    def __str__(self) -> str:
        """Print the period the way `parse_period` reads it."""
        word = self.unit.value if self.count != 1 else self.unit.value.removesuffix("s")
        return f"{self.count} {word}"


@dataclass(frozen=True, slots=True)
class Anchor:
    """The moment a period is counted from; `name` is an event kind or a rule id."""

    kind: AnchorKind
    name: str = ""

    def __str__(self) -> str:
        """Print the anchor the way `parse_due` reads it."""
        match self.kind:
            case AnchorKind.EVENT:
                return self.name
            case AnchorKind.RULE_DUE:
                return f"{self.name} due"
            case AnchorKind.RULE_FULFILLED:
                return f"{self.name} fulfilled"
            case _:
                return self.kind.value

    @property
    def event_kind(self) -> str | None:
        """The kind of event that must have happened first; None where none is needed."""
        match self.kind:
            case AnchorKind.EVENT:
                return self.name
            case AnchorKind.DESIRED_END:
                return DESIRED_END_EVENT
            case _:
                return None


@dataclass(frozen=True, slots=True)
class Counted:
    """`30 calendar days before term end`; count 0 is a plain `before <anchor>`."""

    period: Period
    side: Side
    anchor: Anchor

    def __str__(self) -> str:
        """Print the canonical line."""
        if self.side is Side.BEFORE and self.period.count == 0:
            return f"before {self.anchor}"
        return f"{self.period} {self.side} {self.anchor}"


@dataclass(frozen=True, slots=True)
class OnDate:
    """`on 2025-06-30`."""

    day: date

    def __str__(self) -> str:
        """Print the canonical line."""
        return f"on {self.day.isoformat()}"


@dataclass(frozen=True, slots=True)
class Recurring:
    """`every semester`, with an optional due day or a period after its end."""

    every: Every
    due_day: int | None = None
    due_after: Period | None = None

    def __str__(self) -> str:
        """Print the canonical line."""
        if self.due_day is not None:
            return f"every {self.every} due day {self.due_day} of the following month"
        if self.due_after is not None:
            return f"every {self.every} due {self.due_after} after its end"
        return f"every {self.every}"


@dataclass(frozen=True, slots=True)
class Undated:
    """A duty whose text gives no date: an open question, never an invented deadline."""

    def __str__(self) -> str:
        """Print the canonical line."""
        return "undated"


@dataclass(frozen=True, slots=True)
class Standing:
    """A duty that always holds while its agreement does, or longer."""

    def __str__(self) -> str:
        """Print the canonical line."""
        return "standing"


Due = Counted | OnDate | Recurring | Undated | Standing


def parse_period(text: str) -> Period:
    """Read `17 months`; ValueError says what was expected."""
    found = _PERIOD.fullmatch(_squeeze(text))
    if found is None:
        raise ValueError(f"{text!r} is not a period, expected {EXPECTED_PERIOD}")
    return _period(found["count"], found["unit"])


def parse_due(text: str) -> Due:
    """Read one `due` line; ValueError says what was expected."""
    line = _squeeze(text)
    if line == "undated":
        return Undated()
    if line == "standing":
        return Standing()
    if found := _ON.fullmatch(line):
        return OnDate(_date(text, found["date"]))
    if found := _EVERY.fullmatch(line):
        return _recurring(text, Every(found["every"]), found["due"])
    if found := _BEFORE.fullmatch(line):
        return Counted(Period(0, Unit.DAYS), Side.BEFORE, _anchor(text, found["anchor"]))
    if found := _COUNTED.fullmatch(line):
        period = parse_period(found["period"])
        if period.count == 0:
            raise ValueError(f"{text!r} counts nothing, expected a number of at least 1")
        return Counted(period, Side(found["side"]), _anchor(text, found["anchor"]))
    raise ValueError(f"{text!r} is not a due line, expected {EXPECTED_DUE}")


def _squeeze(text: str) -> str:
    return " ".join(text.split())


def _date(text: str, iso: str) -> date:
    try:
        return date.fromisoformat(iso)
    except ValueError as error:
        raise ValueError(f"{text!r}: {iso} is not a day of the calendar ({error})") from None


def _period(count: str, unit: str) -> Period:
    found = _UNITS[unit.removesuffix("s")]
    if len(count) > _DIGITS or int(count) > _MOST[found]:
        raise ValueError(f"{count} {unit} is past any agreement, expected at most 100 years")
    return Period(int(count), found)


def _recurring(text: str, every: Every, due: str | None) -> Recurring:
    if due is None:
        return Recurring(every)
    if found := _DUE_DAY.fullmatch(due):
        day = int(found["day"])
        if not 1 <= day <= 31:
            raise ValueError(f"{text!r} names day {day}, expected a day from 1 to 31")
        return Recurring(every, due_day=day)
    if found := _DUE_AFTER.fullmatch(due):
        period = parse_period(found["period"])
        if period.count == 0:
            raise ValueError(f"{text!r} counts nothing, expected a number of at least 1")
        return Recurring(every, due_after=period)
    raise ValueError(f"{text!r} is not a due line, expected {EXPECTED_DUE}")


def _anchor(text: str, words: str) -> Anchor:
    for kind in (AnchorKind.TERM_END, AnchorKind.DESIRED_END, AnchorKind.SIGNING):
        if words == kind.value:
            return Anchor(kind)
    if found := _RULE_ANCHOR.fullmatch(words):
        moment = AnchorKind.RULE_DUE if found["moment"] == "due" else AnchorKind.RULE_FULFILLED
        return Anchor(moment, found["rule"])
    if _EVENT.fullmatch(words):
        return Anchor(AnchorKind.EVENT, words)
    raise ValueError(
        f"{text!r} counts from {words!r}, expected term end, desired end, signing, an event kind "
        "such as force-majeure-occurred, or '<rule id> due|fulfilled'"
    )
