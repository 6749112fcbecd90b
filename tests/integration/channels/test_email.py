import asyncio
import logging
import ssl
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.support.content import alert_content, delivery
from tests.support.smtp import HOST, SmtpStandIn, Stage, free_port, scripted_server, smtp_server
from tracker.base.errors import SettingsError
from tracker.channels.email.render import message
from tracker.channels.email.send import EmailChannel, SmtpServer
from tracker.outbox.delivery import Accepted, Channel, Delivery, SendError

SENDER = "Pelacak Tenggat <tracker@example.org>"
PASSWORD = "rahasia-sekali-42"


@pytest.fixture
def server() -> Iterator[SmtpStandIn]:
    with smtp_server() as running:
        yield running


def settings(port: int, **changes: Any) -> SmtpServer:
    plain = SmtpServer(HOST, port, username=None, password=None, tls="none", sender=SENDER, timeout=2)
    return replace(plain, **changes)


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


def numbered(number: int) -> Delivery:
    return delivery(message_id=f"<alert-{number}@tracker.example.org>", address=f"a{number}@example.org")


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

    assert error.permanent
    assert "not an email address" in error.answer
    assert not server.connections


def test_a_sender_without_address_is_a_wrong_setting() -> None:
    with pytest.raises(SettingsError, match="TRACKER_MAIL_FROM"):
        EmailChannel(settings(25, sender="Pelacak Tenggat"))


@pytest.mark.parametrize(
    ("stage", "answer", "permanent"),
    [
        ("RCPT", "550 5.1.1 no such user", True),
        ("RCPT", "450 4.2.0 greylisted", False),
        ("RCPT", "421 4.7.0 too many messages", False),
        ("RCPT", "554 5.7.1 Relay access denied", False),
        ("RCPT", "530 5.7.0 Authentication required", False),
        ("MAIL", "550 5.1.8 sender rejected", False),
        ("MAIL", "452 4.3.1 disk full", False),
        ("MAIL", "421 shutting down", False),
        ("DATA", "554 5.6.0 content refused", True),
        ("DATA", "451 4.3.0 try later", False),
        ("DATA", "421 shutting down", False),
    ],
)
async def test_refusals(server: SmtpStandIn, stage: Stage, answer: str, *, permanent: bool) -> None:
    server.answers[stage] = answer

    error = await failure(server)

    assert error.permanent is permanent
    assert not error.ambiguous
    assert answer in error.answer
    assert f"{HOST}:{server.port}" in error.answer


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


async def test_a_server_that_hangs_up_after_the_body_may_have_taken_it(server: SmtpStandIn) -> None:
    server.after_data = "drop"

    async with open_channel(server, connections=1) as channel:
        with pytest.raises(SendError) as caught:
            await channel.send(numbered(1))
        server.after_data = "answer"
        await channel.send(numbered(2))

    assert caught.value.ambiguous
    assert not caught.value.permanent
    assert len(server.mails) == 2


async def test_a_server_that_is_silent_after_the_body_may_have_taken_it(server: SmtpStandIn) -> None:
    server.after_data = "hang"

    error = await failure(server, timeout=0.2)

    assert error.ambiguous
    assert f"{HOST}:{server.port}" in error.answer
    assert len(server.mails) == 1


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


async def test_nobody_listens() -> None:
    port = free_port()

    with pytest.raises(SendError) as caught:
        await EmailChannel(settings(port)).send(delivery())

    assert f"{HOST}:{port}" in caught.value.answer
    assert not caught.value.permanent
    assert not caught.value.ambiguous


async def test_an_unknown_host() -> None:
    server = replace(settings(25), host="mail.invalid")

    with pytest.raises(SendError, match=r"mail\.invalid:25") as caught:
        await EmailChannel(server).send(delivery())

    assert not caught.value.permanent


@pytest.mark.parametrize("greeting", [b"421 too busy\r\n", b"554 not you\r\n", b""])
async def test_an_unfriendly_greeting(greeting: bytes) -> None:
    async def greet(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(greeting)

    async with scripted_server(greet) as port:
        with pytest.raises(SendError) as caught:
            await EmailChannel(settings(port)).send(delivery())

    assert f"{HOST}:{port}" in caught.value.answer
    assert not caught.value.permanent
    assert not caught.value.ambiguous


async def test_a_server_that_never_greets() -> None:
    async def stay_silent(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async with scripted_server(stay_silent) as port:
        with pytest.raises(SendError) as caught:
            await EmailChannel(settings(port, timeout=0.1)).send(delivery())

    assert not caught.value.ambiguous


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
    assert not error.permanent
    assert PASSWORD not in error.answer + caplog.text
    assert PASSWORD not in repr(settings(25, password=PASSWORD))


async def test_a_missing_login() -> None:
    with smtp_server(login=("tracker", PASSWORD)) as server:
        error = await failure(server)

    assert "login" in error.answer
    assert not error.permanent


async def test_a_login_the_server_does_not_offer(server: SmtpStandIn) -> None:
    error = await failure(server, username="tracker", password=PASSWORD)

    assert "AUTH" in error.answer
    assert not error.permanent
    assert not server.mails


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
    names = "-subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1"
    files = f"-keyout {path} -out {path.with_suffix('.crt')}"
    subprocess.run(f"{command} {names} {files}".split(), check=True, capture_output=True)  # noqa: S603
    path.write_text(path.read_text() + path.with_suffix(".crt").read_text())
    return path


@pytest.fixture
def tls_server(certificate: Path) -> Iterator[SmtpStandIn]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with smtp_server(starttls=context) as running:
        yield running


async def test_starttls(tls_server: SmtpStandIn, certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.with_suffix(".crt")))

    async with open_channel(tls_server, tls="starttls") as channel:
        await channel.send(delivery())

    assert len(tls_server.mails) == 1


async def test_a_certificate_nobody_vouches_for(tls_server: SmtpStandIn) -> None:
    error = await failure(tls_server, tls="starttls")

    assert "certificate" in error.answer.lower()
    assert f"{HOST}:{tls_server.port}" in error.answer
    assert not error.permanent


async def test_no_tls_means_none_even_where_the_server_offers_it(tls_server: SmtpStandIn) -> None:
    error = await failure(tls_server, tls="none")

    assert "STARTTLS" in error.answer
    assert not error.permanent


@pytest.mark.parametrize("tls", ["starttls", "tls"])
async def test_a_server_without_tls_gets_nothing(server: SmtpStandIn, tls: str) -> None:
    error = await failure(server, tls=tls, timeout=0.3, username="tracker", password=PASSWORD)

    assert f"{HOST}:{server.port}" in error.answer
    assert not error.permanent
    assert not error.ambiguous
    assert not server.mails
