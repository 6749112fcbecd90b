"""The unit that looks after an agreement, as the store has it."""

from sqlalchemy import update

from tests.support.agreements import ID, rule
from tests.support.houses import Home, terms_file
from tracker import flow
from tracker.events.tables import EventRow
from tracker.terms.tables import AgreementRow, TermsVersionRow

DUTY = rule("on 2026-12-31")


def units(home: Home) -> dict[str, str | None]:
    return {row.id: row.unit for row in home.rows(AgreementRow)}


def test_loading_notes_the_unit(home: Home) -> None:
    home.load(terms_file(DUTY, unit="cabang-satu"), terms_file(DUTY, id="other"))
    assert units(home) == {ID: "cabang-satu", "other": ""}

    home.load(terms_file(DUTY, unit="cabang-dua"))
    assert units(home) == {ID: "cabang-dua", "other": ""}


def test_what_was_loaded_before_units_were_noted_is_noted_by_the_next_load(home: Home) -> None:
    files = [terms_file(DUTY, unit="cabang-satu"), terms_file(DUTY, id="other")]
    home.load(*files)
    with home.db.write() as connection:
        connection.execute(update(AgreementRow).values(unit=None))

    assert flow.known_digests(home.db, home.house.context) == {}
    report = home.load(*files)

    assert units(home) == {ID: "cabang-satu", "other": ""}
    assert (report.unchanged, report.changed) == ([ID, "other"], [])
    assert len(home.rows(TermsVersionRow)) == 2
    assert home.rows(EventRow) == []
    assert set(flow.known_digests(home.db, home.house.context).values()) == {ID, "other"}
