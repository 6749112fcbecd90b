"""An obligation names its agreement without a foreign key.

Only a derivation writes obligations, and it holds the agreement's row while it does. Agreements
are never deleted. Checking each of a million rows on its own took half of the server's time.

Revision: 0005, after 0004. Created 2026-11-21 09:50:00.
"""

from alembic import op

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

_NAMES = {"fk": "%(table_name)s_%(column_0_name)s_fkey"}  # as PostgreSQL names them by itself
_NAME = "obligation_agreement_id_fkey"


def upgrade() -> None:
    with op.batch_alter_table('obligation', naming_convention=_NAMES) as batch_op:
        batch_op.drop_constraint(_NAME, type_='foreignkey')


def downgrade() -> None:
    with op.batch_alter_table('obligation', naming_convention=_NAMES) as batch_op:
        batch_op.create_foreign_key(_NAME, 'agreement', ['agreement_id'], ['id'])
