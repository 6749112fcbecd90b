"""Agreements and their terms versions in the database. No behaviour here."""

from datetime import date, datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

_PENDING = text("wake_at IS NOT NULL")


class AgreementRow(SQLModel, table=True):
    """One agreement; `wake_at` is when its recurring duties must be rolled forward (UTC)."""

    __tablename__ = "agreement"
    __table_args__ = (
        Index("ix_agreement_wake_at", "wake_at", sqlite_where=_PENDING, postgresql_where=_PENDING),
        Index("ix_agreement_unit_id", "unit", "id"),
        Index("ix_agreement_title_id", "title", "id"),
    )

    id: str = Field(primary_key=True)
    title: str
    timezone: str
    unit: str | None = Field(
        default=None, description="who looks after it; empty: nobody is named, NULL: not noted yet"
    )
    version: int
    digest: str = Field(description="SHA-256 of the terms text in force")
    calendar_version: str = Field(description="decrees the deadlines were derived with")
    tracked_since: date = Field(description="local day of the first load")
    wake_at: datetime | None = None
    log_length: int = Field(default=0, description="entries of the agreement's event log")
    log_digest: str = Field(default="", description="digest of the last of them")


class TermsVersionRow(SQLModel, table=True):
    """One version of an agreement's terms: the text as written, and its normalised JSON."""

    __tablename__ = "terms_version"
    __table_args__ = (UniqueConstraint("agreement_id", "version"),)

    id: int | None = Field(default=None, primary_key=True)
    agreement_id: str = Field(foreign_key="agreement.id")
    version: int
    digest: str
    path: str
    source: bytes = Field(description="the text as written, packed; read only to show it")
    body: bytes = Field(description="what it says as JSON, packed")
    loaded_at: datetime
