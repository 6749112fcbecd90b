"""Starts `python -m tracker` again and again, and imports the libraries only once: a process that forks.

Importing sqlalchemy, pydantic and the like takes longer than most commands. This process does it once; a
command is a fork of it, with its own arguments, environment, folder and files, in which the program runs as
`python -m` runs it. Nothing of `tracker` is imported before that: a command imports what it needs, as ever.
"""

import atexit
import gc
import json
import os
import runpy
import socket
import sys
import threading
import traceback
from importlib import import_module
from typing import Any, TextIO

_LIBRARIES = (
    "aiosmtplib",
    "alembic.autogenerate",
    "alembic.command",
    "alembic.config",
    "apscheduler.schedulers.asyncio",
    "babel.dates",
    "email.headerregistry",
    "fastapi",
    "holidays",
    "holidays.countries.indonesia",
    "httpx",
    "icalendar",
    "itsdangerous",
    "jinja2",
    "python_multipart",
    "pendulum",
    "psycopg",
    "pydantic_settings",
    "rapidfuzz",
    "reportlab.pdfbase.ttfonts",
    "reportlab.platypus",
    "rich.console",
    "rich.progress",
    "rich.table",
    "sqlalchemy.dialects.postgresql.psycopg",
    "sqlalchemy.dialects.sqlite.pysqlite",
    "sqlalchemy.ext.compiler",
    "sqlmodel",
    "starlette.applications",
    "structlog",
    "telegram.error",
    "telegram.request",
    "typer",
    "uvicorn",
    "xlsxwriter",
    "yaml",
)


def _serve(talk: TextIO) -> dict[str, Any] | None:
    """Answer until nobody asks any more; in a child, give what it shall become."""
    while line := talk.readline():
        order = json.loads(line)
        if "become" in order:
            answer: int | None = os.fork()
            if not answer:
                return dict(order["become"])
        else:
            answer = _exit_code(order["pid"])
        talk.write(f"{json.dumps(answer)}\n")
        talk.flush()
    return None


def _exit_code(pid: int) -> int | None:
    ended, status = os.waitpid(pid, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if ended else None


def _become(arguments: list[str], folder: str, environment: dict[str, str], out: str, err: str) -> None:
    """Be `python -m tracker` from here on."""
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    for target, path in ((1, out), (2, err)):
        file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.dup2(file, target)
        os.close(file)
    sys.argv = ["tracker", *arguments]
    _leave(_run())


def _run() -> int:
    """Run the program; gives its exit code."""
    try:
        runpy.run_module("tracker", run_name="__main__", alter_sys=True)
    except SystemExit as left:
        if left.code is None or isinstance(left.code, int):
            return left.code or 0
        sys.stderr.write(f"{left.code}\n")
        return 1
    except BaseException:  # noqa: BLE001 - as the interpreter does
        traceback.print_exc()
        return 1
    return 0


def _leave(code: int) -> None:
    """End as the children of `multiprocessing` do: taking apart what all share would copy all of it."""
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def main() -> None:
    """Import the libraries, then start what is asked for."""
    for name in _LIBRARIES:
        import_module(name)
    assert threading.active_count() == 1, "a fork takes only one thread along"
    assert "tracker" not in sys.modules
    gc.freeze()
    with socket.socket(fileno=int(sys.argv[1])) as line, line.makefile("rw", encoding="utf-8") as talk:
        wanted = _serve(talk)
    if wanted is not None:
        _become(**wanted)


if __name__ == "__main__":
    main()
