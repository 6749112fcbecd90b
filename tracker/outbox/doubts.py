"""Addresses that do not work, in the store: nothing is sent to one until a person confirms it."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select
from sqlmodel import col

from tracker.base.among import among
from tracker.base.db import insert_once
from tracker.outbox.tables import DoubtfulAddressRow
from tracker.people import chats
from tracker.reminders.recipients import Address, Routing

_ANSWERS = select(col(DoubtfulAddressRow.address), col(DoubtfulAddressRow.answer)).where(
    col(DoubtfulAddressRow.channel) == bindparam("of_channel"),
    among(col(DoubtfulAddressRow.address), "of_addresses"),
)
"""Made once: it runs with every claim."""


def add(connection: Connection, address: Address, answer: str, now: datetime) -> bool:
    """Take note of an address that does not work; False where that was known."""
    if address in held(connection, [address[1]]):
        return False
    row = {"channel": address[0], "address": address[1], "since": now, "answer": answer}
    insert_once(connection, DoubtfulAddressRow, [row])
    return True


def confirm(connection: Connection, address: Address) -> None:
    """Trust an address again."""
    channel, where = address
    connection.execute(
        delete(DoubtfulAddressRow).where(
            col(DoubtfulAddressRow.channel) == channel, col(DoubtfulAddressRow.address) == where
        )
    )


def answers(connection: Connection, channel: str, addresses: Iterable[str]) -> dict[str, str]:
    """Give what was said of those addresses of a channel that do not work."""
    asked = {"of_channel": channel, "of_addresses": sorted(addresses)}
    return {row.address: row.answer for row in connection.execute(_ANSWERS, asked)}


def held(connection: Connection, addresses: Iterable[str] | None = None) -> frozenset[Address]:
    """Give those of some addresses that do not work, or all that do not."""
    query = select(col(DoubtfulAddressRow.channel), col(DoubtfulAddressRow.address))
    if addresses is not None:
        query = query.where(col(DoubtfulAddressRow.address).in_(list(addresses)))
    return frozenset((channel, address) for channel, address in connection.execute(query))


def usable(connection: Connection, routing: Routing) -> Routing:
    """Give the routing that leaves out what does not work now, and knows the chats people have linked."""
    return chats.usable(connection, routing).without(held(connection))
