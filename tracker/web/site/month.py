"""A month of duties, day by day, with the days off."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from babel.dates import format_date, get_day_names
from starlette.responses import Response

from tracker.base.dates import LOCALES
from tracker.obligations.lifecycle import state_on
from tracker.obligations.model import CLOSED, State
from tracker.obligations.wording import headline
from tracker.seen.listing import Listing
from tracker.seen.wishes import Kind, Stand, Wish
from tracker.terms.model import Agreement
from tracker.web.site.choices import rule_text
from tracker.web.site.upcoming import Option, query_of, units_of, wish_of
from tracker.web.site.visit import Visit, path_to
from tracker.web.site.words import KINDS, STANDS

IN_A_DAY = 4
_MONTH = re.compile(r"(\d{4})-(\d{2})")
_YEARS = range(1945, 2201)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Entry:
    """One duty in a cell."""

    path: str
    name: str
    of: str
    look: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One day."""

    day: date
    look: str
    off: str
    """Why offices are closed; empty on weekends and office days."""
    entries: Sequence[Entry]
    more: str
    """Where the rest of a busy day is listed; empty where nothing is left."""


def month(visit: Visit) -> Response:
    """Show the month that is asked for, or this one."""
    today = visit.sight.today
    first = _first(visit.asked("month")) or today.replace(day=1)
    last = _after(first) - _DAY
    wish = replace(wish_of(visit), day=None)
    if wish.stand is Stand.UNDATED:
        wish = replace(wish, stand=Stand.OPEN)
    rows = Listing(visit.sight, wish).by_day(first, last, IN_A_DAY)
    agreements = visit.sight.visible(row.agreement_id for some in rows.values() for row in some)
    cells = list(_cells(visit, wish, (first, last), rows, agreements))
    language = visit.language
    return visit.page(
        "month.html",
        title=format_date(first, "MMMM y", locale=LOCALES[language]),
        weeks=_weeks(cells),
        weekdays=[get_day_names("wide", locale=LOCALES[language])[day] for day in range(7)],
        month=f"{first:%Y-%m}",
        before=_link(wish, first - _DAY),
        after=_link(wish, last + _DAY),
        this=_link(wish, today),
        is_now=(first.year, first.month) == (today.year, today.month),
        today=today,
        wish=wish,
        units=units_of(visit, wish.unit),
        kinds=[Option(kind.value, visit.say(*KINDS[kind]), kind is wish.kind) for kind in Kind],
        stands=[
            Option(one.value, visit.say(*STANDS[one]), one is wish.stand)
            for one in Stand
            if one is not Stand.UNDATED
        ],
        some=any(cell.entries for cell in cells),
    )


def _first(text: str) -> date | None:
    found = _MONTH.fullmatch(text)
    if found is None or int(found[1]) not in _YEARS or not 1 <= int(found[2]) <= 12:
        return None
    return date(int(found[1]), int(found[2]), 1)


def _after(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)


def _link(wish: Wish, day: date) -> str:
    return f"/calendar{query_of(wish, month=f'{day:%Y-%m}')}"


def _cells(
    visit: Visit,
    wish: Wish,
    span: tuple[date, date],
    rows: Mapping[date, Sequence[Any]],
    agreements: Mapping[str, Agreement],
) -> Iterator[Cell]:
    calendar = visit.context.calendars[visit.context.holidays]
    first, last = span
    for day in (first + _DAY * step for step in range((last - first).days + 1)):
        off = calendar.off(day)
        some = rows.get(day, ())
        entries = [
            _entry(visit, row, agreements[row.agreement_id])
            for row in some[: IN_A_DAY - 1]
            if row.agreement_id in agreements
        ]
        more = f"/{query_of(replace(wish, day=day))}" if len(some) == IN_A_DAY else ""
        yield Cell(
            day, _look(visit, day, off is not None), off.name(visit.language) if off else "", entries, more
        )


def _look(visit: Visit, day: date, off: bool) -> str:  # noqa: FBT001 - what the day is
    found = ["today"] if day == visit.sight.today else []
    if off:
        found.append("off")
    elif day.weekday() > 4:
        found.append("weekend")
    return " ".join(found)


def _entry(visit: Visit, row: Any, agreement: Agreement) -> Entry:
    today = visit.now.astimezone(agreement.zone).date()
    state = state_on(State(row.state), row.act_by, reminded=False, today=today)
    look = "overdue" if state is State.OVERDUE else "closed" if state in CLOSED else ""
    then = agreement.in_force(row.act_by).rule_by_id.get(row.rule)
    name = headline(then, visit.language) if then else rule_text(agreement, row.rule, visit.language)
    return Entry(path_to("kewajiban", row.key), name, agreement.title, look)


def _weeks(cells: Sequence[Cell]) -> list[list[Cell | None]]:
    """Put the days under their weekdays, Monday first."""
    padded: list[Cell | None] = [*([None] * cells[0].day.weekday()), *cells]
    padded += [None] * (-len(padded) % 7)
    return [padded[place : place + 7] for place in range(0, len(padded), 7)]
