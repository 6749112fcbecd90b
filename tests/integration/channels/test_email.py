import asyncio
import logging
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.support.content import alert_content, delivery, numbered
from tests.support.smtp import (
    SENDER,
    SmtpStandIn,
    Stage,
    scripted_server,
    settings,
    smtp_server,
)
from tracker.base.errors import SettingsError
from tracker.channels.email.render import message
from tracker.channels.email.send import EmailChannel
from tracker.outbox.delivery import Accepted, Channel, Delivery, Failure, SendError

PASSWORD = "rahasia-sekali-42"


@pytest.fixture
def server() -> Iterator[SmtpStandIn]:
    with smtp_server() as running:
        yield running


@asynccontextmanager
async def open_channel(
    server: SmtpStandIn, connections: int = 4, **changes: Any
) -> AsyncIterator[EmailChannel]:
    channel = EmailChannel(settings(server.port, **changes), connections)
    try:
        yield channel
    finally:
        await channel.close()


async def failure(server: SmtpStandIn, sent: Delivery | None = None, **changes: Any) -> SendError:
    async with open_channel(server, **changes) as channel:
        with pytest.raises(SendError) as caught:
            await channel.send(sent or delivery())
    return caught.value


def test_it_is_a_channel() -> None:
    same: Channel = EmailChannel(settings(25))
    assert same.name == "email"


async def test_the_server_gets_the_rendered_bytes(server: SmtpStandIn) -> None:
    async with open_channel(server) as channel:
        accepted = await channel.send(delivery())

    assert accepted == Accepted("250 2.0.0 Ok: queued as 4ABC", "4ABC")
    (mail,) = server.mails
    assert mail.sender == "tracker@example.org"
    assert mail.recipients == ("officer@example.org",)
    assert mail.content == message(delivery(), SENDER)


async def test_lines_that_begin_with_a_dot_arrive_whole(server: SmtpStandIn) -> None:
    sent = delivery(alert_content(act=". dot", notes=("." * 60,)))

    async with open_channel(server) as channel:
        await channel.send(sent)

    assert server.mails[0].content == message(sent, SENDER)


async def test_one_connection_serves_many_messages(server: SmtpStandIn) -> None:
    async with open_channel(server) as channel:
        for number in range(5):
            await channel.send(numbered(number))

    assert len(server.mails) == 5
    assert len(server.connections) == 1


async def test_no_more_connections_than_allowed(server: SmtpStandIn) -> None:
    server.delay = 0.03

    async with open_channel(server, connections=3) as channel:
        await asyncio.gather(*(channel.send(numbered(number)) for number in range(12)))

    assert {mail.recipients[0] for mail in server.mails} == {f"a{number}@example.org" for number in range(12)}
    assert len(server.connections) == 3
    assert server.most_open == 3


@pytest.mark.parametrize(
    "address", ["", "officer", "a@example.org\r\nRCPT TO:<b@example.org>", "a@b, c@d", "é@x.id"]
)
async def test_what_is_no_address_is_not_tried(server: SmtpStandIn, address: str) -> None:
    error = await failure(server, delivery(address=address))

    assert error.kind is Failure.ADDRESS
    assert "not an email address" in error.answer
    assert not server.connections


def test_a_sender_without_address_is_a_wrong_setting() -> None:
    with pytest.raises(SettingsError, match="TRACKER_MAIL_FROM"):
        EmailChannel(settings(25, sender="Pelacak Tenggat"))


async def test_a_refused_sender_names_the_setting(server: SmtpStandIn) -> None:
    server.answers["MAIL"] = "550 5.1.8 sender rejected"

    assert "TRACKER_MAIL_FROM" in (await failure(server)).answer


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("answer", ["550 no", "451 later", "421 closing"])
async def test_after_a_refusal_the_next_message_goes_out(
    server: SmtpStandIn, stage: Stage, answer: str
) -> None:
    async with open_channel(server, connections=1) as channel:
        server.answers[stage] = answer
        with pytest.raises(SendError):
            await channel.send(numbered(1))
        server.answers.clear()
        accepted = await channel.send(numbered(2))

    assert accepted.reference == "4ABC"
    assert [mail.recipients for mail in server.mails] == [("a2@example.org",)]


async def test_a_connection_outlives_a_refused_recipient(server: SmtpStandIn) -> None:
    async with open_channel(server) as channel:
        server.answers["RCPT"] = "550 5.1.1 no such user"
        with pytest.raises(SendError):
            await channel.send(numbered(1))
        server.answers.clear()
        await channel.send(numbered(2))

    assert len(server.connections) == 1


async def test_a_cancelled_connection_is_not_used_again(server: SmtpStandIn) -> None:
    server.delay = 1

    async with open_channel(server, connections=1) as channel:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(channel.send(numbered(1)), 0.5)
        server.delay = 0
        accepted = await channel.send(numbered(2))

    assert accepted.reference == "4ABC"
    assert len(server.connections) == 2


async def test_a_kept_connection_that_was_closed_meanwhile_is_replaced(server: SmtpStandIn) -> None:
    async with open_channel(server) as channel:
        await channel.send(numbered(1))
        server.hang_up()
        await asyncio.sleep(0.05)
        await channel.send(numbered(2))

    assert len(server.mails) == len(server.connections) == 2


@pytest.mark.parametrize("last_words", [b"", b"421 4.4.2 idle too long\r\n"])
async def test_a_kept_connection_that_breaks_at_the_first_word_is_replaced(last_words: bytes) -> None:
    greetings: list[bytes] = []

    async def one_message_only(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        greetings.append(b"220 mail.example.org\r\n")
        writer.write(greetings[-1])
        mails = 0
        while line := await reader.readline():
            mails += line.startswith(b"MAIL")
            if mails > 1:
                writer.write(last_words)
                return
            if line.startswith(b"DATA"):
                writer.write(b"354 go on\r\n")
                await reader.readuntil(b"\r\n.\r\n")
            writer.write(b"221 bye\r\n" if line.startswith(b"QUIT") else b"250 ok\r\n")

    async with scripted_server(one_message_only) as port:
        channel = EmailChannel(settings(port))
        await channel.send(numbered(1))
        await channel.send(numbered(2))
        await channel.close()

    assert len(greetings) == 2


async def test_closing_does_not_mind_a_rude_server() -> None:
    async def hang_up_at_quit(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example.org\r\n")
        while not (line := await reader.readline()).startswith(b"QUIT"):
            if line.startswith(b"DATA"):
                writer.write(b"354 go on\r\n")
                await reader.readuntil(b"\r\n.\r\n")
            writer.write(b"250 ok\r\n")

    async with scripted_server(hang_up_at_quit) as port:
        channel = EmailChannel(settings(port))
        accepted = await channel.send(delivery())
        await channel.close()

    assert accepted == Accepted("250 ok", "")


async def test_a_login() -> None:
    with smtp_server(login=("tracker", PASSWORD)) as server:
        async with open_channel(server, username="tracker", password=PASSWORD) as channel:
            await channel.send(delivery())

    assert len(server.mails) == 1


async def test_a_wrong_password_names_the_settings_and_hides_the_password(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG, logger="aiosmtplib")
    with smtp_server(login=("tracker", "another")) as server:
        error = await failure(server, username="tracker", password=PASSWORD)

    assert "TRACKER_SMTP_PASSWORD" in error.answer
    assert "tracker" in error.answer
    assert error.kind is Failure.SETUP
    assert PASSWORD not in error.answer + caplog.text
    assert PASSWORD not in repr(settings(25, password=PASSWORD))


async def test_a_missing_login() -> None:
    with smtp_server(login=("tracker", PASSWORD)) as server:
        error = await failure(server)

    assert "login" in error.answer
    assert error.kind is Failure.SETUP


@pytest.fixture
def tls_server(server_tls: ssl.SSLContext) -> Iterator[SmtpStandIn]:
    with smtp_server(starttls=server_tls) as running:
        yield running


async def test_starttls(tls_server: SmtpStandIn, certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.with_suffix(".crt")))

    async with open_channel(tls_server, tls="starttls") as channel:
        await channel.send(delivery())

    assert len(tls_server.mails) == 1


async def test_no_tls_means_none_even_where_the_server_offers_it(tls_server: SmtpStandIn) -> None:
    error = await failure(tls_server, tls="none")

    assert "STARTTLS" in error.answer
    assert error.kind is Failure.SETUP
