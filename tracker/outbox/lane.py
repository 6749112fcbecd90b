"""One channel's traffic: what is under way, how it goes, and whether the channel pauses."""

import asyncio
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from tracker.outbox.delivery import Accepted, Channel, Delivery, Failure, SendError
from tracker.outbox.paced import next_free, put_aside, take_free
from tracker.outbox.retry import LONGEST_PAUSE, Decision, GiveUp, after_failure, during_pause
from tracker.outbox.service import Claimed

_SERVER_ANSWERED = frozenset({Failure.ADDRESS, Failure.MESSAGE, Failure.MOVED})
TOGETHER = 0.01
"""Seconds that an outcome waits for others, which are then written with it."""
_NOT_SENT = "not sent, for this address does not work"
_SAYS_NOTHING = frozenset({Failure.BUSY, Failure.FLOOD})
"""Refusals of one message for now: they tell neither that the channel works nor that it does not."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one attempt ended; `result` is None where nothing was tried and the alert goes back."""

    alert: Claimed
    result: Accepted | SendError | None
    decision: Decision | None = None
    back_at: datetime | None = None

    @property
    def is_refusal(self) -> bool:
        """Whether the message was refused for good."""
        return self.decision is not None and isinstance(self.decision.then, GiveUp)


def loop_time() -> float:
    """Give the event loop's clock, which never goes back."""
    return asyncio.get_running_loop().time()


class Lane:
    """One channel, and the alerts that this worker holds for it: waiting, being sent, or to be written.

    No more than twice as many as the channel takes at once are sent and not yet written: that is
    how many messages a kill can repeat.
    """

    def __init__(self, channel: Channel, most: int) -> None:
        """Hold nothing yet; never more than `most` alerts at a time."""
        self.channel = channel
        self._pace = channel.pace
        self.news = asyncio.Event()
        self.paused_until: datetime | None = None
        self._changed = asyncio.Condition()
        self._waiting: deque[Claimed] = deque()
        self._sending: dict[str, Claimed] = {}
        self._outcomes: list[Outcome] = []
        self.accepted: list[str] = []
        """Keys of what was accepted, is written, and not told to the log yet."""
        self._alarm: asyncio.TimerHandle | None = None
        self._unwritten = 0
        self._open = False
        self._most = most
        self._failures = 0
        self._probing = False
        self._refused: dict[str, SendError] = {}

    @property
    def held(self) -> list[Claimed]:
        """The alerts whose leases must not run out."""
        return [*self._sending.values(), *self._waiting]

    @property
    def is_busy(self) -> bool:
        """Whether something is being sent, or waits to be."""
        return bool(self._sending or self._waiting)

    @property
    def is_idle(self) -> bool:
        """Whether nothing is under way and every outcome is written."""
        return not (self._sending or self._waiting or self._outcomes)

    def is_paused(self, now: datetime) -> bool:
        """Tell whether the channel must be left alone."""
        return self.paused_until is not None and now < self.paused_until

    def room(self, now: datetime) -> int:
        """Give how many more alerts may be claimed: none before half of the room is free.

        After a pause one message finds out whether the server is back.
        """
        if self.is_paused(now):
            return 0
        most = 1 if self._probing else self._most
        free = most - len(self._sending) - len(self._waiting)
        return free if free * 2 >= most else 0

    def open(self) -> None:
        """Let senders begin."""
        self._open = True
        self._refused.clear()

    async def close(self) -> None:
        """Let senders end: each finishes what it is sending."""
        async with self._changed:
            self._open = False
            self._changed.notify_all()

    async def add(self, alerts: Iterable[Claimed], now: datetime) -> None:
        """Let claimed alerts wait for a sender; those that the pace holds up for long go back."""
        async with self._changed:
            self._waiting.extend(alerts)
            self._put_aside(now)
            self._changed.notify_all()

    async def next(self) -> Claimed | None:
        """Wait for an alert that may be sent; None once the lane is closed."""
        async with self._changed:
            while self._open:
                alert = self._take() if self._may_send() else None
                if alert is not None:
                    self._sending[alert.key] = alert
                    return alert
                await self._wait_for_change()
            return None

    def _may_send(self) -> bool:
        return bool(self._waiting) and len(self._sending) + self._unwritten < 2 * self.channel.at_once

    def _take(self) -> Claimed | None:
        if self._pace is None:
            return self._waiting.popleft()
        return take_free(self._waiting, self._pace, loop_time(), self._busy)

    @property
    def _busy(self) -> set[str]:
        return {alert.address for alert in self._sending.values()}

    async def _wait_for_change(self) -> None:
        """Wait until something has changed, or the pace lets the next alert go."""
        if self._pace is None or not self._may_send():
            await self._changed.wait()
            return
        with suppress(TimeoutError):
            async with asyncio.timeout_at(next_free(self._waiting, self._pace, self._busy)):
                await self._changed.wait()

    def _put_aside(self, now: datetime) -> None:
        if self._pace is None:
            return
        moment = loop_time()
        aside = put_aside(self._waiting, self._pace, moment)
        self._give_back([(alert, now + timedelta(seconds=at - moment)) for alert, at in aside])

    def end(self, outcome: Outcome) -> None:
        """Take note of how an attempt ended; it is to be written next."""
        del self._sending[outcome.alert.key]
        self._outcomes.append(outcome)
        self._unwritten += 1
        if len(self._outcomes) >= self.channel.at_once or not (self._sending or self._waiting):
            self.news.set()
        elif self._alarm is None:
            self._alarm = asyncio.get_running_loop().call_later(TOGETHER, self.news.set)

    def let_go(self) -> None:
        """Forget what was being sent when its sender broke: its lease runs out, and it is sent again."""
        self._sending.clear()

    def give_back_waiting(self, at: datetime | None) -> None:
        """Let go of what no sender has taken yet; it is due again `at` an instant, None: at once."""
        self._give_back([(alert, at) for alert in self._waiting])
        self._waiting.clear()

    def _give_back(self, alerts: Sequence[tuple[Claimed, datetime | None]]) -> None:
        if alerts:
            self._outcomes += [Outcome(alert, None, back_at=at) for alert, at in alerts]
            self._unwritten += len(alerts)
            self.news.set()

    def take_outcomes(self) -> list[Outcome]:
        """Give what is to be written now; then either `written` or `not_written` follows."""
        found, self._outcomes = self._outcomes, []
        self.news.clear()
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        return found

    async def written(self, outcomes: Sequence[Outcome]) -> None:
        """Take note that outcomes are in the store: senders may go on."""
        self.accepted += [each.alert.key for each in outcomes if isinstance(each.result, Accepted)]
        async with self._changed:
            self._unwritten -= len(outcomes)
            self._changed.notify_all()

    def take_accepted(self) -> list[str]:
        """Give what is to be told to the log now."""
        found, self.accepted = self.accepted, []
        return found

    def not_written(self, outcomes: Sequence[Outcome]) -> None:
        """Keep outcomes for the next turn: forgetting one would send its message a second time."""
        self._outcomes[:0] = outcomes

    def leave_out(self, doubtful: Mapping[str, str]) -> None:
        """Send nothing to addresses that do not work; what was said of each is the answer."""
        for address, said in doubtful.items():
            answer = f"not sent, for this address does not work: {said}" if said else _NOT_SENT
            self._refused.setdefault(address, SendError(answer, Failure.ADDRESS))

    def known_answer(self, alert: Claimed) -> SendError | None:
        """Give what the server has just said of an address, so that nothing is sent there again."""
        return self._refused.get(alert.address)

    def went_well(self, now: datetime) -> None:
        """The server took a message: all is well again.

        Not so where it was under way when another one paused the channel: what made it pause came later.
        """
        if not self.is_paused(now):
            self._failures = 0
            self._probing = False

    def went_wrong(self, alert: Claimed, error: SendError, now: datetime) -> Decision:
        """Decide what follows a failure; the whole channel may have to pause."""
        in_a_row = 1
        if error.kind is Failure.ADDRESS:
            answer = f"not sent, for this address was refused a moment ago: {error.answer}"
            self._refused.setdefault(alert.address, SendError(answer, error.kind))
        if error.kind in _SERVER_ANSWERED:
            self._failures = 0
            self._probing = False
        elif error.kind not in _SAYS_NOTHING:
            if self.is_paused(now) and self.paused_until is not None:
                # It was under way when another failure paused the channel: one outage, told once.
                return during_pause(error, alert.attempts, alert.key, now, self.paused_until)
            in_a_row = self._failures = self._failures + 1
        if error.retry_after is not None and not error.everybody and self._pace is not None:
            pause = min(error.retry_after, LONGEST_PAUSE)
            self._pace.hold(alert.address, loop_time() + pause.total_seconds())
            self._put_aside(now)
        decision = after_failure(error, alert.attempts, in_a_row, alert.key, now)
        if decision.paused_until is not None:
            self.paused_until = max(decision.paused_until, self.paused_until or decision.paused_until)
            self._probing = True
        return decision


class NotConfigured:
    """Stands for a channel that alerts wait for, and that nothing is configured for any more."""

    at_once = 1
    pace = None

    def __init__(self, name: str) -> None:
        """Stand for the channel `name`."""
        self.name = name

    async def send(self, delivery: Delivery) -> Accepted:
        """Refuse."""
        raise SendError(f"the channel {delivery.channel!r} is not configured any more", Failure.SETUP)

    async def close(self) -> None:
        """Nothing is held open."""
