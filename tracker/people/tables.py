"""Linked chats, codes that link them, and what the bot remembers, in the database. No behaviour here."""

from datetime import datetime

from sqlalchemy import BigInteger, Index, Text
from sqlmodel import Field, SQLModel


class ChatRow(SQLModel, table=True):
    """One chat whose person is known: by an address it was linked to, or by its own id in the terms.

    A row that ended (`unlinked_at`) stays: nothing is sent there before the person links it again.
    """

    __tablename__ = "chat"
    __table_args__ = (Index("ix_chat_address", "address"),)

    chat_id: int = Field(primary_key=True, sa_type=BigInteger)
    address: str = Field(description="e-mail address in lower case; empty: the terms name the chat")
    unit: str = Field(default="", description="whose managers a group stands for")
    thread_id: int | None = Field(default=None, sa_type=BigInteger, description="topic of a group")
    hears: str = Field(default="", max_length=16, description="what of its unit a group hears")
    title: str = Field(default="", max_length=128, description="how a group is called")
    language: str = Field(max_length=2)
    linked_at: datetime
    linked_by: str
    unlinked_at: datetime | None = None
    blocked_at: datetime | None = Field(default=None, description="since when the bot cannot write there")


class LinkCodeRow(SQLModel, table=True):
    """A code that links one chat, once; only its digest is kept."""

    __tablename__ = "link_code"

    digest: str = Field(primary_key=True, max_length=64)
    address: str = Field(description="empty: the code is for a group")
    unit: str = Field(default="", description="of which a group is to hear")
    hears: str = Field(default="", max_length=16)
    made_at: datetime
    expires_at: datetime
    made_by: str
    used_at: datetime | None = None
    used_by: int | None = Field(default=None, sa_type=BigInteger, description="the chat")


class ChatUpdateRow(SQLModel, table=True):
    """One update that was handled, so that it is handled once; also counts how much a chat asks."""

    __tablename__ = "chat_update"
    __table_args__ = (Index("ix_chat_update_chat_id_at", "chat_id", "at"), Index("ix_chat_update_at", "at"))

    update_id: int = Field(primary_key=True, sa_type=BigInteger)
    chat_id: int = Field(sa_type=BigInteger)
    what: str = Field(max_length=16)
    at: datetime


class ButtonRow(SQLModel, table=True):
    """What a button asks for, where that does not fit into the button; named by its digest."""

    __tablename__ = "button"

    id: str = Field(primary_key=True, max_length=64)
    asks: str = Field(sa_type=Text)
    at: datetime


class ConversationRow(SQLModel, table=True):
    """What a chat is being asked, question by question; it survives a restart, and ends by itself."""

    __tablename__ = "conversation"

    chat_id: int = Field(primary_key=True, sa_type=BigInteger)
    number: int = Field(sa_type=BigInteger, description="the update that began it: its buttons name it")
    form: str = Field(max_length=16)
    about: str = Field(description="the key of an obligation, or the id of an agreement")
    given: str = Field(sa_type=Text, description="the answers so far, as JSON")
    expires_at: datetime
