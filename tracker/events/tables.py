"""The event log in the database: rows are added, never changed. No behaviour here."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Index
from sqlmodel import Field, SQLModel


class EventRow(SQLModel, table=True):
    """One fact, with the local day it happened and the instant it was recorded (UTC)."""

    __tablename__ = "event"
    __table_args__ = (Index("ix_event_agreement_id", "agreement_id", "happened_on"),)

    id: int | None = Field(default=None, primary_key=True)
    agreement_id: str = Field(foreign_key="agreement.id")
    kind: str
    happened_on: date
    details: dict[str, Any] = Field(sa_type=JSON)
    recorded_at: datetime
    recorded_by: str
    client_key: str | None = Field(default=None, unique=True)
