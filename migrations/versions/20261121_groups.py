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
_HELD = sa.text('held')
_GROUPED = sa.text('grouped_in IS NOT NULL')


def upgrade() -> None:
    op.add_column('alert', sa.Column('groupable', sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column('alert', sa.Column('not_taken', sa.Integer(), nullable=False, server_default='0'))
    op.add_column('alert', sa.Column('grouped_in', AutoString(), nullable=True))
    op.add_column('alert', sa.Column('held', sa.Boolean(), nullable=False, server_default=sa.false()))
    _index('ix_alert_held', ['held'], _HELD)
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
    op.create_table(
        'contact',
        sa.Column('agreement_id', AutoString(), nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('party', AutoString(), nullable=False),
        sa.Column('contact', AutoString(), nullable=False),
        sa.Column('channel', AutoString(length=16), nullable=False),
        sa.Column('address', AutoString(), nullable=False),
        sa.Column('since', sa.Date(), nullable=True),
        sa.Column('until', sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint('agreement_id', 'number', name=op.f('pk_contact')),
    )
    op.create_index('ix_contact_address', 'contact', ['address'])


def downgrade() -> None:
    op.drop_table('contact')
    op.drop_table('doubtful_address')
    op.drop_index('ix_alert_grouped_in', table_name='alert')
    op.drop_index('ix_alert_channel_address', table_name='alert')
    op.drop_index('ix_alert_held', table_name='alert')
    op.drop_column('alert', 'held')
    op.drop_column('alert', 'grouped_in')
    op.drop_column('alert', 'not_taken')
    op.drop_column('alert', 'groupable')


def _index(name: str, columns: list[str], where: sa.TextClause) -> None:
    op.create_index(name, 'alert', columns, sqlite_where=where, postgresql_where=where)
