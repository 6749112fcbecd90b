"""Two workers at once: each with its own connections, as two processes have."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from tests.support.agreements import ID, rule
from tests.support.databases import lock_waits
from tests.support.houses import MONDAY, Home, Homes, Recorder, terms_file
from tests.support.waiting import until
from tracker import flow
from tracker.base.db import Database
from tracker.base.errors import BadFactError
from tracker.bootstrap import build_cycle
from tracker.events import service as events
from tracker.events.model import Event
from tracker.events.tables import EventRow
from tracker.obligations import service as obligations
from tracker.obligations.tables import ObligationRow
from tracker.outbox.dispatch import inline
from tracker.outbox.tables import AlertRow, AttemptRow
from tracker.reminders.tables import ReminderRow
from tracker.terms.tables import AgreementRow, TermsVersionRow

FORCE_MAJEURE = rule("14 calendar days since force-majeure-occurred", "force-majeure-notice")
SEMESTERS = rule("every semester", "monitoring-report")


def at_once(*jobs: Callable[[], Any]) -> list[Any]:
    """Run jobs in threads that start together; gives their results, or raises what one raised."""
    barrier = Barrier(len(jobs))

    def start(job: Callable[[], Any]) -> Any:
        barrier.wait()
        return job()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return [future.result() for future in [pool.submit(start, job) for job in jobs]]


@contextmanager
def two_of(homes: Homes, url: str, **settings: Any) -> Iterator[tuple[Home, Home]]:
    """Make two homes with connections of their own."""
    one, two = Database(url), Database(url)
    try:
        yield homes.build(db=one, **settings), homes.build(db=two, **settings)
    finally:
        one.close()
        two.close()


def test_two_workers_send_each_alert_once(homes: Homes, home: Home, database_url: str) -> None:
    files = [
        terms_file(
            rule("on 2026-12-23"),
            id=f"agreement-{number}",
            contacts=[{"position": "Narahubung", "email": f"{number}@example.org"}],
        )
        for number in range(40)
    ]
    home.load(*files)
    recorders = [Recorder(), Recorder()]

    def turn(one: Home, recorder: Recorder) -> Callable[[], int]:
        cycle = build_cycle(one.house, {"file": recorder}, inline)
        return lambda: asyncio.run(cycle.run())

    with two_of(homes, database_url, batch=3) as pair:
        at_once(*(turn(one, recorder) for one, recorder in zip(pair, recorders, strict=True)))

    sent = [delivery.alert_key for recorder in recorders for delivery in recorder.sent]
    alerts = home.rows(AlertRow)
    assert len(alerts) == len(home.rows(ReminderRow)) == len(files)
    assert sorted(sent) == [alert.key for alert in alerts]
    assert {(alert.state, alert.attempts) for alert in alerts} == {("accepted", 1)}
    assert len(home.rows(AttemptRow)) == len(files)


def test_two_workers_move_the_horizon_once(homes: Homes, home: Home, database_url: str) -> None:
    for number in range(10):
        home.load(terms_file(SEMESTERS, id=f"agreement-{number}", signed="2026-11-02"))
    before = len(home.rows(ObligationRow))
    due = home.rows(AgreementRow)[0].wake_at

    def roll(one: Home) -> Callable[[], int]:
        return lambda: flow.roll_due(one.db, one.house.context, due)

    with two_of(homes, database_url) as pair:
        rolled = at_once(*map(roll, pair))

    assert sum(rolled) == 10
    assert len(home.rows(ObligationRow)) == before + 10


def test_one_fact_from_two_places_is_recorded_once(homes: Homes, home: Home, database_url: str) -> None:
    home.load(terms_file(FORCE_MAJEURE))

    def record(one: Home) -> Callable[[], Any]:
        return lambda: one.record("force-majeure-occurred", "2026-11-20", key="form-7", party="kesatu")

    with two_of(homes, database_url) as pair:
        results = at_once(*map(record, pair))

    assert sorted(one.added for one in results) == [False, True]
    assert len(home.rows(EventRow)) == len(home.rows(ObligationRow)) == 1


def test_different_facts_at_once_do_not_lose_each_other(homes: Homes, home: Home, database_url: str) -> None:
    home.load(terms_file(FORCE_MAJEURE))

    def record(one: Home, day: int) -> Callable[[], Any]:
        return lambda: one.record("force-majeure-occurred", f"2026-11-{day}", party="kesatu")

    with two_of(homes, database_url) as (one, two):
        at_once(*(record(place, day) for place, day in zip((one, two) * 4, range(10, 18), strict=True)))

    assert len(home.rows(EventRow)) == len(home.rows(ObligationRow)) == 8


def test_facts_and_reminders_at_once(homes: Homes, home: Home, database_url: str) -> None:
    home.load(terms_file(FORCE_MAJEURE, rule("on 2026-12-23")))

    def record(one: Home) -> None:
        for day in range(1, 13):
            one.record("force-majeure-occurred", f"2026-11-{day:02}", party="kesatu")

    def remind(one: Home) -> None:
        for _ in range(12):
            one.remind()

    with two_of(homes, database_url) as (one, two):
        at_once(lambda: record(one), lambda: remind(two))

    home.remind()
    assert len(home.rows(ObligationRow)) == len(home.rows(ReminderRow)) == len(home.rows(AlertRow)) == 13


def test_two_loads_of_a_new_agreement(homes: Homes, home: Home, database_url: str) -> None:
    files = [terms_file(FORCE_MAJEURE, SEMESTERS, id=f"agreement-{number}") for number in range(5)]

    def load(one: Home) -> Callable[[], flow.LoadReport]:
        return lambda: one.load(*files)

    with two_of(homes, database_url) as pair:
        reports = at_once(*map(load, pair))

    assert sorted(len(report.new) for report in reports) == [0, 5]
    assert sorted(len(report.unchanged) for report in reports) == [0, 5]
    assert len(home.rows(AgreementRow)) == len(home.rows(TermsVersionRow)) == 5


def test_two_loads_of_a_changed_agreement(homes: Homes, home: Home, database_url: str) -> None:
    home.load(terms_file(SEMESTERS))
    changed = terms_file(SEMESTERS, FORCE_MAJEURE)

    def load(one: Home) -> Callable[[], flow.LoadReport]:
        return lambda: one.load(changed)

    with two_of(homes, database_url) as pair:
        reports = at_once(*map(load, pair))

    assert sorted(len(report.changed) for report in reports) == [0, 1]
    assert [row.version for row in home.rows(TermsVersionRow)] == [1, 2]


@pytest.mark.postgres
def test_a_worker_does_not_wait_for_the_rows_of_another(postgres_url: str, tmp_path: Path) -> None:
    db = Database(postgres_url)
    homes = Homes(db, tmp_path)
    home = homes.build()
    home.load(terms_file(rule("on 2026-12-23"), rule("on 2026-12-22", "other")))
    with two_of(homes, postgres_url) as (one, two), one.db.write() as held:
        first = obligations.due(held, MONDAY, 1)
        assert flow.remind_due(two.db, two.house.context, MONDAY + timedelta(minutes=1)) == 1

    (reminder,) = home.rows(ReminderRow)
    assert reminder.obligation_key != first[0].key
    assert reminder.obligation_key.startswith(ID)
    db.close()


@pytest.mark.postgres
def test_one_client_key_for_two_agreements(postgres_url: str, tmp_path: Path) -> None:
    watch = Database(postgres_url)
    homes = Homes(watch, tmp_path)
    homes.build().load(*(terms_file(FORCE_MAJEURE, id=f"agreement-{number}") for number in (1, 2)))
    first = Event("agreement-1", "force-majeure-occurred", MONDAY.date())

    with two_of(homes, postgres_url) as (one, two), ThreadPoolExecutor(1) as pool:
        with one.db.write() as held:
            events.append(held, first, MONDAY, "tester", "form-7")
            second = pool.submit(two.record, first.kind, "2026-11-20", agreement="agreement-2", key="form-7")
            until(lambda: lock_waits(watch) or second.done(), "the second one waiting for the first")
        with pytest.raises(BadFactError, match="'form-7' was used for force-majeure-occurred"):
            second.result()

    assert len(homes.build().rows(EventRow)) == 1
    watch.close()
