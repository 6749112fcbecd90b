"""The sides of an agreement and the people named for them."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from tracker.terms.words import Frozen, Line, Slug


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


class Somebody(Frozen):
    """Somebody outside the parties to whom something is owed, such as a governor."""

    name: Line


def _slug(text: str) -> str:
    words = "".join(letter if letter.isalnum() else " " for letter in text.lower()).split()
    return "-".join(words)
