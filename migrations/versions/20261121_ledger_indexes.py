"""What the ledger of alerts, compliance and the doctor's page need: indexes, when a duty was done and
by whom it is owed, and what was last found.

Revision: 0017, after 0016. Created 2026-11-21 21:00:00.

Who owes a duty is filled in when its agreement is derived again: every agreement is due for that now,
as if its horizon had moved. When a duty was done is known from the fact that closed it.
"""

import json

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None
_REFUSED = sa.text("state = 'refused'")
_PROOFS = ('notice-served', 'report-submitted', 'payment-made', 'duty-fulfilled')


def upgrade() -> None:
    op.add_column('obligation', sa.Column('done_on', sa.Date(), nullable=True))
    op.add_column('obligation', sa.Column('holder', AutoString(), nullable=True))
    _note_when_done(op.get_bind())
    now = 'now()'
    if op.get_bind().dialect.name == 'sqlite':  # an instant is a text there
        now = "strftime('%Y-%m-%d %H:%M:%f000', 'now')"
    op.execute(f'UPDATE agreement SET wake_at = {now} WHERE wake_at IS NULL OR wake_at > {now}')
    op.create_index('ix_alert_created_at_key', 'alert', ['created_at', 'key'])
    op.create_index(
        'ix_alert_refused', 'alert', ['created_at', 'key'], sqlite_where=_REFUSED, postgresql_where=_REFUSED
    )
    op.create_table(
        'examination',
        sa.Column('invariant', AutoString(length=32), nullable=False),
        sa.Column('at', UTCDateTime(), nullable=False),
        sa.Column('found', sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint('invariant', name=op.f('pk_examination')),
    )


def _note_when_done(connection: sa.Connection) -> None:
    """Take the day from the fact that closed a duty: where it says on which it was received, or sent."""
    closing = connection.execute(
        sa.text(
            "SELECT o.key, o.rule, o.occurrence, e.happened_on, e.details FROM obligation o "
            "JOIN event e ON e.agreement_id = o.agreement_id AND e.recorded_at = o.closed_at "
            "WHERE o.state = 'fulfilled' AND e.kind IN :kinds"
        ).bindparams(sa.bindparam('kinds', _PROOFS, expanding=True))
    ).all()
    done = []
    for key, rule, occurrence, happened_on, stored in closing:
        details = json.loads(stored) if isinstance(stored, str) else stored
        if (details.get('rule'), details.get('occurrence')) != (rule, occurrence):
            continue
        day = details.get('received_on') or details.get('sent_on') or str(happened_on)
        done.append({'of': key, 'day': day})
    if done:
        statement = sa.text('UPDATE obligation SET done_on = CAST(:day AS DATE) WHERE key = :of')
        if connection.dialect.name == 'sqlite':  # a date is a text there
            statement = sa.text('UPDATE obligation SET done_on = :day WHERE key = :of')
        connection.execute(statement, done)


def downgrade() -> None:
    op.drop_table('examination')
    op.drop_index('ix_alert_refused', 'alert')
    op.drop_index('ix_alert_created_at_key', 'alert')
    with op.batch_alter_table('obligation') as batch:
        batch.drop_column('holder')
        batch.drop_column('done_on')
