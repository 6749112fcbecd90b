"""Each obligation keeps since when nobody has answered, and who else was told of it.

Revision: 0013, after 0012. Created 2026-11-21 18:00:00.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('obligation', sa.Column('chain_since', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
    op.add_column('obligation', sa.Column('chain_level', sa.Integer(), nullable=False, server_default='0'))


def downgrade() -> None:
    op.drop_column('obligation', 'chain_level')
    op.drop_column('obligation', 'chain_since')
