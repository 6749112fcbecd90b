"""Chats linked to people, the codes that link them, and what the bot remembers.

Revision: 0015, after 0014. Created 2026-11-21 19:00:00.
"""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute('UPDATE contact SET address = lower(address)')
    op.create_table(
        'chat',
        sa.Column('chat_id', sa.BigInteger(), nullable=False),
        sa.Column('address', AutoString(), nullable=False),
        sa.Column('unit', AutoString(), nullable=False),
        sa.Column('thread_id', sa.BigInteger(), nullable=True),
        sa.Column('language', AutoString(length=2), nullable=False),
        sa.Column('linked_at', UTCDateTime(), nullable=False),
        sa.Column('linked_by', AutoString(), nullable=False),
        sa.Column('unlinked_at', UTCDateTime(), nullable=True),
        sa.Column('blocked_at', UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint('chat_id', name=op.f('pk_chat')),
    )
    op.create_index('ix_chat_address', 'chat', ['address'])
    op.create_table(
        'link_code',
        sa.Column('digest', AutoString(length=64), nullable=False),
        sa.Column('address', AutoString(), nullable=False),
        sa.Column('made_at', UTCDateTime(), nullable=False),
        sa.Column('expires_at', UTCDateTime(), nullable=False),
        sa.Column('made_by', AutoString(), nullable=False),
        sa.Column('used_at', UTCDateTime(), nullable=True),
        sa.Column('used_by', sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint('digest', name=op.f('pk_link_code')),
    )
    op.create_table(
        'chat_update',
        sa.Column('update_id', sa.BigInteger(), nullable=False),
        sa.Column('chat_id', sa.BigInteger(), nullable=False),
        sa.Column('what', AutoString(length=16), nullable=False),
        sa.Column('at', UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint('update_id', name=op.f('pk_chat_update')),
    )
    op.create_index('ix_chat_update_chat_id_at', 'chat_update', ['chat_id', 'at'])
    op.create_index('ix_chat_update_at', 'chat_update', ['at'])
    op.create_table(
        'button',
        sa.Column('id', AutoString(length=64), nullable=False),
        sa.Column('asks', sa.Text(), nullable=False),
        sa.Column('at', UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_button')),
    )
    op.create_table(
        'conversation',
        sa.Column('chat_id', sa.BigInteger(), nullable=False),
        sa.Column('number', sa.BigInteger(), nullable=False),
        sa.Column('form', AutoString(length=16), nullable=False),
        sa.Column('about', AutoString(), nullable=False),
        sa.Column('given', sa.Text(), nullable=False),
        sa.Column('expires_at', UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint('chat_id', name=op.f('pk_conversation')),
    )
    op.create_table(
        'post',
        sa.Column('alert_key', AutoString(), nullable=False),
        sa.Column('obligation_key', AutoString(), nullable=False),
        sa.Column('chat', AutoString(), nullable=False),
        sa.Column('message', AutoString(), nullable=False),
        sa.Column('stale', sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(['alert_key'], ['alert.key'], name=op.f('fk_post_alert_key_alert')),
        sa.PrimaryKeyConstraint('alert_key', name=op.f('pk_post')),
    )
    op.create_index('ix_post_obligation_key', 'post', ['obligation_key'])
    stale = sa.text('stale')
    op.create_index('ix_post_stale', 'post', ['stale'], sqlite_where=stale, postgresql_where=stale)


def downgrade() -> None:
    op.drop_table('post')
    op.drop_table('conversation')
    op.drop_table('button')
    op.drop_table('chat_update')
    op.drop_table('link_code')
    op.drop_table('chat')
