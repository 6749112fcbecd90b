"""The real process against real servers: PostgreSQL or SQLite, SMTP, and the Bot API over HTTP."""

import dataclasses
import json
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from tests.support.agreements import ID, rule
from tests.support.botapi import TOKEN, bot_api
from tests.support.databases import (
    MIGRATIONS,
    POSTGRESQL,
    SQLITE,
    empty_database,
    lock_waits,
    migrated_database,
)
from tests.support.houses import OFFICER, terms_file
from tests.support.outbox import alert_rows, put
from tests.support.postgres import own_postgres
from tests.support.process import Installation, own_rules
from tests.support.smtp import HOST, Mail, SmtpStandIn, free_port, smtp_server
from tests.support.waiting import until
from tracker import flow
from tracker.base.db import Database
from tracker.base.packed import unpack
from tracker.base.settings import read_settings
from tracker.bootstrap import build
from tracker.events.model import Event
from tracker.migrations import differences, upgrade
from tracker.outbox.tables import AlertRow, AttemptRow
from tracker.terms.load import read_file, terms_paths

TODAY = datetime.now(ZoneInfo("Asia/Jakarta")).date()
NOTICE = rule("14 calendar days since force-majeure-occurred", "force-majeure-notice")
MAIL_ONLY = {name: value for name, value in OFFICER.items() if name != "telegram"}
ENGINES = [SQLITE, pytest.param(POSTGRESQL, marks=pytest.mark.postgres)]
HANG_UP = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
KEY = f"{ID}/force-majeure-notice/{TODAY}:kesatu"


def installation(folder: Path, url: str, *rules: Any, contact: Any = MAIL_ONLY) -> Installation:
    signed = (TODAY - timedelta(days=7)).isoformat()
    file = terms_file(*(rules or (NOTICE,)), contacts=[contact], signed=signed)
    return Installation(
        folder,
        {
            "database_url": url,
            "rules_dir": str(own_rules(folder, {ID: unpack(file.packed_text).decode()})),
            "sweep_seconds": "0.2",
            "morning": "off",
            "mail_from": "Pelacak <tracker@example.org>",
            "smtp_host": HOST,
            "smtp_tls": "none",
        },
    )


def prepare(one: Installation) -> None:
    """Load the rules into a migrated database, and record a fact that is alerted at once."""
    house = build(read_settings({f"TRACKER_{name.upper()}": text for name, text in one.settings.items()}))
    (path,) = terms_paths(house.settings.rules_dir)
    file, _ = read_file(path)
    assert file is not None
    now = house.clock.now()
    flow.load_terms(house.db, house.context, [file], now)
    fact = Event(ID, "force-majeure-occurred", TODAY, {"party": "kesatu"})
    flow.record_event(house.db, house.context, fact, now, "tester")
    house.db.close()


def record(one: Installation) -> None:
    said = one.ok("event", "record", ID, "force-majeure-occurred", "--on", f"{TODAY}", "-d", "party=kesatu")
    assert "obligations opened" in said


@pytest.fixture(params=ENGINES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with empty_database(request.param, tmp_path) as found:
        yield found


@pytest.fixture
def sqlite_url(tmp_path: Path) -> Iterator[str]:
    with migrated_database(SQLITE, tmp_path) as found:
        yield found


@pytest.fixture
def mail() -> Iterator[SmtpStandIn]:
    with smtp_server() as running:
        yield running


def parsed(mail: Mail) -> EmailMessage:
    return message_from_bytes(mail.content, policy=default)


def rows(url: str, table: Any) -> list[Any]:
    with closing(Database(url)) as db, db.read() as connection:
        return list(connection.execute(select(table).order_by(*table.__table__.primary_key)))


def test_one_contact_gets_both_messages(url: str, mail: SmtpStandIn, tmp_path: Path) -> None:
    with bot_api() as api:
        one = dataclasses.replace(installation(tmp_path, url, contact=OFFICER), fresh=True)
        (tmp_path / "token").write_text(f"{TOKEN}\n")
        one.settings |= {
            "smtp_port": str(mail.port),
            "telegram_token_file": str(tmp_path / "token"),
            "telegram_base_url": api.base_url,
            "sweep_seconds": "600",  # so that only the bell can tell of what another process records
        }
        with one.start("run") as worker:
            until(lambda: "worker started" in worker.said(), "a worker that has started")
            record(one)
            until(lambda: mail.mails and api.messages, "one mail and one Telegram message")
            until(lambda: [row.state for row in rows(url, AlertRow)] == ["accepted"] * 2, "both accepted")
            story = one.json("explain", KEY)
            assert worker.stop() == 0
            assert TOKEN not in worker.said()
            assert "worker stopped" in worker.said()

    (sent,) = mail.mails
    assert sent.recipients == ("satu@example.org",)
    message = parsed(sent)
    assert message["To"] == "satu@example.org"
    assert message["From"] == "Pelacak <tracker@example.org>"
    assert message["Message-ID"].endswith("@example.org>")
    (chat,) = api.messages
    assert chat["chat_id"] == "11"
    assert "Perjanjian uji" in chat["text"]
    assert {(alert["channel"], alert["point"]) for alert in story["alerts"]} == {
        ("email", "at-once"),
        ("telegram", "at-once"),
    }
    assert not (tmp_path / "var" / "mail").exists()


@pytest.mark.parametrize(
    ("engine", "silent_from"),
    [(SQLITE, "greeting"), pytest.param(POSTGRESQL, "data", marks=pytest.mark.postgres)],
)
def test_a_killed_worker_loses_nothing(
    engine: str, silent_from: str, mail: SmtpStandIn, tmp_path: Path
) -> None:
    with migrated_database(engine, tmp_path) as url, socket.create_server((HOST, 0)) as mute:
        one = installation(tmp_path, url)
        one.settings |= {"lease_seconds": "3", "smtp_port": str(mail.port)}
        prepare(one)

        mail.after_data = "hang"
        port = mute.getsockname()[1] if silent_from == "greeting" else mail.port
        with one.start("worker", smtp_port=str(port)) as worker:
            if silent_from == "greeting":
                mute.settimeout(30)
                held, _ = mute.accept()
            else:
                until(lambda: mail.mails, "a mail that is not answered")
                held = socket.socket()
            worker.kill()
            held.close()
        assert worker.process.returncode == -signal.SIGKILL
        (claimed,) = rows(url, AlertRow)
        assert (claimed.state, claimed.attempts) == ("pending", 1)
        assert claimed.lease_holder is not None
        assert [row.outcome for row in rows(url, AttemptRow)] == ["started"]

        mail.after_data = "answer"
        before = len(mail.mails)
        with one.start("worker") as worker:
            until(lambda: rows(url, AlertRow)[0].state == "accepted", "the alert accepted")
            assert worker.stop() == 0

        (alert,) = rows(url, AlertRow)
        assert (alert.message_id, alert.attempts) == (claimed.message_id, 2)
        assert [row.outcome for row in rows(url, AttemptRow)] == ["started", "accepted"]
        assert len(mail.mails) == before + 1
        assert {parsed(sent)["Message-ID"] for sent in mail.mails} == {claimed.message_id}


def test_a_worker_that_is_told_to_stop_finishes_its_turn(
    mail: SmtpStandIn, sqlite_url: str, tmp_path: Path
) -> None:
    one = installation(tmp_path, sqlite_url)
    one.settings["smtp_port"] = str(mail.port)
    prepare(one)
    mail.delay = 1.0

    with one.start("worker") as worker:
        until(lambda: mail.open_now, "a mail that is being handed over")
        assert worker.stop() == 0

    assert len(mail.mails) == 1
    assert [row.state for row in rows(sqlite_url, AlertRow)] == ["accepted"]


@pytest.mark.postgres
def test_two_workers_share_a_database(mail: SmtpStandIn, tmp_path: Path) -> None:
    rules = [
        rule(f"{days} calendar days since force-majeure-occurred", f"duty-{days}") for days in range(5, 17)
    ]
    with migrated_database(POSTGRESQL, tmp_path) as url:
        one = installation(tmp_path, url, *rules)
        one.settings |= {"smtp_port": str(mail.port), "batch": "2"}
        mail.delay = 0.05

        with one.start("worker") as first, one.start("worker") as second:
            for worker in (first, second):
                until(lambda: "worker started" in worker.said(), "a worker that has started")  # noqa: B023
            prepare(one)
            until(lambda: len(mail.mails) >= len(rules), "all mails")
            until(lambda: all(row.state == "accepted" for row in rows(url, AlertRow)), "all accepted")
            assert (first.stop(), second.stop()) == (0, 0)

        ids = [parsed(sent)["Message-ID"] for sent in mail.mails]
        assert len(ids) == len(set(ids)) == len(rules)
        assert {row.attempts for row in rows(url, AlertRow)} == {1}


@pytest.mark.postgres
def test_two_processes_may_migrate_a_new_database_at_once(tmp_path: Path) -> None:
    with empty_database(POSTGRESQL, tmp_path) as url, closing(Database(url)) as db:
        one = installation(tmp_path, url)
        # Holds both back until both are there.
        with (
            db.engine.connect() as gate,
            one.start("db", "upgrade") as first,
            one.start("db", "upgrade") as second,
        ):
            gate.exec_driver_sql("CREATE TABLE alembic_version (version_num VARCHAR(32))")
            until(lambda: lock_waits(db) == 2 or first.process.poll() is not None, "two that wait")
            gate.rollback()
            codes = first.process.wait(30), second.process.wait(30)

        assert codes == (0, 0), first.said()[-500:] + second.said()[-500:]
        assert differences(db) == []


def test_a_mail_folder_that_cannot_be_written(sqlite_url: str, tmp_path: Path) -> None:
    one = installation(tmp_path, sqlite_url)
    del one.settings["smtp_host"]
    prepare(one)
    (tmp_path / "blocked").write_text("a file, where a folder should be")

    with one.start("worker", mail_dir=str(tmp_path / "blocked"), log_format="json") as worker:
        until(lambda: "alert not accepted" in worker.said(), "a complaint")
        said = [json.loads(line) for line in worker.said().splitlines() if line.startswith("{")]
        assert worker.stop() == 0

    (complaint,) = [line for line in said if line["event"] == "alert not accepted"]
    assert complaint["level"] == "error"
    assert str(tmp_path / "blocked") in complaint["answer"]
    assert "TRACKER_MAIL_DIR" in complaint["answer"]
    assert [row.outcome for row in rows(sqlite_url, AttemptRow)] == ["failed"]
    assert rows(sqlite_url, AlertRow)[0].state == "pending"


def test_without_a_server_messages_go_to_the_folder(sqlite_url: str, tmp_path: Path) -> None:
    one = installation(tmp_path, sqlite_url)
    del one.settings["smtp_host"]
    prepare(one)

    with one.start("worker") as worker:
        (written,) = until(lambda: list((tmp_path / "var/mail/new").glob("*")), "a message in the folder")
        assert worker.stop() == 0

    message = parsed(Mail("", (), written.read_bytes()))
    assert message["To"] == "satu@example.org"
    assert "satu@example.org" in worker.said()


def test_a_worker_outlives_a_database_that_goes_away(
    mail: SmtpStandIn, sqlite_url: str, tmp_path: Path
) -> None:
    one = installation(tmp_path, sqlite_url)
    one.settings["smtp_port"] = str(mail.port)
    prepare(one)
    with closing(Database(sqlite_url)) as db, one.start("worker") as worker:
        until(lambda: mail.mails, "a mail")
        with db.write() as connection:
            connection.exec_driver_sql("ALTER TABLE agreement RENAME TO gone")
        until(lambda: "turn failed, trying again" in worker.said(), "a complaint")
        with db.write() as connection:
            connection.exec_driver_sql("ALTER TABLE gone RENAME TO agreement")
        assert worker.process.poll() is None
        assert worker.stop() == 0
    assert "run 'tracker db upgrade' first" in worker.said()


@pytest.mark.postgres
def test_a_worker_outlives_lost_connections(mail: SmtpStandIn, tmp_path: Path) -> None:
    with migrated_database(POSTGRESQL, tmp_path) as url:
        one = installation(tmp_path, url)
        one.settings["smtp_port"] = str(mail.port)
        with one.start("worker") as worker, closing(Database(url)) as db:
            until(lambda: "worker started" in worker.said(), "a worker that has started")
            with db.write() as connection:
                connection.exec_driver_sql(HANG_UP)
            prepare(one)
            until(lambda: mail.mails, "a mail")
            assert worker.stop() == 0


@pytest.mark.postgres
def test_a_worker_waits_for_a_database_that_is_stopped_and_goes_on(mail: SmtpStandIn, tmp_path: Path) -> None:
    with own_postgres() as postgres:
        postgres.start()
        url = postgres.server.create("tracker")
        with closing(Database(url)) as db:
            upgrade(db, MIGRATIONS)
            put(db, alert_rows("before", 24, datetime.now(UTC)))
        one = installation(tmp_path, url)
        one.settings |= {
            "smtp_port": str(mail.port),
            "batch": "6",
            "smtp_connections": "2",
            "lease_seconds": "5",
        }
        mail.delay = 0.05
        with one.start("worker") as worker:
            until(lambda: len(mail.mails) > 3, "some mails")
            postgres.stop()
            until(lambda: "turn failed, trying again" in worker.said(), "a complaint")
            time.sleep(0.5)  # several sweeps against a database that is away
            assert worker.process.poll() is None
            postgres.start()
            with closing(Database(url)) as db:
                put(db, alert_rows("after", 6, datetime.now(UTC)))
            until(lambda: {row.state for row in rows(url, AlertRow)} == {"accepted"}, "every alert accepted")
            assert worker.stop() == 0

        ids = [parsed(sent)["Message-ID"] for sent in mail.mails]
        assert len(ids) == len(set(ids)) == 30


def test_a_worker_needs_tables(tmp_path: Path) -> None:
    one = installation(tmp_path, f"sqlite:///{tmp_path / 'tracker.db'}")

    assert "run 'tracker db upgrade'" in one.fails(4, "worker", smtp_port=str(free_port()))
