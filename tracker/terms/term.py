"""From when to when an agreement is in force, and what silence does at the end."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema, model_validator

from tracker.base.iso import iso_date
from tracker.terms.grammar import EXPECTED_PERIOD, Period, Unit, parse_period
from tracker.terms.pins import Pin
from tracker.terms.words import Clause, Frozen, Slug


def _period_from_text(value: object) -> object:
    if isinstance(value, Period):
        return value
    return parse_period(value if isinstance(value, str) else repr(value))


def _start_from_text(value: object) -> object:
    text = value.isoformat() if isinstance(value, date) else str(value)
    if text == SIGNED:
        return text
    try:
        iso_date(f"{text}-01" if len(text) == len("2023-01") else text)
    except ValueError:
        raise ValueError(f"{text!r} is not a start, expected signed, YYYY-MM-DD or YYYY-MM") from None
    return text


SIGNED = "signed"
TERM_UNITS = (Unit.DAYS, Unit.CALENDAR_DAYS, Unit.WEEKS, Unit.MONTHS, Unit.YEARS)
PeriodLine = Annotated[
    Period,
    BeforeValidator(_period_from_text),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": "string", "description": EXPECTED_PERIOD, "examples": ["5 years", "17 months"]}),
]
StartText = Annotated[str, BeforeValidator(_start_from_text)]


def _countable(length: Period | None) -> None:
    if length is not None and (length.unit not in TERM_UNITS or length.count == 0):
        raise ValueError(f"a term of {length} cannot be counted, expected e.g. '5 years'")


class Renewal(Frozen):
    """What follows when a term ends and nobody says anything."""

    silence: Annotated[
        Literal["ends", "renews"], Field(description="renews: the next term follows by itself")
    ] = "ends"
    length: Annotated[
        PeriodLine | None, Field(description="how long the next term is; else as long as this one")
    ] = None
    stopped_by: Annotated[Slug | None, Field(description="id of the rule whose notice stops the renewal")] = (
        None
    )

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        _countable(self.length)
        if self.silence == "ends" and (self.length is not None or self.stopped_by is not None):
            raise ValueError("nothing follows by silence, expected 'silence: renews' or no other key")
        return self


class Term(Frozen):
    """From when to when the agreement is in force: a length from a start, or both ends stated."""

    length: PeriodLine | None = None
    start: Annotated[StartText, Field(alias="from", description="signed, YYYY-MM-DD or YYYY-MM")]
    end: Annotated[date | None, Field(alias="to")] = None
    clause: Clause | None = None
    pins: tuple[Pin, ...] = ()
    renewal: Renewal | None = None

    @model_validator(mode="after")
    def _counts(self) -> Self:
        _countable(self.length)
        return self

    @property
    def from_month(self) -> bool:
        """Tell whether the text names only a month as the start ("sejak bulan Januari")."""
        return len(self.start) == len("2023-01")

    def first_day(self, signed: date) -> date:
        """Give the day the term is counted from, for one reading of the signing day."""
        if self.start == SIGNED:
            return signed
        return date.fromisoformat(f"{self.start}-01" if self.from_month else self.start)

    @model_validator(mode="after")
    def _length_or_end(self) -> Self:
        if (self.length is None) == (self.end is None):
            raise ValueError("a term has either 'length' or 'to', expected exactly one of them")
        if self.end is not None and self.start != SIGNED and self.end < self.first_day(self.end):
            raise ValueError(f"the term ends on {self.end}, before it begins on {self.start}")
        return self

    @model_validator(mode="after")
    def _renewable(self) -> Self:
        if self.renewal is not None and self.renewal.silence == "renews" and self.next_length is None:
            raise ValueError("a term with a stated last day renews for an unknown time, expected a 'length'")
        return self

    @property
    def next_length(self) -> Period | None:
        """How long the term that follows by silence is; None where nothing follows."""
        if self.renewal is None or self.renewal.silence == "ends":
            return None
        return self.renewal.length or self.length
