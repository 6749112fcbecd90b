"""Lists of duties in the order of an index, on a day with very many too; a unit's agreements from an index alone.

Revision: 0021, after 0020. Created 2026-11-21 22:45:00.
"""

import sqlalchemy as sa
from alembic import op

revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None
_DATED = sa.text('act_by IS NOT NULL')


def upgrade() -> None:
    op.drop_index('ix_agreement_unit', 'agreement')
    op.create_index('ix_agreement_unit_id', 'agreement', ['unit', 'id'])
    op.drop_index('ix_obligation_state_act_by', 'obligation')
    op.create_index(
        'ix_obligation_state_act_by_key',
        'obligation',
        ['state', 'act_by', 'key'],
        sqlite_where=_DATED,
        postgresql_where=_DATED,
    )


def downgrade() -> None:
    op.drop_index('ix_agreement_unit_id', 'agreement')
    op.create_index('ix_agreement_unit', 'agreement', ['unit'])
    op.drop_index('ix_obligation_state_act_by_key', 'obligation')
    op.create_index(
        'ix_obligation_state_act_by',
        'obligation',
        ['state', 'act_by'],
        sqlite_where=_DATED,
        postgresql_where=_DATED,
    )
