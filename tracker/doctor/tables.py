"""What the invariants were last found to be, in the database. No behaviour here."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel


class ExaminationRow(SQLModel, table=True):
    """One invariant, when it was last looked at, and what was found broken."""

    __tablename__ = "examination"

    invariant: str = Field(primary_key=True, max_length=32)
    at: datetime
    found: list[Any] = Field(sa_type=JSON, description="[about, Indonesian, English] each")
