"""Updates that were handled, in the store: each is handled once, and no chat asks without end."""

from datetime import datetime, timedelta
from typing import NamedTuple

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
_SO_FAR = select(
    select(func.count())
    .select_from(ChatUpdateRow)
    .where(col(ChatUpdateRow.update_id) == bindparam("number"))
    .scalar_subquery(),
    _COUNTED.where(_of_chat, col(ChatUpdateRow.at) > bindparam("minute")).scalar_subquery(),
    _COUNTED.where(
        _of_chat, col(ChatUpdateRow.at) > bindparam("hour"), col(ChatUpdateRow.what) == STRANGER
    ).scalar_subquery(),
)
"""Made once: making a statement costs more than running it."""


def so_far(connection: Connection, update: int, chat: int, now: datetime) -> SoFar:
    """Tell what a chat has asked before."""
    given = {"number": update, "chat": chat, "minute": now - _MINUTE, "hour": now - _HOUR}
    handled, minute, stranger = connection.execute(_SO_FAR, given).one()
    return SoFar(bool(handled), minute, stranger)


def note(connection: Connection, update: int, chat: int, what: str, now: datetime) -> None:
    """Note that an update was handled; old notes go."""
    row = {"update_id": update, "chat_id": chat, "what": what[:16], "at": now}
    insert_once(connection, ChatUpdateRow, [row])
    if update % _SWEEP_EVERY == 0:
        connection.execute(delete(ChatUpdateRow).where(col(ChatUpdateRow.at) < now - _KEPT_FOR))


def count(connection: Connection, chat: int, since: datetime, what: str) -> int:
    """Count what a chat has asked of one kind since an instant."""
    query = _COUNTED.where(
        col(ChatUpdateRow.chat_id) == chat, col(ChatUpdateRow.at) > since, col(ChatUpdateRow.what) == what
    )
    return int(connection.execute(query).scalar_one())
