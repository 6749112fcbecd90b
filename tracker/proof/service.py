"""Gathers what a proof page tells: terms, log, alerts and evidence, as one reading of the store."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select
from sqlmodel import col

from tracker.base.db import Database
from tracker.base.errors import TrackerError
from tracker.events.kinds import ABOUT_ONE_OBLIGATION
from tracker.events.log import by_obligation, effective
from tracker.events.model import Event
from tracker.events.service import logs_of, verified_log
from tracker.evidence.store import EvidenceStore
from tracker.obligations.life import verdict
from tracker.obligations.windows import window_for
from tracker.outbox.content import read_content
from tracker.outbox.tables import AlertRow, AttemptRow
from tracker.proof.page import Attempt, Chain, EvidenceFile, ProofPage, Told, concerning
from tracker.queries import story
from tracker.reminders.ladder import AT_ONCE
from tracker.reminders.tables import ReminderRow
from tracker.steps.context import Context


def proof_page(
    db: Database, context: Context, evidence: EvidenceStore, name: str, now: datetime, language: str
) -> ProofPage:
    """Gather everything about one obligation; `name` is `agreement/rule[/occurrence]`."""
    with db.read() as connection:
        found = story(connection, context, name, now, language)
        one, obligation = found.shown, found.shown.obligation
        log = logs_of(connection, [one.agreement.id]).get(one.agreement.id, [])
        about = by_obligation(effective(log), ABOUT_ONE_OBLIGATION)
        facts = about.get((obligation.rule.id, obligation.occurrence), [])
        entries = tuple(concerning(log, obligation, facts))
        calendar, today = context.calendar(one.agreement), now.astimezone(one.agreement.zone).date()
        judged = verdict(obligation.rule, one.life, obligation.deadline)
        window = window_for(one.agreement, obligation, calendar, judged.day if judged else today)
        checked = verified_log(connection, one.agreement.id)
        told = _told(connection, obligation.key)
    return ProofPage(
        language=language,
        now=now,
        agreement=one.agreement,
        obligation=obligation,
        state=one.state,
        steps=tuple(found.steps),
        life=one.life,
        facts=tuple(facts),
        log=entries,
        chain=Chain(checked.entries, checked.digest, tuple((b.number, b.what) for b in checked.breaks)),
        told=told,
        evidence=_files(evidence, (*facts, *entries)),
        closed_why=one.closed_why,
        window=window,
    )


def _files(store: EvidenceStore, facts: Iterable[Event]) -> dict[str, EvidenceFile]:
    """Look at every file that the facts name; one that cannot be shown says why."""
    digests = {fact.details["evidence"] for fact in facts if fact.details.get("evidence")}
    found = {}
    for digest in sorted(digests):
        try:
            about = store.find(digest)
            found[digest] = EvidenceFile(digest, about.media_type, about.size)
        except TrackerError as error:
            found[digest] = EvidenceFile(digest, fault=str(error))
    return found


def _told(connection: Connection, obligation: str) -> tuple[Told, ...]:
    query = (
        select(AlertRow, func.coalesce(col(ReminderRow.point), AT_ONCE).label("point"))
        .outerjoin(ReminderRow, col(ReminderRow.key) == col(AlertRow.reminder_key))
        .where(col(AlertRow.obligation_key) == obligation)
        .order_by(col(AlertRow.created_at), col(AlertRow.key))
    )
    attempts = _attempts(connection, obligation)
    return tuple(
        Told(
            point=row.point,
            recipient=read_content(row.content).recipient,
            channel=row.channel,
            address=row.address,
            state=row.state,
            created_at=row.created_at,
            accepted_at=row.accepted_at,
            attempts=tuple(attempts.get(row.key, ())),
        )
        for row in connection.execute(query)
    )


def _attempts(connection: Connection, obligation: str) -> dict[str, list[Attempt]]:
    query = (
        select(AttemptRow)
        .join(AlertRow, col(AlertRow.key) == col(AttemptRow.alert_key))
        .where(col(AlertRow.obligation_key) == obligation)
        .order_by(col(AttemptRow.id))
    )
    found: dict[str, list[Attempt]] = {}
    row: Any
    for row in connection.execute(query):
        found.setdefault(row.alert_key, []).append(Attempt(row.started_at, row.outcome, row.answer))
    return found
