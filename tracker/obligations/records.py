"""Agreements as they are written, with their logs: each is read once, as long as a connection lives."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from tracker.events.model import Event
from tracker.events.service import logs_of
from tracker.terms.model import Agreement
from tracker.terms.service import with_lengths


class Record(NamedTuple):
    """One agreement, and everything that was recorded about it."""

    written: Agreement
    log: Sequence[Event]


class Records:
    """Reads them."""

    def __init__(self, connection: Connection) -> None:
        """Read nothing yet."""
        self._connection = connection
        self._found: dict[str, Record | None] = {}

    def of(self, names: Iterable[str]) -> dict[str, Record]:
        """Give the records of some agreements; those that there are not are left out."""
        wanted = list(dict.fromkeys(names))
        new = sorted(name for name in wanted if name not in self._found)
        if new:
            read = with_lengths(self._connection, new)
            logs = logs_of(self._connection, (name for name, (_, length) in read.items() if length))
            self._found |= dict.fromkeys(new) | {
                name: Record(written, logs.get(name, ())) for name, (written, _) in read.items()
            }
        found = {name: self._found[name] for name in wanted}
        return {name: record for name, record in found.items() if record is not None}
