"""The alerts that one person may read of, a page at a time, in the order of their keys.

A key begins with the obligation's, so those about one duty stand together, and a page begins where
the primary key says: it costs the same however far one goes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlmodel import col

from tracker.obligations.tables import ObligationRow
from tracker.outbox.keys import GROUP
from tracker.outbox.tables import AlertRow
from tracker.queries import alerts_json
from tracker.reminders.ladder import AT_ONCE
from tracker.reminders.tables import ReminderRow
from tracker.seen.sight import Sight
from tracker.terms.tables import AgreementRow


@dataclass(frozen=True, slots=True)
class AlertWish:
    """Which alerts somebody wants to see; empty: all."""

    agreement: str = ""
    obligation: str = ""
    state: str = ""
    channel: str = ""


@dataclass(frozen=True, slots=True)
class Alerts:
    """One page, and the key after which the next one begins; empty where there is none."""

    items: Sequence[dict[str, Any]]
    following: str


def page(sight: Sight, wish: AlertWish, after: str, limit: int) -> Alerts:
    """Give one page; fewer than `limit`, though more follow, where some are not theirs to read."""
    rows = sight.connection.execute(_wanted(sight, wish, after).limit(limit + 1)).all()
    some = rows[:limit]
    agreements = sight.by_ids({row.agreement_id for row in some})
    readable = [
        row
        for row in some
        if row.agreement_id in agreements and sight.may_read(agreements[row.agreement_id], row.contact)
    ]
    told = alerts_json(sight.connection, readable)
    about = {row.key: row.obligation_key for row in readable}
    items = [{**one, "obligation": about[one["key"]]} for one in told]
    return Alerts(items, some[-1].key if len(rows) > limit else "")


def _wanted(sight: Sight, wish: AlertWish, after: str) -> Any:
    key, about, agreement = col(AlertRow.key), col(AlertRow.obligation_key), col(ObligationRow.agreement_id)
    query: Any = (
        select(
            AlertRow,
            agreement.label("agreement_id"),
            func.coalesce(col(ReminderRow.point), AT_ONCE).label("point"),
        )
        .join(ObligationRow, col(ObligationRow.key) == about)
        .outerjoin(ReminderRow, col(ReminderRow.key) == col(AlertRow.reminder_key))
        .where(key.not_like(f"{GROUP}/%"))
        .order_by(key)
    )
    if after:
        query = query.where(key > after)
    if not sight.reach.sees_everything:
        query = query.join(AgreementRow, col(AgreementRow.id) == agreement).where(sight.mine(agreement))
    for column, text in (
        (agreement, wish.agreement),
        (about, wish.obligation),
        (col(AlertRow.state), wish.state),
        (col(AlertRow.channel), wish.channel),
    ):
        if text:
            query = query.where(column == text)
    return query
