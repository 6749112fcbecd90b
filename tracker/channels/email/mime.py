"""The parts of a mail as bytes: a skeleton built once a language, and each message's texts between. Pure.

The standard library builds the skeleton with slots in place of whatever differs from one message to
the next; writing a message is then encoding its texts and joining bytes.
"""

import re
from base64 import encodebytes
from binascii import b2a_qp
from collections.abc import Iterator
from email.message import EmailMessage
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple

from tracker.channels.email.headers import LINE, POLICY

_TOKEN_LENGTH = 32
_SLOT = re.compile(rb"slot-(\w+)-x+")
_PLAIN = bytes(each for each in range(0x20, 0x7F) if each != ord("=")) + b"\t\n"
"""What means itself in every encoding."""


class Text(NamedTuple):
    """A text, and whether all its lines are known to be short, to end in CRLF, and to hold no controls."""

    text: str
    is_narrow: bool = False


class Attachment(NamedTuple):
    """A calendar file; its name is ASCII without quotes."""

    name: str
    text: Text


def parts(language: str, message_id: str, plain: Text, html: Text, attached: Attachment | None) -> bytes:
    """Write the headers that every mail has, and all parts; the same values give the same bytes."""
    pieces, slots = _skeleton(language, with_attachment=attached is not None)
    values = {b"token": sha256(message_id.encode()).hexdigest()[:_TOKEN_LENGTH].encode("ascii")}
    values |= _encoded(b"plain", plain) | _encoded(b"html", html)
    if attached:
        values |= _encoded(b"file", attached.text) | {b"name": attached.name.encode("ascii")}
    filled = [b""] * (len(pieces) + len(slots))
    filled[::2] = pieces
    filled[1::2] = [values[slot] for slot in slots]
    return b"".join(filled)


def _encoded(slot: bytes, written: Text) -> dict[bytes, bytes]:
    text = written.text
    if written.is_narrow and text.isascii() and "=_" not in text:
        return {slot: text.removesuffix("\r\n").encode("ascii"), slot + b"_how": b"7bit"}
    lines = text.encode().splitlines()
    data = b"\n".join(lines)
    others = data.translate(None, _PLAIN)
    # No boundary can occur in a body: each holds `=_`, and the other two encodings never do.
    if not others.strip(b"=") and b"=_" not in data and max(map(len, lines), default=0) <= LINE:
        how, coded = b"7bit", data
    elif len(others) * 6 <= len(data):
        how, coded = b"quoted-printable", b2a_qp(data)
    else:
        how, coded = b"base64", encodebytes(data.replace(b"\n", b"\r\n") + b"\r\n")[:-1]
    return {slot: coded.replace(b"\n", b"\r\n"), slot + b"_how": how}


class _Skeleton(NamedTuple):
    """What stays the same, and the names of what goes between."""

    pieces: list[bytes]
    slots: list[bytes]


@lru_cache
def _skeleton(language: str, *, with_attachment: bool) -> _Skeleton:
    mail = EmailMessage(policy=POLICY)
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    mail.set_content(_slot("plain"))
    mail.add_alternative(_slot("html"), subtype="html")
    if with_attachment:
        mail.add_attachment(
            _slot("file"), subtype="calendar", filename=_slot("name"), params={"method": "PUBLISH"}
        )
    # Last, because turning into a multipart moves every Content- header into the first part.
    mail["Content-Language"] = language
    for number, part in enumerate(part for part in mail.walk() if part.is_multipart()):
        part.set_boundary(f"=_{_slot('token')}_{number}")
    for name, part in zip(("plain", "html", "file"), _leaves(mail), strict=False):
        part.replace_header("Content-Transfer-Encoding", _slot(f"{name}_how"))
    found = _SLOT.split(mail.as_bytes())
    return _Skeleton(found[::2], found[1::2])


def _leaves(mail: EmailMessage) -> Iterator[EmailMessage]:
    return (part for part in mail.walk() if not part.is_multipart())


def _slot(name: str) -> str:
    # As long as the token: the library folds the header around it as around the token itself.
    return f"slot-{name}-".ljust(_TOKEN_LENGTH, "x")
