"""Bringing a database to the present schema, and telling whether it is there."""

from importlib import import_module
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, func, select
from sqlmodel import SQLModel

from tracker.base.db import Database
from tracker.base.errors import DatabaseError

_TABLES = ("terms", "events", "obligations", "reminders", "people", "accounts", "outbox", "doctor")
_MIGRATING = 0x7452414D  # any number that nothing else in the database locks


def register_tables() -> None:
    """Import every tables module, so that the metadata is whole."""
    for name in _TABLES:
        import_module(f"tracker.{name}.tables")


def upgrade(db: Database, migrations: Path) -> None:
    """Run all migrations that are missing, in one transaction."""
    with db.restructure() as connection:
        if db.is_postgresql:
            # Race: two processes that find an empty database would both make the tables.
            connection.execute(select(func.pg_advisory_xact_lock(_MIGRATING)))
        config = _config(migrations)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def differences(db: Database) -> list[str]:
    """List where the database differs from the tables in the code; empty when it is current."""
    register_tables()
    with db.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return [str(difference) for difference in compare_metadata(context, SQLModel.metadata)]


def has_schema(db: Database) -> bool:
    """Tell whether the database was ever migrated; raises where it cannot be reached."""
    if not db.exists:
        return False
    with db.read() as connection:
        return _current(connection) is not None


def head(migrations: Path) -> str | None:
    """Give the newest migration."""
    return ScriptDirectory.from_config(_config(migrations)).get_current_head()


def require_current(db: Database, migrations: Path) -> None:
    """Raise DatabaseError unless the database is at the newest migration."""
    expected = head(migrations)
    with db.read() as connection:
        current = _current(connection)
    if current != expected:
        where = db.engine.url.render_as_string(hide_password=True)
        raise DatabaseError(
            f"{where} is at schema {current or 'none'}, expected {expected}: run 'tracker db upgrade'."
        )


def _current(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _config(migrations: Path) -> Config:
    config = Config()
    config.set_main_option("script_location", str(migrations))
    return config
