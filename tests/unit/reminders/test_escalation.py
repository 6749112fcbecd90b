"""The chain: officer, substitute, manager; who is next, and when."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.support.agreements import calendar, rule
from tests.support.houses import terms_file
from tests.unit.reminders.test_ladder import JAKARTA, SCHEDULE, local, policy
from tracker.reminders.escalation import Level, Standing, begins_with, is_acknowledged, next_step
from tracker.reminders.ladder import Plan, Schedule
from tracker.reminders.policy import Chain, Policy, Urgent

CHAIN = Chain(starts=7, substitute=8, manager=16, urgent=Urgent(days=1, substitute=2, manager=4))
# Tuesday 15 December 2026: no day off near it but weekends. Its T-7 is Tuesday 8, its T-1 Monday 14.
ACT_BY = date(2026, 12, 15)


FIRST = datetime(2026, 11, 1, tzinfo=UTC)


def plan(snoozed: str | None = None, act_by: date = ACT_BY) -> Plan:
    until = date.fromisoformat(snoozed) if snoozed else None
    return Plan(act_by, local("2026-01-05 00:00"), False, (30, 7, 1, 0), None, until)


def standing(
    since: str | None = None, level: int = 0, acknowledged: str | None = None, reminded: str | None = None
) -> Standing:
    return Standing(
        local(since) if since else None,
        level,
        date.fromisoformat(acknowledged) if acknowledged else None,
        local(reminded) if reminded else None,
    )


def step(found: Standing, now: str, chain: Chain = CHAIN, one: Plan | None = None) -> tuple[str, str] | None:
    """Give the role and the local time of the next step."""
    following = next_step(SCHEDULE, chain, one or plan(), found, local(now))
    return following and (following.level.role, f"{following.fire_at.astimezone(JAKARTA):%Y-%m-%d %H:%M}")


@pytest.mark.parametrize(
    ("since", "level", "now", "expected"),
    [
        ("2026-12-08 08:00", 0, "2026-12-08 08:00", ("substitute", "2026-12-09 08:00")),
        ("2026-12-08 08:00", 1, "2026-12-09 08:00", ("manager", "2026-12-10 08:00")),
        ("2026-12-08 08:00", 2, "2026-12-10 08:00", None),
        ("2026-12-10 11:30", 0, "2026-12-10 11:30", ("substitute", "2026-12-11 11:30")),
        # The day before the deadline, two and four hours are enough, also for what began earlier.
        ("2026-12-14 08:00", 0, "2026-12-14 08:00", ("substitute", "2026-12-14 10:00")),
        ("2026-12-14 08:00", 1, "2026-12-14 10:00", ("manager", "2026-12-14 12:00")),
        ("2026-12-11 14:00", 0, "2026-12-11 14:00", ("substitute", "2026-12-14 10:00")),
        ("2026-12-11 14:00", 1, "2026-12-14 10:00", ("manager", "2026-12-14 12:00")),
        ("2026-12-15 15:00", 0, "2026-12-15 15:00", ("substitute", "2026-12-16 09:00")),
        ("2026-12-18 08:00", 0, "2026-12-18 08:00", ("substitute", "2026-12-18 10:00")),
        # The service was down: the furthest one due tells everybody, inside office hours.
        ("2026-12-08 08:00", 0, "2026-12-10 09:17", ("manager", "2026-12-10 09:17")),
        ("2026-12-08 08:00", 0, "2026-12-11 20:00", ("manager", "2026-12-14 08:00")),
        ("2026-12-08 08:00", 0, "2026-12-09 20:00", ("substitute", "2026-12-10 08:00")),
        ("2026-12-08 08:00", 1, "2026-12-12 12:00", ("manager", "2026-12-14 08:00")),
    ],
)  # fmt: skip
def test_who_is_next(since: str, level: int, now: str, expected: tuple[str, str] | None) -> None:
    assert step(standing(since, level), now) == expected


@pytest.mark.parametrize(
    ("acknowledged", "reminded", "now", "expected"),
    [
        (None, None, "2026-12-01 09:00", None),  # the ladder begins it
        ("2026-12-01", "2026-11-13 08:00", "2026-11-25 09:00", None),  # runs out before the last 7 days
        ("2026-12-07", "2026-11-13 08:00", "2026-12-02 09:00", ("officer", "2026-12-08 08:00")),
        ("2026-12-09", "2026-12-08 08:00", "2026-12-08 09:00", ("officer", "2026-12-10 08:00")),
        ("2026-12-11", "2026-12-08 08:00", "2026-12-08 09:00", ("officer", "2026-12-14 08:00")),  # a weekend
        ("2026-12-09", None, "2026-12-01 09:00", ("officer", "2026-12-10 08:00")),
        ("2026-12-20", "2026-12-15 08:00", "2026-12-15 09:00", ("officer", "2026-12-21 08:00")),  # overdue
        ("2026-12-09", "2026-12-08 08:00", "2026-12-10 11:00", ("officer", "2026-12-10 11:00")),
        ("2026-12-09", "2026-12-08 08:00", "2026-12-10 21:00", ("officer", "2026-12-11 08:00")),
        # No acknowledgement (any more), and nothing counts since the last reminder: at once.
        (None, "2026-12-08 08:00", "2026-12-09 11:00", ("officer", "2026-12-09 11:00")),
        (None, "2026-12-08 08:00", "2026-12-09 17:00", ("officer", "2026-12-10 08:00")),
        (None, "2026-11-13 08:00", "2026-12-09 11:00", None),
    ],
)  # fmt: skip
def test_what_begins_by_itself(
    acknowledged: str | None, reminded: str | None, now: str, expected: tuple[str, str] | None
) -> None:
    assert step(standing(None, 0, acknowledged, reminded), now) == expected


@pytest.mark.parametrize(
    ("found", "snoozed", "now", "expected"),
    [
        # It ends on Thursday: eight hours from then.
        (standing("2026-12-08 08:00"), "2026-12-10", "2026-12-08 09:00", ("substitute", "2026-12-11 08:00")),
        (standing("2026-12-08 08:00", 1), "2026-12-10", "2026-12-09 09:00", ("manager", "2026-12-14 08:00")),
        (standing("2026-12-11 08:00"), "2026-12-10", "2026-12-11 08:00", ("substitute", "2026-12-14 08:00")),
        (
            standing(None, 0, "2026-12-08", "2026-12-08 08:00"),
            "2026-12-11",
            "2026-12-08 09:00",
            ("officer", "2026-12-11 08:00"),
        ),
        # It ends on a Saturday.
        (
            standing(None, 0, None, "2026-12-08 08:00"),
            "2026-12-12",
            "2026-12-08 09:00",
            ("officer", "2026-12-14 08:00"),
        ),
    ],
)
def test_asking_to_be_left_alone_is_an_answer_for_a_while(
    found: Standing, snoozed: str, now: str, expected: tuple[str, str]
) -> None:
    assert step(found, now, one=plan(snoozed)) == expected


def test_without_an_urgent_part_the_delays_stay() -> None:
    plain = Chain(starts=7, substitute=2, manager=4)
    assert step(standing("2026-12-15 08:00"), "2026-12-15 08:00", plain) == ("substitute", "2026-12-15 10:00")
    slow = Chain(starts=7, substitute=20, manager=20)
    # Both at once: the substitute is told with the manager.
    assert step(standing("2026-12-08 08:00"), "2026-12-10 12:00", slow) == ("manager", "2026-12-10 12:00")


@pytest.mark.parametrize(
    ("point", "now", "begins"),
    [
        ("T-30", "2026-11-13 08:00", False),
        ("T-7", "2026-12-08 08:00", True),
        ("T-30", "2026-12-08 08:00", True),  # sent late, inside the last 7 days
        ("T-30", "2026-12-07 15:59", False),
        ("overdue+1", "2026-12-16 08:00", True),
        ("at-once", "2026-11-01 23:00", True),
    ],
)
def test_which_points_begin_a_chain(*, point: str, now: str, begins: bool) -> None:
    assert begins_with(SCHEDULE, CHAIN, plan(), point, local(now)) is begins


def test_a_point_that_a_day_off_moved_begins_it_too() -> None:
    # 7 days before Thursday 31 December is a joint leave: its T-7 is on Wednesday 23 December.
    new_year = plan(act_by=date(2026, 12, 31))
    assert begins_with(SCHEDULE, CHAIN, new_year, "T-7", local("2026-12-23 08:00"))
    assert not begins_with(SCHEDULE, CHAIN, new_year, "T-8", local("2026-12-22 15:00"))


def test_an_acknowledgement_holds_to_the_end_of_its_day() -> None:
    assert is_acknowledged(date(2026, 12, 8), date(2026, 12, 8))
    assert not is_acknowledged(date(2026, 12, 8), date(2026, 12, 9))
    assert not is_acknowledged(None, date(2026, 12, 9))


INSTANTS = st.timedeltas(timedelta(0), timedelta(days=90)).map(lambda passed: FIRST + passed)
SOON = st.sampled_from(
    [None, Urgent(days=1, substitute=1, manager=1), Urgent(days=3, substitute=2, manager=9)]
)


@given(INSTANTS, INSTANTS, st.integers(0, 10), st.integers(1, 30), st.integers(0, 30), SOON)
def test_a_chain_that_runs_always_reaches_the_manager(
    since: datetime, now: datetime, starts: int, substitute: int, more: int, soon: Urgent | None
) -> None:
    chain = Chain(starts=starts, substitute=substitute, manager=substitute + more, urgent=soon)
    schedule = Schedule(policy(), calendar(), ZoneInfo("Asia/Makassar"))
    at, found = now, Standing(since, Level.OFFICER, None, None)
    told = []
    while (following := next_step(schedule, chain, plan(), found, at)) is not None:
        assert following.fire_at >= at
        assert schedule.hours.slot(following.fire_at) == following.fire_at
        assert following.planned_for <= following.fire_at
        at, found = following.fire_at, found._replace(level=following.level)
        told.append(following.level)

    assert told in ([Level.SUBSTITUTE, Level.MANAGER], [Level.MANAGER])


# The policy


def raw(**chains: Any) -> dict[str, Any]:
    written = policy().model_dump()
    return {**written, "chains": chains}


PLAIN = {"starts": 7, "substitute": 8, "manager": 16}


@pytest.mark.parametrize(
    ("chains", "says"),
    [
        ({}, "chains has no 'standard'"),
        ({"standard": PLAIN, "renewl": PLAIN}, "chains names the unknown ladder 'renewl'"),
        ({"standard": {**PLAIN, "manager": 4}}, "manager is before substitute"),
        ({"standard": {**PLAIN, "urgent": {"days": 1, "substitute": 4, "manager": 2}}}, "manager is before"),
        ({"standard": {**PLAIN, "substitute": 0}}, "greater than or equal to 1"),
    ],
)
def test_chains_that_cannot_be(chains: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        Policy.model_validate(raw(**chains))


@pytest.mark.parametrize(
    ("id_", "more", "starts", "manager"),
    [
        ("renewal-notice", {}, 30, 24),
        ("monitoring-report", {}, 7, 16),
        ("force-majeure-notice", {}, 30, 4),
        ("duty", {}, 7, 16),
        ("duty", {"ladder": "renewal"}, 30, 24),
        ("duty", {"ladder": "no-such"}, 7, 16),
    ],
)
def test_the_chain_of_a_rule(id_: str, more: dict[str, str], starts: int, manager: int) -> None:
    (one,) = terms_file(rule("on 2026-12-15", id_, **more)).agreement.rules
    found = policy().chain_for(one)
    assert (found.starts, found.manager) == (starts, manager)
