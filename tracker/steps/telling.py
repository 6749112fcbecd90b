"""Reminders and their alerts, collected and added in one go: what every step that says something shares."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from tracker.accounts.kinds import Happens
from tracker.obligations.deadline import Deadline
from tracker.obligations.model import Obligation
from tracker.obligations.wording import cost_text
from tracker.outbox import doubts
from tracker.outbox import service as outbox
from tracker.outbox.compose import compose
from tracker.outbox.compose_chain import Unanswered, chain_notes
from tracker.outbox.compose_list import undated_duty
from tracker.outbox.keys import reminder_key
from tracker.reminders import service as reminders
from tracker.reminders.escalation import Level
from tracker.reminders.group_chats import Hears
from tracker.reminders.ladder import OVERDUE, Point
from tracker.reminders.recipients import Address, Role, Route
from tracker.reminders.wishes import not_before
from tracker.steps.alerting import alert_row, list_row
from tracker.steps.announcing import Happening, announce
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
        self.happenings: list[Happening] = []

    def tell(
        self,
        agreement: Agreement,
        obligation: Obligation,
        deadline: Deadline,
        point: Point,
        missed: Sequence[str] = (),
        because: Sequence[tuple[str, str]] = (),
        levels: Sequence[Level] = (Level.OFFICER,),
        unanswered: Unanswered | None = None,
    ) -> None:
        """Say one point of an obligation to everybody who answers for it, on some levels of its chain.

        `agreement` is as the facts have changed it; `because` are sentences in Indonesian and
        English about what led to this, and `unanswered` what brought it to higher levels. Where
        nobody is on a level whom a lower one has not, nothing is said.
        """
        told = self._told(agreement, obligation, levels)
        if not told:
            return
        if Level.OFFICER in levels:
            told += [(route, ()) for route in self.routing.group_routes(agreement.unit, Hears.ALL)]
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
        self.happenings += _happened(obligation.key, deadline.act_by, key, point.name)
        today = self.now.astimezone(agreement.zone).date()
        calendar = self.context.calendar(agreement)
        for route, contacts in told:
            notes = [english if route.language == "en" else indonesian for indonesian, english in because]
            if contacts and unanswered:
                cost = cost_text(obligation.rule, route.language)
                notes = [*chain_notes(route, contacts, unanswered, cost), *notes]
            content = compose(agreement, obligation, deadline, calendar, point, missed, route, today, notes)
            schedule = self.context.schedule(agreement)
            at = not_before(route, point.name, deadline.act_by, schedule, self.now)
            row = alert_row(self.context, key, obligation.key, route, content, self.now)
            self.alerts.append(row | {"next_try_at": at})

    def tell_undated(self, agreement: Agreement, obligation: Obligation) -> None:
        """Say at once what an event asks for without a date; nothing else will ever speak of it."""
        groups = self.routing.group_routes(agreement.unit, Hears.ALL)
        for route in (*self._routes(agreement, obligation), *groups):
            content = undated_duty(agreement, obligation, route)
            self.alerts.append(
                list_row(self.context, obligation.key, route, content, self.now, obligation.key)
            )

    def _told(
        self, agreement: Agreement, obligation: Obligation, levels: Sequence[Level]
    ) -> list[tuple[Route, tuple[str, ...]]]:
        """Give who is told, and above the officers' level for whom: nobody twice at one address."""
        officers = self._routes(agreement, obligation)
        if tuple(levels) == (Level.OFFICER,):
            return [(route, ()) for route in officers]
        contacts = tuple(
            dict.fromkeys(route.instead_of if route.detour else route.recipient for route in officers)
        )
        found: list[tuple[Route, tuple[str, ...]]] = []
        reached: set[Address] = set()
        for level in Level.up_to(max(levels)):
            routes = officers if level is Level.OFFICER else self._routes(agreement, obligation, level.role)
            new = [route for route in routes if (route.channel, route.address) not in reached]
            reached.update((route.channel, route.address) for route in routes)
            if level in levels:
                found += [(route, () if level is Level.OFFICER else contacts) for route in new]
        return found

    def _routes(self, agreement: Agreement, obligation: Obligation, role: Role = Role.OFFICER) -> list[Route]:
        party = obligation.trigger.party if obligation.trigger else None
        today = self.now.astimezone(agreement.zone).date()
        return self.routing.routes(agreement, obligation.rule.duty.by, party, today, role)

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
        announce(connection, self.context, self.happenings, self.now)


def _happened(obligation: str, act_by: date, reminder: str, point: str) -> Iterator[Happening]:
    """Yield what a reminder means to programs: that it was issued, and the first time that it is overdue."""
    day = {"act_by": act_by.isoformat()}
    yield Happening(Happens.REMINDED, obligation, reminder, {**day, "point": point})
    if point.startswith(OVERDUE):
        yield Happening(Happens.OVERDUE, obligation, f"{obligation}/{act_by}", day)
