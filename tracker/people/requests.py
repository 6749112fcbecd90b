"""What a command or a button asks for, in one line; a button holds 64 bytes. Pure.

What is longer is stored under its digest (people/buttons.py). A button grants nothing: who presses it
is asked for anew, and what it shows or does is the state of now.
"""

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

MOST_BYTES = 64
DUTY, DONE, KNOWN, LATER = "kewajiban", "selesai", "tahu", "tunda"
"""What the buttons under an alert ask for: to see the duty, and the three answers."""
APART = "baru"
"""The last detail of a button under an alert: what follows is another message, the alert stays as it is."""
_BETWEEN = "|"
_STORED = "#"
_LONGEST = 500


class Ask(NamedTuple):
    """A name out of bot/commands.py or bot/forms/, and what goes with it."""

    name: str
    details: tuple[str, ...] = ()


def ask(name: str, *details: object) -> Ask:
    """Ask for something."""
    return Ask(name, tuple(str(each).replace(_BETWEEN, " ") for each in details))


def written(asked: Ask) -> str:
    """Write a request in one line."""
    return _BETWEEN.join((asked.name, *asked.details))[:_LONGEST]


def read(line: str) -> Ask:
    """Read a request; any line is one, but maybe for nothing that there is."""
    name, *details = line[:_LONGEST].split(_BETWEEN)
    return Ask(name, tuple(details))


def is_short(line: str) -> bool:
    """Tell whether a line fits into a button."""
    return len(line.encode()) <= MOST_BYTES and not line.startswith(_STORED)


def name_of(line: str) -> str:
    """Give the name under which a longer line is stored: it fits into a button."""
    return f"{_STORED}{hashlib.sha256(line.encode()).hexdigest()[:40]}"


def is_stored(data: str) -> bool:
    """Tell whether a button holds only such a name."""
    return data.startswith(_STORED)


def number(details: Sequence[str], place: int, otherwise: int, most: int = 10_000) -> int:
    """Give the number at a place; `otherwise` where there is none that can be meant."""
    text = details[place] if place < len(details) else ""
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        return otherwise
    return min(int(text), most)


def text(details: Sequence[str], place: int) -> str:
    """Give the text at a place; empty where there is none."""
    return details[place] if place < len(details) else ""


def under_alert(name: str, obligation: str) -> str:
    """Write what a button under an alert asks for."""
    return written(ask(name, obligation, APART))


def data_of(line: str) -> str:
    """Give what goes into a button: the line, or its name where it is too long."""
    return line if is_short(line) else name_of(line)
