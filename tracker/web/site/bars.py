"""Bars of a chart: how long each part of each bar is, of a hundred. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

WIDTH = 1000
_LEAST = 6
"""What is there can be seen, however small it is beside the rest."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a bar."""

    x: int
    width: int
    look: str


def bar(parts: Sequence[tuple[str, int]], longest: int) -> list[Part]:
    """Lay the parts of one bar out one after the other; `longest` is the number that fills the width."""
    shown = [(look, number) for look, number in parts if number > 0]
    if not shown or longest <= 0:
        return []
    room = WIDTH - _LEAST * len(shown)
    widths = [_LEAST + room * number // longest for _, number in shown]
    starts = accumulate(widths, initial=0)
    return [Part(x, width, look) for x, width, (look, _) in zip(starts, widths, shown, strict=False)]
