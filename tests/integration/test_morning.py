"""The managers' morning summary: once an office day, even when there is nothing to say."""

import asyncio
import threading
from datetime import timedelta

import pytest

from tests.integration.test_flow import wib
from tests.support.agreements import ID, rule
from tests.support.houses import Home, Homes, Recorder, terms_file
from tests.support.statements import statements
from tracker import worker
from tracker.channels.email.render import subject
from tracker.channels.lists import fill_list
from tracker.digests.service import TELLERS, Digests
from tracker.outbox.content import ListContent, read_content
from tracker.outbox.keys import SUMMARY
from tracker.outbox.tables import AlertRow
from tracker.reminders.recipients import FILE

NOTICE = rule("14 calendar days since force-majeure-occurred", "force-majeure-notice")
SOON = rule("on 2026-11-26", "soon")
FAR = rule("on 2027-03-31", "far")


def told(home: Home) -> list[ListContent]:
    rows = [row for row in home.rows(AlertRow) if row.key.startswith("summary/")]
    return [found for row in rows if isinstance(found := read_content(row.content), ListContent)]


def notes(content: ListContent) -> list[str]:
    """Give the notes but for the server's own clock: these tests have a time of their own."""
    return [note for note in content.notes if not note.startswith("clock:")]


def greet(home: Home) -> int:
    digests = Digests({SUMMARY: TELLERS[SUMMARY]})
    return digests.tell_due(home.db, home.house.context, home.clock.now())


def test_even_when_there_is_nothing(homes: Homes) -> None:
    home = homes.build(wib("2026-11-23T08:00"))

    assert greet(home)

    (content,) = told(home)
    assert content.headline == "Ringkasan pagi: 0 terlambat, 0 tenggat dalam 7 hari, 0 gagal kirim"
    assert content.lead == (
        "Tidak ada yang terlambat atau jatuh tempo.",
        "Kalender hari libur resmi lengkap sampai 2026.",
    )
    assert (content.items, notes(content)) == ((), [])
    assert subject(content, home.clock.now()) == content.headline
    (row,) = home.rows(AlertRow)
    assert row.contact == "fallback"


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-11-23T07:59", 0),
        ("2026-11-23T08:00", 1),
        ("2026-11-23T23:30", 1),
        ("2026-11-22T08:00", 0),  # Sunday
        ("2026-12-25T08:00", 0),  # Christmas
    ],
)
def test_on_office_days_from_the_hour_of_sending(homes: Homes, at: str, expected: int) -> None:
    assert greet(homes.build(wib(at))) == expected


def test_once_a_day(homes: Homes) -> None:
    home = homes.build(wib("2026-11-23T08:00"))

    found = []
    for hours in (0, 1, 22, 2):
        home.clock.advance(timedelta(hours=hours))
        found.append(greet(home))

    assert found == [1, 0, 0, 1]
    assert len(told(home)) == 2


def test_asking_again_reads_no_more_than_the_keys(homes: Homes) -> None:
    home = homes.build(wib("2026-11-23T08:00"))
    assert greet(home)

    with statements(home.db) as said:
        assert not greet(home)

    # Which addresses are doubtful, and the key.
    assert len([each for each in said if each.lstrip().upper().startswith("SELECT")]) == 2
    assert not any("LIKE" in each.upper() for each in said)


async def test_a_summary_that_fails_holds_up_no_alert(homes: Homes, monkeypatch: pytest.MonkeyPatch) -> None:
    home = homes.build(wib("2026-11-23T08:00"))
    home.load(terms_file(NOTICE))
    home.record("force-majeure-occurred", "2026-11-20", party="kesatu")
    folder, tried = Recorder(), threading.Event()

    def broken(*_: object) -> int:
        tried.set()
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr(worker, "Digests", lambda: Digests({SUMMARY: broken}))
    running = worker.Worker(home.house, {FILE: folder})
    turning = asyncio.create_task(running.run())
    assert await asyncio.to_thread(tried.wait, 30)
    running.stop()
    await turning

    alerts = [delivery for delivery in folder.sent if delivery.alert_key.startswith(ID)]
    assert [delivery.channel for delivery in alerts] == [FILE]


def test_what_is_overdue_comes_first(homes: Homes) -> None:
    home = homes.build(wib("2026-11-23T08:00"))
    home.load(terms_file(SOON, FAR, NOTICE))
    home.record("force-majeure-occurred", "2026-11-01", party="kesatu")

    assert greet(home)

    (content,) = told(home)
    assert content.headline == "Ringkasan pagi: 1 terlambat, 1 tenggat dalam 7 hari, 0 gagal kirim"
    assert [item.obligation.removeprefix(f"{ID}/") for item in content.items] == [
        "force-majeure-notice/2026-11-01:kesatu",
        "soon/2026-11-26",
    ]
    text = fill_list("email/templates/list.txt", content, home.clock.now())
    assert "LEWAT" in text.upper()
    assert text.count("Perjanjian: Perjanjian uji") == len(content.items)
    assert "Perjanjian: \n" not in text


def test_what_is_wrong_is_said(homes: Homes) -> None:
    home = homes.build(wib("2026-11-23T08:00"), fallback_language="en")
    home.load(terms_file(SOON, contacts=[]))

    assert greet(home)

    (content,) = told(home)
    assert content.headline.startswith("Morning summary: 0 overdue, 1 due within 7 days")
    assert notes(content) == [
        f"{ID}: has no contact who can be reached: all its alerts go to the fallback contact"
    ]
