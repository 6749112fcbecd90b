"""Buttons in the store: what asks for too much to fit into one."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, select
from sqlmodel import col

from tracker.base.db import Database, insert_once
from tracker.people import requests
from tracker.people.requests import Ask, is_short, is_stored, name_of, read, written
from tracker.people.tables import ButtonRow

Data = dict[Ask, str]
"""What each request reads as in a button."""


def data_of(db: Database, asked: Iterable[Ask], now: datetime) -> Data:
    """Give what goes into the buttons of a message; what is too long is stored."""
    lines = {each: written(each) for each in asked}
    if not all(map(is_short, lines.values())):
        with db.write() as connection:
            keep(connection, lines.values(), now)
    return {each: requests.data_of(line) for each, line in lines.items()}


def keep(connection: Connection, lines: Iterable[str], now: datetime) -> None:
    """Store what is too long for a button."""
    long = sorted({line for line in lines if not is_short(line)})
    insert_once(connection, ButtonRow, [{"id": name_of(line), "asks": line, "at": now} for line in long])


def asked_by(connection: Connection, data: str) -> Ask | None:
    """Give what a pressed button asks for; None where it is none of ours."""
    if not is_stored(data):
        return read(data)
    query = select(col(ButtonRow.asks)).where(col(ButtonRow.id) == data)
    line = connection.execute(query).scalar()
    return read(line) if line is not None else None
