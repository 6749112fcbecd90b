"""The bot's own way over HTTP: connections are kept, shared by nobody, and told apart when they are gone."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from telegram.error import NetworkError, TimedOut
from telegram.request import HTTPXRequest, RequestData

from tracker.bot.spread import Spread
from tracker.bot.wire import Wire

TOKEN = "123:secret"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ntrue"
CLOSING = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\ntrue"
CHUNKED = (
    b"HTTP/1.1 429 Too Many Requests\r\nTransfer-Encoding: chunked\r\n\r\n2\r\ntr\r\n2\r\nue\r\n0\r\n\r\n"
)
HALF = b"HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\ntrue"
DATA = RequestData([])


class Server:
    """Answers each request as told; `connections` counts who came."""

    def __init__(self, answer: bytes) -> None:
        self.answer = answer
        self.connections = 0
        self.requests: list[bytes] = []
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                self.requests.append(head + await reader.readexactly(2))  # the body is {}
                await asyncio.sleep(0)
                writer.write(self.answer)
                if self.answer not in (OK, CHUNKED):
                    break
        except asyncio.IncompleteReadError:
            pass
        finally:
            writer.close()


@asynccontextmanager
async def served(answer: bytes = OK) -> AsyncIterator[Any]:
    server = Server(answer)
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    server.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/bot{TOKEN}/getMe"
    wire = Wire(4, 20)
    try:
        yield server, lambda **more: wire.do_request(server.url, "POST", DATA, **more)
    finally:
        await wire.shutdown()
        listening.close()


async def test_a_connection_is_kept_and_used_again() -> None:
    async with served() as (server, ask):
        assert [await ask() for _ in range(3)] == [(200, b"true")] * 3
        assert server.connections == 1
        assert b"Content-Type: application/json" in server.requests[0]
        assert len(await asyncio.gather(*(ask() for _ in range(20)))) == 20
        assert server.connections == 4


@pytest.mark.parametrize(("answer", "status"), [(CLOSING, 200), (CHUNKED, 429)])
async def test_what_servers_answer(answer: bytes, status: int) -> None:
    async with served(answer) as (server, ask):
        assert [await ask(), await ask()] == [(status, b"true")] * 2
        assert server.connections == (2 if answer == CLOSING else 1)


@pytest.mark.parametrize("answer", [HALF, b"", b"no HTTP at all\r\n\r\n"])
async def test_a_connection_that_breaks_off_tells_nothing_of_the_token(answer: bytes) -> None:
    async with served(answer) as (_, ask):
        with pytest.raises(NetworkError) as found:
            await ask()
        assert TOKEN not in str(found.value)
        assert found.value.__cause__ is None


async def test_a_silent_server_is_not_waited_for_without_end() -> None:
    async def never(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    listening = await asyncio.start_server(never, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/bot{TOKEN}/getMe"
    wire = Wire(1, 20)
    with pytest.raises(TimedOut):
        await wire.do_request(url, "POST", DATA, read_timeout=0.01)
    listening.close()
    with pytest.raises(NetworkError, match="ConnectionRefusedError"):
        await wire.do_request(url, "POST", DATA)
    await wire.shutdown()


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, False),
        ({"http_proxy": "http://proxy.test:3128"}, True),
        ({"all_proxy": "http://proxy.test:3128"}, True),
        ({"http_proxy": "http://proxy.test:3128", "no_proxy": "127.0.0.1"}, False),
    ],
)
async def test_a_proxy_is_the_librarys_business(
    monkeypatch: pytest.MonkeyPatch,
    environment: dict[str, str],
    expected: bool,  # noqa: FBT001
) -> None:
    asked = []

    async def by_library(*_: Any, **__: Any) -> tuple[int, bytes]:
        await asyncio.sleep(0)
        asked.append(1)
        return 200, b"true"

    monkeypatch.setattr(Spread, "do_request", by_library)
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    async with served() as (_, ask):
        assert await ask() == (200, b"true")
    assert bool(asked) is expected


async def test_the_librarys_clients_are_used_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    under_way: set[HTTPXRequest] = set()
    most = 0

    async def do(client: HTTPXRequest, *_: Any, **__: Any) -> tuple[int, bytes]:
        nonlocal most
        assert client not in under_way, "nobody else uses it meanwhile"
        under_way.add(client)
        most = max(most, len(under_way))
        await asyncio.sleep(0)
        under_way.remove(client)
        return 200, b"true"

    monkeypatch.setattr(HTTPXRequest, "do_request", do)
    spread = Spread(3, 20)
    calls: list[Callable[[], Any]] = [lambda: spread.do_request("http://x", "POST")] * 10
    await asyncio.gather(*(call() for call in calls))
    assert most == 3
    await spread.shutdown()
    await spread.initialize()
    await spread.shutdown()
