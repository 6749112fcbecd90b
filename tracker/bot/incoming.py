"""What an update says, as one value; whatever else Telegram sends is nothing."""

from dataclasses import dataclass

from telegram import CallbackQuery, ChatMemberUpdated, Message, Update
from telegram.constants import ChatMemberStatus, ChatType

_GONE = (ChatMemberStatus.BANNED, ChatMemberStatus.LEFT)
WANTED = (Update.MESSAGE, Update.CALLBACK_QUERY, Update.MY_CHAT_MEMBER)
"""The kinds of updates that the bot asks for."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """One update."""

    update: int
    chat: int
    private: bool = True
    user: int = 0
    """Who wrote it or pressed it; in a private chat the same as the chat."""
    text: str = ""
    button: str | None = None
    """What a pressed button asks for; None where none was pressed."""
    press: str = ""
    """The id by which Telegram wants to be told that the press was taken."""
    message: int | None = None
    """The message that holds the button; None where it cannot be changed any more."""
    thread: int | None = None
    title: str = ""
    """How a group is called."""
    moved_to: int | None = None
    file: str = ""
    """The id of a photo or document that came along."""
    file_size: int = 0
    content: bytes | None = None
    """What is in that file, once it was fetched."""
    blocked: bool | None = None
    """Whether the bot was thrown out (True) or let in again (False)."""


def read(update: Update) -> Incoming | None:
    """Read an update; None where it asks for nothing."""
    if update.callback_query is not None:
        return _press(update.update_id, update.callback_query)
    if update.message is not None:
        return _message(update.update_id, update.message)
    if update.my_chat_member is not None:
        return _membership(update.update_id, update.my_chat_member)
    return None


def _message(number: int, message: Message) -> Incoming:
    file = message.photo[-1] if message.photo else message.document
    return Incoming(
        number,
        message.chat.id,
        private=message.chat.type == ChatType.PRIVATE,
        user=message.from_user.id if message.from_user else 0,
        text=_clean(message.text or message.caption),
        file=file.file_id if file else "",
        file_size=(file.file_size or 0) if file else 0,
        thread=message.message_thread_id if message.is_topic_message else None,
        title=_clean(message.chat.title),
        moved_to=message.migrate_to_chat_id,
    )


def _press(number: int, query: CallbackQuery) -> Incoming:
    message = query.message
    return Incoming(
        number,
        message.chat.id if message else query.from_user.id,
        private=message is None or message.chat.type == ChatType.PRIVATE,
        user=query.from_user.id,
        button=_clean(query.data),
        press=query.id,
        message=message.message_id if message is not None and message.is_accessible else None,
    )


def _membership(number: int, change: ChatMemberUpdated) -> Incoming:
    return Incoming(
        number,
        change.chat.id,
        private=change.chat.type == ChatType.PRIVATE,
        user=change.from_user.id,
        blocked=change.new_chat_member.status in _GONE,
    )


def _clean(text: str | None) -> str:
    """Leave out what no database stores: the zero character, and halves of characters."""
    return (text or "").replace("\0", "").encode(errors="ignore").decode()
