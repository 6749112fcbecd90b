"""Short writes from the event loop, on a connection of their own, with the driver's own statements.

A thread costs more than such a write: each of its calls to the driver has to win the interpreter
back from the loop, which takes milliseconds where the loop is busy. So on PostgreSQL the loop waits
for the answer as it waits for any server. SQLite has no server: a write runs where it stands, but only
while nobody else is writing and the disk is quick. Where it cannot be done this way, nothing is
written and the caller goes the long way, which waits, and says what is wrong.
"""

import asyncio
import sqlite3
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from tracker.base.db import Database
from tracker.base.log import get_logger

log = get_logger("prompt")
Statement = tuple[str, Sequence[Sequence[Any]]]
"""What to execute, and the values of each execution."""
_QUICK = 0.05
_LEFT_ALONE = 5.0
"""Seconds that a write on the loop may take, and that the loop is spared after one that took longer."""


class Prompt(Protocol):
    """Writes without waiting for anybody, or not at all."""

    async def write(self, statements: Sequence[Statement]) -> bool:
        """Commit all of them without waiting for the disk, or none: False.

        No kill of this process loses it; a crash of the database's server or machine may, for a moment.
        """
        ...

    async def close(self) -> None:
        """Let go of the connection."""
        ...


def prompt(db: Database) -> Prompt:
    """Connects when first used."""
    return _Postgresql(db) if db.is_postgresql else _Sqlite(db)


class _Sqlite:
    """Any later commit of the ordinary kind, and closing, bring it to the disk."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._connection: Connection | None = None
        self._not_before = 0.0

    async def write(self, statements: Sequence[Statement]) -> bool:
        loop = asyncio.get_running_loop()
        start = loop.time()
        if start < self._not_before or not self._db.turn.acquire(blocking=False):
            return False
        try:
            self._in_transaction(statements)
        except (sqlite3.Error, DBAPIError, ValueError):  # the last: half a character
            return False
        finally:
            self._db.turn.release()
        if loop.time() - start > _QUICK:
            self._not_before = loop.time() + _LEFT_ALONE
        return True

    def _in_transaction(self, statements: Sequence[Statement]) -> None:
        connection = self._connection or self._connect()
        driver: Any = connection.connection.driver_connection
        driver.execute("BEGIN IMMEDIATE")
        try:
            for statement, rows in statements:
                driver.executemany(statement, rows)
            driver.execute("COMMIT")
        except BaseException:
            if driver.in_transaction:
                driver.execute("ROLLBACK")
            raise

    def _connect(self) -> Connection:
        connection = self._db.by_hand()
        driver: Any = connection.connection.driver_connection
        driver.execute("PRAGMA busy_timeout=0")
        driver.execute("PRAGMA synchronous=NORMAL")
        driver.execute("PRAGMA wal_autocheckpoint=0")  # in a thread instead
        self._connection = connection
        return connection

    async def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await asyncio.to_thread(_write_back, connection)
            connection.invalidate()  # nobody else may be given one like this
            connection.close()


def _write_back(connection: Connection) -> None:
    """Bring what was committed safely to the disk; one call, so the loop is hardly held up."""
    driver: Any = connection.connection.driver_connection
    try:
        driver.execute("PRAGMA wal_checkpoint(PASSIVE)")
    except sqlite3.Error as error:
        log.warning("the log of the database was not written back", error=str(error))


class _Postgresql:
    def __init__(self, db: Database) -> None:
        self._db = db
        self._prepared: Any = None

    async def write(self, statements: Sequence[Statement]) -> bool:
        import psycopg

        each = [(statement, row) for statement, rows in statements for row in rows]
        if len(each) > 1:
            each = [("BEGIN", ()), *each, ("COMMIT", ())]
        try:
            prepared = self._prepared = self._prepared or await self._connect()
            for statement, row in each:
                await prepared.execute(statement, [_as_text(value) for value in row])
        except psycopg.Error as error:
            log.warning("cannot write promptly, going the long way", error=str(error).strip())
            await self.close()
            return False
        except BaseException:
            await self.close()  # left in the middle of something
            raise
        return True

    async def _connect(self) -> Any:
        import psycopg

        from tracker.base.libpq import Prepared

        where = self._db.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        connection = await psycopg.AsyncConnection.connect(where, autocommit=True)
        await connection.execute("SET synchronous_commit = off")
        await connection.execute("SET enable_seqscan = off")  # what is short finds its rows by their keys
        return Prepared(connection)

    async def close(self) -> None:
        prepared, self._prepared = self._prepared, None
        if prepared is not None:
            await prepared.close()


def _as_text(value: Any) -> bytes:
    return (value.isoformat() if isinstance(value, datetime) else str(value)).encode()
