"""Work that is done together."""

import asyncio
from collections.abc import Sequence

import pytest

from tracker.bot.together import Together


@pytest.mark.parametrize(
    ("most", "expected"), [(1000, [[0, 1, 2, 3], [4, 5, 6]]), (3, [[0, 1, 2], [3, 4, 5], [6]])]
)
async def test_what_comes_meanwhile_is_done_next_in_one_go(most: int, expected: list[list[int]]) -> None:
    parts: list[list[int]] = []
    go_on = asyncio.Event()

    async def work(part: Sequence[int]) -> Sequence[int]:
        parts.append(list(part))
        await go_on.wait()
        return [number * 10 for number in part]

    together = Together(work, most=most)
    tasks = [asyncio.create_task(together.ask(number)) for number in range(4)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    tasks += [asyncio.create_task(together.ask(number)) for number in range(4, 7)]
    await asyncio.sleep(0)
    assert not any(task.done() for task in tasks)
    go_on.set()
    assert await asyncio.gather(*tasks) == [number * 10 for number in range(7)]
    assert parts == expected
    assert await together.ask(7) == 70
    assert parts[-1] == [7]


async def test_several_parts_at_once() -> None:
    under_way = most = 0

    async def work(part: Sequence[int]) -> Sequence[int]:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0)
        under_way -= 1
        return part

    together = Together(work, most=1, at_once=2)
    assert await asyncio.gather(*(together.ask(number) for number in range(9))) == list(range(9))
    assert most == 2


async def test_who_waits_hears_what_hindered_it_and_the_next_part_goes_on() -> None:
    async def work(part: Sequence[int]) -> Sequence[int]:
        await asyncio.sleep(0)
        if 1 in part:
            raise ZeroDivisionError
        return part

    together = Together(work)
    found = await asyncio.gather(*(together.ask(number) for number in (0, 1)), return_exceptions=True)
    assert [type(each) for each in found] == [ZeroDivisionError] * 2
    assert await together.ask(2) == 2
    with pytest.raises(ZeroDivisionError):
        await together.ask(1)


async def test_who_asks_just_when_the_last_part_is_done_is_not_forgotten() -> None:
    async def work(part: Sequence[int]) -> Sequence[int]:
        await asyncio.sleep(0)
        return part

    together = Together(work)
    loop = asyncio.get_running_loop()
    asked: list[asyncio.Task[int]] = []

    def ask(number: int) -> None:
        asked.append(loop.create_task(together.ask(number)))

    async def ask_again() -> None:
        for number in range(1, 4):
            loop.call_soon(ask, number)
            await asyncio.sleep(0)

    async with asyncio.timeout(5):
        for start in range(20):
            first = loop.create_task(together.ask(0))
            for _ in range(start % 5):
                await asyncio.sleep(0)
            await ask_again()
            await first
        await asyncio.gather(*asked)
    assert len(asked) == 60
