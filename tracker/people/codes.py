"""Codes that link a chat: used once, for a day. The store knows their names and digests, never the codes.

The code of a name is made with a secret that is not in the database: whoever reads the database, or
a message that waits in it, can link nothing.
"""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, delete, select, update
from sqlmodel import col

from tracker.base.db import insert_once
from tracker.people.tables import LinkCodeRow
from tracker.reminders.group_chats import Hears

VALID_FOR = timedelta(hours=24)
_KEPT_FOR = timedelta(days=30)
_BYTES = 16


@dataclass(frozen=True, slots=True)
class Target:
    """What a code links a chat to: the person of an address, or the news of a unit for a group."""

    address: str = ""
    unit: str = ""
    hears: Hears = Hears.DIGESTS


class Code(NamedTuple):
    """A code, and the name from which it is made again when it is sent."""

    name: str
    text: str


def code_of(secret: str, name: str) -> str:
    """Make the code of a name; every character of it may stand in a deep link."""
    found = hmac.digest(secret.encode(), f"link code {name}".encode(), hashlib.sha256)[:_BYTES]
    return base64.urlsafe_b64encode(found).decode().rstrip("=")


def make(connection: Connection, target: Target, by: str, now: datetime, secret: str) -> Code:
    """Make a code for a target."""
    name = secrets.token_urlsafe(_BYTES)
    code = code_of(secret, name)
    connection.execute(delete(LinkCodeRow).where(col(LinkCodeRow.expires_at) < now - _KEPT_FOR))
    row = {
        "digest": _digest(code),
        "address": target.address.lower(),
        "unit": target.unit,
        "hears": target.hears.value,
        "made_at": now,
        "expires_at": now + VALID_FOR,
        "made_by": by,
    }
    insert_once(connection, LinkCodeRow, [row])
    return Code(name, code)


def use(connection: Connection, code: str, chat: int, now: datetime) -> Target | None:
    """Use a code up; gives what it was made for, None where it opens nothing (any more).

    A code for a person links no group, and one for a group no person: neither is used up by that.
    """
    for_group = chat < 0
    used = (
        update(LinkCodeRow)
        .where(
            col(LinkCodeRow.digest) == _digest(code),
            col(LinkCodeRow.used_at).is_(None),
            col(LinkCodeRow.expires_at) > now,
            col(LinkCodeRow.unit) != "" if for_group else col(LinkCodeRow.unit) == "",
        )
        .values(used_at=now, used_by=chat)
        .returning(col(LinkCodeRow.address), col(LinkCodeRow.unit), col(LinkCodeRow.hears))
    )
    row = connection.execute(used).one_or_none()
    return Target(row.address, row.unit, Hears(row.hears)) if row else None


def was_used_by(connection: Connection, code: str, chat: int) -> bool:
    """Tell whether a chat has used a code."""
    query = select(col(LinkCodeRow.used_by)).where(col(LinkCodeRow.digest) == _digest(code))
    return connection.execute(query).scalar() == chat


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
