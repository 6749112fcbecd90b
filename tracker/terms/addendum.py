"""An addendum: what a later signed document changes in an agreement, and from which day."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from pydantic import Field

from tracker.terms.rule import Rule
from tracker.terms.term import Term
from tracker.terms.words import Clause, Frozen, Slug, Words


class Addendum(Frozen):
    """One addendum: a changed or further term, rules that replace or join, rules that go."""

    numbers: tuple[str, ...] = ()
    signed: date
    in_force_from: Annotated[date, Field(description="first day on which the agreement reads like this")]
    clause: Clause | None = None
    why: Words | None = None
    term: Annotated[
        Term | None,
        Field(description="starts like the current term: changes it; starts later: adds the next term"),
    ] = None
    rules: Annotated[
        tuple[Rule, ...], Field(description="each replaces the rule with the same id, or is added")
    ] = ()
    removed: Annotated[tuple[Slug, ...], Field(description="ids of rules that no longer hold")] = ()

    def amended_term(self, before: Term) -> Term:
        """Give the term after this addendum; silence at its end means what it meant before."""
        if self.term is None:
            return before
        if self.term.renewal is not None or before.renewal is None:
            return self.term
        return self.term.model_copy(update={"renewal": before.renewal})

    def amended_rules(self, before: Sequence[Rule]) -> tuple[Rule, ...]:
        """Give the rules after this addendum: replaced in their places, new ones at the end."""
        new = {rule.id: rule for rule in self.rules}
        kept = [new.pop(rule.id, rule) for rule in before if rule.id not in self.removed]
        return (*kept, *new.values())
