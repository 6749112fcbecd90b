"""The event log in the database: rows are added, never changed (a trigger refuses it). No behaviour here."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Index
from sqlmodel import Field, SQLModel


class EventRow(SQLModel, table=True):
    """One entry of an agreement's log: the local day it happened, the instant it was recorded (UTC)."""

    __tablename__ = "event"
    __table_args__ = (Index("ix_event_happened_on", "agreement_id", "happened_on"),)

    agreement_id: str = Field(primary_key=True, foreign_key="agreement.id")
    number: int = Field(primary_key=True, description="place in the agreement's log, from 1")
    kind: str
    happened_on: date
    details: dict[str, Any] = Field(sa_type=JSON)
    recorded_at: datetime
    recorded_by: str
    client_key: str | None = Field(default=None, unique=True)
    digest: str = Field(description="SHA-256 over this entry and the digest of the one before it")
