"""What a file is, by what is in it; its name says nothing. Pure.

Taken are what an officer has in hand as proof: a scan (PDF, JPEG, PNG), a saved e-mail (.eml), and
plain text such as a mail server's log. Markup and scripts are text too, but a browser would run
them: they are refused.
"""

import re
from collections.abc import Mapping

PDF, JPEG, PNG = "application/pdf", "image/jpeg", "image/png"
EMAIL, TEXT = "message/rfc822", "text/plain"
SUFFIXES: Mapping[str, str] = {PDF: ".pdf", JPEG: ".jpg", PNG: ".png", EMAIL: ".eml", TEXT: ".txt"}
"""The media types that are taken, each with the ending it is stored under."""
EXPECTED = "a PDF, a JPEG or PNG picture, a saved e-mail (.eml), or plain text"

_BEGINNINGS = ((b"%PDF-", PDF), (b"\xff\xd8\xff", JPEG), (b"\x89PNG\r\n\x1a\n", PNG))
_HEADER = re.compile(rb"[!-9;-~]+:")
_WANTED = frozenset({b"from", b"date"})
_ACTIVE = re.compile(r"\s*(?:#!|<[!?a-z])", re.IGNORECASE)
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")


def media_type_of(content: bytes) -> str | None:
    """Tell what a file is; None where it is nothing that is taken."""
    for beginning, found in _BEGINNINGS:
        if content.startswith(beginning):
            return found
    if _is_email(content):
        return EMAIL
    return TEXT if _is_text(content) else None


def _is_email(content: bytes) -> bool:
    """Tell whether it begins with header lines up to an empty one, From and Date among them."""
    if b"\x00" in content:
        return False
    head, empty, _ = content.replace(b"\r\n", b"\n").partition(b"\n\n")
    lines = head.split(b"\n")
    first_of_each = [line for line in lines if not line.startswith((b" ", b"\t"))]
    if not empty or lines[0] not in first_of_each or not all(map(_HEADER.match, first_of_each)):
        return False
    return {line.partition(b":")[0].lower() for line in first_of_each} >= _WANTED


def _is_text(content: bytes) -> bool:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return bool(text.strip()) and not _CONTROLS.search(text) and not _ACTIVE.match(text)
