"""A real SMTP server on this machine that keeps what it gets and fails where it is told to."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from tracker.channels.email.send import SmtpServer

HOST = "127.0.0.1"
SENDER = "Pelacak Tenggat <tracker@example.org>"
Stage = Literal["MAIL", "RCPT", "DATA"]


@dataclass(frozen=True)
class Mail:
    """One message as it came in, with its envelope."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes


@dataclass
class SmtpStandIn:
    """What tests see of the server, and how they tell it to fail."""

    port: int
    login: tuple[str, str] | None = None
    mails: list[Mail] = field(default_factory=list)
    connections: set[Any] = field(default_factory=set)
    """One client address per connection that said EHLO."""
    open_now: int = 0
    most_open: int = 0
    """Most messages that were being handed over at the same time."""
    answers: dict[Stage, str] = field(default_factory=dict)
    """Stage -> the answer given instead of 250, every time."""
    after_data: Literal["answer", "hang"] = "answer"
    delay: float = 0.0
    """Seconds before a message is accepted."""
    sessions: list[Any] = field(default_factory=list)

    loop: Any = None
    """The server's own event loop, in its own thread."""

    def hang_up(self) -> None:
        """Close every connection from the server's side."""
        asyncio.run_coroutine_threadsafe(self._hang_up(), self.loop).result()

    async def _hang_up(self) -> None:
        for session in self.sessions:
            if session.transport is not None:
                session.transport.close()
        await asyncio.sleep(0.01)  # the loop closes the sockets in its next turns

    # The names of these hooks are aiosmtpd's.

    async def handle_EHLO(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        """Count the connection."""
        del server, envelope
        self.connections.add(session.peer)
        session.host_name = hostname
        return responses

    async def handle_MAIL(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        """Take or refuse the sender."""
        del server
        if "MAIL" in self.answers:
            return self.answers["MAIL"]
        if self.login and not session.authenticated:
            return "530 5.7.0 Authentication required"
        self.open_now += 1
        self.most_open = max(self.most_open, self.open_now)
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        """Take or refuse the recipient."""
        del server, session
        if "RCPT" in self.answers:
            self.open_now -= 1
            return self.answers["RCPT"]
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """Keep the message, then answer as told."""
        del server, session
        await asyncio.sleep(self.delay)
        self.open_now -= 1
        if "DATA" in self.answers:
            return self.answers["DATA"]
        self.mails.append(Mail(envelope.mail_from, tuple(envelope.rcpt_tos), envelope.original_content))
        if self.after_data == "hang":
            await asyncio.Event().wait()
        return "250 2.0.0 Ok: queued as 4ABC"

    def authenticate(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> Any:
        """Check the login."""
        given = data if isinstance(data, LoginPassword) else LoginPassword(b"", b"")
        right = (given.login.decode(), given.password.decode()) == self.login
        return AuthResult(success=right, handled=False)


Dialogue = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def scripted_server(dialogue: Dialogue, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """Run a server that holds this dialogue with whoever connects; gives its port."""
    held: set[asyncio.Task[None]] = set()
    open_now: set[asyncio.StreamWriter] = set()

    async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            held.add(task)
        open_now.add(writer)
        try:
            await dialogue(reader, writer)
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    listener = await asyncio.start_server(hold, HOST, 0, ssl=tls)
    try:
        yield listener.sockets[0].getsockname()[1]
    finally:
        listener.close()
        # A client that forgot to close must fail its test, not hold it up.
        for writer in open_now:
            writer.transport.abort()
        await asyncio.gather(*held)


@contextmanager
def smtp_server(
    *, login: tuple[str, str] | None = None, starttls: ssl.SSLContext | None = None
) -> Iterator[SmtpStandIn]:
    """Run a server on a free port; `login` makes it ask for that name and password."""
    stand_in = SmtpStandIn(port=free_port(), login=login)
    controller: Any = Controller(
        stand_in,
        hostname=HOST,
        port=stand_in.port,
        server_hostname="mail.example.org",
        authenticator=stand_in.authenticate if login else None,
        auth_require_tls=login is None,
        tls_context=starttls,
        require_starttls=starttls is not None,
    )
    make_session = controller.factory

    def make_known_session() -> Any:
        stand_in.sessions.append(make_session())
        return stand_in.sessions[-1]

    controller.factory = make_known_session
    stand_in.loop = controller.loop
    controller.start()
    try:
        yield stand_in
    finally:
        stand_in.hang_up()
        controller.stop()


def free_port() -> int:
    """Give a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def settings(port: int, **changes: Any) -> SmtpServer:
    """Give the settings of a server on this machine; keyword arguments replace them."""
    plain = SmtpServer(HOST, port, username=None, password=None, tls="none", sender=SENDER, timeout=2)
    return replace(plain, **changes)
