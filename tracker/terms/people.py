"""The sides of an agreement, the people named for them, and the units that look after agreements."""

import re
from datetime import date, time
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from tracker.terms.words import Frozen, Line, Slug

_WORD = re.compile(r"[^\W_]+")
_CLOCK = r"([01]\d|2[0-3]):[0-5]\d"
Window = Annotated[str, StringConstraints(pattern=rf"^{_CLOCK}-{_CLOCK}$")]


class Contact(Frozen):
    """The officer or function named for correspondence, with channels and from-to days."""

    id: Slug | None = None
    position: Line
    name: Line | None = None
    email: Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")] | None = None
    telegram: Annotated[int | None, Field(description="chat id")] = None
    phones: tuple[str, ...] = ()
    fax: str | None = None
    address: str | None = None
    language: Literal["id", "en"] = "id"
    to_confirm: Annotated[
        tuple[Literal["email", "telegram", "phones"], ...],
        Field(description="channels that were repaired or guessed: never used before a person confirms"),
    ] = ()
    since: date | None = None
    until: date | None = None
    substitute: Annotated[
        Slug | None, Field(description="id of the contact of this party who is told when this one is silent")
    ] = None
    succeeds: Annotated[Slug | None, Field(description="id of the contact whose post this one took over")] = (
        None
    )
    channels: Annotated[
        tuple[Literal["email", "telegram"], ...],
        Field(description="one way, the next where the one before is refused; empty: all ways at once"),
    ] = ()
    window: Annotated[Window | None, Field(description="when messages may come, such as 07:00-17:00")] = None
    digest: Annotated[
        Literal["off", "weekly"], Field(description="weekly: what is far off comes once a week")
    ] = "off"

    @property
    def hours(self) -> tuple[time, time] | None:
        """The local times between which messages may come; None: at any time."""
        if self.window is None:
            return None
        opens, closes = (time.fromisoformat(text) for text in self.window.split("-"))
        return opens, closes

    @model_validator(mode="after")
    def _opens_before_it_closes(self) -> Self:
        if self.hours is not None and self.hours[0] >= self.hours[1]:
            raise ValueError(f"window {self.window!r} closes before it opens, expected such as 07:00-17:00")
        return self

    @property
    def key(self) -> str:
        """The stable id of the contact within its party."""
        return self.id or _slug(self.position)

    def serves_on(self, day: date) -> bool:
        """Tell whether the contact holds the post on `day` (both ends included)."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


class Party(Frozen):
    """A side of the agreement, with its named contacts."""

    name: Line
    short: Line | None = None
    kind: Literal["government", "social-security", "private", "other"] = "government"
    address: str | None = None
    contacts: tuple[Contact, ...] = ()


class Unit(Frozen):
    """An office that looks after agreements: its managers hear what its officers leave unanswered."""

    name: Line
    managers: Annotated[tuple[Contact, ...], Field(min_length=1)]


class Units(Frozen):
    """What rules/units.yaml holds."""

    units: dict[Slug, Unit] = Field(default_factory=dict)


class Somebody(Frozen):
    """Somebody outside the parties to whom something is owed, such as a governor."""

    name: Line


def _slug(text: str) -> str:
    return "-".join(_WORD.findall(text.lower()))
