"""What a proof page tells, as one frozen value; its wording is elsewhere. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from tracker.events import kinds
from tracker.events.log import numbered
from tracker.events.model import Event
from tracker.obligations.life import Life, Verdict, verdict
from tracker.obligations.model import Obligation, State
from tracker.obligations.windows import Window
from tracker.terms.grammar import ENDED_EARLY
from tracker.terms.model import Agreement
from tracker.terms.pins import Pin


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """One file that a proof names; `fault` says why it cannot be shown, None where it is whole."""

    digest: str
    media_type: str = ""
    size: int = 0
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to deliver a message, and the server's answer."""

    at: datetime
    outcome: str
    answer: str


@dataclass(frozen=True, slots=True)
class Told:
    """One message to one person on one channel."""

    point: str
    recipient: str
    channel: str
    address: str
    state: str
    created_at: datetime
    accepted_at: datetime | None = None
    attempts: tuple[Attempt, ...] = ()


@dataclass(frozen=True, slots=True)
class Chain:
    """The agreement's event log: how long, the digest of its last entry, and what is wrong with it."""

    length: int
    digest: str
    breaks: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True)
class ProofPage:
    """Everything that is known of one obligation, as of `now`, for a reader of `language`."""

    language: str
    now: datetime
    agreement: Agreement
    obligation: Obligation
    state: State
    steps: tuple[str, ...]
    life: Life
    facts: tuple[Event, ...]
    """The facts about it that hold, corrected where they were corrected."""

    log: tuple[Event, ...]
    """The entries of the agreement's log that concern it, as they were recorded."""

    chain: Chain
    told: tuple[Told, ...] = ()
    evidence: Mapping[str, EvidenceFile] | None = None
    closed_why: str | None = None
    window: Window | None = None
    """For a wish to end early: whether it could be reached, on the day of the notice or else today."""

    @property
    def act_by(self) -> date | None:
        """The day to act by: the computed one, or the one a person has set instead."""
        if self.life.override is not None:
            return self.life.override.act_by
        return self.obligation.deadline.act_by if self.obligation.deadline else None

    @property
    def judged(self) -> Verdict | None:
        """In time or late; None where it is not fulfilled or has no date."""
        return verdict(self.obligation.rule, self.life, self.obligation.deadline)

    @property
    def pins(self) -> tuple[Pin, ...]:
        """The readings that persons have settled, of the term and of this rule."""
        return (*self.agreement.term.pins, *self.obligation.rule.pins)

    def of_kind(self, wanted: frozenset[str]) -> list[Event]:
        """Give the facts of some kinds, in the order in which they hold."""
        return [fact for fact in self.facts if fact.kind in wanted]

    def review(self, proof: Event) -> Event | None:
        """Give the last review of a proof; None while nobody has looked at it."""
        reviews = self.of_kind(frozenset({kinds.ACCEPTED, kinds.REJECTED}))
        return next((one for one in reversed(reviews) if int(one.details["proof"]) == proof.number), None)

    def file(self, proof: Event) -> EvidenceFile | None:
        """Give the evidence file of a proof; None where it names none."""
        digest = proof.details.get("evidence")
        return (self.evidence or {}).get(digest, EvidenceFile(digest, fault="?")) if digest else None


def concerning(log: Sequence[Event], obligation: Obligation, facts: Sequence[Event]) -> Iterator[Event]:
    """Find the entries of a log that concern an obligation: facts, decisions, and what corrects them.

    `facts` are those that hold about it. Entries that name it as they were recorded are found too,
    so that a withdrawn fact is still shown; and new terms and decrees, since they may move its date.
    """
    roots = {fact.number for fact in facts}
    if obligation.trigger is not None:
        roots.add(obligation.trigger.number)
    found: set[int | None] = set()
    for entry in log:
        if entry.kind == kinds.CORRECTED:
            target = int(entry.details["corrects"])
            wanted = target in found or target in roots
        else:
            wanted = entry.number in roots or _names(entry, obligation)
        if wanted:
            found.add(entry.number)
            yield entry


def _names(entry: Event, obligation: Obligation) -> bool:
    if entry.kind in kinds.BY_THE_SERVICE:
        return True
    rule, occurrence = entry.details.get("rule"), entry.details.get("occurrence")
    if entry.kind == kinds.PINNED:
        return rule in (obligation.rule.id, kinds.TERM_OF_AGREEMENT)
    if entry.kind == ENDED_EARLY:
        return True
    return entry.kind in kinds.ABOUT_ONE_OBLIGATION and (rule, occurrence) == (
        obligation.rule.id,
        obligation.occurrence,
    )


def corrected_by(log: Sequence[Event], number: int | None) -> Event | None:
    """Give the last correction of an entry; None where nobody corrected it."""
    later = None
    for entry in log:
        if entry.kind == kinds.CORRECTED and number is not None and first_of(log, entry) == number:
            later = entry
    return later


def first_of(log: Sequence[Event], entry: Event) -> int | None:
    """Give the number of the fact that a correction, or a correction of one, is about."""
    while entry.kind == kinds.CORRECTED:
        earlier = numbered(log, int(entry.details["corrects"]))
        if earlier is None:
            return int(entry.details["corrects"])
        entry = earlier
    return entry.number
