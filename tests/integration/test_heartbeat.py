"""The sign of life to a watchdog outside, against a real server on this machine."""

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from pydantic import SecretStr

from tests.support.houses import MONDAY, Home, Homes, Recorder
from tests.support.smtp import free_port
from tracker import flow, worker
from tracker.base.errors import DatabaseError
from tracker.heartbeat import EVERY, Heartbeat
from tracker.reminders.recipients import FILE

PATH = "/ping/rahasia-5a1b"


@dataclass
class Watchdog:
    """Answers pings, and remembers them."""

    port: int = 0
    status: str = "200 OK"
    hangs: bool = False
    pings: list[str] = field(default_factory=list)
    pinged: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def url(self) -> SecretStr:
        return SecretStr(f"http://127.0.0.1:{self.port}{PATH}")

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while request := (await reader.readuntil(b"\r\n\r\n")).decode():
                self.pings.append(request.partition("\r\n")[0])
                self.pinged.set()
                if self.hangs:
                    await reader.read()
                    break
                writer.write(f"HTTP/1.1 {self.status}\r\nContent-Length: 2\r\n\r\nok".encode())
        writer.close()


@pytest.fixture
async def watchdog() -> AsyncIterator[Watchdog]:
    dog = Watchdog()
    server = await asyncio.start_server(dog.answer, "127.0.0.1", 0)
    dog.port = server.sockets[0].getsockname()[1]
    yield dog
    server.close()


async def beat(heart: Heartbeat, now: datetime) -> None:
    """Beat, and wait for the answer."""
    heart.beat(now)
    if heart._pinging is not None:
        await asyncio.wait([heart._pinging])


async def test_one_ping_is_one_get(watchdog: Watchdog) -> None:
    heart = Heartbeat(watchdog.url)

    await beat(heart, MONDAY)
    await heart.close()

    assert watchdog.pings == [f"GET {PATH} HTTP/1.1"]


async def test_at_most_one_in_a_while(watchdog: Watchdog) -> None:
    heart = Heartbeat(watchdog.url)
    for minutes in (0, 1, 4, 5, 6, 9, 10):
        await beat(heart, MONDAY + timedelta(minutes=minutes))
    await heart.close()

    assert len(watchdog.pings) == 3
    assert timedelta(minutes=5) == EVERY


async def test_nothing_is_pinged_where_nothing_is_configured() -> None:
    heart = Heartbeat(None)

    heart.beat(MONDAY)
    assert heart._pinging is None
    await heart.close()


async def test_an_outage_is_said_once_and_never_the_address(
    watchdog: Watchdog, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    heart = Heartbeat(watchdog.url)
    statuses = ["200 OK", "503 Gone", "500 Worse", "302 Found", "200 OK", "200 OK", "404 Not Found"]
    for number, status in enumerate(statuses):
        watchdog.status = status
        await beat(heart, MONDAY + number * EVERY)
    await heart.close()

    said = "".join(capsys.readouterr())
    assert len(watchdog.pings) == len(statuses)
    assert said.count("cannot be pinged") == 2
    assert said.count("pinged again") == 1
    assert "it answers 503" in said
    assert "rahasia" not in said


@pytest.mark.parametrize("url", ["http://127.0.0.1:{port}", "http://[::1", "https://127.0.0.1:{port}"])
async def test_a_watchdog_that_is_not_there(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    heart = Heartbeat(SecretStr(url.format(port=free_port()) + PATH))
    for number in range(3):
        await beat(heart, MONDAY + number * EVERY)
    await heart.close()

    said = "".join(capsys.readouterr())
    assert said.count("cannot be pinged") == 1
    assert "rahasia" not in said


async def test_a_watchdog_that_says_nothing_is_left(
    watchdog: Watchdog, capsys: pytest.CaptureFixture[str]
) -> None:
    watchdog.hangs = True
    heart = Heartbeat(watchdog.url, timeout=0.05)

    await beat(heart, MONDAY)
    await heart.close()

    assert "no answer in time" in "".join(capsys.readouterr())


async def test_beating_waits_for_nothing_and_closing_breaks_off(watchdog: Watchdog) -> None:
    watchdog.hangs = True
    heart = Heartbeat(watchdog.url)

    heart.beat(MONDAY)
    heart.beat(MONDAY + EVERY)  # one at a time
    async with asyncio.timeout(20):
        await watchdog.pinged.wait()
        await heart.close()

    assert len(watchdog.pings) == 1


async def turn_until(home: Home, seen: Callable[[], bool]) -> None:
    """Run a worker until something is seen."""
    running = worker.Worker(home.house, {FILE: Recorder()})
    turning = asyncio.create_task(running.run())
    async with asyncio.timeout(30):
        while not seen():  # noqa: ASYNC110 - what is seen comes from threads
            await asyncio.sleep(0.01)
    running.stop()
    await turning


async def test_a_worker_that_turns_pings(homes: Homes, watchdog: Watchdog) -> None:
    home = homes.build(ping_url=watchdog.url, morning="off")

    await turn_until(home, lambda: bool(watchdog.pings))

    assert len(watchdog.pings) == 1


async def test_a_worker_whose_turns_fail_pings_nobody(
    homes: Homes, watchdog: Watchdog, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = homes.build(ping_url=watchdog.url, morning="off", sweep_seconds=0.01)
    turns = threading.Semaphore(0)

    def away(*_: object) -> None:
        turns.release()
        raise DatabaseError("gone")

    monkeypatch.setattr(flow, "next_wake", away)

    await turn_until(
        home,
        lambda: turns._value >= 3,
    )

    assert watchdog.pings == []
