"""Many rows into one table at the speed of the driver.

SQLAlchemy's own bulk insert builds a dictionary and converts every value once more for each row,
which costs more than storing the row. Here the columns are looked up once: SQLite gets one
prepared statement for plain tuples, PostgreSQL a COPY stream.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from operator import itemgetter
from typing import Any

from sqlalchemy import Boolean, Column, Connection, Date, DateTime, Time
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import TypeDecorator

_REMEMBERED = 16384
_AT_ONCE = 1000
_CONVERTERS: dict[tuple[str, str], Callable[[Any], Any] | None] = {}
"""What converts the values of one type of column for one dialect; the same for every column of the type."""


def insert_all(connection: Connection, table: Any, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows that all have the same columns; columns they do not name stay NULL."""
    if not rows:
        return
    names = tuple(rows[0])
    if any(len(row) != len(names) for row in rows):
        raise ValueError(f"rows differ in their columns, expected {list(names)}")
    in_order = itemgetter(*names)
    with inserting(connection, table, names) as insert:
        for row in rows:
            insert(in_order(row))


@contextmanager
def inserting(
    connection: Connection, table: Any, names: Sequence[str]
) -> Iterator[Callable[[tuple[Any, ...]], None]]:
    """Give a function that inserts one row, its values in the order of `names`.

    Until the end the connection can do nothing else. A PostgreSQL server stores the first rows
    while the next ones are still being made.
    """
    columns = [table.__table__.columns[name] for name in names]
    converters = [_converter(connection.dialect, column) for column in columns]
    rows: list[tuple[Any, ...]] = []
    with _writer(connection, columns) as write:

        def flush() -> None:
            # Column by column: the loops over the rows then run in C.
            by_column = zip(converters, zip(*rows, strict=True), strict=True)
            write(zip(*(_converted(convert, values) for convert, values in by_column), strict=True))
            rows.clear()

        def insert(row: tuple[Any, ...]) -> None:
            rows.append(row)
            if len(rows) >= _AT_ONCE:
                flush()

        yield insert
        if rows:
            flush()


def _converted(convert: Callable[[Any], Any] | None, values: tuple[Any, ...]) -> Iterable[Any]:
    # A bulk load leaves whole columns empty: asking is cheaper than converting.
    return values if convert is None or values.count(None) == len(values) else map(convert, values)


def _converter(dialect: Dialect, column: Column[Any]) -> Callable[[Any], Any] | None:
    name = (dialect.name, repr(column.type))
    if name not in _CONVERTERS:
        _CONVERTERS[name] = _make_converter(dialect, column)
    return _CONVERTERS[name]


def _make_converter(dialect: Dialect, column: Column[Any]) -> Callable[[Any], Any] | None:
    found = column.type.dialect_impl(dialect).bind_processor(dialect)
    kind = column.type.impl if isinstance(column.type, TypeDecorator) else column.type
    if found is not None and isinstance(kind, Boolean):
        return _Remembered(found).__getitem__
    if not isinstance(kind, Date | DateTime | Time):
        return found
    # Dates, times and instants repeat from row to row. COPY takes text anyway, and dates are slow to write.
    return _Remembered(_as_text(found) if dialect.name == "postgresql" else found or str).__getitem__


class _Remembered(dict[Any, Any]):
    """Converts each value once; a dictionary answers four times as fast as `lru_cache`."""

    def __init__(self, convert: Callable[[Any], Any]) -> None:
        super().__init__()
        self.convert = convert

    def __missing__(self, value: Any) -> Any:
        if len(self) >= _REMEMBERED:
            self.clear()
        found = self[value] = self.convert(value)
        return found


def _as_text(convert: Callable[[Any], Any] | None) -> Callable[[Any], str | None]:
    def text(value: Any) -> str | None:
        converted = value if convert is None else convert(value)
        return None if converted is None else str(converted)

    return text


@contextmanager
def _writer(
    connection: Connection, columns: Sequence[Column[Any]]
) -> Iterator[Callable[[Iterable[tuple[Any, ...]]], object]]:
    table, names = columns[0].table.name, [column.name for column in columns]
    open_writer = _into_postgresql if connection.dialect.name == "postgresql" else _into_sqlite
    with open_writer(connection, table, names) as write:
        yield write


@contextmanager
def _into_postgresql(
    connection: Connection, table: str, names: Sequence[str]
) -> Iterator[Callable[[Iterable[tuple[Any, ...]]], object]]:
    from psycopg import sql

    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, names))
    )
    driver: Any = connection.connection.driver_connection
    with _named_alike(connection), driver.cursor() as cursor, cursor.copy(statement) as copy:

        def write(rows: Iterable[tuple[Any, ...]]) -> None:
            for row in rows:
                copy.write_row(row)

        yield write


@contextmanager
def _into_sqlite(
    connection: Connection, table: str, names: Sequence[str]
) -> Iterator[Callable[[Iterable[tuple[Any, ...]]], object]]:
    # Neither one statement for many rows nor a thread of its own is faster: both were measured.
    quote = connection.dialect.identifier_preparer.quote
    columns, marks = ", ".join(map(quote, names)), ", ".join("?" * len(names))
    insert = f"INSERT INTO {quote(table)} ({columns}) VALUES ({marks})"  # noqa: S608 - quoted
    yield lambda rows: connection.exec_driver_sql(insert, list(rows))


@contextmanager
def _named_alike(connection: Connection) -> Iterator[None]:
    """Raise what SQLAlchemy raises: COPY goes around it, and callers know only its errors."""
    import psycopg

    try:
        yield
    except psycopg.Error as error:
        raise DBAPIError.instance("COPY", None, error, psycopg.Error, dialect=connection.dialect) from error
