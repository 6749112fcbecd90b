"""Alert rows: made with their reminder, in the place of another alert, or for the operator."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from tracker.outbox import doubts
from tracker.outbox import service as outbox
from tracker.outbox.compose_operator import channel_trouble
from tracker.outbox.content import AlertContent, Content, ListContent
from tracker.outbox.delivery import SendError
from tracker.outbox.keys import alert_key, message_id, trouble_key
from tracker.outbox.service import Claimed
from tracker.reminders.ladder import is_on_the_ladder
from tracker.reminders.recipients import Route
from tracker.steps.context import Context


def alert_row(
    context: Context, reminder: str, obligation: str, route: Route, content: AlertContent, now: datetime
) -> dict[str, Any]:
    """Make the row of one alert about an obligation, due at once."""
    return _row(context, reminder, obligation, route, content, now) | {
        "reminder_key": reminder,
        "obligation_key": obligation,
        "groupable": is_on_the_ladder(content.point),
    }


def list_row(
    context: Context,
    cause: str,
    route: Route,
    content: ListContent,
    now: datetime,
    obligation: str | None = None,
) -> dict[str, Any]:
    """Make the row of one list of duties, due at once; `cause` is what led to it, said once only.

    `obligation` is the only duty of the list, where it has only one.
    """
    return _row(context, cause, cause, route, content, now) | {"obligation_key": obligation}


def _row(
    context: Context, cause: str, thread: str, route: Route, content: Content, now: datetime
) -> dict[str, Any]:
    key = alert_key(cause, route.contact, route.channel)
    return {
        "key": key,
        "reminder_key": None,
        "obligation_key": None,
        "contact": route.contact,
        "channel": route.channel,
        "address": route.address,
        "detour": route.detour.value if route.detour else None,
        "content": content.model_dump_json(),
        "message_id": message_id(key, context.mail_domain),
        "thread_id": message_id(thread, context.mail_domain),
        "state": outbox.PENDING,
        "created_at": now,
        "next_try_at": now,
        "lease_holder": None,
        "attempts": 0,
        "groupable": False,
        "held": False,
    }


def instead_row(
    context: Context, alert: Claimed, route: Route, content: Content, now: datetime
) -> dict[str, Any]:
    """Make the row that takes the place of an alert, for another contact."""
    cause = alert.key.removesuffix(f"/{alert.contact}/{alert.channel}")
    return _row(context, cause, alert.obligation_key or cause, route, content, now) | {
        "reminder_key": alert.reminder_key,
        "obligation_key": alert.obligation_key,
        "groupable": alert.groupable,
    }


def tell_operator(
    connection: Connection, context: Context, channel: str, error: SendError, now: datetime
) -> None:
    """Tell the operator over another channel that this one does not work; once a day for each reason.

    Where nothing else is configured, into the folder: a person who looks after the server finds it there.
    """
    zone = ZoneInfo(context.timezone)
    cause = trouble_key(channel, error.kind.value, now.astimezone(zone).date())
    routes = doubts.usable(connection, context.routing).operator_routes(channel)
    rows = [
        list_row(
            context,
            cause,
            route,
            channel_trouble(channel, error.kind, error.answer, route, context.timezone),
            now,
        )
        for route in routes
    ]
    outbox.add(connection, rows)
