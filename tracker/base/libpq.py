"""One prepared statement after the other on a PostgreSQL connection, answered in one turn of the event loop.

The driver's own `execute` goes through four turns, in each of which a busy loop does other things first.
"""

import asyncio
from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg import pq


class Prepared:
    """The statements of one connection that runs nothing else."""

    def __init__(self, connection: psycopg.AsyncConnection[Any]) -> None:
        """Use a connection that commits each statement by itself."""
        self._connection = connection
        self._pg = connection.pgconn
        self._names: dict[str, bytes] = {}
        self._failed: psycopg.Error | None = None

    async def execute(self, statement: str, values: Sequence[bytes]) -> None:
        """Run a statement with `%s` for each of its values, which are texts; psycopg.Error if it fails."""
        name = self._names.get(statement)
        if name is None:
            name = b"prompt_%d" % len(self._names)
            first, *others = statement.split("%s")
            numbered = first + "".join(f"${number}{text}" for number, text in enumerate(others, start=1))
            self._pg.send_prepare(name, numbered.encode())
            await self._answer()
            self._names[statement] = name
        self._pg.send_query_prepared(name, values)
        await self._answer()

    async def close(self) -> None:
        """Let go of the connection."""
        await self._connection.close()

    async def _answer(self) -> None:
        self._failed = None
        loop = asyncio.get_running_loop()
        answered: asyncio.Future[None] = loop.create_future()
        while self._pg.flush():  # noqa: ASYNC110 - longer than the socket takes at once, which is rare
            await asyncio.sleep(0)
        number = self._pg.socket  # nobody tells it once the connection is lost
        loop.add_reader(number, self._read, answered)
        try:
            await answered
        finally:
            loop.remove_reader(number)

    def _read(self, answered: asyncio.Future[None]) -> None:
        if answered.done():
            return
        try:
            is_over = self._read_results()
        except psycopg.Error as error:
            answered.set_exception(error)
            return
        if not is_over:
            return
        if self._failed is None:
            answered.set_result(None)
        else:
            answered.set_exception(self._failed)

    def _read_results(self) -> bool:
        """Take what has come of the answer; gives whether that was the end of it."""
        self._pg.consume_input()
        while not self._pg.is_busy():
            result = self._pg.get_result()
            if result is None:
                return True
            if result.status not in (pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK):
                self._failed = psycopg.DatabaseError(result.error_message.decode(errors="replace"))
        return False
