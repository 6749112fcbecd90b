"""Many obligations due at once are taken person by person, so that each gets one message and the first soon.

While more is due than one transaction takes, the reminders of people who may have more to come are
held back until that is made, or until the hold ends by itself: a worker may die in between. With
several workers a person may still get two messages; nobody gets none.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from tracker.obligations import service as obligations
from tracker.people import chats
from tracker.reminders import contacts

HELD_FOR = timedelta(minutes=10)
_PEOPLE_OF = 20
"""Of how many obligations the people are looked up for one batch."""
_AGREEMENTS_AT_MOST = 2000
_ROWS_AT_MOST = 1000


@dataclass(frozen=True, slots=True)
class Batch:
    """Obligations for one transaction; `complete` are the people of whom nothing else is due, None: all."""

    rows: Sequence[Any]
    complete: frozenset[str] | None


def next_batch(connection: Connection, now: datetime, limit: int) -> Batch:
    """Take up to `limit` due obligations; where there are more, those of a few people, but all of these."""
    rows = obligations.due(connection, now, limit)
    if len(rows) < limit:
        return Batch(rows, None)
    first = rows[:_PEOPLE_OF]
    people = contacts.addresses_of(connection, {row.agreement_id for row in first})
    theirs = contacts.agreements_of(connection, people, _AGREEMENTS_AT_MOST)
    along = obligations.due(connection, now, _ROWS_AT_MOST, theirs)
    found = {row.key: row for row in (*first, *along)}
    cut_short = len(theirs) == _AGREEMENTS_AT_MOST or len(along) == _ROWS_AT_MOST
    if cut_short:
        return Batch(list(found.values()), frozenset())
    return Batch(list(found.values()), frozenset(people | chats.of_addresses(connection, people)))
