"""What the estimate that a fact carries starts, besides the fact itself. Pure.

A force majeure of which it is known at once that it will last longer than the text allows for is,
on that day, also a force majeure expected to last: nobody has to record the same news twice.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from tracker.events.model import Event
from tracker.terms.grammar import AnchorKind, Counted, Side, Unit
from tracker.terms.model import Agreement
from tracker.terms.rule import Rule


class Estimate(NamedTuple):
    """A fact that carries an estimate, and the fact by which what was estimated is over."""

    fact: str
    detail: str
    over: str


ESTIMATES: Mapping[str, Estimate] = {
    "prolonged-force-majeure-expected": Estimate(
        "force-majeure-occurred", "expected_days", "force-majeure-ended"
    ),
}
"""By the kind of fact that an estimate stands for, where it is longer than the text allows for."""
_DAYS_IN = {Unit.DAYS: 1, Unit.CALENDAR_DAYS: 1, Unit.WEEKS: 7}


def stands_for(agreement: Agreement, kind: str | None, event: Event) -> bool:
    """Tell whether a fact is one of this kind, or carries an estimate that amounts to it."""
    if event.kind == kind:
        return True
    estimate = ESTIMATES.get(kind or "")
    if estimate is None or event.kind != estimate.fact or estimate.detail not in event.details:
        return False
    allowed = _allowed_days(agreement.in_force(event.happened_on).rules, estimate)
    return allowed is not None and int(event.details[estimate.detail]) > allowed


def _allowed_days(rules: Iterable[Rule], estimate: Estimate) -> int | None:
    """Give after how many days the text asks for more; None where it names no such period.

    It is the period of a duty that begins with the fact and is moot once that is over.
    """
    return min((days for rule in rules if (days := _days_of(rule, estimate)) is not None), default=None)


def _days_of(rule: Rule, estimate: Estimate) -> int | None:
    due = rule.due
    if not rule.enabled or rule.unless != estimate.over or not isinstance(due, Counted):
        return None
    if due.side is Side.BEFORE or (due.anchor.kind, due.anchor.name) != (AnchorKind.EVENT, estimate.fact):
        return None
    in_one = _DAYS_IN.get(due.period.unit)
    return due.period.count * in_one if in_one else None
