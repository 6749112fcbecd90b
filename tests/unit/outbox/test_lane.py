"""What a channel makes of how its messages fare."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from tests.support.houses import Recorder
from tracker.outbox.delivery import Accepted, Failure, SendError
from tracker.outbox.lane import TOGETHER, Lane, Outcome
from tracker.outbox.retry import Retry, backoff
from tracker.outbox.service import Claimed

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
MOST = 20


def alert(key: str, attempts: int = 1) -> Claimed:
    return Claimed(key, None, None, "kesatu:officer", "file", "a", "{}", "<a@b>", "<c@b>", attempts, False, 0)


def paused() -> Lane:
    """Give a lane whose server went away a moment ago."""
    lane = Lane(Recorder(), MOST)
    lane.went_wrong(alert("first"), SendError("refused", Failure.UNREACHABLE), NOW)
    assert lane.is_paused(NOW)
    return lane


def test_a_success_that_was_under_way_ends_no_pause() -> None:
    lane = paused()
    until = lane.paused_until
    assert until is not None

    lane.went_well(NOW)

    assert lane.is_paused(NOW)
    assert lane.room(until) == 1  # one message finds out
    lane.went_well(until)
    assert lane.room(until) == MOST


def test_failures_that_were_under_way_are_one_outage() -> None:
    lane = paused()
    until = lane.paused_until

    decisions = [
        lane.went_wrong(alert(f"more-{number}"), SendError("refused", Failure.UNREACHABLE), NOW)
        for number in range(5)
    ]

    assert lane.paused_until == until
    assert not any(each.tell_operator or each.paused_until for each in decisions)


def test_what_may_have_arrived_keeps_its_own_longer_pause() -> None:
    lane = paused()

    decision = lane.went_wrong(alert("other", 9), SendError("silence", Failure.UNCLEAR), NOW)

    assert decision.then == Retry(NOW + backoff(9, "other"))


@pytest.mark.parametrize("kind", [Failure.BUSY, Failure.FLOOD])
def test_a_refusal_for_now_says_nothing_of_the_channel(kind: Failure) -> None:
    lane = Lane(Recorder(), MOST)
    for number in range(20):
        decision = lane.went_wrong(alert(f"{number}"), SendError("later", kind), NOW)
        assert not decision.tell_operator
    assert lane.room(NOW) == MOST


@pytest.mark.parametrize("kind", [Failure.ADDRESS, Failure.MESSAGE, Failure.MOVED])
def test_a_proper_answer_ends_a_row_of_failures(kind: Failure) -> None:
    lane = Lane(Recorder(), MOST)
    for _ in range(10):
        for _ in range(2):
            lane.went_wrong(alert("a"), SendError("broken", Failure.BROKEN_OFF), NOW)
        lane.went_wrong(alert("b"), SendError("no", kind, moved_to="c"), NOW + timedelta(hours=1))
    assert not lane.is_paused(NOW)


async def sending(lane: Lane, count: int) -> list[Claimed]:
    """Let a lane send some alerts."""
    await lane.add([alert(f"{number}") for number in range(count)], NOW)
    lane.open()
    return [found for _ in range(count) if (found := await lane.next()) is not None]


def ended(of: Claimed) -> Outcome:
    return Outcome(of, Accepted("250"))


async def test_outcomes_are_written_together_but_none_waits_long() -> None:
    lane = Lane(Recorder(), MOST)
    one, two, *others = await sending(lane, 2 * Recorder().at_once)

    lane.end(ended(one))
    lane.end(ended(two))
    assert not lane.news.is_set()
    async with asyncio.timeout(5):
        await lane.news.wait()  # nothing else ends, and yet they are written

    await lane.written(lane.take_outcomes())
    for number, other in enumerate(others, start=1):
        lane.end(ended(other))
        assert lane.news.is_set() is (number >= lane.channel.at_once)


async def test_the_last_outcome_waits_for_nobody() -> None:
    lane = Lane(Recorder(), MOST)
    (only,) = await sending(lane, 1)

    lane.end(ended(only))

    assert lane.news.is_set()


async def test_an_alarm_ends_with_the_outcomes_it_was_for() -> None:
    lane = Lane(Recorder(), MOST)
    one, two, *_ = await sending(lane, 2 * Recorder().at_once)

    lane.end(ended(one))
    await lane.written(lane.take_outcomes())
    await asyncio.sleep(2 * TOGETHER)
    assert not lane.news.is_set()

    lane.end(ended(two))
    async with asyncio.timeout(5):
        await lane.news.wait()
