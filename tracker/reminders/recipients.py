"""Who is told, and over which channel. Pure.

A duty's holder decides whose contacts are told; where nobody can be reached (no contact named, no
usable address, an address nobody has confirmed), the fallback contact is told, and told why.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal

from tracker.terms.model import Agreement
from tracker.terms.people import Contact

FALLBACK = "fallback"
FILE, EMAIL, TELEGRAM = "file", "email", "telegram"
CHANNELS = (FILE, EMAIL, TELEGRAM)


class Detour(StrEnum):
    """Why an alert went to the fallback contact."""

    NO_CONTACT = "no-contact"
    NO_ADDRESS = "no-address"
    UNCONFIRMED = "unconfirmed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Fallback:
    """The configured person who is told where nobody else can be."""

    name: str
    email: str | None = None
    telegram: int | None = None
    language: Literal["id", "en"] = "id"


@dataclass(frozen=True, slots=True)
class Route:
    """One alert's way: the contact, the channel and address, and why a detour was taken."""

    contact: str
    recipient: str
    language: Literal["id", "en"]
    channel: str
    address: str
    detour: Detour | None = None
    instead_of: str = ""


@dataclass(frozen=True, slots=True)
class Routing:
    """What is configured: the channels that can be used, and the fallback contact."""

    channels: frozenset[str]
    fallback: Fallback

    def routes(self, agreement: Agreement, holder: str, affected: str | None, day: date) -> list[Route]:
        """Give the ways to everybody who must hear of a duty on `day`; never an empty list."""
        people = list(holders(agreement, holder, affected, day))
        if not people:
            return self.fallback_routes(Detour.NO_CONTACT, _party_names(agreement, holder, affected))
        found: dict[tuple[str, str], Route] = {}
        for party, contact in people:
            for route in self.routes_to(agreement, party, contact):
                found.setdefault((route.contact, route.channel), route)
        return list(found.values())

    def fallback_routes(self, detour: Detour, instead_of: str) -> list[Route]:
        """Give the ways to the fallback contact; the folder where it has no address either."""
        addresses = self._addresses(self.fallback.email, self.fallback.telegram, self.fallback.name)
        addresses = addresses or [(FILE, self.fallback.name)]
        return [
            Route(FALLBACK, self.fallback.name, self.fallback.language, channel, address, detour, instead_of)
            for channel, address in addresses
        ]

    def operator_routes(self, broken: str | None = None) -> list[Route]:
        """Give the ways to whoever runs the service, none of them over a channel that is broken."""
        to = self.fallback
        ways = [way for way in self._addresses(to.email, to.telegram, to.name) if way[0] != broken]
        if not ways and broken != FILE:
            ways = [(FILE, to.name)]
        return [Route(FALLBACK, to.name, to.language, channel, address) for channel, address in ways]

    def routes_to(self, agreement: Agreement, party: str, contact: Contact) -> list[Route]:
        """Give the ways to one contact of a party; to the fallback contact where there is none."""
        recipient = f"{contact.position} ({agreement.parties[party].short or agreement.parties[party].name})"
        if contact.name:
            recipient = f"{contact.name}, {recipient}"
        trusted = FILE in self.channels  # writing to a folder reaches nobody by accident
        email = contact.email if trusted or "email" not in contact.to_confirm else None
        telegram = contact.telegram if trusted or "telegram" not in contact.to_confirm else None
        addresses = self._addresses(email, telegram, contact.position)
        if not addresses:
            unconfirmed = contact.email is not None or contact.telegram is not None
            detour = Detour.UNCONFIRMED if unconfirmed and contact.to_confirm else Detour.NO_ADDRESS
            return self.fallback_routes(detour, recipient)
        key = f"{party}:{contact.key}"
        return [Route(key, recipient, contact.language, channel, address) for channel, address in addresses]

    def _addresses(self, email: str | None, telegram: int | None, label: str) -> list[tuple[str, str]]:
        found = []
        if FILE in self.channels:
            found.append((FILE, email or label))
        if EMAIL in self.channels and email:
            found.append((EMAIL, email))
        if TELEGRAM in self.channels and telegram is not None:
            found.append((TELEGRAM, str(telegram)))
        return found


def holders(
    agreement: Agreement, holder: str, affected: str | None, day: date
) -> Iterator[tuple[str, Contact]]:
    """Yield the contacts, with their party, who answer for a duty on `day`."""
    for party in holding_parties(agreement, holder, affected):
        for contact in agreement.parties[party].contacts:
            if contact.serves_on(day):
                yield party, contact


def holding_parties(agreement: Agreement, holder: str, affected: str | None) -> tuple[str, ...]:
    """Give the parties that hold a duty; where it is open which one, all of them."""
    if holder in agreement.parties:
        return (holder,)
    if holder == "affected" and affected in agreement.parties:
        return (affected,)
    return tuple(agreement.parties)


def _party_names(agreement: Agreement, holder: str, affected: str | None) -> str:
    parties = holding_parties(agreement, holder, affected)
    return "; ".join(agreement.parties[party].short or agreement.parties[party].name for party in parties)
