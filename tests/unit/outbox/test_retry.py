"""The failure matrix as a table: what becomes of the message, of its channel, and who is told."""

from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pytest

from tracker.outbox.delivery import Failure, SendError
from tracker.outbox.retry import (
    LONGEST_CHANNEL_PAUSE,
    LONGEST_PAUSE,
    Decision,
    GiveUp,
    Retry,
    after_failure,
    backoff,
)

NOW = datetime(2025, 1, 24, 1, 0, tzinfo=UTC)
KEYS = [f"alert-{number}" for number in range(50)]
GIVEN_UP = "given up"
NEW = "-1009"
SPREAD = 1.25
NEVER = 10_000


class Row(NamedTuple):
    """What one failure leads to: pauses are the least ones in seconds, without their spread."""

    kind: Failure
    attempt: int
    in_a_row: int
    again_in: int | str
    channel_pause: int | None = None
    told: bool = False
    to: str | None = None
    error: dict[str, Any] = {}  # noqa: RUF012 - never changed


def asked(seconds: float, *, everybody: bool = False) -> dict[str, Any]:
    return {"retry_after": timedelta(seconds=seconds), "everybody": everybody}


MOVED = {"moved_to": NEW}
MATRIX = [
    # kind, attempt, failures in a row -> again in, channel pause, operator told
    Row(Failure.UNREACHABLE, 1, 1, 31, 30),
    Row(Failure.UNREACHABLE, 9, 1, 31, 30),
    Row(Failure.UNREACHABLE, 2, 2, 61, 60),
    Row(Failure.UNREACHABLE, 3, 3, 121, 120, told=True),
    Row(Failure.UNREACHABLE, 5, 5, 481, 480, told=True),
    Row(Failure.UNREACHABLE, 6, 6, 901, 900, told=True),
    Row(Failure.UNREACHABLE, NEVER, NEVER, 901, 900, told=True),
    Row(Failure.TLS, 1, 1, 31, 30, told=True),
    Row(Failure.TLS, 4, 4, 241, 240, told=True),
    Row(Failure.TLS, NEVER, NEVER, 901, 900, told=True),
    Row(Failure.SETUP, 1, 1, 30, told=True),
    Row(Failure.SETUP, 1, 2, 901, 900, told=True),
    Row(Failure.SETUP, NEVER, NEVER, 901, 900, told=True),
    Row(Failure.BUSY, 1, 1, 30),
    Row(Failure.BUSY, 4, 1, 240),
    Row(Failure.BUSY, 1, NEVER, 30),
    Row(Failure.BUSY, NEVER, 1, 3600),
    Row(Failure.FLOOD, 1, 1, 77, error=asked(77)),
    Row(Failure.FLOOD, 1, 1, 0, error=asked(0)),
    Row(Failure.FLOOD, 2, 2, 30, error=asked(0)),
    Row(Failure.FLOOD, 2, 2, 77, error=asked(77)),
    Row(Failure.FLOOD, 1, NEVER, 77, error=asked(77)),
    Row(Failure.FLOOD, 1, 1, 3600, error=asked(10**12)),
    Row(Failure.FLOOD, 3, 3, 120),
    Row(Failure.FLOOD, 1, 1, 78, 77, error=asked(77, everybody=True)),
    Row(Failure.FLOOD, 2, 2, 4, 3, error=asked(3, everybody=True)),
    Row(Failure.FLOOD, 9, 9, 2, 1, error=asked(0, everybody=True)),
    Row(Failure.FLOOD, 1, 1, 901, 900, told=True, error=asked(1000, everybody=True)),
    Row(Failure.FLOOD, 1, 1, 901, 900, told=True, error=asked(10**12, everybody=True)),
    Row(Failure.BROKEN_OFF, 1, 1, 30),
    Row(Failure.BROKEN_OFF, 2, 2, 60),
    Row(Failure.BROKEN_OFF, 1, 3, 31, 30),
    Row(Failure.BROKEN_OFF, 4, 4, 61, 60),
    Row(Failure.BROKEN_OFF, 6, 6, 241, 240, told=True),
    Row(Failure.BROKEN_OFF, NEVER, NEVER, 901, 900, told=True),
    Row(Failure.UNCLEAR, 1, 1, 30),
    Row(Failure.UNCLEAR, 4, 1, 240),
    Row(Failure.UNCLEAR, 2, 2, 60, 30),
    Row(Failure.UNCLEAR, 4, 4, 240, 120, told=True),
    Row(Failure.UNCLEAR, 1, NEVER, 901, 900, told=True),
    Row(Failure.UNCLEAR, NEVER, NEVER, 3600, 900, told=True),
    Row(Failure.ADDRESS, 1, 1, GIVEN_UP),
    Row(Failure.ADDRESS, NEVER, NEVER, GIVEN_UP),
    Row(Failure.MESSAGE, 1, 1, GIVEN_UP, told=True),
    Row(Failure.MESSAGE, 3, 3, GIVEN_UP, told=True),
    Row(Failure.MOVED, 1, 1, 0, to=NEW, error=MOVED),
    Row(Failure.MOVED, 1, NEVER, 0, to=NEW, error=MOVED),
    Row(Failure.MOVED, 2, 2, 60, to=NEW, error=MOVED),
    Row(Failure.MOVED, 3, 1, 120, to=NEW, error=MOVED),
    Row(Failure.MOVED, NEVER, 1, 3600, to=NEW, error=MOVED),
    Row(Failure.FAULT, 1, 1, 30, told=True),
    Row(Failure.FAULT, 4, NEVER, 240, told=True),
]


EVERY_ROW = pytest.mark.parametrize("row", MATRIX, ids=lambda row: f"{row.kind}-{row.attempt}-{row.in_a_row}")


def decided(row: Row, key: str = KEYS[0]) -> Decision:
    return after_failure(SendError("its answer", row.kind, **row.error), row.attempt, row.in_a_row, key, NOW)


def seconds_until(instant: datetime) -> float:
    return (instant - NOW).total_seconds()


@EVERY_ROW
def test_what_becomes_of_the_message(row: Row) -> None:
    for then in (decided(row, key).then for key in KEYS):
        if isinstance(row.again_in, str):
            assert then == GiveUp("its answer")
        else:
            assert isinstance(then, Retry)
            assert row.again_in <= seconds_until(then.at) <= row.again_in * SPREAD
            assert then.address == row.to


@EVERY_ROW
def test_how_long_the_channel_pauses(row: Row) -> None:
    for paused in (decided(row, key).paused_until for key in KEYS):
        if row.channel_pause is None:
            assert paused is None
        else:
            assert paused is not None
            assert row.channel_pause <= seconds_until(paused) <= row.channel_pause * SPREAD
            assert paused <= NOW + LONGEST_CHANNEL_PAUSE


@EVERY_ROW
def test_whether_the_operator_is_told(row: Row) -> None:
    assert decided(row).tell_operator is row.told


def test_every_kind_of_failure_has_a_row() -> None:
    assert {row.kind for row in MATRIX} == set(Failure)


@pytest.mark.parametrize("kind", [kind for kind in Failure if not SendError("", kind).permanent])
@pytest.mark.parametrize("number", [1, 2, 50, NEVER, 10**9])
def test_nothing_is_given_up_for_its_number(kind: Failure, number: int) -> None:
    then = decided(Row(kind, number, number, 0)).then

    assert isinstance(then, Retry)
    assert NOW < then.at <= NOW + LONGEST_PAUSE * SPREAD


@pytest.mark.parametrize("row", [row for row in MATRIX if row.channel_pause is not None])
def test_no_message_is_tried_while_its_channel_pauses(row: Row) -> None:
    decision = decided(row)

    assert isinstance(decision.then, Retry)
    assert decision.paused_until is not None
    assert decision.then.at >= decision.paused_until


@pytest.mark.parametrize(
    ("attempt", "least", "most"),
    [(1, 30, 37.5), (2, 60, 75), (3, 120, 150), (7, 1920, 2400), (8, 3600, 4500), (500, 3600, 4500)],
)
def test_pauses_double_up_to_an_hour_and_are_spread(attempt: int, least: float, most: float) -> None:
    pauses = [backoff(attempt, f"alert-{number}").total_seconds() for number in range(200)]

    assert least <= min(pauses) < max(pauses) <= most
    assert max(pauses) - min(pauses) > (most - least) * 0.9


def test_the_spread_is_the_same_every_time() -> None:
    # Written down, because it must not change from one run of the program to the next either.
    assert backoff(1, "alert-1").total_seconds() == pytest.approx(36.775703)
    assert backoff(2, "alert-1").total_seconds() == pytest.approx(60.408325)
