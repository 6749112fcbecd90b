"""What follows a failed attempt, as a table."""

from datetime import UTC, datetime, timedelta

import pytest

from tracker.outbox.delivery import SendError
from tracker.outbox.retry import LONGEST_PAUSE, GiveUp, Retry, after_failure, backoff

NOW = datetime(2025, 1, 24, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("attempt", "least", "most"),
    [(1, 30, 37.5), (2, 60, 75), (3, 120, 150), (7, 1920, 2400), (8, 3600, 4500), (500, 3600, 4500)],
)
def test_pauses_double_up_to_an_hour_and_are_spread(attempt: int, least: float, most: float) -> None:
    pauses = [backoff(attempt, f"alert-{number}").total_seconds() for number in range(200)]
    assert least <= min(pauses) < max(pauses) <= most
    assert backoff(attempt, "alert-1") == backoff(attempt, "alert-1")


@pytest.mark.parametrize("attempt", [1, 2, 50, 10_000])
def test_a_transient_failure_is_never_given_up(attempt: int) -> None:
    decision = after_failure(SendError("451 later"), attempt, "key", NOW)
    assert isinstance(decision, Retry)
    assert NOW < decision.at <= NOW + LONGEST_PAUSE * 1.25


def test_a_permanent_refusal_is_given_up_for_this_address() -> None:
    assert after_failure(SendError("550 unknown", permanent=True), 1, "key", NOW) == GiveUp("550 unknown")


def test_the_pause_the_server_asked_for_is_kept() -> None:
    error = SendError("429", retry_after=timedelta(seconds=77))
    assert after_failure(error, 1, "key", NOW) == Retry(NOW + timedelta(seconds=77))


def test_a_server_that_keeps_asking_for_no_pause_still_gets_one() -> None:
    error = SendError("429", retry_after=timedelta(0))
    assert after_failure(error, 2, "key", NOW) == Retry(NOW + timedelta(seconds=30))


def test_a_moved_address_is_tried_at_once() -> None:
    assert after_failure(SendError("moved", moved_to="-1009"), 3, "key", NOW) == Retry(NOW, "-1009")
