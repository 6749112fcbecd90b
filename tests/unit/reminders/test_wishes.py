"""When a reminder may reach somebody, as they wish. Instants are local, in Jakarta."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.agreements import RULES, calendar
from tracker.reminders.ladder import Schedule
from tracker.reminders.policy import load_policy
from tracker.reminders.recipients import Route
from tracker.reminders.wishes import not_before

WIB = ZoneInfo("Asia/Jakarta")
POLICY, _ = load_policy(RULES / "reminders.yaml")
assert POLICY is not None
SCHEDULE = Schedule(POLICY, calendar(), WIB)
HOURS = (time(9), time(15))


def asked(now: str, act_by: str, *, point: str = "T-30", weekly: bool = False, hours: bool = False) -> str:
    route = Route("kesatu:a", "A", "id", "email", "a@b.c", hours=HOURS if hours else None, weekly=weekly)
    instant = datetime.fromisoformat(now).replace(tzinfo=WIB)
    found = not_before(route, point, date.fromisoformat(act_by), SCHEDULE, instant)
    return f"{found.astimezone(WIB):%Y-%m-%dT%H:%M}"


@pytest.mark.parametrize(
    ("now", "act_by", "point", "expected"),
    [
        ("2025-01-14T08:00", "2025-02-13", "T-30", "2025-01-14T09:00"),  # before the office opens to messages
        ("2025-01-14T10:30", "2025-02-13", "T-30", "2025-01-14T10:30"),
        ("2025-01-14T15:00", "2025-02-13", "T-30", "2025-01-15T09:00"),
        ("2025-01-14T20:00", "2025-02-13", "T-30", "2025-01-15T09:00"),
        ("2025-01-14T08:00", "2025-01-15", "T-1", "2025-01-14T08:00"),  # urgent
        ("2025-01-14T08:00", "2025-01-13", "overdue+1", "2025-01-14T08:00"),  # overdue
        ("2025-01-14T03:00", "2025-02-13", "at-once", "2025-01-14T03:00"),  # an event's
        ("2025-01-14T03:00", "2025-02-13", "moved-1", "2025-01-14T03:00"),
    ],
)
def test_within_ones_hours(now: str, act_by: str, point: str, expected: str) -> None:
    assert asked(now, act_by, point=point, hours=True) == expected


@pytest.mark.parametrize(
    ("now", "act_by", "expected"),
    [
        ("2025-01-14T08:00", "2025-02-13", "2025-01-20T08:00"),  # Tuesday: next Monday
        ("2025-01-13T08:00", "2025-02-13", "2025-01-13T08:00"),  # Monday itself
        ("2025-01-14T08:00", "2025-01-28", "2025-01-14T08:00"),  # 14 days: not far off
        ("2025-01-14T08:00", "2025-01-29", "2025-01-20T08:00"),  # 15 days
        ("2025-01-22T08:00", "2025-02-28", "2025-01-30T08:00"),  # 27 to 29 January are days off
    ],
)
def test_what_is_far_off_comes_once_a_week(now: str, act_by: str, expected: str) -> None:
    assert asked(now, act_by, weekly=True) == expected


@given(
    st.datetimes(datetime.fromisoformat("2024-01-01"), datetime.fromisoformat("2026-12-01")),
    st.integers(-30, 400),
    st.booleans(),
    st.booleans(),
)
def test_a_wish_lets_no_deadline_pass(now: datetime, days: int, weekly: bool, hours: bool) -> None:  # noqa: FBT001
    instant = now.replace(tzinfo=WIB)
    act_by = date.fromordinal(instant.date().toordinal() + days)
    route = Route("kesatu:a", "A", "id", "email", "a@b.c", hours=HOURS if hours else None, weekly=weekly)
    found = not_before(route, "T-30", act_by, SCHEDULE, instant)
    assert found >= instant
    if found > instant:
        assert found.astimezone(WIB).date() <= act_by
