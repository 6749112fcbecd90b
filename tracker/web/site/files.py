"""The list as filtered, as a file for a spreadsheet. No text in it can be taken for a formula."""

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Protocol

from starlette.responses import Response

from tracker.seen.listing import Listing
from tracker.web.site.rows import Row, row_of
from tracker.web.site.upcoming import wish_of
from tracker.web.site.visit import Visit

AT_MOST = 5000
_AT_ONCE = 500
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", *"\uff1d\uff0b\uff0d\uff20")
"""What a spreadsheet takes for the beginning of a formula; the last four are wide forms of the first."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
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
Cell = str | int | date | None


class Write(Protocol):
    """Makes a file of a head and its lines."""

    def __call__(self, head: Sequence[str], lines: Iterator[Sequence[Cell]], name: str) -> bytes:
        """Give the content."""
        ...


def as_csv(visit: Visit) -> Response:
    """Give the list as CSV: UTF-8 with a mark, so that Excel reads it."""
    return _file(visit, _csv, "text/csv; charset=utf-8", "csv")


def as_xlsx(visit: Visit) -> Response:
    """Give the list as a workbook."""
    return _file(visit, _xlsx, XLSX, "xlsx")


def _file(visit: Visit, write: Write, media_type: str, ending: str) -> Response:
    head = [visit.say(*pair) for pair in _HEADS]
    content = write(head, _lines(visit), visit.say("Kewajiban", "Duties"))
    name = f"{visit.say('kewajiban', 'duties')}-{visit.sight.today.isoformat()}.{ending}"
    return Response(
        content, media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'}
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
            said = visit.say(
                f"Hanya {AT_MOST} baris pertama; persempit saringannya.",
                f"The first {AT_MOST} lines only; narrow the filters.",
            )
            yield (said,)
            return


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


def _csv(head: Sequence[str], lines: Iterator[Sequence[Cell]], name: str) -> bytes:
    del name
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(head)
    for line in lines:
        writer.writerow([_plain(cell) for cell in line])
    return text.getvalue().encode("utf-8-sig")


def _plain(cell: Cell) -> str:
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, int):
        return str(cell)
    text = (cell or "").replace("\x00", "")
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text


def _xlsx(head: Sequence[str], lines: Iterator[Sequence[Cell]], name: str) -> bytes:
    from xlsxwriter import Workbook

    content = io.BytesIO()
    with Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet(name)
        bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        day = book.add_format({"num_format": "d mmm yyyy", "valign": "top", "align": "left"})
        for place, (title, width) in enumerate(zip(head, _WIDTHS, strict=True)):
            sheet.set_column(place, place, width)
            sheet.write_string(0, place, title, bold)
        last = 0
        for last, line in enumerate(lines, start=1):
            for place, cell in enumerate(line):
                if isinstance(cell, date):
                    sheet.write_datetime(last, place, cell, day)
                elif isinstance(cell, int):
                    sheet.write_number(last, place, cell, wrapped)
                elif cell:
                    sheet.write_string(last, place, cell, wrapped)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, last, len(head) - 1)
        sheet.set_landscape()
        sheet.repeat_rows(0)
    return content.getvalue()
