"""Commands as forks of a process that has the libraries already, with what `subprocess.Popen` offers."""

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tests.support.agreements import ROOT

_PAUSES = (0.001, 0.002, 0.005, 0.01, 0.02)
"""Between two looks whether a command has ended; the last one again and again."""


@dataclass
class Forked:
    """A command that was started."""

    launcher: "Launcher"
    pid: int
    returncode: int | None = None

    def poll(self) -> int | None:
        """Give the exit code; None while it runs."""
        if self.returncode is None:
            self.returncode = self.launcher.exit_code(self.pid)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end; gives the exit code."""
        began, pauses = time.monotonic(), iter(_PAUSES)
        while (code := self.poll()) is None:
            if timeout is not None and time.monotonic() - began > timeout:
                raise subprocess.TimeoutExpired(f"process {self.pid}", timeout)
            time.sleep(next(pauses, _PAUSES[-1]))
        return code

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """Kill it on the spot."""
        self.send_signal(signal.SIGKILL)


class Launcher:
    """The process that forks: launcher.py. It ends when this one does, however this one ends."""

    def __init__(self) -> None:
        """Start it."""
        ours, theirs = socket.socketpair()
        with ours, theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, "-m", "tests.support.launcher", str(theirs.fileno())],
                cwd=ROOT,
                env={"PATH": os.defpath, "PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )
            self._line = ours.makefile("rw", encoding="utf-8")
        self._turn = threading.Lock()

    def start(
        self, arguments: Sequence[str], folder: Path, environment: dict[str, str], out: Path, err: Path
    ) -> Forked:
        """Start `python -m tracker` with these arguments; what it says goes to the end of the files."""
        wanted = {
            "arguments": list(arguments),
            "folder": str(folder),
            "environment": environment,
            "out": str(out),
            "err": str(err),
        }
        return Forked(self, int(self._ask({"become": wanted})))

    def exit_code(self, pid: int) -> int | None:
        """Give the exit code of a command; None while it runs, and only once afterwards."""
        code = self._ask({"pid": pid})
        return None if code is None else int(code)

    def stop(self) -> None:
        """Let it end."""
        with suppress(OSError):
            self._line.close()
        self._process.wait(10)

    def _ask(self, what: dict[str, Any]) -> Any:
        with self._turn:
            self._line.write(f"{json.dumps(what)}\n")
            self._line.flush()
            answer = self._line.readline()
        assert answer, "the process that starts commands has ended"
        return json.loads(answer)


@cache
def launcher() -> Launcher:
    """Give the launcher of this process; the first call starts it."""
    found = Launcher()
    atexit.register(found.stop)
    return found
