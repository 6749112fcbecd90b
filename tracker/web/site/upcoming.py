"""What is coming, at a glance: the start page."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from itertools import groupby
from typing import TypeVar
from urllib.parse import urlencode

from starlette.responses import Response

from tracker.base.iso import iso_date
from tracker.seen.listing import COUNTED_AT_MOST, Counts, Cursor, Listing, Spans
from tracker.seen.wishes import Kind, Stand, Wish
from tracker.web.site.rows import Row, row_of
from tracker.web.site.visit import Visit
from tracker.web.site.words import KINDS, STANDS

A_PAGE = 25
_CURSOR = re.compile(r"(\d{4}-\d{2}-\d{2}|-)~(.{1,300})")
_Word = TypeVar("_Word", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Group:
    """Some lines under one heading."""

    name: str
    look: str
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class Tile:
    """One number of the glance, and where it leads."""

    name: str
    look: str
    count: str
    some: bool
    path: str


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a filter."""

    value: str
    name: str
    chosen: bool


def upcoming(visit: Visit) -> Response:
    """Show what is wanted, in groups."""
    wish, after = wish_of(visit), _cursor(visit.asked("sesudah"))
    listing, spans = Listing(visit.sight, wish), Spans.of(visit.sight.today)
    found = listing.page(after, A_PAGE)
    rows = [row_of(visit.sight, shown, visit.language) for shown in found.items]
    counted = wish.stand is not Stand.UNDATED and wish.stand is not Stand.CLOSED
    counts = listing.counts(spans) if counted and after is None else None
    return visit.page(
        "upcoming.html",
        groups=list(_groups(visit, wish, spans, rows)),
        tiles=list(_tiles(visit, counts)) if counts else [],
        units=units_of(visit, wish.unit),
        kinds=[Option(kind.value, visit.say(*KINDS[kind]), kind is wish.kind) for kind in Kind],
        stands=[Option(one.value, visit.say(*STANDS[one]), one is wish.stand) for one in Stand],
        wish=wish,
        filtered=wish != Wish(),
        following=_following(wish, found.following),
        first="/" + query_of(wish) if after else "",
        export=query_of(wish),
        every_day=query_of(replace(wish, day=None)),
        today=visit.sight.today,
    )


def wish_of(visit: Visit) -> Wish:
    """Read what the address asks for; what it cannot mean is left out."""
    unit = visit.asked("unit")
    return Wish(
        unit=unit if unit in visit.sight.context.routing.units else "",
        party=visit.asked("pihak"),
        kind=_word(Kind, visit.asked("jenis")),
        stand=_word(Stand, visit.asked("keadaan")) or Stand.OPEN,
        text=visit.asked("cari"),
        day=_day(visit.asked("hari")),
    )


def _word(words: type[_Word], text: str) -> _Word | None:
    return words(text) if text in list(words) else None


def _day(text: str) -> date | None:
    try:
        return iso_date(text)
    except ValueError:
        return None


def query_of(wish: Wish, **more: str) -> str:
    """Write a wish the way an address holds it."""
    fields = {
        "cari": wish.text,
        "unit": wish.unit,
        "pihak": wish.party,
        "jenis": wish.kind or "",
        "hari": wish.day.isoformat() if wish.day else "",
        "keadaan": "" if wish.stand is Stand.OPEN else wish.stand.value,
        **more,
    }
    found = urlencode({name: text for name, text in fields.items() if text})
    return f"?{found}" if found else ""


def _following(wish: Wish, cursor: Cursor | None) -> str:
    if cursor is None:
        return ""
    day = cursor.act_by.isoformat() if cursor.act_by else "-"
    return "/" + query_of(wish, sesudah=f"{day}~{cursor.key}")


def _cursor(text: str) -> Cursor | None:
    found = _CURSOR.fullmatch(text)
    if found is None:
        return None
    try:
        return Cursor(None if found[1] == "-" else iso_date(found[1]), found[2])
    except ValueError:
        return None


def units_of(visit: Visit, chosen: str) -> list[Option]:
    """Give the units among which somebody may choose; none where there is only one."""
    reach = visit.sight.reach
    units = visit.sight.context.routing.units
    mine = units if reach.sees_everything else {name: units[name] for name in reach.units}
    found = [Option(name, unit.name, name == chosen) for name, unit in mine.items()]
    return sorted(found, key=lambda option: option.name) if len(found) > 1 else []


def _groups(visit: Visit, wish: Wish, spans: Spans, rows: Sequence[Row]) -> Iterator[Group]:
    if wish.stand in (Stand.UNDATED, Stand.CLOSED):
        if rows:
            yield Group(visit.say(*STANDS[wish.stand]), "later", rows)
        return
    for (name, look), some in groupby(rows, lambda row: _span(visit, spans, row.act_by)):
        yield Group(name, look, list(some))


def _span(visit: Visit, spans: Spans, act_by: date | None) -> tuple[str, str]:
    if act_by is None or act_by > spans.month:
        return visit.say("Nanti", "Later"), "later"
    if act_by < spans.today:
        return visit.say("Terlambat", "Overdue"), "overdue"
    if act_by <= spans.week:
        return visit.say("Minggu ini", "This week"), "week"
    return visit.say("Bulan ini", "This month"), "month"


def _tiles(visit: Visit, counts: Counts) -> Iterator[Tile]:
    for number, (name, look) in zip(
        (counts.overdue, counts.week, counts.month, counts.later),
        (
            (visit.say("Terlambat", "Overdue"), "overdue"),
            (visit.say("Minggu ini", "This week"), "week"),
            (visit.say("Bulan ini", "This month"), "month"),
            (visit.say("Nanti", "Later"), "later"),
        ),
        strict=True,
    ):
        count = f"{COUNTED_AT_MOST - 1}+" if number >= COUNTED_AT_MOST else str(number)
        yield Tile(name, look, count, number > 0, f"#{look}")
