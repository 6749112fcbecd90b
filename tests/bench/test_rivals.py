"""The outbox beside one task an alert and one job an alert, on the same PostgreSQL, with the same mails.

The server waits for the disk at every commit, as one in use does. Procrastinate records what became
of a task. APScheduler's store deletes a job before it runs, so that only a statement of its own tells
a mail that was sent from one that was lost; how fast it is without is said, too.
"""

from contextlib import ExitStack, closing
from functools import partial

import pytest

from tests.bench.measure import Contender, median_ratio, rounds_of, verdict
from tests.bench.outbox import CONNECTIONS, MAILS, NOW, ROWS, Outbox
from tests.support.databases import durable_database
from tests.support.rivals import OURS, PLAIN, Build, Now, Procrastinate, Scheduler, Sender
from tests.support.sink import sink
from tracker.base.db import Database

ROUNDS = 3
ARGUMENTS = [
    {name: row[name] for name in ("key", "address", "message_id", "thread_id", "content")} for row in ROWS
]
PLAIN_WAY, SPLICED, UNRECORDED = "plain", "spliced", "spliced and not recorded"


@pytest.mark.bench
def test_one_task_an_alert() -> None:
    with ExitStack() as held:
        port = held.enter_context(sink())
        url, rivals_url = held.enter_context(durable_database())
        db = held.enter_context(closing(Database(url)))
        tasks = Procrastinate(rivals_url)
        _compare(
            "one Procrastinate task an alert",
            4.0,
            Outbox(port, db),
            {
                way: Contender(
                    partial(tasks.run, partial(_sender, port, build)), partial(tasks.fill, ARGUMENTS)
                )
                for way, build in ((PLAIN_WAY, PLAIN), (SPLICED, OURS))
            },
        )


@pytest.mark.bench
def test_one_job_an_alert() -> None:
    with ExitStack() as held:
        port = held.enter_context(sink())
        url, rivals_url = held.enter_context(durable_database())
        db = held.enter_context(closing(Database(url)))
        jobs = held.enter_context(closing(Scheduler(rivals_url)))
        _compare(
            "one APScheduler job an alert",
            2.5,
            Outbox(port, db),
            {
                way: Contender(
                    partial(jobs.run, partial(_sender, port, build, record_in)),
                    partial(jobs.fill, ARGUMENTS, NOW),
                )
                for way, build, record_in in (
                    (PLAIN_WAY, PLAIN, url),
                    (SPLICED, OURS, url),
                    (UNRECORDED, OURS, None),
                )
            },
        )


def _sender(port: int, build: Build, record_in: str | None = None) -> Sender:
    return Sender(port, CONNECTIONS, MAILS, build, record_in)


def _compare(rival: str, times: float, outbox: Outbox, ways: dict[str, Contender]) -> None:
    Now.at = NOW
    seconds = rounds_of(ROUNDS, {"outbox": Contender(outbox.run, outbox.fill)} | ways)
    best = min((PLAIN_WAY, SPLICED), key=lambda way: min(seconds[way]))
    figures = ", ".join(
        f"{name} {MAILS / min(each):,.0f}/s ({median_ratio(each, seconds['outbox']):.2g})"
        for name, each in seconds.items()
    )
    found = verdict(
        f"{MAILS:,} mails through the outbox / {rival} ({best} mails)",
        median_ratio(seconds["outbox"], seconds[best]),
        1 / times,
        figures,
    )
    assert found.holds, found.line
