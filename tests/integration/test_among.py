"""One of several texts, asked for by one parameter."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Connection, select, text, update
from sqlmodel import col

from tests.support.outbox import alert_rows, put
from tracker.base.among import among
from tracker.base.db import Database
from tracker.outbox.tables import AlertRow

NOW = datetime(2025, 1, 10, 1, 0, tzinfo=UTC)
ROWS = alert_rows("some", 500, NOW)
ASKED = select(col(AlertRow.key)).where(among(col(AlertRow.key), "of_keys"), col(AlertRow.attempts) == 0)


@pytest.fixture
def filled(db: Database) -> Database:
    """Hold more rows than a look at each of them is worth."""
    put(db, ROWS)
    return db


@pytest.mark.parametrize(
    "asked",
    [[], [0], [1, 1, 2], list(range(500))],
    ids=["none", "one", "twice the same", "all"],
)
def test_only_those_that_are_asked_for(filled: Database, asked: list[int]) -> None:
    keys = [ROWS[number]["key"] for number in asked]
    with filled.read() as connection:
        found = connection.execute(ASKED, {"of_keys": [*keys, "unknown", "a'b\"c\\"]}).scalars().all()
    assert sorted(found) == sorted(set(keys))


def test_it_chooses_what_is_changed(filled: Database) -> None:
    change = update(AlertRow).where(among(col(AlertRow.key), "of_keys")).values(attempts=1)
    with filled.write() as connection:
        assert connection.execute(change, {"of_keys": [ROWS[7]["key"], ROWS[8]["key"]]}).rowcount == 2


def test_rows_are_found_by_the_index(filled: Database) -> None:
    with filled.write() as connection:
        connection.execute(text("ANALYZE alert"))
    with filled.read() as connection:
        plan = _plan(connection, [ROWS[7]["key"]])
    assert "alert_pkey" in plan or "SEARCH alert USING" in plan, plan
    assert "SCAN alert" not in plan


def _plan(connection: Connection, keys: list[str]) -> str:
    compiled = ASKED.compile(connection.engine)
    is_sqlite = connection.dialect.name == "sqlite"
    values: Any = {"of_keys": json.dumps(keys) if is_sqlite else keys, "attempts_1": 0}
    if is_sqlite:
        values = tuple(values[name] for name in compiled.positiontup or ())
    explain = "EXPLAIN QUERY PLAN" if is_sqlite else "EXPLAIN"
    return "\n".join(str(row) for row in connection.exec_driver_sql(f"{explain} {compiled}", values))
