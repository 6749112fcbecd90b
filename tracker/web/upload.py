"""Reading a form whose size has a limit: what is larger never lies in memory, nor whole on the disk."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message, Receive

from tracker.base.errors import BadEvidenceError
from tracker.evidence.kinds import JPEG, PDF, PNG
from tracker.evidence.store import MEGABYTE, EvidenceStore, Offered
from tracker.web.fields import Errors, Given
from tracker.web.words import say

SMALL = 64 * 1024
"""Enough for a form without a file, and for each field of one with a file."""
TEXT_LIMIT = 256 * 1024
"""How large the text of an agreement may be."""
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
async def form_of(request: Request, limit: int, part: int = SMALL) -> AsyncIterator[FormData]:
    """Read a form; HTTPException 413 where it is larger than `limit` octets, 400 where it is none.

    `part` is how large each field may be that is no file.
    """
    bounded = Request(request.scope, _Bounded(request.receive, limit))
    async with bounded.form(max_files=1, max_fields=_FIELDS_AT_MOST, max_part_size=part) as found:
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


async def offered_in(
    form: FormData, store: EvidenceStore, language: str, do: Callable[..., Awaitable[Offered]]
) -> tuple[Offered | None, Errors]:
    """Give the file that came with a form, looked into in a thread (`do`), or what is wrong with it."""
    content = await file_in(form, "evidence", store.limit)
    if content is None:
        return None, {}
    if len(content) > store.limit:
        size = store.limit // MEGABYTE
        too_large = say(
            language,
            f"Berkas ini lebih besar dari {size} MB; pindai dengan ukuran lebih kecil.",
            f"This file is larger than {size} MB; scan it smaller.",
        )
        return None, {"evidence": too_large}
    wrong = say(
        language,
        "Berkas ini bukan PDF, JPEG, atau PNG (isinya yang menentukan, bukan namanya).",
        "This file is no PDF, JPEG, or PNG (its content counts, not its name).",
    )
    try:
        offered = await do(store.look_into, content)
    except BadEvidenceError:
        return None, {"evidence": wrong}
    return (offered, {}) if offered.about.media_type in (PDF, JPEG, PNG) else (None, {"evidence": wrong})
