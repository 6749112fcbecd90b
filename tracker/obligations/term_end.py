"""The last day of an agreement's term, as readings. Pure. Source: rules/README.md, "Tafsir"."""

from collections.abc import Iterator, Sequence
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
from tracker.terms.term import SIGNED, Term

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
    return ends_of(agreement.term, agreement.signed, rule)


def ends_of(
    term: Term, signed: Signed, rule: Rule | None = None, renewals: Sequence[Period] = ()
) -> tuple[Reading, ...]:
    """Give every admissible last day of a term, or of the last of its `renewals`.

    Renewals are counted from where the term itself was, never from one another, so that the n-th
    one does not drift off its day of the month; what is uncertain about the start stays so.
    """
    if term.end is None and term.length is not None:
        starts = signing_days(signed) if term.start == SIGNED else (certain(term.first_day(signed.day)),)
        lengths = (term.length, *renewals)
    elif term.end is not None and renewals:
        starts, lengths = (certain(term.end + timedelta(days=1)),), tuple(renewals)
    else:
        return (certain(term.end or signed.day),)
    anniversary = ANNIVERSARY_OF_MONTH if term.from_month else ANNIVERSARY
    decided = [pin for pin in rule.pins if pin.axis is Axis.LAST_DAY] if rule else []
    pins = pins_of(term.pins, decided)
    return merged(
        carried(start, end) for start in starts for end in _ends(start.day, lengths, anniversary, pins)
    )


def likely_day(readings: tuple[Reading, ...]) -> date:
    """Give the day of the likely reading; there is exactly one."""
    return next(reading.day for reading in readings if reading.likely)


def first_day(agreement: Agreement) -> date:
    """Give the first day of the term under the likely reading of the signing day."""
    return agreement.term.first_day(agreement.signed.day)


def _ends(start: date, lengths: Sequence[Period], anniversary: Choice, pins: Pins) -> Iterator[Reading]:
    for path, day in _lengths(start, lengths, pins):
        for choice in options((INCLUSIVE, anniversary), pins):
            back = timedelta(days=1 if choice.name == INCLUSIVE.name else 0)
            yield chosen(day - back, *path, choice)


def _lengths(start: date, lengths: Sequence[Period], pins: Pins) -> Iterator[tuple[tuple[Choice, ...], date]]:
    months = sum(length.count * _MONTHS_IN.get(length.unit, 0) for length in lengths)
    days = timedelta(days=sum(length.count * _DAYS_IN.get(length.unit, 0) for length in lengths))
    if not months or not is_ambiguous(start, months):
        yield (), (shifted(start, months) if months else start) + days
        return
    for rounding in options((ROUND_DOWN, ROUND_UP), pins):
        yield (rounding,), shifted(start, months, rounding.name) + days
