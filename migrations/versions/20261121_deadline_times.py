"""The time of day of a deadline counted in hours is kept, and where it moves, the times before and after.

What is stored already gets the time that its last message said, so that nothing seems to move.

Revision: 0006, after 0005. Created 2026-11-21 12:50:00.
"""

import json
from datetime import time

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None

_COLUMNS = (('obligation', 'by_time'), ('deadline_move', 'by_time'), ('deadline_move', 'to_by_time'))
_SAID = sa.text(
    """SELECT obligation_key, content FROM alert WHERE content LIKE '%"by_time":"%' ORDER BY created_at, key"""
)
_OBLIGATION = sa.table('obligation', sa.column('key', sa.String), sa.column('by_time', sa.Time))


def upgrade() -> None:
    for table, column in _COLUMNS:
        op.add_column(table, sa.Column(column, sa.Time(), nullable=True))
    said = {row.obligation_key: json.loads(row.content)["by_time"] for row in op.get_bind().execute(_SAID)}
    statement = (
        sa.update(_OBLIGATION)
        .where(_OBLIGATION.c.key == sa.bindparam('by_key'))
        .values(by_time=sa.bindparam('at', type_=sa.Time))
    )
    if said:
        rows = [{'by_key': key, 'at': time.fromisoformat(at)} for key, at in said.items()]
        op.get_bind().execute(statement, rows)


def downgrade() -> None:
    for table, column in _COLUMNS:
        op.drop_column(table, column)
