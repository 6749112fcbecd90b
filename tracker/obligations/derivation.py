"""The occurrences of the rules of an agreement that reads the same from beginning to end. Pure.

An obligation whose trigger has not happened is `waiting`; an undated or standing duty has no
deadline; everything else has the five figures. What changes on the way is in amended.py.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, time

from tracker.calendars.model import Calendar
from tracker.events.kinds import ABOUT_ONE_OBLIGATION
from tracker.events.log import by_obligation
from tracker.events.model import Event
from tracker.obligations.counting import Counting, count, count_from, uses_working_days
from tracker.obligations.deadline import Deadline, certain_deadline, deadline
from tracker.obligations.expected import stands_for
from tracker.obligations.hours import exact
from tracker.obligations.life import fulfilled_by
from tracker.obligations.model import Ended, Obligation, State
from tracker.obligations.periods import (
    Span,
    agreement_years,
    calendar_periods,
    due_day_of_following_month,
    last_december_day_in,
)
from tracker.obligations.reading import (
    Choice,
    Pins,
    Reading,
    Weight,
    certain,
    chosen,
    merged,
    options,
    pins_of,
)
from tracker.obligations.term_end import first_day, likely_day, signing_days, term_end
from tracker.terms.grammar import (
    AnchorKind,
    Counted,
    Every,
    OnDate,
    Recurring,
    Side,
    Standing,
    Undated,
    Unit,
)
from tracker.terms.model import Agreement
from tracker.terms.pins import Axis
from tracker.terms.rule import Rule

FIRST_TERM = "term-1"
WAITING = "waiting"
SIGNING = "signing"
UNDATED = "undated"
STANDING = "standing"
CALENDAR_YEAR = Choice(Axis.YEAR, "calendar", Weight.STRONG, likely=True)
AGREEMENT_YEAR = Choice(Axis.YEAR, "agreement", Weight.PLAUSIBLE)


class Derivation:
    """The obligations of one agreement, with what its rules share computed once."""

    def __init__(
        self, agreement: Agreement, calendar: Calendar, events: Sequence[Event], until: date | None
    ) -> None:
        """Take the terms, the facts about this agreement, and the horizon of recurring duties."""
        self.agreement = agreement
        self.calendar = calendar
        self.events = events
        self.facts = events
        self.until = until
        self.ends = term_end(agreement)
        self.how: dict[Pins, Counting] = {}
        self.done: dict[str, list[Obligation]] = {}
        self.beyond: date | None = None

    def all(self) -> list[Obligation]:
        """Give the obligations in the order of the rules."""
        return [found for rule in self.agreement.rules if rule.enabled for found in self.of(rule)]

    def of(self, rule: Rule) -> list[Obligation]:
        """Give the obligations of one rule."""
        found = self.done.get(rule.id)
        if found is None:
            found = self.done[rule.id] = _once_each(self.occurrences(rule))
        return found

    def occurrences(self, rule: Rule) -> Iterator[Obligation]:
        """Work out the obligations of one rule; a fact recorded twice gives one twice."""
        match rule.due:
            case Counted():
                yield from self._counted(rule, rule.due)
            case Recurring():
                yield from self._recurring(rule, rule.due)
            case OnDate(day):
                found = certain_deadline(day, self.calendar)
                yield self._open(rule, day.isoformat(), found)
            case Undated():
                yield from self._undated(rule)
            case Standing():
                yield self._open(rule, STANDING, None)

    def _counted(self, rule: Rule, due: Counted) -> Iterator[Obligation]:
        match due.anchor.kind:
            case AnchorKind.TERM_END:
                yield from self._at_term_end(rule, due)
            case AnchorKind.SIGNING:
                anchor, signed = signing_days(self.agreement.signed), self.agreement.signed.day
                yield self._open(rule, SIGNING, self._from_anchor(rule, due, anchor, signed))
            case AnchorKind.EVENT | AnchorKind.DESIRED_END:
                yield from self._per_event(rule, due)
            case AnchorKind.RULE_DUE:
                yield from self._after_due(rule, due)
            case AnchorKind.RULE_FULFILLED:
                yield from self._after_fulfilment(rule, due)

    def _at_term_end(self, rule: Rule, due: Counted) -> Iterator[Obligation]:
        ends = term_end(self.agreement, rule) if rule.pins else self.ends
        found = self._from_anchor(rule, due, ends, self.agreement.signed.day)
        yield self._open(rule, FIRST_TERM, found)

    def _per_event(self, rule: Rule, due: Counted) -> Iterator[Obligation]:
        happened = list(self._events_of(rule.trigger_event))
        for event in happened:
            wished = due.anchor.kind is AnchorKind.DESIRED_END
            day, at = (event.desired_end, None) if wished else (event.happened_on, event.at)
            if day is None:
                continue
            found = self._from_anchor(rule, due, (certain(day),), event.happened_on, at)
            yield self._open(rule, event.occurrence, found, event)
        if not happened:
            yield self._waiting(rule)

    def _after_due(self, rule: Rule, due: Counted) -> Iterator[Obligation]:
        for earlier in self._earlier(due.anchor.name):
            if earlier.deadline is None:
                yield self._waiting(rule)
                continue
            floor = earlier.trigger.happened_on if earlier.trigger else self.agreement.signed.day
            found = self._from_anchor(rule, due, earlier.deadline.readings, floor, earlier.deadline.by_time)
            chained = self._open(rule, earlier.occurrence, found, earlier.trigger)
            if earlier.ended is not None or earlier.term is not None:
                chained = chained._replace(ended=earlier.ended or chained.ended, term=earlier.term)
            yield chained

    def _earlier(self, rule_id: str) -> list[Obligation]:
        return self.of(self.agreement.rule_by_id[rule_id])

    def _after_fulfilment(self, rule: Rule, due: Counted) -> Iterator[Obligation]:
        waiting = True
        for (rule_id, occurrence), about in by_obligation(self.facts, ABOUT_ONE_OBLIGATION).items():
            if rule_id != due.anchor.name:
                continue
            proof = fulfilled_by(self._rule_of(rule_id, occurrence), about)
            if proof is not None and proof in self.events:
                found = self._from_anchor(
                    rule, due, (certain(proof.happened_on),), proof.happened_on, proof.at
                )
                yield self._open(rule, occurrence, found, proof)
                waiting = False
        if waiting:
            yield self._waiting(rule)

    def _rule_of(self, rule_id: str, occurrence: str) -> Rule:
        """Give the rule as one of its occurrences reads it."""
        del occurrence
        return self.agreement.rule_by_id[rule_id]

    def _recurring(self, rule: Rule, due: Recurring) -> Iterator[Obligation]:
        by_agreement_year = due.every is Every.YEAR and due.due_day is None and due.due_after is None
        for span in self._spans(due.every, by_agreement_year=by_agreement_year):
            found = self._of_span(rule, due, span, by_agreement_year=by_agreement_year)
            if self.until is not None and found.act_by > self.until:
                self.beyond = min(self.beyond or found.act_by, found.act_by)
                return
            yield self._open(rule, span.name, found)

    def _spans(self, every: Every, *, by_agreement_year: bool) -> Iterable[Span]:
        first, last = first_day(self.agreement), likely_day(self.ends)
        return agreement_years(first, last) if by_agreement_year else calendar_periods(every, first, last)

    def _of_span(self, rule: Rule, due: Recurring, span: Span, *, by_agreement_year: bool) -> Deadline:
        if by_agreement_year:
            return deadline(_yearly(span, pins_of(rule.pins)), self.calendar, span.first)
        if due.due_day is not None:
            day = due_day_of_following_month(span, due.due_day)
            return certain_deadline(day, self.calendar, span.last)
        if due.due_after is not None:
            how = self._how(rule)
            readings = count(span.last, due.due_after, Side.AFTER, how)
            working = uses_working_days(due.due_after, how.pins)
            stretch = (span.last, readings[-1].day) if working else None
            return deadline(readings, self.calendar, span.last, stretch)
        return certain_deadline(span.last, self.calendar, span.first)

    def _undated(self, rule: Rule) -> Iterator[Obligation]:
        if rule.trigger is None:
            yield self._open(rule, UNDATED, None)
            return
        happened = [event for event in self.events if stands_for(self.agreement, rule.trigger, event)]
        for event in happened:
            yield self._open(rule, event.occurrence, None, event)
        if not happened:
            yield self._waiting(rule)

    def _from_anchor(
        self,
        rule: Rule,
        due: Counted,
        anchor: tuple[Reading, ...],
        floor: date,
        at: time | None = None,
    ) -> Deadline:
        if at is not None and due.period.unit is Unit.HOURS:
            reading, by_time = exact(anchor[0], at, due.period, due.side, self.agreement.zone)
            return deadline((reading,), self.calendar, floor, by_time=by_time)
        how = self._how(rule)
        readings = count_from(anchor, due.period, due.side, how)
        working = uses_working_days(due.period, how.pins)
        days = (readings[0].day, readings[-1].day, anchor[0].day, anchor[-1].day)
        return deadline(readings, self.calendar, floor, (min(days), max(days)) if working else None)

    def _how(self, rule: Rule) -> Counting:
        pins = pins_of(rule.pins) if rule.pins else ()
        found = self.how.get(pins)
        if found is None:
            choice = self.agreement.calendar
            found = self.how[pins] = Counting(self.calendar, choice.week, choice.joint_leave, pins)
        return found

    def _events_of(self, kind: str | None) -> Iterable[Event]:
        return (event for event in self.events if event.kind == kind)

    def _open(
        self, rule: Rule, occurrence: str, found: Deadline | None, event: Event | None = None
    ) -> Obligation:
        ended = None
        if event is not None and rule.unless is not None and self._overtaken(rule.unless, event, found):
            ended = Ended.TRIGGER_ENDED
        return Obligation(self.agreement.id, rule, occurrence, State.OPEN, found, event, ended)

    def _overtaken(self, kind: str, trigger: Event, found: Deadline | None) -> bool:
        """Tell whether what makes a duty moot happened while the duty could still be met."""
        last = found.latest if found else date.max
        return any(
            fact.kind == kind
            and trigger.happened_on <= fact.happened_on <= last
            and (fact.party == trigger.party or None in (fact.party, trigger.party))
            for fact in self.facts
        )

    def _waiting(self, rule: Rule) -> Obligation:
        return Obligation(self.agreement.id, rule, WAITING, State.WAITING)


def _once_each(obligations: Iterable[Obligation]) -> list[Obligation]:
    """Keep one obligation a key where a fact was recorded twice: the later record wins."""
    found = list(obligations)
    return found if len(found) == 1 else list({obligation.key: obligation for obligation in found}.values())


def _yearly(span: Span, pins: Pins) -> tuple[Reading, ...]:
    """Give 31 December inside the agreement year, and that year's end as the latest reading."""
    december = last_december_day_in(span)
    if december is None:
        return (certain(span.last),)
    days = {CALENDAR_YEAR.name: december, AGREEMENT_YEAR.name: span.last}
    return merged(
        chosen(days[choice.name], choice) for choice in options((CALENDAR_YEAR, AGREEMENT_YEAR), pins)
    )
