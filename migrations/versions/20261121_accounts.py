"""Accounts, sign-in links, sessions, the book of sign-ins, calendar links; indexes for the lists.

Revision: 0016, after 0015. Created 2026-11-21 20:00:00.
"""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None
_UNDATED = sa.text("act_by IS NULL AND state = 'open'")


def upgrade() -> None:
    op.create_table(
        'account',
        sa.Column('address', AutoString(), nullable=False),
        sa.Column('role', AutoString(length=16), nullable=False),
        sa.Column('name', AutoString(), nullable=False),
        sa.Column('added_at', UTCDateTime(), nullable=False),
        sa.Column('added_by', AutoString(), nullable=False),
        sa.PrimaryKeyConstraint('address', name=op.f('pk_account')),
    )
    op.create_table(
        'sign_in_link',
        sa.Column('digest', AutoString(length=64), nullable=False),
        sa.Column('address', AutoString(), nullable=False),
        sa.Column('browser', AutoString(length=64), nullable=False),
        sa.Column('made_at', UTCDateTime(), nullable=False),
        sa.Column('expires_at', UTCDateTime(), nullable=False),
        sa.Column('used_at', UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint('digest', name=op.f('pk_sign_in_link')),
    )
    op.create_index('ix_sign_in_link_address', 'sign_in_link', ['address'])
    op.create_table(
        'session',
        sa.Column('digest', AutoString(length=64), nullable=False),
        sa.Column('address', AutoString(), nullable=False),
        sa.Column('made_at', UTCDateTime(), nullable=False),
        sa.Column('seen_at', UTCDateTime(), nullable=False),
        sa.Column('expires_at', UTCDateTime(), nullable=False),
        sa.Column('ended_at', UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint('digest', name=op.f('pk_session')),
    )
    op.create_index('ix_session_address', 'session', ['address'])
    op.create_table(
        'sign_in',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('at', UTCDateTime(), nullable=False),
        sa.Column('what', AutoString(length=16), nullable=False),
        sa.Column('address', AutoString(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sign_in')),
    )
    op.create_index('ix_sign_in_at', 'sign_in', ['at'])
    op.create_table(
        'calendar_link',
        sa.Column('digest', AutoString(length=64), nullable=False),
        sa.Column('address', AutoString(), nullable=False),
        sa.Column('language', AutoString(length=2), nullable=False),
        sa.Column('made_at', UTCDateTime(), nullable=False),
        sa.Column('revoked_at', UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint('digest', name=op.f('pk_calendar_link')),
    )
    op.create_index('ix_calendar_link_address', 'calendar_link', ['address'])
    op.create_index('ix_agreement_title_id', 'agreement', ['title', 'id'])
    op.create_index(
        'ix_obligation_undated', 'obligation', ['key'], sqlite_where=_UNDATED, postgresql_where=_UNDATED
    )


def downgrade() -> None:
    op.drop_index('ix_obligation_undated', 'obligation')
    op.drop_index('ix_agreement_title_id', 'agreement')
    for table in ('calendar_link', 'sign_in', 'session', 'sign_in_link', 'account'):
        op.drop_table(table)
