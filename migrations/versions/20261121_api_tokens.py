"""Tokens by which programs ask in somebody's name.

Revision: 0018, after 0017. Created 2026-11-21 21:00:00.
"""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'api_token',
        sa.Column('digest', AutoString(length=64), nullable=False),
        sa.Column('address', AutoString(), nullable=False),
        sa.Column('name', AutoString(), nullable=False),
        sa.Column('scopes', AutoString(length=64), nullable=False),
        sa.Column('made_at', UTCDateTime(), nullable=False),
        sa.Column('made_by', AutoString(), nullable=False),
        sa.Column('expires_at', UTCDateTime(), nullable=False),
        sa.Column('seen_at', UTCDateTime(), nullable=True),
        sa.Column('revoked_at', UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint('digest', name=op.f('pk_api_token')),
    )
    op.create_index('ix_api_token_address', 'api_token', ['address'])


def downgrade() -> None:
    op.drop_table('api_token')
