"""The dialogue with a mail server once it has let us in: what is said, and the answers in their order.

The library makes a lock, a timer and a task for each command, and loses answers that come together.
"""

import asyncio
from collections import deque
from typing import cast

import aiosmtplib

_LONGEST_ANSWER = 32_768


class Dialogue(asyncio.Protocol):
    """Takes over a connection, and keeps every answer until it is asked for."""

    def __init__(self, transport: asyncio.BaseTransport, timeout: float | None) -> None:
        """Take over what the library has opened; wait for one answer as long as `timeout`."""
        self._loop = asyncio.get_running_loop()
        self._timeout = timeout
        self._wait_until = 0.0
        self._alarm: asyncio.TimerHandle | None = None
        self._transport = cast("asyncio.Transport", transport)
        self._answers: deque[aiosmtplib.SMTPResponse | aiosmtplib.SMTPException] = deque()
        self._waiter: asyncio.Future[None] | None = None
        self._rest = b""
        self._lines: list[bytes] = []
        self._is_over = False
        self.owed = 0
        """How many answers are still to come."""
        self._transport.set_protocol(self)

    @property
    def is_in_step(self) -> bool:
        """Whether every answer was heard, and none came that nobody had asked for."""
        return not (self.owed or self._answers or self._rest or self._lines)

    def say(self, words: bytes, answers: int = 1) -> None:
        """Send commands, or a message; so many answers are due."""
        if self._is_over or self._transport.is_closing():
            raise aiosmtplib.SMTPServerDisconnected("Connection lost")
        self.owed += answers
        self._transport.write(words)

    async def answer(self) -> aiosmtplib.SMTPResponse:
        """Wait for the next answer."""
        if not self._answers:
            if self._is_over:
                raise aiosmtplib.SMTPServerDisconnected("Connection lost")
            self._waiter = self._loop.create_future()
            self._set_alarm()
            try:
                await self._waiter
            finally:
                self._waiter = None
        self.owed -= 1
        found = self._answers.popleft()
        if isinstance(found, aiosmtplib.SMTPException):
            raise found
        return found

    def _set_alarm(self) -> None:
        """See that the waiting ends: one timer for many answers, which looks whether it rings too early."""
        if self._timeout is None:
            return
        self._wait_until = self._loop.time() + self._timeout
        if self._alarm is None:
            self._alarm = self._loop.call_at(self._wait_until, self._ring)

    def _ring(self) -> None:
        self._alarm = None
        if self._waiter is None or self._waiter.done():
            return
        if self._loop.time() < self._wait_until:
            self._alarm = self._loop.call_at(self._wait_until, self._ring)
        else:
            self._end(aiosmtplib.SMTPReadTimeoutError("Timed out waiting for server response"))

    def data_received(self, data: bytes) -> None:
        """Take answers apart; each ends with the first line that has no dash after its code."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            self._lines.append(line[4:].strip())
            if not line[:3].isdigit():
                said = line.decode("utf-8", "replace").strip()
                self._end(aiosmtplib.SMTPResponseException(-1, f"Malformed SMTP response line: {said}"))
            elif line[3:4] != b"-":
                text = b"\n".join(self._lines).decode("utf-8", "surrogateescape")
                self._end(aiosmtplib.SMTPResponse(int(line[:3]), text))
        if len(self._rest) + sum(map(len, self._lines)) > _LONGEST_ANSWER:
            self._rest = b""
            self._end(aiosmtplib.SMTPResponseException(-1, "Response too long"))

    def eof_received(self) -> bool:
        """Close where the server has closed."""
        self._end_all()
        return False

    def connection_lost(self, _error: Exception | None) -> None:
        """Wake whoever waits."""
        if self._alarm is not None:
            self._alarm.cancel()
        self._end_all()

    def _end_all(self) -> None:
        if not self._is_over:
            self._is_over = True
            self._end(aiosmtplib.SMTPServerDisconnected("Connection lost"))

    def _end(self, answer: aiosmtplib.SMTPResponse | aiosmtplib.SMTPException) -> None:
        self._lines.clear()
        self._answers.append(answer)
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)
