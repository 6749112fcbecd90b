"""Tokens by which programs ask in somebody's name: with scopes and an end, kept as digests."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, insert, select, update
from sqlmodel import col

from tracker.accounts import hidden
from tracker.accounts.tables import ApiTokenRow

PREFIX = "trk_"
"""Tells our tokens from all others: for whoever looks for secrets where none should be."""
LASTS = timedelta(days=90)
LONGEST = timedelta(days=366)
AT_MOST = 20
"""How many somebody may have in force at a time."""
LONGEST_NAME = 60
_NOTED_EVERY = timedelta(minutes=10)
_SHORT = 12


class Scope(StrEnum):
    """What a token is for."""

    READ = "read"
    WRITE = "write"


@dataclass(frozen=True, slots=True)
class Token:
    """One token; `id` names it without giving it away."""

    id: str
    digest: str
    address: str
    name: str
    scopes: frozenset[Scope]
    made_at: datetime
    expires_at: datetime
    seen_at: datetime | None

    @property
    def scope_names(self) -> list[str]:
        """The scopes as words, in a fixed order."""
        return [scope.value for scope in Scope if scope in self.scopes]


def make(
    connection: Connection,
    address: str,
    name: str,
    scopes: Collection[Scope],
    now: datetime,
    *,
    by: str,
    lasts: timedelta = LASTS,
) -> str:
    """Make a token; gives the secret, which is shown once."""
    secret = PREFIX + hidden.make()
    connection.execute(
        insert(ApiTokenRow).values(
            digest=hidden.digest(secret),
            address=address.lower(),
            name=name[:LONGEST_NAME],
            scopes=" ".join(scope.value for scope in Scope if scope in scopes),
            made_at=now,
            made_by=by,
            expires_at=now + min(lasts, LONGEST),
        )
    )
    return secret


def find(connection: Connection, secret: str, now: datetime) -> Token | None:
    """Give the token of a secret; None where it is over, was taken back, or never was."""
    query = select(ApiTokenRow).where(col(ApiTokenRow.digest) == hidden.digest(secret), *_live(now))
    row = connection.execute(query).one_or_none()
    return _token(row) if row else None


def is_stale(token: Token, now: datetime) -> bool:
    """Tell whether it is time to note that a token is in use."""
    return token.seen_at is None or now - token.seen_at > _NOTED_EVERY


def note_seen(connection: Connection, token: Token, now: datetime) -> None:
    """Note that a token is in use."""
    connection.execute(update(ApiTokenRow).where(col(ApiTokenRow.digest) == token.digest).values(seen_at=now))


def in_force(connection: Connection, now: datetime, address: str | None = None) -> list[Token]:
    """Give the tokens in force, of one address or of everybody, the newest first."""
    query = select(ApiTokenRow).where(*_live(now))
    if address is not None:
        query = query.where(col(ApiTokenRow.address) == address.lower())
    rows = connection.execute(query.order_by(col(ApiTokenRow.made_at).desc(), col(ApiTokenRow.digest)))
    return [_token(row) for row in rows]


def count(connection: Connection, address: str, now: datetime) -> int:
    """Count the tokens that somebody has in force."""
    query = select(func.count()).select_from(ApiTokenRow)
    return connection.execute(
        query.where(col(ApiTokenRow.address) == address.lower(), *_live(now))
    ).scalar_one()


def revoke(connection: Connection, id: str, now: datetime, address: str | None = None) -> int:  # noqa: A002
    """Take a token back by its id, and only one of `address` where that is given; gives how many ended."""
    if len(id) != _SHORT:
        return 0
    ending = update(ApiTokenRow).where(
        col(ApiTokenRow.digest).startswith(id, autoescape=True), col(ApiTokenRow.revoked_at).is_(None)
    )
    if address is not None:
        ending = ending.where(col(ApiTokenRow.address) == address.lower())
    return connection.execute(ending.values(revoked_at=now)).rowcount


def revoke_all(connection: Connection, address: str, now: datetime) -> int:
    """Take every token of an address back."""
    return connection.execute(
        update(ApiTokenRow)
        .where(col(ApiTokenRow.address) == address.lower(), col(ApiTokenRow.revoked_at).is_(None))
        .values(revoked_at=now)
    ).rowcount


def _live(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return col(ApiTokenRow.revoked_at).is_(None), col(ApiTokenRow.expires_at) > now


def _token(row: Any) -> Token:
    return Token(
        row.digest[:_SHORT],
        row.digest,
        row.address,
        row.name,
        frozenset(Scope(word) for word in row.scopes.split()),
        row.made_at,
        row.expires_at,
        row.seen_at,
    )
