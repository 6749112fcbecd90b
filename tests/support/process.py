"""`python -m tracker` as a process of its own: its environment, folder and rules are the test's.

Where a test does not ask for a `fresh` interpreter, it is a fork of one that has imported the libraries.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.support.agreements import ROOT, RULES
from tests.support.forks import Forked, launcher
from tests.support.waiting import PATIENCE

COMMAND = (sys.executable, "-m", "tracker")


@dataclass
class Installation:
    """A folder to stand in, and the settings of every command that is run there."""

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)
    fresh: bool = False
    """Whether each command is an interpreter that has imported nothing."""

    def run(self, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
        """Run one command to its end; every further name is a setting."""
        with TemporaryDirectory(prefix="tracker-said-") as said:
            out, err = Path(said) / "out", Path(said) / "err"
            process = self._launch(arguments, settings, out, err)
            try:
                code = process.wait(PATIENCE * 2)
            finally:
                _end(process)
            return subprocess.CompletedProcess(
                arguments, code, out.read_text(encoding="utf-8"), err.read_text(encoding="utf-8")
            )

    def ok(self, *arguments: str, **settings: str) -> str:
        """Run one command that must succeed; gives what it printed."""
        done = self.run(*arguments, **settings)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def json(self, *arguments: str, **settings: str) -> Any:
        """Run one command that must succeed and prints JSON."""
        return json.loads(self.ok(*arguments, "--json", **settings))

    def fails(self, code: int, *arguments: str, **settings: str) -> str:
        """Run one command that must fail with this code, in words; gives what it said."""
        done = self.run(*arguments, **settings)
        assert done.returncode == code, f"left with {done.returncode}: {(done.stdout + done.stderr)[-1000:]}"
        assert "Traceback" not in done.stderr
        return done.stderr

    @contextmanager
    def start(self, *arguments: str, **settings: str) -> Iterator["Running"]:
        """Start a command that runs on; it is killed at the end, if it still runs then."""
        log = self.folder / f"{arguments[0]}-{len(list(self.folder.glob('*.log')))}.log"
        process = self._launch(arguments, settings, log, log)
        try:
            yield Running(process, log)
        finally:
            _end(process)

    def _launch(
        self, arguments: Sequence[str], settings: Mapping[str, str], out: Path, err: Path
    ) -> subprocess.Popen[bytes] | Forked:
        environment = self._environment(settings)
        for path in (out, err):
            path.touch()
        if not self.fresh:
            return launcher().start(arguments, self.folder, environment, out, err)
        with out.open("ab") as said, err.open("ab") as complained:
            return subprocess.Popen(  # noqa: S603 - our own program
                [*COMMAND, *arguments],
                cwd=self.folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=complained,
            )

    def _environment(self, settings: Mapping[str, str]) -> dict[str, str]:
        chosen = {f"TRACKER_{name.upper()}": value for name, value in {**self.settings, **settings}.items()}
        # The code beside the tests, not whatever is installed.
        own = {"PATH": os.defpath, "PYTHONPATH": str(ROOT), "HOME": str(self.folder), "LC_ALL": "C.UTF-8"}
        return {**own, **chosen}


@dataclass(frozen=True)
class Running:
    """A command that is running."""

    process: subprocess.Popen[bytes] | Forked
    log: Path

    def said(self) -> str:
        """Read what it has said so far."""
        return self.log.read_text(encoding="utf-8")

    def stop(self) -> int:
        """Ask it to stop; gives its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)

    def kill(self) -> None:
        """Kill it on the spot."""
        self.process.kill()
        self.process.wait()


def _end(process: subprocess.Popen[bytes] | Forked) -> None:
    with suppress(ProcessLookupError):
        process.kill()
    process.wait()


def own_rules(folder: Path, agreements: Mapping[str, str]) -> Path:
    """Make a rules folder with the repository's holidays and ladders, and other agreements."""
    rules = folder / "rules"
    (rules / "agreements").mkdir(parents=True)
    shutil.copytree(RULES / "holidays", rules / "holidays")
    shutil.copy(RULES / "reminders.yaml", rules)
    for name, text in agreements.items():
        (rules / "agreements" / f"{name}.yaml").write_text(text, encoding="utf-8")
    return rules
