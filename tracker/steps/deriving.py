"""Terms and events -> obligation rows, beside those that are stored, in bulk."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from tracker.events import service as events
from tracker.obligations import service as obligations
from tracker.obligations.derive import derive
from tracker.obligations.lifecycle import first_state, lapses_on
from tracker.obligations.model import Obligation, State
from tracker.obligations.months import shifted
from tracker.obligations.reading import Reading
from tracker.reminders.ladder import Next, Plan, Schedule
from tracker.steps.context import Context
from tracker.terms import service as terms
from tracker.terms.model import Agreement
from tracker.terms.rule import Rule
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
    for agreement in agreements.values():
        derivation.derive(agreement)
    return derivation.store()


class Derivation:
    """Derived obligations of some agreements, as rows beside those that are stored.

    What was derived of one agreement is let go before the next: keeping the readings of a whole
    batch costs the garbage collector more time than deriving them takes.
    """

    def __init__(
        self,
        connection: Connection,
        context: Context,
        agreements: Iterable[str],
        known: Mapping[str, Known],
        now: datetime,
    ) -> None:
        """Read what is stored of the agreements; `known` says which of them the store has."""
        self.connection = connection
        self.context = context
        self.known = known
        self.now = now
        old = [agreement_id for agreement_id in agreements if agreement_id in known]
        self.before = obligations.stored(connection, old)
        self.facts = events.events_of(connection, old)
        self.rows: list[dict[str, Any]] = []
        self.wakes: dict[str, tuple[datetime | None, str]] = {}

    def store(self) -> obligations.Changes:
        """Write the differences to the store."""
        terms.set_wakes(self.connection, self.wakes)
        return obligations.store(self.connection, self.rows, self.before, self.now)

    def derive(self, agreement: Agreement) -> None:
        """Derive one of the agreements; touches no database."""
        today = self.now.astimezone(agreement.zone).date()
        until = shifted(today, self.context.horizon_months)
        calendar = self.context.calendar(agreement)
        facts = self.facts.get(agreement.id, [])
        derived = derive(agreement, calendar, [event for _, event in facts], until)
        self.wakes[agreement.id] = (self._roll(agreement, derived.beyond), calendar.version)
        known = self.known.get(agreement.id)
        tracked_since = known.tracked_since if known else today
        ids = {id(event): event_id for event_id, event in facts}
        for obligation in derived.obligations:
            if obligation.state is not State.WAITING:
                row = self._row(agreement, obligation, derived.ends, tracked_since, today)
                row["event_id"] = ids.get(id(obligation.trigger))
                row["wake_at"] = self._wake_at(agreement, obligation, row)
                self.rows.append(row)

    def _roll(self, agreement: Agreement, beyond: date | None) -> datetime | None:
        if beyond is None:
            return None
        day = shifted(beyond, -self.context.horizon_months) + _ONE_DAY
        return self.context.schedule(agreement).start_of(day)

    def _row(
        self,
        agreement: Agreement,
        obligation: Obligation,
        ends: Sequence[Reading],
        tracked_since: date,
        today: date,
    ) -> dict[str, Any]:
        key = obligation.key
        known = self.before.get(key)
        found = obligation.deadline
        opened_at = known.opened_at if known else self.now
        opened_on = opened_at.astimezone(agreement.zone).date() if known else today
        grace = self.context.policy.grace_after_end_days
        return {
            "key": key,
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
            "lapses_on": lapses_on(obligation, ends, opened_on, grace),
            "opened_at": opened_at,
            # A moved deadline starts its ladder anew: its next reminder carries the new date.
            "reminded_for": known.reminded_for if known and found and known.act_by == found.act_by else None,
        }

    def _wake_at(self, agreement: Agreement, obligation: Obligation, row: dict[str, Any]) -> datetime | None:
        if obligation.deadline is None or row["state"] != State.OPEN:
            return None
        plan = plan_of(self.context, agreement, obligation.rule, row)
        schedule = self.context.schedule(agreement)
        return wake_at(schedule, plan, schedule.next(plan, row["reminded_for"], self.now))


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
