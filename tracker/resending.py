"""Sending an alert once more because a person asks for it: a fresh alert, by the way that holds today.

Nothing is sent twice by itself: where the same contact still waits for word of the same duty, or was
told again today, nothing is added.
"""

import dataclasses
from datetime import datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select
from sqlmodel import col

from tracker.events.log import effective
from tracker.events.service import logs_of
from tracker.obligations.decided import decided
from tracker.obligations.model import State
from tracker.obligations.tables import ObligationRow
from tracker.outbox import doubts
from tracker.outbox import service as outbox
from tracker.outbox.content import AlertContent, Content, read_content
from tracker.outbox.keys import alert_key, is_group
from tracker.outbox.service import Claimed
from tracker.outbox.tables import AlertRow
from tracker.reminders.recipients import Role, Route, Routing, is_fallback
from tracker.steps.alerting import instead_row
from tracker.steps.context import Context
from tracker.terms.model import Agreement
from tracker.terms.service import agreements

AGAIN = "again"


class Resent(StrEnum):
    """What came of it."""

    QUEUED = "queued"
    UNKNOWN = "unknown"
    """There is no such alert, or it is about no single duty."""
    CLOSED = "closed"
    """Nobody need act on the duty any more."""
    MOVED = "moved"
    """It names a day that is not the deadline any more; another alert has said the new one."""
    WAITING = "waiting"
    """The same is under way already, or was sent again today."""
    NOBODY = "nobody"
    """The contact serves no more, or has no address that works."""


def resend(connection: Connection, context: Context, key: str, by: str, now: datetime) -> Resent:
    """Add an alert once more; `by` is named in it.

    Race: two who press at once wait for each other at the alert's row; the second finds the new one.
    """
    query = select(AlertRow).where(col(AlertRow.key) == key).with_for_update()
    row = connection.execute(query).one_or_none()
    if row is None or row.obligation_key is None or is_group(row.key):
        return Resent.UNKNOWN
    duty = connection.execute(
        select(col(ObligationRow.agreement_id), col(ObligationRow.state), col(ObligationRow.act_by)).where(
            col(ObligationRow.key) == row.obligation_key
        )
    ).one()
    content = read_content(row.content)
    if duty.state != State.OPEN.value:
        return Resent.CLOSED
    if isinstance(content, AlertContent) and content.act_by != duty.act_by:
        return Resent.MOVED
    agreement = _agreement(connection, duty.agreement_id)
    route = _route(doubts.usable(connection, context.routing), agreement, row, now)
    if route is None:
        return Resent.NOBODY
    made = _row(context, row, route, _said_again(content, by, now), now)
    if _is_under_way(connection, row, made["key"]):
        return Resent.WAITING
    outbox.add(connection, [made])
    return Resent.QUEUED


def _is_under_way(connection: Connection, row: Any, made: str) -> bool:
    same = (
        col(AlertRow.obligation_key) == row.obligation_key,
        col(AlertRow.contact) == row.contact,
        (col(AlertRow.state).in_((outbox.PENDING, outbox.GROUPED))) | (col(AlertRow.key) == made),
    )
    return connection.execute(select(col(AlertRow.key)).where(*same).limit(1)).scalar() is not None


def _agreement(connection: Connection, name: str) -> Agreement:
    log = logs_of(connection, [name]).get(name, ())
    return decided(agreements(connection, [name])[name], effective(log))


def _route(routing: Routing, agreement: Agreement, row: Any, now: datetime) -> Route | None:
    """Give the way to the same contact as of today, over the same channel where it still works."""
    routes = [route for route in _routes(routing, agreement, row.contact, now) if route.detour is None]
    same = [route for route in routes if route.contact == row.contact]
    return min(same, key=lambda route: route.channel != row.channel, default=None)


def _routes(routing: Routing, agreement: Agreement, contact: str, now: datetime) -> list[Route]:
    if is_fallback(contact):
        return routing.fallback_routes()
    of, _, name = contact.partition(":")
    if of == Role.MANAGER:
        return routing.unit_routes(name.rpartition(":")[0])
    day = now.astimezone(agreement.zone).date()
    party = agreement.parties.get(of)
    serving = [one for one in party.contacts if one.key == name and one.serves_on(day)] if party else []
    return [route for one in serving for route in routing.routes_to(agreement, of, one, day)]


def _said_again(content: Content, by: str, now: datetime) -> Content:
    note = (
        f"Sent again because {by} asked for it."
        if content.language == "en"
        else (f"Dikirim lagi atas permintaan {by}.")
    )
    told = {"notes": (*content.notes, note)}
    planned = {"planned_for": now} if isinstance(content, AlertContent) else {}
    return content.model_copy(update={**told, **planned})


def _row(context: Context, row: Any, route: Route, content: Content, now: datetime) -> dict[str, Any]:
    cause = row.key.removesuffix(f"/{row.contact}/{row.channel}").partition(f"/{AGAIN}/")[0]
    day = now.astimezone(ZoneInfo(context.timezone)).date()
    again = f"{cause}/{AGAIN}/{day.isoformat()}"
    known = {field.name: getattr(row, field.name) for field in dataclasses.fields(Claimed)}
    alert = Claimed(**{**known, "key": alert_key(again, row.contact, row.channel)})
    return instead_row(context, alert, route, content, now) | {"groupable": False}
