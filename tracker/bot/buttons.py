"""Buttons in the store: what asks for too much to fit into one."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, select
from sqlmodel import col

from tracker.base.db import Database, insert_once
from tracker.bot.requests import Ask, is_short, is_stored, name_of, read, written
from tracker.bot.screen import Rows
from tracker.people.tables import ButtonRow

Data = dict[Ask, str]
"""What each request reads as in a button."""


def data_of(db: Database, rows: Rows, now: datetime) -> Data:
    """Give what goes into the buttons of a message; what is too long is stored."""
    lines = {button.ask: written(button.ask) for row in rows for button in row}
    long = {name_of(line): line for line in lines.values() if not is_short(line)}
    if long:
        with db.write() as connection:
            _store(connection, long.items(), now)
    return {asked: line if is_short(line) else name_of(line) for asked, line in lines.items()}


def asked_by(connection: Connection, data: str) -> Ask | None:
    """Give what a pressed button asks for; None where it is none of ours."""
    if not is_stored(data):
        return read(data)
    query = select(col(ButtonRow.asks)).where(col(ButtonRow.id) == data)
    line = connection.execute(query).scalar()
    return read(line) if line is not None else None


def _store(connection: Connection, long: Iterable[tuple[str, str]], now: datetime) -> None:
    insert_once(connection, ButtonRow, [{"id": name, "asks": line, "at": now} for name, line in long])
