"""Databases for tests on SQLite and PostgreSQL: empty ones, and migrated ones without rows."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import count
from pathlib import Path

import psycopg
from sqlmodel import SQLModel

from tests.support.agreements import ROOT
from tests.support.postgres import postgres_server
from tracker.base.db import Database
from tracker.migrations import register_tables, upgrade

SQLITE, POSTGRESQL = "sqlite", "postgresql"
MIGRATIONS = ROOT / "migrations"
# What a test has left running must not write into the next test's rows.
_LEFT_OVER = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
_WAITING = (
    "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
)
_LARGE = "SELECT max(pg_relation_size(oid)) > 500000 FROM pg_class WHERE relkind = 'r' AND relname = ANY(%s)"
_FROM_ONE = (
    "SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false) "
    "FROM pg_sequences WHERE last_value IS NOT NULL"
)
_numbers = count(1)


def lock_waits(db: Database) -> int:
    """Count the sessions of a PostgreSQL database that wait for another one."""
    with db.read() as connection:
        return int(connection.exec_driver_sql(_WAITING).scalar_one())


@contextmanager
def empty_database(engine: str, folder: Path) -> Iterator[str]:
    """Give the URL of a database without tables."""
    if engine == SQLITE:
        yield f"sqlite:///{folder / 'tracker.db'}"
        return
    name = f"test_{next(_numbers)}"
    try:
        yield postgres_server().create(name)
    finally:
        postgres_server().drop(name)


@contextmanager
def migrated_database(engine: str, folder: Path) -> Iterator[str]:
    """Give the URL of a database with all tables and no rows; its tables must stay as they are."""
    if engine == SQLITE:
        target = folder / "tracker.db"
        target.write_bytes(_sqlite_template())
        yield f"sqlite:///{target}"
        return
    url = _postgresql_database()
    _empty(url)
    yield url


@contextmanager
def durable_database() -> Iterator[tuple[str, str]]:
    """Give the URLs of a migrated and an empty database of a PostgreSQL that waits for the disk."""
    server = postgres_server(durable=True)
    try:
        ours = server.create("durable")
        _migrate(ours)
        yield ours, server.create("rivals")
    finally:
        server.drop("durable")
        server.drop("rivals")


@cache
def _sqlite_template() -> bytes:
    folder = Path(tempfile.mkdtemp(prefix="tracker-template-"))
    try:
        _migrate(f"sqlite:///{folder / 'template.db'}")
        return (folder / "template.db").read_bytes()
    finally:
        shutil.rmtree(folder)


@cache
def _postgresql_database() -> str:
    # One for all tests, emptied before each: seven times as fast as a new copy of a template.
    url = postgres_server().create("migrated")
    _migrate(url)
    return url


def _empty(url: str) -> None:
    register_tables()
    tables = list(SQLModel.metadata.tables)
    with psycopg.connect(url) as connection:
        connection.execute(_LEFT_OVER)
        connection.execute(b"SET session_replication_role = replica")  # append-only tables, too
        # Truncating makes a hundred files anew; what a test leaves is mostly deleted in a tenth of the time.
        if connection.execute(_LARGE, [tables]).fetchone() == (True,):
            connection.execute(f"TRUNCATE {', '.join(tables)}".encode())
        else:
            connection.execute("; ".join(f"DELETE FROM {table}" for table in tables).encode())  # noqa: S608
        connection.execute(_FROM_ONE.encode())


def _migrate(url: str) -> None:
    db = Database(url, durable=False)
    upgrade(db, MIGRATIONS)
    db.close()
