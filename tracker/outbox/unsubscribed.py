"""Digests that an address does not want any more. Alerts about one duty cannot be unsubscribed."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, select
from sqlmodel import col

from tracker.base.db import insert_once
from tracker.outbox.tables import UnsubscribedRow
from tracker.reminders.recipients import Route, is_fallback


def unsubscribe(connection: Connection, address: str, channel: str, digest: str, now: datetime) -> None:
    """Note that an address wants no such digest any more; twice is as good as once."""
    row = {"address": address.lower(), "channel": channel, "digest": digest, "at": now}
    insert_once(connection, UnsubscribedRow, [row])


def subscribe(connection: Connection, address: str, channel: str, digest: str) -> None:
    """Take it back: an address wants a digest again."""
    connection.execute(delete(UnsubscribedRow).where(*_same(address, channel, digest)))


def is_unsubscribed(connection: Connection, address: str, channel: str, digest: str) -> bool:
    """Tell whether an address has unsubscribed from a digest."""
    query = select(col(UnsubscribedRow.at)).where(*_same(address, channel, digest))
    return connection.execute(query).scalar() is not None


def wanted(connection: Connection, routes: Sequence[Route], digest: str) -> list[Route]:
    """Give the ways over which a digest is still wanted.

    Whoever runs the service always gets it: silence there must mean a fault.
    """
    return [
        route
        for route in routes
        if is_fallback(route.contact) or not is_unsubscribed(connection, route.address, route.channel, digest)
    ]


def _same(address: str, channel: str, digest: str) -> tuple[ColumnElement[bool], ...]:
    return (
        col(UnsubscribedRow.address) == address.lower(),
        col(UnsubscribedRow.channel) == channel,
        col(UnsubscribedRow.digest) == digest,
    )
