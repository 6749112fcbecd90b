"""Each invariant holds of a healthy database, and finds what is broken on purpose."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from tests.support.agreements import ID, rule
from tests.support.houses import Home, Homes, terms_file
from tracker.base.clock import SystemClock
from tracker.base.db import Database
from tracker.doctor.finding import Finding
from tracker.doctor.service import INVARIANTS, examine
from tracker.outbox.tables import AlertRow
from tracker.reminders.recipients import FILE

NOTICE = rule("14 calendar days since force-majeure-occurred", "force-majeure-notice")
KEY = f"{ID}/force-majeure-notice/2026-11-20:kesatu"
LATER = timedelta(minutes=16)


@pytest.fixture
def home(home: Home) -> Home:
    """A home with one open duty whose first reminder was delivered."""
    home.load(terms_file(NOTICE))
    home.record("force-majeure-occurred", "2026-11-20", party="kesatu")
    home.run_until(home.clock.now())
    return home


def examined(home: Home) -> dict[str, list[Finding]]:
    return examine(home.db, home.house.context, home.clock.now())


def found(home: Home) -> dict[str, list[str]]:
    """Give what is broken: the invariant, and what it is about.

    The server's own clock is left out: these tests have a time of their own.
    """
    abouts = {
        name: [each.about for each in broken if each.about != "clock"]
        for name, broken in examined(home).items()
    }
    return {name: about for name, about in abouts.items() if about}


def break_by(home: Home, statement: str, **values: Any) -> None:
    with home.db.write() as connection:
        assert connection.execute(text(statement), values).rowcount >= 1


def test_nothing_is_wrong_with_a_healthy_database(home: Home) -> None:
    assert set(examined(home)) == set(INVARIANTS)
    assert found(home) == {}


def test_an_open_duty_without_a_next_step(home: Home) -> None:
    break_by(home, "UPDATE obligation SET wake_at = NULL")

    assert found(home) == {"unreminded": [KEY]}


def test_a_reminder_that_nobody_was_told_of(home: Home) -> None:
    break_by(home, "DELETE FROM attempt")
    break_by(home, "DELETE FROM alert")

    ((name, (about,)),) = found(home).items()
    assert (name, about) == ("untold", f"{KEY}/2026-12-03/at-once")


def test_an_alert_that_nobody_takes(home: Home) -> None:
    (row,) = home.rows(AlertRow)
    assert row.channel == FILE
    break_by(home, "UPDATE alert SET state = 'pending', next_try_at = :at", at=str(home.clock.now()))
    assert found(home) == {}

    home.clock.advance(LATER)
    assert found(home) == {"undelivered": [FILE]}


def test_a_step_that_nobody_takes(home: Home) -> None:
    obligation = home.obligation("force-majeure-notice/2026-11-20:kesatu")
    assert obligation.wake_at is not None
    home.clock.move_to(obligation.wake_at)
    assert found(home) == {}

    home.clock.advance(LATER)
    assert found(home) == {"asleep": ["obligation"]}


def test_a_near_deadline_on_an_estimated_calendar(home: Home) -> None:
    break_by(home, "UPDATE obligation SET provisional = TRUE")

    assert found(home) == {"undecreed": [KEY]}


def test_an_agreement_that_reaches_nobody(home: Home) -> None:
    home.load(terms_file(NOTICE, id="nobody", contacts=[]))

    assert found(home) == {"unreachable": ["nobody"]}


def test_an_address_that_does_not_work(home: Home) -> None:
    said = {"party": "kesatu", "channel": "email", "address": "satu@example.org"}
    home.record("contact-doubtful", "2026-11-23", **said)

    assert found(home) == {"doubtful": ["satu@example.org"]}

    home.record("contact-confirmed", "2026-11-23", **said)

    assert found(home) == {}


def test_a_clock_that_has_gone_back(home: Home) -> None:
    broken = examine(home.db, home.house.context, home.clock.now() - timedelta(hours=1))

    assert "event" in [each.about for each in broken["clock"]]


@pytest.mark.postgres
@pytest.mark.parametrize(("minutes", "expected"), [(0, []), (-2, ["clock"]), (2, ["clock"])])
def test_a_clock_beside_the_servers(
    postgres_url: str, tmp_path: Path, minutes: int, expected: list[str]
) -> None:
    db = Database(postgres_url)
    home = Homes(db, tmp_path).build(SystemClock().now() + timedelta(minutes=minutes))

    assert [each.about for each in examined(home)["clock"]] == expected
    db.close()


def test_every_finding_is_said_in_both_languages(home: Home) -> None:
    break_by(home, "UPDATE obligation SET wake_at = NULL, provisional = TRUE")

    for broken in examined(home).values():
        for each in broken:
            assert each.in_language("id") != each.in_language("en")
