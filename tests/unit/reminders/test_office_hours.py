"""Counting in office hours: by hand around days off, and what always holds."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.agreements import calendar
from tracker.reminders.office_hours import OfficeHours

JAKARTA = ZoneInfo("Asia/Jakarta")
OFFICE = OfficeHours(calendar(), JAKARTA, time(8), time(16))
SHAPES = {
    "Jakarta": OFFICE,
    "Jayapura": OfficeHours(calendar(), ZoneInfo("Asia/Jayapura"), time(7, 30), time(16, 30)),
    "one hour": OfficeHours(calendar(), ZoneInfo("Asia/Makassar"), time(9), time(10)),
}
FIRST = datetime(2024, 1, 1, tzinfo=UTC)
INSTANTS = st.timedeltas(timedelta(0), timedelta(days=1400)).map(lambda passed: FIRST + passed)
HOURS = st.integers(0, 60)
ANY = st.sampled_from(list(SHAPES.values()))


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=JAKARTA).astimezone(UTC)


@pytest.mark.parametrize(
    ("start", "hours", "expected"),
    [
        ("2026-11-23 10:00", 0, "2026-11-23 10:00"),
        ("2026-11-23 10:00", 2, "2026-11-23 12:00"),
        ("2026-11-23 10:15", 5, "2026-11-23 15:15"),
        ("2026-11-23 10:15", 6, "2026-11-24 08:15"),
        ("2026-11-23 08:00", 8, "2026-11-24 08:00"),  # the end of a day is the next one's beginning
        ("2026-11-23 08:00", 16, "2026-11-25 08:00"),
        ("2026-11-23 05:00", 2, "2026-11-23 10:00"),
        ("2026-11-23 21:00", 2, "2026-11-24 10:00"),
        ("2026-11-27 15:00", 2, "2026-11-30 09:00"),  # over a weekend
        ("2026-12-23 14:00", 3, "2026-12-28 09:00"),  # joint leave, Christmas, weekend
        ("2026-12-25 12:00", 1, "2026-12-28 09:00"),
        ("2026-11-23 16:00", 0, "2026-11-24 08:00"),
    ],
)
def test_hours_after_an_instant(start: str, hours: int, expected: str) -> None:
    assert OFFICE.after(local(start), hours) == local(expected)


@given(ANY, INSTANTS, HOURS)
def test_it_never_lands_outside_office_hours(office: OfficeHours, instant: datetime, hours: int) -> None:
    found = office.after(instant, hours).astimezone(office.zone)

    assert calendar().is_office_day(found.date())
    assert office.begin <= found.time() < office.end


@given(ANY, INSTANTS, HOURS, HOURS)
def test_hours_add_up(office: OfficeHours, instant: datetime, some: int, more: int) -> None:
    assert office.after(office.after(instant, some), more) == office.after(instant, some + more)


@given(ANY, INSTANTS, st.timedeltas(timedelta(0), timedelta(days=20)), HOURS)
def test_later_stays_later(office: OfficeHours, instant: datetime, apart: timedelta, hours: int) -> None:
    assert office.after(instant, hours) <= office.after(instant + apart, hours)


@given(ANY, INSTANTS, HOURS)
def test_an_hour_more_is_later(office: OfficeHours, instant: datetime, hours: int) -> None:
    assert instant <= office.after(instant, hours) < office.after(instant, hours + 1)


@given(ANY, INSTANTS)
def test_no_hours_after_is_the_next_slot(office: OfficeHours, instant: datetime) -> None:
    assert office.after(instant, 0) == office.slot(instant)
