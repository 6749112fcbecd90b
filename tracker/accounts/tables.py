"""Accounts, sign-in links, sessions, calendar links, and the book of sign-ins. No behaviour here."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel


class AccountRow(SQLModel, table=True):
    """Somebody who may see everything although no agreement or unit names them."""

    __tablename__ = "account"

    address: str = Field(primary_key=True, description="e-mail address in lower case")
    role: str = Field(max_length=16, description="admin or auditor")
    name: str
    added_at: datetime
    added_by: str


class SignInLinkRow(SQLModel, table=True):
    """A link that signs one address in, once, in the browser that asked for it."""

    __tablename__ = "sign_in_link"
    __table_args__ = (Index("ix_sign_in_link_address", "address"),)

    digest: str = Field(primary_key=True, max_length=64)
    address: str
    browser: str = Field(max_length=64, description="digest of the cookie of the browser that asked")
    made_at: datetime
    expires_at: datetime
    used_at: datetime | None = None


class SessionRow(SQLModel, table=True):
    """One signed-in browser; it ends by itself, by signing out, or because somebody ends it."""

    __tablename__ = "session"
    __table_args__ = (Index("ix_session_address", "address"),)

    digest: str = Field(primary_key=True, max_length=64)
    address: str
    made_at: datetime
    seen_at: datetime
    expires_at: datetime
    ended_at: datetime | None = None


class SignInRow(SQLModel, table=True):
    """One line of the book of sign-ins; an address that nobody has is not written down."""

    __tablename__ = "sign_in"
    __table_args__ = (Index("ix_sign_in_at", "at"),)

    id: int | None = Field(default=None, primary_key=True)
    at: datetime
    what: str = Field(max_length=16, description="asked, unknown, limited, in, refused, out, ended")
    address: str = ""


class CalendarLinkRow(SQLModel, table=True):
    """A link under which a calendar program reads somebody's deadlines."""

    __tablename__ = "calendar_link"
    __table_args__ = (Index("ix_calendar_link_address", "address"),)

    digest: str = Field(primary_key=True, max_length=64)
    address: str
    language: str = Field(max_length=2)
    made_at: datetime
    revoked_at: datetime | None = None


class ApiTokenRow(SQLModel, table=True):
    """A token by which a program asks in somebody's name; it may never do more than they may."""

    __tablename__ = "api_token"
    __table_args__ = (Index("ix_api_token_address", "address"),)

    digest: str = Field(primary_key=True, max_length=64)
    address: str
    name: str = Field(description="what the owner calls it")
    scopes: str = Field(max_length=64, description="read, write, with blanks between")
    made_at: datetime
    made_by: str
    expires_at: datetime
    seen_at: datetime | None = None
    revoked_at: datetime | None = None


class WebhookRow(SQLModel, table=True):
    """A wish of somebody to have a program told what happens; its secret is made of its id, and not kept."""

    __tablename__ = "webhook"
    __table_args__ = (Index("ix_webhook_ended_at", "ended_at"),)

    id: str = Field(primary_key=True, max_length=32)
    address: str = Field(description="who wishes it: nothing is told that they may not see")
    unit: str = Field(default="", description="only what this unit looks after; empty: all they may see")
    url: str
    kinds: str = Field(description="what is told, with blanks between")
    made_at: datetime
    ended_at: datetime | None = None
    ended_why: str = ""
