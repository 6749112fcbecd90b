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

from sqlalchemy import Connection

from tracker.base.clock import Clock
from tracker.events import service as events
from tracker.events.kinds import DOUBTFUL
from tracker.events.log import effective
from tracker.events.model import Event
from tracker.obligations.decided import decided
from tracker.outbox import doubts
from tracker.outbox import service as outbox
from tracker.outbox.compose import detour_note
from tracker.outbox.compose_operator import doubtful_address
from tracker.outbox.content import Content, read_content
from tracker.outbox.delivery import Failure, SendError
from tracker.outbox.keys import doubt_key
from tracker.outbox.service import Claimed
from tracker.reminders.recipients import FALLBACK, FILE, Address, Detour, Role, Route, Routing
from tracker.steps.alerting import instead_row, list_row
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

    def follow(self, connection: Connection, alerts: Sequence[Claimed], error: SendError) -> None:
        """Tell the next in line; `alerts` are what was to be said, all at one address.

        A message that is refused for what it says casts no doubt on the address.
        """
        now = self.clock.now()
        address = alerts[0].channel, alerts[0].address
        if error.kind is not Failure.ADDRESS or address[0] == FILE:
            _reroute(connection, self.context, alerts, {address}, now)
            return
        for name, agreement in _decided(connection, _agreements_of(alerts)).items():
            told = {alert.contact for alert in alerts if _agreement_of(alert) == name}
            for contact in sorted(told):
                _log_doubt(connection, agreement, contact, address, error.answer, now)
        _give_up(connection, self.context, address, alerts, error.answer, now)


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
    _give_up(connection, context, _address_in(event), (), event.details.get("why", ""), now)


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


def _address_in(event: Event) -> Address:
    return event.details["channel"], event.details["address"]


def _log_doubt(
    connection: Connection, agreement: Agreement, contact: str, address: Address, answer: str, now: datetime
) -> None:
    party, _, name = contact.partition(":")
    details = {"channel": address[0], "address": address[1], "contact": name or contact, "why": answer}
    if party in agreement.parties:
        details["party"] = party
    today = now.astimezone(agreement.zone).date()
    fact = Event(agreement.id, DOUBTFUL, today, {key: text for key, text in details.items() if text.strip()})
    events.append(connection, fact, now, BY)


def _give_up(
    connection: Connection,
    context: Context,
    address: Address,
    alerts: Sequence[Claimed],
    answer: str,
    now: datetime,
) -> None:
    is_news = doubts.add(connection, address, answer, now)
    waiting = outbox.withdraw_from(connection, address)
    instead = _reroute(connection, context, [*alerts, *waiting], {address}, now)
    if is_news and alerts and not any(route.role in (Role.MANAGER, Role.FALLBACK) for route in instead):
        _ask_for_another(connection, context, alerts[0], address, answer, now)


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
    rows = []
    for route in routes:
        said = doubtful_address(address, content.recipient, answer, route, context.timezone)
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
