"""Updates that were handled, in the store: each is handled once, and no chat asks without end."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, select
from sqlmodel import col

from tracker.base.db import insert_once
from tracker.people.tables import ChatUpdateRow

_KEPT_FOR = timedelta(days=2)
"""Telegram keeps what was not taken for one day."""
_SWEEP_EVERY = 64


def is_handled(connection: Connection, update: int) -> bool:
    """Tell whether an update was handled before."""
    query = select(col(ChatUpdateRow.at)).where(col(ChatUpdateRow.update_id) == update)
    return connection.execute(query).scalar() is not None


def note(connection: Connection, update: int, chat: int, what: str, now: datetime) -> None:
    """Note that an update was handled; old notes go."""
    row = {"update_id": update, "chat_id": chat, "what": what[:16], "at": now}
    insert_once(connection, ChatUpdateRow, [row])
    if update % _SWEEP_EVERY == 0:
        connection.execute(delete(ChatUpdateRow).where(col(ChatUpdateRow.at) < now - _KEPT_FOR))


def count(connection: Connection, chat: int, since: datetime, what: str | None = None) -> int:
    """Count what a chat has asked since an instant."""
    query = (
        select(func.count())
        .select_from(ChatUpdateRow)
        .where(col(ChatUpdateRow.chat_id) == chat, col(ChatUpdateRow.at) > since)
    )
    if what is not None:
        query = query.where(col(ChatUpdateRow.what) == what)
    return int(connection.execute(query).scalar_one())
