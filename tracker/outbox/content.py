"""What one message says, as a frozen value that is stored with its alert. Pure.

Every sentence is already in the recipient's language; a channel only lays it out. What depends on
the moment of sending (days left, how late) is worked out by the channel from `Delivery.now`.
"""

from datetime import date, datetime, time, timedelta
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

BUTTONS_AT_MOST = 6
"""How many duties of a list get a button of their own."""


LATE_AFTER = timedelta(hours=1)
"""A reminder that is sent so long after its time says so."""


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Message(_Value):
    """What every message to one contact says."""

    language: Literal["id", "en"]
    timezone: str
    agreement: str
    agreement_title: str
    point: str
    """The step that led to it: T-14, T-0, overdue+3, at-once, T-7>manager, hand-over."""
    recipient: str
    """The contact's function (and name where known), with the party."""
    headline: str
    """What to do, or what this is, short enough for a subject line."""
    notes: tuple[str, ...] = ()
    """What else the reader must know: fallback recipient, missed reminders, provisional dates."""
    members: int = 0
    """How many alerts this message stands for, where it stands for several."""


class AlertContent(_Message):
    """The facts and sentences of one alert about one obligation."""

    agreement_numbers: tuple[str, ...]
    rule: str
    occurrence: str
    planned_for: datetime
    """The instant the point was planned for (UTC); a later sending says that it is late."""
    act_by: date
    safe: date
    likely: date
    strictest: date
    latest: date
    by_time: time | None = None
    """Local clock time on the likely day, where the text counts hours from a known moment."""
    act: str
    """What to do, in one or two plain sentences."""
    towards: str
    form: str
    clause: str
    cost: str
    why: tuple[str, ...]
    """Why this date: first where likely and safe differ, then the move to an office day."""


class ListItem(_Value):
    """One duty in a list."""

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
    agreement: str = ""
    """The title of its agreement, in a list about several."""
    contact: str = ""
    """Who answers for it, where that is not the one the message is for."""
    section: str = ""
    """Under which heading it stands; those of one section follow each other."""
    notes: tuple[str, ...] = ()
    """What else the reader must know of it: a provisional date, a contact who cannot be reached."""
    answer: str = ""
    """Who has answered it since this was sent, and how; a message that can be changed then says so."""


class ListContent(_Message):
    """The facts and sentences of one message about a list of duties."""

    lead: tuple[str, ...]
    items: tuple[ListItem, ...]
    """The most urgent first, those without a date last."""
    about: tuple[str, ...] = ()
    """Names of what else it is about, for us: so that the same is not said again."""
    more: int = 0
    """How many further duties there are, which the list leaves out."""
    link: str = ""
    """What the reader is asked to open; the lead says it too, for those who see no buttons."""
    sealed: str = ""
    """A name that stands in the lead and the link for a code, which is put in when this is sent."""


class HookContent(ListContent):
    """What a program is told: a list of nothing for people, and the body to send."""

    webhook: str
    """The id of the subscription."""
    name: str
    """Names what has happened: the same for every repeat."""
    url: str
    payload: str
    """The body, as JSON."""
    made_at: datetime


Content = AlertContent | ListContent
_CONTENT: TypeAdapter[Content] = TypeAdapter(
    Annotated[AlertContent | HookContent | ListContent, Field(union_mode="left_to_right")]
)
"""Each forbids what the other has: the first that fits is the one."""


def read_content(stored: str) -> Content:
    """Read what is stored with an alert."""
    return _CONTENT.validate_json(stored)
