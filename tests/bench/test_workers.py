"""Two workers on one PostgreSQL beside one. Reported only: here they share two cores with server and sink."""

import os
import subprocess
import sys
import time
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from tests.bench.measure import Contender, median_ratio, rounds_of, verdict
from tests.bench.outbox import MAILS, Outbox
from tests.support.agreements import ROOT
from tests.support.databases import POSTGRESQL, migrated_database
from tests.support.sink import sink
from tracker.base.db import Database

ROUNDS = 5


class Workers:
    """Processes that are ready to send."""

    def __init__(self, count: int, url: str, port: int) -> None:
        self.outbox = Outbox(port, Database(url))
        self.count = count
        self.command = [sys.executable, "-m", "tests.bench.outbox", url, str(port)]
        self.started: list[subprocess.Popen[str]] = []
        self.busy: list[float] = []

    def start(self) -> None:
        """Make every mail due, and start them; they wait."""
        self.outbox.fill()
        self.started = [
            subprocess.Popen(  # noqa: S603 - our own
                self.command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
            for _ in range(self.count)
        ]
        for worker in self.started:
            assert _line(worker) == "ready"

    def run(self) -> None:
        """Let them send all of it."""
        before, begin = _busy_seconds(), time.perf_counter()
        for worker in self.started:
            assert worker.stdin is not None
            worker.stdin.write("go\n")
            worker.stdin.flush()
        assert sum(int(_line(worker)) for worker in self.started) == MAILS
        self.busy.append((_busy_seconds() - before) / (time.perf_counter() - begin))
        for worker in self.started:
            worker.communicate()


def _line(worker: subprocess.Popen[str]) -> str:
    assert worker.stdout is not None
    return worker.stdout.readline().strip()


def _busy_seconds() -> float:
    """Give how long all cores together have worked, for whomever."""
    values = [int(each) for each in Path("/proc/stat").read_text(encoding="ascii").split("\n")[0].split()[1:]]
    return (sum(values[:8]) - values[3] - values[4]) / os.sysconf("SC_CLK_TCK")


@pytest.mark.bench
@pytest.mark.skipif(not Path("/proc/stat").exists(), reason="the cores' use is read from /proc/stat")
def test_two_workers_beside_one(tmp_path: Path) -> None:
    with ExitStack() as held:
        port = held.enter_context(sink())
        url = held.enter_context(migrated_database(POSTGRESQL, tmp_path))
        workers = {count: Workers(count, url, port) for count in (1, 2)}
        for each in workers.values():
            held.enter_context(closing(each.outbox.db))
        contenders = {str(count): Contender(each.run, each.start) for count, each in workers.items()}
        seconds = rounds_of(ROUNDS, contenders)

    figures = ", ".join(
        f"{count} worker{'s' if count > 1 else ''} {MAILS / min(seconds[str(count)]):,.0f}/s "
        f"({min(each.busy):.2f} to {max(each.busy):.2f} of {os.cpu_count()} cores busy)"
        for count, each in workers.items()
    )
    verdict("Two workers / one", median_ratio(seconds["2"], seconds["1"]), float("inf"), figures)
