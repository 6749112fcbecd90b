"""Faults, validation errors and dates, in the words people read."""

from datetime import UTC, date, datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tracker.base.dates import days_phrase, local_time, long_date, short_date, zone_name
from tracker.base.faults import Fault, Severity
from tracker.base.validation import message


def test_a_fault_is_printed_the_way_editors_jump() -> None:
    assert str(Fault("rules/a.yaml", 7, "is missing")) == "rules/a.yaml:7: is missing"
    assert str(Fault("a.yaml", 1, "odd", Severity.WARNING)) == "a.yaml:1: warning: odd"


def test_faults_are_ordered_by_file_and_line() -> None:
    faults = [Fault("b", 1, "x"), Fault("a", 10, "x"), Fault("a", 9, "z"), Fault("a", 9, "y")]
    shown = [(fault.file, fault.line, fault.message) for fault in sorted(faults)]
    assert shown == [("a", 9, "y"), ("a", 9, "z"), ("a", 10, "x"), ("b", 1, "x")]


class Duty(BaseModel):
    model_config = ConfigDict(extra="forbid")
    by: str
    to: str


class Sample(BaseModel):
    model_config = ConfigDict(extra="forbid")
    on: date
    code: Annotated[str, Field(pattern="^[a-z]+$")] = "a"
    count: Annotated[int, Field(le=31)] = 1
    duty: Duty | None = None


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, "on: is missing, expected a value"),
        ({"on": "31-12-2025"}, "on: '31-12-2025' is not a date, expected YYYY-MM-DD"),
        ({"on": "2025-02-30"}, "on: '2025-02-30' is not a date, expected YYYY-MM-DD"),
        ({"on": []}, "on: [] is not a date, expected YYYY-MM-DD"),
        ({"on": "2025-01-01", "code": "A"}, "code: 'A' has the wrong form, expected the pattern ^[a-z]+$"),
        ({"on": "2025-01-01", "count": 32}, "count: input should be less than or equal to 31 (given: 32)"),
        (
            {"on": "2025-01-01", "kode": 1},
            "kode: unknown key, expected one of the keys of the grammar (rules/README.md)",
        ),
        (
            {"on": "2025-01-01", "duty": {"by": "kesatu"}},
            "duty.to: the rule has no addressee, expected 'duty: {by: ..., to: ...}'",
        ),
        ({"on": "2025-01-01", "duty": {"to": "kesatu"}}, "duty.by: is missing, expected a value"),
    ],
)
def test_validation_errors_in_words(values: dict[str, Any], expected: str) -> None:
    with pytest.raises(ValidationError) as raised:
        Sample.model_validate(values)
    assert [message(detail) for detail in raised.value.errors(include_url=False)] == [expected]


def test_dates_in_both_languages() -> None:
    day = date(2025, 1, 24)
    assert long_date(day, "id") == "Jumat, 24 Januari 2025"
    assert long_date(day, "en").replace(",", "") == "Friday 24 January 2025"
    assert short_date(day, "id") == "24 Jan 2025"
    assert short_date(date(2025, 5, 1), "id") == "1 Mei 2025"
    assert short_date(day, "en") == "24 Jan 2025"


def test_local_times_name_their_zone() -> None:
    instant = datetime(2025, 1, 24, 1, 0, tzinfo=UTC)
    assert local_time(instant, ZoneInfo("Asia/Jakarta"), "id") == "24 Jan 2025 08.00 WIB"
    assert local_time(instant, ZoneInfo("Asia/Makassar"), "en") == "24 Jan 2025 09:00 WITA"
    assert local_time(instant.replace(hour=16), ZoneInfo("Asia/Jayapura"), "id") == "25 Jan 2025 01.00 WIT"
    assert zone_name(ZoneInfo("Europe/Berlin")) == "Europe/Berlin"


@pytest.mark.parametrize(
    ("days", "indonesian", "english"),
    [
        (14, "14 hari lagi", "14 days left"),
        (2, "2 hari lagi", "2 days left"),
        (1, "besok", "tomorrow"),
        (0, "hari ini", "today"),
        (-1, "lewat 1 hari", "1 day overdue"),
        (-3, "lewat 3 hari", "3 days overdue"),
    ],
)
def test_days_left(days: int, indonesian: str, english: str) -> None:
    assert days_phrase(days, "id") == indonesian
    assert days_phrase(days, "en") == english
