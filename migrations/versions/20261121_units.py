"""An agreement's unit is a column: what its managers must hear is found by it.

NULL means that nobody has noted it yet, an empty text that there is none. Terms are not read here:
the next load of the same text notes its unit.

Revision: 0014, after 0013. Created 2026-11-21 18:00:00.
"""

import sqlalchemy as sa
from alembic import op

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('agreement', sa.Column('unit', sa.String(), nullable=True))
    op.create_index('ix_agreement_unit', 'agreement', ['unit'])


def downgrade() -> None:
    op.drop_index('ix_agreement_unit', table_name='agreement')
    op.drop_column('agreement', 'unit')
