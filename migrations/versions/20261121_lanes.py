"""What is due is looked up by channel: one that pauses is passed over without reading what waits for it.

Revision: 0009, after 0008. Created 2026-11-21 16:00:00.
"""

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None

_PENDING = sa.text('next_try_at IS NOT NULL')


def upgrade() -> None:
    op.drop_index('ix_alert_next_try_at', table_name='alert')
    _index('ix_alert_channel_next_try_at', ['channel', 'next_try_at'])


def downgrade() -> None:
    op.drop_index('ix_alert_channel_next_try_at', table_name='alert')
    _index('ix_alert_next_try_at', ['next_try_at'])


def _index(name: str, columns: list[str]) -> None:
    op.create_index(name, 'alert', columns, sqlite_where=_PENDING, postgresql_where=_PENDING)
