"""Codes that link a chat to an address: used once, for a day, and kept as digests only."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select, update
from sqlmodel import col

from tracker.base.db import insert_once
from tracker.people.tables import LinkCodeRow

VALID_FOR = timedelta(hours=24)
_KEPT_FOR = timedelta(days=30)
_BYTES = 16


def make(connection: Connection, address: str, by: str, now: datetime) -> str:
    """Make a code for an address; every character of it may stand in a deep link."""
    code = secrets.token_urlsafe(_BYTES)
    connection.execute(delete(LinkCodeRow).where(col(LinkCodeRow.expires_at) < now - _KEPT_FOR))
    row = {
        "digest": _digest(code),
        "address": address.lower(),
        "made_at": now,
        "expires_at": now + VALID_FOR,
        "made_by": by,
    }
    insert_once(connection, LinkCodeRow, [row])
    return code


def use(connection: Connection, code: str, chat: int, now: datetime) -> str | None:
    """Use a code up; gives the address it was made for, None where it opens nothing (any more)."""
    used = (
        update(LinkCodeRow)
        .where(
            col(LinkCodeRow.digest) == _digest(code),
            col(LinkCodeRow.used_at).is_(None),
            col(LinkCodeRow.expires_at) > now,
        )
        .values(used_at=now, used_by=chat)
        .returning(col(LinkCodeRow.address))
    )
    return connection.execute(used).scalar()


def was_used_by(connection: Connection, code: str, chat: int) -> bool:
    """Tell whether a chat has used a code."""
    query = select(col(LinkCodeRow.used_by)).where(col(LinkCodeRow.digest) == _digest(code))
    return connection.execute(query).scalar() == chat


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
