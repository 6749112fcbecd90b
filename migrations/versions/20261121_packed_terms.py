"""Terms are kept packed; undated obligations leave the index of dates.

Revision: 0002, after 0001. Created 2026-11-21 06:10:00.
"""

import zlib
from collections.abc import Callable

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None

_AT_ONCE = 500
_DATED = sa.text('act_by IS NOT NULL')


def upgrade() -> None:
    _convert('source', sa.LargeBinary(), _packed)
    _convert('body', sa.LargeBinary(), _packed)
    with op.batch_alter_table('obligation', schema=None) as batch_op:
        batch_op.drop_index('ix_obligation_state_act_by')
        batch_op.create_index('ix_obligation_state_act_by', ['state', 'act_by'], unique=False, sqlite_where=_DATED, postgresql_where=_DATED)


def downgrade() -> None:
    with op.batch_alter_table('obligation', schema=None) as batch_op:
        batch_op.drop_index('ix_obligation_state_act_by')
        batch_op.create_index('ix_obligation_state_act_by', ['state', 'act_by'], unique=False)
    _convert('source', sa.Text(), _unpacked)
    _convert('body', sa.Text(), _unpacked)


def _packed(text: str) -> bytes:
    return zlib.compress(text.encode(), 1)


def _unpacked(packed: bytes) -> str:
    return zlib.decompress(packed).decode()


def _convert(name: str, kind: sa.types.TypeEngine, convert: Callable) -> None:
    op.add_column('terms_version', sa.Column('converted', kind, nullable=True))
    table = sa.table('terms_version', sa.column('id'), sa.column(name), sa.column('converted', kind))
    connection = op.get_bind()
    last = 0
    while rows := connection.execute(
        sa.select(table.c.id, table.c[name]).where(table.c.id > last).order_by(table.c.id).limit(_AT_ONCE)
    ).all():
        connection.execute(
            sa.update(table).where(table.c.id == sa.bindparam('of')).values(converted=sa.bindparam('to')),
            [{'of': row[0], 'to': convert(row[1])} for row in rows],
        )
        last = rows[-1][0]
    with op.batch_alter_table('terms_version', schema=None) as batch_op:
        batch_op.drop_column(name)
        batch_op.alter_column('converted', new_column_name=name, existing_type=kind, nullable=False)
