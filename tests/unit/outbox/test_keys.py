"""Keys are made of what a row is."""

from datetime import date

import pytest

from tracker.outbox.keys import (
    DIGESTS,
    HAND_OVER,
    OPERATOR,
    alert_key,
    long_holiday_key,
    look_ahead_key,
    message_id,
    reminder_key,
    summary_key,
)

DAY, LATER = date(2026, 3, 18), date(2026, 3, 24)


def test_keys_say_what_they_are() -> None:
    reminder = reminder_key("a/renewal-notice/term-1", date(2025, 1, 24), "T-14")
    assert reminder == "a/renewal-notice/term-1/2025-01-24/T-14"
    assert alert_key(reminder, "kesatu:sekretaris", "email") == f"{reminder}/kesatu:sekretaris/email"


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (summary_key(DAY), "summary/2026-03-18"),
        (summary_key(DAY, "satu"), "summary/2026-03-18/satu"),
        (look_ahead_key(DAY), "look-ahead/2026-03-18"),
        (look_ahead_key(DAY, "satu"), "look-ahead/2026-03-18/satu"),
        (long_holiday_key(DAY, LATER), "long-holiday/2026-03-18/2026-03-24"),
        (long_holiday_key(DAY, LATER, "satu"), "long-holiday/2026-03-18/2026-03-24/satu"),
    ],
)
def test_a_digest_is_told_once_for_its_time_and_unit(key: str, expected: str) -> None:
    assert key == expected
    assert key.partition("/")[0] in DIGESTS


def test_what_must_be_answered_is_no_digest() -> None:
    assert DIGESTS.isdisjoint({HAND_OVER, OPERATOR})


def test_message_ids_are_stable_and_differ() -> None:
    one = message_id("key", "example.org")
    assert one == message_id("key", "example.org")
    assert one != message_id("other", "example.org")
    assert one.startswith("<")
    assert one.endswith("@example.org>")
