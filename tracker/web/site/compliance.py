"""Compliance: how many duties were done in time, late, or not at all; a chart, and its numbers as a table."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from babel.dates import get_month_names
from starlette.responses import Response

from tracker.base.dates import LOCALES
from tracker.seen.compliance import GROUPS_AT_MOST, OTHER, By, Count, Span, compliance, total_of
from tracker.seen.wishes import Kind
from tracker.web.site.bars import Part, bar
from tracker.web.site.sheets import Cell, Sheet, csv_file, xlsx_file
from tracker.web.site.spans import PARTS, YearPart, part_name, read_span
from tracker.web.site.upcoming import Option, units_of
from tracker.web.site.visit import Visit
from tracker.web.site.words import KINDS

COLUMNS = (
    ("in_time", "good", ("Tepat waktu", "In time")),
    ("late", "warn", ("Terlambat dikerjakan", "Done late")),
    ("missed", "bad", ("Tidak dikerjakan", "Not done")),
    ("overdue", "over", ("Terlambat, masih terbuka", "Overdue, still open")),
    ("ahead", "open", ("Belum jatuh tempo", "Not due yet")),
    ("not_needed", "quiet", ("Tidak diperlukan", "Not needed")),
)
"""What is counted, how it looks, and what it is called."""
_BY = {
    By.UNIT: ("Unit", "Unit"),
    By.PARTY: ("Pihak yang wajib", "Party that must act"),
    By.KIND: ("Jenis", "Kind"),
    By.MONTH: ("Bulan", "Month"),
}
_OTHERS = ("Lainnya", "Other")
_YEARS_BACK, _YEARS_AHEAD = 4, 2


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for."""

    span: YearPart
    by: By
    unit: str
    kind: Kind | None


@dataclass(frozen=True, slots=True)
class Bar:
    """One line of the chart, and of the table."""

    name: str
    count: Count
    numbers: Sequence[int]
    parts: Sequence[Part]


def shown(visit: Visit) -> Response:
    """Show the chart and the table."""
    asked = asked_of(visit)
    counts = _counts(visit, asked)
    total = total_of(counts)
    longest = max((one.total for one in counts), default=0)
    today = visit.sight.today
    years = range(today.year - _YEARS_BACK, today.year + _YEARS_AHEAD + 1)
    return visit.page(
        "compliance.html",
        span=asked.span,
        span_text=asked.span.text(visit.language),
        by=asked.by.value,
        by_text=visit.say(*_BY[asked.by]),
        years=[Option(str(year), str(year), year == asked.span.year) for year in years],
        parts=[Option(one, part_name(one, visit.language), one == asked.span.part) for one in PARTS],
        choices=[Option(one.value, visit.say(*_BY[one]), one is asked.by) for one in By],
        units=units_of(visit, asked.unit),
        kinds=[Option(one.value, visit.say(*KINDS[one]), one is asked.kind) for one in Kind],
        columns=[(look, visit.say(*pair)) for _, look, pair in COLUMNS],
        bars=[_bar(visit, asked.by, one, longest) for one in counts],
        total=total,
        totals=_numbers(total),
        more=len(counts) >= GROUPS_AT_MOST,
        export=_query(visit),
        semester=asked.span.part in {"s1", "s2"},
        unit=asked.unit,
    )


def as_csv(visit: Visit) -> Response:
    """Give the table as CSV."""
    return csv_file(_sheet(visit))


def as_xlsx(visit: Visit) -> Response:
    """Give the table as a workbook."""
    return xlsx_file(_sheet(visit))


def asked_of(visit: Visit) -> Asked:
    """Read what the address asks for; what it cannot mean is left out."""
    by, kind, unit = visit.asked("menurut"), visit.asked("jenis"), visit.asked("unit")
    mine = {option.value for option in units_of(visit, "")}
    usual = By.UNIT if mine else By.KIND
    return Asked(
        read_span(visit.asked("tahun"), visit.asked("bagian"), visit.sight.today),
        By(by) if by in list(By) else usual,
        unit if unit in visit.context.routing.units else "",
        Kind(kind) if kind in list(Kind) else None,
    )


def _counts(visit: Visit, asked: Asked) -> list[Count]:
    span = Span(asked.span.first, asked.span.last)
    return compliance(visit.sight, asked.by, span, asked.unit, asked.kind)


def _bar(visit: Visit, by: By, count: Count, longest: int) -> Bar:
    numbers = _numbers(count)
    looks = [(look, number) for (_, look, _), number in zip(COLUMNS, numbers, strict=True)]
    return Bar(name_of_group(visit, by, count.name), count, numbers, bar(looks, longest))


def _numbers(count: Count) -> list[int]:
    return [getattr(count, name) for name, _, _ in COLUMNS]


def name_of_group(visit: Visit, by: By, name: str) -> str:
    """Name what was counted apart."""
    match by:
        case By.UNIT:
            unit = visit.context.routing.units.get(name)
            return unit.name if unit else name or visit.say("Tanpa unit", "No unit")
        case By.PARTY:
            return name or visit.say("Belum tercatat", "Not noted yet")
        case By.KIND:
            return visit.say(*(_OTHERS if name == OTHER else KINDS[Kind(name)]))
        case By.MONTH:
            names = get_month_names("wide", locale=LOCALES[visit.language])
            return str(names[int(name)])


def _query(visit: Visit) -> str:
    query = visit.request.url.query
    return f"?{query}" if query else ""


def _sheet(visit: Visit) -> Sheet:
    asked = asked_of(visit)
    part = f"-{asked.span.part}" if asked.span.part else ""
    percent = visit.say("Tepat waktu (%)", "In time (%)")
    total = visit.say("Jumlah", "Total")
    return Sheet(
        f"{visit.say('kepatuhan', 'compliance')}-{asked.span.year}{part}",
        visit.say("Kepatuhan", "Compliance"),
        [visit.say(*_BY[asked.by]), *(visit.say(*pair) for _, _, pair in COLUMNS), total, percent],
        (44, *(14 for _ in COLUMNS), 10, 14),
        _lines(visit, asked),
    )


def _lines(visit: Visit, asked: Asked) -> Iterator[Sequence[Cell]]:
    counts = _counts(visit, asked)
    for one in counts:
        yield (name_of_group(visit, asked.by, one.name), *_numbers(one), one.total, one.percent)
    total = total_of(counts)
    yield (visit.say("Semua", "All"), *_numbers(total), total.total, total.percent)
