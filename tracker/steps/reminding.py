"""Due obligations -> reminders, alerts, and the next due instant, in one transaction."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from tracker.base.log import get_logger
from tracker.events import service as events
from tracker.events.model import Event
from tracker.obligations import service as obligations
from tracker.obligations.lifecycle import AGREEMENT_ENDED, why_lapsed
from tracker.obligations.model import CLOSED, Obligation, State
from tracker.obligations.picture import Picture, picture
from tracker.steps.backlog import Batch
from tracker.steps.context import Context
from tracker.steps.rows import plan_of, wake_at
from tracker.steps.telling import Telling
from tracker.terms import service as terms
from tracker.terms.model import Agreement

log = get_logger("reminding")
_POSTPONED = timedelta(minutes=15)


class Reminding:
    """The rows that one batch of due obligations leads to."""

    def __init__(self, connection: Connection, context: Context, now: datetime) -> None:
        """Collect nothing yet; `of` does the work."""
        self.connection = connection
        self.context = context
        self.now = now
        self.telling = Telling(connection, context, now)
        self.updates: list[dict[str, Any]] = []
        self.pictures: dict[str, Picture] = {}

    def of(self, batch: Batch) -> None:
        """Take due obligation rows (locked by the caller) one step further."""
        due = batch.rows
        ids = {row.agreement_id for row in due}
        bodies = terms.bodies(self.connection, ids)
        logs = events.logs_of(self.connection, ids)
        for row in due:
            try:
                seen = self._picture(row.agreement_id, bodies, logs)
                self._one(row, seen.agreement, seen.obligations.get(row.key))
            except Exception:
                # One agreement that cannot be derived must not keep all others from being told.
                log.exception("obligation cannot be worked out, trying again later", obligation=row.key)
                self._update(row, State(row.state), row.reminded_for, self.now + _POSTPONED, row.closed_why)
        if batch.complete is not None:
            self.telling.hold_back(batch.complete)
        self.telling.add(self.connection)
        obligations.update_all(self.connection, self.updates)

    def _picture(self, name: str, bodies: Mapping[str, bytes], logs: Mapping[str, list[Event]]) -> Picture:
        if name not in self.pictures:
            written = terms.parsed(bodies[name])
            calendar, log = self.context.calendar(written), logs.get(name, ())
            reach = self.context.horizon(written, self.now)
            self.pictures[name] = picture(written, calendar, log, reach=reach)
        return self.pictures[name]

    def _one(self, row: Any, agreement: Agreement, obligation: Obligation | None) -> None:
        schedule = self.context.schedule(agreement)
        lapse = schedule.start_of(row.lapses_on) if row.lapses_on else None
        if lapse is not None and self.now >= lapse:
            why = why_lapsed(obligation, row.lapses_on) if obligation else AGREEMENT_ENDED
            self._update(row, State.LAPSED, row.reminded_for, None, why, lapse)
            return
        if obligation is None or obligation.deadline is None:
            # The terms or events no longer give this obligation: it must not nag, nor vanish.
            self._update(row, State.SUPERSEDED, row.reminded_for, None, "terms-changed")
            return
        plan = plan_of(self.context.policy, agreement, obligation.rule, row)
        following = schedule.next(plan, row.reminded_for, self.now)
        reminded_for = row.reminded_for
        if following is not None and following.fire_at <= self.now:
            deadline = obligation.deadline._replace(act_by=row.act_by)
            self.telling.tell(agreement, obligation, deadline, following.point, following.missed)
            reminded_for = following.point.planned_for
            following = schedule.next(plan, reminded_for, self.now)
        self._update(row, State(row.state), reminded_for, wake_at(schedule, plan, following), None)

    def _update(
        self,
        row: Any,
        state: State,
        reminded_for: datetime | None,
        wake_at: datetime | None,
        why: str | None,
        closed_at: datetime | None = None,
    ) -> None:
        self.updates.append(
            {
                "key": row.key,
                "state": state.value,
                "reminded_for": reminded_for,
                "wake_at": wake_at,
                "closed_at": (closed_at or self.now) if state in CLOSED else None,
                "closed_why": why,
            }
        )
