"""Terms and facts -> obligation rows, beside those that are stored, in bulk; moved ones are announced."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from tracker.events import service as events
from tracker.events.model import Event
from tracker.obligations import service as obligations
from tracker.obligations.causes import Cause, Moment, sentences
from tracker.obligations.life import Life
from tracker.obligations.lifecycle import lapses_on, state_and_why
from tracker.obligations.model import Obligation, State
from tracker.obligations.months import shifted
from tracker.obligations.picture import Picture, picture
from tracker.reminders.ladder import Next, Plan, Point, Schedule
from tracker.steps.context import Context
from tracker.steps.telling import Telling
from tracker.terms import service as terms
from tracker.terms.model import Agreement
from tracker.terms.rule import Rule
from tracker.terms.service import Known

_ONE_DAY = timedelta(days=1)
MOVED = "moved-"
_KEPT = (*obligations.MOVING, "provisional")
_WAKING = ("state", "act_by", "by_time", "lapses_on", "snoozed_until", "reminded_for")


def rederive(
    connection: Connection,
    context: Context,
    agreements: dict[str, Agreement],
    known: dict[str, Known],
    now: datetime,
    cause: Cause,
) -> obligations.Changes:
    """Derive agreements that are in the store again, and store what has changed."""
    causes = dict.fromkeys(agreements, cause)
    return Derivation(connection, context, causes, known, now).store(agreements.values())


class Derivation:
    """Derived obligations of some agreements, as rows beside those that are stored.

    What was derived of one agreement is let go before the next: keeping the readings of a whole
    batch costs the garbage collector more time than deriving them takes.
    """

    def __init__(
        self,
        connection: Connection,
        context: Context,
        causes: Mapping[str, Cause],
        known: Mapping[str, Known],
        now: datetime,
    ) -> None:
        """Read what is stored of agreements; `known` says which of them the store has.

        `causes` says of each of the agreements why it is derived.
        """
        self.connection = connection
        self.context = context
        self.known = known
        self.now = now
        self.causes = causes
        old = [agreement_id for agreement_id in causes if agreement_id in known]
        self.before = obligations.stored(connection, old)
        self.logs = events.logs_of(connection, old)
        self.by_trigger = {
            (row.agreement_id, row.rule, row.event_number): row
            for row in self.before.values()
            if row.event_number is not None and row.state != State.SUPERSEDED
        }
        self.rows: list[dict[str, Any]] = []
        self.wakes: dict[str, tuple[datetime | None, str]] = {}
        self.moves: list[dict[str, Any]] = []
        self.renamed: list[str] = []
        self.telling = Telling(context, now)

    def store(self, agreements: Iterable[Agreement]) -> obligations.Changes:
        """Derive the agreements, add what is new, and write the differences to what was there."""
        added = 0
        with obligations.adding(self.connection) as add:
            for agreement in agreements:
                for row in self._derive(agreement):
                    if row["key"] in self.before:
                        self.rows.append(row)
                    else:
                        add(row)
                        added += 1
        terms.set_wakes(
            self.connection, {name: self.wakes[name] for name in self.wakes if name in self.known}
        )
        changes = obligations.store(self.connection, self.rows, self.before, self.now, self.causes)
        changes.added = added
        changes.moved += self.renamed
        obligations.add_moves(self.connection, self.moves)
        self.telling.add(self.connection)
        return changes

    def first_wakes(self) -> dict[str, datetime | None]:
        """Give when the agreements that the store did not have are to be rolled forward."""
        return {name: wake for name, (wake, _) in self.wakes.items() if name not in self.known}

    def _derive(self, written: Agreement) -> Iterator[dict[str, Any]]:
        today = self.now.astimezone(written.zone).date()
        until = self.context.horizon(written, self.now)
        calendar = self.context.calendar(written)
        seen = picture(written, calendar, self.logs.get(written.id, ()), until)
        self.wakes[written.id] = (self._roll(written, seen.derived.beyond), calendar.version)
        tracked = self.known.get(written.id)
        since = tracked.tracked_since if tracked else today
        for obligation in seen.derived.obligations:
            if obligation.state is not State.WAITING:
                yield self._row(seen, obligation, today, since)

    def _roll(self, agreement: Agreement, beyond: date | None) -> datetime | None:
        if beyond is None:
            return None
        day = shifted(beyond, -self.context.horizon_months) + _ONE_DAY
        return self.context.schedule(agreement).start_of(day)

    def _row(self, seen: Picture, obligation: Obligation, today: date, since: date) -> dict[str, Any]:
        agreement, policy = seen.agreement, self.context.policy
        key = obligation.key
        known = self.before.get(key)
        before = self._as_told(known, obligation)
        found = obligation.deadline
        opened_at = before.opened_at if before else self.now
        opened_on = opened_at.astimezone(agreement.zone).date() if before else today
        life = seen.life(obligation, policy.acknowledged_days)
        act_by = life.override.act_by if life.override else found.act_by if found else None
        reopened_on = _local_day(life.reopened, agreement)
        grace_days = policy.grace_after_end_days
        row: dict[str, Any] = {
            "key": key,
            "agreement_id": agreement.id,
            "rule": obligation.rule.id,
            "occurrence": obligation.occurrence,
            "likely": found.likely if found else None,
            "safe": found.safe if found else None,
            "act_by": act_by,
            "strictest": found.strictest if found else None,
            "latest": found.latest if found else None,
            "by_time": found.by_time if found else None,
            "provisional": found.provisional if found else False,
            "lapses_on": lapses_on(obligation, seen.derived.ends, opened_on, grace_days, reopened_on),
            "event_number": obligation.trigger.number if obligation.trigger else None,
            "opened_at": opened_at,
            "acknowledged_until": life.acknowledged_until,
            "snoozed_until": min(life.snoozed_until, act_by) if life.snoozed_until and act_by else None,
            "reminded_for": before.reminded_for if before else None,
            "moves": known.moves if known else 0,
        }
        row["state"], row["closed_at"], row["closed_why"] = self._state(
            agreement, obligation, life, row, today, since, before
        )
        if before is not None and any(getattr(before, name) != row[name] for name in obligations.MOVING):
            self._note_move(before, row)
            if self._is_announced(before, row):
                self._announce(agreement, obligation, before, row)
        elif before is None and _needs_telling(obligation, row):
            self.telling.tell_undated(agreement, obligation)
        row["wake_at"] = self._wake_at(agreement, obligation, row)
        if known is not None and all(getattr(known, name) == row[name] for name in _WAKING):
            row["wake_at"] = known.wake_at  # a point that is due now must stay due
        return row

    def _as_told(self, known: Any | None, obligation: Obligation) -> Any | None:
        """Give the obligation as people know it: a fact whose day or time was corrected renamed it."""
        event = obligation.trigger
        if event is None or (known is not None and known.state != State.SUPERSEDED):
            return known
        return self.by_trigger.get((event.agreement, obligation.rule.id, event.number), known)

    def _state(
        self,
        agreement: Agreement,
        obligation: Obligation,
        life: Life,
        row: Mapping[str, Any],
        today: date,
        since: date,
        before: Any | None,
    ) -> tuple[str, datetime | None, str | None]:
        """Give the state, and since when and why it is closed where it is."""
        known = self.before.get(row["key"])
        was_open = before is not None and before.state not in (State.UNVERIFIED, State.SUPERSEDED)
        lapse = row["lapses_on"]
        state, why = state_and_why(obligation, life, lapse, since, today, was_open=was_open)
        if life.state is not None:
            return state.value, life.at, why
        if state is State.LAPSED:
            return state.value, self.context.schedule(agreement).start_of(lapse), why
        if state is State.SUPERSEDED:
            return state.value, known.closed_at if known and known.closed_why == why else self.now, why
        return state.value, None, None

    def _note_move(self, known: Any, row: dict[str, Any]) -> None:
        """Keep the figures that are about to be overwritten."""
        cause = self.causes[row["agreement_id"]]
        row["moves"] += 1
        self.moves.append(
            {
                "obligation_key": row["key"],
                "number": row["moves"],
                "at": self.now,
                "cause": cause.kind,
                "cause_on": cause.day,
                "cause_name": cause.name,
                **{name: getattr(known, name) for name in _KEPT},
                **{f"to_{name}": row[name] for name in _KEPT},
            }
        )

    def _is_announced(self, known: Any, row: Mapping[str, Any]) -> bool:
        return known.state == row["state"] == State.OPEN and obligations.is_another_deadline(known, row)

    def _announce(
        self, agreement: Agreement, obligation: Obligation, known: Any, row: dict[str, Any]
    ) -> None:
        """Say that a deadline has moved, from which day to which, and why.

        The announcement stands for every point up to now; the ladder goes on with the new day.
        """
        if known.key != row["key"]:
            self.renamed.append(row["key"])
        row["reminded_for"] = self.now
        if obligation.deadline is None:
            return
        self.telling.tell(
            agreement,
            obligation,
            obligation.deadline._replace(act_by=row["act_by"]),
            Point(f"{MOVED}{row['moves']}", self.now),
            because=[sentences(self.causes[agreement.id], *_from_and_to(known._asdict(), row))],
        )

    def _wake_at(self, agreement: Agreement, obligation: Obligation, row: dict[str, Any]) -> datetime | None:
        if row["state"] != State.OPEN:
            return None
        schedule = self.context.schedule(agreement)
        if row["act_by"] is None:
            return schedule.start_of(row["lapses_on"]) if row["lapses_on"] else None
        plan = plan_of(self.context, agreement, obligation.rule, row)
        return wake_at(schedule, plan, schedule.next(plan, row["reminded_for"], self.now))


def _needs_telling(obligation: Obligation, row: Mapping[str, Any]) -> bool:
    """Tell whether an event made a duty that no ladder will ever speak of: it has no date."""
    return obligation.trigger is not None and row["act_by"] is None and row["state"] == State.OPEN


def _from_and_to(known: Mapping[str, Any], row: Mapping[str, Any]) -> tuple[Moment, Moment]:
    """Give the deadline before and after: the days to act by, or the exact moments where only those differ.

    A day to act by that was moved back to an office day is wholly free: it has no time.
    """
    if known["act_by"] == row["act_by"]:
        return (known["likely"], known["by_time"]), (row["likely"], row["by_time"])
    before, after = (
        (one["act_by"], one["by_time"] if one["act_by"] == one["likely"] else None) for one in (known, row)
    )
    return before, after


def _local_day(fact: Event | None, agreement: Agreement) -> date | None:
    if fact is None:
        return None
    return fact.recorded_at.astimezone(agreement.zone).date() if fact.recorded_at else fact.happened_on


def plan_of(context: Context, agreement: Agreement, rule: Rule, row: Mapping[str, Any]) -> Plan:
    """Give what the ladder of an obligation depends on, from its row."""
    return Plan(
        act_by=row["act_by"],
        opened_at=row["opened_at"],
        at_once=row["event_number"] is not None,
        ladder=context.policy.ladder_for(agreement, rule),
        lapses_on=row["lapses_on"],
        snoozed_until=row["snoozed_until"],
    )


def wake_at(schedule: Schedule, plan: Plan, following: Next | None) -> datetime | None:
    """Give when an obligation is due for the next step: a reminder, or its lapse."""
    lapse = schedule.start_of(plan.lapses_on) if plan.lapses_on else None
    if following is None:
        return lapse
    return min(following.fire_at, lapse) if lapse else following.fire_at
