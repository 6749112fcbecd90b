"""Who wishes to have a program told what happens.

Revision: 0019, after 0018. Created 2026-11-21 21:30:00.
"""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'webhook',
        sa.Column('id', AutoString(length=32), nullable=False),
        sa.Column('address', AutoString(), nullable=False),
        sa.Column('unit', AutoString(), nullable=False),
        sa.Column('url', AutoString(), nullable=False),
        sa.Column('kinds', AutoString(), nullable=False),
        sa.Column('made_at', UTCDateTime(), nullable=False),
        sa.Column('ended_at', UTCDateTime(), nullable=True),
        sa.Column('ended_why', AutoString(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_webhook')),
    )
    op.create_index('ix_webhook_ended_at', 'webhook', ['ended_at'])


def downgrade() -> None:
    op.drop_table('webhook')
