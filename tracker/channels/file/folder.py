"""Reads the mail folder back. Only the demo shows it: a mail holds the links of whoever it is for."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.parser import BytesHeaderParser, BytesParser
from email.policy import compat32, default
from email.utils import parsedate_to_datetime
from functools import cached_property, lru_cache
from pathlib import Path

_NAME = re.compile(r"[0-9a-f]{32}")
_KEPT = 20_000
_NO_DATE = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Head:
    """What a list shows of one mail; `name` is the file's, without the flags of a mail program."""

    name: str
    at: datetime
    written_to: str
    written_subject: str

    @cached_property
    def to(self) -> str:
        """Who it is for."""
        return _decoded(self.written_to)

    @cached_property
    def subject(self) -> str:
        """What it is about."""
        return _decoded(self.written_subject)


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail as plain text, and the names of the files that come with it."""

    head: Head
    text: str
    files: Sequence[str]


def heads(folder: Path) -> list[Head]:
    """Give the heads of all mails, the newest first."""
    return sorted((_head(path) for path in _paths(folder)), key=lambda one: (one.at, one.name), reverse=True)


def letter(folder: Path, name: str) -> Letter | None:
    """Give one mail; None where there is none of that name."""
    if not _NAME.fullmatch(name):
        return None
    path = next((path for path in _paths(folder) if path.name[:32] == name), None)
    if path is None:
        return None
    found = BytesParser(policy=default).parsebytes(path.read_bytes())
    body = found.get_body(("plain",))
    files = [part.get_filename("") for part in found.iter_attachments()]
    return Letter(_head(path), str(body.get_content()) if body else "", [file for file in files if file])


def _paths(folder: Path) -> Iterator[Path]:
    for part in ("new", "cur"):
        yield from (path for path in (folder / part).glob("*") if _NAME.fullmatch(path.name[:32]))


@lru_cache(_KEPT)
def _head(path: Path) -> Head:
    # The plain parser: what is not shown need not be decoded, and thousands of mails are sorted by date.
    with path.open("rb") as file:
        found = BytesHeaderParser(policy=compat32).parse(file)
    return Head(path.name[:32], _date(found["Date"]), str(found["To"] or ""), str(found["Subject"] or ""))


def _date(written: str | None) -> datetime:
    try:
        found = parsedate_to_datetime(written or "")
    except ValueError:
        return _NO_DATE
    return found.astimezone(UTC) if found.tzinfo else _NO_DATE


def _decoded(written: str) -> str:
    return " ".join(str(make_header(decode_header(written))).split())
