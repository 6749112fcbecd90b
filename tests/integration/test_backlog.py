"""More is due than one transaction takes: each person still gets one message, and the first one soon."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from tests.integration.test_flow import wib
from tests.support.agreements import rule
from tests.support.houses import Home, Homes, Recorder, terms_file
from tracker import flow
from tracker.bootstrap import build_cycle
from tracker.outbox import service as outbox
from tracker.outbox.dispatch import inline
from tracker.outbox.tables import AlertRow
from tracker.steps.backlog import HELD_FOR

PEOPLE, AGREEMENTS_EACH = 12, 5
DUE_AT = wib("2026-12-23T08:00")


def address(person: int) -> str:
    return f"p{person}@example.org"


def contact(person: int) -> dict[str, Any]:
    return {"id": "officer", "position": f"Narahubung {person}", "email": address(person)}


@pytest.fixture
def home(homes: Homes) -> Home:
    """A home with agreements of twelve people, those of one person far apart; all is due at one time."""
    home = homes.build(wib("2026-12-22T09:00"))
    files = [
        terms_file(rule("on 2026-12-30", "duty"), id=f"a-{number}", contacts=[contact(number % PEOPLE)])
        for number in range(PEOPLE * AGREEMENTS_EACH)
    ]
    home.load(*files)
    home.clock.move_to(DUE_AT)
    return home


def plan(home: Home, limit: int) -> int:
    return flow.remind_due(home.db, home.house.context, home.clock.now(), limit)


def test_a_batch_takes_all_of_the_people_it_begins_with(home: Home) -> None:
    assert plan(home, 10) > 10

    told: dict[str, list[bool]] = {}
    for row in home.rows(AlertRow):
        told.setdefault(row.address, []).append(row.held)
    assert {len(held) for held in told.values()} == {AGREEMENTS_EACH}
    assert not any(any(held) for held in told.values())


def test_each_person_gets_one_message(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tracker.steps.backlog._PEOPLE_OF", 2)
    monkeypatch.setattr(flow.remind_due, "__defaults__", (8,))
    recorder = Recorder()

    asyncio.run(build_cycle(home.house, {recorder.name: recorder}, inline).run())

    assert sorted(delivery.address for delivery in recorder.sent) == sorted(map(address, range(PEOPLE)))
    assert {delivery.content.members for delivery in recorder.sent} == {AGREEMENTS_EACH}
    assert {row.state for row in home.rows(AlertRow)} == {"accepted"}


def test_who_may_have_more_to_come_waits_and_is_let_go_at_the_end(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Nobody is known by address, as the fallback contact is not: all wait for the end.
    monkeypatch.setattr("tracker.reminders.contacts.addresses_of", lambda *_: set())

    assert plan(home, 20) == 20
    waiting = home.rows(AlertRow)
    assert {(row.held, row.next_try_at) for row in waiting} == {(True, DUE_AT + HELD_FOR)}
    while plan(home, 20):
        pass

    rows = home.rows(AlertRow)
    assert len(rows) == PEOPLE * AGREEMENTS_EACH
    assert {(row.held, row.next_try_at) for row in rows} == {(False, DUE_AT)}


def test_a_hold_ends_by_itself(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tracker.reminders.contacts.addresses_of", lambda *_: set())
    plan(home, 20)  # and the worker dies
    home.clock.move_to(DUE_AT + HELD_FOR)
    recorder = Recorder()

    asyncio.run(build_cycle(home.house, {recorder.name: recorder}, inline).dispatcher.run_due())

    assert sum(max(delivery.content.members, 1) for delivery in recorder.sent) == 20


def test_letting_go_leaves_alone_what_is_claimed_or_taken_back(home: Home) -> None:
    plan(home, 1000)
    with home.db.write() as connection:
        outbox.withdraw_from(connection, ("file", address(3)))
    before = home.rows(AlertRow)

    with home.db.write() as connection:
        outbox.release_held(connection, home.clock.now() + timedelta(minutes=1))

    assert home.rows(AlertRow) == before
    assert {row.state for row in before} == {"pending", "withdrawn"}
