"""What the bot shows: a text no longer than a phone, and buttons under it. Pure."""

import html
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from tracker.channels.render import shorten
from tracker.people.requests import Ask

Language = Literal["id", "en"]
LINES_AT_MOST = 900
"""Characters of one screen, about: what a phone shows without scrolling far."""
_WIDTH = 100
_LONGEST_LINE = 400


@dataclass(frozen=True, slots=True)
class Button:
    """One button: what it says, and what it asks for."""

    label: str
    ask: Ask


Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class Screen:
    """One message."""

    text: str
    rows: Rows = ()


@dataclass(frozen=True, slots=True)
class File:
    """A file to be sent."""

    name: str
    content: bytes
    caption: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What follows an update; nothing at all where all is empty."""

    screen: Screen | None = None
    file: File | None = None
    toast: str = ""
    """A few words over the screen, where a button was pressed."""
    apart: bool = False
    """Whether the message with the pressed button stays as it is."""
    recorded: bool = False
    """Whether a fact was recorded, which messages elsewhere may tell of."""


SILENCE = Reply()


def said(text: str, *rows: Iterable[Button]) -> Reply:
    """Reply with one message."""
    return Reply(Screen(text, tuple(tuple(row) for row in rows if row)))


def plain(text: str, width: int = _WIDTH) -> str:
    """Make any text fit to stand in a message: one line, cut between words, its tags shown as text."""
    return html.escape(shorten(text, width), quote=False)


def bold(text: str, width: int = _WIDTH) -> str:
    """Give a text in bold letters."""
    return f"<b>{plain(text, width)}</b>"


def page_of(page: int, total: int, size: int) -> int:
    """Give the page that is there: the last one where there are fewer by now."""
    return min(max(page, 0), max(-(-total // size) - 1, 0))


def pager(page: int, total: int, size: int, ask: Callable[[int], Ask]) -> tuple[Button, ...]:
    """Give the buttons that turn pages; none where one page holds everything."""
    pages = -(-total // size)
    if pages <= 1:
        return ()
    back = [Button("◀", ask(page - 1))] if page > 0 else []
    on = [Button("▶", ask(page + 1))] if page < pages - 1 else []
    return (*back, Button(f"{page + 1}/{pages}", ask(page)), *on)


def filled(lines: Sequence[str]) -> list[list[str]]:
    """Lay lines of any length out on screens; there is always one screen."""
    screens: list[list[str]] = [[]]
    for line in _short(lines):
        if screens[-1] and sum(map(len, screens[-1])) + len(line) > LINES_AT_MOST:
            screens.append([])
        screens[-1].append(line)
    return screens


def _short(lines: Iterable[str]) -> Iterator[str]:
    return (shorten(line, _LONGEST_LINE) for line in lines)
