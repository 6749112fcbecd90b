"""Who may see everything although no agreement names them; and the identity of an address."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, delete, select, update
from sqlmodel import col

from tracker.accounts import tokens, webhooks
from tracker.accounts.tables import AccountRow, CalendarLinkRow, SessionRow
from tracker.base.db import insert_once
from tracker.people.chats import Chat
from tracker.people.rights import Identity, Office


@dataclass(frozen=True, slots=True)
class Account:
    """One account."""

    address: str
    role: Office
    name: str


def put(connection: Connection, account: Account, by: str, now: datetime) -> None:
    """Add an account, or change its role and name."""
    address = account.address.lower()
    values = {"role": account.role.value, "name": account.name}
    insert_once(connection, AccountRow, [{"address": address, **values, "added_at": now, "added_by": by}])
    connection.execute(update(AccountRow).where(col(AccountRow.address) == address).values(**values))


def remove(connection: Connection, address: str, now: datetime) -> bool:
    """Remove an account and end its sessions, links, tokens and webhooks; False where there was none."""
    mine = address.lower()
    gone = connection.execute(delete(AccountRow).where(col(AccountRow.address) == mine)).rowcount
    ended = col(SessionRow.ended_at)
    connection.execute(
        update(SessionRow).where(col(SessionRow.address) == mine, ended.is_(None)).values(ended_at=now)
    )
    revoked = col(CalendarLinkRow.revoked_at)
    connection.execute(
        update(CalendarLinkRow)
        .where(col(CalendarLinkRow.address) == mine, revoked.is_(None))
        .values(revoked_at=now)
    )
    tokens.revoke_all(connection, mine, now)
    webhooks.end_all(connection, mine, now)
    return gone > 0


def every(connection: Connection) -> list[Account]:
    """Give all accounts, by address."""
    rows = connection.execute(select(AccountRow).order_by(col(AccountRow.address)))
    return [Account(row.address, Office(row.role), row.name) for row in rows]


def get(connection: Connection, address: str) -> Account | None:
    """Give the account of an address."""
    query = select(AccountRow).where(col(AccountRow.address) == address.lower())
    row = connection.execute(query).one_or_none()
    return Account(row.address, Office(row.role), row.name) if row else None


def identity(connection: Connection, address: str) -> Identity:
    """Give who reads mail at an address, with the office of the account."""
    account = get(connection, address)
    return Identity.of(email=address, office=account.role if account else None)


def of_chat(connection: Connection, chat: Chat) -> Identity:
    """Give who reads in a chat, with the office of the account of its address."""
    reader = chat.identity
    account = get(connection, chat.address) if chat.address and reader.addresses else None
    return replace(reader, office=account.role) if account else reader
