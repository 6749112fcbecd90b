"""PostgreSQL keeps terms as they are packed: it would try in vain to compress them once more.

That took half of the time of adding a terms version.

Revision: 0008, after 0007. Created 2026-11-21 13:00:00.
"""

from alembic import op

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None

_COLUMNS = ('source', 'body')


def upgrade() -> None:
    _store('EXTERNAL')


def downgrade() -> None:
    _store('EXTENDED')


def _store(how: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        for name in _COLUMNS:
            op.execute(f"ALTER TABLE terms_version ALTER COLUMN {name} SET STORAGE {how}")
