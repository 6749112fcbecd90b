"""What became of one obligation: a fold over the facts that are about it. Pure.

Only proof closes: a proof counts until a reviewer rejects it or the obligation is reopened, and a
duty with several addressees or enclosures is fulfilled when every part of it is. Acknowledging and
snoozing close nothing. What a person decides stands beside what was computed, never instead of it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from tracker.events import kinds
from tracker.events.model import Event
from tracker.obligations.deadline import Deadline
from tracker.obligations.model import State
from tracker.terms.rule import Rule

_ENCLOSURES = frozenset({"official-certificate", "evidence", "annexed-data", "participant-list"})


class Proof(NamedTuple):
    """One proof that a duty, or a part of it, was done; `accepted` is None until it is reviewed."""

    number: int
    served_on: date
    sent_on: date | None
    received_on: date | None
    parts: frozenset[str]
    accepted: bool | None
    fact: Event


class Override(NamedTuple):
    """Another day to act by, with who decided and why; the computed one stays beside it."""

    act_by: date
    by: str
    why: str


class Verdict(NamedTuple):
    """When a duty was done, and how many days after each figure; zero or less is in time."""

    day: date
    after_safe: int
    after_likely: int
    after_latest: int

    @property
    def in_time(self) -> bool:
        """Whether it was in time on every strong reading."""
        return self.after_safe <= 0


@dataclass(frozen=True, slots=True)
class Life:
    """Where an obligation stands; `state` is None while nothing has closed it.

    `at` is the instant (UTC) at which what closed it was recorded, `why` the kind of that fact.
    """

    state: State | None = None
    at: datetime | None = None
    why: str | None = None
    proofs: tuple[Proof, ...] = ()
    missing: tuple[str, ...] = ()
    acknowledged_until: date | None = None
    snoozed_until: date | None = None
    override: Override | None = None
    reopened: Event | None = None
    """The last fact by which a person said that it is still owed."""


UNTOUCHED = Life()


def parts_of(rule: Rule) -> tuple[str, ...]:
    """Give the parts of a duty that must each be proved; none where it is done in one piece."""
    addressees = rule.duty.to if len(rule.duty.to) > 1 else ()
    enclosures = tuple(form for form in rule.duty.form if form in _ENCLOSURES)
    return (*addressees, *enclosures)


def life_of(rule: Rule, facts: Sequence[Event], acknowledged_days: int) -> Life:
    """Fold the facts about one obligation, in the order in which they hold.

    An acknowledgement without an end expires after `acknowledged_days`.
    """
    if not facts:
        return UNTOUCHED
    since = next((place for place in _places(facts, kinds.REOPENED)), -1)
    now = facts[since + 1 :]
    proofs = _proofs(rule, now)
    done, missing = _completed(rule, proofs)
    waiver = next((fact for fact in now if fact.kind == kinds.WAIVED), None)
    closing, state = (done, State.FULFILLED) if done else (waiver, State.WAIVED)
    return Life(
        state=state if closing else None,
        at=closing.recorded_at if closing else None,
        why=closing.kind if closing else None,
        proofs=proofs,
        missing=missing,
        acknowledged_until=_acknowledged_until(now, acknowledged_days),
        snoozed_until=_last_day(now, kinds.SNOOZED, "until"),
        override=_override(facts),
        reopened=facts[since] if since >= 0 else None,
    )


def fulfilled_by(rule: Rule, facts: Sequence[Event]) -> Event | None:
    """Give the proof that completed a duty, None while a part of it is missing.

    `facts` are all that is about one obligation, in the order in which they hold.
    """
    reopened = next(_places(facts, kinds.REOPENED), -1)
    return _completed(rule, _proofs(rule, facts[reopened + 1 :]))[0]


def _places(facts: Sequence[Event], kind: str) -> Iterator[int]:
    return (place for place in range(len(facts) - 1, -1, -1) if facts[place].kind == kind)


def _proofs(rule: Rule, facts: Sequence[Event]) -> tuple[Proof, ...]:
    reviews = {
        int(fact.details["proof"]): fact.kind == kinds.ACCEPTED
        for fact in facts
        if fact.kind in (kinds.ACCEPTED, kinds.REJECTED)
    }
    return tuple(_proof(rule, fact, reviews) for fact in facts if fact.kind in kinds.FULFILLING)


def _proof(rule: Rule, fact: Event, reviews: Mapping[int, bool]) -> Proof:
    sent, received = _day(fact, "sent_on"), _day(fact, "received_on")
    served = received or sent or fact.happened_on
    number = fact.number or 0
    return Proof(number, served, sent, received, _parts_in(rule, fact), reviews.get(number), fact)


def _parts_in(rule: Rule, fact: Event) -> frozenset[str]:
    """Give the parts a proof covers: those it names, and every addressee where it names none."""
    to, form = fact.details.get("to"), fact.details.get("form")
    addressees = to.split("+") if to else list(rule.duty.to)
    return frozenset((*addressees, *(form.split("+") if form else ())))


def _completed(rule: Rule, proofs: Iterable[Proof]) -> tuple[Event | None, tuple[str, ...]]:
    """Give the fact that completed the duty, or the parts that are still missing."""
    wanted = parts_of(rule)
    missing = set(wanted)
    for proof in proofs:
        if proof.accepted is False:
            continue
        missing -= proof.parts
        if not missing:
            return proof.fact, ()
    return None, tuple(part for part in wanted if part in missing)


def _acknowledged_until(facts: Sequence[Event], days: int) -> date | None:
    for place in _places(facts, kinds.ACKNOWLEDGED):
        fact = facts[place]
        return _day(fact, "until") or fact.happened_on + timedelta(days=days)
    return None


def _last_day(facts: Sequence[Event], kind: str, name: str) -> date | None:
    return next((_day(facts[place], name) for place in _places(facts, kind)), None)


def _override(facts: Sequence[Event]) -> Override | None:
    for place in _places(facts, kinds.OVERRIDDEN):
        fact = facts[place]
        day = _day(fact, "act_by")
        return Override(day, fact.recorded_by, fact.details["why"]) if day else None
    return None


def _day(fact: Event, name: str) -> date | None:
    text = fact.details.get(name)
    return date.fromisoformat(text) if text else None


def done_on(rule: Rule, life: Life) -> date | None:
    """Give the day on which a fulfilled duty was done: that of its last part; None where it is not."""
    if life.state is not State.FULFILLED:
        return None
    good = [proof for proof in life.proofs if proof.accepted is not False]
    firsts = [min(proof.served_on for proof in good if part in proof.parts) for part in parts_of(rule)]
    return max(firsts) if firsts else min(proof.served_on for proof in good)


def verdict(rule: Rule, life: Life, deadline: Deadline | None) -> Verdict | None:
    """Tell whether a fulfilled duty was in time; None where it is not fulfilled or has no date.

    The earliest proof of each part counts.
    """
    day = done_on(rule, life)
    if deadline is None or day is None:
        return None
    return Verdict(
        day, (day - deadline.safe).days, (day - deadline.likely).days, (day - deadline.latest).days
    )
