"""Every way a mail server may fail us: which kind of failure it is, and that the next message goes out."""

import socket
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress

import pytest

from tests.support.content import numbered
from tests.support.misbehaving import (
    DROP,
    HANG,
    LastWords,
    MisbehavingServer,
    Stage,
    misbehaving_server,
)
from tests.support.smtp import HOST, SENDER, free_port, settings, smtp_server
from tracker.channels.email.render import message
from tracker.channels.email.send import EmailChannel, SmtpServer
from tracker.outbox.delivery import Failure, SendError

PATIENCE = 0.2
PASSWORD = "rahasia-sekali-42"
NONSENSE = "hello, who is there?"
LOGIN = {"username": "tracker", "password": PASSWORD}

BEFORE_MAIL: list[tuple[Stage, str, Failure]] = [
    ("greeting", LastWords("421 4.3.2 too busy"), Failure.UNREACHABLE),
    ("greeting", LastWords("554 no mail service here"), Failure.UNREACHABLE),
    ("greeting", DROP, Failure.UNREACHABLE),
    ("greeting", HANG, Failure.UNREACHABLE),
    ("greeting", NONSENSE, Failure.BROKEN_OFF),
    ("greeting", "250 wrong number", Failure.BROKEN_OFF),
    ("EHLO", LastWords("421 4.3.2 shutting down"), Failure.UNREACHABLE),
    ("EHLO", DROP, Failure.UNREACHABLE),
    ("EHLO", HANG, Failure.UNREACHABLE),
    ("EHLO", NONSENSE, Failure.BROKEN_OFF),
    # HELO, tried next, is out of sequence for this server.
    ("EHLO", "550 5.7.1 bad name", Failure.SETUP),
    ("EHLO", LastWords("450 4.7.1 cannot find your name"), Failure.UNREACHABLE),
]
AT_MAIL: list[tuple[Stage, str, Failure]] = [
    ("MAIL", LastWords("421 4.3.2 shutting down"), Failure.UNREACHABLE),
    ("MAIL", "450 4.1.8 sender domain not found", Failure.BUSY),
    ("MAIL", "451 4.3.0 try later", Failure.BUSY),
    ("MAIL", "452 4.3.1 disk full", Failure.BUSY),
    ("MAIL", "503 5.5.1 nested MAIL", Failure.BROKEN_OFF),
    ("MAIL", "503 5.5.4 send AUTH command first", Failure.SETUP),
    ("MAIL", "530 5.7.0 authentication required", Failure.SETUP),
    ("MAIL", "550 5.1.8 sender rejected", Failure.SETUP),
    ("MAIL", "552 5.3.4 message size exceeds fixed limit", Failure.MESSAGE),
    ("MAIL", "252 perhaps", Failure.BROKEN_OFF),
    ("MAIL", NONSENSE, Failure.BROKEN_OFF),
    ("MAIL", DROP, Failure.BROKEN_OFF),
    ("MAIL", HANG, Failure.BROKEN_OFF),
]
AT_RCPT: list[tuple[Stage, str, Failure]] = [
    ("RCPT", LastWords("421 4.7.0 too many messages"), Failure.UNREACHABLE),
    ("RCPT", "421 4.7.0 too many messages", Failure.UNREACHABLE),
    ("RCPT", "450 4.2.0 greylisted", Failure.BUSY),
    ("RCPT", "451 4.3.0 local error", Failure.BUSY),
    ("RCPT", "452 4.2.2 mailbox full", Failure.BUSY),
    ("RCPT", "550 5.1.1 no such user", Failure.ADDRESS),
    ("RCPT", "550 5.1.1 relay.example.org: user not found", Failure.ADDRESS),
    ("RCPT", "550 5.7.133 sender not authenticated for this group", Failure.ADDRESS),
    ("RCPT", "550-5.1.1 no such user\r\n550 5.1.1 check for typos", Failure.ADDRESS),
    ("RCPT", "550 5.1.1 no such user\r\n250 but once more", Failure.ADDRESS),
    ("RCPT", "551 5.1.6 user has moved", Failure.ADDRESS),
    ("RCPT", "553 5.1.3 mailbox name not allowed", Failure.ADDRESS),
    ("RCPT", "503 5.5.1 bad sequence of commands", Failure.BROKEN_OFF),
    ("RCPT", "530 5.7.0 authentication required", Failure.SETUP),
    ("RCPT", "530 5.7.0 log in, please", Failure.SETUP),
    ("RCPT", "454 4.7.1 <a1@example.org>: Relay access denied", Failure.SETUP),
    ("RCPT", "554 5.7.1 <a1@example.org>: Relay access denied", Failure.SETUP),
    ("RCPT", "550 relay not permitted", Failure.SETUP),
    ("RCPT", "550 5.7.54 unable to relay recipient in non-accepted domain", Failure.SETUP),
    ("RCPT", "550 5.7.1 we do not relay", Failure.SETUP),
    ("RCPT", "553 that domain is not in my list of allowed rcpthosts", Failure.SETUP),
    ("RCPT", "554 5.7.1 client host [192.0.2.1] blocked using a list", Failure.SETUP),
    ("RCPT", "550 5.1.8 sender address rejected: domain not found", Failure.SETUP),
    ("RCPT", "999 5.1.1 no such code", Failure.BROKEN_OFF),
    ("RCPT", "252 perhaps", Failure.BROKEN_OFF),
    ("RCPT", NONSENSE, Failure.BROKEN_OFF),
    ("RCPT", DROP, Failure.BROKEN_OFF),
    ("RCPT", HANG, Failure.BROKEN_OFF),
]
AT_DATA: list[tuple[Stage, str, Failure]] = [
    ("DATA", LastWords("421 4.3.2 shutting down"), Failure.UNREACHABLE),
    ("DATA", "450 4.2.0 try later", Failure.BUSY),
    ("DATA", "451 4.3.0 try later", Failure.BUSY),
    ("DATA", "452 4.3.1 disk full", Failure.BUSY),
    ("DATA", "554 5.6.0 nothing from you", Failure.MESSAGE),
    ("DATA", "250 taken before it came", Failure.BROKEN_OFF),
    ("DATA", "354 go on\r\n250 taken before it came", Failure.BROKEN_OFF),
    ("DATA", NONSENSE, Failure.BROKEN_OFF),
    ("DATA", DROP, Failure.BROKEN_OFF),
    ("DATA", HANG, Failure.BROKEN_OFF),
]
AFTER_THE_BODY: list[tuple[Stage, str, Failure]] = [
    # The whole message left us at once: how much of it was read we cannot know.
    ("body", DROP, Failure.UNCLEAR),
    ("body", HANG, Failure.UNCLEAR),
    ("end", LastWords("421 4.3.2 shutting down"), Failure.UNREACHABLE),
    ("end", "450 4.2.0 try later", Failure.BUSY),
    ("end", "451 4.3.0 try later", Failure.BUSY),
    ("end", "452 4.3.1 disk full", Failure.BUSY),
    ("end", "550 5.1.1 no such user", Failure.ADDRESS),
    ("end", "552 5.2.2 mailbox full", Failure.ADDRESS),
    ("end", "552 5.2.3 message too long for this mailbox", Failure.MESSAGE),
    ("end", "552 5.3.4 message too big", Failure.MESSAGE),
    ("end", "554 5.6.0 content refused", Failure.MESSAGE),
    ("end", "550 5.7.26 this mail is unauthenticated", Failure.SETUP),
    ("end", "251 perhaps", Failure.UNCLEAR),
    ("end", "354 go on", Failure.UNCLEAR),
    ("end", NONSENSE, Failure.UNCLEAR),
    ("end", DROP, Failure.UNCLEAR),
    ("end", HANG, Failure.UNCLEAR),
]
IN_DIALOGUE = AT_MAIL + AT_RCPT + AT_DATA + AFTER_THE_BODY


TOGETHER = "250-mail.example.org\r\n250 PIPELINING"


@pytest.fixture(params=["250 mail.example.org", TOGETHER], ids=["one by one", "together"])
async def server(request: pytest.FixtureRequest) -> AsyncIterator[MisbehavingServer]:
    """Give a server that takes commands one by one, or several together."""
    async with misbehaving_server() as running:
        running.hello = request.param
        yield running


@asynccontextmanager
async def open_channel(server: MisbehavingServer, *acts: str) -> AsyncIterator[EmailChannel]:
    """Open a channel of one connection, which waits long where no act needs its patience to end."""
    channel = EmailChannel(settings(server.port, timeout=PATIENCE if HANG in acts else 5), connections=1)
    try:
        yield channel
    finally:
        await channel.close()


async def failure(server: SmtpServer) -> SendError:
    channel = EmailChannel(server)
    error = await fails(channel)
    await channel.close()
    assert f"{server.host}:{server.port}" in error.answer
    return error


async def fails(channel: EmailChannel) -> SendError:
    with pytest.raises(SendError) as caught:
        await channel.send(numbered(1))
    return caught.value


async def delivers(channel: EmailChannel, server: MisbehavingServer, number: int) -> None:
    accepted = await channel.send(numbered(number))

    assert accepted.reference == "4ABC"
    assert server.mails[-1].recipients == (numbered(number).address,)
    assert server.mails[-1].content == message(numbered(number), SENDER)


@pytest.mark.parametrize(("stage", "act", "kind"), BEFORE_MAIL + IN_DIALOGUE)
async def test_a_failure_and_the_message_after_it(
    server: MisbehavingServer, stage: Stage, act: str, kind: Failure
) -> None:
    server.acts[stage] = act

    async with open_channel(server, act) as channel:
        error = await fails(channel)
        await delivers(channel, server, 2)

    assert error.kind is kind
    assert f"{HOST}:{server.port}" in error.answer
    assert server.recipients == ["a2@example.org"]
    await server.nobody_left()


@pytest.mark.parametrize(("stage", "act", "kind"), IN_DIALOGUE)
async def test_a_failure_on_a_kept_connection(
    server: MisbehavingServer, stage: Stage, act: str, kind: Failure
) -> None:
    # It may have been closed for being idle: a new connection is worth a try at once.
    closed_when_idle = stage in ("MAIL", "RCPT", "DATA") and act == DROP
    closed_when_idle |= stage == "MAIL" and act.startswith("421")

    async with open_channel(server, act) as channel:
        await delivers(channel, server, 0)
        server.acts[stage] = act
        if closed_when_idle:
            await delivers(channel, server, 1)
        else:
            assert (await fails(channel)).kind is kind
        assert not server.acts
        await delivers(channel, server, 2)

    assert server.recipients.count("a1@example.org") == closed_when_idle
    assert server.recipients.count("a2@example.org") == 1


@pytest.mark.parametrize("act", [HANG, DROP, NONSENSE, "503 5.5.1 not now", LastWords("421 too many errors")])
@pytest.mark.parametrize(
    ("stage", "answer", "kind"),
    [
        ("MAIL", "451 4.3.0 try later", Failure.BUSY),
        ("RCPT", "550 5.1.1 no such user", Failure.ADDRESS),
        ("end", "554 5.6.0 content refused", Failure.MESSAGE),
    ],
)
async def test_what_goes_wrong_after_a_refusal_does_not_hide_it(
    server: MisbehavingServer, stage: Stage, answer: str, kind: Failure, act: str
) -> None:
    server.acts |= {stage: answer, "RSET": act}

    async with open_channel(server, act) as channel:
        error = await fails(channel)
        await delivers(channel, server, 2)

    assert error.kind is kind
    assert answer in error.answer
    assert server.connections == 2


async def test_an_answer_too_many_does_not_answer_the_next_message(server: MisbehavingServer) -> None:
    async with open_channel(server) as channel:
        server.acts["end"] = "250 queued as 1\r\n250 queued as 2"
        accepted = await channel.send(numbered(1))
        await delivers(channel, server, 2)

    assert accepted.reference == "1"
    await server.nobody_left()


async def test_a_server_that_waits_for_a_message_nobody_would_get(server: MisbehavingServer) -> None:
    server.hello = TOGETHER
    async with open_channel(server) as channel:
        server.acts["RCPT"] = "550 5.1.1 no such user\r\n354 go on"
        assert (await fails(channel)).kind is Failure.ADDRESS
        await delivers(channel, server, 2)

    assert server.connections == 2
    assert server.recipients == ["a2@example.org"]


async def test_bytes_that_are_no_text_do_not_get_into_what_is_kept(server: MisbehavingServer) -> None:
    async with open_channel(server) as channel:
        server.acts["RCPT"] = "550 5.1.1 inconnu: \udce9t\udce9\x00"
        refused = await fails(channel)
        server.acts["end"] = "250 queued as 4A\udce9\x00BC"
        accepted = await channel.send(numbered(2))

    assert refused.kind is Failure.ADDRESS
    assert (refused.answer + accepted.answer + accepted.reference).isprintable()


async def test_a_server_that_fails_twice_on_a_kept_connection(server: MisbehavingServer) -> None:
    async with open_channel(server) as channel:
        await delivers(channel, server, 0)
        server.acts |= {"MAIL": DROP, "greeting": LastWords("421 4.3.2 restarting")}
        error = await fails(channel)
        await delivers(channel, server, 2)

    assert error.kind is Failure.UNREACHABLE


async def test_connect_refused() -> None:
    assert (await failure(settings(free_port()))).kind is Failure.UNREACHABLE


async def test_a_name_that_does_not_resolve() -> None:
    assert (await failure(settings(25, host="mail.invalid"))).kind is Failure.UNREACHABLE


async def test_a_name_that_is_none() -> None:
    assert (await failure(settings(25, host="mail..example.org"))).kind is Failure.SETUP


async def test_a_server_that_does_not_greet() -> None:
    with socket.create_server((HOST, 0)) as listener:
        port = listener.getsockname()[1]

        assert (await failure(settings(port, timeout=PATIENCE))).kind is Failure.UNREACHABLE


@contextmanager
def full_server() -> Iterator[int]:
    """Keep a port whose queue of callers is full, so that nobody else gets through."""
    with ExitStack() as held:
        listener = held.enter_context(socket.create_server((HOST, 0), backlog=0))
        for _ in range(3):
            caller = held.enter_context(socket.socket())
            caller.setblocking(False)
            with suppress(BlockingIOError):
                caller.connect(listener.getsockname())
        yield listener.getsockname()[1]


async def test_a_connection_that_does_not_come_about() -> None:
    with full_server() as port:
        error = await failure(settings(port, timeout=PATIENCE))

    assert error.kind is Failure.UNREACHABLE
    assert "Timed out connecting" in error.answer


@pytest.mark.parametrize(
    ("hello", "answer", "kind"),
    [
        ("250 AUTH PLAIN", "535 5.7.8 bad credentials", Failure.SETUP),
        ("250 AUTH PLAIN LOGIN", LastWords("535 5.7.8 bad credentials"), Failure.SETUP),
        ("250 AUTH PLAIN", "534 5.7.9 use an application password", Failure.SETUP),
        ("250 AUTH PLAIN", "454 4.7.0 temporary authentication failure", Failure.UNREACHABLE),
        ("250 AUTH PLAIN", LastWords("421 4.7.0 too many logins"), Failure.UNREACHABLE),
        ("250 AUTH PLAIN", NONSENSE, Failure.BROKEN_OFF),
        ("250 AUTH PLAIN", DROP, Failure.UNREACHABLE),
        ("250 AUTH PLAIN", HANG, Failure.UNREACHABLE),
    ],
)
async def test_a_failed_login(server: MisbehavingServer, hello: str, answer: str, kind: Failure) -> None:
    server.hello = f"250-mail.example.org\r\n{hello}"
    server.acts["AUTH"] = answer
    channel = EmailChannel(settings(server.port, timeout=PATIENCE, **LOGIN))

    error = await fails(channel)
    await delivers(channel, server, 2)

    assert error.kind is kind
    assert PASSWORD not in error.answer
    assert ("TRACKER_SMTP_PASSWORD" in error.answer) is answer.startswith(("535", "534", "454"))
    await channel.close()


@pytest.mark.parametrize("hello", ["250 mail.example.org", "250-mail.example.org\r\n250 AUTH GSSAPI"])
async def test_a_login_that_is_not_offered(server: MisbehavingServer, hello: str) -> None:
    server.hello = hello

    assert (await failure(settings(server.port, **LOGIN))).kind is Failure.SETUP


async def test_starttls_that_is_not_offered(server: MisbehavingServer) -> None:
    error = await failure(settings(server.port, tls="starttls", **LOGIN))

    assert error.kind is Failure.TLS
    assert not server.mails


@pytest.mark.parametrize(
    ("act", "kind"),
    [
        ("454 4.7.0 TLS not available", Failure.TLS),
        ("220 go on, in plain words", Failure.TLS),
        (LastWords("421 4.3.2 shutting down"), Failure.UNREACHABLE),
        (NONSENSE, Failure.BROKEN_OFF),
        (DROP, Failure.UNREACHABLE),
        (HANG, Failure.UNREACHABLE),
    ],
)
async def test_starttls_that_fails(server: MisbehavingServer, act: str, kind: Failure) -> None:
    server.hello = "250-mail.example.org\r\n250 STARTTLS"
    server.acts["STARTTLS"] = act

    error = await failure(settings(server.port, timeout=PATIENCE, tls="starttls"))

    assert error.kind is kind


async def test_a_plain_server_where_tls_is_expected(server: MisbehavingServer) -> None:
    assert (await failure(settings(server.port, timeout=PATIENCE, tls="tls"))).kind is Failure.TLS


async def test_a_server_with_tls_where_none_is_expected(server_tls: ssl.SSLContext) -> None:
    async with misbehaving_server(server_tls) as server:
        error = await failure(settings(server.port, timeout=PATIENCE))

    assert error.kind is Failure.UNREACHABLE


async def test_a_certificate_nobody_vouches_for(server_tls: ssl.SSLContext) -> None:
    async with misbehaving_server(server_tls) as server:
        at_once = await failure(settings(server.port, tls="tls"))
    with smtp_server(starttls=server_tls) as upgrading:
        later = await failure(settings(upgrading.port, tls="starttls"))

    assert at_once.kind is later.kind is Failure.TLS
    assert "certificate" in at_once.answer.lower()
    assert "certificate" in later.answer.lower()


async def test_a_wrong_password_at_a_real_server() -> None:
    with smtp_server(login=("tracker", "another")) as server:
        assert (await failure(settings(server.port, **LOGIN))).kind is Failure.SETUP
