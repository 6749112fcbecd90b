"""The list of duties as filtered, as a file for a spreadsheet."""

from collections.abc import Iterator, Sequence

from starlette.responses import Response

from tracker.seen.listing import Listing
from tracker.web.site.rows import Row, row_of
from tracker.web.site.sheets import Cell, Sheet, csv_file, xlsx_file
from tracker.web.site.upcoming import wish_of
from tracker.web.site.visit import Visit

AT_MOST = 5000
_AT_ONCE = 500
_HEADS = (
    ("Bertindak paling lambat", "Act by"),
    ("Hari kerja tersisa", "Office days left"),
    ("Kewajiban", "Duty"),
    ("Oleh", "By"),
    ("Kepada", "Towards"),
    ("Keadaan", "State"),
    ("Perjanjian", "Agreement"),
    ("Nomor", "Numbers"),
    ("Unit", "Unit"),
    ("Dasar", "Clause"),
    ("Jika terlewat", "If missed"),
    ("Tanggal aman", "Safe date"),
    ("Tanggal lazim", "Likely date"),
    ("Kode", "Code"),
)
_WIDTHS = (14, 12, 44, 24, 24, 14, 44, 28, 22, 18, 28, 14, 14, 40)


def as_csv(visit: Visit) -> Response:
    """Give the list as CSV."""
    return csv_file(_sheet(visit))


def as_xlsx(visit: Visit) -> Response:
    """Give the list as a workbook."""
    return xlsx_file(_sheet(visit))


def _sheet(visit: Visit) -> Sheet:
    return Sheet(
        f"{visit.say('kewajiban', 'duties')}-{visit.sight.today.isoformat()}",
        visit.say("Kewajiban", "Duties"),
        [visit.say(*pair) for pair in _HEADS],
        _WIDTHS,
        _lines(visit),
    )


def _lines(visit: Visit) -> Iterator[Sequence[Cell]]:
    listing, after, total = Listing(visit.sight, wish_of(visit)), None, 0
    while True:
        found = listing.page(after, min(_AT_ONCE, AT_MOST - total))
        for shown in found.items:
            yield _cells(row_of(visit.sight, shown, visit.language))
        total += _AT_ONCE
        after = found.following
        if after is None:
            return
        if total >= AT_MOST:
            yield (too_many(visit, AT_MOST),)
            return


def too_many(visit: Visit, at_most: int) -> str:
    """Say that a file holds not all there is."""
    return visit.say(
        f"Hanya {at_most} baris pertama; persempit saringannya.",
        f"The first {at_most} lines only; narrow the filters.",
    )


def _cells(row: Row) -> Sequence[Cell]:
    return (
        row.act_by,
        row.slack,
        row.headline,
        row.holder,
        row.towards,
        row.state,
        row.agreement,
        row.numbers,
        row.unit,
        row.clause,
        row.cost,
        row.safe,
        row.likely,
        row.key,
    )
