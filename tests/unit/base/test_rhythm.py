from datetime import UTC, datetime, timedelta

import pytest

from tracker.base.rhythm import Rhythm

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        ([0], [True]),
        ([0, 1, 4], [True, False, False]),
        ([0, 5, 9, 10], [True, True, False, True]),
        ([0, 7, 11, 12], [True, True, False, True]),  # counted from the last time
        ([0, -3, -5, -6], [True, False, True, False]),  # the clock was put back
    ],
)
def test_when_it_is_time(minutes: list[int], expected: list[bool]) -> None:
    rhythm = Rhythm(timedelta(minutes=5))

    assert [rhythm.is_due(NOW + timedelta(minutes=each)) for each in minutes] == expected
