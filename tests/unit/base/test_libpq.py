"""Answers of a server that come in pieces."""

import asyncio
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from psycopg import pq

from tracker.base.libpq import Prepared


class Pieces:
    """What libpq does where the end of an answer has not come yet: each look finds one more piece."""

    def __init__(self, *looks: list[Any]) -> None:
        self._looks = list(looks)
        self._found: list[Any] = []

    def consume_input(self) -> None:
        self._found = self._looks.pop(0)

    def is_busy(self) -> bool:
        return not self._found

    def get_result(self) -> Any:
        return self._found.pop(0)


def result(status: pq.ExecStatus) -> Any:
    return SimpleNamespace(status=status, error_message=b"no such column")


@pytest.mark.parametrize(
    ("status", "fails"), [(pq.ExecStatus.COMMAND_OK, False), (pq.ExecStatus.FATAL_ERROR, True)]
)
async def test_an_error_is_not_forgotten_until_the_end_comes(status: pq.ExecStatus, *, fails: bool) -> None:
    connection: Any = SimpleNamespace(pgconn=Pieces([], [result(status)], [None]))
    prepared = Prepared(connection)
    answered: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    for last in (False, False, True):
        prepared._read(answered)
        assert answered.done() is last

    assert isinstance(answered.exception(), psycopg.Error) is fails
