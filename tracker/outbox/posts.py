"""Messages that stand in chats, in the store: what is answered by one person is told to all who were told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update
from sqlmodel import col

from tracker.base.db import insert_once
from tracker.outbox.content import AlertContent, read_content
from tracker.outbox.tables import AlertRow, PostRow
from tracker.people.tables import ChatRow


@dataclass(frozen=True, slots=True)
class Post:
    """One message in a chat, and what it said."""

    alert: str
    obligation: str
    chat: str
    message: str
    content: AlertContent
    sent_at: datetime


def note(connection: Connection, posts: Sequence[tuple[str, str | None, str, str]]) -> None:
    """Note where alerts stand: their keys, obligations, chats and what the server calls the messages."""
    rows = [
        {"alert_key": alert, "obligation_key": obligation, "chat": chat, "message": message, "stale": False}
        for alert, obligation, chat, message in posts
        if obligation is not None and message
    ]
    insert_once(connection, PostRow, rows)


def mark(connection: Connection, obligation: str) -> None:
    """Note that messages about an obligation do not tell what was answered."""
    about = col(PostRow.obligation_key) == obligation
    connection.execute(update(PostRow).where(about).values(stale=True))


def is_any_stale(connection: Connection) -> bool:
    """Tell whether any message is to be changed, by one index look-up."""
    query = select(col(PostRow.alert_key)).where(col(PostRow.stale)).limit(1)
    return connection.execute(query).scalar() is not None


def take_stale(connection: Connection, limit: int) -> list[Post]:
    """Give messages that are to be changed; whoever takes them changes them, or marks them again.

    Chats that were left are passed over.
    """
    left = select(col(ChatRow.chat_id)).where(
        col(ChatRow.unlinked_at).is_not(None) | col(ChatRow.blocked_at).is_not(None)
    )
    silent = {str(chat) for chat in connection.execute(left).scalars()}
    query = (
        select(PostRow, col(AlertRow.content), col(AlertRow.accepted_at), col(AlertRow.created_at))
        .join(AlertRow, col(AlertRow.key) == col(PostRow.alert_key))
        .where(col(PostRow.stale))
        .order_by(col(PostRow.alert_key))
        .limit(limit)
        .with_for_update(of=PostRow, skip_locked=True)
    )
    rows = connection.execute(query).all()
    keys = [row.alert_key for row in rows]
    connection.execute(update(PostRow).where(col(PostRow.alert_key).in_(keys)).values(stale=False))
    found = []
    for row in rows:
        content = read_content(row.content)
        if isinstance(content, AlertContent) and row.chat not in silent:
            sent_at = row.accepted_at or row.created_at
            found.append(Post(row.alert_key, row.obligation_key, row.chat, row.message, content, sent_at))
    return found
