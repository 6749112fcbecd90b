"""Groups that hear of a unit; messages about several duties that are changed when one is answered.

Revision: 0020, after 0019. Created 2026-11-21 22:00:00.
"""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None
_STALE = sa.text('stale')


def upgrade() -> None:
    _add('chat', 'hears', 16)
    _add('chat', 'title', 128)
    _add('link_code', 'unit', None)
    _add('link_code', 'hears', 16)
    _make_posts_anew('alert_key', 'obligation_key')


def downgrade() -> None:
    op.execute('DELETE FROM post WHERE EXISTS (SELECT 1 FROM post AS other WHERE other.alert_key = post.alert_key '
               'AND other.obligation_key < post.obligation_key)')
    _make_posts_anew('alert_key')
    for table, name in (('link_code', 'hears'), ('link_code', 'unit'), ('chat', 'title'), ('chat', 'hears')):
        op.drop_column(table, name)


def _add(table: str, name: str, length: int | None) -> None:
    op.add_column(table, sa.Column(name, AutoString(length=length), nullable=False, server_default=''))


def _make_posts_anew(*key: str) -> None:
    """Give the table another primary key, which SQLite can only do by copying it."""
    op.drop_index('ix_post_stale', table_name='post')
    op.drop_index('ix_post_obligation_key', table_name='post')
    op.create_table(
        'post_anew',
        sa.Column('alert_key', AutoString(), nullable=False),
        sa.Column('obligation_key', AutoString(), nullable=False),
        sa.Column('chat', AutoString(), nullable=False),
        sa.Column('message', AutoString(), nullable=False),
        sa.Column('stale', sa.Boolean(), nullable=False),
    )
    columns = 'alert_key, obligation_key, chat, message, stale'
    op.execute(f'INSERT INTO post_anew ({columns}) SELECT {columns} FROM post')
    op.drop_table('post')
    op.create_table(
        'post',
        sa.Column('alert_key', AutoString(), nullable=False),
        sa.Column('obligation_key', AutoString(), nullable=False),
        sa.Column('chat', AutoString(), nullable=False),
        sa.Column('message', AutoString(), nullable=False),
        sa.Column('stale', sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(['alert_key'], ['alert.key'], name=op.f('fk_post_alert_key_alert')),
        sa.PrimaryKeyConstraint(*key, name=op.f('pk_post')),
    )
    op.execute(f'INSERT INTO post ({columns}) SELECT {columns} FROM post_anew')
    op.drop_table('post_anew')
    op.create_index('ix_post_obligation_key', 'post', ['obligation_key'])
    op.create_index('ix_post_stale', 'post', ['stale'], sqlite_where=_STALE, postgresql_where=_STALE)
