"""Reminders that have fired, and the addresses of contacts, in the database. No behaviour here."""

from datetime import date, datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel


class ReminderRow(SQLModel, table=True):
    """One point of one obligation's ladder; the key holds it to once."""

    __tablename__ = "reminder"
    __table_args__ = (Index("ix_reminder_obligation_key", "obligation_key"),)

    key: str = Field(primary_key=True, description="obligation/act_by/point")
    obligation_key: str = Field(foreign_key="obligation.key")
    point: str
    planned_for: datetime
    fired_at: datetime
    missed: str = Field(default="", description="points this one stands for, comma-separated")


class ContactRow(SQLModel, table=True):
    """One address of one contact of an agreement, as terms and facts name it: who may be told of what.

    Derived with the agreement's obligations; who is told in the end is worked out from terms and facts.
    """

    __tablename__ = "contact"
    __table_args__ = (Index("ix_contact_address", "address"),)

    agreement_id: str = Field(primary_key=True)
    number: int = Field(primary_key=True, description="place among the addresses of the agreement")
    party: str
    contact: str = Field(description="key within its party")
    channel: str = Field(max_length=16)
    address: str = Field(description="in lower case")
    since: date | None = None
    until: date | None = None
