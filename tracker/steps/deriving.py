"""Terms and events -> obligation rows, beside those that are stored, in bulk."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from tracker.events import service as events
from tracker.obligations import service as obligations
from tracker.obligations.derive import Derived, derive
from tracker.obligations.lifecycle import first_state, lapses_on
from tracker.obligations.model import Obligation, State
from tracker.obligations.months import shifted
from tracker.reminders.ladder import Next, Plan, Schedule
from tracker.steps.context import Context
from tracker.terms import service as terms
from tracker.terms.model import Agreement, Rule
from tracker.terms.service import Known

_ONE_DAY = timedelta(days=1)


def rederive(
    connection: Connection,
    context: Context,
    agreements: dict[str, Agreement],
    known: dict[str, Known],
    now: datetime,
) -> obligations.Changes:
    """Derive agreements that are in the store again, and store what has changed."""
    derivation = Derivation(connection, context, agreements, known, now)
    changes = derivation.store()
    for agreement_id, wake_at in derivation.rolls().items():
        version = context.calendar(agreements[agreement_id]).version
        terms.set_wake(connection, agreement_id, wake_at, version)
    return changes


class Derivation:
    """Derived obligations of some agreements, as rows beside those that are stored."""

    def __init__(
        self,
        connection: Connection,
        context: Context,
        agreements: dict[str, Agreement],
        known: dict[str, Known],
        now: datetime,
    ) -> None:
        """Derive now; `known` says which agreements the store has."""
        self.connection = connection
        self.context = context
        self.agreements = agreements
        self.known = known
        self.now = now
        old = [agreement_id for agreement_id in agreements if agreement_id in known]
        self.before = obligations.stored(connection, old)
        self.events = events.events_of(connection, old)
        self.derived = {agreement.id: self._derive(agreement) for agreement in agreements.values()}

    def _derive(self, agreement: Agreement) -> Derived:
        happened = [event for _, event in self.events.get(agreement.id, [])]
        until = shifted(self._today(agreement), self.context.horizon_months)
        return derive(agreement, self.context.calendar(agreement), happened, until)

    def _today(self, agreement: Agreement) -> date:
        return self.now.astimezone(agreement.zone).date()

    def rolls(self) -> dict[str, datetime | None]:
        """Give, for each agreement, when its recurring duties must be rolled forward."""
        return {agreement_id: self._roll(agreement_id) for agreement_id in self.agreements}

    def _roll(self, agreement_id: str) -> datetime | None:
        beyond = self.derived[agreement_id].beyond
        if beyond is None:
            return None
        day = shifted(beyond, -self.context.horizon_months) + _ONE_DAY
        return self.context.schedule(self.agreements[agreement_id]).start_of(day)

    def store(self) -> obligations.Changes:
        """Write the differences to the store."""
        rows = [row for agreement_id in self.agreements for row in self._rows(agreement_id)]
        return obligations.store(self.connection, rows, self.before, self.now)

    def _rows(self, agreement_id: str) -> Iterable[dict[str, Any]]:
        agreement, derived = self.agreements[agreement_id], self.derived[agreement_id]
        ids = {id(event): event_id for event_id, event in self.events.get(agreement_id, [])}
        for obligation in derived.obligations:
            if obligation.state is not State.WAITING:
                yield self._row(agreement, obligation, derived, ids.get(id(obligation.trigger)))

    def _row(
        self, agreement: Agreement, obligation: Obligation, derived: Derived, event_id: int | None
    ) -> dict[str, Any]:
        known = self.before.get(obligation.key)
        before = self.known.get(agreement.id)
        tracked_since = before.tracked_since if before else self._today(agreement)
        found = obligation.deadline
        opened_at = known.opened_at if known else self.now
        opened_on = opened_at.astimezone(agreement.zone).date()
        grace = self.context.policy.grace_after_end_days
        row: dict[str, Any] = {
            "key": obligation.key,
            "agreement_id": agreement.id,
            "rule": obligation.rule.id,
            "occurrence": obligation.occurrence,
            "state": first_state(obligation, tracked_since).value,
            "likely": found.likely if found else None,
            "safe": found.safe if found else None,
            "act_by": found.act_by if found else None,
            "strictest": found.strictest if found else None,
            "latest": found.latest if found else None,
            "provisional": found.provisional if found else False,
            "lapses_on": lapses_on(obligation, derived.ends, opened_on, grace),
            "event_id": event_id,
            "opened_at": opened_at,
            # A moved deadline starts its ladder anew: its next reminder carries the new date.
            "reminded_for": known.reminded_for if known and found and known.act_by == found.act_by else None,
        }
        row["wake_at"] = self._wake_at(agreement, obligation, row)
        return row

    def _wake_at(self, agreement: Agreement, obligation: Obligation, row: dict[str, Any]) -> datetime | None:
        if obligation.deadline is None or row["state"] != State.OPEN:
            return None
        plan = plan_of(self.context, agreement, obligation.rule, row)
        following = self.context.schedule(agreement).next(plan, row["reminded_for"], self.now)
        return wake_at(self.context.schedule(agreement), plan, following)


def plan_of(context: Context, agreement: Agreement, rule: Rule, row: Mapping[str, Any]) -> Plan:
    """Give what the ladder of an obligation depends on, from its row."""
    return Plan(
        act_by=row["act_by"],
        opened_at=row["opened_at"],
        at_once=row["event_id"] is not None,
        ladder=context.policy.ladder_for(agreement, rule),
        lapses_on=row["lapses_on"],
    )


def wake_at(schedule: Schedule, plan: Plan, following: Next | None) -> datetime | None:
    """Give when an obligation is due for the next step: a reminder, or its lapse."""
    lapse = schedule.start_of(plan.lapses_on) if plan.lapses_on else None
    if following is None:
        return lapse
    return min(following.fire_at, lapse) if lapse else following.fire_at
