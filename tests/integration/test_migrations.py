from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import inspect, select, text
from sqlmodel import col

from tests.support.databases import MIGRATIONS
from tracker.base.db import Database
from tracker.base.errors import DatabaseError
from tracker.base.packed import unpack
from tracker.migrations import differences, head, require_current, upgrade
from tracker.obligations.tables import ObligationRow
from tracker.terms.tables import AgreementRow, TermsVersionRow

TABLES = {
    "agreement",
    "terms_version",
    "event",
    "obligation",
    "deadline_move",
    "reminder",
    "alert",
    "doubtful_address",
    "contact",
    "attempt",
    "unsubscribed",
    "chat",
    "link_code",
    "chat_update",
    "button",
    "account",
    "sign_in_link",
    "session",
    "sign_in",
    "calendar_link",
    "api_token",
    "webhook",
    "conversation",
    "examination",
    "post",
}


@pytest.fixture
def empty(empty_url: str) -> Iterator[Database]:
    opened = Database(empty_url, durable=False)
    yield opened
    opened.close()


def tables(db: Database) -> set[str]:
    with db.read() as connection:
        return set(inspect(connection).get_table_names()) - {"alembic_version"}


def migrate(db: Database, run: Callable[[Config, str], None], to: str) -> None:
    with db.restructure() as connection:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        run(config, to)


def test_from_nothing_to_the_tables_of_the_code(empty: Database) -> None:
    upgrade(empty, MIGRATIONS)

    assert tables(empty) == TABLES
    assert differences(empty) == []
    require_current(empty, MIGRATIONS)


def test_twice_is_as_good_as_once(empty: Database) -> None:
    upgrade(empty, MIGRATIONS)
    upgrade(empty, MIGRATIONS)

    assert differences(empty) == []


def test_down_and_up_again(empty: Database) -> None:
    upgrade(empty, MIGRATIONS)
    migrate(empty, command.downgrade, "base")
    assert tables(empty) == set()

    upgrade(empty, MIGRATIONS)
    assert differences(empty) == []


def test_terms_stay_readable_when_they_are_packed(empty: Database) -> None:
    texts = ["id: satu\n", "judul: é — 協定\n" * 500]
    migrate(empty, command.upgrade, "0001")
    with empty.write() as connection:
        for number, source in enumerate(texts, start=1):
            connection.execute(
                text(
                    "INSERT INTO agreement (id, title, timezone, version, digest, calendar_version, "
                    "tracked_since) VALUES (:id, 't', 'Asia/Jakarta', 1, 'd', 'c', '2026-01-01')"
                ),
                {"id": f"pks-{number}"},
            )
            connection.execute(
                text(
                    "INSERT INTO terms_version (id, agreement_id, version, digest, path, source, body, "
                    "loaded_at) VALUES (:n, :id, 1, 'd', 'p', :source, '{}', '2026-01-01 00:00:00')"
                ),
                {"n": number, "id": f"pks-{number}", "source": source},
            )

    upgrade(empty, MIGRATIONS)
    with empty.read() as connection:
        found = connection.execute(select(TermsVersionRow).order_by(col(TermsVersionRow.id))).all()
        assert [unpack(row.source).decode() for row in found] == texts
        assert [unpack(row.body) for row in found] == [b"{}", b"{}"]

    migrate(empty, command.downgrade, "0001")
    with empty.read() as connection:
        assert (
            list(connection.execute(text("SELECT source FROM terms_version ORDER BY id")).scalars()) == texts
        )


def test_the_time_that_was_said_last_is_kept_as_the_deadline_s(empty: Database) -> None:
    migrate(empty, command.upgrade, "0005")
    insert_obligation = (
        "INSERT INTO obligation (key, agreement_id, rule, occurrence, state, provisional, opened_at, moves) "
        "VALUES (:key, 'pks', 'r', 'o', 'open', :no, '2026-01-01 00:00:00', 0)"
    )
    insert_reminder = (
        "INSERT INTO reminder (key, obligation_key, point, planned_for, fired_at, missed) "
        "VALUES (:key, :key, 'p', '2026-01-01 00:00:00', '2026-01-01 00:00:00', '')"
    )
    insert_alert = (
        "INSERT INTO alert (key, reminder_key, obligation_key, contact, channel, address, message_id, "
        "thread_id, content, state, attempts, created_at) VALUES "
        "(:alert, :key, :key, 'c', 'file', 'a', :alert, :key, :content, 'accepted', 1, :at)"
    )
    said = [
        ("timed", "2026-01-01 00:00:00", '"09:20:00"'),
        ("timed", "2026-01-02 00:00:00", '"11:45:00"'),
        ("timeless", "2026-01-01 00:00:00", "null"),
    ]
    with empty.write() as connection:
        for key in ("timed", "timeless"):
            connection.execute(text(insert_obligation), {"key": key, "no": False})
            connection.execute(text(insert_reminder), {"key": key})
        for number, (key, at, by_time) in enumerate(said):
            content = f'{{"rule":"r","by_time":{by_time}}}'
            values = {"alert": f"a{number}", "key": key, "at": at, "content": content}
            connection.execute(text(insert_alert), values)

    upgrade(empty, MIGRATIONS)

    with empty.read() as connection:
        found = connection.execute(select(ObligationRow).order_by(col(ObligationRow.key))).all()
    assert [(row.key, str(row.by_time)) for row in found] == [("timed", "11:45:00"), ("timeless", "None")]
    migrate(empty, command.downgrade, "0005")


def test_when_a_duty_was_done_is_taken_from_its_proof(empty: Database) -> None:
    migrate(empty, command.upgrade, "0016")
    at = "2026-02-03 04:05:06.000000"
    with empty.write() as connection:
        connection.execute(
            text(
                "INSERT INTO agreement (id, title, timezone, version, digest, calendar_version, "
                "tracked_since) VALUES ('pks', 't', 'Asia/Jakarta', 1, 'd', 'c', '2026-01-01')"
            )
        )
        for number, (key, details) in enumerate(
            (
                ("sent", '{"rule":"r","occurrence":"sent","sent_on":"2026-02-01"}'),
                ("said", '{"rule":"r","occurrence":"said"}'),
                ("other", '{"rule":"r","occurrence":"another"}'),
            ),
            start=1,
        ):
            connection.execute(
                text(
                    "INSERT INTO obligation (key, agreement_id, rule, occurrence, state, provisional, "
                    "opened_at, moves, closed_at) "
                    "VALUES (:key, 'pks', 'r', :key, 'fulfilled', :no, :at, 0, :at)"
                ),
                {"key": key, "no": False, "at": at},
            )
            connection.execute(
                text(
                    "INSERT INTO event (agreement_id, number, kind, happened_on, details, recorded_at, "
                    "recorded_by, digest) "
                    "VALUES ('pks', :number, 'duty-fulfilled', '2026-02-02', :details, :at, 'x', 'd')"
                ),
                {"number": number, "details": details, "at": at},
            )

    upgrade(empty, MIGRATIONS)

    with empty.read() as connection:
        found = connection.execute(select(ObligationRow).order_by(col(ObligationRow.key))).all()
        due = connection.execute(
            select(col(AgreementRow.wake_at)).where(col(AgreementRow.wake_at) <= datetime.now(UTC))
        )
        assert len(due.all()) == 1  # for who owes each duty
    days = {row.key: str(row.done_on) for row in found}
    assert days == {"other": "None", "said": "2026-02-02", "sent": "2026-02-01"}


def test_an_empty_database_says_what_to_run(empty: Database) -> None:
    with empty.write():
        pass  # makes the file, on SQLite
    with pytest.raises(DatabaseError, match=r"is at schema none, expected \w+: run 'tracker db upgrade'"):
        require_current(empty, MIGRATIONS)


def test_looking_makes_no_database(tmp_path: Path) -> None:
    db = Database(f"sqlite:///{tmp_path / 'var' / 'tracker.db'}")

    with pytest.raises(DatabaseError, match="run 'tracker db upgrade'"):
        require_current(db, MIGRATIONS)

    assert list(tmp_path.iterdir()) == []
    db.close()


def test_a_table_that_is_missing_is_a_difference(empty: Database) -> None:
    upgrade(empty, MIGRATIONS)
    with empty.write() as connection:
        connection.execute(text("DROP TABLE attempt"))

    (difference,) = differences(empty)
    assert "attempt" in difference


def test_a_failed_migration_leaves_nothing_behind(empty: Database, tmp_path: Path) -> None:
    migrations = tmp_path / "migrations"
    (migrations / "versions").mkdir(parents=True)
    for path in (MIGRATIONS / "env.py", *MIGRATIONS.glob("versions/*.py")):
        (migrations / path.relative_to(MIGRATIONS)).write_text(path.read_text())
    (migrations / "versions" / "9999_broken.py").write_text(
        f"revision, down_revision = '9999', '{head(MIGRATIONS)}'\n"
        "branch_labels = depends_on = None\n"
        "def upgrade():\n    raise RuntimeError('broken on purpose')\n"
    )

    with pytest.raises(RuntimeError, match="broken on purpose"):
        upgrade(empty, migrations)

    assert tables(empty) == set()


@pytest.mark.postgres
def test_later_transactions_wait_for_locks_as_long_as_ever(empty_postgres_url: str) -> None:
    db = Database(empty_postgres_url)

    def patience() -> str:
        with db.read() as connection:
            return str(connection.execute(text("SHOW lock_timeout")).scalar())

    before = patience()
    upgrade(db, MIGRATIONS)
    after = patience()
    db.close()

    assert after == before
