"""Readings: every defensible date, with the choices that led to it. Pure.

Source of the weights: rules/README.md, "Tafsir". A combination is as weak as its weakest choice;
readings of the same date are merged and the strongest path names the date.
"""

from collections.abc import Iterable
from datetime import date
from enum import IntEnum
from typing import NamedTuple

from tracker.terms.pins import Axis, Pin


class Weight(IntEnum):
    """How well a reading can be defended; a larger number is weaker."""

    STRONG = 0
    PLAUSIBLE = 1
    WEAK = 2

    @property
    def word(self) -> str:
        """The word used in JSON and on screens."""
        return self.name.lower()


class Choice(NamedTuple):
    """One way to decide one axis; `likely` marks the one a reasonable counterparty expects."""

    axis: Axis
    name: str
    weight: Weight
    likely: bool = False

    def __str__(self) -> str:
        """Give the choice as `axis:name`, the form used in JSON."""
        return f"{self.axis}:{self.name}"


class Reading(NamedTuple):
    """One date under one path of choices."""

    day: date
    weight: Weight
    likely: bool
    path: tuple[Choice, ...]


Pins = tuple[tuple[Axis, str], ...]
"""Decided choices, in a form that can be a cache key."""


def pins_of(*groups: Iterable[Pin]) -> Pins:
    """Gather pins; a later group (the rule) goes before an earlier one (the term)."""
    return tuple({pin.axis: pin.choice for group in groups for pin in group}.items())


def options(choices: tuple[Choice, ...], pins: Pins) -> tuple[Choice, ...]:
    """Leave all choices of an axis, or only the pinned one, which is then strong and likely."""
    for axis, name in pins:
        for choice in choices:
            if choice.axis is axis and choice.name == name:
                return (Choice(axis, name, Weight.STRONG, likely=True),)
    return choices


def certain(day: date) -> Reading:
    """Give the reading of a date that needed no choice."""
    return Reading(day, Weight.STRONG, likely=True, path=())


def chosen(day: date, *path: Choice) -> Reading:
    """Give the reading of a date reached by these choices."""
    return Reading(day, max(choice.weight for choice in path), all(choice.likely for choice in path), path)


def carried(anchor: Reading, counted: Reading) -> Reading:
    """Give the reading of a date counted from an anchor that is itself a reading."""
    if not anchor.path:
        return counted
    return Reading(
        counted.day,
        max(anchor.weight, counted.weight),
        anchor.likely and counted.likely,
        anchor.path + counted.path,
    )


def merged(readings: Iterable[Reading]) -> tuple[Reading, ...]:
    """Keep one reading a date, the strongest, and order them by date."""
    best: dict[date, Reading] = {}
    for reading in readings:
        known = best.get(reading.day)
        if known is None or (not reading.likely, reading.weight) < (not known.likely, known.weight):
            best[reading.day] = reading
    return tuple(best[day] for day in sorted(best))
