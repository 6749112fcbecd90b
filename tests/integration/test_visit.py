"""The hourly look whether an alert may be late or lost: said once a day, and again only where it is news."""

import asyncio
import itertools
import threading
from datetime import timedelta
from typing import Any

import pytest

from tests.integration.test_doctor import LATER, NOTICE, break_by
from tests.integration.test_flow import wib
from tests.support.agreements import ID
from tests.support.houses import Home, Homes, Recorder, terms_file
from tests.support.statements import statements
from tracker import flow, worker
from tracker.digests.morning import tell_morning
from tracker.doctor import clock
from tracker.doctor.service import INVARIANTS
from tracker.outbox.content import ListContent, read_content
from tracker.outbox.tables import AlertRow
from tracker.reminders.recipients import EMAIL, FILE, TELEGRAM
from tracker.visit import ALERTS_AT_RISK, EVERY, TIMES_A_DAY, tell_broken

DAYS = ("20", "19", "18", "17", "16", "15")
KEYS = [f"{ID}/force-majeure-notice/2026-11-{day}:kesatu" for day in DAYS]
SLEEPS = "UPDATE obligation SET wake_at = NULL WHERE key = :key"
MENDS = "UPDATE obligation SET wake_at = '2027-01-01 00:00:00+00:00' WHERE key = :key"


@pytest.fixture(autouse=True)
def same_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The database server has a time of its own, these tests another one."""
    monkeypatch.setattr(clock, "_MOST", timedelta(days=36500))


@pytest.fixture
def home(home: Home) -> Home:
    """A home with open duties whose first reminders were delivered, on Monday at 10 in the morning."""
    prepare(home)
    return home


def prepare(home: Home) -> None:
    home.load(terms_file(NOTICE))
    for day in DAYS:
        home.record("force-majeure-occurred", f"2026-11-{day}", party="kesatu")
    home.run_until(home.clock.now())
    for key in KEYS:  # nobody is awake in these tests, and nothing needs to be
        break_by(home, MENDS, key=key)


def look(home: Home, hours: float = 0) -> bool:
    home.clock.advance(timedelta(hours=hours))
    return tell_broken(home.db, home.house.context, home.clock.now())


def said(home: Home) -> dict[str, ListContent]:
    """Give what the operator was told, by its key."""
    rows = [row for row in home.rows(AlertRow) if row.key.startswith("operator/")]
    return {row.key: found for row in rows if isinstance(found := read_content(row.content), ListContent)}


def sleep(home: Home, *keys: str) -> None:
    for key in keys:
        break_by(home, SLEEPS, key=key)


def test_nothing_is_said_where_nothing_is_wrong(home: Home) -> None:
    assert not look(home)
    assert said(home) == {}


def test_what_is_wrong_is_said_with_what_it_means(home: Home) -> None:
    sleep(home, KEYS[0])

    assert look(home)

    ((key, content),) = said(home).items()
    assert key == "operator/unreminded/2026-11-23/1/fallback/file"
    assert content.headline == "Periksa layanan ini: ada kewajiban terbuka tanpa pengingat berikutnya"
    assert content.notes == (f"{KEYS[0]}: terbuka sampai 2026-12-03, tetapi tidak ada pengingat berikutnya",)
    assert "beri tahu narahubungnya sendiri" in content.lead[0]


def test_each_kind_is_said(home: Home) -> None:
    break_by(home, "DELETE FROM attempt")
    break_by(home, "DELETE FROM alert")
    sleep(home, KEYS[0])
    break_by(
        home,
        "UPDATE obligation SET wake_at = :at WHERE key = :key",
        at=str(home.clock.now()),
        key=KEYS[1],
    )
    home.clock.advance(LATER)

    assert look(home)

    assert [key.split("/")[1] for key in said(home)] == ["asleep", "unreminded", "untold"]


def test_it_is_said_once_a_day_from_the_hour_of_sending_on(homes: Homes) -> None:
    home = homes.build(wib("2026-11-27T10:00"))  # Friday
    prepare(home)
    sleep(home, KEYS[0])

    told = [home.clock.now() for _ in range(60) if look(home, 1)]

    assert told == [wib("2026-11-27T11:00"), wib("2026-11-28T08:00"), wib("2026-11-29T08:00")]


def test_what_else_breaks_is_said_too_but_not_what_is_mended(home: Home) -> None:
    sleep(home, *KEYS[:2])
    assert look(home)

    break_by(home, MENDS, key=KEYS[0])
    assert not look(home, 1)
    sleep(home, KEYS[0])
    assert not look(home, 1)
    sleep(home, KEYS[2])
    assert look(home, 1)

    first, second = said(home).values()
    assert len(first.notes) == 2
    assert len(second.notes) == 3
    assert second.notes[0].startswith(KEYS[2])  # what is new comes first


def test_a_few_times_a_day_at_most(home: Home) -> None:
    told = 0
    for key in KEYS:
        sleep(home, key)
        told += look(home, 1)

    assert told == len(said(home)) == TIMES_A_DAY
    assert look(home, 24)


def test_what_the_morning_summary_said_is_no_news(homes: Homes) -> None:
    home = homes.build(wib("2026-11-24T07:00"))
    prepare(home)
    sleep(home, KEYS[0])
    home.clock.move_to(wib("2026-11-24T08:00"))
    assert tell_morning(home.db, home.house.context, home.clock.now())

    assert not look(home)
    sleep(home, KEYS[1])
    assert look(home)

    (content,) = said(home).values()
    assert len(content.notes) == 2


def test_many_things_are_counted_not_listed(homes: Homes) -> None:
    home = homes.build(fallback_language="en")
    home.load(terms_file(NOTICE))
    for day in range(1, 14):
        home.record("force-majeure-occurred", f"2026-11-{day:02}", party="kesatu")
    break_by(home, "UPDATE obligation SET wake_at = NULL")

    assert look(home)

    content = said(home)["operator/unreminded/2026-11-23/1/fallback/file"]
    assert content.headline == "Look after this service: open duties have no next reminder"
    assert len(content.notes) == 11
    assert content.notes[-1] == "and 3 more"
    assert not look(home, 1)  # what was only counted was said


def test_never_over_the_channel_where_alerts_wait(homes: Homes) -> None:
    home = homes.build(channels=[EMAIL, TELEGRAM], fallback_email="op@example.org", fallback_telegram=7)
    home.load(terms_file(NOTICE))
    home.record("force-majeure-occurred", "2026-11-20", party="kesatu")
    home.remind()
    break_by(home, "DELETE FROM alert WHERE channel = 'telegram'")
    home.clock.advance(LATER)

    assert look(home)
    assert list(said(home)) == ["operator/undelivered/2026-11-23/1/fallback/telegram"]


def test_two_workers_say_it_once(homes: Homes, home: Home) -> None:
    sleep(home, KEYS[0])
    two, both = homes.build(), threading.Barrier(2)

    def one_look(place: Home) -> None:
        both.wait(10)
        tell_broken(place.db, place.house.context, place.clock.now())

    threads = [threading.Thread(target=one_look, args=(place,)) for place in (home, two)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(said(home)) == 1


def test_a_look_that_finds_nothing_reads_no_alerts_about_it(home: Home) -> None:
    with statements(home.db) as spoken:
        assert not look(home)

    assert not any("alert.content" in each for each in spoken)


def test_a_look_reads_no_agreement() -> None:
    assert set(INVARIANTS) - set(ALERTS_AT_RISK) == {"unreachable", "undecreed", "doubtful"}


async def running_until(home: Home, done: threading.Event, folder: Recorder) -> None:
    running = worker.Worker(home.house, {FILE: folder})
    turning = asyncio.create_task(running.run())
    assert await asyncio.to_thread(done.wait, 30)
    running.stop()
    await turning


async def test_a_worker_tells_the_operator(homes: Homes, monkeypatch: pytest.MonkeyPatch) -> None:
    home = homes.build(morning="off")
    await asyncio.to_thread(prepare, home)
    sleep(home, KEYS[0])
    done = threading.Event()

    class Telling(Recorder):
        async def send(self, delivery: Any) -> Any:
            accepted = await super().send(delivery)
            done.set()
            return accepted

    folder = Telling()
    monkeypatch.setattr(flow, "rederive", lambda *_: [])  # it would mend what is broken on purpose
    await running_until(home, done, folder)

    (delivery,) = folder.sent
    assert delivery.alert_key == "operator/unreminded/2026-11-23/1/fallback/file"


async def test_a_worker_looks_every_hour_and_a_look_that_fails_disturbs_nothing(
    homes: Homes, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = homes.build(morning="off", sweep_seconds=0.01)
    looks, done, turns = [], threading.Event(), []

    def broken(_db: Any, _context: Any, now: Any) -> bool:
        looks.append(now)
        if len(looks) == 3:
            done.set()
        raise RuntimeError("broken on purpose")

    def next_wake(*_: Any) -> None:
        turns.append(home.clock.now())
        home.clock.advance(EVERY / 4)

    monkeypatch.setattr(worker, "tell_broken", broken)
    monkeypatch.setattr(flow, "next_wake", next_wake)
    await running_until(home, done, Recorder())

    assert len(turns) >= 9
    assert all(later - earlier >= EVERY for earlier, later in itertools.pairwise(looks))
