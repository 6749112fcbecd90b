"""Due obligations -> reminders, alerts, and the next due instant, in one transaction."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from tracker.base.log import get_logger
from tracker.events import service as events
from tracker.events.model import Event
from tracker.obligations import service as obligations
from tracker.obligations.derive import derive
from tracker.obligations.model import CLOSED, Obligation, State
from tracker.outbox import service as outbox
from tracker.outbox.compose import compose
from tracker.outbox.keys import reminder_key
from tracker.reminders import service as reminders
from tracker.reminders.ladder import Next
from tracker.reminders.recipients import Route
from tracker.steps.alerting import alert_row
from tracker.steps.context import Context
from tracker.steps.deriving import plan_of, wake_at
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
        self.reminders: list[dict[str, Any]] = []
        self.alerts: list[dict[str, Any]] = []
        self.updates: list[dict[str, Any]] = []
        self.derived: dict[str, dict[str, Obligation]] = {}

    def of(self, due: Sequence[Any]) -> None:
        """Take due obligation rows (locked by the caller) one step further."""
        ids = {row.agreement_id for row in due}
        bodies = terms.bodies(self.connection, ids)
        happened = events.events_of(self.connection, ids)
        for row in due:
            try:
                agreement = terms.parsed(bodies[row.agreement_id])
                facts = [event for _, event in happened.get(agreement.id, [])]
                self._one(row, agreement, self._obligations(agreement, facts).get(row.key))
            except Exception:
                # One agreement that cannot be derived must not keep all others from being told.
                log.exception("obligation cannot be worked out, trying again later", obligation=row.key)
                self._update(row, State(row.state), row.reminded_for, self.now + _POSTPONED, row.closed_why)
        reminders.add(self.connection, self.reminders)
        outbox.add(self.connection, self.alerts)
        obligations.update_all(self.connection, self.updates)

    def _obligations(self, agreement: Agreement, facts: list[Event]) -> dict[str, Obligation]:
        if agreement.id not in self.derived:
            found = derive(agreement, self.context.calendar(agreement), facts).obligations
            self.derived[agreement.id] = {obligation.key: obligation for obligation in found}
        return self.derived[agreement.id]

    def _one(self, row: Any, agreement: Agreement, obligation: Obligation | None) -> None:
        schedule = self.context.schedule(agreement)
        if row.lapses_on is not None and self.now >= schedule.start_of(row.lapses_on):
            self._update(row, State.LAPSED, row.reminded_for, None, "agreement-ended")
            return
        if obligation is None or obligation.deadline is None:
            # The terms or events no longer give this obligation: it must not nag, nor vanish.
            self._update(row, State.SUPERSEDED, row.reminded_for, None, "terms-changed")
            return
        plan = plan_of(self.context, agreement, obligation.rule, row._asdict())
        following = schedule.next(plan, row.reminded_for, self.now)
        reminded_for = row.reminded_for
        if following is not None and following.fire_at <= self.now:
            self._fire(row, agreement, obligation, following)
            reminded_for = following.point.planned_for
            following = schedule.next(plan, reminded_for, self.now)
        self._update(row, State(row.state), reminded_for, wake_at(schedule, plan, following), None)

    def _update(
        self, row: Any, state: State, reminded_for: datetime | None, wake_at: datetime | None, why: str | None
    ) -> None:
        self.updates.append(
            {
                "key": row.key,
                "state": state.value,
                "reminded_for": reminded_for,
                "wake_at": wake_at,
                "closed_at": self.now if state in CLOSED else None,
                "closed_why": why,
            }
        )

    def _fire(self, row: Any, agreement: Agreement, obligation: Obligation, following: Next) -> None:
        key = reminder_key(row.key, row.act_by, following.point.name)
        self.reminders.append(
            {
                "key": key,
                "obligation_key": row.key,
                "point": following.point.name,
                "planned_for": following.point.planned_for,
                "fired_at": self.now,
                "missed": ",".join(following.missed),
            }
        )
        party = obligation.trigger.party if obligation.trigger else None
        today = self.now.astimezone(agreement.zone).date()
        for route in self.context.routing.routes(agreement, obligation.rule.duty.by, party, today):
            self.alerts.append(self._alert(key, agreement, obligation, following, route, today))

    def _alert(
        self,
        reminder: str,
        agreement: Agreement,
        obligation: Obligation,
        following: Next,
        route: Route,
        today: date,
    ) -> dict[str, Any]:
        if obligation.deadline is None:
            raise AssertionError("a reminder without a deadline")
        content = compose(
            agreement,
            obligation,
            obligation.deadline,
            self.context.calendar(agreement),
            following.point,
            following.missed,
            route,
            today,
        )
        return alert_row(self.context, reminder, obligation.key, route, content, self.now)
