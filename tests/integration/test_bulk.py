from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from tracker.base.bulk import insert_all, inserting
from tracker.base.db import Database
from tracker.terms.tables import AgreementRow, TermsVersionRow

NOW = datetime(2026, 11, 23, 3, 0, 0, 123456, tzinfo=UTC)
AWKWARD = "tab\t, newline\n, back\\slash, 'quote', \"quotes\", \\N, \\., \r, é 協定"
BYTES = bytes(range(256))


def row(number: int, **more: object) -> dict[str, object]:
    return {
        "id": f"pks-{number}",
        "title": AWKWARD,
        "timezone": "Asia/Jakarta",
        "unit": None if number % 3 else "cabang",
        "version": number,
        "digest": "",
        "calendar_version": "c",
        "tracked_since": date(2026, 1, 5),
        "wake_at": NOW if number % 2 else None,
        "log_length": 0,
        "log_digest": "",
        **more,
    }


def test_every_value_comes_back_as_it_went_in(db: Database) -> None:
    rows = [row(number) for number in range(1, 200)]
    with db.write() as connection:
        insert_all(connection, AgreementRow, rows)
    with db.read() as connection:
        found = connection.execute(select(AgreementRow).order_by(col(AgreementRow.version)))
        assert [dict(each._mapping) for each in found] == rows


def test_rows_one_by_one(db: Database) -> None:
    names = ("agreement_id", "version", "digest", "path", "source", "body", "loaded_at")
    with db.write() as connection:
        insert_all(connection, AgreementRow, [row(1)])
        with inserting(connection, TermsVersionRow, names) as insert:
            for version in range(1, 4):
                insert(("pks-1", version, AWKWARD, "p", AWKWARD.encode() * version, BYTES, NOW))
    with db.read() as connection:
        found = list(connection.execute(select(TermsVersionRow).order_by(col(TermsVersionRow.version))))
    assert [each.source for each in found] == [AWKWARD.encode() * times for times in (1, 2, 3)]
    assert {(each.digest, each.body, each.loaded_at) for each in found} == {(AWKWARD, BYTES, NOW)}
    assert len({each.id for each in found}) == 3


def test_rows_that_differ_in_their_columns_are_refused(db: Database) -> None:
    odd = row(2)
    del odd["wake_at"]
    with pytest.raises(ValueError, match="rows differ in their columns"), db.write() as connection:
        insert_all(connection, AgreementRow, [row(1), odd])


def test_nothing_of_a_refused_batch_stays(db: Database) -> None:
    with pytest.raises(IntegrityError), db.write() as connection:
        insert_all(connection, AgreementRow, [row(1), row(2), row(1)])
    with db.read() as connection:
        assert connection.execute(select(AgreementRow)).all() == []


def test_an_error_between_rows_undoes_them(db: Database) -> None:
    def interrupted() -> None:
        with db.write() as connection, inserting(connection, AgreementRow, tuple(row(1))) as insert:
            insert(tuple(row(1).values()))
            raise KeyError("broken on purpose")

    with pytest.raises(KeyError, match="broken on purpose"):
        interrupted()
    with db.read() as connection:
        assert connection.execute(select(AgreementRow)).all() == []


def test_no_rows(db: Database) -> None:
    with db.write() as connection:
        insert_all(connection, AgreementRow, [])
    with db.read() as connection:
        assert connection.execute(select(AgreementRow)).all() == []
