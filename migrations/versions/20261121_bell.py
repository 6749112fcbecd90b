"""PostgreSQL tells workers that something may be due, as soon as whoever wrote it commits.

Revision: 0010, after 0009. Created 2026-11-21 16:30:00.
"""

from alembic import op

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None

_WRITES = {
    'agreement': 'INSERT OR UPDATE OF wake_at',
    'obligation': 'INSERT OR UPDATE OF wake_at',
    'alert': 'INSERT',
}


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute(
        "CREATE FUNCTION ring_bell() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN PERFORM pg_notify('tracker_due', ''); RETURN NULL; END $$"
    )
    for table, writes in _WRITES.items():
        op.execute(
            f"CREATE TRIGGER {table}_rings AFTER {writes} ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION ring_bell()"
        )


def downgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in _WRITES:
        op.execute(f"DROP TRIGGER {table}_rings ON {table}")
    op.execute("DROP FUNCTION ring_bell()")
