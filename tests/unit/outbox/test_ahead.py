"""A claim beside what is being sent: taken once, and never lost."""

import asyncio

import pytest

from tests.unit.outbox.test_lane import alert
from tracker.outbox.ahead import Ahead
from tracker.outbox.claiming import Taken

TAKEN = Taken([alert("a")], 1)


async def claim(begun: asyncio.Event) -> Taken:
    await begun.wait()
    return TAKEN


async def fail() -> Taken:
    raise ConnectionError


async def test_a_claim_rings_when_it_is_done_and_is_taken_once() -> None:
    news, goes_on = asyncio.Event(), asyncio.Event()
    ahead = Ahead(news)
    ahead.begin(claim(goes_on), 5)
    await asyncio.sleep(0)
    assert ahead.is_under_way
    assert ahead.take() is None

    goes_on.set()
    async with asyncio.timeout(5):
        await news.wait()

    assert ahead.take() == TAKEN
    assert not ahead.is_under_way
    assert ahead.take() is None
    assert await ahead.left_over() == []


async def test_what_nobody_wants_any_more_is_given_to_go_back() -> None:
    ahead, goes_on = Ahead(asyncio.Event()), asyncio.Event()
    ahead.begin(claim(goes_on), 5)
    goes_on.set()

    assert await ahead.left_over() == TAKEN.messages


async def test_a_claim_that_failed_says_so_to_whoever_takes_it() -> None:
    news = asyncio.Event()
    ahead = Ahead(news)
    ahead.begin(fail(), 5)
    await news.wait()
    with pytest.raises(ConnectionError):
        ahead.take()

    ahead.begin(fail(), 5)
    assert await ahead.left_over() == []
