"""A new officer takes over: what was still on its way goes to the successor, with a list of what is open."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from tracker.events.kinds import APPOINTED, CORRECTED
from tracker.events.log import effective, first_recorded
from tracker.events.model import Event
from tracker.obligations import service as obligations
from tracker.obligations.decided import decided, names_officer, predecessors, successor
from tracker.obligations.model import State
from tracker.obligations.picture import picture
from tracker.outbox import doubts
from tracker.outbox import service as outbox
from tracker.outbox.compose_list import Owed, hand_over_list
from tracker.outbox.content import read_content
from tracker.outbox.keys import hand_over_key
from tracker.reminders.recipients import Route, holding_parties
from tracker.steps.alerting import instead_row, list_row
from tracker.steps.context import Context
from tracker.terms.model import Agreement
from tracker.terms.people import Contact


@dataclass(frozen=True, slots=True)
class _HandOver:
    """Who takes over for which party, from whom, and whose alerts are taken back."""

    party: str
    officer: Contact
    before: tuple[Contact, ...]
    left: tuple[str, ...]


def hand_over(
    connection: Connection,
    context: Context,
    agreement: Agreement,
    log: Sequence[Event],
    event: Event,
    now: datetime,
) -> None:
    """Send a new officer what still waits for a predecessor, and the list of what is open.

    `event` is an appointment, or the correction of one. Race: an alert that a worker is sending
    right now cannot be taken back; the successor is told as well then.
    """
    found = _hand_over(agreement, log, event)
    today = now.astimezone(agreement.zone).date()
    if found is None or (found.officer.until is not None and found.officer.until < today):
        return
    as_decided = decided(agreement, effective(log))
    routes = doubts.usable(connection, context.routing).routes_to(
        as_decided, found.party, found.officer, today
    )
    rows: list[dict[str, Any]] = []
    if found.officer.serves_on(today):
        for alert in outbox.withdraw(connection, agreement.id, found.left):
            rows += [_instead(context, alert, route, now) for route in routes]
    owed = list(_owed(connection, context, agreement, log, found.party, now))
    cause = hand_over_key(agreement.id, event.number or 0)
    for route in routes:
        content = hand_over_list(as_decided, found.officer, found.before, owed, route)
        rows.append(list_row(context, cause, route, content, now))
    outbox.add(connection, rows)


def _hand_over(agreement: Agreement, log: Sequence[Event], event: Event) -> _HandOver | None:
    number = first_recorded(log, event)
    facts = {fact.number: fact for fact in effective(log)}
    fact = facts.pop(number, None)
    if fact is None or fact.kind != APPOINTED or fact.party is None or not names_officer(fact):
        return None
    standing = decided(agreement, list(facts.values()))
    before = predecessors(standing, fact)
    left = [contact.key for contact in before]
    if event.kind == CORRECTED:
        earlier = effective([entry for entry in log if entry.number != event.number])
        left += [successor(standing, other).key for other in earlier if other.number == number]
    return _HandOver(
        fact.party,
        successor(standing, fact),
        tuple(before),
        tuple(f"{fact.party}:{key}" for key in left),
    )


def _owed(
    connection: Connection,
    context: Context,
    agreement: Agreement,
    log: Sequence[Event],
    party: str,
    now: datetime,
) -> Iterator[Owed]:
    """Yield what is open for a party, as the store has it."""
    reach = context.horizon(agreement, now)
    duties = picture(agreement, context.calendar(agreement), log, reach=reach).obligations
    for key, row in obligations.stored(connection, [agreement.id]).items():
        if row.state != State.OPEN or key not in duties:
            continue
        duty = duties[key]
        affected = duty.trigger.party if duty.trigger else None
        if party in holding_parties(agreement, duty.rule.duty.by, affected):
            yield duty, row.act_by


def _instead(context: Context, alert: outbox.Claimed, route: Route, now: datetime) -> dict[str, Any]:
    before = read_content(alert.content)
    english = before.language == "en"
    note = f"Taken over from {before.recipient}." if english else f"Diambil alih dari {before.recipient}."
    told = before.model_copy(update={"recipient": route.recipient, "notes": (note, *before.notes)})
    return instead_row(context, alert, route, told, now)
