"""Telling a program over HTTPS: a server that misbehaves, and addresses that must not be reached."""

import json
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.support.hooked import DROP, HANG, Listener, listener
from tracker.channels.webhook.reaching import is_open
from tracker.channels.webhook.send import PATIENCE, WebhookChannel
from tracker.channels.webhook.signature import is_ours, secret_of
from tracker.outbox.content import HookContent
from tracker.outbox.delivery import Accepted, Delivery, Failure, SendError

KEY = "k" * 40
NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)


def delivery(url: str, at: datetime = NOON) -> Delivery:
    content = HookContent(
        language="en",
        timezone="Asia/Jakarta",
        agreement="",
        agreement_title="",
        point="webhook",
        recipient="x",
        headline="deadline.moved",
        lead=(),
        items=(),
        webhook="w1",
        name="evt_1",
        url=url,
        payload='{"id":"evt_1","é":1}',
        made_at=NOON,
    )
    return Delivery("k", "webhook", "https://x:443#w1", "<m@x>", "<t@x>", content, at)


@pytest.fixture
def client_tls(certificate: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(certificate.with_suffix(".crt")))


async def attempt(channel: WebhookChannel, server: Listener, at: datetime = NOON) -> Accepted | SendError:
    try:
        return await channel.send(delivery(server.url, at))
    except SendError as error:
        return error
    finally:
        await channel.close()


async def test_what_is_told_is_signed(server_tls: ssl.SSLContext, client_tls: ssl.SSLContext) -> None:
    channel = WebhookChannel(KEY, inner=True, tls=client_tls)
    async with listener(server_tls) as server:
        assert await attempt(channel, server) == Accepted("HTTP 204")
    (told,) = server.told
    assert told.line == "POST /hook?a=1 HTTP/1.1"
    assert (told.headers["host"], told.headers["webhook-id"]) == (f"127.0.0.1:{server.port}", "evt_1")
    assert json.loads(told.body) == {"id": "evt_1", "é": 1}
    secret = secret_of(KEY, "w1")
    assert is_ours(secret, told.headers, told.body, NOON)
    assert not is_ours(secret, told.headers, told.body + b" ", NOON)
    assert not is_ours(secret_of(KEY, "w2"), told.headers, told.body, NOON)
    assert not is_ours(secret, told.headers, told.body, NOON + timedelta(minutes=6))
    assert not is_ours(secret, {**told.headers, "webhook-timestamp": "x"}, told.body, NOON)


@pytest.mark.parametrize(
    ("answer", "kind", "pause"),
    [
        ("HTTP/1.1 500 x\r\ncontent-length: 0\r\n\r\n", Failure.BUSY, None),
        ("HTTP/1.1 302 x\r\nlocation: https://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n", Failure.BUSY, None),
        ("HTTP/1.1 401 x\r\ncontent-length: 0\r\n\r\n", Failure.BUSY, None),
        ("HTTP/1.1 429 x\r\nretry-after: 600\r\ncontent-length: 0\r\n\r\n", Failure.BUSY, 600),
        ("HTTP/1.1 503 x\r\nretry-after: 999999\r\ncontent-length: 0\r\n\r\n", Failure.BUSY, 3600),
        ("HTTP/1.1 503 x\r\nretry-after: soon\r\ncontent-length: 0\r\n\r\n", Failure.BUSY, None),
        ("HTTP/1.1 410 Gone\r\ncontent-length: 0\r\n\r\n", Failure.ADDRESS, None),
        ("nonsense\r\n\r\n", Failure.BUSY, None),
        (DROP, Failure.BUSY, None),
        (HANG, Failure.BUSY, None),
    ],
)
async def test_a_server_that_misbehaves_waits_by_itself(
    server_tls: ssl.SSLContext,
    client_tls: ssl.SSLContext,
    answer: str,
    kind: Failure,
    pause: int | None,
) -> None:
    channel = WebhookChannel(KEY, inner=True, tls=client_tls, seconds=0.2)
    async with listener(server_tls) as server:
        server.answers = [answer]
        error = await attempt(channel, server)
        assert isinstance(error, SendError)
        assert error.kind is kind
        assert not error.everybody
        if kind is Failure.BUSY:
            assert error.retry_after is not None
            least = timedelta(seconds=pause or 30)
            assert least <= error.retry_after <= least * 5 / 4
        assert len(server.told) == 1
        if kind is Failure.BUSY:
            server.answers = [answer]
            late = await attempt(channel, server, NOON + PATIENCE + timedelta(seconds=1))
            assert isinstance(late, SendError)
            assert late.kind is Failure.MESSAGE


async def test_an_endless_answer_is_not_read(server_tls: ssl.SSLContext, client_tls: ssl.SSLContext) -> None:
    channel = WebhookChannel(KEY, inner=True, tls=client_tls)
    async with listener(server_tls) as server:
        server.answers = ["HTTP/1.1 200 x\r\ncontent-length: 99999999\r\n\r\n" + "x" * 50_000]
        assert await attempt(channel, server) == Accepted("HTTP 200")


async def test_nobody_is_reached_behind_us(server_tls: ssl.SSLContext, client_tls: ssl.SSLContext) -> None:
    async with listener(server_tls) as server:
        for host in ("127.0.0.1", "localhost", "0.0.0.0", "2130706433", "[::1]"):  # noqa: S104
            channel = WebhookChannel(KEY, tls=client_tls)
            server_url = server.url.replace("127.0.0.1", host)
            with pytest.raises(SendError) as raised:
                await channel.send(delivery(server_url))
            assert raised.value.kind in (Failure.ADDRESS, Failure.BUSY)
            await channel.close()
        assert server.told == []
        unknown = WebhookChannel(KEY, inner=True)  # trusts the usual authorities only
        with pytest.raises(SendError, match="CERTIFICATE"):
            await unknown.send(delivery(server.url))
        await unknown.close()
        assert server.told == []


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1::1", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),  # noqa: S104
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:93.184.216.34", True),
        ("2002:7f00:1::", False),
        ("64:ff9b::7f00:1", False),
    ],
)
def test_addresses_of_the_open_internet(address: str, *, expected: bool) -> None:
    assert is_open(address) is expected
