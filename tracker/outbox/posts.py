"""Messages that stand in chats, in the store: what is answered by one person is told to all who were told.

A message may be about several duties: each of them has a row of its own.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, select, update
from sqlmodel import col

from tracker.base.db import insert_once
from tracker.outbox.content import AlertContent, Content, ListContent, read_content
from tracker.outbox.keys import DIGESTS
from tracker.outbox.service import Claimed
from tracker.outbox.tables import AlertRow, PostRow
from tracker.people.tables import ChatRow
from tracker.reminders.group_chats import chat_and_topic

NOTED_AT_MOST = 30
"""Of a list: more duties no message of a chat shows."""
_KEPT_TRUE = timedelta(days=2)
"""How long a digest is: the next one tells what is so by then."""


class Placed(NamedTuple):
    """A message that was accepted, and what the server calls it."""

    alert: Claimed
    message: str


@dataclass(frozen=True, slots=True)
class Post:
    """One message in a chat, what it said, and the obligations it is about."""

    alert: str
    obligations: Sequence[str]
    chat: str
    message: str
    content: Content
    sent_at: datetime


def note(connection: Connection, placed: Iterable[Placed]) -> None:
    """Note where messages stand, and of which obligations they tell."""
    rows = [
        {
            "alert_key": alert.key,
            "obligation_key": obligation,
            "chat": alert.address,
            "message": message,
            "stale": False,
        }
        for alert, message in placed
        if message
        for obligation in _obligations_in(alert)
    ]
    insert_once(connection, PostRow, rows)


def _obligations_in(alert: Claimed) -> Sequence[str]:
    if alert.obligation_key is not None:
        return (alert.obligation_key,)
    content = read_content(alert.content)
    if not isinstance(content, ListContent):
        return ()
    return list(dict.fromkeys(item.obligation for item in content.items[:NOTED_AT_MOST]))


def mark(connection: Connection, obligation: str) -> None:
    """Note that messages about an obligation do not tell what was answered."""
    about = col(PostRow.obligation_key) == obligation
    connection.execute(update(PostRow).where(about).values(stale=True))


def mark_again(connection: Connection, post: Post) -> None:
    """Note that a message could not be changed yet."""
    connection.execute(update(PostRow).where(col(PostRow.alert_key) == post.alert).values(stale=True))


def is_any_stale(connection: Connection) -> bool:
    """Tell whether any message is to be changed, by one index look-up."""
    query = select(col(PostRow.alert_key)).where(col(PostRow.stale)).limit(1)
    return connection.execute(query).scalar() is not None


def take_stale(connection: Connection, limit: int, now: datetime) -> list[Post]:
    """Give messages that are to be changed; whoever takes them changes them, or marks them again.

    Chats that were left are passed over, and so are digests of days ago.
    """
    stale = (
        select(col(PostRow.alert_key))
        .where(col(PostRow.stale))
        .order_by(col(PostRow.alert_key), col(PostRow.obligation_key))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    taken = sorted(set(connection.execute(stale).scalars()))
    if not taken:
        return []
    connection.execute(update(PostRow).where(col(PostRow.alert_key).in_(taken)).values(stale=False))
    query = (
        select(PostRow, col(AlertRow.content), col(AlertRow.accepted_at), col(AlertRow.created_at))
        .join(AlertRow, col(AlertRow.key) == col(PostRow.alert_key))
        .where(col(PostRow.alert_key).in_(taken))
        .order_by(col(PostRow.alert_key), col(PostRow.obligation_key))
    )
    silent = _silent(connection)
    found: dict[str, Post] = {}
    about: dict[str, list[str]] = {}
    for row in connection.execute(query):
        about.setdefault(row.alert_key, []).append(row.obligation_key)
        if row.alert_key not in found and chat_and_topic(row.chat)[0] not in silent:
            content, sent_at = read_content(row.content), row.accepted_at or row.created_at
            if not _is_past(content, sent_at, now):
                obligations = about[row.alert_key]
                found[row.alert_key] = Post(
                    row.alert_key, obligations, row.chat, row.message, content, sent_at
                )
    return list(found.values())


def _is_past(content: Content, sent_at: datetime, now: datetime) -> bool:
    return content.point in DIGESTS and not isinstance(content, AlertContent) and now - sent_at > _KEPT_TRUE


def _silent(connection: Connection) -> set[str]:
    left = select(col(ChatRow.chat_id)).where(
        col(ChatRow.unlinked_at).is_not(None) | col(ChatRow.blocked_at).is_not(None)
    )
    return {str(chat) for chat in connection.execute(left).scalars()}
