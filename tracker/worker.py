"""The worker: wakes at the next due instant, and takes every step that is due.

APScheduler only wakes it: one date job at the next due instant and one daily job, both in memory.
No reminder lives there; due times are columns, so a restart loses nothing. The scheduler waits on
the monotonic clock but plans by the wall clock, so after a jump of the clock it may sleep too
long: a safety sweep on loop time (asyncio) turns the wheel regardless. What another process writes
rings a bell, so that it is not found by the sweep only.

Decrees and reminder policy are read again before a turn where their files have changed: what
another process derived with a new decree must never be derived with the old one again.
"""

import asyncio
import dataclasses
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime

from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MISSED, JobExecutionEvent
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from tracker import flow
from tracker.base.bell import listen
from tracker.base.errors import TrackerError
from tracker.base.log import get_logger
from tracker.base.rhythm import Rhythm
from tracker.bootstrap import (
    Fingerprint,
    House,
    build_channels,
    build_context,
    build_cycle,
    configured_channels,
    fingerprint,
)
from tracker.digests.service import Digests
from tracker.heartbeat import Heartbeat
from tracker.outbox.delivery import Channel
from tracker.visit import EVERY as VISITED_EVERY
from tracker.visit import tell_broken

log = get_logger("worker")
_WAKE, _DAILY, _MORNING = "wake", "daily", "morning"
_DAILY_AT = (0, 5)


class Worker:
    """Turns the wheel until it is told to stop."""

    def __init__(self, house: House, channels: Mapping[str, Channel]) -> None:
        """Make the scheduler; nothing runs yet."""
        self._house = house
        self._channels = channels
        self._cycle = build_cycle(house, channels)
        self._heartbeat = Heartbeat(house.settings.ping_url)
        self._visits = Rhythm(VISITED_EVERY)
        self._visiting: asyncio.Task[None] | None = None
        self._digests = Digests()
        self._rules: Fingerprint | None = None
        self._faulty: Fingerprint | None = None
        self._awake = asyncio.Event()
        self._stopping = asyncio.Event()
        self._scheduler = AsyncIOScheduler(
            timezone="UTC",
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        self._scheduler.add_listener(self._complain, EVENT_JOB_ERROR | EVENT_JOB_MISSED)

    def stop(self) -> None:
        """Ask for a graceful stop: what is being sent is finished, what waits goes back."""
        self._stopping.set()
        self._cycle.dispatcher.stop()
        self._awake.set()

    async def run(self) -> None:
        """Turn until stopped; a failed turn is said and tried again at the next sweep."""
        self._scheduler.start()
        hour, minute = _DAILY_AT
        self._scheduler.add_job(
            self._wake, "cron", id=_DAILY, hour=hour, minute=minute, replace_existing=True
        )
        send_at, zone = self._house.context.policy.send_at, self._house.context.timezone
        self._scheduler.add_job(
            self._wake,
            "cron",
            id=_MORNING,
            hour=send_at.hour,
            minute=send_at.minute,
            timezone=zone,
            replace_existing=True,
        )
        bell = asyncio.create_task(listen(self._house.db, self._awake.set))
        bell.add_done_callback(_complain_of_bell)
        log.info("worker started")
        try:
            while not self._stopping.is_set():
                await self._turn()
                await self._sleep()
        finally:
            bell.cancel()
            self._scheduler.shutdown(wait=False)
            for channel in self._channels.values():
                await channel.close()
            await self._heartbeat.close()
            if self._visiting is not None:
                await asyncio.wait([self._visiting])
            log.info("worker stopped")

    async def _turn(self) -> None:
        try:
            await asyncio.to_thread(self._follow_rules)
            if self._stopping.is_set():  # new rules make a new dispatcher
                self._cycle.dispatcher.stop()
            done = await self._cycle.turn()
            if await self._tell_digests() or done:
                self._awake.set()  # one turn at a time: a long queue must not keep us from the rest
            due = await asyncio.to_thread(flow.next_wake, self._house.db, self._cycle.dispatcher.paused)
        except TrackerError as error:
            log.error("turn failed, trying again at the next sweep", error=str(error))  # noqa: TRY400
            return
        except Exception:
            log.exception("turn failed, trying again at the next sweep")
            return
        self._plan(due)
        self._heartbeat.beat(self._house.clock.now())
        self._visit(self._house.clock.now())
        if done:
            log.info("turn done", rows=done, next_due=due.isoformat() if due else None)

    async def _tell_digests(self) -> int:
        """Add what managers hear by the calendar, where it is time and nobody has; no alert depends on it."""
        house = self._house
        if house.settings.morning == "off":
            return 0
        tell_due = self._digests.tell_due
        return await asyncio.to_thread(tell_due, house.db, house.context, house.clock.now())

    def _visit(self, now: datetime) -> None:
        """Look every hour whether an alert may be late or lost, beside the turns: it may take a while."""
        is_over = self._visiting is None or self._visiting.done()
        if is_over and self._visits.is_due(now):
            self._visiting = asyncio.create_task(self._tell_broken(now))

    async def _tell_broken(self, now: datetime) -> None:
        try:
            if await asyncio.to_thread(tell_broken, self._house.db, self._house.context, now):
                self._awake.set()
        except Exception:
            log.exception("cannot look whether all is well, trying again in an hour")

    def _follow_rules(self) -> None:
        """Take the decrees and the policy as they are now; with faults in them the old ones stay in force."""
        settings = self._house.settings
        found = fingerprint(settings.rules_dir)
        if found in (self._rules, self._faulty):
            return
        try:
            context = build_context(settings, configured_channels(settings))
        except TrackerError as error:
            log.error("the rules have faults, going on with the old ones", error=str(error))  # noqa: TRY400
            self._faulty = found
            return
        self._house = dataclasses.replace(self._house, context=context)
        cycle = build_cycle(self._house, self._channels)
        cycle.dispatcher.go_on_from(self._cycle.dispatcher)
        self._cycle = cycle
        for key in flow.rederive(self._house.db, context, self._house.clock.now()):
            log.warning("deadline moved with the decrees", obligation=key)
        self._rules = found
        log.info("rules in force", decrees=sorted(each.version for each in context.calendars.values()))

    def _plan(self, due: datetime | None) -> None:
        if due is None:
            with suppress(LookupError):
                self._scheduler.remove_job(_WAKE)
            return
        # Never reschedule_job: a date job that has fired is gone.
        self._scheduler.add_job(self._wake, "date", run_date=due, id=_WAKE, replace_existing=True)

    async def _sleep(self) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._awake.wait(), self._house.settings.sweep_seconds)
        self._awake.clear()

    async def _wake(self) -> None:
        self._awake.set()

    def _complain(self, event: JobExecutionEvent) -> None:
        log.error("scheduler job did not run", job=event.job_id, error=str(event.exception))


def _complain_of_bell(bell: asyncio.Task[None]) -> None:
    if not bell.cancelled() and bell.exception() is not None:
        log.error("the bell is broken, only the sweep is left", error=str(bell.exception()))


def make(house: House) -> Worker:
    """Make a worker with the configured channels."""
    return Worker(house, build_channels(house.settings))
