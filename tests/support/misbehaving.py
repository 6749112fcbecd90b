"""A mail server that keeps strictly to its dialogue, except where it is told to misbehave, once."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Literal

from tests.support.smtp import Mail, scripted_server

Stage = Literal["greeting", "EHLO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA", "body", "end", "RSET"]
"""`body`: when its first line has come; `end`: after the final dot."""
DROP = "(hangs up)"
HANG = "(says nothing)"
TAKE_AND_DROP = "(keeps the message, and hangs up)"


class LastWords(str):
    """An answer after which the server hangs up."""

    __slots__ = ()


class _OverError(Exception):
    """The server has left the dialogue."""


@dataclass
class MisbehavingServer:
    """What tests see of the server, and how they tell it to misbehave."""

    port: int = 0
    hello: str = "250 mail.example.org"
    acts: dict[Stage, str] = field(default_factory=dict)
    """Stage -> what it says there instead, without its line end, or DROP, or HANG; only once."""
    refused: set[str] = field(default_factory=set)
    """Addresses that it does not know."""
    asked_for_refused: list[str] = field(default_factory=list)
    """How often it heard of each of them, in order."""
    mails: list[Mail] = field(default_factory=list)
    connections: int = 0
    open_now: int = 0
    empty: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def recipients(self) -> list[str]:
        """Who got a message, in order."""
        return [mail.recipients[0] for mail in self.mails]

    async def hold(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Hold one dialogue until somebody leaves it."""
        self.connections += 1
        self.open_now += 1
        self.empty.clear()
        with suppress(_OverError, ConnectionError, asyncio.IncompleteReadError):
            await _Dialogue(self, reader, writer).hold()
        self.open_now -= 1
        if not self.open_now:
            self.empty.set()

    async def nobody_left(self) -> None:
        """Wait until no client holds a connection any more; one that never lets go is an error."""
        async with asyncio.timeout(5):
            await self.empty.wait()


@dataclass
class _Dialogue:
    server: MisbehavingServer
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    sender: str = ""
    recipient: str = ""
    mail: Mail | None = None
    """The last message that came."""

    async def hold(self) -> None:
        await self._say("greeting", "220 mail.example.org ESMTP")
        while words := (await self.reader.readline()).decode(errors="replace").split():
            await self._answer(words[0], "".join(words[1:2]))

    async def _answer(self, word: str, address: str) -> None:
        match word:
            case "EHLO" | "AUTH" | "STARTTLS":
                usual = {"EHLO": self.server.hello, "AUTH": "235 welcome", "STARTTLS": "502 not here"}
                await self._say(word, usual[word])
            case "RCPT" if (refused := _within(address)) in self.server.refused:
                self.server.asked_for_refused.append(refused)
                self._write("550 5.1.1 no such user")
            case "DATA" if self.recipient:
                await self._take_message()
            case "MAIL" | "RCPT" | "RSET" if self._is_in_order(word):
                if await self._say(word, "250 ok"):
                    self._remember(word, _within(address))
            case "QUIT":
                self._write("221 bye")
                raise _OverError
            case _:
                self._write("503 bad sequence of commands")

    def _is_in_order(self, word: str) -> bool:
        return word == "RSET" or bool(self.sender) is (word == "RCPT")

    def _remember(self, word: str, address: str) -> None:
        if word == "RCPT":
            self.recipient = address
        else:
            self.sender, self.recipient = address, ""

    async def _take_message(self) -> None:
        if not await self._say("DATA", "354 go on"):
            return
        if "body" in self.server.acts:
            await self.reader.readline()
            await self._say("body", "")
        content = (await self.reader.readuntil(b"\r\n.\r\n"))[:-3]
        self.mail = mail = Mail(self.sender, (self.recipient,), content.replace(b"\r\n..", b"\r\n."))
        self.sender = self.recipient = ""
        # Whether it keeps what it is silent about nobody can know; this one does not.
        if await self._say("end", "250 2.0.0 Ok: queued as 4ABC"):
            self.server.mails.append(mail)

    async def _say(self, stage: Stage, usual: str) -> bool:
        """Say what is usual here, or act; gives whether it was the usual."""
        act = self.server.acts.pop(stage, None)
        if act == TAKE_AND_DROP and self.mail is not None:
            self.server.mails.append(self.mail)
        if act in (DROP, TAKE_AND_DROP):
            raise _OverError
        if act == HANG:
            await self.reader.read()
            raise _OverError
        self._write(usual if act is None else act)
        if isinstance(act, LastWords):
            raise _OverError
        return act is None

    def _write(self, answer: str) -> None:
        self.writer.write(f"{answer}\r\n".encode(errors="surrogateescape"))


def _within(address: str) -> str:
    return address.partition("<")[2].partition(">")[0]


@asynccontextmanager
async def misbehaving_server(tls: ssl.SSLContext | None = None) -> AsyncIterator[MisbehavingServer]:
    """Run a server on a free port, in the loop of the test."""
    server = MisbehavingServer()
    async with scripted_server(server.hold, tls) as server.port:
        yield server
