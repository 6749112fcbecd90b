"""What is due must be taken up soon: otherwise no worker is awake."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection
from sqlmodel import col

from tracker.base.db import earliest
from tracker.doctor.finding import PATIENCE, Finding
from tracker.obligations.tables import ObligationRow
from tracker.steps.context import Context
from tracker.terms.tables import AgreementRow


def broken(connection: Connection, context: Context, now: datetime) -> Iterator[Finding]:
    """Find steps that have been due for too long."""
    del context
    for name, column in (
        ("obligation", col(ObligationRow.wake_at)),
        ("agreement", col(AgreementRow.wake_at)),
    ):
        due = earliest(connection, column)
        if due is not None and due < now - PATIENCE:
            yield Finding(
                name,
                f"ada langkah yang seharusnya berjalan sejak {due:%Y-%m-%d %H:%M} UTC: "
                "apakah 'tracker run' atau 'tracker worker' hidup?",
                f"a step has been due since {due:%Y-%m-%d %H:%M} UTC: "
                "is 'tracker run' or 'tracker worker' alive?",
            )
