"""Sends alerts by SMTP over a few connections that are kept between messages."""

import asyncio
import re
from dataclasses import dataclass, field
from email.utils import parseaddr
from typing import Literal

import aiosmtplib

from tracker.base.errors import SettingsError
from tracker.channels.email import failures, render
from tracker.channels.email.connection import Connection
from tracker.channels.links import Links
from tracker.channels.wrap import flatten
from tracker.outbox.delivery import Accepted, Delivery, Failure, SendError

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+")
_QUEUE_ID = re.compile(r"queued as (\S+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """The mail server that takes our messages, and who we are to it."""

    host: str
    port: int
    username: str | None
    password: str | None = field(repr=False)
    tls: Literal["none", "starttls", "tls"]
    sender: str
    """The From header: `tracker@example.org` or `Name <tracker@example.org>`."""
    timeout: float = 30
    """Seconds to wait for one answer of the server."""


class EmailChannel:
    """Sends each alert as one email to one address."""

    name = "email"
    pace = None

    def __init__(self, server: SmtpServer, connections: int = 4, links: Links | None = None) -> None:
        """Open no connection yet; never more than `connections` at a time."""
        self._server = server
        self._links = links
        self._sender = parseaddr(server.sender)[1]
        if not _ADDRESS.fullmatch(self._sender):
            raise SettingsError(f"TRACKER_MAIL_FROM: {server.sender!r} is not an email address")
        self.at_once = connections
        self._slots = asyncio.Semaphore(connections)
        self._idle: list[Connection] = []

    async def send(self, delivery: Delivery) -> Accepted:
        """Hand the message to the mail server; SendError says what it answered instead."""
        if not _ADDRESS.fullmatch(delivery.address):
            raise SendError(f"{flatten(delivery.address)!r} is not an email address", Failure.ADDRESS)
        message = render.message(delivery, self._server.sender, self._links)
        return await self.hand_over(delivery.address, message)

    async def hand_over(self, address: str, message: bytes) -> Accepted:
        """Hand over a message that is built already; its lines end in CRLF."""
        async with self._slots:
            kept = self._take_idle()
            if kept is not None:
                try:
                    return await self._hand_over(kept, address, message)
                except _WentStaleError:
                    pass
            return await self._hand_over(await self._connect(), address, message)

    async def close(self) -> None:
        """Say goodbye on every kept connection."""
        while self._idle:
            await self._idle.pop().say_goodbye()

    def _take_idle(self) -> Connection | None:
        while self._idle:
            connection = self._idle.pop()
            if connection.is_connected and connection.is_in_step:
                connection.reused = True
                connection.body_sent = False
                return connection
            connection.close()
        return None

    async def _connect(self) -> Connection:
        server = self._server
        connection = Connection(
            hostname=server.host,
            port=server.port,
            username=server.username,
            password=server.password,
            timeout=server.timeout,
            use_tls=server.tls == "tls",
            start_tls=server.tls == "starttls",
        )
        try:
            await connection.open()
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            raise self._not_connected(error, connection.login_refusal) from error
        return connection

    def _not_connected(self, error: Exception, login_refusal: aiosmtplib.SMTPResponse | None) -> SendError:
        kind = failures.at_connecting(error, login_refusal)
        if login_refusal is None:
            return self._error(f"cannot be used: {_answer(error)}", kind)
        return self._error(
            f"refuses the login as {self._server.username}: {flatten(str(login_refusal))}; "
            "check TRACKER_SMTP_USERNAME and TRACKER_SMTP_PASSWORD",
            kind,
        )

    async def _hand_over(self, connection: Connection, address: str, message: bytes) -> Accepted:
        try:
            text = await connection.hand_over(self._sender, address, message)
        except BaseException as error:
            # Only a refused recipient leaves the dialogue in step; anything else could pair
            # this message's answer with the next message.
            if not isinstance(error, aiosmtplib.SMTPRecipientsRefused):
                connection.close()
            self._keep(connection)
            if isinstance(error, (aiosmtplib.SMTPException, OSError)):
                raise self._explained(error, connection) from error
            raise
        self._keep(connection)
        answer = flatten(text)
        queue_id = _QUEUE_ID.search(answer)
        return Accepted(f"250 {answer}", queue_id[1] if queue_id else "")

    def _keep(self, connection: Connection) -> None:
        if connection.is_connected and connection.is_in_step:
            self._idle.append(connection)
        else:
            connection.close()

    def _explained(self, error: Exception, connection: Connection) -> Exception:
        if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
            refusal = error.recipients[0]
            kind = failures.at_recipient(refusal.code, refusal.message)
            return self._refused(refusal, "the recipient", kind)
        if isinstance(error, aiosmtplib.SMTPDataError):
            kind = failures.at_message(error.code, error.message, body_sent=connection.body_sent)
            return self._refused(error, "the message", kind)
        if connection.reused and not connection.body_sent and failures.is_hung_up(error):
            return _WentStaleError()
        if isinstance(error, aiosmtplib.SMTPSenderRefused):
            kind = failures.at_sender(error.code, error.message)
            return self._refused(error, f"the sender {self._sender}", kind)
        kind = Failure.UNCLEAR if connection.body_sent else Failure.BROKEN_OFF
        return self._error(f"broke off: {_answer(error)}", kind)

    def _refused(self, error: aiosmtplib.SMTPResponseException, what: str, kind: Failure) -> SendError:
        advice = (
            "; check TRACKER_MAIL_FROM, and the login: TRACKER_SMTP_USERNAME and TRACKER_SMTP_PASSWORD"
            if kind is Failure.SETUP
            else ""
        )
        return self._error(f"refuses {what}: {_answer(error)}{advice}", kind)

    def _error(self, what: str, kind: Failure) -> SendError:
        server = self._server
        text = f"mail server {server.host}:{server.port} {what}"
        if server.password:
            text = text.replace(server.password, "***")
        return SendError(text, kind)


class _WentStaleError(Exception):
    """The server had closed a kept connection; a new one can be tried at once."""


def _answer(error: Exception) -> str:
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return f"{error.code} {flatten(error.message)}"
    return flatten(str(error)) or type(error).__name__
