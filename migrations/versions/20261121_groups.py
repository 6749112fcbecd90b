"""Several alerts for one person become one message; addresses that do not work; who is told of what.

Revision: 0011, after 0010. Created 2026-11-21 18:00:00.
"""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None

_PENDING = sa.text('next_try_at IS NOT NULL')
_GROUPED = sa.text('grouped_in IS NOT NULL')


def upgrade() -> None:
    op.add_column('alert', sa.Column('groupable', sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column('alert', sa.Column('not_taken', sa.Integer(), nullable=False, server_default='0'))
    op.add_column('alert', sa.Column('grouped_in', AutoString(), nullable=True))
    _index('ix_alert_channel_address', ['channel', 'address'], _PENDING)
    _index('ix_alert_grouped_in', ['grouped_in'], _GROUPED)
    op.create_table(
        'doubtful_address',
        sa.Column('channel', AutoString(length=16), nullable=False),
        sa.Column('address', AutoString(), nullable=False),
        sa.Column('since', UTCDateTime(), nullable=False),
        sa.Column('answer', sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint('channel', 'address', name=op.f('pk_doubtful_address')),
    )


def downgrade() -> None:
    op.drop_table('doubtful_address')
    op.drop_index('ix_alert_grouped_in', table_name='alert')
    op.drop_index('ix_alert_channel_address', table_name='alert')
    op.drop_column('alert', 'grouped_in')
    op.drop_column('alert', 'not_taken')
    op.drop_column('alert', 'groupable')


def _index(name: str, columns: list[str], where: sa.TextClause) -> None:
    op.create_index(name, 'alert', columns, sqlite_where=where, postgresql_where=where)
