"""Recording facts once, and reading them back."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col

from tracker.events.model import Event, checked
from tracker.events.tables import EventRow
from tracker.terms.service import batches


def record(
    connection: Connection, event: Event, now: datetime, by: str, client_key: str | None = None
) -> tuple[int, bool]:
    """Add a fact; the same client key twice records once. Gives its id and whether it is new."""
    checked(event)
    values = {
        "agreement_id": event.agreement,
        "kind": event.kind,
        "happened_on": event.happened_on,
        "details": dict(event.details),
        "recorded_at": now,
        "recorded_by": by,
        "client_key": client_key,
    }
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(EventRow).values(values).on_conflict_do_nothing(index_elements=["client_key"])
    added = connection.execute(statement.returning(col(EventRow.id))).scalar()
    if added is not None:
        return added, True
    known = connection.execute(select(col(EventRow.id)).where(col(EventRow.client_key) == client_key))
    return int(str(known.scalar_one())), False


def events_of(connection: Connection, agreements: Iterable[str]) -> dict[str, list[tuple[int, Event]]]:
    """Read the facts about some agreements, each with its id, in the order they were recorded."""
    found: dict[str, list[tuple[int, Event]]] = {}
    for batch in batches(set(agreements)):
        query = (
            select(
                col(EventRow.id),
                col(EventRow.agreement_id),
                col(EventRow.kind),
                col(EventRow.happened_on),
                col(EventRow.details),
                col(EventRow.recorded_at),
                col(EventRow.recorded_by),
            )
            .where(col(EventRow.agreement_id).in_(batch))
            .order_by(col(EventRow.id))
        )
        for row in connection.execute(query):
            event = Event(
                row.agreement_id, row.kind, row.happened_on, row.details, row.recorded_at, row.recorded_by
            )
            found.setdefault(row.agreement_id, []).append((row.id, event))
    return found
