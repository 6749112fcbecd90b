"""Alerts and the attempts to deliver them, in the database. No behaviour here."""

from datetime import datetime

from sqlalchemy import Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

_PENDING = text("next_try_at IS NOT NULL")
_HELD = text("held")
_GROUPED = text("grouped_in IS NOT NULL")
_STALE = text("stale")
_REFUSED = text("state = 'refused'")


class AlertRow(SQLModel, table=True):
    """One message to one contact on one channel, about one obligation or (both keys NULL) a list of them.

    `next_try_at` (UTC) is the only due time: a claim pushes it to the end of the lease, so an
    expired lease is simply due again. It is NULL once the alert is accepted or given up.
    """

    __tablename__ = "alert"
    __table_args__ = (
        Index(
            "ix_alert_channel_next_try_at",
            "channel",
            "next_try_at",
            sqlite_where=_PENDING,
            postgresql_where=_PENDING,
        ),
        Index(
            "ix_alert_channel_address",
            "channel",
            "address",
            sqlite_where=_PENDING,
            postgresql_where=_PENDING,
        ),
        Index("ix_alert_obligation_key", "obligation_key"),
        Index("ix_alert_held", "held", sqlite_where=_HELD, postgresql_where=_HELD),
        Index("ix_alert_grouped_in", "grouped_in", sqlite_where=_GROUPED, postgresql_where=_GROUPED),
        Index("ix_alert_created_at_key", "created_at", "key"),
        Index("ix_alert_refused", "created_at", "key", sqlite_where=_REFUSED, postgresql_where=_REFUSED),
    )

    key: str = Field(primary_key=True, description="reminder or cause/contact/channel")
    reminder_key: str | None = Field(default=None, foreign_key="reminder.key")
    obligation_key: str | None = Field(default=None, foreign_key="obligation.key")
    contact: str
    channel: str = Field(max_length=16)
    address: str
    detour: str | None = Field(default=None, description="why it went to the fallback contact")
    content: str = Field(sa_type=Text, description="AlertContent or ListContent as JSON")
    message_id: str
    thread_id: str
    state: str = Field(max_length=16, description="pending, grouped, accepted, refused or withdrawn")
    created_at: datetime
    next_try_at: datetime | None = None
    lease_holder: str | None = None
    attempts: int = 0
    groupable: bool = Field(default=False, description="may be said together with others of one person")
    held: bool = Field(default=False, description="waits until all reminders of its person are made")
    not_taken: int = Field(default=0, description="the attempts up to this one reached nobody, surely")
    grouped_in: str | None = Field(default=None, description="the alert that says this one among others")
    accepted_at: datetime | None = None


class PostRow(SQLModel, table=True):
    """What a message that stands in a chat says of one obligation; it can still be changed there."""

    __tablename__ = "post"
    __table_args__ = (
        Index("ix_post_obligation_key", "obligation_key"),
        Index("ix_post_stale", "stale", sqlite_where=_STALE, postgresql_where=_STALE),
    )

    alert_key: str = Field(primary_key=True, foreign_key="alert.key")
    obligation_key: str = Field(primary_key=True)
    chat: str = Field(description="the address it went to")
    message: str = Field(description="what the server calls it")
    stale: bool = Field(default=False, description="something was answered that it does not tell yet")


class DoubtfulAddressRow(SQLModel, table=True):
    """An address that a server, or a person, has said not to work; nothing is sent there any more."""

    __tablename__ = "doubtful_address"

    channel: str = Field(primary_key=True, max_length=16)
    address: str = Field(primary_key=True)
    since: datetime
    answer: str = Field(default="", sa_type=Text, description="what the server, or the person, said")


class UnsubscribedRow(SQLModel, table=True):
    """An address that does not want a digest any more; alerts about one duty are never among them."""

    __tablename__ = "unsubscribed"

    address: str = Field(primary_key=True, description="in lower case")
    channel: str = Field(primary_key=True, max_length=16)
    digest: str = Field(primary_key=True, max_length=32)
    at: datetime


class AttemptRow(SQLModel, table=True):
    """One try to deliver an alert: written before the send, its outcome after."""

    __tablename__ = "attempt"
    __table_args__ = (UniqueConstraint("alert_key", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    alert_key: str = Field(foreign_key="alert.key")
    number: int
    worker: str
    started_at: datetime
    finished_at: datetime | None = None
    outcome: str = Field(default="started", max_length=16)
    answer: str = Field(default="", sa_type=Text)
