"""A clause made computable: who must do what by when, and what a miss costs."""

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema, model_validator

from tracker.terms.grammar import EXPECTED_DUE, AnchorKind, Counted, Due, Undated, parse_due
from tracker.terms.pins import Pin
from tracker.terms.words import Clause, Days, Frozen, Line, Names, Slug, Words


def _due_from_text(value: object) -> object:
    if isinstance(value, Due):
        return value
    return parse_due(value if isinstance(value, str) else repr(value))


DueLine = Annotated[
    Due,
    BeforeValidator(_due_from_text),
    PlainSerializer(str, return_type=str),
    WithJsonSchema(
        {
            "type": "string",
            "description": EXPECTED_DUE,
            "examples": [
                "30 calendar days before term end",
                "14 working days after force-majeure-occurred",
                "every semester",
                "before term end",
                "undated",
            ],
        }
    ),
]


class Duty(Frozen):
    """Who must do what towards whom, in which form."""

    by: Annotated[Line, Field(description="a party, or either, both, affected")]
    to: Annotated[Names, Field(description="a party, other, both, or somebody named under others")]
    act: Words | None = None
    form: tuple[Slug, ...] = ()


class Cost(StrEnum):
    """What a missed duty costs."""

    FORFEITURE = "forfeiture"
    LAPSE = "lapse"
    LIABILITY = "liability"
    REFUSAL = "refusal"
    DELAY = "delay"
    NONE_STATED = "none stated"


class Rule(Frozen):
    """A clause made computable."""

    id: Slug
    clause: Clause | None = None
    duty: Duty
    due: DueLine
    trigger: Annotated[Slug | None, Field(description="event that opens an undated duty")] = None
    unless: Annotated[
        Slug | None, Field(description="event that makes the duty moot while it can still be met")
    ] = None
    if_missed: Cost | None = None
    consequence: Words | None = None
    summary: Words | None = None
    question: Words | None = None
    ladder: Annotated[Slug | None, Field(description="kind in reminders.yaml; else by the rule's id")] = None
    remind: tuple[Days, ...] | None = None
    basis: Literal["contract", "law"] = "contract"
    law: Line | None = None
    enabled: bool = True
    optional: Annotated[bool, Field(description="the text says may ('dapat'), not must")] = False
    survives: Annotated[bool, Field(description="goes on after the agreement has ended")] = False
    pins: tuple[Pin, ...] = ()

    @property
    def trigger_event(self) -> str | None:
        """The kind of event that must happen before this duty has a date; None if none."""
        if isinstance(self.due, Counted):
            return self.due.anchor.event_kind
        return self.trigger

    @property
    def chained_to(self) -> str | None:
        """The id of the rule whose due day or fulfilment starts this one."""
        if isinstance(self.due, Counted) and self.due.anchor.kind in (
            AnchorKind.RULE_DUE,
            AnchorKind.RULE_FULFILLED,
        ):
            return self.due.anchor.name
        return None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if isinstance(self.due, Undated) and self.question is None:
            raise ValueError("an undated duty is an open question, expected 'question: {id:, en:}'")
        if self.trigger is not None and not isinstance(self.due, Undated):
            raise ValueError("'trigger' opens an undated duty; a dated one names its event in 'due'")
        if self.unless is not None and self.trigger_event is None and self.chained_to is None:
            raise ValueError("'unless' is for a duty that an event starts; this one has no such event")
        if self.basis == "law" and self.law is None:
            raise ValueError("a statutory rule names its law, expected 'law: PP 44/2015 art. 21'")
        return self
