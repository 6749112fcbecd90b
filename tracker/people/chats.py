"""Chats in the store: linked, stopped, blocked, moved; and how routing knows of them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, bindparam, delete, select, update
from sqlmodel import col

from tracker.base.db import insert_once
from tracker.people.rights import NOBODY, Identity
from tracker.people.tables import ChatRow
from tracker.reminders.group_chats import GroupChat, Hears, address_of, chat_and_topic
from tracker.reminders.recipients import TELEGRAM, Routing

_LONGEST_TITLE = 128
_GROUPS_AT_MOST = 50
_ONE = select(ChatRow).where(col(ChatRow.chat_id) == bindparam("chat"))
_UNBLOCK = (
    update(ChatRow)
    .where(col(ChatRow.chat_id).in_(bindparam("chats", expanding=True)), col(ChatRow.blocked_at).is_not(None))
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


@dataclass(frozen=True, slots=True)
class Group:
    """A group that is linked to a unit."""

    id: int
    title: str
    chat: GroupChat
    is_in_use: bool
    """False where the bot was thrown out."""


def get(connection: Connection, chat: int) -> Chat:
    """Give what is known of a chat."""
    row = connection.execute(_ONE, {"chat": chat}).mappings().one_or_none()
    return read(chat, dict(row) if row else {})


def read(chat: int, row: Mapping[str, Any]) -> Chat:
    """Read what is stored of a chat, by the names of columns; an empty row: it is not stored."""
    if not row:
        return Chat(chat)
    stopped = row["unlinked_at"] is not None
    return Chat(chat, row["address"], row["unit"], row["language"], stopped=stopped, is_stored=True)


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


def link_group(
    connection: Connection, chat: int, group: GroupChat, by: str, now: datetime, *, title: str = ""
) -> None:
    """Link a group, or one topic of it, to a unit, in the place of what it was linked to before."""
    values = {
        "unit": group.unit,
        "thread_id": chat_and_topic(group.address)[1],
        "hears": group.hears.value,
        "language": group.language,
        "title": title[:_LONGEST_TITLE],
        "linked_at": now,
        "linked_by": by,
        "unlinked_at": None,
        "blocked_at": None,
    }
    insert_once(connection, ChatRow, [{"chat_id": chat, "address": "", **values}])
    _change(connection, chat, **values)


def groups(connection: Connection, units: Collection[str]) -> list[Group]:
    """Give the linked groups of some units, by title."""
    query = (
        select(ChatRow)
        .where(col(ChatRow.unit).in_(sorted(units)), col(ChatRow.unlinked_at).is_(None))
        .order_by(col(ChatRow.title), col(ChatRow.chat_id))
        .limit(_GROUPS_AT_MOST)
    )
    rows = connection.execute(query)
    return [Group(row.chat_id, row.title, _group(row), is_in_use=row.blocked_at is None) for row in rows]


def group(connection: Connection, chat: int) -> Group | None:
    """Give a linked group; None where it is none."""
    row = connection.execute(_ONE, {"chat": chat}).one_or_none()
    if row is None or not row.unit or row.unlinked_at is not None:
        return None
    return Group(chat, row.title, _group(row), is_in_use=row.blocked_at is None)


def others_of(connection: Connection, address: str, chat: int) -> list[Chat]:
    """Give the other chats that are linked to an address."""
    query = select(col(ChatRow.chat_id)).where(
        col(ChatRow.address) == address.lower(), col(ChatRow.unlinked_at).is_(None)
    )
    return [get(connection, other) for other in connection.execute(query).scalars() if other != chat]


def stop(connection: Connection, chat: int, now: datetime, by: str = "stop") -> None:
    """Unlink a chat: nothing is sent there, and nothing told, until it is linked again."""
    link(connection, chat, "", by, now)
    _change(connection, chat, unlinked_at=now)


def speak(connection: Connection, chat: int, language: str, now: datetime) -> None:
    """Note the language that a chat has chosen."""
    if not get(connection, chat).is_stored:
        link(connection, chat, "", "language", now)
    _change(connection, chat, language=language)


def block(connection: Connection, chat: int, now: datetime) -> None:
    """Note that the bot cannot write to a chat; one that nobody linked is left as it is."""
    _change(connection, chat, blocked_at=now)


def unblock(connection: Connection, *which: int) -> None:
    """Note that the bot can write to some chats again."""
    if which:
        connection.execute(_UNBLOCK, {"chats": sorted(which)})


def move(connection: Connection, chat: int, to: int) -> None:
    """Follow a group that became a supergroup: the same chat has another id."""
    if get(connection, to).is_stored:
        connection.execute(delete(ChatRow).where(col(ChatRow.chat_id) == chat))
        return
    _change(connection, chat, chat_id=to)


def addresses(connection: Connection, chat: int) -> list[str]:
    """Give the addresses under which a chat may be written to: itself, and the topic that was linked."""
    found = group(connection, chat)
    return [str(chat), *([found.chat.address] if found else [])]


def follow(connection: Connection, address: str, to: str) -> None:
    """Follow a chat of which a server has said where it is now."""
    chat, _ = chat_and_topic(address)
    if all(each.lstrip("-").isdigit() for each in (chat, to)):
        move(connection, int(chat), int(to))


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
    silent, found = set(), []
    for row in connection.execute(query):
        if row.unlinked_at is not None or row.blocked_at is not None:
            silent.add((TELEGRAM, address_of(row.chat_id, row.thread_id)))
        elif row.unit:
            found.append(_group(row))
        elif row.address:
            linked[row.address] = row.chat_id  # of several, the one that was linked last
    return routing.with_chats(linked, found).without(silent)


def _group(row: Any) -> GroupChat:
    address = address_of(row.chat_id, row.thread_id)
    language: Literal["id", "en"] = "en" if row.language == "en" else "id"
    return GroupChat(row.unit, address, language, Hears(row.hears or Hears.DIGESTS))


_IN_USE = (col(ChatRow.unlinked_at).is_(None), col(ChatRow.blocked_at).is_(None))


def _change(connection: Connection, chat: int, **values: Any) -> None:
    connection.execute(update(ChatRow).where(col(ChatRow.chat_id) == chat).values(**values))
