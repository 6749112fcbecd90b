"""Who somebody is, and what that lets them see and do. Pure; the same for every face.

An officer is whoever is a contact of a party on a day, both ends of the post included; a manager is
whoever a unit names; the fallback contact may do everything. An address that nobody has confirmed
makes nobody anything.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal

from tracker.reminders.recipients import EMAIL, FALLBACK, TELEGRAM, Address, Role, Routing, titled
from tracker.terms.model import Agreement
from tracker.terms.people import Contact


class Office(StrEnum):
    """What an account makes of somebody whom no agreement or unit need name."""

    ADMIN = "admin"
    AUDITOR = "auditor"
    """Sees everything and may do nothing, whatever else they are."""


class Act(StrEnum):
    """What somebody may do with an agreement."""

    SEE = "see"
    ANSWER = "answer"
    """Say of a duty that it is known about, put off, or done."""
    REPORT = "report"
    """Say what has happened: force majeure, a new officer."""
    WAIVE = "waive"


@dataclass(frozen=True, slots=True)
class Identity:
    """Everything by which somebody is known; nothing for a stranger."""

    addresses: frozenset[Address] = frozenset()
    office: Office | None = None

    @classmethod
    def of(cls, *, email: str = "", chat: int | None = None, office: Office | None = None) -> "Identity":
        """Make the identity of whoever reads at an address, or in a chat, or both."""
        found = {(EMAIL, email.lower())} if email else set()
        if chat is not None:
            found.add((TELEGRAM, str(chat)))
        return cls(frozenset(found), office)

    def is_contact(self, contact: Contact, day: date) -> bool:
        """Tell whether this is a contact who serves on a day, by an address that can be trusted."""
        return contact.serves_on(day) and any(one in self.addresses for one in _trusted(contact))


NOBODY = Identity()


@dataclass(frozen=True, slots=True)
class Rights:
    """What somebody may see and do of one agreement on one day."""

    parties: frozenset[str] = frozenset()
    """The parties they are an officer of."""
    manages: bool = False
    """Whether they manage the unit that looks after it, or everything."""
    audits: bool = False
    """Whether they may look, and no more."""

    def may(self, act: Act, held_by: Iterable[str] = ()) -> bool:
        """Tell whether they may; `held_by` are the parties that hold the duty, where it is about one."""
        if self.audits:
            return act is Act.SEE
        if self.manages:
            return True
        match act:
            case Act.SEE | Act.REPORT:
                return bool(self.parties)
            case Act.ANSWER:
                return not self.parties.isdisjoint(held_by)
            case Act.WAIVE:
                return False

    def may_read(self, contact: str, parties: Collection[str]) -> bool:
        """Tell whether they may read what a contact was told; `parties` are those of the agreement.

        An officer reads of their own party, and of whoever was told instead of a contact.
        """
        party = contact.partition(":")[0]
        return self.manages or self.audits or party not in parties or party in self.parties

    @property
    def sees(self) -> bool:
        """Whether they may know anything of it."""
        return self.may(Act.SEE)


NONE = Rights()


@dataclass(frozen=True, slots=True)
class Reach:
    """What somebody manages, whatever the agreements say; where to look for what they may see."""

    everything: bool = False
    units: frozenset[str] = frozenset()
    audits: bool = False
    """Whether they may look at everything, and do nothing."""

    @property
    def is_manager(self) -> bool:
        """Whether they manage anything."""
        return self.everything or bool(self.units)

    @property
    def sees_everything(self) -> bool:
        """Whether nothing is hidden from them."""
        return self.everything or self.audits

    @property
    def oversees(self) -> bool:
        """Whether they see more than the agreements they are named in."""
        return self.is_manager or self.audits


def reach_of(identity: Identity, routing: Routing, day: date) -> Reach:
    """Tell what somebody manages on a day."""
    if identity.office is Office.AUDITOR:
        return Reach(audits=True)
    to = routing.fallback
    own = Identity.of(email=to.email or "", chat=to.telegram).addresses
    units = (
        name
        for name, unit in routing.units.items()
        if any(identity.is_contact(manager, day) for manager in unit.managers)
    )
    everything = identity.office is Office.ADMIN or not identity.addresses.isdisjoint(own)
    return Reach(everything, frozenset(units))


def rights_of(identity: Identity, agreement: Agreement, routing: Routing, day: date) -> Rights:
    """Tell what somebody may do; `agreement` is as the facts have changed it, `day` local to it."""
    reach = reach_of(identity, routing, day)
    if reach.audits:
        return Rights(audits=True)
    parties = frozenset(party for party, contact in agreement.contacts() if identity.is_contact(contact, day))
    return Rights(parties, reach.everything or (agreement.unit or "") in reach.units)


def key_of(
    identity: Identity,
    agreement: Agreement,
    routing: Routing,
    day: date,
    held_by: Collection[str] = (),
    otherwise: str = FALLBACK,
) -> str:
    """Give the key under which the log names somebody; as an officer of a holding party, if they are one.

    `otherwise` names whom no agreement or unit names.
    """
    found = [
        (party not in held_by, f"{party}:{contact.key}")
        for party, contact in agreement.contacts()
        if identity.is_contact(contact, day)
    ]
    unit = routing.units.get(agreement.unit or "")
    found += [
        (True, f"{Role.MANAGER}:{agreement.unit}:{manager.key}")
        for manager in (unit.managers if unit else ())
        if identity.is_contact(manager, day)
    ]
    return min(found, key=lambda each: each[0])[1] if found else otherwise


def name_of(identity: Identity, routing: Routing, agreements: Collection[Agreement], day: date) -> str:
    """Name somebody as the terms do; empty where nobody of them is this."""
    return next(_names(identity, routing, agreements, day), "")


def language_of(
    identity: Identity, routing: Routing, agreements: Collection[Agreement], day: date
) -> Literal["id", "en"] | None:
    """Give the language that the terms wish for somebody; None where nobody of them is this."""
    for contact in _contacts(identity, routing, agreements, day):
        return contact.language
    return routing.fallback.language if reach_of(identity, routing, day).everything else None


def _names(
    identity: Identity, routing: Routing, agreements: Collection[Agreement], day: date
) -> Iterator[str]:
    for agreement in agreements:
        for party, contact in agreement.contacts():
            if identity.is_contact(contact, day):
                of = agreement.parties[party]
                yield titled(contact, of.short or of.name)
    for unit in routing.units.values():
        for manager in unit.managers:
            if identity.is_contact(manager, day):
                yield titled(manager, unit.name)
    if reach_of(identity, routing, day).everything:
        yield routing.fallback.name


def _contacts(
    identity: Identity, routing: Routing, agreements: Collection[Agreement], day: date
) -> Iterator[Contact]:
    people = [contact for agreement in agreements for _, contact in agreement.contacts()]
    managers = [manager for unit in routing.units.values() for manager in unit.managers]
    return (contact for contact in (*people, *managers) if identity.is_contact(contact, day))


def _trusted(contact: Contact) -> Iterator[Address]:
    if contact.email is not None and EMAIL not in contact.to_confirm:
        yield EMAIL, contact.email.lower()
    if contact.telegram is not None and TELEGRAM not in contact.to_confirm:
        yield TELEGRAM, str(contact.telegram)
