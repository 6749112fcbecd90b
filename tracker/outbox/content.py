"""What one message says, as a frozen value that is stored with its alert. Pure.

Every sentence is already in the recipient's language; a channel only lays it out. What depends on
the moment of sending (days left, how late) is worked out by the channel from `Delivery.now`.
"""

from datetime import date, datetime, time
from typing import Literal

from pydantic import BaseModel, ConfigDict, TypeAdapter


class AlertContent(BaseModel):
    """The facts and sentences of one alert about one obligation to one contact."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    language: Literal["id", "en"]
    timezone: str
    agreement: str
    agreement_title: str
    agreement_numbers: tuple[str, ...]
    rule: str
    occurrence: str
    point: str
    """The step of the ladder: T-14, T-0, overdue+3, at-once."""
    planned_for: datetime
    """The instant the point was planned for (UTC); a later sending says that it is late."""
    act_by: date
    safe: date
    likely: date
    strictest: date
    latest: date
    by_time: time | None = None
    """Local clock time on the likely day, where the text counts hours from a known moment."""
    recipient: str
    """The contact's function (and name where known), with the party."""
    headline: str
    """What to do, short enough for a subject line."""
    act: str
    """What to do, in one or two plain sentences."""
    towards: str
    form: str
    clause: str
    cost: str
    why: tuple[str, ...]
    """Why this date: first where likely and safe differ, then the move to an office day."""
    notes: tuple[str, ...] = ()
    """What else the reader must know: fallback recipient, missed reminders, provisional dates."""


class ListItem(BaseModel):
    """One duty in a list."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    obligation: str
    """Its key: agreement / rule / occurrence."""
    act_by: date | None
    """None where the duty has no date."""
    by_time: time | None = None
    """Local clock time that goes with `act_by`."""
    headline: str
    towards: str
    clause: str
    cost: str


class ListContent(BaseModel):
    """The facts and sentences of one message about several duties to one contact."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    language: Literal["id", "en"]
    timezone: str
    agreement: str
    agreement_title: str
    point: str
    """What led to the list: hand-over."""
    recipient: str
    headline: str
    """What this list is, short enough for a subject line."""
    lead: tuple[str, ...]
    items: tuple[ListItem, ...]
    """The most urgent first, those without a date last."""
    notes: tuple[str, ...] = ()


Content = AlertContent | ListContent
_CONTENT: TypeAdapter[Content] = TypeAdapter(Content)


def read_content(stored: str) -> Content:
    """Read what is stored with an alert."""
    return _CONTENT.validate_json(stored)
