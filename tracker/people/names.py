"""What somebody is called, out of the key under which messages go to them. Pure."""

from collections.abc import Sequence

from tracker.reminders.group_chats import is_group_chat, unit_in
from tracker.reminders.recipients import Role, Routing, is_fallback, titled
from tracker.terms.model import Agreement
from tracker.terms.people import Contact


def named(who: str, agreement: Agreement, routing: Routing) -> str:
    """Name a contact, a manager or the fallback contact; the key itself where nobody has it any more."""
    if is_fallback(who):
        return routing.fallback.name
    of, _, key = who.rpartition(":")
    if is_group_chat(who):
        unit = routing.units.get(unit_in(who))
        return unit.name if unit else unit_in(who)
    office, people = office_of(of, agreement, routing)
    found = [contact for contact in people if contact.key == key]
    return titled(found[-1], office) if found else key


def office_of(of: str, agreement: Agreement, routing: Routing) -> tuple[str, Sequence[Contact]]:
    """Give the name and the people of a party, or of a unit (`manager:unit`); nobody where there is none."""
    if of in agreement.parties:
        party = agreement.parties[of]
        return party.short or party.name, party.contacts
    unit = routing.units.get(of.removeprefix(f"{Role.MANAGER}:"))
    return (unit.name, unit.managers) if unit else ("", ())
