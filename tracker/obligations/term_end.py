"""The last day of an agreement's term, as readings. Pure. Source: rules/README.md, "Tafsir"."""

from collections.abc import Iterator
from datetime import date, timedelta

from tracker.obligations.counting import ROUND_DOWN, ROUND_UP
from tracker.obligations.months import is_ambiguous, shifted
from tracker.obligations.reading import (
    Choice,
    Pins,
    Reading,
    Weight,
    carried,
    certain,
    chosen,
    merged,
    options,
    pins_of,
)
from tracker.terms.grammar import Period, Unit
from tracker.terms.model import Agreement
from tracker.terms.pins import Axis, Signed
from tracker.terms.rule import Rule
from tracker.terms.term import SIGNED

INCLUSIVE = Choice(Axis.LAST_DAY, "inclusive", Weight.STRONG, likely=True)
ANNIVERSARY = Choice(Axis.LAST_DAY, "anniversary", Weight.STRONG)
ANNIVERSARY_OF_MONTH = Choice(Axis.LAST_DAY, "anniversary", Weight.PLAUSIBLE)
_WEIGHTS = {weight.word: weight for weight in Weight}
_DAYS_IN = {Unit.DAYS: 1, Unit.CALENDAR_DAYS: 1, Unit.WEEKS: 7}
_MONTHS_IN = {Unit.MONTHS: 1, Unit.YEARS: 12}


def signing_days(signed: Signed) -> tuple[Reading, ...]:
    """Give the readings of the signing day: one, unless the text contradicts itself unpinned."""
    if signed.pin is not None or not signed.readings:
        return (certain(signed.day),)
    own = Choice(Axis.SIGNED, signed.day.isoformat(), Weight.STRONG, likely=True)
    others = [
        chosen(other.day, Choice(Axis.SIGNED, other.day.isoformat(), _WEIGHTS[other.weight]))
        for other in signed.readings
    ]
    return merged([chosen(signed.day, own), *others])


def term_end(agreement: Agreement, rule: Rule | None = None) -> tuple[Reading, ...]:
    """Give every admissible last day of the term, in date order; a rule may pin it for itself."""
    term = agreement.term
    if term.end is not None or term.length is None:
        return (certain(term.end or agreement.signed.day),)
    starts = (
        signing_days(agreement.signed)
        if term.start == SIGNED
        else (certain(term.first_day(agreement.signed.day)),)
    )
    anniversary = ANNIVERSARY_OF_MONTH if term.from_month else ANNIVERSARY
    decided = [pin for pin in rule.pins if pin.axis is Axis.LAST_DAY] if rule else []
    pins = pins_of(term.pins, decided)
    return merged(
        carried(start, end) for start in starts for end in _ends(start.day, term.length, anniversary, pins)
    )


def likely_day(readings: tuple[Reading, ...]) -> date:
    """Give the day of the likely reading; there is exactly one."""
    return next(reading.day for reading in readings if reading.likely)


def first_day(agreement: Agreement) -> date:
    """Give the first day of the term under the likely reading of the signing day."""
    return agreement.term.first_day(agreement.signed.day)


def _ends(start: date, length: Period, anniversary: Choice, pins: Pins) -> Iterator[Reading]:
    for path, day in _lengths(start, length, pins):
        for choice in options((INCLUSIVE, anniversary), pins):
            back = timedelta(days=1 if choice.name == INCLUSIVE.name else 0)
            yield chosen(day - back, *path, choice)


def _lengths(start: date, length: Period, pins: Pins) -> Iterator[tuple[tuple[Choice, ...], date]]:
    if length.unit in _DAYS_IN:
        yield (), start + timedelta(days=length.count * _DAYS_IN[length.unit])
        return
    months = length.count * _MONTHS_IN[length.unit]
    if not is_ambiguous(start, months):
        yield (), shifted(start, months)
        return
    for rounding in options((ROUND_DOWN, ROUND_UP), pins):
        yield (rounding,), shifted(start, months, rounding.name)
