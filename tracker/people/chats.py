"""Chats in the store: linked, stopped, blocked, moved; and how routing knows of them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select, update
from sqlmodel import col

from tracker.base.db import insert_once
from tracker.people.rights import NOBODY, Identity
from tracker.people.tables import ChatRow
from tracker.reminders.recipients import TELEGRAM, Routing

_ONE = select(ChatRow).where(col(ChatRow.chat_id) == bindparam("chat"))
_UNBLOCK = (
    update(ChatRow)
    .where(col(ChatRow.chat_id) == bindparam("chat"), col(ChatRow.blocked_at).is_not(None))
    .values(blocked_at=None)
)


@dataclass(frozen=True, slots=True)
class Chat:
    """What is known of a chat; one that never was linked may still stand in the terms."""

    id: int
    address: str = ""
    unit: str = ""
    language: str = ""
    """Empty where nobody has chosen one."""
    stopped: bool = False
    is_stored: bool = False

    @property
    def identity(self) -> Identity:
        """Who reads there; nobody where it was stopped, or is a group."""
        if self.stopped or self.id < 0:
            return NOBODY
        return Identity.of(email=self.address, chat=self.id)


def get(connection: Connection, chat: int) -> Chat:
    """Give what is known of a chat."""
    row = connection.execute(_ONE, {"chat": chat}).one_or_none()
    if row is None:
        return Chat(chat)
    stopped = row.unlinked_at is not None
    return Chat(chat, row.address, row.unit, row.language, stopped=stopped, is_stored=True)


def link(
    connection: Connection, chat: int, address: str, by: str, now: datetime, *, language: str = ""
) -> None:
    """Link a chat to an address, in the place of what it was linked to before."""
    row = {
        "chat_id": chat,
        "address": address.lower(),
        "unit": "",
        "language": language,
        "linked_at": now,
        "linked_by": by,
    }
    insert_once(connection, ChatRow, [row])
    _change(connection, chat, address=address.lower(), linked_at=now, linked_by=by, unlinked_at=None)
    _change(connection, chat, blocked_at=None)


def stop(connection: Connection, chat: int, now: datetime) -> None:
    """Unlink a chat: nothing is sent there, and nothing told, until it is linked again."""
    link(connection, chat, "", "stop", now)
    _change(connection, chat, unlinked_at=now)


def speak(connection: Connection, chat: int, language: str, now: datetime) -> None:
    """Note the language that a chat has chosen."""
    if not get(connection, chat).is_stored:
        link(connection, chat, "", "language", now)
    _change(connection, chat, language=language)


def block(connection: Connection, chat: int, now: datetime) -> None:
    """Note that the bot cannot write to a chat; one that nobody linked is left as it is."""
    _change(connection, chat, blocked_at=now)


def unblock(connection: Connection, chat: int) -> None:
    """Note that the bot can write to a chat again."""
    connection.execute(_UNBLOCK, {"chat": chat})


def move(connection: Connection, chat: int, to: int) -> None:
    """Follow a group that became a supergroup: the same chat has another id."""
    if get(connection, to).is_stored:
        connection.execute(delete(ChatRow).where(col(ChatRow.chat_id) == chat))
        return
    _change(connection, chat, chat_id=to)


def of_addresses(connection: Connection, addresses: Collection[str]) -> set[str]:
    """Give the chats, as addresses, that are linked to some e-mail addresses."""
    wanted = sorted({address.lower() for address in addresses})
    query = select(col(ChatRow.chat_id)).where(col(ChatRow.address).in_(wanted), *_IN_USE)
    return {str(chat) for chat in connection.execute(query).scalars()} if wanted else set()


def usable(connection: Connection, routing: Routing) -> Routing:
    """Give the routing that knows linked chats, and leaves out those that were stopped."""
    if TELEGRAM not in routing.channels:
        return routing
    query = select(ChatRow).order_by(col(ChatRow.linked_at), col(ChatRow.chat_id))
    linked: dict[str, int] = {}
    silent = set()
    for row in connection.execute(query):
        if row.unlinked_at is not None or row.blocked_at is not None:
            silent.add((TELEGRAM, str(row.chat_id)))
        elif row.address:
            linked[row.address] = row.chat_id  # of several, the one that was linked last
    return routing.with_chats(linked).without(silent)


_IN_USE = (col(ChatRow.unlinked_at).is_(None), col(ChatRow.blocked_at).is_(None))


def _change(connection: Connection, chat: int, **values: Any) -> None:
    connection.execute(update(ChatRow).where(col(ChatRow.chat_id) == chat).values(**values))
