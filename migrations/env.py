"""Alembic's entry: runs migrations on the database that TRACKER_DATABASE_URL (or the caller) names."""

from alembic import context
from sqlalchemy import Connection
from sqlmodel import SQLModel

from tracker.base.db import Database
from tracker.base.settings import read_settings
from tracker.migrations import register_tables

register_tables()


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        render_as_batch=True,
        compare_type=True,
    )
    with context.begin_transaction():
        if connection.dialect.name == "postgresql":
            # A migration that waits for a lock blocks everybody behind it: give up early instead.
            connection.exec_driver_sql("SET LOCAL lock_timeout = '5s'")
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    _run(given)
else:
    with Database(read_settings().database_url).write() as opened:
        _run(opened)
