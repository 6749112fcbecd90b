"""The terms of an agreement one after the other: by its text, by addendum, by silence. Pure.

Source: rules/README.md, "Addendum". Terms are numbered from 1; an addendum that starts where the
current term starts changes that term, one that starts later adds the next.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from tracker.events.kinds import FULFILLING
from tracker.events.model import Event
from tracker.obligations.reading import Reading, certain
from tracker.obligations.term_end import ends_of, likely_day
from tracker.terms.grammar import ENDED_EARLY, Period
from tracker.terms.model import Agreement
from tracker.terms.pins import Signed
from tracker.terms.rule import Rule
from tracker.terms.term import SIGNED, Term

_ONE_DAY = timedelta(days=1)


class Origin(StrEnum):
    """What a term comes from."""

    TEXT = "text"
    ADDENDUM = "addendum"
    SILENCE = "silence"


class NumberedTerm(NamedTuple):
    """One of several terms: its number, first day, and every reading of its last day.

    `renewals` are the lengths that silence added to `term`; `cut_on` is the last day in force
    where the agreement ended early inside this term, and `ends` is that day alone then.
    """

    number: int
    term: Term
    signed: Signed
    first: date
    ends: tuple[Reading, ...]
    origin: Origin = Origin.TEXT
    renewals: tuple[Period, ...] = ()
    cut_on: date | None = None

    @property
    def name(self) -> str:
        """The name of what is counted from its end."""
        return f"term-{self.number}"

    @property
    def last(self) -> date:
        """The likely last day."""
        return likely_day(self.ends)

    def ends_for(self, rule: Rule) -> tuple[Reading, ...]:
        """Give the last days as a rule with pins of its own counts them."""
        return self.ends if self.cut_on else self.planned_ends(rule)

    def planned_ends(self, rule: Rule | None = None) -> tuple[Reading, ...]:
        """Give the last days as they would be had nothing ended the term early."""
        return ends_of(self.term, self.signed, rule, self.renewals)


class Succession(NamedTuple):
    """All terms known, oldest first.

    `following` is the next one by silence, which the horizon left out: periods run on into it.
    `ended_on` is the last day in force where an early end took something away.
    """

    terms: tuple[NumberedTerm, ...]
    following: NumberedTerm | None = None
    ended_on: date | None = None

    def after(self, term: NumberedTerm) -> NumberedTerm | None:
        """Give the term after this one, None where it is the last."""
        return self.terms[term.number] if term.number < len(self.terms) else None

    def goes_on_by_silence(self, term: NumberedTerm) -> bool:
        """Tell whether nobody has to say anything for another term to begin."""
        after = self.after(term) or self.following
        return after is not None and after.origin is Origin.SILENCE

    def stretches(self) -> list[tuple[date, date]]:
        """Give the stretches of days in force, first and last day; terms without a gap are one.

        A term that begins the day after any reading of the last day leaves no gap, and one that
        begins earlier takes the place of the rest of the term before.
        """
        found: list[tuple[date, date]] = []
        before: NumberedTerm | None = None
        for term in (*self.terms, *([self.following] if self.following else [])):
            if before is None or term.first > before.ends[-1].day + _ONE_DAY:
                found.append((term.first, term.last))
            else:
                found[-1] = (found[-1][0], term.last)
            before = term
        return found


def ended_early_on(events: Sequence[Event]) -> date | None:
    """Give the last day in force of an agreement that was ended early, None where it was not."""
    return min((event.happened_on for event in events if event.kind == ENDED_EARLY), default=None)


def succession(
    agreement: Agreement, events: Sequence[Event], until: date | None, reach: date | None = None
) -> Succession:
    """Give the terms of an agreement.

    Terms by silence are given while they begin on or before `until`; without it, as far as the
    term that holds `reach` and the latest event or addendum, and one more.
    """
    ended_on = ended_early_on(events)
    terms = [_term(1, agreement.versions[0].agreement.term, agreement.signed, Origin.TEXT)]
    for version in agreement.versions[1:]:
        if version.addendum is not None and version.addendum.term is not None:
            _amend(terms, version.agreement.term, agreement.signed, events)
    horizon = until if ended_on is None else min(until or ended_on, ended_on)
    latest = max(
        (
            terms[0].first,
            reach or terms[0].first,
            *(event.happened_on for event in events),
            *(addendum.in_force_from for addendum in agreement.addenda),
        )
    )
    following = _next_by_silence(terms[-1], events)
    while following is not None and (
        following.first <= horizon if horizon is not None else terms[-1].first <= latest
    ):
        terms.append(following)
        following = _next_by_silence(following, events)
    if ended_on is not None:
        return _cut(terms, ended_on)
    return Succession(tuple(terms), following if until is not None else None)


def _term(number: int, term: Term, signed: Signed, origin: Origin) -> NumberedTerm:
    return NumberedTerm(number, term, signed, term.first_day(signed.day), ends_of(term, signed), origin)


def _amend(terms: list[NumberedTerm], term: Term, signed: Signed, events: Sequence[Event]) -> None:
    """Change the current term, or add the next; terms by silence that began before come first."""
    start = term.first_day(signed.day)
    following = _next_by_silence(terms[-1], events)
    while following is not None and following.first < start:
        terms.append(following)
        following = _next_by_silence(following, events)
    current = terms[-1]
    if start <= current.first or (term.start == SIGNED and current.number == 1):
        terms[-1] = _term(current.number, term, signed, current.origin)
    else:
        terms.append(_term(current.number + 1, term, signed, Origin.ADDENDUM))


def _next_by_silence(before: NumberedTerm, events: Sequence[Event]) -> NumberedTerm | None:
    length = before.term.next_length
    if length is None or _stopped(before, events):
        return None
    renewals = (*before.renewals, length)
    return NumberedTerm(
        number=before.number + 1,
        term=before.term,
        signed=before.signed,
        first=before.last + _ONE_DAY,
        ends=ends_of(before.term, before.signed, None, renewals),
        origin=Origin.SILENCE,
        renewals=renewals,
    )


def _stopped(term: NumberedTerm, events: Sequence[Event]) -> bool:
    rule = term.term.renewal.stopped_by if term.term.renewal else None
    return rule is not None and any(
        event.kind in FULFILLING
        and event.details.get("rule") == rule
        and event.details.get("occurrence") == term.name
        and event.happened_on <= term.ends[-1].day
        for event in events
    )


def _cut(terms: Sequence[NumberedTerm], ended_on: date) -> Succession:
    """Leave out what begins after the last day in force, and end the last term on that day."""
    kept = [term for term in terms if term.number == 1 or term.first <= ended_on]
    last = kept[-1]
    if ended_on < last.last:
        kept[-1] = last._replace(ends=(certain(ended_on),), cut_on=ended_on)
    elif len(kept) == len(terms):
        return Succession(tuple(kept))
    return Succession(tuple(kept), None, ended_on)
