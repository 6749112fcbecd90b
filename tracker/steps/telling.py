"""Reminders and their alerts, collected and added in one go: what every step that says something shares."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from tracker.obligations.deadline import Deadline
from tracker.obligations.model import Obligation
from tracker.outbox import doubts
from tracker.outbox import service as outbox
from tracker.outbox.compose import compose
from tracker.outbox.compose_list import undated_duty
from tracker.outbox.keys import reminder_key
from tracker.reminders import service as reminders
from tracker.reminders.ladder import Point
from tracker.reminders.recipients import Route
from tracker.reminders.wishes import not_before
from tracker.steps.alerting import alert_row, list_row
from tracker.steps.backlog import HELD_FOR
from tracker.steps.context import Context
from tracker.terms.model import Agreement


class Telling:
    """What is to be said about obligations, until `add` puts it into the store."""

    def __init__(self, connection: Connection, context: Context, now: datetime) -> None:
        """Collect nothing yet; addresses that do not work now are left out."""
        self.context = context
        self.routing = doubts.usable(connection, context.routing)
        self.now = now
        self.reminders: list[dict[str, Any]] = []
        self.alerts: list[dict[str, Any]] = []

    def tell(
        self,
        agreement: Agreement,
        obligation: Obligation,
        deadline: Deadline,
        point: Point,
        missed: Sequence[str] = (),
        because: Sequence[tuple[str, str]] = (),
    ) -> None:
        """Say one point of an obligation to everybody who answers for it.

        `agreement` is as the facts have changed it; `because` are sentences in Indonesian and
        English about what led to this.
        """
        key = reminder_key(obligation.key, deadline.act_by, point.name)
        self.reminders.append(
            {
                "key": key,
                "obligation_key": obligation.key,
                "point": point.name,
                "planned_for": point.planned_for,
                "fired_at": self.now,
                "missed": ",".join(missed),
            }
        )
        today = self.now.astimezone(agreement.zone).date()
        calendar = self.context.calendar(agreement)
        for route in self._routes(agreement, obligation):
            notes = [english if route.language == "en" else indonesian for indonesian, english in because]
            content = compose(agreement, obligation, deadline, calendar, point, missed, route, today, notes)
            schedule = self.context.schedule(agreement)
            at = not_before(route, point.name, deadline.act_by, schedule, self.now)
            row = alert_row(self.context, key, obligation.key, route, content, self.now)
            self.alerts.append(row | {"next_try_at": at})

    def tell_undated(self, agreement: Agreement, obligation: Obligation) -> None:
        """Say at once what an event asks for without a date; nothing else will ever speak of it."""
        for route in self._routes(agreement, obligation):
            content = undated_duty(agreement, obligation, route)
            self.alerts.append(
                list_row(self.context, obligation.key, route, content, self.now, obligation.key)
            )

    def _routes(self, agreement: Agreement, obligation: Obligation) -> list[Route]:
        party = obligation.trigger.party if obligation.trigger else None
        today = self.now.astimezone(agreement.zone).date()
        return self.routing.routes(agreement, obligation.rule.duty.by, party, today)

    def hold_back(self, complete: frozenset[str]) -> None:
        """Let reminders wait whose person may have more to come: all but those of `complete` people."""
        until = self.now + HELD_FOR
        for row in self.alerts:
            may_have_more = row["address"].lower() not in complete
            if row["groupable"] and may_have_more and row["next_try_at"] <= self.now:
                row |= {"held": True, "next_try_at": until}

    def add(self, connection: Connection) -> None:
        """Put everything into the store; what is there already stays as it is."""
        reminders.add(connection, self.reminders)
        outbox.add(connection, self.alerts)
