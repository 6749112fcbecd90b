"""Each agreement has its own event log, chained and append-only; decisions leave traces on obligations.

Revision: 0003, after 0002. Created 2026-11-21 06:45:00.
"""

import hashlib
import json
from datetime import UTC, datetime

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None

_TEXT = sqlmodel.sql.sqltypes.AutoString
_UTC = sqlmodel.sql.sqltypes.UTCDateTime
_GUARDED = ('event', 'terms_version')


def upgrade() -> None:
    old = _old_events()
    with op.batch_alter_table('obligation', schema=None) as batch_op:
        batch_op.add_column(sa.Column('event_number', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('snoozed_until', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('acknowledged_until', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('moves', sa.Integer(), nullable=False, server_default='0'))
    with op.batch_alter_table('agreement', schema=None) as batch_op:
        batch_op.add_column(sa.Column('log_length', sa.Integer(), nullable=False, server_default='0'))
        batch_op.add_column(sa.Column('log_digest', _TEXT(), nullable=False, server_default=''))
    _number_obligations(old)
    with op.batch_alter_table('obligation', schema=None) as batch_op:
        batch_op.drop_column('event_id')
    op.drop_table('event')
    event = op.create_table(
        'event',
        sa.Column('agreement_id', _TEXT(), nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('kind', _TEXT(), nullable=False),
        sa.Column('happened_on', sa.Date(), nullable=False),
        sa.Column('details', sa.JSON(), nullable=False),
        sa.Column('recorded_at', _UTC(), nullable=False),
        sa.Column('recorded_by', _TEXT(), nullable=False),
        sa.Column('client_key', _TEXT(), nullable=True),
        sa.Column('digest', _TEXT(), nullable=False),
        sa.ForeignKeyConstraint(['agreement_id'], ['agreement.id']),
        sa.PrimaryKeyConstraint('agreement_id', 'number'),
        sa.UniqueConstraint('client_key'),
    )
    op.create_index('ix_event_happened_on', 'event', ['agreement_id', 'happened_on'], unique=False)
    if old:
        op.bulk_insert(event, [{name: value for name, value in row.items() if name != 'id'} for row in old])
    _keep_heads(old)
    for table in _GUARDED:
        _guard(table)


def downgrade() -> None:
    connection = op.get_bind()
    for table in _GUARDED:
        if connection.dialect.name == "postgresql":
            op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
            op.execute(f"DROP TRIGGER {table}_not_emptied ON {table}")
        else:
            op.execute(f"DROP TRIGGER {table}_not_updated")
            op.execute(f"DROP TRIGGER {table}_not_deleted")
    if connection.dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_change()")
    rows = [dict(row) for row in connection.execute(_events(_NEW).order_by(*_NEW_ORDER)).mappings()]
    op.drop_index('ix_event_happened_on', table_name='event')
    op.drop_table('event')
    event = op.create_table(
        'event',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('agreement_id', _TEXT(), nullable=False),
        sa.Column('kind', _TEXT(), nullable=False),
        sa.Column('happened_on', sa.Date(), nullable=False),
        sa.Column('details', sa.JSON(), nullable=False),
        sa.Column('recorded_at', _UTC(), nullable=False),
        sa.Column('recorded_by', _TEXT(), nullable=False),
        sa.Column('client_key', _TEXT(), nullable=True),
        sa.ForeignKeyConstraint(['agreement_id'], ['agreement.id']),
        sa.PrimaryKeyConstraint('id'),
        sa.UniqueConstraint('client_key'),
    )
    op.create_index('ix_event_agreement_id', 'event', ['agreement_id', 'happened_on'], unique=False)
    ids = {}
    for place, row in enumerate(rows, start=1):
        ids[row['agreement_id'], row.pop('number')] = row['id'] = place
    if rows:
        op.bulk_insert(event, rows)
    with op.batch_alter_table('obligation', schema=None) as batch_op:
        batch_op.add_column(sa.Column('event_id', sa.Integer(), nullable=True))
        batch_op.create_foreign_key('fk_obligation_event', 'event', ['event_id'], ['id'])
    for (agreement, number), place in ids.items():
        connection.execute(
            sa.text("UPDATE obligation SET event_id = :id WHERE agreement_id = :agreement AND event_number = :number"),
            {"id": place, "agreement": agreement, "number": number},
        )
    with op.batch_alter_table('obligation', schema=None) as batch_op:
        batch_op.drop_column('event_number')
        batch_op.drop_column('snoozed_until')
        batch_op.drop_column('acknowledged_until')
        batch_op.drop_column('moves')
    with op.batch_alter_table('agreement', schema=None) as batch_op:
        batch_op.drop_column('log_length')
        batch_op.drop_column('log_digest')


_SHARED = (
    sa.column('agreement_id'),
    sa.column('kind'),
    sa.column('happened_on', sa.Date()),
    sa.column('details', sa.JSON()),
    sa.column('recorded_at', _UTC()),
    sa.column('recorded_by'),
    sa.column('client_key'),
)
_NEW = (*_SHARED, sa.column('number'))
_NEW_ORDER = (sa.column('recorded_at', _UTC()), sa.column('agreement_id'), sa.column('number'))


def _events(columns: tuple) -> sa.Select:
    return sa.select(*columns).select_from(sa.table('event'))


def _old_events() -> list[dict]:
    """Read the old log, number it per agreement, and chain it."""
    rows = []
    heads = {}
    query = _events((*_SHARED, sa.column('id'))).order_by(sa.column('id'))
    for found in op.get_bind().execute(query).mappings():
        row = dict(found)
        number, previous = heads.get(row['agreement_id'], (0, ''))
        row['number'] = number + 1
        row['digest'] = _digest(previous, row)
        heads[row['agreement_id']] = (row['number'], row['digest'])
        rows.append(row)
    return rows


def _digest(previous: str, row: dict) -> str:
    recorded_at: datetime = row['recorded_at']
    said = {
        "previous": previous,
        "agreement": row['agreement_id'],
        "number": row['number'],
        "kind": row['kind'],
        "happened_on": row['happened_on'].isoformat(),
        "details": row['details'],
        "recorded_at": recorded_at.astimezone(UTC).isoformat(),
        "recorded_by": row['recorded_by'],
        "client_key": row['client_key'],
    }
    text = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _number_obligations(rows: list[dict]) -> None:
    for row in rows:
        op.get_bind().execute(
            sa.text("UPDATE obligation SET event_number = :number WHERE event_id = :id"),
            {"number": row['number'], "id": row['id']},
        )


def _keep_heads(rows: list[dict]) -> None:
    for row in rows:
        op.get_bind().execute(
            sa.text("UPDATE agreement SET log_length = :number, log_digest = :digest WHERE id = :id"),
            {"number": row['number'], "digest": row['digest'], "id": row['agreement_id']},
        )


def _guard(table: str) -> None:
    """Have the database itself refuse to change or remove what was recorded."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        return
    for change in ('update', 'delete'):
        op.execute(
            f"CREATE TRIGGER {table}_not_{change}d BEFORE {change.upper()} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
