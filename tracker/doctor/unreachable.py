"""Every agreement must have a contact who can be told directly."""

from collections.abc import Iterator
from datetime import date, datetime

from sqlalchemy import Connection, select
from sqlmodel import col

from tracker.doctor.finding import Finding
from tracker.events import service as events
from tracker.events.log import effective
from tracker.obligations.decided import decided
from tracker.outbox import doubts
from tracker.reminders.recipients import Routing
from tracker.steps.context import Context
from tracker.terms import service as terms
from tracker.terms.model import Agreement
from tracker.terms.tables import AgreementRow


def broken(connection: Connection, context: Context, now: datetime) -> Iterator[Finding]:
    """Find agreements whose alerts all go to the fallback contact today."""
    routing = doubts.usable(connection, context.routing)
    names = list(connection.execute(select(col(AgreementRow.id)).order_by(col(AgreementRow.id))).scalars())
    for batch in terms.batches(names):
        logs = events.logs_of(connection, batch)
        for name, written in sorted(terms.agreements(connection, batch).items()):
            agreement = decided(written, effective(logs.get(name, ())))
            today = now.astimezone(agreement.zone).date()
            if not any(_is_reachable(routing, agreement, party, today) for party in agreement.parties):
                yield Finding(
                    name,
                    "tidak ada narahubung yang dapat dihubungi: semua pemberitahuan masuk ke kontak cadangan",
                    "has no contact who can be reached: all its alerts go to the fallback contact",
                )


def _is_reachable(routing: Routing, agreement: Agreement, party: str, today: date) -> bool:
    return any(
        route.detour is None
        for contact in agreement.parties[party].contacts
        if contact.serves_on(today)
        for route in routing.routes_to(agreement, party, contact, today)
    )
