"""Alerts that are due, put straight into the store: as many as a test wants."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from tests.support.content import alert_content
from tracker.base.bulk import insert_all
from tracker.base.db import Database
from tracker.outbox.delivery import SendError
from tracker.outbox.keys import message_id
from tracker.outbox.service import PENDING, Claimed
from tracker.outbox.tables import AlertRow
from tracker.reminders.recipients import EMAIL

DOMAIN = "example.org"


def alert_rows(name: str, count: int, now: datetime, *, people: int | None = None) -> list[dict[str, Any]]:
    """Make rows of alerts by mail that are due now; `name` tells one batch from another.

    They are spread over so many `people`; each alert goes to somebody else unless that is given. No
    two say the same, as if each were about another agreement.
    """
    people = people or count
    return [
        {
            "key": f"{name}/{number}/kesatu:officer/email",
            "reminder_key": None,
            "obligation_key": None,
            "contact": f"kesatu:officer-{number % people}",
            "channel": EMAIL,
            "address": f"officer-{number % people}@example.org",
            "detour": None,
            "content": _content(number),
            "message_id": message_id(f"{name}/{number}", DOMAIN),
            "thread_id": message_id(name, DOMAIN),
            "state": PENDING,
            "created_at": now,
            "next_try_at": now,
            "lease_holder": None,
            "attempts": 0,
        }
        for number in range(count)
    ]


def _content(number: int) -> str:
    plain = alert_content("id", act_by=date(2025, 1, 24) + timedelta(days=number % 30))
    names = ("agreement", "agreement_title", "recipient", "headline", "act", "towards")
    texts = {name: f"{getattr(plain, name)} {number}" for name in names}
    lists = {
        name: tuple(f"{each} {number}" for each in getattr(plain, name))
        for name in ("agreement_numbers", "why")
    }
    return plain.model_copy(update=texts | lists).model_dump_json()


class NothingFollows:
    """Refusals that nobody is told of."""

    def lock(self, connection: Connection, alerts: Sequence[Claimed]) -> None:
        """Lock nothing."""

    def follow(
        self,
        connection: Connection,
        message: Claimed,
        said: Sequence[Claimed],
        error: SendError,
        open_still: AbstractSet[str],
    ) -> None:
        """Tell nobody."""


def put(db: Database, rows: list[dict[str, Any]]) -> None:
    """Store alerts."""
    with db.write() as connection:
        insert_all(connection, AlertRow, rows)
