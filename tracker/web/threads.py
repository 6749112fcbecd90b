"""Blocking work in threads of the pages' own: a worker in the same process keeps its threads."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from contextvars import copy_context
from functools import partial
from typing import ParamSpec, TypeVar

_P = ParamSpec("_P")
_T = TypeVar("_T")


async def in_thread(threads: Executor, work: Callable[_P, _T], *arguments: _P.args, **named: _P.kwargs) -> _T:
    """Do blocking work; what it logs has the name of the request as well."""
    run = partial(copy_context().run, work, *arguments, **named)
    return await asyncio.get_running_loop().run_in_executor(threads, run)
