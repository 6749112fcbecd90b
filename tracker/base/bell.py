"""Hears that another process has written something that may be due.

Only a shortcut: what is missed here, the sweep finds.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import Any

from tracker.base.db import Database
from tracker.base.log import get_logger

log = get_logger("bell")
CHANNEL = "tracker_due"
"""What the database's triggers notify on PostgreSQL."""
_LOOK_EVERY = 1.0
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 60.0
Ring = Callable[[], Any]


async def listen(db: Database, ring: Ring) -> None:
    """Ring whenever somebody has written, this process too; runs until it is cancelled."""
    if db.is_postgresql:
        await _follow_notifications(db, ring)
    else:
        await _watch_file(str(db.engine.url.database), ring)


async def _follow_notifications(db: Database, ring: Ring) -> None:
    import psycopg

    where = db.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    pause = _FIRST_PAUSE
    while True:
        try:
            async with await psycopg.AsyncConnection.connect(where, autocommit=True) as connection:
                await connection.execute(f"LISTEN {CHANNEL}")
                pause = _FIRST_PAUSE
                ring()  # what was said before could not be heard
                async for _ in connection.notifies():
                    ring()
        except psycopg.Error as error:
            said = (str(error).strip() or type(error).__name__).splitlines()[0]
            log.warning("cannot hear the database, the sweep goes on", error=said, again_in=pause)
        await asyncio.sleep(pause)
        pause = min(pause * 2, _LONGEST_PAUSE)


async def _watch_file(path: str, ring: Ring) -> None:
    # SQLite notifies nobody, but it counts what other connections commit.
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as connection:
        before = await asyncio.to_thread(_version, connection)
        while True:
            await asyncio.sleep(_LOOK_EVERY)
            now = await asyncio.to_thread(_version, connection)
            if now != before:
                before = now
                ring()


def _version(connection: sqlite3.Connection) -> int | None:
    try:
        (version,) = connection.execute("PRAGMA data_version").fetchone()
    except sqlite3.Error as error:
        log.warning("cannot watch the database, the sweep goes on", error=str(error))
        return None
    return int(version)
