"""Counts what is said to a database, so that a test can hold it to a number."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event as hooks

from tracker.base.db import Database


@contextmanager
def statements(db: Database) -> Iterator[list[str]]:
    """Collect the statements of a stretch; one that is given many rows at once counts once."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    hooks.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        hooks.remove(db.engine, "before_cursor_execute", note)
