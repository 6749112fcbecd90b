"""What somebody is called, out of the key under which messages go to them. Pure."""

from tracker.reminders.recipients import Role, Routing, is_fallback, titled
from tracker.terms.model import Agreement


def named(who: str, agreement: Agreement, routing: Routing) -> str:
    """Name a contact, a manager or the fallback contact; the key itself where nobody has it any more."""
    if is_fallback(who):
        return routing.fallback.name
    of, _, key = who.rpartition(":")
    if of in agreement.parties:
        party = agreement.parties[of]
        office, people = party.short or party.name, party.contacts
    else:
        unit = routing.units.get(of.removeprefix(f"{Role.MANAGER}:"))
        office, people = (unit.name, unit.managers) if unit else ("", ())
    found = [contact for contact in people if contact.key == key]
    return titled(found[-1], office) if found else key
