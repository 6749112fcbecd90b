"""Obligations in the database. No behaviour here.

Figures are stored, readings are not: they are derived again whenever somebody asks why.
"""

from datetime import date, datetime, time

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

_PENDING = text("wake_at IS NOT NULL")
_DATED = text("act_by IS NOT NULL")
_UNDATED = text("act_by IS NULL AND state = 'open'")


class ObligationRow(SQLModel, table=True):
    """One occurrence of a rule; `wake_at` is when its next step is due (UTC).

    Its agreement is not checked row by row: only a derivation adds obligations, and it holds the
    agreement's row meanwhile.
    """

    __tablename__ = "obligation"
    __table_args__ = (
        Index("ix_obligation_wake_at", "wake_at", sqlite_where=_PENDING, postgresql_where=_PENDING),
        Index("ix_obligation_agreement_id", "agreement_id"),
        Index(
            "ix_obligation_state_act_by_key",
            *("state", "act_by", "key"),
            sqlite_where=_DATED,
            postgresql_where=_DATED,
        ),
        Index("ix_obligation_undated", "key", sqlite_where=_UNDATED, postgresql_where=_UNDATED),
    )

    key: str = Field(primary_key=True, description="agreement/rule/occurrence")
    agreement_id: str
    rule: str
    occurrence: str
    state: str = Field(max_length=16)
    likely: date | None = None
    safe: date | None = None
    act_by: date | None = None
    strictest: date | None = None
    latest: date | None = None
    by_time: time | None = Field(default=None, description="local time on the likely day, for hours")
    provisional: bool = False
    lapses_on: date | None = None
    event_number: int | None = Field(default=None, description="entry of the log that started it")
    opened_at: datetime
    reminded_for: datetime | None = Field(
        default=None, description="instant that the point which fired last was planned for"
    )
    wake_at: datetime | None = None
    snoozed_until: date | None = None
    acknowledged_until: date | None = None
    moves: int = Field(default=0, description="how often its figures have moved")
    closed_at: datetime | None = None
    closed_why: str | None = None
    done_on: date | None = Field(default=None, description="local day on which what was owed was done")
    holder: str | None = Field(
        default=None, description="names of the parties that must act; NULL: not noted yet"
    )
    chain_since: datetime | None = Field(
        default=None, description="instant that the unanswered point which began the chain fired"
    )
    chain_level: int = Field(default=0, description="who was told last: 0 officer, 1 substitute, 2 manager")


class DeadlineMoveRow(SQLModel, table=True):
    """What the figures of one obligation were before they moved, and what they became; never changed."""

    __tablename__ = "deadline_move"

    obligation_key: str = Field(primary_key=True, foreign_key="obligation.key")
    number: int = Field(primary_key=True, description="as `moves` of the obligation counts")
    at: datetime
    cause: str = Field(description="kind of the fact that led to it")
    cause_on: date | None = None
    cause_name: str = Field(default="", description="e.g. the number of a decree")
    likely: date | None = None
    safe: date | None = None
    act_by: date | None = None
    strictest: date | None = None
    latest: date | None = None
    by_time: time | None = None
    provisional: bool = False
    to_likely: date | None = None
    to_safe: date | None = None
    to_act_by: date | None = None
    to_strictest: date | None = None
    to_latest: date | None = None
    to_by_time: time | None = None
    to_provisional: bool = False
