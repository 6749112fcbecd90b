"""Telegram's pace through the dispatcher: a chat that must wait holds up no other chat."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from tests.support.botapi import TOKEN, BotApi, bot_api
from tests.support.botapi import Failure as Refusal
from tests.support.houses import MONDAY, Home, Homes
from tests.support.looptime import LoopClock, run_fast
from tests.support.outbox import NothingFollows, alert_rows, put
from tracker import flow
from tracker.base.clock import SystemClock
from tracker.channels.telegram.limits import LIMITS, limits_of
from tracker.channels.telegram.send import TelegramChannel
from tracker.outbox.delivery import Accepted, Channel, Delivery, Failure, SendError
from tracker.outbox.dispatch import Dispatcher, Offload, inline
from tracker.outbox.pace import Limit, Limits, Pace
from tracker.outbox.tables import AlertRow, AttemptRow
from tracker.reminders.recipients import TELEGRAM

LEASE = timedelta(seconds=300)
PERSON, GROUP = "1000", "-1000"


@dataclass
class Chats:
    """Takes everything, and notes when (in seconds of the loop) it was sent to whom."""

    name: str = TELEGRAM
    at_once: int = 8
    pace: Pace | None = field(default_factory=lambda: Pace(LIMITS))
    sent: list[tuple[float, str]] = field(default_factory=list)
    floods: dict[str, float] = field(default_factory=dict)
    """Chat -> for how many seconds it is told to wait, once."""

    async def send(self, delivery: Delivery) -> Accepted:
        loop = asyncio.get_running_loop()
        pause = self.floods.pop(delivery.address, None)
        if pause is not None:
            raise SendError("429", Failure.FLOOD, retry_after=timedelta(seconds=pause))
        self.sent.append((loop.time(), delivery.address))
        await asyncio.sleep(0)
        return Accepted("ok")

    async def close(self) -> None:
        """Hold nothing."""

    def instants(self) -> Mapping[str, list[float]]:
        found = defaultdict(list)
        for at, address in self.sent:
            found[address].append(at)
        return found


def dispatcher(
    home: Home,
    clock: Any,
    channel: Channel,
    *,
    offload: Offload = inline,
    lease: timedelta = LEASE,
    worker: str = "one",
) -> Dispatcher:
    return Dispatcher(
        home.db,
        clock,
        {TELEGRAM: channel},
        NothingFollows(),
        lambda *_: None,
        worker=worker,
        lease=lease,
        batch=50,
        offload=offload,
    )


def fill(home: Home, addresses: Iterable[str], now: Any = MONDAY) -> int:
    """Make one alert due for each address, in this order."""
    chats = list(addresses)
    rows = alert_rows("pace", len(chats), now)
    for number, (row, address) in enumerate(zip(rows, chats, strict=True)):
        at = now - timedelta(milliseconds=len(chats) - number)
        row |= {"channel": TELEGRAM, "address": address, "next_try_at": at}
    put(home.db, rows)
    return len(chats)


async def drain(home: Home, one: Dispatcher) -> None:
    """Turn until nothing is left, as a worker does: asleep until the next due instant."""
    loop, clock = asyncio.get_running_loop(), LoopClock(MONDAY)
    while (due := flow.next_wake(home.db, one.paused)) is not None:
        await asyncio.sleep(max(0.0, (due - clock.now()).total_seconds()))
        await one.run_due()
        assert loop.time() < 3600


def send_all(home: Home, channel: Chats, **options: Any) -> None:
    clock = LoopClock(MONDAY)

    async def run() -> None:
        await drain(home, dispatcher(home, clock, channel, **options))

    run_fast(run())


def all_accepted(home: Home) -> bool:
    return {row.state for row in home.rows(AlertRow)} == {"accepted"}


def seconds(instants: Iterable[float]) -> list[float]:
    return [round(at, 3) for at in instants]


def test_thirty_a_second_to_different_chats(home: Home) -> None:
    fill(home, map(str, range(120)))
    channel = Chats()

    send_all(home, channel)

    assert seconds(at for at, _ in channel.sent) == [second for second in (0, 1, 2, 3) for _ in range(30)]
    assert all_accepted(home)


def test_one_chat_with_many_messages_holds_up_no_other(home: Home) -> None:
    others = [str(chat) for chat in range(60)]
    fill(home, [PERSON] * 60 + others)
    channel = Chats()

    send_all(home, channel)

    instants = channel.instants()
    assert max(at for other in others for at in instants[other]) < 3
    spaces = [later - earlier for earlier, later in zip(instants[PERSON], instants[PERSON][1:], strict=False)]
    assert min(spaces) > 0.999
    assert len(instants[PERSON]) == 60
    assert instants[PERSON][-1] < 62
    assert all_accepted(home)
    assert {row.number for row in home.rows(AttemptRow)} == {1}  # what went back was not tried


def test_a_group_gets_twenty_a_minute(home: Home) -> None:
    fill(home, [GROUP] * 45)
    channel = Chats()

    send_all(home, channel)

    instants = channel.instants()[GROUP]
    assert all(later - earlier > 59.99 for earlier, later in zip(instants, instants[20:], strict=False))
    assert len(instants) == 45
    assert instants[-1] < 45 * 3 + 3


def test_a_chat_that_is_told_to_wait_holds_up_no_other(home: Home) -> None:
    others = [str(chat) for chat in range(30)]
    fill(home, [PERSON] * 5 + others)
    channel = Chats(floods={PERSON: 40.0})

    send_all(home, channel)

    instants = channel.instants()
    assert max(at for other in others for at in instants[other]) < 2
    assert len(instants[PERSON]) == 5
    assert 40 <= instants[PERSON][0] < 41
    assert instants[PERSON][-1] < 46
    assert all_accepted(home)
    # The one that met the flood was tried twice, nothing else was.
    assert sorted(row.number for row in home.rows(AttemptRow))[-2:] == [1, 2]


def test_a_chat_on_hold_is_not_written_to_by_what_comes_later(home: Home) -> None:
    fill(home, [PERSON])
    channel = Chats(floods={PERSON: 40.0})

    async def run() -> None:
        one = dispatcher(home, LoopClock(MONDAY), channel)
        await one.run_due()
        await asyncio.sleep(10)
        row = alert_rows("new", 1, LoopClock(MONDAY).now())[0]
        put(home.db, [row | {"channel": TELEGRAM, "address": PERSON}])
        await drain(home, one)

    run_fast(run())

    assert seconds(channel.instants()[PERSON]) == [40.0, 41.0]


def test_leases_are_renewed_while_messages_wait_for_their_pace(home: Home) -> None:
    fill(home, map(str, range(5)))
    slow = Limits(Limit(1, 10.0), LIMITS.of, patience=100.0)
    channel = Chats(pace=Pace(slow))
    lease = timedelta(seconds=3)

    async def run() -> None:
        clock, elsewhere = LoopClock(MONDAY), Chats()
        two = dispatcher(home, clock, elsewhere, lease=lease, worker="two")
        draining = asyncio.create_task(dispatcher(home, clock, channel, lease=lease).run_due())
        await asyncio.sleep(0.1)
        while not draining.done():
            assert await two.run_due() == 0
            await asyncio.sleep(0.5)
        assert elsewhere.sent == []

    run_fast(run())

    assert seconds(at for at, _ in channel.sent) == [0, 10, 20, 30, 40]
    assert all_accepted(home)
    assert {row.worker for row in home.rows(AttemptRow)} == {"one"}


def test_a_turn_ends_although_more_is_due(home: Home) -> None:
    count = fill(home, map(str, range(400)))
    channel = Chats()

    async def run() -> tuple[int, float]:
        claimed = await dispatcher(home, LoopClock(MONDAY), channel).run_due()
        return claimed, asyncio.get_running_loop().time()

    claimed, took = run_fast(run())

    assert claimed < count
    assert 5 <= took < 8  # so that what is new on other channels is taken up


def test_a_chat_that_takes_long_takes_up_one_sender(home: Home) -> None:
    fill(home, [PERSON] * 2 + [str(chat) for chat in range(60)])

    class Slow(Chats):
        async def send(self, delivery: Delivery) -> Accepted:
            if delivery.address == PERSON:
                await asyncio.sleep(20)
            return await super().send(delivery)

    channel = Slow(at_once=2)
    send_all(home, channel)

    instants = channel.instants()
    assert max(at for chat, ats in instants.items() if chat != PERSON for at in ats) < 3
    assert seconds(instants[PERSON]) == [20.0, 40.0]


def test_a_stop_gives_back_what_waits_for_its_pace(home: Home) -> None:
    fill(home, [PERSON] * 2 + [str(chat) for chat in range(40)])
    channel = Chats()

    async def run() -> float:
        one = dispatcher(home, LoopClock(MONDAY), channel)
        draining = asyncio.create_task(one.run_due())
        await asyncio.sleep(0.5)
        one.stop()
        await draining
        return asyncio.get_running_loop().time()

    assert run_fast(run()) <= 1.1
    waiting = [row for row in home.rows(AlertRow) if row.state == "pending"]
    assert len(waiting) == 12
    assert {(row.attempts, row.lease_holder) for row in waiting} == {(0, None)}


def test_without_a_pace_everything_goes_at_once(home: Home) -> None:
    fill(home, [PERSON] * 60)
    channel = Chats(pace=None)

    send_all(home, channel)

    assert {at for at, _ in channel.sent} == {0.0}


# Against a server, with limits a hundred times as fast


@pytest.fixture(scope="module")
def running() -> Iterator[BotApi]:
    with bot_api() as api:
        yield api


@pytest.fixture
def api(running: BotApi) -> BotApi:
    running.reset()
    return running


def quick(factor: float = 20.0) -> Limits:
    def faster(limit: Limit) -> Limit:
        return replace(limit, seconds=limit.seconds / factor)

    return Limits(
        faster(LIMITS.overall),
        lambda chat: tuple(map(faster, limits_of(chat))),
        LIMITS.patience / factor,
    )


async def drain_really(homes: Homes, api: BotApi, addresses: list[str]) -> Home:
    clock = SystemClock()
    home = homes.build(clock.now())
    fill(home, addresses, clock.now())
    channel = TelegramChannel(TOKEN, api.base_url, limits=quick())
    one = dispatcher(home, clock, channel, offload=asyncio.to_thread)
    async with asyncio.timeout(30):
        while (due := flow.next_wake(home.db, one.paused)) is not None:
            await asyncio.sleep(max(0.0, (due - clock.now()).total_seconds()))
            await one.run_due()
    await one.close()
    return home


async def test_a_server_is_given_everything(homes: Homes, api: BotApi) -> None:
    home = await drain_really(homes, api, [str(chat) for chat in range(120)])

    assert sorted(int(message["chat_id"]) for message in api.messages) == list(range(120))
    assert all_accepted(home)


async def test_a_server_gets_the_others_before_the_many(homes: Homes, api: BotApi) -> None:
    others = [str(chat) for chat in range(60)]
    home = await drain_really(homes, api, [PERSON] * 60 + others)

    order = [message["chat_id"] for message in api.messages]
    last_other = max(place for place, chat in enumerate(order) if chat != PERSON)
    assert order.count(PERSON) == 60
    assert order[: last_other + 1].count(PERSON) < 30
    assert all_accepted(home)


async def test_a_server_that_floods_one_chat(homes: Homes, api: BotApi) -> None:
    api.fail_chats[PERSON] = Refusal(429, "Too Many Requests: retry after 1", {"retry_after": 1})
    clock = SystemClock()
    home = homes.build(clock.now())
    fill(home, [PERSON] * 10 + [str(chat) for chat in range(30)], clock.now())
    one = dispatcher(
        home, clock, TelegramChannel(TOKEN, api.base_url, limits=quick()), offload=asyncio.to_thread
    )

    await one.run_due()
    await one.close()

    assert len(api.messages) == 30
    assert api.calls.count("sendMessage") == 31  # nobody else is sent to the chat that must wait
    pending = [row for row in home.rows(AlertRow) if row.state == "pending"]
    assert sorted(row.attempts for row in pending) == [0] * 9 + [1]
    assert one.paused == {}
