"""Writes every message into a Maildir that any mail program can open; nothing leaves the machine."""

import asyncio
import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from uuid import uuid4
from zoneinfo import ZoneInfo

from tracker.base.dates import local_time
from tracker.channels.email import render
from tracker.channels.links import Links
from tracker.channels.wrap import flatten
from tracker.outbox.delivery import Accepted, Delivery, Failure, SendError

DEFAULT_SENDER = "Pelacak Tenggat <tracker@example.org>"


class FileChannel:
    """Delivers into a folder, and says so in one line on the terminal."""

    name = "file"
    at_once = 4
    pace = None

    def __init__(
        self,
        folder: Path,
        echo: Callable[[str], None],
        *,
        sender: str = DEFAULT_SENDER,
        links: Links | None = None,
    ) -> None:
        """Touch nothing yet; the folder is made with the first message."""
        self._folder = folder
        self._echo = echo
        self._sender = sender
        self._links = links

    async def send(self, delivery: Delivery) -> Accepted:
        """Write the message once; a repeat finds it already there."""
        message = render.message(delivery, self._sender, self._links)
        name = sha256(delivery.message_id.encode()).hexdigest()[:32]
        try:
            is_new = await asyncio.to_thread(_store, self._folder, name, message)
        except OSError as error:
            raise SendError(
                f"cannot write mail into {self._folder}: {error.strerror or error}; make the folder "
                "writable or name another one in TRACKER_MAIL_DIR",
                Failure.SETUP,
            ) from error
        if is_new:
            self._echo(_line(delivery))
        return Accepted("written" if is_new else "was there already", name)

    async def close(self) -> None:
        """Nothing is held open."""


def _store(folder: Path, name: str, message: bytes) -> bool:
    for part in ("tmp", "new", "cur"):
        (folder / part).mkdir(mode=0o700, parents=True, exist_ok=True)
    # A mail program moves what was seen to cur/ and adds its flags to the name.
    if (folder / "new" / name).exists() or any((folder / "cur").glob(f"{name}*")):
        return False
    unfinished = folder / "tmp" / f"{name}.{uuid4().hex}"
    try:
        _write(unfinished, message)
        unfinished.replace(folder / "new" / name)
    finally:
        unfinished.unlink(missing_ok=True)
    return True


def _write(path: Path, message: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(message)
        file.flush()
        os.fsync(file.fileno())


def _line(delivery: Delivery) -> str:
    content = delivery.content
    when = local_time(delivery.now, ZoneInfo(content.timezone), content.language)
    recipient = flatten(f"{content.recipient} <{delivery.address}>")
    return f"{when}  {recipient}  {render.subject(content, delivery.now)}"
