"""An agreement as the facts have changed it: officers appointed, readings pinned. Pure.

The terms say who answers for what and how days are counted; a new officer or a person's decision
is a fact, and this lays the facts over the terms. Nothing is lost: the terms stay as written.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from tracker.events.kinds import APPOINTED, PINNED, TERM_OF_AGREEMENT
from tracker.events.model import Event
from tracker.terms.model import Agreement
from tracker.terms.people import Contact
from tracker.terms.pins import Axis, Pin
from tracker.terms.rule import Rule
from tracker.terms.term import Term
from tracker.terms.words import Words

_ONE_DAY = timedelta(days=1)
_OFFICER = ("id", "position", "name", "email", "telegram", "phone")


def decided(agreement: Agreement, facts: Sequence[Event]) -> Agreement:
    """Lay appointments and pins over the terms; the same agreement where there are none."""
    for fact in facts:
        if fact.kind == APPOINTED:
            agreement = _with_officer(agreement, fact)
        elif fact.kind == PINNED:
            agreement = _with_pin(agreement, fact)
    return agreement


def names_officer(fact: Event) -> bool:
    """Tell whether an appointment says who was appointed, and not only that somebody was."""
    return fact.party is not None and any(fact.details.get(name) for name in _OFFICER)


def predecessors(agreement: Agreement, fact: Event) -> list[Contact]:
    """Give the contacts whose post an appointment fills: the one it names, or all who serve."""
    contacts = agreement.parties[fact.party].contacts if fact.party in agreement.parties else ()
    named = fact.details.get("replaces")
    serving = [contact for contact in contacts if contact.serves_on(fact.happened_on)]
    return [contact for contact in serving if named is None or contact.key == named]


def successor(agreement: Agreement, fact: Event) -> Contact:
    """Give the contact that an appointment makes: what it does not say is the predecessor's post."""
    before = predecessors(agreement, fact)
    details = fact.details
    position = details.get("position") or (before[0].position if before else "Narahubung")
    return Contact(
        id=details.get("id") or f"{before[0].key if before else 'contact'}-{fact.happened_on:%Y%m%d}",
        position=position,
        name=details.get("name"),
        email=details.get("email"),
        telegram=int(details["telegram"]) if details.get("telegram") else None,
        phones=(details["phone"],) if details.get("phone") else (),
        language="en" if details.get("language") == "en" else "id",
        since=fact.happened_on,
        until=date.fromisoformat(details["until"]) if details.get("until") else None,
        substitute=before[0].substitute if before else None,
        succeeds=before[0].key if before else None,
    )


def _with_officer(agreement: Agreement, fact: Event) -> Agreement:
    if not names_officer(fact) or fact.party not in agreement.parties:
        return agreement
    party = agreement.parties[fact.party]
    officer = successor(agreement, fact)
    left = {contact.key for contact in predecessors(agreement, fact)}
    contacts: list[Contact] = []
    for contact in party.contacts:
        contacts.extend(_after(contact, officer) if contact.key in left else [contact])
    changed = party.model_copy(update={"contacts": (*contacts, officer)})
    return agreement.reading_as(parties={**agreement.parties, fact.party: changed})


def _after(contact: Contact, officer: Contact) -> list[Contact]:
    """Give what is left of a predecessor's time: until the successor comes, and after an acting one."""
    first = officer.since or date.min
    if not contact.serves_on(first):
        return [contact]
    before = contact.model_copy(update={"until": first - _ONE_DAY})
    if officer.until is None or (contact.until is not None and contact.until <= officer.until):
        return [before]
    return [before, contact.model_copy(update={"since": officer.until + _ONE_DAY})]


def _with_pin(agreement: Agreement, fact: Event) -> Agreement:
    pin = Pin(
        axis=Axis(fact.details["axis"]),
        choice=fact.details["choice"],
        by=fact.recorded_by or "-",
        on=fact.happened_on,
        why=Words(id=fact.details["why"]),
    )
    wanted = fact.details["rule"]
    if wanted == TERM_OF_AGREEMENT:
        addenda = tuple(
            one.model_copy(update={"term": _pinned_term(one.term, pin)}) if one.term else one
            for one in agreement.addenda
        )
        return agreement.reading_as(term=_pinned_term(agreement.term, pin), addenda=addenda)
    addenda = tuple(
        one.model_copy(update={"rules": _pinned_rules(one.rules, wanted, pin)}) for one in agreement.addenda
    )
    return agreement.reading_as(rules=_pinned_rules(agreement.rules, wanted, pin), addenda=addenda)


def _pinned_term(term: Term, pin: Pin) -> Term:
    return term.model_copy(update={"pins": (*term.pins, pin)})


def _pinned_rules(rules: Sequence[Rule], wanted: str, pin: Pin) -> tuple[Rule, ...]:
    return tuple(
        rule.model_copy(update={"pins": (*rule.pins, pin)}) if rule.id == wanted else rule for rule in rules
    )
