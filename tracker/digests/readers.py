"""Who reads digests, and who has not been told yet."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import select
from sqlmodel import col

from tracker.base.db import Database
from tracker.outbox import service as outbox
from tracker.outbox.content import ListContent
from tracker.outbox.keys import alert_key
from tracker.outbox.tables import AlertRow
from tracker.outbox.unsubscribed import wanted
from tracker.reminders.recipients import Route
from tracker.steps.alerting import list_row
from tracker.steps.context import Context
from tracker.terms.service import batches

NOBODY = ""
"""Stands for the unit where there is none: the fallback contact reads about it."""
Key = Callable[[str], str]
"""From a unit to what its digest is told under, once."""
Found = TypeVar("Found")
Find = Callable[["Reader"], Found | None]
"""Looks up what a reader is told; None where that is worth no message."""
Write = Callable[[Found, Route, str], ListContent]
"""Writes it for one way to a reader, in a zone."""


@dataclass(frozen=True, slots=True)
class Reader:
    """The managers of a unit, or the fallback contact."""

    unit: str
    name: str
    routes: Sequence[Route]


def fallback(context: Context) -> Reader:
    """Give the fallback contact."""
    return Reader(NOBODY, "", context.routing.operator_routes())


def units(context: Context) -> list[Reader]:
    """Give the managers of every unit that has one who can be told, and the groups that hear of it."""
    routing = context.routing
    found = [
        Reader(unit, routing.units[unit].name, [*routing.unit_routes(unit), *routing.group_routes(unit)])
        for unit in sorted(routing.units)
    ]
    return [reader for reader in found if reader.routes]


def apart(readers: Sequence[Reader]) -> list[list[Reader]]:
    """Part the fallback contact, who reads about everything, from the units; no part is empty."""
    parts = ([one for one in readers if one.unit == NOBODY], [one for one in readers if one.unit])
    return [part for part in parts if part]


def untold(db: Database, readers: Sequence[Reader], digest: str, key: Key) -> list[Reader]:
    """Give the readers who want a digest and that nothing has been added for yet, by whole keys."""
    keys = {reader.unit: set(_keys(reader, key)) for reader in readers}
    told: set[str] = set()
    with db.read() as connection:
        for batch in batches(sorted(set().union(*keys.values()))):
            query = select(col(AlertRow.key)).where(col(AlertRow.key).in_(batch))
            told.update(connection.execute(query).scalars())
        waiting = [
            replace(reader, routes=wanted(connection, reader.routes, digest))
            for reader in readers
            if not keys[reader.unit] & told
        ]
    return [reader for reader in waiting if reader.routes]


def _keys(reader: Reader, key: Key) -> Iterator[str]:
    for route in reader.routes:
        yield alert_key(key(reader.unit), route.contact, route.channel)


def tell(
    db: Database,
    context: Context,
    now: datetime,
    readers: Sequence[Reader],
    key: Key,
    find: Find[Found],
    write: Write[Found],
) -> int:
    """Add a digest for each reader; gives how many messages.

    One that cannot be written holds up no other reader; it is raised when all others are told.
    """
    rows: list[dict[str, Any]] = []
    failures: list[Exception] = []
    for reader in readers:
        try:
            found = find(reader)
            if found is not None:
                contents = [(route, write(found, route, context.timezone)) for route in reader.routes]
                rows += [list_row(context, key(reader.unit), route, said, now) for route, said in contents]
        except Exception as error:  # noqa: BLE001 - raised below
            failures.append(error)
    if rows:
        with db.write() as connection:
            outbox.add(connection, rows)
    if failures:
        raise ExceptionGroup("not every reader could be told", failures)
    return len(rows)
