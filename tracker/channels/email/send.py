"""Sends alerts by SMTP over a few connections that are kept between messages."""

import asyncio
import re
from dataclasses import dataclass, field
from email.utils import parseaddr
from typing import Literal

import aiosmtplib
from aiosmtplib.typing import Default

from tracker.base.errors import SettingsError
from tracker.channels.email import render
from tracker.channels.render import flatten
from tracker.outbox.delivery import Accepted, Delivery, SendError

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+")
_QUEUE_ID = re.compile(r"queued as (\S+)", re.IGNORECASE)
_PERMANENT = 500
_CLOSING = 421
_LOGIN_REQUIRED = 530


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

    def __init__(self, server: SmtpServer, connections: int = 4) -> None:
        """Open no connection yet; never more than `connections` at a time."""
        self._server = server
        self._sender = parseaddr(server.sender)[1]
        if not _ADDRESS.fullmatch(self._sender):
            raise SettingsError(f"TRACKER_MAIL_FROM: {server.sender!r} is not an email address")
        self._slots = asyncio.Semaphore(connections)
        self._idle: list[_Connection] = []

    async def send(self, delivery: Delivery) -> Accepted:
        """Hand the message to the mail server; SendError says what it answered instead."""
        if not _ADDRESS.fullmatch(delivery.address):
            raise SendError(f"{flatten(delivery.address)!r} is not an email address", permanent=True)
        message = render.message(delivery, self._server.sender)
        async with self._slots:
            kept = self._take_idle()
            if kept is not None:
                try:
                    return await self._hand_over(kept, delivery.address, message)
                except _WentStaleError:
                    pass
            return await self._hand_over(await self._connect(), delivery.address, message)

    async def close(self) -> None:
        """Say goodbye on every kept connection."""
        while self._idle:
            connection = self._idle.pop()
            try:
                await connection.quit()
            except (aiosmtplib.SMTPException, OSError):
                connection.close()

    def _take_idle(self) -> "_Connection | None":
        while self._idle:
            connection = self._idle.pop()
            if connection.is_connected:
                connection.reused = True
                connection.body_begun = False
                return connection
        return None

    async def _connect(self) -> "_Connection":
        server = self._server
        connection = _Connection(
            hostname=server.host,
            port=server.port,
            username=server.username,
            password=server.password,
            timeout=server.timeout,
            use_tls=server.tls == "tls",
            start_tls=server.tls == "starttls",
        )
        try:
            await connection.connect()
        except aiosmtplib.SMTPAuthenticationError as error:
            raise self._error(
                f"refuses the login as {server.username}: {_answer(error)}; "
                "check TRACKER_SMTP_USERNAME and TRACKER_SMTP_PASSWORD"
            ) from None
        except (aiosmtplib.SMTPException, OSError) as error:
            raise self._error(f"cannot be used: {_answer(error)}") from error
        return connection

    async def _hand_over(self, connection: "_Connection", address: str, message: bytes) -> Accepted:
        try:
            _, text = await connection.sendmail(self._sender, [address], message)
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
        queue_id = _QUEUE_ID.search(text)
        return Accepted(f"250 {flatten(text)}", queue_id[1] if queue_id else "")

    def _keep(self, connection: "_Connection") -> None:
        if connection.is_connected:
            self._idle.append(connection)

    def _explained(self, error: Exception, connection: "_Connection") -> Exception:
        if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
            return self._refused(error.recipients[0], "the recipient")
        if isinstance(error, aiosmtplib.SMTPDataError):
            return self._refused(error, "the message")
        if connection.reused and not connection.body_begun and _hung_up(error):
            return _WentStaleError()
        if isinstance(error, aiosmtplib.SMTPSenderRefused):
            return self._error(
                f"refuses the sender {self._sender}: {_answer(error)}; "
                "check TRACKER_MAIL_FROM and whether a login is needed"
            )
        return self._error(f"broke off: {_answer(error)}", ambiguous=connection.body_begun)

    def _refused(self, error: aiosmtplib.SMTPResponseException, what: str) -> SendError:
        answer = _answer(error)
        # These blame us, not the address: no contact becomes doubtful for a missing login.
        if error.code == _LOGIN_REQUIRED or "relay" in answer.lower():
            return self._error(
                f"does not send mail for us: {answer}; "
                "check TRACKER_SMTP_USERNAME, TRACKER_SMTP_PASSWORD and TRACKER_MAIL_FROM"
            )
        return self._error(f"refuses {what}: {answer}", permanent=error.code >= _PERMANENT)

    def _error(self, what: str, *, permanent: bool = False, ambiguous: bool = False) -> SendError:
        server = self._server
        text = f"mail server {server.host}:{server.port} {what}"
        if server.password:
            text = text.replace(server.password, "***")
        return SendError(text, permanent=permanent, ambiguous=ambiguous)


class _Connection(aiosmtplib.SMTP):
    """One connection, which knows whether a message may have reached the server."""

    reused = False
    body_begun = False

    async def data(
        self,
        message: str | bytes,
        /,
        *,
        timeout: float | Literal[Default.token] | None = Default.token,  # noqa: ASYNC109 - its signature
    ) -> aiosmtplib.SMTPResponse:
        """Note that the body is on its way."""
        self.body_begun = True
        return await super().data(message, timeout=timeout)


class _WentStaleError(Exception):
    """The server had closed a kept connection; a new one can be tried at once."""


def _hung_up(error: Exception) -> bool:
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return error.code == _CLOSING
    return isinstance(error, ConnectionError)


def _answer(error: Exception) -> str:
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return f"{error.code} {flatten(error.message)}"
    return flatten(str(error)) or type(error).__name__
