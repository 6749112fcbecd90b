"""A document as a PDF of real text on numbered A4 pages; the same bytes for the same document. Pure."""

from collections.abc import Callable, Iterator
from datetime import UTC
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any
from unicodedata import normalize
from xml.sax.saxutils import escape

import reportlab
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Frame,
    KeepTogether,
    PageTemplate,
    Paragraph,
    Spacer,
)
from reportlab.platypus import Table as Grid

from tracker.proof.document import Block, Cell, Document, Fields, Remark, Section, Steps, Table, Tone

_FONTS = {"Page": "Vera.ttf", "Page-Bold": "VeraBd.ttf"}
"""Letters that come with the library: every reader shows the same page, on any machine."""
_NAVY, _INK, _GREY = HexColor("#1f3a5f"), HexColor("#1c232b"), HexColor("#55606e")
_RULE = HexColor("#d9dee5")
_COLOURS = {
    Tone.PLAIN: _INK,
    Tone.STRONG: _INK,
    Tone.FAINT: _GREY,
    Tone.CODE: _INK,
    Tone.GOOD: HexColor("#1d6b3a"),
    Tone.BAD: HexColor("#a3201d"),
    Tone.WAIT: HexColor("#80560a"),
}
_SIDE, _TOP, _FOOT = 20 * mm, 18 * mm, 22 * mm
_WIDTH = A4[0] - 2 * _SIDE
_LABELS = 42 * mm
_ROOM_FOR_A_HEADING = 30 * mm
_SHORT = 14
"""Rows."""


def pdf(document: Document) -> bytes:
    """Set the document; two runs, because the foot of each page says how many there are."""
    _load_fonts()
    pages = _set(document, 0)[1]
    return _set(document, pages)[0]


def _set(document: Document, pages: int) -> tuple[bytes, int]:
    out = BytesIO()
    template = BaseDocTemplate(
        out,
        pagesize=A4,
        invariant=1,
        lang=document.language,
        title=_known(f"{document.kind}: {document.title}"),
        subject=_known(document.reference),
        author="tracker",
        creator="tracker",
    )
    frame = Frame(_SIDE, _FOOT, _WIDTH, A4[1] - _TOP - _FOOT, 0, 0, 0, 0)
    template.addPageTemplates(PageTemplate(frames=[frame], onPage=_dressing(document, pages)))
    template.build(list(_story(document)))
    return out.getvalue(), template.page


def _dressing(document: Document, pages: int) -> Callable[[Canvas, Any], None]:
    """Give what is drawn on each page besides its content."""
    page, of = document.page_words

    def draw(canvas: Canvas, template: Any) -> None:
        if template.page == 1:
            _date(canvas, document)
        canvas.saveState()
        canvas.setStrokeColor(_NAVY)
        canvas.setLineWidth(0.5)
        canvas.line(_SIDE, 16 * mm, A4[0] - _SIDE, 16 * mm)
        canvas.setFillColor(_GREY)
        canvas.setFont("Page", 7)
        number = f"{page} {template.page} {of} {pages}"
        room = _WIDTH - pdfmetrics.stringWidth(number, "Page", 7) - 6 * mm
        canvas.drawString(_SIDE, 12 * mm, _cut(_known(document.reference), room))
        canvas.drawString(_SIDE, 8.5 * mm, _cut(_known(document.made), room))
        canvas.drawRightString(A4[0] - _SIDE, 12 * mm, number)
        canvas.restoreState()

    return draw


def _date(canvas: Canvas, document: Document) -> None:
    # Left to itself, the library dates every page that is to be the same twice to the year 2000.
    stamp = canvas._doc._timeStamp  # noqa: SLF001 - there is no public way
    made = document.made_at.astimezone(UTC)
    stamp.t = made.timestamp()
    stamp.YMDhms = tuple(made.timetuple())[:6]
    stamp.dhh = stamp.dmm = 0


def _cut(text: str, room: float) -> str:
    if pdfmetrics.stringWidth(text, "Page", 7) <= room:
        return text
    while text and pdfmetrics.stringWidth(f"{text}...", "Page", 7) > room:
        text = text[:-1]
    return f"{text}..."


def _story(document: Document) -> Iterator[Any]:
    yield Grid([[_paragraph(document.kind.upper(), _style("kind"))]], [_WIDTH], style=_HEAD_LINE)
    yield Spacer(0, 2 * mm)
    yield _paragraph(document.title, _style("title"))
    yield Spacer(0, 1.5 * mm)
    yield _paragraph(document.subtitle, _style("subtitle"))
    yield Spacer(0, 4 * mm)
    mark = _paragraph(document.mark, _style("mark", document.mark_tone))
    yield Grid(
        [[mark, _paragraph(document.summary, _style("body"))]], [55 * mm, _WIDTH - 55 * mm], style=_MARK
    )
    yield Spacer(0, 3 * mm)
    for number, section in enumerate(document.sections, start=1):
        yield from _section(number, section)


def _section(number: int, section: Section) -> Iterator[Any]:
    heading = [
        Spacer(0, 5 * mm),
        _paragraph(f"{number}. {section.title}", _style("heading")),
        Spacer(0, 1.5 * mm),
    ]
    first, *rest = section.blocks
    if _is_short(first):
        yield KeepTogether([*heading, *_block(first)])
    else:
        yield CondPageBreak(_ROOM_FOR_A_HEADING)
        yield from heading
        yield from _block(first)
    for block in rest:
        yield from [KeepTogether(list(_block(block)))] if _is_short(block) else _block(block)


def _is_short(block: Block) -> bool:
    """Tell whether a block looks better on the next page than broken."""
    match block:
        case Fields(rows):
            return len(rows) <= _SHORT
        case Table(rows=rows):
            return len(rows) <= _SHORT // 2
        case Steps():
            return False
        case Remark():
            return True


def _block(block: Block) -> Iterator[Any]:
    match block:
        case Fields(rows):
            label = _style("label")
            yield _grid([[_paragraph(name, label), _cell(cell)] for name, cell in rows], [_LABELS], _FIELDS)
            yield Spacer(0, 3 * mm)
        case Table(head, widths, rows):
            titles = [_paragraph(title, _style("head")) for title in head]
            columns = [_WIDTH * width / 100 for width in widths[:-1]]
            yield _grid([titles, *([_cell(cell) for cell in row] for row in rows)], columns, _TABLE, 1)
            yield Spacer(0, 3 * mm)
        case Steps(texts):
            for number, text in enumerate(texts, start=1):
                yield _paragraph(text, _style("step"), f"{number}.")
        case Remark(text, tone):
            yield _paragraph(text, _style("body", tone))
            yield Spacer(0, 1.5 * mm)


def _grid(rows: list[list[Any]], columns: list[float], style: list[Any], heads: int = 0) -> Grid:
    return Grid(
        rows,
        [*columns, _WIDTH - sum(columns)],
        style=style,
        repeatRows=heads,
        # A row taller than a page must break inside rather than fail.
        splitInRow=1,
    )


def _cell(cell: Cell) -> list[Paragraph]:
    return [_paragraph(line.text, _style("cell", line.tone)) for line in cell]


def _paragraph(text: str, style: ParagraphStyle, bullet: str | None = None) -> Paragraph:
    return Paragraph(escape(_known(text)), style, bulletText=bullet)


_SIZES = {
    "kind": (7.5, "Page", _NAVY),
    "title": (16, "Page-Bold", _INK),
    "subtitle": (9, "Page", _GREY),
    "heading": (11, "Page-Bold", _NAVY),
    "label": (8.2, "Page", _GREY),
    "head": (7.8, "Page-Bold", _GREY),
}


@cache
def _style(name: str, tone: Tone = Tone.PLAIN) -> ParagraphStyle:
    plain = (7.4 if tone is Tone.CODE else 8.2, "Page", _COLOURS[tone])
    size, font, colour = _SIZES.get(name, plain)
    if tone is Tone.STRONG or name == "mark":
        font = "Page-Bold"
    indent = 7 * mm if name == "step" else 0
    return ParagraphStyle(
        f"{name}-{tone}",
        fontName=font,
        fontSize=size,
        leading=size * (1.25 if name == "title" else 1.42),
        textColor=colour,
        bulletFontName="Page",
        bulletFontSize=size,
        leftIndent=indent,
        spaceAfter=1.2 * mm if name == "step" else 0,
        splitLongWords=1,
    )


_PAD: list[Any] = [
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("LEFTPADDING", (0, 0), (-1, -1), 0),
    ("RIGHTPADDING", (0, 0), (-1, -1), 3 * mm),
    ("TOPPADDING", (0, 0), (-1, -1), 1.1 * mm),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 1.3 * mm),
]
_FIELDS: list[Any] = [
    *_PAD,
    ("LINEABOVE", (0, 0), (-1, 0), 0.5, _NAVY),
    ("LINEBELOW", (0, 0), (-1, -1), 0.4, _RULE),
]
_TABLE: list[Any] = [
    *_PAD,
    ("LINEBELOW", (0, 1), (-1, -1), 0.4, _RULE),
    ("LINEBELOW", (0, 0), (-1, 0), 0.5, _NAVY),
]
_HEAD_LINE: list[Any] = [
    *_PAD,
    ("LINEABOVE", (0, 0), (-1, 0), 2, _NAVY),
    ("TOPPADDING", (0, 0), (-1, -1), 3 * mm),
]
_MARK: list[Any] = [
    *_PAD,
    ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
    ("LINEABOVE", (0, 0), (-1, 0), 0.5, _NAVY),
    ("LINEBELOW", (0, 0), (-1, 0), 0.5, _NAVY),
    ("TOPPADDING", (0, 0), (-1, -1), 2.2 * mm),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 2.6 * mm),
]


def _known(text: str) -> str:
    """Leave the characters that the font has; others lose their accents, or are named by their number."""
    glyphs = _glyphs()
    return "".join(char if ord(char) in glyphs else _instead(char, glyphs) for char in text)


def _instead(char: str, glyphs: frozenset[int]) -> str:
    if char.isspace():
        return " "
    simpler = "".join(part for part in normalize("NFKD", char) if ord(part) in glyphs)
    return simpler or (f"[U+{ord(char):04X}]" if char.isprintable() else "")


@cache
def _glyphs() -> frozenset[int]:
    _load_fonts()
    return frozenset(pdfmetrics.getFont("Page").face.charToGlyph) - set(range(32))


@cache
def _load_fonts() -> None:
    folder = Path(reportlab.__file__).parent / "fonts"
    for name, file in _FONTS.items():
        pdfmetrics.registerFont(TTFont(name, str(folder / file)))
