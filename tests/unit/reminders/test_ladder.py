"""The ladder: which point is next, when it fires, and what missed points become."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.agreements import calendar
from tracker.base.settings import PROJECT_ROOT
from tracker.reminders.ladder import AT_ONCE, Plan, Schedule
from tracker.reminders.policy import DAILY, Ladder, Policy, load_policy

JAKARTA = ZoneInfo("Asia/Jakarta")
RENEWAL: Ladder = (90, 60, 30, 14, 7, 3, 1, 0)


def policy() -> Policy:
    found, faults = load_policy(PROJECT_ROOT / "rules" / "reminders.yaml")
    assert found is not None, faults
    return found


SCHEDULE = Schedule(policy(), calendar(), JAKARTA)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=JAKARTA).astimezone(UTC)


def plan(
    act_by: str, ladder: Ladder = RENEWAL, opened: str = "2023-01-01 00:00", lapses: str | None = None,
    *, at_once: bool = False,
) -> Plan:  # fmt: skip
    return Plan(
        date.fromisoformat(act_by),
        local(opened),
        at_once,
        ladder,
        date.fromisoformat(lapses) if lapses else None,
    )


def walk(one: Plan, start: str, most: int = 40) -> list[tuple[str, str]]:
    """Fire point after point, moving time to each."""
    fired: list[tuple[str, str]] = []
    now, after = local(start), None
    while len(fired) < most and (following := SCHEDULE.next(one, after, now)) is not None:
        now, after = following.fire_at, following.point.planned_for
        fired.append((following.point.name, f"{now.astimezone(JAKARTA):%Y-%m-%d %H:%M}"))
    return fired


def test_the_renewal_ladder_of_the_fourth_agreement() -> None:
    assert walk(plan("2025-01-24", lapses="2025-03-01"), "2024-01-01 00:00") == [
        ("T-90", "2024-10-25 08:00"),  # 26 October is a Saturday: moved earlier
        ("T-60", "2024-11-25 08:00"),
        ("T-30", "2024-12-24 08:00"),  # 25 December is Christmas
        ("T-14", "2025-01-10 08:00"),
        ("T-7", "2025-01-17 08:00"),
        ("T-3", "2025-01-21 08:00"),
        ("T-1", "2025-01-23 08:00"),
        ("T-0", "2025-01-24 08:00"),
        ("overdue+6", "2025-01-30 08:00"),  # 25-29 January are all days off: they become one
        ("overdue+7", "2025-01-31 08:00"),
        ("overdue+14", "2025-02-07 08:00"),
        ("overdue+21", "2025-02-14 08:00"),
        ("overdue+28", "2025-02-21 08:00"),
        ("overdue+35", "2025-02-28 08:00"),
    ]


def test_points_that_move_onto_one_day_become_the_most_urgent() -> None:
    # T-3 and T-1 of Tuesday 24 December 2024 fall on Saturday 21 and Monday 23; T-7 on Tuesday 17.
    assert walk(plan("2024-12-24", (4, 3, 1, 0)), "2024-12-01 00:00", 3) == [
        ("T-3", "2024-12-20 08:00"),
        ("T-1", "2024-12-23 08:00"),
        ("T-0", "2024-12-24 08:00"),
    ]


@pytest.mark.parametrize(
    ("now", "point", "fires", "missed"),
    [
        ("2025-01-10 07:59", "T-30", "2025-01-10 08:00", ("T-90", "T-60")),  # T-14 is still ahead
        ("2025-01-11 12:00", "T-14", "2025-01-13 08:00", ("T-90", "T-60", "T-30")),
        ("2025-01-13 11:30", "T-14", "2025-01-13 11:30", ("T-90", "T-60", "T-30")),
        ("2025-01-13 16:00", "T-14", "2025-01-14 08:00", ("T-90", "T-60", "T-30")),
        ("2025-01-13 05:00", "T-14", "2025-01-13 08:00", ("T-90", "T-60", "T-30")),
        (
            "2025-01-24 09:00",
            "T-0",
            "2025-01-24 09:00",
            ("T-90", "T-60", "T-30", "T-14", "T-7", "T-3", "T-1"),
        ),
    ],
)
def test_missed_points_collapse_into_the_latest(
    now: str, point: str, fires: str, missed: tuple[str, ...]
) -> None:
    found = SCHEDULE.next(plan("2025-01-24"), None, local(now))
    assert found is not None
    assert (found.point.name, found.fire_at, found.missed) == (point, local(fires), missed)


def test_an_event_alert_goes_out_at_once_and_then_daily_on_office_days() -> None:
    one = plan("2023-04-27", DAILY, "2023-04-22 22:15", at_once=True)  # Saturday night, Lebaran
    assert walk(one, "2023-04-22 22:15", 5) == [
        (AT_ONCE, "2023-04-22 22:15"),
        ("T-1", "2023-04-26 08:00"),
        ("T-0", "2023-04-27 08:00"),
        ("overdue+1", "2023-04-28 08:00"),
        ("overdue+5", "2023-05-02 08:00"),  # 29 April - 1 May: weekend and Labour Day
    ]


def test_an_event_learned_of_late_is_said_at_once_and_chased() -> None:
    one = plan("2023-03-01", DAILY, "2023-06-05 10:00", at_once=True)
    assert walk(one, "2023-06-05 10:00", 2) == [
        (AT_ONCE, "2023-06-05 10:00"),
        ("overdue+98", "2023-06-07 08:00"),
    ]


def test_nothing_fires_after_the_obligation_has_lapsed() -> None:
    assert SCHEDULE.next(plan("2025-01-24", lapses="2025-03-01"), None, local("2025-03-01 00:00")) is not None
    done = local("2025-02-28 08:00")
    assert SCHEDULE.next(plan("2025-01-24", lapses="2025-03-01"), done, local("2025-03-01 09:00")) is None


def test_a_changed_ladder_goes_on_after_what_was_fired() -> None:
    fired = local("2025-01-10 08:00")
    found = SCHEDULE.next(plan("2025-01-24", (20, 10, 5, 0)), fired, local("2025-01-10 08:00"))
    assert found is not None
    assert (found.point.name, found.fire_at) == ("T-10", local("2025-01-14 08:00"))


@given(
    st.dates(date(2023, 1, 2), date(2026, 12, 31)),
    st.datetimes(datetime(2023, 1, 1), datetime(2026, 12, 31)),  # noqa: DTZ001
    st.lists(st.integers(0, 120), min_size=1, max_size=8, unique=True),
    st.booleans(),
)
def test_points_never_fall_on_a_day_off_and_never_repeat(
    act_by: date,
    opened: datetime,
    days: list[int],
    at_once: bool,  # noqa: FBT001
) -> None:
    one = Plan(act_by, opened.replace(tzinfo=UTC), at_once, tuple(days), None)
    now, after, names = one.opened_at, None, []
    for _ in range(15):
        following = SCHEDULE.next(one, after, now)
        assert following is not None
        assert following.fire_at >= now
        if following.point.name != AT_ONCE:
            assert calendar().is_office_day(following.fire_at.astimezone(JAKARTA).date())
        now, after = following.fire_at, following.point.planned_for
        names.append(following.point.name)
    assert len(set(names)) == len(names)
