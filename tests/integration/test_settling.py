"""What had passed before tracking began, confirmed in bulk from a filled-in list."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.support.agreements import ID, rule
from tests.support.houses import MONDAY, Home, terms_file
from tracker import flow
from tracker.base.errors import BadFactError, TrackerError
from tracker.events.model import Event
from tracker.events.tables import EventRow
from tracker.obligations.tables import ObligationRow
from tracker.reminders.tables import ReminderRow
from tracker.settling import COLUMNS, Settled, csv_text, settle, unverified, write_csv

HEADER = "key,outcome,on,letter,received_on,why,note"
REPORT = rule("on 2026-02-27", "report", duty={"by": "kesatu", "to": "kedua", "form": ["report"]})
MEETING = rule("on 2026-03-31", "meeting")
LETTER = rule("on 2026-04-30", "letter", duty={"by": "kesatu", "to": "kedua", "form": ["written"]})


@pytest.fixture
def behind(home: Home) -> Home:
    """A home with two agreements, six obligations of which have passed unseen."""
    home.load(terms_file(REPORT, MEETING, LETTER), terms_file(REPORT, MEETING, LETTER, id="second"))
    assert len(home.rows(ObligationRow, state="unverified")) == 6
    return home


def settled(home: Home, folder: Path, *rows: str) -> Settled:
    path = folder / "list.csv"
    path.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    return settle(home.db, home.house.context, path, home.clock.now(), "Bagian Kerja Sama")


ROWS = (
    f"{ID}/report/2026-02-27,done,2026-02-20,12/PKS/2026,2026-02-23,,arsip lama",
    f"{ID}/meeting/2026-03-31,waived,,,,sudah dibahas lisan,",
    f"{ID}/letter/2026-04-30,open,,,,,",
    "second/report/2026-02-27,done,2026-02-25,,,,",
    "second/meeting/2026-03-31,,,,,,",
)


def test_the_list_names_what_passed(behind: Home) -> None:
    found = unverified(behind.db)

    assert [one.key for one in found][:2] == ["second/report/2026-02-27", "second/meeting/2026-03-31"]
    assert len(unverified(behind.db, ID)) == 3
    (row, *_) = (one.as_row("id") for one in unverified(behind.db, ID))
    assert tuple(row) == COLUMNS
    assert (row["key"], row["outcome"], row["holder"], row["likely"]) == (
        f"{ID}/report/2026-02-27",
        "",
        "Dinas Satu",
        "2026-02-27",
    )
    with pytest.raises(TrackerError, match="no agreement 'none'"):
        unverified(behind.db, "none")


def test_a_list_that_nobody_filled_in_does_nothing(behind: Home, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    write_csv(path, unverified(behind.db), "id")
    before = behind.snapshot()

    found = settle(behind.db, behind.house.context, path, MONDAY, "x")

    assert (found.left, found.faults, sum(found.outcomes.values())) == (6, [], 0)
    assert behind.snapshot() == before
    with pytest.raises(TrackerError, match="exists already, expected a new name"):
        write_csv(path, [], "id")
    assert csv_text([], "id").strip() == ",".join(COLUMNS)


def test_each_row_becomes_a_fact(behind: Home, tmp_path: Path) -> None:
    found = settled(behind, tmp_path, *ROWS)

    assert found.faults == []
    assert (found.outcomes, found.left) == ({"done": 2, "waived": 1, "open": 1}, 1)
    assert found.states == {
        f"{ID}/report/2026-02-27": "fulfilled",
        f"{ID}/meeting/2026-03-31": "waived",
        f"{ID}/letter/2026-04-30": "open",
        "second/report/2026-02-27": "fulfilled",
    }
    facts = behind.rows(EventRow, agreement_id=ID)
    assert [(row.kind, row.recorded_by) for row in facts] == [
        ("report-submitted", "Bagian Kerja Sama"),
        ("obligation-waived", "Bagian Kerja Sama"),
        ("obligation-reopened", "Bagian Kerja Sama"),
    ]
    assert facts[0].details == {
        "rule": "report",
        "occurrence": "2026-02-27",
        "letter": "12/PKS/2026",
        "received_on": "2026-02-23",
        "note": "arsip lama",
    }
    assert len(behind.rows(ObligationRow, state="unverified")) == 2


def test_what_was_not_done_is_chased(behind: Home, tmp_path: Path) -> None:
    settled(behind, tmp_path, *ROWS)

    behind.run_until(MONDAY + timedelta(days=10))

    told = {row.obligation_key for row in behind.rows(ReminderRow)}
    assert told == {f"{ID}/letter/2026-04-30"}
    assert behind.obligation("letter/2026-04-30").state == "open"


def test_what_is_reopened_after_the_end_is_chased_for_the_grace_days(home: Home, tmp_path: Path) -> None:
    home.load(terms_file(REPORT, term={"from": "2026-01-05", "to": "2026-06-30"}))
    home.load(terms_file(REPORT, term={"from": "2026-01-05", "to": "2026-06-30"}))

    settled(home, tmp_path, f"{ID}/report/2026-02-27,open,2026-11-20,,,,")

    reopened = home.obligation("report/2026-02-27")
    assert (reopened.state, str(reopened.lapses_on)) == ("open", "2026-12-24")
    home.run_until(MONDAY + timedelta(days=40))
    assert home.obligation("report/2026-02-27").state == "lapsed"
    assert home.rows(ReminderRow)


def test_the_same_list_twice_records_once(behind: Home, tmp_path: Path) -> None:
    settled(behind, tmp_path, *ROWS)
    before = behind.snapshot()

    behind.clock.advance(timedelta(days=2))
    again = settled(behind, tmp_path, *ROWS)

    assert (again.recorded_before, again.faults, sum(again.outcomes.values())) == (4, [], 0)
    assert behind.snapshot() == before


def test_one_bad_row_and_nothing_is_recorded(behind: Home, tmp_path: Path) -> None:
    behind.record("duty-fulfilled", "2026-04-01", rule="letter", occurrence="2026-04-30")
    before = behind.snapshot()

    found = settled(
        behind,
        tmp_path,
        *ROWS[:2],
        "nothing/here/x,done,2026-02-20,,,,",
        "second/report/2026-02-27,done,kemarin,,,,",
        f"{ID}/letter/2026-04-30,waived,,,,x,",
        ROWS[0],
        "second/letter/2026-04-30,done,2026-04-30,,2026-04-31,,",
    )

    path = tmp_path / "list.csv"
    assert [str(fault) for fault in found.faults] == [
        f"{path}:4: key=nothing/here/x: no such obligation, expected one that 'tracker unverified' lists",
        f"{path}:5: on=kemarin: expected a day as YYYY-MM-DD",
        f"{path}:6: key={ID}/letter/2026-04-30 is fulfilled, expected unverified: use 'tracker event record'",
        f"{path}:7: key={ID}/report/2026-02-27 is on line 2 too, expected one row an obligation",
        f"{path}:8: received_on=2026-04-31: expected a day as YYYY-MM-DD",
    ]
    assert behind.snapshot() == before


def test_a_list_that_cannot_be_read(home: Home, tmp_path: Path) -> None:
    found = settle(home.db, home.house.context, tmp_path / "none.csv", MONDAY, "x")
    assert [fault.message for fault in found.faults] == ["cannot be read, expected a CSV file in UTF-8"]


def test_facts_together_are_all_or_nothing(behind: Home) -> None:
    def fact(occurrence: str) -> Event:
        return Event(ID, "report-submitted", MONDAY.date(), {"rule": "report", "occurrence": occurrence})

    before = behind.snapshot()

    with pytest.raises(TrackerError, match="no obligation 'test-agreement/report/2026-02-28'"):
        flow.record_events(
            behind.db,
            behind.house.context,
            [fact("2026-02-27"), fact("2026-02-28")],
            MONDAY,
            "x",
            [None, None],
        )
    assert behind.snapshot() == before

    with pytest.raises(BadFactError, match="'one-key' was used for report-submitted"):
        flow.record_events(
            behind.db,
            behind.house.context,
            [fact("2026-02-27"), Event(ID, "force-majeure-occurred", MONDAY.date())],
            MONDAY,
            "x",
            ["one-key", "one-key"],
        )
    assert behind.snapshot() == before
