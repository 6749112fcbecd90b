"""What managers hear once a week: the deadlines of the next four weeks, even when there are none. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from tracker.base.dates import short_date, span_text
from tracker.calendars.blocks import Block
from tracker.outbox.compose_digest import Ahead, counted, digest_item, unreached_text
from tracker.outbox.compose_list import about_the_service
from tracker.outbox.compose_long_holiday import estimate_text, holiday_text
from tracker.outbox.content import ListContent
from tracker.outbox.keys import LOOK_AHEAD
from tracker.reminders.recipients import Route

NOTES_AT_MOST = 10
WITHOUT_UNIT = ("perjanjian tanpa unit", "agreements without a unit")


@dataclass(frozen=True, slots=True)
class Week:
    """A week from Monday to Sunday, and how many duties must be done in it."""

    first: date
    last: date
    count: int


@dataclass(frozen=True, slots=True)
class LookAhead:
    """What is coming for one unit, or for what no unit looks after."""

    about: tuple[str, str]
    """The unit's name, or what stands for it, in Indonesian and English; empty: everything."""
    weeks: Sequence[Week]
    overdue: int
    duties: Sequence[Ahead]
    """The most urgent ones."""
    unreached: Sequence[Ahead] = ()
    """Further duties of the next days whose contact cannot be reached."""
    holiday: Block | None = None
    """The next long holiday."""

    @property
    def total(self) -> int:
        """How many duties there are in these weeks."""
        return sum(week.count for week in self.weeks)


def look_ahead(ahead: LookAhead, route: Route, timezone: str) -> ListContent:
    """Write the look-ahead for one reader."""
    language = route.language
    return about_the_service(
        route,
        timezone,
        LOOK_AHEAD,
        _headline(ahead, language),
        _lead(ahead, language),
        (digest_item(duty, route, _section(ahead, duty.act_by, language)) for duty in ahead.duties),
        _notes(ahead, language),
        more=ahead.total - len(ahead.duties),
    )


def _headline(ahead: LookAhead, language: str) -> str:
    english = language == "en"
    span = span_text(ahead.weeks[0].first, ahead.weeks[-1].last, language)
    about = f" ({ahead.about[english]})" if ahead.about[english] else ""
    none = "no deadlines" if english else "tidak ada tenggat"
    said = counted(ahead.total, "tenggat", "deadline", language) if ahead.total else none
    return f"{span}{about}: {said}"


def _lead(ahead: LookAhead, language: str) -> Iterator[str]:
    english = language == "en"
    if ahead.total:
        weeks = [f"{span_text(week.first, week.last, language)}: {week.count}" for week in ahead.weeks]
        yield f"{'Deadlines week by week' if english else 'Tenggat per minggu'}: {'; '.join(weeks)}."
    else:
        yield (
            f"There are no deadlines in these {len(ahead.weeks)} weeks."
            if english
            else f"Tidak ada tenggat dalam {len(ahead.weeks)} minggu ini."
        )
    if ahead.overdue:
        yield (
            f"{ahead.overdue} more overdue already: see the morning summary."
            if english
            else f"Di luar itu, {ahead.overdue} sudah terlambat: lihat ringkasan pagi."
        )
    if ahead.holiday is not None:
        yield f"{holiday_text(ahead.holiday, language)}."
        yield from estimate_text(ahead.holiday, language)


def _section(ahead: LookAhead, day: date, language: str) -> str:
    number, week = next(each for each in enumerate(ahead.weeks) if each[1].first <= day <= each[1].last)
    span = span_text(week.first, week.last, language)
    names = ("This week", "Next week") if language == "en" else ("Minggu ini", "Minggu depan")
    return f"{names[number]}, {span}" if number < len(names) else span


def _notes(ahead: LookAhead, language: str) -> Iterator[str]:
    for duty in ahead.unreached[:NOTES_AT_MOST]:
        if duty.instead is not None:
            day = short_date(duty.act_by, language)
            yield f"{day}, {duty.obligation.key}: {unreached_text(duty.instead, language)}"
    left = len(ahead.unreached) - NOTES_AT_MOST
    if left > 0:
        yield (
            f"and {left} more whose contact cannot be reached"
            if language == "en"
            else f"dan {left} lagi yang narahubungnya tidak terjangkau"
        )
