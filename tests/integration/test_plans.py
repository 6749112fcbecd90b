"""A table that grows while a connection is open is still asked by its indexes."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, bindparam, text, update
from sqlmodel import col

from tests.support.databases import POSTGRESQL
from tests.support.outbox import alert_rows, put
from tracker.base.db import Database
from tracker.outbox.tables import AlertRow

NOW = datetime(2025, 1, 10, 1, 0, tzinfo=UTC)
CHANGE = update(AlertRow).where(col(AlertRow.key) == bindparam("of_key")).values(attempts=1)


@pytest.mark.parametrize("engine", [POSTGRESQL], indirect=True)
def test_a_statement_prepared_while_a_table_was_small(db: Database) -> None:
    put(db, alert_rows("first", 5, NOW))
    with db.write() as connection:
        connection.execute(text("ANALYZE alert"))
    with db.write() as connection:
        connection.execute(CHANGE, [{"of_key": f"none-{number}"} for number in range(20)])
    put(db, alert_rows("some", 2000, NOW))
    with db.write() as connection:
        before = _read_by_scans(connection)
        connection.execute(CHANGE, [{"of_key": f"none-{number}"} for number in range(20)])
    with db.write() as connection:
        assert _read_by_scans(connection) - before < 2000


def _read_by_scans(connection: Connection) -> int:
    connection.execute(text("SELECT pg_stat_force_next_flush()"))
    connection.execute(text("SELECT pg_stat_clear_snapshot()"))
    found = connection.execute(text("SELECT seq_tup_read FROM pg_stat_user_tables WHERE relname = 'alert'"))
    return int(found.scalar_one())
