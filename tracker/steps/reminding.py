"""Due obligations -> reminders, alerts, and the next due instant, in one transaction."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection

from tracker.base.log import get_logger
from tracker.events import service as events
from tracker.events.model import Event
from tracker.obligations import service as obligations
from tracker.obligations.deadline import Deadline
from tracker.obligations.lifecycle import AGREEMENT_ENDED, why_lapsed
from tracker.obligations.model import CLOSED, Obligation, State
from tracker.obligations.picture import Picture, picture
from tracker.outbox.beginnings import Beginning, beginnings
from tracker.outbox.compose_chain import Unanswered, again_sentences
from tracker.reminders.escalation import (
    CHAINED,
    Level,
    Standing,
    Step,
    begins_with,
    is_acknowledged,
    next_step,
    standing_of,
)
from tracker.reminders.ladder import AGAIN, AT_ONCE, Next, Plan, Point, Schedule
from tracker.reminders.policy import Chain
from tracker.steps.announcing import closing
from tracker.steps.backlog import Batch
from tracker.steps.context import Context
from tracker.steps.rows import plan_of, wake_at
from tracker.steps.telling import Telling
from tracker.terms import service as terms
from tracker.terms.model import Agreement

log = get_logger("reminding")
_POSTPONED = timedelta(minutes=15)
_RENAMED = Beginning(AT_ONCE, delivered=True)
"""How a chain began whose duty has another name by now: a fact was corrected since."""


class _Duty(NamedTuple):
    """One due obligation, with what its next steps depend on."""

    row: Any
    agreement: Agreement
    obligation: Obligation
    deadline: Deadline
    schedule: Schedule
    plan: Plan
    chain: Chain


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
        self.beginnings: dict[str, Beginning] = {}

    def of(self, batch: Batch) -> None:
        """Take due obligation rows (locked by the caller) one step further."""
        due = batch.rows
        ids = {row.agreement_id for row in due}
        bodies = terms.bodies(self.connection, ids)
        logs = events.logs_of(self.connection, ids)
        running = [row.key for row in due if row.chain_since is not None]
        self.beginnings = beginnings(self.connection, running)
        for row in due:
            try:
                seen = self._picture(row.agreement_id, bodies, logs)
                self._one(row, seen.agreement, seen.obligations.get(row.key))
            except Exception:
                # One agreement that cannot be derived must not keep all others from being told.
                log.exception("obligation cannot be worked out, trying again later", obligation=row.key)
                later = self.now + _POSTPONED
                self._update(row, State(row.state), standing_of(row), later, row.closed_why)
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
            self._update(row, State.LAPSED, standing_of(row).stopped(), None, why, lapse)
            return
        if obligation is None or obligation.deadline is None:
            # The terms or events no longer give this obligation: it must not nag, nor vanish.
            self._update(row, State.SUPERSEDED, standing_of(row).stopped(), None, "terms-changed")
            return
        duty = _Duty(
            row,
            agreement,
            obligation,
            obligation.deadline._replace(act_by=row.act_by),
            schedule,
            plan_of(self.context.policy, agreement, obligation.rule, row),
            self.context.policy.chain_for(obligation.rule),
        )
        standing = standing_of(row)
        following, step = self._next(duty, standing)
        point = following if following is not None and following.fire_at <= self.now else None
        move = step if step is not None and step.fire_at <= self.now else None
        if point is not None or move is not None:
            standing = self._take(duty, standing, point, move)
            following, step = self._next(duty, standing)
        self._update(row, State(row.state), standing, wake_at(schedule, duty.plan, following, step), None)

    def _next(self, duty: _Duty, standing: Standing) -> tuple[Next | None, Step | None]:
        """Give the next point of a duty's ladder, and the next step of its chain."""
        point = duty.schedule.next(duty.plan, standing.reminded_for, self.now)
        return point, next_step(duty.schedule, duty.chain, duty.plan, standing, self.now)

    def _take(self, duty: _Duty, standing: Standing, point: Next | None, move: Step | None) -> Standing:
        """Say what is due; gives where the duty stands then.

        A point is told to everybody whom the chain has reached by now: that is one message, not two.
        """
        level = max(standing.level, move.level if move else Level.OFFICER)
        if point is not None:
            self._tell(duty, standing, point.point, Level.up_to(level), point.missed)
            standing = standing._replace(reminded_for=point.point.planned_for)
        elif move is not None and move.level > Level.OFFICER:
            name = f"{self._beginning(duty).point}{CHAINED}{move.level.role}"
            self._tell(duty, standing, Point(name, move.planned_for), Level.up_to(level, standing.level))
        elif move is not None:
            today = self._today(duty)
            again = Point(f"{AGAIN}{today}", move.planned_for)
            because = [again_sentences(standing.acknowledged_until)]
            self.telling.tell(duty.agreement, duty.obligation, duty.deadline, again, because=because)
        return self._begun(duty, standing, point)._replace(level=level)

    def _begun(self, duty: _Duty, standing: Standing, point: Next | None) -> Standing:
        """Begin the chain, where what was said asks for an answer that nobody has given."""
        if standing.since is not None or is_acknowledged(standing.acknowledged_until, self._today(duty)):
            return standing
        begins = point is None or begins_with(
            duty.schedule, duty.chain, duty.plan, point.point.name, self.now
        )
        return standing._replace(since=self.now) if begins else standing

    def _tell(
        self,
        duty: _Duty,
        standing: Standing,
        point: Point,
        levels: Sequence[Level],
        missed: Sequence[str] = (),
    ) -> None:
        unanswered = None
        if standing.since is not None:
            since = standing.since.astimezone(duty.agreement.zone).date()
            unanswered = Unanswered(since, self._beginning(duty).delivered)
        self.telling.tell(
            duty.agreement,
            duty.obligation,
            duty.deadline,
            point,
            missed,
            levels=levels,
            unanswered=unanswered,
        )

    def _beginning(self, duty: _Duty) -> Beginning:
        return self.beginnings.get(duty.row.key, _RENAMED)

    def _today(self, duty: _Duty) -> date:
        return self.now.astimezone(duty.agreement.zone).date()

    def _update(
        self,
        row: Any,
        state: State,
        standing: Standing,
        wake_at: datetime | None,
        why: str | None,
        closed_at: datetime | None = None,
    ) -> None:
        if state in CLOSED:
            self.telling.happenings.append(closing(row.key, state, why, closed_at or self.now))
        self.updates.append(
            {
                "key": row.key,
                "state": state.value,
                "reminded_for": standing.reminded_for,
                "chain_since": standing.since,
                "chain_level": int(standing.level),
                "wake_at": wake_at,
                "closed_at": (closed_at or self.now) if state in CLOSED else None,
                "closed_why": why,
            }
        )
