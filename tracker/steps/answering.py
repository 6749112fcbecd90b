"""Somebody has answered: whoever was told in a chat is to see that."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from tracker.events.kinds import CORRECTED
from tracker.events.log import first_recorded
from tracker.events.model import Event
from tracker.obligations.model import obligation_key
from tracker.outbox import posts
from tracker.steps.context import Context
from tracker.terms.model import Agreement


def tell_chats(
    connection: Connection,
    context: Context,
    agreement: Agreement,
    log: Sequence[Event],
    event: Event,
    now: datetime,
) -> None:
    """Mark the messages about the obligation that a fact, or the correction of one, is about."""
    del context, now
    about = event
    if event.kind == CORRECTED:
        number = first_recorded(log, event)
        about = next((entry for entry in log if entry.number == number), event)
    rule, occurrence = about.details.get("rule"), about.details.get("occurrence")
    if rule and occurrence:
        posts.mark(connection, obligation_key(agreement.id, rule, occurrence))
