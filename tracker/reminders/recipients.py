"""Who is told, and over which channel. Pure.

A duty's holder decides whose contacts are told; a contact who stands in for another waits until that
one is silent or cannot be reached. Where nobody can be reached (no contact named, no usable address,
an address nobody has confirmed or a server has refused), the unit's managers are told, and told why;
without a unit, the fallback contact.
"""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum
from typing import Literal

from tracker.reminders.group_chats import GroupChat, Hears
from tracker.terms.model import Agreement
from tracker.terms.people import Contact, Unit

FALLBACK = "fallback"
FILE, EMAIL, TELEGRAM, WEBHOOK = "file", "email", "telegram", "webhook"
CHANNELS = (FILE, EMAIL, TELEGRAM, WEBHOOK)
"""Ways out; over the last one only programs are told."""
Address = tuple[str, str]
"""A channel, and what it calls the person there."""


class Role(StrEnum):
    """As what somebody is told."""

    OFFICER = "officer"
    SUBSTITUTE = "substitute"
    MANAGER = "manager"
    FALLBACK = "fallback"
    GROUP = "group"
    """A group chat hears of it too; nobody in it answers for it."""


class Detour(StrEnum):
    """Why an alert went to somebody else than the contact."""

    NO_CONTACT = "no-contact"
    NO_ADDRESS = "no-address"
    UNCONFIRMED = "unconfirmed"
    REFUSED = "refused"


def is_fallback(contact: str) -> bool:
    """Tell whether a contact key is that of the fallback contact, in its own name or in place of another."""
    return contact.partition(":")[0] == FALLBACK


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
    """The contact for whom somebody else is told, because of a detour or as its substitute."""
    role: Role = Role.OFFICER
    hours: tuple[time, time] | None = None
    """The local times between which messages are wished for."""
    weekly: bool = False
    """Whether what is far off shall come once a week."""


@dataclass(frozen=True, slots=True)
class Routing:
    """What is configured: the channels that can be used, the units, and the fallback contact."""

    channels: frozenset[str]
    fallback: Fallback
    units: Mapping[str, Unit] = field(default_factory=dict)
    doubtful: AbstractSet[Address] = frozenset()
    """Addresses that a server has refused, until a person confirms them."""
    chats: Mapping[str, int] = field(default_factory=dict)
    """Chats that were linked to e-mail addresses (in lower case)."""
    groups: Sequence[GroupChat] = ()
    """Group chats that hear of a unit."""

    def with_chats(self, chats: Mapping[str, int], groups: Sequence[GroupChat] = ()) -> "Routing":
        """Give the routing that also tells people in the chats they have linked, and groups of their unit."""
        return dataclasses.replace(self, chats=chats, groups=tuple(groups)) if chats or groups else self

    def without(self, doubtful: AbstractSet[Address]) -> "Routing":
        """Give the routing that leaves some addresses out."""
        return dataclasses.replace(self, doubtful=self.doubtful | doubtful) if doubtful else self

    def routes(
        self,
        agreement: Agreement,
        holder: str,
        affected: str | None,
        day: date,
        role: Role = Role.OFFICER,
    ) -> list[Route]:
        """Give the ways to everybody who must hear of a duty on `day` in a role.

        Never an empty list, but for substitutes where there are none.
        """
        if role in (Role.MANAGER, Role.FALLBACK):
            return self.manager_routes(agreement)
        ways = self._stand_ins if role is Role.SUBSTITUTE else self.routes_to
        people = list(holders(agreement, holder, affected, day))
        if not people and role is Role.OFFICER:
            return self.manager_routes(
                agreement, Detour.NO_CONTACT, _party_names(agreement, holder, affected)
            )
        found: dict[Address, Route] = {}
        for party, contact in people:
            for route in ways(agreement, party, contact, day):
                found.setdefault((route.contact, route.channel), route)
        return list(found.values())

    def routes_to(self, agreement: Agreement, party: str, contact: Contact, day: date) -> list[Route]:
        """Give the ways to one contact of a party; where there is none, to whoever is told instead."""
        recipient = _recipient(agreement, party, contact)
        routes = self._ways(f"{party}:{contact.key}", recipient, contact, Role.OFFICER)
        if routes:
            return routes
        detour = self._hindrance(contact)
        instead = self._stand_ins(agreement, party, contact, day)
        if instead:
            return [dataclasses.replace(one, detour=detour) for one in instead]
        return self.manager_routes(agreement, detour, recipient)

    def manager_routes(
        self, agreement: Agreement, detour: Detour | None = None, instead_of: str = ""
    ) -> list[Route]:
        """Give the ways to the managers of an agreement's unit; else to the fallback contact."""
        found = [
            dataclasses.replace(route, detour=detour, instead_of=instead_of)
            for route in self.unit_routes(agreement.unit)
        ]
        return found or self.fallback_routes(detour, instead_of)

    def unit_routes(self, name: str | None) -> list[Route]:
        """Give the ways to the managers of a unit; none where none has a usable address."""
        unit = self.units.get(name or "")
        return [
            route
            for manager in (unit.managers if unit else ())
            for route in self._ways(
                f"{Role.MANAGER}:{name}:{manager.key}",
                titled(manager, unit.name if unit else ""),
                manager,
                Role.MANAGER,
            )
        ]

    def group_routes(self, name: str | None, *hears: Hears) -> list[Route]:
        """Give the ways to the groups of a unit; only to those that hear so much, where that is given."""
        unit = self.units.get(name or "")
        return [
            Route(group.contact, unit.name, group.language, TELEGRAM, group.address, role=Role.GROUP)
            for group in self.groups
            if unit is not None and group.unit == name and (not hears or group.hears in hears)
            if TELEGRAM in self.channels and (TELEGRAM, group.address) not in self.doubtful
        ]

    def fallback_routes(self, detour: Detour | None = None, instead_of: str = "") -> list[Route]:
        """Give the ways to the fallback contact; the folder where it has no address either."""
        to = self.fallback
        addresses = self._usable(self._addresses(to.email, to.telegram, to.name)) or [(FILE, to.name)]
        return [
            Route(FALLBACK, to.name, to.language, channel, address, detour, instead_of, Role.FALLBACK)
            for channel, address in addresses
        ]

    def operator_routes(self, *broken: str) -> list[Route]:
        """Give the ways to whoever runs the service, none of them over a channel that is broken."""
        to = self.fallback
        ways = self._usable(self._addresses(to.email, to.telegram, to.name))
        ways = [way for way in ways if way[0] not in broken]
        if not ways and FILE not in broken:
            ways = [(FILE, to.name)]
        return [
            Route(FALLBACK, to.name, to.language, channel, address, role=Role.FALLBACK)
            for channel, address in ways
        ]

    def _stand_ins(self, agreement: Agreement, party: str, contact: Contact, day: date) -> list[Route]:
        """Give the ways to the first of a contact's substitutes who can be reached."""
        instead_of = _recipient(agreement, party, contact)
        for other in substitutes(agreement, party, contact, day):
            recipient = _recipient(agreement, party, other)
            routes = self._ways(f"{party}:{other.key}", recipient, other, Role.SUBSTITUTE)
            if routes:
                return [dataclasses.replace(one, instead_of=instead_of) for one in routes]
        return []

    def _ways(self, key: str, recipient: str, contact: Contact, role: Role) -> list[Route]:
        addresses = self._usable(self._own_addresses(contact))
        if contact.channels:
            order = (FILE, *contact.channels)
            chosen = sorted(
                (one for one in addresses if one[0] in order), key=lambda one: order.index(one[0])
            )
            addresses = (chosen or addresses)[:1]
        return [
            Route(
                key,
                recipient,
                contact.language,
                channel,
                address,
                role=role,
                hours=contact.hours,
                weekly=contact.digest == "weekly",
            )
            for channel, address in addresses
        ]

    def _own_addresses(self, contact: Contact) -> list[Address]:
        trusted = FILE in self.channels  # writing to a folder reaches nobody by accident
        email = contact.email if trusted or EMAIL not in contact.to_confirm else None
        telegram = contact.telegram if trusted or TELEGRAM not in contact.to_confirm else None
        return self._addresses(email, telegram, contact.position)

    def _hindrance(self, contact: Contact) -> Detour:
        if self._own_addresses(contact):
            return Detour.REFUSED
        has_address = contact.email is not None or contact.telegram is not None
        return Detour.UNCONFIRMED if has_address and contact.to_confirm else Detour.NO_ADDRESS

    def _usable(self, addresses: list[Address]) -> list[Address]:
        return [address for address in addresses if address not in self.doubtful]

    def _addresses(self, email: str | None, telegram: int | None, label: str) -> list[Address]:
        found = []
        if telegram is None and email is not None:
            telegram = self.chats.get(email.lower())
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
    """Yield the contacts, with their party, who answer for a duty on `day`.

    Who only stands in for another one who serves is not among them.
    """
    for party in holding_parties(agreement, holder, affected):
        serving = [contact for contact in agreement.parties[party].contacts if contact.serves_on(day)]
        for contact in serving:
            if not any(_stands_in(agreement, party, contact, other, day) for other in serving):
                yield party, contact


def substitutes(agreement: Agreement, party: str, contact: Contact, day: date) -> Iterator[Contact]:
    """Yield who stands in for a contact on `day`: the substitute, then that one's substitute, and so on."""
    seen = {contact.key}
    current: Contact | None = contact
    while current is not None:
        current = _holder_of_post(agreement, party, current.substitute, day)
        if current is None or current.key in seen:
            return
        seen.add(current.key)
        yield current


def _stands_in(agreement: Agreement, party: str, one: Contact, other: Contact, day: date) -> bool:
    # Two who stand in for each other are both told: nobody would be, else.
    back = any(found.key == other.key for found in substitutes(agreement, party, one, day))
    return not back and any(found.key == one.key for found in substitutes(agreement, party, other, day))


def _holder_of_post(agreement: Agreement, party: str, name: str | None, day: date) -> Contact | None:
    """Give who holds the post of a contact on `day`: it, or whoever took the post over."""
    if name is None:
        return None
    names = {name}
    for contact in agreement.parties[party].contacts:
        if contact.succeeds in names:
            names.add(contact.key)
    found = [
        contact
        for contact in agreement.parties[party].contacts
        if contact.key in names and contact.serves_on(day)
    ]
    return found[0] if found else None


def _recipient(agreement: Agreement, party: str, contact: Contact) -> str:
    return titled(contact, agreement.parties[party].short or agreement.parties[party].name)


def titled(contact: Contact, office: str) -> str:
    """Name a contact with the post and the office."""
    position = f"{contact.position} ({office})"
    return f"{contact.name}, {position}" if contact.name else position


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
