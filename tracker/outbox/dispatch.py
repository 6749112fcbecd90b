"""Sending what is due: claim by lease, send, settle. At least once, never silently dropped.

The order matters for a crash at any point: the claim (with its attempt row) is committed before
the send, the outcome after. A worker that dies in between leaves a lease that runs out, and the
alert is sent again with the same Message-ID. Outcomes are written in small groups, as they arrive:
while one group is being written the next one gathers.

While many are sent, acceptances go a quicker way (`base/prompt.py`): a thread for each few rows costs
more than the rows. Whatever does not work there goes the long way, through a thread.

Each channel has a lane of its own: a server that is slow, or gone, holds up nobody else, and its
lane claims no faster than it sends.
"""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import Connection

from tracker.base.clock import Clock
from tracker.base.db import Database
from tracker.base.errors import DatabaseError
from tracker.base.log import get_logger
from tracker.base.prompt import Prompt
from tracker.outbox import posts, service
from tracker.outbox.accepting import acceptances
from tracker.outbox.ahead import Ahead
from tracker.outbox.claiming import Taken, claim
from tracker.outbox.content import read_content
from tracker.outbox.delivery import Accepted, Channel, Delivery, Failure, SendError
from tracker.outbox.lane import Lane, NotConfigured, Outcome, loop_time
from tracker.outbox.posts import Placed
from tracker.outbox.retry import Retry
from tracker.outbox.sealed import CodeOf, no_codes, unsealed
from tracker.outbox.service import Claimed
from tracker.people import chats
from tracker.reminders.recipients import CHANNELS, TELEGRAM

log = get_logger("dispatch")


class Refusals(Protocol):
    """What follows when a message is refused for good; both are called in the settling transaction."""

    def lock(self, connection: Connection, alerts: Sequence[Claimed]) -> None:
        """Lock what must be locked before the alerts are."""

    def follow(
        self,
        connection: Connection,
        message: Claimed,
        said: Sequence[Claimed],
        error: SendError,
        open_still: AbstractSet[str],
    ) -> None:
        """Tell somebody else; `said` is what the message said, `open_still` the keys of what still holds."""


Alarm = Callable[[Connection, str, SendError], Any]
"""Called in the settling transaction when only the operator can help: the channel and what it said."""
Offload = Callable[..., Coroutine[Any, Any, Any]]
"""Runs a blocking function with its arguments: in a thread, or inline."""
_OF_THE_LEASE = 0.8
_MANY = 20
"""With fewer alerts a quicker way to write is not worth making."""
_TOLD_TOGETHER = 100
_TURN_SECONDS = 5.0
"""After this a turn claims no more: what is new on other channels must not wait for a long queue on one."""


async def inline(function: Callable[..., Any], *arguments: Any) -> Any:
    """Run a blocking function where it stands; for one task that has the loop to itself."""
    return function(*arguments)


class Dispatcher:
    """Sends due alerts over the configured channels."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        channels: Mapping[str, Channel],
        refusals: Refusals,
        alarm: Alarm,
        *,
        worker: str,
        lease: timedelta,
        batch: int,
        offload: Offload = asyncio.to_thread,
        promptly: Callable[[], Prompt] | None = None,
        code_of: CodeOf = no_codes,
    ) -> None:
        """Keep what is needed; nothing is connected yet.

        `offload` runs database work: off the event loop for a worker, inline for a simulation.
        `promptly` makes a quicker way to write what was accepted.
        `code_of` makes the codes that stand in messages only when they are sent.
        """
        self._offload = offload
        self._promptly = promptly
        self._code_of = code_of
        self._db = db
        self._clock = clock
        self._channels = channels
        self._refusals = refusals
        self._alarm = alarm
        self._worker = worker
        self._lease = lease
        self._stopping = False
        known = {name: channels.get(name) or NotConfigured(name) for name in CHANNELS}
        self.lanes = [Lane(channel, batch) for channel in known.values()]

    @property
    def paused(self) -> dict[str, datetime]:
        """The channels that pause, and until when (UTC)."""
        now = self._clock.now()
        return {
            lane.channel.name: lane.paused_until
            for lane in self.lanes
            if lane.paused_until is not None and lane.is_paused(now)
        }

    async def run_due(self) -> int:
        """Send what is due on every channel; gives how many alerts were claimed."""
        drained = await asyncio.gather(*map(self._drain, self.lanes), return_exceptions=True)
        for found in drained:
            if isinstance(found, BaseException):
                raise found
        return sum(found for found in drained if isinstance(found, int))

    def stop(self) -> None:
        """Claim no more; what waits for its turn goes back, what is being sent is finished."""
        self._stopping = True

    def go_on_from(self, before: "Dispatcher") -> None:
        """Take the place of another one between its turns: keep its pauses, and outcomes not written yet."""
        self.lanes = before.lanes

    @property
    def is_stopping(self) -> bool:
        """Whether a stop was asked for."""
        return self._stopping

    async def close(self) -> None:
        """Let go of the channels' connections."""
        for channel in self._channels.values():
            await channel.close()

    async def _drain(self, lane: Lane) -> int:
        """Claim, send and settle until nothing more is due on one channel."""
        await self._put_down(lane, None)  # what could not be written the last time
        lane.open()
        senders = [asyncio.create_task(self._send_all(lane)) for _ in range(lane.channel.at_once)]
        for sender in senders:
            sender.add_done_callback(lambda _: lane.news.set())
        prompt = self._promptly() if self._promptly else None
        try:
            return await self._claim_and_settle(lane, senders, prompt)
        finally:
            # An error must not leave sends behind that the next turn, or a stop, would overtake.
            lane.give_back_waiting(None)
            await lane.close()
            ended = await asyncio.gather(*senders, return_exceptions=True)
            lane.let_go()
            _tell(lane.take_accepted())
            if prompt is not None:
                await prompt.close()
            for end in ended:
                if isinstance(end, BaseException):
                    raise end

    async def _claim_and_settle(
        self, lane: Lane, senders: Sequence[asyncio.Task[None]], prompt: Prompt | None
    ) -> int:
        total, more = 0, True
        until = loop_time() + _TURN_SECONDS
        renew_at = self._next_renewal()
        ahead = Ahead(lane.news)
        try:
            # A sender ends early only by a fault of ours: its message would be awaited for ever.
            while not any(sender.done() for sender in senders):
                if self._stopping or lane.is_paused(self._clock.now()):
                    lane.give_back_waiting(lane.paused_until)
                    more = False
                room = lane.room(self._clock.now()) if more and not ahead.is_under_way else 0
                if room:
                    ahead.begin(self._offload(self._claim, lane.channel.name, room), room)
                taken = ahead.take()
                if taken is not None:
                    lane.leave_out(taken.doubtful)
                    await lane.add(taken.messages, self._clock.now())
                    total += len(taken.messages)
                    # Fewer alerts than there is room for: that was all.
                    more = more and taken.alerts >= ahead.room and loop_time() < until
                    continue
                if lane.is_idle and not more and not ahead.is_under_way:
                    return total
                if lane.is_busy or ahead.is_under_way:
                    with suppress(TimeoutError):
                        async with asyncio.timeout_at(renew_at):
                            await lane.news.wait()
                if loop_time() >= renew_at:
                    await self._offload(self._renew, lane.held)
                    renew_at = self._next_renewal()
                await self._put_down(lane, prompt if total >= _MANY else None)
                if len(lane.accepted) >= _TOLD_TOGETHER:
                    _tell(lane.take_accepted())
            return total
        finally:
            await lane.add(await ahead.left_over(), self._clock.now())

    async def _put_down(self, lane: Lane, prompt: Prompt | None) -> None:
        """Write how attempts ended."""
        outcomes = lane.take_outcomes()
        if prompt is not None:
            outcomes = await self._accept(lane, outcomes, prompt)
        if not outcomes:
            return
        try:
            await self._offload(self._settle, outcomes)
        except BaseException:
            lane.not_written(outcomes)
            raise
        await lane.written(outcomes)

    async def _accept(self, lane: Lane, outcomes: list[Outcome], prompt: Prompt) -> list[Outcome]:
        """Write acceptances the quick way where it works; gives the outcomes that are left to write."""
        # What stands in a chat is noted as well, which is not worth a quick way: chats have a pace.
        accepted = [
            each for each in outcomes if isinstance(each.result, Accepted) and each.alert.channel != TELEGRAM
        ]
        answers = _answers(accepted)
        if not answers:
            return outcomes
        statements = acceptances(answers, self._clock.now(), is_postgresql=self._db.is_postgresql)
        try:
            if not await prompt.write(statements):
                return outcomes
        except BaseException:
            lane.not_written(outcomes)
            raise
        await lane.written(accepted)
        written = {each.alert.key for each in accepted}
        return [each for each in outcomes if each.alert.key not in written]

    def _next_renewal(self) -> float:
        return loop_time() + self._lease.total_seconds() / 3

    async def _send_all(self, lane: Lane) -> None:
        while (alert := await lane.next()) is not None:
            if self._stopping or lane.is_paused(self._clock.now()):
                lane.end(Outcome(alert, None, back_at=lane.paused_until))
                continue
            result = lane.known_answer(alert) or await self._send_in_time(lane.channel, alert)
            if isinstance(result, Accepted):
                lane.went_well(self._clock.now())
                lane.end(Outcome(alert, result))
            else:
                lane.end(Outcome(alert, result, lane.went_wrong(alert, result, self._clock.now())))

    async def _send_in_time(self, channel: Channel, alert: Claimed) -> Accepted | SendError:
        try:
            # A send that outlives its lease would race with the next holder of it.
            async with asyncio.timeout(self._lease.total_seconds() * _OF_THE_LEASE):
                return await channel.send(self._delivery(alert))
        except SendError as error:
            return error
        except TimeoutError:
            return SendError("no answer before the lease ended", Failure.UNCLEAR)
        except Exception as error:
            # A fault of ours must not lose the alert either: it is retried, and said loudly.
            log.exception("send failed unexpectedly", alert=alert.key)
            return SendError(f"{type(error).__name__} while sending", Failure.FAULT)

    def _delivery(self, alert: Claimed) -> Delivery:
        return Delivery(
            alert_key=alert.key,
            channel=alert.channel,
            address=alert.address,
            message_id=alert.message_id,
            thread_id=alert.thread_id,
            content=unsealed(read_content(alert.content), self._code_of),
            now=self._clock.now(),
            contact=alert.contact,
        )

    def _claim(self, channel: str, limit: int) -> Taken:
        with self._db.write() as connection:
            return claim(connection, channel, self._worker, self._clock.now(), self._lease, limit)

    def _renew(self, alerts: Sequence[Claimed]) -> None:
        with self._db.write() as connection:
            service.renew(connection, self._worker, alerts, self._clock.now() + self._lease)

    def _settle(self, outcomes: Sequence[Outcome]) -> None:
        """Write how attempts ended, together where that works; writing one twice changes nothing.

        What the database refuses (and not only cannot take now) is dropped, and said: its lease runs out.
        """
        try:
            self._write(outcomes)
        except DatabaseError:
            raise
        except Exception:
            if len(outcomes) == 1:
                log.exception("outcome cannot be written", alert=outcomes[0].alert.key)
                return
            for outcome in outcomes:
                self._settle([outcome])

    def _write(self, outcomes: Sequence[Outcome]) -> None:
        now = self._clock.now()
        for outcome in outcomes:
            if outcome.is_refusal:
                self._write_refusal(outcome, now)
        accepted = _answers(outcomes)
        with self._db.write() as connection:
            if len(accepted) < len(outcomes):
                service.lock(connection, [each.alert for each in outcomes])
            service.accept(connection, accepted, now)
            posts.note(connection, _posted(outcomes))
            back = [(each.alert, each.back_at or now) for each in outcomes if each.result is None]
            service.give_back(connection, self._worker, back)
            for outcome in outcomes:
                if not outcome.is_refusal:
                    self._write_failure(connection, outcome, now)

    def _write_refusal(self, outcome: Outcome, now: datetime) -> None:
        """Write a refusal by itself: what follows locks more than the alert, and in another order."""
        alert = outcome.alert
        with self._db.write() as connection:
            said = service.said_by(connection, alert)
            self._refusals.lock(connection, said)
            if self._write_failure(connection, outcome, now) and isinstance(outcome.result, SendError):
                open_still = {alert.key, *service.refuse_members(connection, alert.key)}
                self._refusals.follow(connection, alert, said, outcome.result, open_still)

    def _write_failure(self, connection: Connection, outcome: Outcome, now: datetime) -> bool:
        """Write a failed attempt; True where the alert is settled by it."""
        alert, error, decision = outcome.alert, outcome.result, outcome.decision
        if not isinstance(error, SendError) or decision is None:
            return False
        settled = service.fail(
            connection,
            alert,
            self._worker,
            now,
            outcome="refused" if outcome.is_refusal else service.AMBIGUOUS if error.ambiguous else "failed",
            answer=error.answer,
            then=decision.then,
        )
        if error.moved_to is not None and alert.channel == TELEGRAM:
            chats.follow(connection, alert.address, error.moved_to)
        if decision.tell_operator:
            self._alarm(connection, alert.channel, error)
        log.error(
            "alert not accepted",
            alert=alert.key,
            attempt=alert.attempts,
            why=error.kind.value,
            answer=error.answer,
            then=f"again at {decision.then.at.isoformat()}"
            if isinstance(decision.then, Retry)
            else "the next in line is told",
            channel_paused_until=decision.paused_until.isoformat() if decision.paused_until else None,
        )
        return settled


def _answers(outcomes: Sequence[Outcome]) -> list[tuple[Claimed, str]]:
    """Give what servers said to what they took."""
    return [(each.alert, each.result.answer) for each in outcomes if isinstance(each.result, Accepted)]


def _posted(outcomes: Sequence[Outcome]) -> list[Placed]:
    """Give the messages that stand in chats now, and how the server calls them there."""
    return [
        Placed(each.alert, each.result.reference)
        for each in outcomes
        if isinstance(each.result, Accepted) and each.alert.channel == TELEGRAM
    ]


def _tell(accepted: Sequence[str]) -> None:
    """Log one line for many that were accepted: a line for each few is a tenth of the work."""
    if accepted:
        log.info("alerts accepted", alerts=accepted)
