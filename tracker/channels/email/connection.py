"""One connection to a mail server, which always knows how far its dialogue came."""

import re
from typing import Literal

import aiosmtplib
from aiosmtplib.typing import Default

from tracker.channels.email.dialogue import Dialogue

_CLOSING = 421
_GO_ON = 354
_TAKEN = 250
_RECIPIENT_TAKEN = frozenset({250, 251})
_END = b".\r\n"
_LOGIN_REFUSALS = frozenset({454, 534, 535, 538})
_LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)
_Timeout = float | Literal[Default.token] | None


class Connection(aiosmtplib.SMTP):
    """Knows what the library does not tell: how the login failed, and whether a body left us."""

    reused = False
    body_sent = False
    """Whether the message as a whole was handed over, so that the server may have taken it."""
    login_refusal: aiosmtplib.SMTPResponse | None = None

    _dialogue: Dialogue | None = None

    @property
    def is_in_step(self) -> bool:
        """Whether nothing is left to hear: one answer too many would answer the next command."""
        return self._dialogue is not None and self._dialogue.is_in_step

    async def open(self) -> None:
        """Connect, encrypt, log in and say hello: all that has nothing to do with a message."""
        try:
            await self.connect()
            await self._ehlo_or_helo_if_needed()
        except BaseException:
            self.close()
            raise
        if self.transport is None:
            raise aiosmtplib.SMTPServerDisconnected("Connection lost")
        self._dialogue = Dialogue(self.transport, self.timeout)

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

    async def hand_over(self, sender: str, recipient: str, message: bytes) -> str:
        """Send one message to one address, both checked by the caller; gives what the server says to it."""
        try:
            return await self._hand_over(sender, recipient, _as_sent(message))
        except (aiosmtplib.SMTPServerDisconnected, aiosmtplib.SMTPReadTimeoutError):
            self.close()
            raise
        except aiosmtplib.SMTPRecipientsRefused:
            await self._start_anew()
            raise

    async def say_goodbye(self) -> None:
        """Leave as one should; a server that does not answer is left all the same."""
        try:
            await self._answer("QUIT\r\n")
        except (aiosmtplib.SMTPException, OSError):
            pass
        finally:
            self.close()

    @property
    def _talk(self) -> Dialogue:
        if self._dialogue is None:
            raise aiosmtplib.SMTPServerDisconnected("Server not connected")
        return self._dialogue

    async def _hand_over(self, sender: str, recipient: str, body: bytes) -> str:
        size = f" size={len(body) - len(_END)}" if self.supports_extension("size") else ""
        words = [f"MAIL FROM:<{sender}>{size}\r\n", f"RCPT TO:<{recipient}>\r\n", "DATA\r\n"]
        if self.supports_extension("pipelining"):
            self._talk.say("".join(words).encode("ascii"), len(words))
            words = [""] * len(words)
        mail, rcpt, data = words
        answer = await self._answer(mail)
        if answer.code != _TAKEN:
            raise aiosmtplib.SMTPSenderRefused(answer.code, answer.message, sender)
        answer = await self._answer(rcpt)
        if answer.code not in _RECIPIENT_TAKEN:
            refused = aiosmtplib.SMTPRecipientRefused(answer.code, answer.message, recipient)
            raise aiosmtplib.SMTPRecipientsRefused([refused])
        answer = await self._answer(data)
        if answer.code != _GO_ON:
            raise aiosmtplib.SMTPDataError(answer.code, answer.message)
        if not self.is_in_step:
            raise aiosmtplib.SMTPResponseException(answer.code, "answers the message before it was sent")
        self._talk.say(body)
        self.body_sent = True
        answer = await self._answer("")
        if answer.code != _TAKEN:
            raise aiosmtplib.SMTPDataError(answer.code, answer.message)
        return answer.message

    async def _answer(self, command: str) -> aiosmtplib.SMTPResponse:
        """Give the next answer: to a command, or to what was said before."""
        if command:
            self._talk.say(command.encode("ascii"))
        answer = await self._talk.answer()
        if answer.code == _CLOSING:
            self.close()
        return answer

    async def _start_anew(self) -> None:
        """Leave a refused message behind; where that fails, nothing may follow on this connection."""
        try:
            while self._talk.owed:
                if (await self._answer("")).code == _GO_ON:
                    raise aiosmtplib.SMTPServerDisconnected("waits for a message that nobody would get")
            if not self.is_in_step or (await self._answer("RSET\r\n")).code != _TAKEN:
                self.close()
        except (aiosmtplib.SMTPException, OSError):
            self.close()


def _as_sent(message: bytes) -> bytes:
    """Write a message, whose lines all end in CRLF, so that no line of it is taken for its end."""
    if b"\n." in message or message.startswith(b"."):
        message = _LEADING_DOT.sub(b"..", message)
    return message + _END
