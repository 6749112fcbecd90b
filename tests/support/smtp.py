"""A real SMTP server on this machine that keeps what it gets and fails where it is told to."""

import asyncio
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

HOST = "127.0.0.1"
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
    after_data: Literal["answer", "drop", "hang"] = "answer"
    delay: float = 0.0
    """Seconds before a message is accepted."""
    writers: list[Any] = field(default_factory=list)

    def hang_up(self) -> None:
        """Close every connection from the server's side."""
        for server in self.writers:
            server.loop.call_soon_threadsafe(server.transport.close)

    # The names of these hooks are aiosmtpd's.

    async def handle_EHLO(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        """Count the connection."""
        del envelope
        if session.peer not in self.connections:
            self.writers.append(server)
        self.connections.add(session.peer)
        session.host_name = hostname
        return responses

    async def handle_MAIL(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        """Take or refuse the sender."""
        del server, session
        if "MAIL" in self.answers:
            return self.answers["MAIL"]
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
        del session
        await asyncio.sleep(self.delay)
        self.open_now -= 1
        if "DATA" in self.answers:
            return self.answers["DATA"]
        self.mails.append(Mail(envelope.mail_from, tuple(envelope.rcpt_tos), envelope.original_content))
        if self.after_data == "drop":
            server.transport.abort()
        if self.after_data == "hang":
            await asyncio.Event().wait()
        return "250 2.0.0 Ok: queued as 4ABC"

    def authenticate(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> Any:
        """Check the login."""
        given = data if isinstance(data, LoginPassword) else LoginPassword(b"", b"")
        right = (given.login.decode(), given.password.decode()) == self.login
        return AuthResult(success=right, handled=False)


@contextmanager
def smtp_server(
    *, login: tuple[str, str] | None = None, starttls: ssl.SSLContext | None = None
) -> Iterator[SmtpStandIn]:
    """Run a server on a free port; `login` makes it ask for that name and password."""
    stand_in = SmtpStandIn(port=free_port(), login=login)
    controller = Controller(
        stand_in,
        hostname=HOST,
        port=stand_in.port,
        server_hostname="mail.example.org",
        authenticator=stand_in.authenticate if login else None,
        auth_required=login is not None,
        auth_require_tls=False,
        tls_context=starttls,
        require_starttls=starttls is not None,
    )
    controller.start()
    try:
        yield stand_in
    finally:
        controller.stop()


def free_port() -> int:
    """Give a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
