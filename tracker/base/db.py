"""Database engine and transactions, on SQLite and PostgreSQL alike.

A write transaction takes the write lock at its start (`BEGIN IMMEDIATE` on SQLite): with the
driver's default, two processes that read and then write lose updates or fail at once with
"database is locked". Read transactions stay deferred, so that readers never block a writer.
"""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Any

from sqlalchemy import Connection, Engine, event, select
from sqlalchemy import create_engine as sqlalchemy_engine
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError
from sqlalchemy.exc import DatabaseError as DBDatabaseError

from tracker.base.errors import DatabaseError, SettingsError

_BUSY_SECONDS = 30
_READ_ONLY = "tracker_read_only"
_RESTRUCTURING = "tracker_restructuring"
_BY_HAND = "tracker_by_hand"
_UNDEFINED_TABLE = "42P01"


class Database:
    """An engine with one way to read and one way to write."""

    def __init__(self, url: str, *, durable: bool = True) -> None:
        """Make the engine; connects only when first used. SettingsError on a bad URL.

        `durable=False` is for throw-away databases: SQLite then does not wait for the disk.
        """
        self.engine = _engine(url)
        if not durable and self.engine.dialect.name == "sqlite":
            event.listen(self.engine, "connect", _do_not_wait_for_disk)
        # Threads of one process queue here rather than in SQLite's busy handler, which sleeps.
        self.turn = Lock()
        self._restructuring = self.engine.execution_options(**{_RESTRUCTURING: True})
        self._reading = self.engine.execution_options(**{_READ_ONLY: True})

    @property
    def is_postgresql(self) -> bool:
        """Tell whether the engine can lock single rows and notify."""
        return self.engine.dialect.name == "postgresql"

    @property
    def exists(self) -> bool:
        """Tell whether there is a database to look at; False only for an SQLite file not made yet."""
        name = self.engine.url.database
        return self.is_postgresql or name in {None, "", ":memory:"} or Path(str(name)).is_file()

    def _queue(self) -> AbstractContextManager[Any]:
        return nullcontext() if self.is_postgresql else self.turn

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Open one write transaction; commits at the end, rolls back on any exception."""
        if not self.exists:
            _prepare_folder(self.engine.url.database)
        with self._queue(), _explained(self.engine), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def restructure(self) -> Iterator[Connection]:
        """Open a write transaction in which tables may be built anew.

        SQLite would take replacing a table for deleting all its rows: it checks foreign keys at
        the end here, not on the way.
        """
        with self.write() if self.is_postgresql else self._without_foreign_keys() as connection:
            yield connection

    @contextmanager
    def _without_foreign_keys(self) -> Iterator[Connection]:
        if not self.exists:
            _prepare_folder(self.engine.url.database)
        try:
            with self._queue(), _explained(self.engine), self._restructuring.begin() as connection:
                yield connection
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
                if broken:
                    raise DatabaseError(f"rows point to nothing after the change: {broken[:3]}")
        finally:
            self.engine.dispose()  # later connections check foreign keys again

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open one read transaction; looking never makes a database."""
        if not self.exists:
            where = self.engine.url.render_as_string(hide_password=True)
            raise DatabaseError(f"{where} does not exist yet: run 'tracker db upgrade' first.")
        with _explained(self.engine), self._reading.connect() as connection:
            yield connection

    def by_hand(self) -> Connection:
        """Open a connection whose transactions the caller begins and ends in the driver's own words."""
        options = {"isolation_level": "AUTOCOMMIT", _BY_HAND: True}
        return self.engine.execution_options(**options).connect()

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()


@contextmanager
def _explained(engine: Engine) -> Iterator[None]:
    try:
        yield
    except OperationalError as error:
        raise DatabaseError(_advice(engine, error)) from error
    except DBAPIError as error:
        # Faults of ours (a bad statement, a broken constraint) stay what they are.
        if _is_undefined_table(error) or type(error) is DBDatabaseError:
            raise DatabaseError(_advice(engine, error)) from error
        raise


def _is_undefined_table(error: DBAPIError) -> bool:
    said = str(error.orig)
    return getattr(error.orig, "sqlstate", None) == _UNDEFINED_TABLE or "no such table" in said


def _advice(engine: Engine, error: DBAPIError) -> str:
    where = engine.url.render_as_string(hide_password=True)
    said = str(error.orig).strip().splitlines()[0] if error.orig else "no answer"
    if _is_undefined_table(error):
        return f"{where} has no tables yet: run 'tracker db upgrade' first ({said})"
    return f"{where}: {said}. Check TRACKER_DATABASE_URL and that the server or folder is there."


def _engine(url: str) -> Engine:
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
            engine = sqlalchemy_engine(parsed, pool_pre_ping=True)
            event.listen(engine, "connect", _configure_postgresql)
            return engine
        if parsed.get_backend_name() != "sqlite":
            raise SettingsError(f"TRACKER_DATABASE_URL={url!r}, expected sqlite:///... or postgresql://...")
        engine = sqlalchemy_engine(parsed, connect_args={"timeout": _BUSY_SECONDS})
    except (ArgumentError, NoSuchModuleError):
        raise SettingsError(
            f"TRACKER_DATABASE_URL={url!r} is not a database URL, expected sqlite:///var/tracker.db "
            "or postgresql://user:password@host/name"
        ) from None
    event.listen(engine, "connect", _configure_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_folder(database: str | None) -> None:
    folder = Path(str(database)).parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseError(
            f"{folder} cannot be made: {error.strerror}. Check TRACKER_DATABASE_URL."
        ) from None


def _configure_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # this module begins transactions itself
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _configure_postgresql(connection: Any, _record: object) -> None:
    # A plan made once, while a table was small, reads all of it for each row once it is large.
    connection.autocommit = True
    connection.execute("SET plan_cache_mode = force_custom_plan")
    connection.autocommit = False


def _do_not_wait_for_disk(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA synchronous=OFF")


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get(_BY_HAND, False):
        return
    if options.get(_RESTRUCTURING, False):
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")  # has no effect inside a transaction
    connection.exec_driver_sql("BEGIN" if options.get(_READ_ONLY, False) else "BEGIN IMMEDIATE")


def insert_once(connection: Connection, table: Any, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows in bulk; one whose key is there already is left as it is."""
    if not rows:
        return
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    connection.execute(dialect.insert(table).on_conflict_do_nothing(), rows)


def earliest(connection: Connection, column: Any) -> datetime | None:
    """Give the smallest instant in a column that has a partial index on its non-NULL values."""
    query = select(column).where(column.is_not(None)).order_by(column).limit(1)
    return connection.execute(query).scalar()
