"""Reading a form whose size has a limit: what is larger never lies in memory, nor whole on the disk."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message, Receive

from tracker.web.fields import Given

SMALL = 64 * 1024
"""Enough for a form without a file, and for each field of one with a file."""
_FIELDS_AT_MOST = 20
_READ_ON = 8
"""How many times the limit is still read and thrown away: a browser shows no answer before that."""


class _Bounded:
    def __init__(self, receive: Receive, limit: int) -> None:
        self._receive = receive
        self._limit = limit
        self._size = 0

    async def __call__(self) -> Message:
        message = await self._next()
        if self._size <= self._limit:
            return message
        while message.get("more_body", False) and self._size <= _READ_ON * self._limit:
            message = await self._next()
        raise HTTPException(413)

    async def _next(self) -> Message:
        message = await self._receive()
        self._size += len(message.get("body", b""))
        return message


@asynccontextmanager
async def form_of(request: Request, limit: int) -> AsyncIterator[FormData]:
    """Read a form; HTTPException 413 where it is larger than `limit` octets, 400 where it is none."""
    bounded = Request(request.scope, _Bounded(request.receive, limit))
    async with bounded.form(max_files=1, max_fields=_FIELDS_AT_MOST, max_part_size=SMALL) as found:
        yield found


def texts_in(form: FormData) -> Given:
    """Give the fields that are texts."""
    found: dict[str, list[str]] = {}
    for name, value in form.multi_items():
        if isinstance(value, str):
            found.setdefault(name, []).append(value)
    return found


async def file_in(form: FormData, name: str, most: int) -> bytes | None:
    """Give a file's content, one octet more than `most` at the utmost; None where none was chosen."""
    found = form.get(name)
    if not isinstance(found, UploadFile) or not (found.filename or found.size):
        return None
    return await found.read(most + 1)
