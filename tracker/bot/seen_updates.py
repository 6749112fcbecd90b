"""Updates that were handled, in the store: each is handled once, and no chat asks without end."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, delete, func, select
from sqlmodel import col

from tracker.base.db import insert_once
from tracker.people.tables import ChatUpdateRow

STRANGER = "stranger"
"""What is noted of the answer to somebody unknown."""
_KEPT_FOR = timedelta(days=2)
"""Telegram keeps what was not taken for one day."""
_SWEEP_EVERY = 64
_HOUR, _MINUTE = timedelta(hours=1), timedelta(minutes=1)


class SoFar(NamedTuple):
    """What a chat has asked before an update, and whether that update is one of them."""

    handled: bool
    in_a_minute: int
    as_stranger: int
    """Answers to somebody unknown, within an hour."""


_of_chat = col(ChatUpdateRow.chat_id) == bindparam("chat")
_COUNTED = select(func.count()).select_from(ChatUpdateRow)
COUNTED = (
    select(func.count())
    .select_from(ChatUpdateRow)
    .where(col(ChatUpdateRow.update_id) == bindparam("number"))
    .scalar_subquery(),
    _COUNTED.where(_of_chat, col(ChatUpdateRow.at) > bindparam("minute")).scalar_subquery(),
    _COUNTED.where(
        _of_chat, col(ChatUpdateRow.at) > bindparam("hour"), col(ChatUpdateRow.what) == STRANGER
    ).scalar_subquery(),
)
"""An update, if it was handled; and what its chat has asked."""


def asked(update: int, chat: int, now: datetime) -> dict[str, Any]:
    """Give the parameters with which to count."""
    return {"number": update, "chat": chat, "minute": now - _MINUTE, "hour": now - _HOUR}


class Note(NamedTuple):
    """That an update was handled, and as what."""

    update: int
    chat: int
    what: str


def note(connection: Connection, notes: Sequence[Note], now: datetime) -> None:
    """Note that updates were handled; old notes go."""
    rows = [
        {"update_id": each.update, "chat_id": each.chat, "what": each.what[:16], "at": now} for each in notes
    ]
    insert_once(connection, ChatUpdateRow, rows)
    if any(each.update % _SWEEP_EVERY == 0 for each in notes):
        connection.execute(delete(ChatUpdateRow).where(col(ChatUpdateRow.at) < now - _KEPT_FOR))


def count(connection: Connection, chat: int, since: datetime, what: str) -> int:
    """Count what a chat has asked of one kind since an instant."""
    query = _COUNTED.where(
        col(ChatUpdateRow.chat_id) == chat, col(ChatUpdateRow.at) > since, col(ChatUpdateRow.what) == what
    )
    return int(connection.execute(query).scalar_one())
