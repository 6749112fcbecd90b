"""An address does not work: who is told instead, hop by hop, and who is asked to put it right.

refused by a server, or said by a person -> the fact is in the log of the agreement
-> nothing is sent there any more
-> what waits for it goes to the contact's next channel,
else the substitute, the managers, the fallback contact
-> the managers are asked for a better address
"""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from tracker.accounts import webhooks
from tracker.accounts.kinds import Happens
from tracker.base.clock import Clock
from tracker.events import service as events
from tracker.events.kinds import CONFIRMED, DOUBTFUL
from tracker.events.log import effective
from tracker.events.model import Event
from tracker.obligations.decided import decided
from tracker.outbox import doubts
from tracker.outbox import service as outbox
from tracker.outbox.compose import detour_note
from tracker.outbox.compose_operator import doubtful_address, lost_group
from tracker.outbox.content import Content, read_content
from tracker.outbox.delivery import Failure, SendError
from tracker.outbox.keys import doubt_key
from tracker.outbox.service import Claimed
from tracker.people import chats
from tracker.reminders.group_chats import chat_and_topic, is_group_chat, unit_in
from tracker.reminders.recipients import FALLBACK, FILE, WEBHOOK, Address, Detour, Role, Route, Routing
from tracker.steps.alerting import instead_row, list_row
from tracker.steps.announcing import Happening, announce
from tracker.steps.context import Context
from tracker.terms import service as terms
from tracker.terms.model import Agreement

BY = "tracker"


class Refusals:
    """What follows when a server refuses a message for good."""

    def __init__(self, context: Context, clock: Clock) -> None:
        """Keep what is needed."""
        self.context = context
        self.clock = clock

    def lock(self, connection: Connection, alerts: Sequence[Claimed]) -> None:
        """Lock what alerts are about, before the alerts: whoever records a fact locks in this order too."""
        terms.locked(connection, sorted(_agreements_of(alerts)))

    def follow(
        self,
        connection: Connection,
        message: Claimed,
        said: Sequence[Claimed],
        error: SendError,
        open_still: AbstractSet[str],
    ) -> None:
        """Tell the next in line what a message said, as far as it still holds.

        A message that is refused for what it says casts no doubt on the address.
        """
        now = self.clock.now()
        if message.channel == WEBHOOK:
            _end_wish(connection, message, error, now)
            return
        address = message.channel, message.address
        if is_group_chat(message.contact):
            if error.kind is Failure.ADDRESS:
                _lose_group(connection, self.context, message, error.answer, now)
            return
        alerts = [alert for alert in said if alert.key in open_still]
        if error.kind is not Failure.ADDRESS or address[0] == FILE:
            _reroute(connection, self.context, alerts, {address}, now)
            return
        is_news = doubts.add(connection, address, error.answer, now)
        waiting = outbox.withdraw_from(connection, address)
        told = _log(connection, address, said, waiting, error.answer, now)
        announce(connection, self.context, [_doubted(one) for one in told], now)
        instead = _reroute(connection, self.context, [*alerts, *waiting], {address}, now)
        if is_news and not any(route.role in (Role.MANAGER, Role.FALLBACK) for route in instead):
            _ask_for_another(connection, self.context, said[0], address, error.answer, now)


def _end_wish(connection: Connection, message: Claimed, error: SendError, now: datetime) -> None:
    """End the wish of a program that is gone; what is given up because it took too long ends none."""
    if error.kind is Failure.ADDRESS:
        webhooks.end(connection, message.contact.partition(":")[2], now, error.answer)
        outbox.withdraw_from(connection, (WEBHOOK, message.address))


def doubt(
    connection: Connection,
    context: Context,
    agreement: Agreement,
    log: Sequence[Event],
    event: Event,
    now: datetime,
) -> None:
    """Follow a person's word that an address does not work."""
    del agreement, log
    announce(connection, context, [_doubted(event)], now)
    address = _address_in(event)
    doubts.add(connection, address, event.details.get("why", ""), now)
    _reroute(connection, context, outbox.withdraw_from(connection, address), {address}, now)


def confirm(
    connection: Connection,
    context: Context,
    agreement: Agreement,
    log: Sequence[Event],
    event: Event,
    now: datetime,
) -> None:
    """Follow a person's word that an address works."""
    del context, agreement, log, now
    doubts.confirm(connection, _address_in(event))


def _doubted(event: Event) -> Happening:
    details = event.details
    data = {"channel": details["channel"], "contact": details.get("contact"), "why": details.get("why")}
    name = f"{event.agreement}/{details['channel']}/{details['address']}/{event.number}"
    return Happening(Happens.DOUBTFUL, event.agreement, name, {"party": event.party, **data}, event.party)


def _address_in(event: Event) -> Address:
    return event.details["channel"], event.details["address"]


def _log(
    connection: Connection,
    address: Address,
    said: Sequence[Claimed],
    waiting: Sequence[Claimed],
    answer: str,
    now: datetime,
) -> list[Event]:
    """Log a doubt in the agreements of what was refused, and of what waited and goes elsewhere now.

    Gives what is new. Race: an agreement about which somebody records a fact right now is left out where
    only waiting alerts were about it: to wait for its lock while alerts are locked could be to wait in a
    circle.
    """
    names = _agreements_of(said)
    names |= terms.locked(connection, _agreements_of(waiting) - names, wait=False).keys()
    logs = events.logs_of(connection, names)
    new = []
    for name, agreement in _decided(connection, names).items():
        told = {alert.contact for alert in (*said, *waiting) if _agreement_of(alert) == name}
        for contact in sorted(told):
            fact = _doubt_of(agreement, contact, address, answer, now)
            if not _is_known(logs.get(name, ()), fact):
                new.append(events.append(connection, fact, now, BY)[0])
    return new


def _doubt_of(agreement: Agreement, contact: str, address: Address, answer: str, now: datetime) -> Event:
    party, _, name = contact.partition(":")
    details = {"channel": address[0], "address": address[1], "contact": name or contact, "why": answer}
    if party in agreement.parties:
        details["party"] = party
    today = now.astimezone(agreement.zone).date()
    return Event(agreement.id, DOUBTFUL, today, {key: text for key, text in details.items() if text.strip()})


def _is_known(log: Sequence[Event], doubt: Event) -> bool:
    """Tell whether the last word about an address of a contact is that it does not work."""

    def is_about_it(entry: Event) -> bool:
        return all(entry.details[name] == doubt.details[name] for name in ("channel", "address"))

    said = [entry for entry in effective(log) if entry.kind in (DOUBTFUL, CONFIRMED) and is_about_it(entry)]
    for entry in sorted(said, key=lambda entry: entry.number or 0, reverse=True):
        if entry.kind == CONFIRMED:
            return False
        if entry.details.get("contact", doubt.details["contact"]) == doubt.details["contact"]:
            return True
    return False


def _lose_group(
    connection: Connection, context: Context, message: Claimed, answer: str, now: datetime
) -> None:
    """Write to a group no more that takes nothing; its unit's managers are told."""
    address = message.channel, message.address
    chats.block(connection, int(chat_and_topic(message.address)[0]), now)
    outbox.withdraw_from(connection, address)
    routing = doubts.usable(connection, context.routing)
    routes = routing.unit_routes(unit_in(message.contact)) or routing.operator_routes()
    cause = doubt_key(address, now.astimezone(ZoneInfo(context.timezone)).date())
    unit = read_content(message.content).recipient
    rows = [
        list_row(context, cause, route, lost_group(unit, answer, route, context.timezone), now)
        for route in routes
    ]
    outbox.add(connection, rows)


def _reroute(
    connection: Connection,
    context: Context,
    alerts: Sequence[Claimed],
    useless: AbstractSet[Address],
    now: datetime,
) -> list[Route]:
    """Say the same to whoever comes next; gives the ways that were found."""
    routing = doubts.usable(connection, context.routing).without(useless)
    known = _decided(connection, _agreements_of(alerts))
    rows, taken = [], []
    for alert in alerts:
        content = read_content(alert.content)
        for route in _next_routes(routing, known.get(content.agreement), alert, content, now):
            rows.append(instead_row(context, alert, route, _told_to(content, route), now))
            taken.append(route)
    outbox.add(connection, rows)
    return taken


def _next_routes(
    routing: Routing, agreement: Agreement | None, alert: Claimed, content: Content, now: datetime
) -> list[Route]:
    if alert.contact.startswith(FALLBACK) or agreement is None:
        return routing.fallback_routes(Detour.REFUSED, content.recipient)
    party, _, key = alert.contact.partition(":")
    today = now.astimezone(agreement.zone).date()
    for contact in agreement.parties[party].contacts if party in agreement.parties else ():
        if contact.key == key and contact.serves_on(today):
            return routing.routes_to(agreement, party, contact, today)
    return routing.manager_routes(agreement, Detour.REFUSED, content.recipient)


def _told_to(content: Content, route: Route) -> Content:
    notes = (*detour_note(route), *content.notes)
    return content.model_copy(update={"recipient": route.recipient, "notes": notes})


def _ask_for_another(
    connection: Connection, context: Context, alert: Claimed, address: Address, answer: str, now: datetime
) -> None:
    content = read_content(alert.content)
    agreement = _decided(connection, _agreements_of([alert])).get(content.agreement)
    routing = doubts.usable(connection, context.routing)
    routes = routing.manager_routes(agreement) if agreement else routing.operator_routes()
    today = now.astimezone(agreement.zone).date() if agreement else now.date()
    cause = doubt_key(address, today)
    about = {"agreement": agreement.id, "agreement_title": agreement.title} if agreement else {}
    rows = []
    for route in routes:
        said = doubtful_address(address, content.recipient, answer, route, context.timezone)
        said = said.model_copy(update=about)
        rows.append(list_row(context, cause, route, said, now))
    outbox.add(connection, rows)


def _agreement_of(alert: Claimed) -> str:
    return read_content(alert.content).agreement


def _agreements_of(alerts: Iterable[Claimed]) -> set[str]:
    return {_agreement_of(alert) for alert in alerts} - {""}


def _decided(connection: Connection, names: Iterable[str]) -> dict[str, Agreement]:
    """Give agreements as the facts have changed them."""
    wanted = sorted(names)
    logs = events.logs_of(connection, wanted)
    return {
        name: decided(written, effective(logs.get(name, ())))
        for name, written in terms.agreements(connection, wanted).items()
    }
