"""A page as titles, tables and lines, before it becomes HTML or PDF. Pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar


class Tone(StrEnum):
    """How a line or a mark reads."""

    PLAIN = "plain"
    STRONG = "strong"
    FAINT = "faint"
    CODE = "code"
    GOOD = "good"
    BAD = "bad"
    WAIT = "wait"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a cell."""

    text: str
    tone: Tone = Tone.PLAIN


Cell = tuple[Line, ...]


def cell(*lines: str | Line | None) -> Cell:
    """Make a cell of lines; empty ones are left out."""
    made = (Line(line) if isinstance(line, str) else line for line in lines if line)
    return tuple(line for line in made if line.text) or (Line("-", Tone.FAINT),)


@dataclass(frozen=True, slots=True)
class Fields:
    """Labels, and what belongs to each."""

    kind: ClassVar[str] = "fields"
    rows: tuple[tuple[str, Cell], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings; `widths` are parts of a hundred."""

    kind: ClassVar[str] = "table"
    head: tuple[str, ...]
    widths: tuple[int, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Steps:
    """Numbered sentences."""

    kind: ClassVar[str] = "steps"
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Remark:
    """A sentence that stands apart."""

    kind: ClassVar[str] = "remark"
    text: str
    tone: Tone = Tone.PLAIN


Block = Fields | Table | Steps | Remark


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with what stands under it."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """The whole page."""

    language: str
    kind: str
    """What sort of paper this is, above the title."""
    title: str
    subtitle: str
    reference: str
    mark: str
    """The state in a few words, and how it reads."""
    mark_tone: Tone
    summary: str
    sections: tuple[Section, ...]
    made: str
    made_at: datetime
    page_words: tuple[str, str]
    """`Page` and `of`, for the foot of each page."""
