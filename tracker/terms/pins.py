"""Choices of counting that a person decided, and the signing day with its readings."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import Field, GetJsonSchemaHandler, model_validator

from tracker.terms.words import Frozen, Line, Words, or_short


class Axis(StrEnum):
    """The independent choices a reading is made of (see rules/README.md, "Tafsir")."""

    SIGNED = "signed"
    LAST_DAY = "last-day"
    NOTICE = "notice"
    ROUNDING = "rounding"
    START = "start"
    UNIT = "unit"
    JOINT_LEAVE = "joint-leave"
    WEEK = "week"
    YEAR = "year"


AXIS_CHOICES: dict[Axis, tuple[str, ...]] = {
    Axis.SIGNED: (),
    Axis.LAST_DAY: ("inclusive", "anniversary"),
    Axis.NOTICE: ("plain", "clear-days", "counted"),
    Axis.ROUNDING: ("down", "up", "thirty-days"),
    Axis.START: ("excluded", "included"),
    Axis.UNIT: ("calendar", "working"),
    Axis.JOINT_LEAVE: ("off", "working"),
    Axis.WEEK: ("mon-fri", "mon-sat"),
    Axis.YEAR: ("calendar", "agreement"),
}


class Pin(Frozen):
    """A person's decision for one choice; the other readings of that axis fall away."""

    axis: Axis
    choice: Line
    by: Line
    on: date
    why: Words

    @model_validator(mode="after")
    def _known_choice(self) -> Self:
        allowed = AXIS_CHOICES[self.axis]
        if not allowed:
            raise ValueError("the signing date is pinned under 'signed: {pin: ...}', not here")
        if self.choice not in allowed:
            raise ValueError(
                f"{self.choice!r} is not a choice of {self.axis}, expected one of {', '.join(allowed)}"
            )
        return self


class Decision(Frozen):
    """Who settled something, when, and why."""

    by: Line
    on: date
    why: Words


class SignedReading(Frozen):
    """Another date the text gives for the signing."""

    day: Annotated[date, Field(alias="date")]
    weight: Literal["strong", "plausible", "weak"] = "weak"
    why: Words


class Signed(Frozen):
    """The signing day; where the text contradicts itself, the other readings and the pin."""

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Allow the short form in the schema too."""
        return or_short(schema, handler, {"type": "string", "format": "date"})

    day: Annotated[date, Field(alias="date")]
    readings: tuple[SignedReading, ...] = ()
    pin: Decision | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_plain_date(cls, value: Any) -> Any:
        return {"date": value} if isinstance(value, str | date) else value
