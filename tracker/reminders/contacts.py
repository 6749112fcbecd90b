"""The addresses of agreements' contacts, in the store: which agreements somebody may be told of."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, delete, select
from sqlmodel import col

from tracker.base.bulk import insert_all
from tracker.reminders.recipients import EMAIL, TELEGRAM
from tracker.reminders.tables import ContactRow
from tracker.terms.model import Agreement
from tracker.terms.service import batches


def rows_of(agreement: Agreement) -> Iterator[dict[str, Any]]:
    """Yield the addresses of an agreement, in lower case, as the facts have changed it."""
    number = 0
    for party, contact in agreement.contacts():
        for channel, address in ((EMAIL, contact.email), (TELEGRAM, contact.telegram)):
            if address is not None:
                number += 1
                yield {
                    "agreement_id": agreement.id,
                    "number": number,
                    "party": party,
                    "contact": contact.key,
                    "channel": channel,
                    "address": str(address).lower(),
                    "since": contact.since,
                    "until": contact.until,
                }


def put(connection: Connection, rows: Sequence[dict[str, Any]], instead_of: Iterable[str]) -> None:
    """Store addresses; those of some agreements take the place of what was stored."""
    for batch in batches(sorted(instead_of)):
        connection.execute(delete(ContactRow).where(col(ContactRow.agreement_id).in_(batch)))
    insert_all(connection, ContactRow, rows)


def addresses_of(connection: Connection, agreements: Collection[str]) -> set[str]:
    """Give the addresses of everybody who may be told of some agreements."""
    query = select(col(ContactRow.address)).where(col(ContactRow.agreement_id).in_(agreements)).distinct()
    return set(connection.execute(query).scalars())


def agreements_of(connection: Connection, addresses: Collection[str], most: int) -> list[str]:
    """Give the agreements that some addresses may be told of; no more than `most`."""
    query = select(col(ContactRow.agreement_id)).where(col(ContactRow.address).in_(addresses)).distinct()
    return list(connection.execute(query.limit(most)).scalars())
