"""Conversations in the store: one for each chat, and none that nobody has gone on with for a while."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select
from sqlmodel import col

from tracker.base.db import insert_once
from tracker.people.tables import ConversationRow

PATIENCE = timedelta(minutes=30)
_OF_CHAT = select(ConversationRow).where(col(ConversationRow.chat_id) == bindparam("chat"))
"""Made once: making a statement costs more than running it."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """What a chat is being asked."""

    chat: int
    number: int
    form: str
    about: str
    given: Mapping[str, str]
    expires_at: datetime


def get(connection: Connection, chat: int) -> Conversation | None:
    """Give the conversation of a chat, be it over or not."""
    row = connection.execute(_OF_CHAT, {"chat": chat}).mappings().one_or_none()
    return read(chat, dict(row) if row else {})


def read(chat: int, row: Mapping[str, Any]) -> Conversation | None:
    """Read a stored conversation, by the names of columns; an empty row: there is none."""
    if not row:
        return None
    given = json.loads(row["given"])
    return Conversation(chat, row["number"], row["form"], row["about"], given, row["expires_at"])


def put(connection: Connection, talk: Conversation) -> None:
    """Go on with a conversation, in the place of any other of its chat."""
    end(connection, talk.chat)
    row = {
        "chat_id": talk.chat,
        "number": talk.number,
        "form": talk.form,
        "about": talk.about,
        "given": json.dumps(dict(talk.given), ensure_ascii=False),
        "expires_at": talk.expires_at,
    }
    insert_once(connection, ConversationRow, [row])


def end(connection: Connection, chat: int) -> None:
    """End the conversation of a chat."""
    connection.execute(delete(ConversationRow).where(col(ConversationRow.chat_id) == chat))
