"""A server that takes its time: how much is sent grows with the connections."""

import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.bench.measure import verdict
from tests.bench.outbox import Outbox
from tests.support.databases import POSTGRESQL, SQLITE, migrated_database
from tests.support.sink import sink
from tracker.base.db import Database

LATENCY = 0.05
ANSWERS = 4
"""To MAIL, RCPT, DATA and the message, where a server takes commands one by one."""
SHARE = 0.9
SECONDS = 6


@pytest.mark.bench
@pytest.mark.parametrize("pipelining", [False, True], ids=["one by one", "together"])
@pytest.mark.parametrize("connections", [5, 20])
@pytest.mark.parametrize("engine", [SQLITE, POSTGRESQL])
def test_a_slow_server(engine: str, connections: int, tmp_path: Path, *, pipelining: bool) -> None:
    possible = connections / (ANSWERS * LATENCY)
    mails = int(possible * SECONDS)
    with (
        sink(LATENCY, pipelining=pipelining) as port,
        migrated_database(engine, tmp_path) as url,
        closing(Database(url)) as db,
    ):
        outbox = Outbox(port, db, connections=connections, mails=mails)
        outbox.fill()
        start = time.perf_counter()
        outbox.run()
        rate = mails / (time.perf_counter() - start)

    found = verdict(
        f"{connections} connections to a server {LATENCY * 1000:g} ms away, {engine}, "
        f"commands {'together' if pipelining else 'one by one'}: connections / ({ANSWERS} x latency) / rate",
        possible / rate,
        1 / SHARE,
        f"{rate:,.0f}/s of {possible:,.0f}/s",
    )
    assert found.holds, found.line
