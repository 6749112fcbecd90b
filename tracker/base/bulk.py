"""Many rows into one table at the speed of the driver.

SQLAlchemy's own bulk insert builds a dictionary and converts every value once more for each row,
which costs more than storing the row. Here the columns are looked up once: SQLite gets one
prepared statement for plain tuples, PostgreSQL a COPY stream.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from operator import itemgetter
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import Column, Connection, Date, DateTime
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import TypeDecorator

_REMEMBERED = 1024


def insert_all(connection: Connection, table: Any, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows that all have the same columns; columns they do not name stay NULL."""
    if not rows:
        return
    columns = _columns(table, rows[0])
    if any(len(row) != len(columns) for row in rows):
        raise ValueError(f"rows differ in their columns, expected {[column.name for column in columns]}")
    converted = (_converted(connection.dialect, column, rows) for column in columns)
    with _writer(connection, columns) as write:
        for values in zip(*converted, strict=True):
            write(values)


@contextmanager
def inserting(connection: Connection, table: Any, names: Sequence[str]) -> Iterator[Callable[..., None]]:
    """Give a function that inserts one row, its values in the order of `names`.

    Until the end the connection can do nothing else. A PostgreSQL server stores the first rows
    while the next ones are still being made.
    """
    columns = _columns(table, names)
    converters = [
        (place, convert)
        for place, column in enumerate(columns)
        if (convert := _converter(connection.dialect, column)) is not _unchanged
    ]
    with _writer(connection, columns) as write:

        def insert(*values: Any) -> None:
            row = list(values)
            for place, convert in converters:
                if row[place] is not None:
                    row[place] = convert(row[place])
            write(tuple(row))

        yield insert


def _columns(table: Any, names: Iterable[str]) -> list[Column[Any]]:
    return [table.__table__.columns[name] for name in names]


def _converted(dialect: Dialect, column: Column[Any], rows: Sequence[dict[str, Any]]) -> Iterable[Any]:
    return map(_converter(dialect, column), map(itemgetter(column.name), rows))


def _converter(dialect: Dialect, column: Column[Any]) -> Callable[[Any], Any]:
    found = column.type.dialect_impl(dialect).bind_processor(dialect)
    if found is None:
        return _unchanged
    # Dates and instants repeat from row to row.
    kind = column.type.impl if isinstance(column.type, TypeDecorator) else column.type
    return lru_cache(_REMEMBERED)(found) if isinstance(kind, Date | DateTime) else found


def _unchanged(value: Any) -> Any:
    return value


@contextmanager
def _writer(connection: Connection, columns: Sequence[Column[Any]]) -> Iterator[Callable[[Any], None]]:
    table, names = columns[0].table.name, [column.name for column in columns]
    if connection.dialect.name == "postgresql":
        statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
            sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, names))
        )
        driver: Any = connection.connection.driver_connection
        with _named_alike(connection), driver.cursor() as cursor, cursor.copy(statement) as copy:
            yield copy.write_row
        return
    rows: list[tuple[Any, ...]] = []
    yield rows.append
    if rows:
        quote = connection.dialect.identifier_preparer.quote
        columns_named, marks = ", ".join(map(quote, names)), ", ".join("?" * len(names))
        insert = f"INSERT INTO {quote(table)} ({columns_named}) VALUES ({marks})"  # noqa: S608 - quoted
        connection.exec_driver_sql(insert, rows)


@contextmanager
def _named_alike(connection: Connection) -> Iterator[None]:
    """Raise what SQLAlchemy raises: COPY goes around it, and callers know only its errors."""
    try:
        yield
    except psycopg.Error as error:
        raise DBAPIError.instance("COPY", None, error, psycopg.Error, dialect=connection.dialect) from error
