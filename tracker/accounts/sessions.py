"""Links that sign somebody in, once and in one browser, and the sessions they open."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, delete, insert, select, update
from sqlmodel import col

from tracker.accounts import hidden
from tracker.accounts.tables import SessionRow, SignInLinkRow

LINK_LASTS = timedelta(minutes=15)
LASTS = timedelta(days=7)
IDLE = timedelta(days=2)
_NOTED_EVERY = timedelta(minutes=10)
_KEPT_FOR = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Session:
    """One signed-in browser."""

    digest: str
    address: str
    made_at: datetime
    seen_at: datetime


def make_link(connection: Connection, address: str, browser: str, now: datetime) -> str:
    """Make a link for an address, for the browser whose cookie is `browser`; gives its secret."""
    secret = hidden.make()
    connection.execute(delete(SignInLinkRow).where(col(SignInLinkRow.expires_at) < now - _KEPT_FOR))
    connection.execute(
        insert(SignInLinkRow).values(
            digest=hidden.digest(secret),
            address=address.lower(),
            browser=hidden.digest(browser),
            made_at=now,
            expires_at=now + LINK_LASTS,
        )
    )
    return secret


def is_open(connection: Connection, secret: str, browser: str, now: datetime) -> bool:
    """Tell whether a link would sign somebody in; looking does not use it up."""
    query = select(col(SignInLinkRow.digest)).where(*_usable(secret, browser, now))
    return connection.execute(query).scalar() is not None


def use_link(connection: Connection, secret: str, browser: str, now: datetime) -> str | None:
    """Use a link up; gives the address, None where it opens nothing (any more, or not here).

    Race: the row is changed only by whoever finds it unused, so two presses open one session.
    """
    used = (
        update(SignInLinkRow)
        .where(*_usable(secret, browser, now))
        .values(used_at=now)
        .returning(col(SignInLinkRow.address))
    )
    return connection.execute(used).scalar()


def begin(connection: Connection, address: str, now: datetime) -> str:
    """Open a session; gives the secret for its cookie."""
    secret = hidden.make()
    connection.execute(delete(SessionRow).where(col(SessionRow.expires_at) < now - _KEPT_FOR))
    connection.execute(
        insert(SessionRow).values(
            digest=hidden.digest(secret), address=address, made_at=now, seen_at=now, expires_at=now + LASTS
        )
    )
    return secret


def find(connection: Connection, secret: str, now: datetime) -> Session | None:
    """Give the session of a cookie; None where it has ended."""
    digest = col(SessionRow.digest) == hidden.digest(secret)
    row = connection.execute(select(SessionRow).where(digest, *_live(now))).one_or_none()
    return Session(row.digest, row.address, row.made_at, row.seen_at) if row else None


def is_stale(session: Session, now: datetime) -> bool:
    """Tell whether it is time to note that the session is in use."""
    return now - session.seen_at > _NOTED_EVERY


def note_seen(connection: Connection, session: Session, now: datetime) -> None:
    """Note that a session is in use."""
    connection.execute(update(SessionRow).where(col(SessionRow.digest) == session.digest).values(seen_at=now))


def of_address(connection: Connection, address: str, now: datetime) -> list[Session]:
    """Give the open sessions of an address, the newest first."""
    query = select(SessionRow).where(col(SessionRow.address) == address, *_live(now))
    rows = connection.execute(query.order_by(col(SessionRow.made_at).desc()))
    return [Session(row.digest, row.address, row.made_at, row.seen_at) for row in rows]


def end(connection: Connection, session: Session, now: datetime) -> None:
    """End one session."""
    connection.execute(
        update(SessionRow).where(col(SessionRow.digest) == session.digest).values(ended_at=now)
    )


def end_all(connection: Connection, address: str, now: datetime) -> int:
    """End every session of an address."""
    return connection.execute(
        update(SessionRow).where(col(SessionRow.address) == address, *_live(now)).values(ended_at=now)
    ).rowcount


def _usable(secret: str, browser: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        col(SignInLinkRow.digest) == hidden.digest(secret),
        col(SignInLinkRow.browser) == hidden.digest(browser),
        col(SignInLinkRow.used_at).is_(None),
        col(SignInLinkRow.expires_at) > now,
    )


def _live(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        col(SessionRow.ended_at).is_(None),
        col(SessionRow.expires_at) > now,
        col(SessionRow.seen_at) > now - IDLE,
    )
