"""A new officer takes over: what the one before was to be told goes to the successor."""

import dataclasses
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from tracker.events.log import effective
from tracker.events.model import Event
from tracker.obligations.decided import decided, names_officer, predecessors, successor
from tracker.outbox import service as outbox
from tracker.outbox.content import AlertContent
from tracker.reminders.recipients import Route
from tracker.steps.alerting import alert_row
from tracker.steps.context import Context
from tracker.terms.model import Agreement


def readdress(
    connection: Connection,
    context: Context,
    agreement: Agreement,
    log: Sequence[Event],
    event: Event,
    now: datetime,
) -> None:
    """Take alerts that still wait for a predecessor back, and send them to the new officer instead.

    Race: an alert that a worker is sending right now cannot be taken back; the successor is told
    as well then.
    """
    today = now.astimezone(agreement.zone).date()
    facts = effective(log)
    standing = decided(agreement, [fact for fact in facts if fact.number != event.number])
    if not names_officer(event) or event.party is None or not successor(standing, event).serves_on(today):
        return
    left = [f"{event.party}:{contact.key}" for contact in predecessors(standing, event)]
    routes = context.routing.routes_to(decided(agreement, facts), event.party, successor(standing, event))
    rows: list[dict[str, Any]] = []
    for alert in outbox.withdraw(connection, agreement.id, left):
        rows += [_instead(context, alert, route, now) for route in routes]
    outbox.add(connection, rows)


def _instead(context: Context, alert: outbox.Claimed, route: Route, now: datetime) -> dict[str, Any]:
    before = AlertContent.model_validate_json(alert.content)
    english = before.language == "en"
    note = f"Taken over from {before.recipient}." if english else f"Diambil alih dari {before.recipient}."
    told = before.model_copy(update={"recipient": route.recipient, "notes": (note, *before.notes)})
    return alert_row(context, alert.reminder_key, alert.obligation_key, dataclasses.replace(route), told, now)
