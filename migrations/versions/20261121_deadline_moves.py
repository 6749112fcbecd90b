"""What the figures of an obligation were before they moved is kept, with the reason.

Revision: 0004, after 0003. Created 2026-11-21 07:20:00.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None

_TEXT = sqlmodel.sql.sqltypes.AutoString
_UTC = sqlmodel.sql.sqltypes.UTCDateTime
_TABLE = 'deadline_move'


def upgrade() -> None:
    op.create_table(
        _TABLE,
        sa.Column('obligation_key', _TEXT(), nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('at', _UTC(), nullable=False),
        sa.Column('cause', _TEXT(), nullable=False),
        sa.Column('cause_on', sa.Date(), nullable=True),
        sa.Column('cause_name', _TEXT(), nullable=False),
        sa.Column('likely', sa.Date(), nullable=True),
        sa.Column('safe', sa.Date(), nullable=True),
        sa.Column('act_by', sa.Date(), nullable=True),
        sa.Column('strictest', sa.Date(), nullable=True),
        sa.Column('latest', sa.Date(), nullable=True),
        sa.Column('provisional', sa.Boolean(), nullable=False),
        sa.Column('to_likely', sa.Date(), nullable=True),
        sa.Column('to_safe', sa.Date(), nullable=True),
        sa.Column('to_act_by', sa.Date(), nullable=True),
        sa.Column('to_strictest', sa.Date(), nullable=True),
        sa.Column('to_latest', sa.Date(), nullable=True),
        sa.Column('to_provisional', sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(['obligation_key'], ['obligation.key']),
        sa.PrimaryKeyConstraint('obligation_key', 'number'),
    )
    if op.get_bind().dialect.name == "postgresql":
        # The function was made for the event log.
        op.execute(
            f"CREATE TRIGGER {_TABLE}_append_only BEFORE UPDATE OR DELETE ON {_TABLE} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER {_TABLE}_not_emptied BEFORE TRUNCATE ON {_TABLE} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        return
    for change in ('update', 'delete'):
        op.execute(
            f"CREATE TRIGGER {_TABLE}_not_{change}d BEFORE {change.upper()} ON {_TABLE} "
            f"BEGIN SELECT RAISE(ABORT, '{_TABLE} is append-only'); END"
        )


def downgrade() -> None:
    op.drop_table(_TABLE)
