"""The chain over an agreement's log: each entry's digest covers the one before it. Pure.

Whoever changes, removes or slips in an entry changes every digest after it, and the last one is
also kept beside the agreement.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from typing import NamedTuple, Protocol

from tracker.events.model import Event


class Entry(Protocol):
    """A stored entry of a log."""

    number: int
    digest: str
    agreement_id: str
    kind: str
    happened_on: date
    details: dict[str, str]
    recorded_at: datetime
    recorded_by: str
    client_key: str | None


class Break(NamedTuple):
    """Where a log is not what was recorded, and why."""

    agreement: str
    number: int
    what: str


def digest(previous: str, event: Event, number: int, client_key: str | None) -> str:
    """Give the digest of one entry; `previous` is that of the entry before it, "" for the first."""
    said = {
        "previous": previous,
        "agreement": event.agreement,
        "number": number,
        "kind": event.kind,
        "happened_on": event.happened_on.isoformat(),
        "details": dict(event.details),
        "recorded_at": event.recorded_at.astimezone(UTC).isoformat() if event.recorded_at else None,
        "recorded_by": event.recorded_by,
        "client_key": client_key,
    }
    text = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def breaks(agreement: str, entries: Iterable[Entry], length: int, head: str) -> Iterator[Break]:
    """Find what was changed in one log: `length` and `head` are what is kept beside the agreement."""
    previous, number = "", 0
    for entry in entries:
        number += 1
        if entry.number != number:
            yield Break(agreement, number, f"entry {number} is missing")
            number = entry.number
        event = Event(
            entry.agreement_id,
            entry.kind,
            entry.happened_on,
            entry.details,
            entry.recorded_at,
            entry.recorded_by,
        )
        if digest(previous, event, number, entry.client_key) != entry.digest:
            yield Break(agreement, number, "the entry is not what was recorded")
        previous = entry.digest
    if (number, previous) != (length, head):
        yield Break(agreement, number, f"the log ends at entry {number}, expected {length} entries")
