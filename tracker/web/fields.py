"""The fields of a form, and reading what was typed into them. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from tracker.base.iso import iso_date
from tracker.channels.wrap import flatten

Given = Mapping[str, Sequence[str]]
"""What a form sent: the texts under each name."""
Errors = Mapping[str, str]
"""What is wrong with a field, by its name; under "" what is wrong with the whole."""
LONGEST_TEXT = 200


@dataclass(frozen=True, slots=True)
class Choice:
    """One box to tick."""

    value: str
    label: str
    ticked: bool


@dataclass(frozen=True, slots=True)
class Field:
    """One field as it is shown, with what was typed before and what is wrong with it."""

    name: str
    label: str
    kind: str
    """date, text, file, or choices."""
    hint: str = ""
    value: str = ""
    error: str = ""
    required: bool = False
    least: str = ""
    most: str = ""
    choices: tuple[Choice, ...] = ()


def text_of(given: Given, name: str) -> str:
    """Give a text on one line, without anything that cannot be printed."""
    return flatten(next(iter(given.get(name, ())), ""))


def day_of(given: Given, name: str) -> date | None:
    """Give a day; None where nothing was typed or it is no day."""
    try:
        return iso_date(text_of(given, name))
    except ValueError:
        return None
