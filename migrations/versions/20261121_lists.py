"""A message may be about several obligations: its reminder and obligation may be NULL.

Revision: 0007, after 0006. Created 2026-11-21 12:20:00.
"""

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None

_NAMES = ("reminder_key", "obligation_key")


def upgrade() -> None:
    with op.batch_alter_table('alert') as batch_op:
        for name in _NAMES:
            batch_op.alter_column(name, existing_type=sa.String(), nullable=True)


def downgrade() -> None:
    lists = "SELECT key FROM alert WHERE obligation_key IS NULL"
    op.execute(f"DELETE FROM attempt WHERE alert_key IN ({lists})")
    op.execute("DELETE FROM alert WHERE obligation_key IS NULL")
    with op.batch_alter_table('alert') as batch_op:
        for name in _NAMES:
            batch_op.alter_column(name, existing_type=sa.String(), nullable=False)
