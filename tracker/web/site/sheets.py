"""A list as a file for a spreadsheet: CSV or a workbook. No text in it can be taken for a formula."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from starlette.responses import Response

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", *"\uff1d\uff0b\uff0d\uff20")
"""What a spreadsheet takes for the beginning of a formula; the last four are wide forms of the first."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Cell = str | int | date | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A head and its lines; `file` is the name without an ending, `widths` are letters."""

    file: str
    title: str
    head: Sequence[str]
    widths: Sequence[int]
    lines: Iterable[Sequence[Cell]]


def csv_file(sheet: Sheet) -> Response:
    """Give the list as CSV: UTF-8 with a mark, so that Excel reads it."""
    return _file(_csv(sheet), "text/csv; charset=utf-8", f"{sheet.file}.csv")


def xlsx_file(sheet: Sheet) -> Response:
    """Give the list as a workbook."""
    return _file(_xlsx(sheet), XLSX, f"{sheet.file}.xlsx")


def _file(content: bytes, media_type: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media_type, headers=headers)


def _csv(sheet: Sheet) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(sheet.head)
    for line in sheet.lines:
        writer.writerow([_plain(cell) for cell in line])
    return text.getvalue().encode("utf-8-sig")


def _plain(cell: Cell) -> str:
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, int):
        return str(cell)
    text = (cell or "").replace("\x00", "")
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text


def _xlsx(sheet: Sheet) -> bytes:
    from xlsxwriter import Workbook

    content = io.BytesIO()
    with Workbook(content, {"in_memory": True}) as book:
        page = book.add_worksheet(sheet.title)
        bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        day = book.add_format({"num_format": "d mmm yyyy", "valign": "top", "align": "left"})
        for place, (title, width) in enumerate(zip(sheet.head, sheet.widths, strict=True)):
            page.set_column(place, place, width)
            page.write_string(0, place, title, bold)
        last = 0
        for last, line in enumerate(sheet.lines, start=1):
            for place, cell in enumerate(line):
                if isinstance(cell, date):
                    page.write_datetime(last, place, cell, day)
                elif isinstance(cell, int):
                    page.write_number(last, place, cell, wrapped)
                elif cell:
                    page.write_string(last, place, cell, wrapped)
        page.freeze_panes(1, 0)
        page.autofilter(0, 0, last, len(sheet.head) - 1)
        page.set_landscape()
        page.repeat_rows(0)
    return content.getvalue()
