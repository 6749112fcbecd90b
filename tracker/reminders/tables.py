"""Reminders that have fired, in the database. No behaviour here."""

from datetime import datetime

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
