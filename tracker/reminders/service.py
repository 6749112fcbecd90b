"""Reminders in the store: each point fires once."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from tracker.base.db import insert_once
from tracker.reminders.tables import ReminderRow


def add(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Add reminders that have fired; one that is there already stays as it is."""
    insert_once(connection, ReminderRow, rows)
