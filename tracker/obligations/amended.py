"""The occurrences of rules where the agreement changes on the way. Pure.

Addenda, terms that follow one another, and an early end. Every occurrence is worked out with the
wording in force on its own day: the day of its event, the last day of its period (of an agreement
year: the 31 December inside it), the signing day; what is counted from the end of a term, with
the newest wording that was in force on the deadline it gives. Keys stay what they are: a changed
rule moves its occurrences.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from tracker.calendars.model import Calendar
from tracker.events.model import Event
from tracker.obligations.derivation import SIGNING, Derivation
from tracker.obligations.model import Ended, Obligation, State
from tracker.obligations.periods import Span, agreement_years, calendar_periods, last_december_day_in
from tracker.obligations.succession import NumberedTerm, Origin, succession
from tracker.terms.grammar import AnchorKind, Counted, Every, OnDate, Recurring, Side, Standing, Undated
from tracker.terms.model import Agreement
from tracker.terms.rule import Rule

_ONE_DAY = timedelta(days=1)


class Wording(NamedTuple):
    """A rule as it reads on the days from `since` to the eve of `until`."""

    rule: Rule
    since: date
    until: date

    def holds_on(self, day: date) -> bool:
        """Tell whether this wording is in force on a day."""
        return self.since <= day < self.until


def wordings(agreement: Agreement) -> dict[str, list[Wording]]:
    """Give every rule's wordings by its id, oldest first; ids in the order they came up."""
    found: dict[str, list[Wording]] = {}
    versions = agreement.versions
    untils = [*(version.since for version in versions[1:]), date.max]
    for version, until in zip(versions, untils, strict=True):
        for rule in version.agreement.rules:
            known = found.setdefault(rule.id, [])
            if known and known[-1].rule is rule:
                known[-1] = known[-1]._replace(until=until)
            elif version.since < until:
                known.append(Wording(rule, version.since, until))
    return found


class AmendedDerivation:
    """The obligations of one agreement, over all its wordings and terms."""

    def __init__(
        self,
        agreement: Agreement,
        calendar: Calendar,
        events: Sequence[Event],
        until: date | None,
        reach: date | None = None,
    ) -> None:
        """Take the terms, the facts about this agreement, and the horizon of recurring duties.

        Without a horizon, terms by silence are followed up to `reach`.
        """
        self.agreement = agreement
        self.calendar = calendar
        self.events = events
        self.until = until
        self.succession = succession(agreement, events, until, reach)
        self.stretches = self.succession.stretches()
        self.ends = self.succession.terms[-1].ends
        self.wordings = wordings(agreement)
        self.done: dict[str, list[Obligation]] = {}
        following = self.succession.following
        self.beyond = following.first if following else None

    def all(self) -> list[Obligation]:
        """Give the obligations in the order in which their rules came up."""
        return [found for rule_id in self.wordings for found in self.of(rule_id) if found.rule.enabled]

    def of(self, rule_id: str) -> list[Obligation]:
        """Give the obligations of one rule, one a key."""
        found = self.done.get(rule_id)
        if found is None:
            found = self.done[rule_id] = [self._settled(each) for each in self._once_each(rule_id)]
        return found

    def _once_each(self, rule_id: str) -> list[Obligation]:
        by_key: dict[str, Obligation] = {}
        waiting: list[Obligation] = []
        moved_date: str | None = None
        for wording in self.wordings[rule_id]:
            if isinstance(wording.rule.due, OnDate):
                moved_date = self._on_date(wording, wording.rule.due, moved_date, by_key)
                continue
            derivation = _WordingDerivation(self, wording)
            for each in derivation.of(wording.rule):
                if each.state is State.WAITING:
                    waiting = [each] if wording.until == date.max else []
                elif each.key not in by_key or not _fell_due_before(wording, each):
                    by_key[each.key] = each
            if derivation.beyond is not None:
                self.beyond = min(self.beyond or derivation.beyond, derivation.beyond)
        found = list(by_key.values())
        return found if any(each.trigger for each in found) else [*found, *waiting]

    def _on_date(
        self, wording: Wording, due: OnDate, moved: str | None, by_key: dict[str, Obligation]
    ) -> str | None:
        """Add a stated date under the name it had first, unless an addendum takes it away in time."""
        name = moved or due.day.isoformat()
        last = wording is self.wordings[wording.rule.id][-1]
        if due.day >= wording.until and not last:
            return name
        if due.day < wording.until:
            (found,) = _WordingDerivation(self, wording).of(wording.rule)
            by_key[found._replace(occurrence=name).key] = found._replace(occurrence=name)
        return None

    def _settled(self, found: Obligation) -> Obligation:
        """Say why a duty is settled by how its term, or the agreement, went on."""
        if found.ended == Ended.ENDED_EARLY and found.rule.survives:
            return found._replace(ended=None)
        if found.ended is not None:
            return found
        why = None
        if self._renewed(found):
            why = Ended.RENEWED
        elif self._cut_off(found):
            why = Ended.ENDED_EARLY
        return found if why is None else found._replace(ended=why)

    def _renewed(self, found: Obligation) -> bool:
        side = _side_of_term_end(found.rule)
        after = self.succession.after(found.term) if found.term and side else None
        if after is None or found.term is None:
            return False
        if side is Side.BEFORE:
            return after.origin is Origin.ADDENDUM
        # What follows the end of the agreement is not owed while the agreement goes on.
        return after.first <= found.term.ends[-1].day + _ONE_DAY

    def _cut_off(self, found: Obligation) -> bool:
        ended_on = self.succession.ended_on
        if ended_on is None or found.rule.survives or found.trigger or found.deadline is None:
            return False
        if isinstance(found.rule.due, Recurring):
            return False  # its period lay in the days in force: it had arisen before
        notice = _side_of_term_end(found.rule) is Side.BEFORE
        if notice and found.term is not None and found.term.cut_on is not None:
            return True
        return found.deadline.act_by > ended_on


def _side_of_term_end(rule: Rule) -> Side | None:
    due = rule.due
    at_end = isinstance(due, Counted) and due.anchor.kind is AnchorKind.TERM_END
    return due.side if at_end and isinstance(due, Counted) else None


def _fell_due_before(wording: Wording, found: Obligation) -> bool:
    """Tell whether a deadline counted from a term's end lies before its wording was in force."""
    return (
        _side_of_term_end(wording.rule) is not None
        and found.deadline is not None
        and found.deadline.likely < wording.since
    )


class _WordingDerivation(Derivation):
    """The obligations of one wording of one rule: those whose own day lies while it is in force."""

    def __init__(self, whole: AmendedDerivation, wording: Wording) -> None:
        super().__init__(whole.agreement, whole.calendar, whole.events, whole.until)
        self.whole = whole
        self.wording = wording
        ended_on = None if wording.rule.survives else whole.succession.ended_on
        self.events = [
            event
            for event in whole.events
            if wording.holds_on(event.happened_on) and (ended_on is None or event.happened_on <= ended_on)
        ]

    def occurrences(self, rule: Rule) -> Iterator[Obligation]:
        """Work out the obligations of this wording."""
        found = super().occurrences(rule)
        if isinstance(rule.due, Standing) or (isinstance(rule.due, Undated) and rule.trigger is None):
            gone_from = None if self.wording.until == date.max else self.wording.until
            found = (each._replace(gone_from=gone_from) for each in found)
        return found

    def _counted(self, rule: Rule, due: Counted) -> Iterator[Obligation]:
        for each in super()._counted(rule, due):
            if each.occurrence != SIGNING or self.wording.holds_on(self.agreement.signed.day):
                yield each

    def _at_term_end(self, rule: Rule, due: Counted) -> Iterator[Obligation]:
        for term in self.whole.succession.terms:
            if term.last < self.wording.since:
                continue
            ends = term.planned_ends(rule) if due.side is Side.BEFORE else term.ends_for(rule)
            found = self._from_anchor(rule, due, ends, self.agreement.signed.day)
            if self._still_a_rule(term, found.likely):
                goes_on = self.whole.succession.goes_on_by_silence(term)
                yield self._open(rule, term.name, found)._replace(term=term, goes_on=goes_on)

    def _still_a_rule(self, term: NumberedTerm, due_day: date) -> bool:
        """Tell whether the rule is counted from the end of a term on the day it falls due."""
        day = min(due_day, term.last)
        if day < self.wording.until:
            return True
        return any(
            wording.holds_on(day) and _side_of_term_end(wording.rule) is not None
            for wording in self.whole.wordings[self.wording.rule.id]
        )

    def _earlier(self, rule_id: str) -> list[Obligation]:
        return [each for each in self.whole.of(rule_id) if self.wording.holds_on(_own_day(each))]

    def _rule_of(self, rule_id: str, occurrence: str) -> Rule:
        named = (each.rule for each in self.whole.of(rule_id) if each.occurrence == occurrence)
        return next(named, self.whole.wordings[rule_id][-1].rule)

    def _spans(self, every: Every, *, by_agreement_year: bool) -> Iterable[Span]:
        stretches = self.whole.stretches
        first, last = stretches[0][0], stretches[-1][1]
        spans = agreement_years(first, last) if by_agreement_year else calendar_periods(every, first, last)
        for span in spans:
            inside = [
                Span(span.name, max(span.first, begins), min(span.last, ends))
                for begins, ends in stretches
                if begins <= span.last and span.first <= ends
            ]
            if not inside:
                continue
            # A year's report falls due on its 31 December: an addendum after that asks for no other.
            december = last_december_day_in(inside[-1]) if by_agreement_year else None
            if self.wording.holds_on(december or inside[-1].last):
                yield inside[-1]


def _own_day(found: Obligation) -> date:
    if found.trigger is not None:
        return found.trigger.happened_on
    return found.deadline.likely if found.deadline else date.max - _ONE_DAY
