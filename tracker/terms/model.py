"""An agreement as frozen values: parties, contacts, term, rules, addenda, findings.

These models are the grammar of `rules/agreements/*.yaml`; `rules/schema.json` is generated from
them. They hold what the text says and who decided what about it; they compute nothing.
Dates are local calendar dates of `Agreement.timezone`.
"""

from collections.abc import Iterator
from datetime import date
from functools import cached_property
from typing import Annotated, Any, Literal, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field

from tracker.terms.addendum import Addendum
from tracker.terms.grammar import ENDED_EARLY
from tracker.terms.people import Contact, Party, Somebody
from tracker.terms.pins import Signed
from tracker.terms.rule import Rule
from tracker.terms.term import Term
from tracker.terms.words import Clause, Days, Frozen, Line, Names, Slug, Words


class CalendarChoice(Frozen):
    """The working-day calendar as the parties hold it."""

    holidays: Slug = "id"
    week: Literal["mon-fri", "mon-sat"] = "mon-fri"
    joint_leave: Annotated[
        Literal["off", "working"],
        Field(description="whether cuti bersama is likely a day off (off) or a working day"),
    ] = "off"


class Finding(Frozen):
    """What a careful reader noticed: repairs, conflicts, gaps, and how each was settled."""

    id: Slug
    about: Annotated[Names, Field(description="rule ids, signed, term, parties, contacts or clauses")]
    what: Words
    settled: Words
    by: Line
    on: date
    open: Annotated[bool, Field(description="still to be decided by a person")] = False


class Parent(Frozen):
    """A document this agreement stands under."""

    title: Line
    numbers: tuple[str, ...] = ()
    signed: date | None = None


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(
            f"{name!r} is not a time zone, expected Asia/Jakarta, Asia/Makassar or Asia/Jayapura"
        ) from None
    return name


class Agreement(Frozen):
    """One signed document with everything the service computes from."""

    id: Slug
    title: Line
    numbers: tuple[str, ...] = ()
    timezone: Annotated[str, AfterValidator(_known_zone)] = "Asia/Jakarta"
    place: str | None = None
    unit: Annotated[
        Slug | None, Field(description="the unit of rules/units.yaml that looks after the agreement")
    ] = None
    signed: Signed
    parents: tuple[Parent, ...] = ()
    parties: Annotated[dict[Slug, Party], Field(min_length=2)]
    others: dict[Slug, Somebody] = Field(default_factory=dict)
    term: Term
    calendar: CalendarChoice = CalendarChoice()
    clauses: tuple[Clause, ...] = ()
    remind: dict[Slug, tuple[Days, ...]] = Field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    addenda: tuple[Addendum, ...] = ()
    findings: tuple[Finding, ...] = ()

    @cached_property
    def zone(self) -> ZoneInfo:
        """The zone in which this agreement's days begin and end."""
        return ZoneInfo(self.timezone)

    @cached_property
    def rule_by_id(self) -> dict[str, Rule]:
        """The rules by their ids."""
        return {rule.id: rule for rule in self.rules}

    @cached_property
    def versions(self) -> tuple["Version", ...]:
        """How the agreement read over time: as signed, then after each addendum, oldest first."""
        if not self.addenda:
            return (Version(date.min, self, None),)
        found = [Version(date.min, self.reading_as(addenda=()), None)]
        for addendum in sorted(self.addenda, key=lambda addendum: addendum.in_force_from):
            before = found[-1].agreement
            amended = before.reading_as(
                term=addendum.amended_term(before.term), rules=addendum.amended_rules(before.rules)
            )
            found.append(Version(addendum.in_force_from, amended, addendum))
        return tuple(found)

    def in_force(self, day: date) -> "Agreement":
        """Give the agreement as it read on `day`; without addenda it is the agreement itself."""
        if not self.addenda:
            return self
        return next(version.agreement for version in reversed(self.versions) if version.since <= day)

    def reading_as(self, **changed: Any) -> "Agreement":
        """Give the agreement with some fields changed; they are not validated again."""
        # Not model_copy: it would take the cached values along.
        fields = {name: getattr(self, name) for name in type(self).model_fields}
        return Agreement.model_construct(**(fields | changed))

    def event_kinds(self) -> set[str]:
        """Give the kinds of events that some rule waits for, or that make its duty moot."""
        rules = [*self.rules, *(rule for addendum in self.addenda for rule in addendum.rules)]
        kinds = {kind for rule in rules for kind in (rule.trigger_event, rule.unless) if kind is not None}
        return kinds | {ENDED_EARLY}

    def contacts(self) -> Iterator[tuple[str, Contact]]:
        """Yield every named contact with the key of its party."""
        for key, party in self.parties.items():
            for contact in party.contacts:
                yield key, contact


class Version(NamedTuple):
    """How an agreement read from a day on, and the addendum that made it so (None: as signed)."""

    since: date
    agreement: Agreement
    addendum: Addendum | None
