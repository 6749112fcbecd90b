"""Messages put together while others work on the same alerts; random lives of alerts."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition
from hypothesis.stateful import rule as step

from tests.integration.test_races import at_once, two_of
from tests.support.agreements import rule
from tests.support.databases import SQLITE, lock_waits, migrated_database
from tests.support.houses import MONDAY, Home, Homes, terms_file
from tests.support.sending import LEASE, Scripted, dispatcher
from tests.support.waiting import until
from tracker import flow
from tracker.base.db import Database
from tracker.outbox import claiming, service
from tracker.outbox.delivery import Accepted, Delivery, Failure, SendError
from tracker.outbox.dispatch import Dispatcher, inline
from tracker.outbox.keys import is_group
from tracker.outbox.lane import Outcome
from tracker.outbox.retry import after_failure
from tracker.outbox.service import Claimed
from tracker.outbox.tables import AlertRow
from tracker.reminders.recipients import EMAIL, FILE
from tracker.terms.load import TermsFile

DAY = "2026-12-23"
BUSY = SendError("451 try again later", Failure.BUSY)
UNCLEAR = SendError("broke off after the dot", Failure.UNCLEAR)
REFUSED = SendError("550 no such user", Failure.ADDRESS)
ANSWERS: dict[str, Accepted | SendError] = {"accepted": Accepted("250"), "busy": BUSY, "unclear": UNCLEAR}
_HOLD, _LET_GO = "SELECT pg_advisory_lock(7)", "SELECT pg_advisory_unlock(7)"
_STOPS_AT = """
SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off;
CREATE FUNCTION pg_temp.gate(key text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN
IF key = '{key}' THEN PERFORM pg_advisory_xact_lock_shared(7); END IF; RETURN true; END $$;
CREATE TEMP VIEW alert AS SELECT * FROM public.alert WHERE pg_temp.gate(key)
"""
"""A session that has this done stops when it reads an alert, as long as somebody holds the lock."""


def agreement(number: int, person: int = 0, duties: int = 1) -> TermsFile:
    contact = {"id": "officer", "position": "Narahubung", "email": f"{person}@example.org"}
    rules = (rule(f"on {DAY}", f"duty-{duty}") for duty in range(duties))
    return terms_file(*rules, id=f"agreement-{number}", contacts=[contact])


def close(home: Home, number: int, duty: int = 0) -> None:
    home.record(
        "duty-fulfilled", "2026-11-23", agreement=f"agreement-{number}", rule=f"duty-{duty}", occurrence=DAY
    )


@contextmanager
def on_postgres(url: str, folder: Path, *files: TermsFile) -> Iterator[Home]:
    with closing(Database(url)) as db:
        home = Homes(db, folder).build(channels=[EMAIL])
        home.load(*files)
        home.remind()
        yield home


def claim(home: Home, worker: str) -> list[Claimed]:
    with home.db.write() as connection:
        return claiming.claim(connection, EMAIL, worker, home.clock.now(), LEASE, 50).messages


@pytest.mark.postgres
def test_what_another_worker_takes_meanwhile_is_left_to_it(postgres_url: str, tmp_path: Path) -> None:
    with on_postgres(postgres_url, tmp_path, agreement(1), agreement(2)) as home:
        first, second = (row.key for row in home.rows(AlertRow))

        def slowly() -> list[Claimed]:
            with closing(Database(postgres_url)) as own, own.write() as connection:
                connection.exec_driver_sql(_STOPS_AT.format(key=second))
                return claiming.claim(connection, EMAIL, "slow", MONDAY, LEASE, 50).messages

        with home.db.read() as gate, ThreadPoolExecutor(1) as pool:
            gate.exec_driver_sql(_HOLD)
            slow = pool.submit(slowly)
            until(lambda: lock_waits(home.db) or slow.done(), "a worker in the middle of its claim")
            quick = claim(home, "quick")
            gate.exec_driver_sql(_LET_GO)
            taken = {alert.key for alert in slow.result()}, {alert.key for alert in quick}

    assert taken == ({first}, {second})


@pytest.mark.postgres
def test_what_is_taken_back_during_a_claim_is_not_said(postgres_url: str, tmp_path: Path) -> None:
    with on_postgres(postgres_url, tmp_path, agreement(1, duties=3)) as home:
        asyncio.run(dispatcher(home, Scripted(EMAIL, [BUSY])).run_due())
        home.clock.advance(timedelta(hours=1))
        with ThreadPoolExecutor(1) as pool:
            with home.db.write() as recorder:
                service.withdraw_about(recorder, [f"agreement-1/duty-0/{DAY}"])
                claiming_now = pool.submit(claim, home, "one")
                until(lambda: lock_waits(home.db) or claiming_now.done(), "a claim that waits")
            (message,) = claiming_now.result()
            with home.db.read() as connection:
                said = service.said_by(connection, message)

    assert [alert.obligation_key for alert in said] == [f"agreement-1/duty-{n}/{DAY}" for n in (1, 2)]


def test_two_workers_never_say_an_alert_twice(homes: Homes, database_url: str) -> None:
    homes.build(channels=[EMAIL]).load(*(agreement(number, number % 5) for number in range(30)))
    mails = Scripted(EMAIL), Scripted(EMAIL)

    def send(home: Home, mail: Scripted, worker: str) -> Callable[[], None]:
        own = dispatcher(home, mail, worker=worker, batch=2)

        async def turns() -> None:
            for _ in range(6):  # few at a time, so that one claims what another has just added
                flow.remind_due(home.db, home.house.context, home.clock.now(), 3)
                await own.run_due()

        return lambda: asyncio.run(turns())

    with two_of(homes, database_url, channels=[EMAIL]) as (one, two):
        at_once(send(one, mails[0], "one"), send(two, mails[1], "two"))

    home = homes.build()
    said = [key for mail in mails for delivery in mail.sent for key in said_in(home, delivery)]
    alerts = [row for row in home.rows(AlertRow) if not is_group(row.key)]
    assert sorted(said) == sorted(row.key for row in alerts)
    assert len(alerts) == 30
    assert {row.state for row in home.rows(AlertRow)} == {"accepted"}


def said_in(home: Home, delivery: Delivery) -> list[str]:
    members = [row.key for row in home.rows(AlertRow, grouped_in=delivery.alert_key)]
    return members or [delivery.alert_key]


def test_facts_and_refusals_at_once_wait_for_each_other_in_turn(homes: Homes, database_url: str) -> None:
    """Both take back alerts of one address, some of them the same ones."""
    home = homes.build(channels=[EMAIL], fallback_email="cadangan@example.org")
    home.load(*(agreement(number, duties=8) for number in range(4)))
    home.remind()
    asyncio.run(dispatcher(home, Scripted(EMAIL, [BUSY])).run_due())
    home.clock.advance(timedelta(hours=1))

    def refuse(one: Home) -> None:
        one.clock.move_to(home.clock.now())
        mail = Scripted(EMAIL, [REFUSED])
        own = dispatcher(one, mail, Scripted(FILE))

        async def turns() -> None:
            while await own.run_due():
                pass

        asyncio.run(turns())

    def record(two: Home) -> None:
        two.clock.move_to(home.clock.now())
        for number in range(4):
            for duty in range(8):
                close(two, number, duty)

    with two_of(homes, database_url, channels=[EMAIL], fallback_email="cadangan@example.org") as (one, two):
        at_once(lambda: refuse(one), lambda: record(two))
        refuse(one)

    rows = home.rows(AlertRow)
    assert {row.state for row in rows} <= {"accepted", "refused", "withdrawn"}
    assert {(row.next_try_at, row.lease_holder) for row in rows} == {(None, None)}


# Random lives


@dataclass
class Sending:
    """A message that a worker holds, and the alerts that it says."""

    worker: Dispatcher
    message: Claimed
    said: list[str]


@dataclass
class Story:
    """What became of one alert."""

    closed: bool = False
    arrived: list[str] = field(default_factory=list)
    """The Message-IDs with which it arrived, once for each time."""
    doubtful: bool = False
    """Whether a message with it may have arrived without anybody knowing."""


class LivesOfAlerts(RuleBasedStateMachine):
    """Two workers, a server that does what it likes, and duties that come and go."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.stories: dict[str, Story] = {}
        self.numbers: dict[str, int] = {}
        self.held: list[Sending] = []
        self.seen: set[str] = set()

    @initialize()
    def begin(self) -> None:
        folder = Path(self.stack.enter_context(TemporaryDirectory()))
        url = self.stack.enter_context(migrated_database(SQLITE, folder))
        db = self.stack.enter_context(closing(Database(url, durable=False)))
        self.home = Homes(db, folder).build(channels=[EMAIL])
        self.workers = [dispatcher(self.home, worker=name, offload=inline) for name in ("one", "two")]

    @step(person=st.integers(0, 1))
    def new_reminder(self, person: int) -> None:
        number = len(self.stories)
        self.home.load(agreement(number, person))
        self.home.remind()
        key = f"agreement-{number}/duty-0/{DAY}"
        (alert,) = self.home.rows(AlertRow, obligation_key=key, reminder_key=f"{key}/{DAY}/T-30")
        self.stories[alert.key] = Story()
        self.numbers[alert.key] = number

    @precondition(lambda self: self.stories)
    @step(data=st.data())
    def close(self, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from(sorted(self.stories)))
        if not self.stories[key].closed:
            close(self.home, self.numbers[key])
            self.stories[key].closed = True

    @step(which=st.integers(0, 1), limit=st.integers(1, 3))
    def claim(self, which: int, limit: int) -> None:
        worker = self.workers[which]
        for message in worker._claim(EMAIL, limit).messages:
            with self.home.db.read() as connection:
                said = [alert.key for alert in service.said_by(connection, message)]
            if message.key not in self.seen:
                assert not [key for key in said if self.stories[key].closed], "says what is over"
                self.seen.add(message.key)
            self.held.append(Sending(worker, message, said))

    @precondition(lambda self: self.held)
    @step(
        data=st.data(),
        answer=st.sampled_from(["accepted", "busy", "unclear", "given back"]),
        taken=st.booleans(),
    )
    def answer(self, data: st.DataObject, answer: str, *, taken: bool) -> None:
        one = self.held.pop(data.draw(st.integers(0, len(self.held) - 1)))
        if answer == "accepted" or (answer == "unclear" and taken):
            self._arrived(one)
        if answer == "unclear":
            self._is_doubtful(one)
        self._settle(one, ANSWERS.get(answer))

    def _settle(self, one: Sending, result: Accepted | SendError | None) -> None:
        now, message = self.home.clock.now(), one.message
        decision = None
        if isinstance(result, SendError):
            decision = after_failure(result, message.attempts, 1, message.key, now)
        one.worker._settle([Outcome(message, result, decision, back_at=now)])

    @precondition(lambda self: self.held)
    @step(data=st.data(), taken=st.booleans())
    def kill(self, data: st.DataObject, *, taken: bool) -> None:
        one = self.held.pop(data.draw(st.integers(0, len(self.held) - 1)))
        self._is_doubtful(one)
        if taken:
            self._arrived(one)

    @step(seconds=st.sampled_from([1, 40, 301]))
    def time_passes(self, seconds: int) -> None:
        self.home.clock.advance(timedelta(seconds=seconds))
        if seconds > LEASE.total_seconds():  # whoever still sends does so without a lease
            for one in self.held:
                self._is_doubtful(one)

    def _arrived(self, one: Sending) -> None:
        for key in one.said:
            self.stories[key].arrived.append(one.message.message_id)

    def _is_doubtful(self, one: Sending) -> None:
        for key in one.said:
            self.stories[key].doubtful = True

    @invariant()
    def nothing_was_said_in_two_messages(self) -> None:
        for key, story in self.stories.items():
            assert len(set(story.arrived)) <= 1, f"{key} was said anew"
            assert story.doubtful or len(story.arrived) <= 1, f"{key} was said again"

    def teardown(self) -> None:
        with self.stack:
            if not hasattr(self, "home"):
                return
            while self.held:
                one = self.held.pop()
                self._arrived(one)
                self._settle(one, Accepted("250"))
            for _ in range(60):
                with self.home.db.read() as connection:
                    due = service.next_try(connection)
                if due is None:
                    break
                self.home.clock.move_to(max(due, self.home.clock.now()))
                self.claim(0, 3)
                while self.held:
                    one = self.held.pop()
                    self._arrived(one)
                    self._settle(one, Accepted("250"))
            self._check()

    def _check(self) -> None:
        rows: dict[str, Any] = {row.key: row for row in self.home.rows(AlertRow)}
        assert {row.state for row in rows.values()} <= {"accepted", "withdrawn"}
        assert {(row.next_try_at, row.lease_holder) for row in rows.values()} <= {(None, None)}
        self.nothing_was_said_in_two_messages()
        for key, story in self.stories.items():
            assert story.closed or rows[key].state == "accepted"
            assert story.arrived or rows[key].state == "withdrawn", f"{key} never arrived"


LivesOfAlerts.TestCase.settings = settings(
    max_examples=25,
    stateful_step_count=30,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
TestLivesOfAlerts = LivesOfAlerts.TestCase
