"""A year of one agreement, drawn: terms, periods, deadlines and facts as bars and dots in lanes. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from babel.dates import get_month_names

from tracker.base.dates import LOCALES
from tracker.calendars.blocks import blocks
from tracker.calendars.model import Calendar, DayKind
from tracker.obligations.periods import Span, agreement_years, calendar_periods
from tracker.obligations.succession import Succession
from tracker.terms.grammar import Every, Recurring
from tracker.terms.rule import Rule

WIDTH = 760
TOP = 26
LANE = 46
_EDGE = 10
_LETTERS = 90
"""What fits above a lane."""
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of days."""

    x: int
    width: int
    look: str
    said: str = ""


@dataclass(frozen=True, slots=True)
class Dot:
    """One day."""

    x: int
    look: str
    said: str = ""


@dataclass(frozen=True, slots=True)
class Lane:
    """One line of the drawing."""

    y: int
    label: str
    whole: str
    """The label in full length."""
    bars: Sequence[Bar]
    dots: Sequence[Dot]


@dataclass(frozen=True, slots=True)
class Month:
    """Where a month begins, and its name."""

    x: int
    middle: int
    name: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """The whole year."""

    months: Sequence[Month]
    rest: Sequence[Bar]
    """Long holidays, and single days off."""
    lanes: Sequence[Lane]
    today: int | None
    height: int

    @property
    def width(self) -> int:
        """The width of the drawing."""
        return WIDTH


@dataclass(frozen=True, slots=True)
class Mark:
    """One deadline to be drawn: the day to act by, the first and last reading, and how it stands."""

    rule: Rule
    label: str
    occurrence: str
    act_by: date
    strictest: date
    latest: date
    look: str


class Year:
    """The days of a year, and where they lie."""

    def __init__(self, year: int) -> None:
        """Take the whole year."""
        self.first, self.last = date(year, 1, 1), date(year, 12, 31)

    def x(self, day: date) -> int:
        """Give where a day begins; what lies outside is moved to the edge."""
        day = min(max(day, self.first), self.last + _DAY)
        room = WIDTH - 2 * _EDGE
        return _EDGE + room * (day - self.first).days // ((self.last - self.first).days + 1)

    def middle(self, day: date) -> int:
        """Give the middle of a day."""
        return (self.x(day) + self.x(day + _DAY)) // 2

    def holds(self, day: date) -> bool:
        """Tell whether a day lies in it."""
        return self.first <= day <= self.last

    def bar(self, first: date, last: date, look: str, said: str = "") -> Bar | None:
        """Give what of a stretch lies in it; None where nothing does."""
        if last < self.first or first > self.last:
            return None
        x = self.x(first)
        return Bar(x, max(2, self.x(last + _DAY) - x), look, said)


def draw(
    year: Year,
    calendar: Calendar,
    terms: Succession,
    marks: Iterable[Mark],
    facts: Iterable[tuple[date, str]],
    today: date,
    labels: Mapping[str, str],
    language: str,
) -> Drawing:
    """Draw a year; `labels` names the lanes of terms and facts."""
    lanes = list(_lanes(year, terms, list(marks), list(facts), labels))
    return Drawing(
        months=list(_months(year, language)),
        rest=list(_rest(year, calendar, language)),
        lanes=lanes,
        today=year.middle(today) if year.holds(today) else None,
        height=TOP + LANE * len(lanes) + 6,
    )


def _lanes(
    year: Year,
    terms: Succession,
    marks: Sequence[Mark],
    facts: Sequence[tuple[date, str]],
    labels: Mapping[str, str],
) -> Iterator[Lane]:
    place = TOP
    bars = list(_term_bars(year, terms))
    yield Lane(place, labels["term"], labels["term"], bars, ())
    dots = [Dot(year.middle(day), "fact", said) for day, said in facts if year.holds(day)]
    if dots:
        place += LANE
        yield Lane(place, labels["facts"], labels["facts"], (), dots)
    by_rule: dict[str, list[Mark]] = {}
    for mark in marks:
        by_rule.setdefault(mark.rule.id, []).append(mark)
    for some in by_rule.values():
        place += LANE
        label = some[0].label
        short = label if len(label) <= _LETTERS else f"{label[: _LETTERS - 1].rstrip()}…"
        yield Lane(place, short, label, list(_bars(year, terms, some)), [_dot(year, mark) for mark in some])


def _term_bars(year: Year, terms: Succession) -> Iterator[Bar]:
    for term in terms.terms:
        look = "term" if term.number % 2 else "term other"
        if bar := year.bar(term.first, term.last, look):
            yield bar
        first, last = term.ends[0].day, term.ends[-1].day
        if first != last and (unsure := year.bar(first, last, "unsure")):
            yield unsure


def _bars(year: Year, terms: Succession, marks: Sequence[Mark]) -> Iterator[Bar]:
    rule = marks[0].rule
    if isinstance(rule.due, Recurring):
        wanted = {mark.occurrence for mark in marks}
        for span in _spans(rule.due, terms, year):
            if span.name in wanted and (bar := year.bar(span.first, span.last, "period")):
                yield replace(bar, width=max(2, bar.width - 2))
    for mark in marks:
        if mark.strictest != mark.latest and (bar := year.bar(mark.strictest, mark.latest, "readings")):
            yield bar


def _spans(due: Recurring, terms: Succession, year: Year) -> Iterator[Span]:
    first, last = terms.terms[0].first, terms.terms[-1].last
    if due.every is Every.YEAR and due.due_day is None and due.due_after is None:
        yield from agreement_years(first, last)
        return
    # A report falls due after its period: that of the year before may end in this one.
    before = max(first, year.first - timedelta(days=366))
    if before <= last:
        yield from calendar_periods(due.every, before, min(last, year.last))


def _dot(year: Year, mark: Mark) -> Dot:
    return Dot(year.middle(mark.act_by), mark.look)


def _months(year: Year, language: str) -> Iterator[Month]:
    names = get_month_names("abbreviated", locale=LOCALES[language])
    for number in range(1, 13):
        first = year.first.replace(month=number)
        after = (first + timedelta(days=31)).replace(day=1)
        yield Month(year.x(first), (year.x(first) + year.x(after)) // 2, names[number])


def _rest(year: Year, calendar: Calendar, language: str) -> Iterator[Bar]:
    for block in blocks(calendar, year.first, year.last):
        if bar := year.bar(block.first, block.last, "long", ", ".join(block.names(language))):
            yield bar
    for day, off in sorted(calendar.days.items()):
        if year.holds(day) and off.kind is not DayKind.JOINT_LEAVE and (bar := year.bar(day, day, "off")):
            yield bar
