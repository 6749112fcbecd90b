"""One header as the lines it takes on the wire. Pure.

Plain values are written as they are, subjects by the quick half of the standard library; what is
left (a sender with a name, an odd address) goes through its parser, which is slow, once a value.
"""

import re
from email.header import Header
from email.headerregistry import BaseHeader, HeaderRegistry, MessageIDHeader
from email.policy import SMTP
from functools import lru_cache
from typing import cast

LINE = 78
"""Octets a line should not pass; RFC 5322 forbids more than 998."""

# Without this, long ids are encoded word by word and mail programs lose the thread. Seven bits
# because a relay need not know 8BITMIME.
_TYPES = HeaderRegistry()
for _name in ("References", "In-Reply-To"):
    _TYPES.map_to_type(_name, cast("type[BaseHeader]", MessageIDHeader))
POLICY = SMTP.clone(header_factory=_TYPES, cte_type="7bit")

_ENCODED_LINE = 76
"""Where encoded words are: each has 75 characters at most, after the space that begins its line."""
_NARROW = POLICY.clone(max_line_length=_ENCODED_LINE)

_KEPT = 4096
_LONGEST_PLAIN = 900
_LONGEST_WORD = 64
_ATOMS = r"[\w!#$%&'*+/?^{|}~-]+(?:\.[\w!#$%&'*+/?^{|}~-]+)*"
_PLAIN = re.compile(rf"{_ATOMS}@{_ATOMS}|<{_ATOMS}@{_ATOMS}>", re.ASCII)
_BROKEN = re.compile(rb"\r\n[^ \t]|\r[^\n]|[^\r]\n")
"""A line break that does not carry the same header on."""


def address_line(name: str, value: str) -> bytes:
    """Write a header of addresses or message ids; an id is never broken. `value` is one line."""
    if len(value) <= _LONGEST_PLAIN and _PLAIN.fullmatch(value):
        return f"{name}: {value}\r\n".encode("ascii")
    return _parsed_line(name, value)


def text_line(name: str, value: str) -> bytes:
    """Write a header of free text, so that every reader sees just that text. `value` is one line."""
    line = f"{name}: {value}"
    # An encoded word that somebody typed would be decoded, line breaks within it too.
    if line.isascii() and "=?" not in line and max(map(len, line.split(" "))) <= _LONGEST_WORD:
        return _folded(line).encode("ascii")
    encoded = Header(value, "utf-8", maxlinelen=_ENCODED_LINE, header_name=name).encode(linesep="\r\n")
    return f"{name}: {encoded}\r\n".encode("ascii")


@lru_cache(_KEPT)
def _parsed_line(name: str, value: str) -> bytes:
    # The library decodes an encoded word that somebody typed. A line break within one is refused
    # in an address and written as it is anywhere else: such a value is taken word for word.
    try:
        line = _parsed(name, value)
    except ValueError:
        if "=?" not in value:
            raise
    else:
        if not _BROKEN.search(line):
            return line
    return _parsed(name, value.replace("=?", "= ?"))


def _parsed(name: str, value: str) -> bytes:
    return _NARROW.fold_binary(*_NARROW.header_store_parse(name, value))


def _folded(line: str) -> str:
    lines = []
    while len(line) > LINE:
        # A line that is carried on begins with the space it was broken at.
        end = line.rindex(" ", 1, LINE + 1)
        lines.append(line[:end])
        line = line[end:]
    return "".join(f"{each}\r\n" for each in (*lines, line))
