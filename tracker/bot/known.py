"""What the store knows of a chat that writes, in one statement: asking costs more than what is found."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, literal, select
from sqlmodel import col

from tracker.bot import conversations, seen_updates
from tracker.bot.conversations import Conversation
from tracker.bot.seen_updates import SoFar
from tracker.people import chats
from tracker.people.chats import Chat
from tracker.people.tables import ChatRow, ConversationRow

_CHAT, _TALK = "chat_of_", "talk_of_"
_ANYWAY = select(literal(1).label("one")).subquery()
_KNOWN: Any = select(
    *seen_updates.COUNTED,
    *(column.label(_CHAT + column.name) for column in ChatRow.__table__.columns),  # type: ignore[attr-defined]
    *(column.label(_TALK + column.name) for column in ConversationRow.__table__.columns),  # type: ignore[attr-defined]
).select_from(
    _ANYWAY.outerjoin(ChatRow, col(ChatRow.chat_id) == bindparam("chat")).outerjoin(
        ConversationRow, col(ConversationRow.chat_id) == bindparam("chat")
    )
)
"""Made once: making a statement costs more than running it."""


class Known(NamedTuple):
    """What a chat has asked before an update, what it is, and what it is being asked."""

    so_far: SoFar
    chat: Chat
    talk: Conversation | None


def known(connection: Connection, update: int, chat: int, now: datetime) -> Known:
    """Tell what is known."""
    row = connection.execute(_KNOWN, seen_updates.asked(update, chat, now)).mappings().one()
    counted: list[Any] = list(row.values())
    handled, minute, stranger = counted[:3]
    return Known(
        SoFar(bool(handled), minute, stranger),
        chats.read(chat, _part(row, _CHAT)),
        conversations.read(chat, _part(row, _TALK)),
    )


def _part(row: Any, prefix: str) -> dict[str, Any]:
    """Give the columns of one table; nothing where it has no such row."""
    if row[f"{prefix}chat_id"] is None:
        return {}
    return {name.removeprefix(prefix): value for name, value in row.items() if name.startswith(prefix)}
