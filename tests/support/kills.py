"""Workers killed again and again while they send, by SIGKILL, at moments that nobody chose."""

import random
from collections import Counter
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from email import message_from_bytes
from pathlib import Path

from sqlalchemy import select

from tests.support.databases import migrated_database
from tests.support.outbox import alert_rows, put
from tests.support.process import Installation, own_rules
from tests.support.smtp import HOST, SmtpStandIn, smtp_server
from tests.support.waiting import until
from tracker.base.db import Database
from tracker.outbox.tables import AlertRow

CONNECTIONS = 4
ALERTS_A_ROUND = 40
_LEASE_SECONDS = "3"


def kill_again_and_again(engine: str, workers: int, rounds: int, folder: Path, seed: int) -> int:
    """Kill all workers in each round; nothing may be lost, and hardly anything come twice: gives how much."""
    chance = random.Random(seed)  # noqa: S311 - moments, not secrets
    expected: set[str] = set()
    with smtp_server() as mail, migrated_database(engine, folder) as url, closing(Database(url)) as db:
        mail.delay = 0.005
        one = _installation(folder, url, mail)
        for number in range(rounds):
            rows = alert_rows(f"round-{number}", ALERTS_A_ROUND, datetime.now(UTC))
            expected |= {row["message_id"] for row in rows}
            put(db, rows)
            _send_and_kill(one, mail, workers, chance.randint(1, ALERTS_A_ROUND - 1))
        with one.start("worker") as last:
            # What was killed last may have left nothing: a stop would come before anybody listens.
            until(lambda: "worker started" in last.said(), "a worker that has started")
            until(lambda: _states(db) == {"accepted"}, "every alert accepted", patience=60)
            assert last.stop() == 0
        repeats = _check(mail, expected, kills=rounds * workers)
        assert _held(db) == 0
    return repeats


def _send_and_kill(one: Installation, mail: SmtpStandIn, workers: int, after: int) -> None:
    before = len(mail.mails)
    with ExitStack() as running:
        started = [running.enter_context(one.start("worker")) for _ in range(workers)]
        until(lambda: len(mail.mails) >= before + after, f"{after} mails")
        for worker in started:
            worker.kill()


def _check(mail: SmtpStandIn, expected: set[str], kills: int) -> int:
    seen = Counter(str(message_from_bytes(sent.content)["Message-ID"]) for sent in mail.mails)
    assert set(seen) == expected
    repeats = sum(seen.values()) - len(seen)
    assert repeats <= 2 * CONNECTIONS * kills, f"{repeats} repeats after {kills} kills"
    return repeats


def _states(db: Database) -> set[str]:
    with db.read() as connection:
        return set(connection.execute(select(AlertRow.__table__.c.state).distinct()).scalars())  # type: ignore[attr-defined]


def _held(db: Database) -> int:
    with db.read() as connection:
        rows = connection.execute(select(AlertRow)).all()
    return sum(row.lease_holder is not None or row.next_try_at is not None for row in rows)


def _installation(folder: Path, url: str, mail: SmtpStandIn) -> Installation:
    return Installation(
        folder,
        {
            "database_url": url,
            "rules_dir": str(own_rules(folder, {})),
            "smtp_host": HOST,
            "smtp_port": str(mail.port),
            "smtp_tls": "none",
            "smtp_connections": str(CONNECTIONS),
            "mail_from": "tracker@example.org",
            "lease_seconds": _LEASE_SECONDS,
            "batch": "20",
            "morning": "off",
        },
    )
