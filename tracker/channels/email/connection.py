"""One connection to a mail server, which always knows how far its dialogue came."""

import re
from typing import Literal

import aiosmtplib
from aiosmtplib.protocol import normalize_message_line_endings
from aiosmtplib.typing import Default

_GO_ON = 354
_TAKEN = 250
_LOGIN_REFUSALS = frozenset({454, 534, 535, 538})
_LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)
_Timeout = float | Literal[Default.token] | None


class Connection(aiosmtplib.SMTP):
    """Knows what the library does not tell: how the login failed, and whether a body left us."""

    reused = False
    body_sent = False
    """Whether the message as a whole was handed over, so that the server may have taken it."""
    login_refusal: aiosmtplib.SMTPResponse | None = None

    @property
    def is_in_step(self) -> bool:
        """Whether every answer was asked for: one too many would answer the next command."""
        return self.protocol is not None and not self.protocol._buffer  # noqa: SLF001 - nothing public says so

    async def open(self) -> None:
        """Connect, encrypt, log in and say hello: all that has nothing to do with a message."""
        try:
            await self.connect()
            await self._ehlo_or_helo_if_needed()
        except BaseException:
            self.close()
            raise

    async def execute_command(
        self,
        *args: bytes,
        timeout: _Timeout = Default.token,  # noqa: ASYNC109 - its signature
    ) -> aiosmtplib.SMTPResponse:
        """Note a refused login: the library tries the next method, and a server that hung up hides it."""
        response = await super().execute_command(*args, timeout=timeout)
        if response.code in _LOGIN_REFUSALS:
            self.login_refusal = response
        return response

    async def rset(self, *, timeout: _Timeout = Default.token) -> aiosmtplib.SMTPResponse:  # noqa: ASYNC109
        """Clear the envelope; where that fails, nothing may follow on this connection.

        The library lets a lost connection pass here, but a silent server would hide the refusal.
        """
        try:
            return await super().rset(timeout=timeout)
        except (aiosmtplib.SMTPException, OSError):
            self.close()
            raise aiosmtplib.SMTPServerDisconnected("no way to start anew") from None

    async def data(
        self,
        message: str | bytes,
        /,
        *,
        timeout: _Timeout = Default.token,  # noqa: ASYNC109
    ) -> aiosmtplib.SMTPResponse:
        """Send the body once the server asks for it; the library does not say whether it did."""
        start = await self.execute_command(b"DATA", timeout=timeout)
        if start.code != _GO_ON:
            raise aiosmtplib.SMTPDataError(start.code, start.message)
        if self.protocol is None:
            raise aiosmtplib.SMTPServerDisconnected("Connection lost")
        if not self.is_in_step:
            raise aiosmtplib.SMTPResponseException(start.code, "answers the message before it was sent")
        self.protocol.write(_as_sent(message))
        self.body_sent = True
        end = await self.protocol.read_response(self.timeout if timeout is Default.token else timeout)
        if end.code != _TAKEN:
            raise aiosmtplib.SMTPDataError(end.code, end.message)
        return end


def _as_sent(message: str | bytes) -> bytes:
    plain = message.encode("ascii") if isinstance(message, str) else message
    return _LEADING_DOT.sub(b"..", normalize_message_line_endings(plain)) + b".\r\n"
