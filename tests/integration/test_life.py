"""The life of an obligation in the store: the log it is a fold of, proofs, decisions, corrections."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError as RefusedByDatabase

from tests.integration.test_flow import FORCE_MAJEURE, ON_DATE, points, wib
from tests.support.agreements import ID, rule
from tests.support.files import PDF
from tests.support.houses import OFFICER, Home, Homes, terms_file
from tracker import flow, queries
from tracker.base.errors import BadFactError, UnknownThingError
from tracker.events.service import verified
from tracker.events.tables import EventRow
from tracker.evidence.store import EvidenceStore
from tracker.obligations.tables import ObligationRow
from tracker.outbox.tables import AlertRow
from tracker.reminders.tables import ReminderRow

DUTY = {"rule": "duty", "occurrence": "2026-12-31"}
TWO_ADDRESSEES = rule("on 2026-12-31", duty={"by": "either", "to": ["gubernur", "kedua"]})
CERTIFIED = rule(
    "on 2026-12-31", duty={"by": "either", "to": "other", "form": ["written", "official-certificate"]}
)
GOVERNOR: dict[str, Any] = {"others": {"gubernur": {"name": "Gubernur"}}}


def shown(home: Home, key: str = "duty/2026-12-31") -> dict[str, Any]:
    """Give the JSON of one obligation."""
    story = queries.explain(home.db, home.house.context, f"{ID}/{key}", home.clock.now(), "id")
    return story.shown.as_json()


# The log


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET happened_on = '2026-01-01'",
        "DELETE FROM event",
        "UPDATE terms_version SET path = 'elsewhere'",
        "DELETE FROM terms_version",
    ],
)
def test_nothing_recorded_can_be_changed(home: Home, statement: str) -> None:
    home.load(terms_file(FORCE_MAJEURE))
    home.record("force-majeure-occurred", "2026-11-20", party="kesatu")
    before = home.snapshot()

    with pytest.raises(RefusedByDatabase, match="is append-only"), home.db.write() as connection:
        connection.execute(text(statement))

    assert home.snapshot() == before


@pytest.mark.parametrize(
    ("table", "change", "number", "says"),
    [
        ("event", "UPDATE event SET recorded_by = 'somebody' WHERE number = 2", 2, "not what was recorded"),
        ("event", "DELETE FROM event WHERE number = 2", 2, "entry 2 is missing"),
        ("event", "DELETE FROM event WHERE number = 3", 2, "the log ends at entry 2, expected 3 entries"),
    ],
)
def test_a_change_behind_our_back_is_found(
    home: Home, engine: str, table: str, change: str, number: int, says: str
) -> None:
    home.load(terms_file(FORCE_MAJEURE))
    for day in ("2026-11-18", "2026-11-19", "2026-11-20"):
        home.record("force-majeure-occurred", day, party="kesatu")
    with home.db.read() as connection:
        assert verified(connection).breaks == ()
        assert verified(connection).entries == 3

    with home.db.write() as connection:
        if engine == "sqlite":
            connection.execute(text(f"DROP TRIGGER {table}_not_updated"))
            connection.execute(text(f"DROP TRIGGER {table}_not_deleted"))
        else:
            connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))
        connection.execute(text(change))

    with home.db.write() as connection:
        found = verified(connection).breaks
        if engine != "sqlite":
            connection.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER ALL"))
    assert (found[0].number, says in found[0].what) == (number, True), found


def test_terms_that_change_are_logged(home: Home) -> None:
    home.load(terms_file(ON_DATE))
    changed = terms_file(ON_DATE, title="Perjanjian kedua")
    home.load(changed)

    (event,) = home.rows(EventRow)
    assert (event.number, event.kind, event.recorded_by) == (1, "terms-corrected", "tracker")
    assert event.details == {"version": "2", "digest": changed.digest}


# Proof


def test_a_proof_is_judged(home: Home) -> None:
    home.load(terms_file(ON_DATE))
    home.record(
        "notice-served", "2027-01-04", **DUTY, sent_on="2026-12-30", received_on="2027-01-02", letter="B/12"
    )
    found = shown(home)

    assert found["state"] == "fulfilled"
    assert found["verdict"] == {
        "day": "2027-01-02",
        "in_time": False,
        "days_after": {"safe": 2, "likely": 2, "latest": 2},
    }
    (proof,) = found["proofs"]
    assert (proof["number"], proof["letter"], proof["sent_on"]) == (1, "B/12", "2026-12-30")


def test_a_duty_with_two_addressees_is_done_when_both_have_it(home: Home) -> None:
    home.load(terms_file(TWO_ADDRESSEES, **GOVERNOR))

    with pytest.raises(BadFactError, match=r"to=\.\.\. is missing: duty has 2 addressees"):
        home.record("report-submitted", "2026-12-01", **DUTY)
    home.record("report-submitted", "2026-12-01", **DUTY, to="gubernur")
    assert (shown(home)["state"], shown(home)["missing"]) == ("open", ["kedua"])
    home.record("report-submitted", "2026-12-03", **DUTY, to="kedua")

    assert (shown(home)["state"], shown(home)["verdict"]["day"]) == ("fulfilled", "2026-12-03")


def test_a_notice_without_its_certificate_is_not_done(home: Home) -> None:
    home.load(terms_file(CERTIFIED))
    home.record("notice-served", "2026-12-01", **DUTY)
    assert (shown(home)["state"], shown(home)["missing"]) == ("open", ["official-certificate"])

    home.record("notice-served", "2026-12-02", **DUTY, form="written+official-certificate")

    assert shown(home)["state"] == "fulfilled"


def test_a_rejected_proof_opens_the_duty_again(home: Home) -> None:
    home.load(terms_file(ON_DATE))
    home.record("notice-served", "2026-11-24", **DUTY)
    home.record("proof-rejected", "2026-11-25", **DUTY, proof="1", why="surat salah alamat")
    row = home.obligation("duty/2026-12-31")
    assert (row.state, row.closed_at, row.closed_why) == ("open", None, None)
    assert row.wake_at is not None

    home.record("notice-served", "2026-11-26", **DUTY)
    home.record("proof-accepted", "2026-11-27", **DUTY, proof="3")

    assert [proof["accepted"] for proof in shown(home)["proofs"]] == [False, True]
    assert shown(home)["state"] == "fulfilled"


@pytest.mark.parametrize(
    ("kind", "details", "error", "says"),
    [
        (
            "notice-served",
            {"rule": "no-such"},
            UnknownThingError,
            "rule=no-such: test-agreement has",
        ),
        (
            "notice-served",
            {"occurrence": "term-1"},
            UnknownThingError,
            "occurrence=term-1, expected one of",
        ),
        ("notice-served", {"to": "gubernur"}, BadFactError, "to=gubernur: duty is owed to other"),
        (
            "notice-served",
            {"sent_on": "2026-11-22", "received_on": "2026-11-21"},
            BadFactError,
            "received_on=2026-11-21 is before sent_on=2026-11-22",
        ),
        ("proof-accepted", {"proof": "9"}, UnknownThingError, "proof=9: entry 9"),
        ("obligation-snoozed", {"until": "2027-01-01"}, BadFactError, "cannot be snoozed past 2026-12-31"),
        ("obligation-snoozed", {"until": "2026-11-23"}, BadFactError, "until=2026-11-23 is not after"),
        ("reading-pinned", {"axis": "unit", "choice": "moon", "why": "x"}, BadFactError, "choice=moon"),
        ("fact-corrected", {"corrects": "7", "why": "x"}, UnknownThingError, "corrects=7"),
        ("terms-amended", {"version": "2", "digest": "0" * 64}, BadFactError, "recorded by loading"),
    ],
)
def test_what_makes_no_sense_is_not_recorded(
    home: Home, kind: str, details: dict[str, str], error: type[Exception], says: str
) -> None:
    home.load(terms_file(ON_DATE))
    before = home.snapshot()
    about = {} if kind in ("fact-corrected", "terms-amended") else DUTY
    if kind == "reading-pinned":
        about = {"rule": "duty"}

    with pytest.raises(error, match=says):
        home.record(kind, "2026-11-23", **{**about, **details})

    assert home.snapshot() == before


# Decisions


def test_a_snooze_keeps_quiet_until_its_day(home: Home) -> None:
    home.load(terms_file(ON_DATE))
    home.record("obligation-snoozed", "2026-11-23", **DUTY, until="2026-12-18")

    home.run_until(wib("2026-12-18T07:59"))
    assert points(home) == []
    home.run_until(wib("2026-12-18T08:00"))

    assert points(home) == ["T-14"]
    (reminder,) = home.rows(ReminderRow)
    assert reminder.missed == "T-30"


def test_acknowledging_closes_nothing_and_expires(home: Home) -> None:
    home.load(terms_file(ON_DATE))
    home.record("obligation-acknowledged", "2026-11-23", **DUTY)

    found = shown(home)
    assert (found["state"], found["acknowledged_until"]) == ("open", "2026-11-30")
    assert home.run_until(wib("2026-12-02T00:00")).sent


def test_a_waived_duty_can_be_reopened(home: Home) -> None:
    home.load(terms_file(ON_DATE))
    home.record("obligation-waived", "2026-11-24", **DUTY, why="disepakati lisan")
    assert home.obligation("duty/2026-12-31").state == "waived"

    home.record("obligation-reopened", "2026-11-25", **DUTY, why="ternyata tetap wajib")

    assert home.obligation("duty/2026-12-31").state == "open"
    assert home.run_until(wib("2026-12-02T00:00")).sent


def test_an_override_stands_beside_what_was_computed(home: Home) -> None:
    home.load(terms_file(ON_DATE))

    home.record("obligation-overridden", "2026-11-24", **DUTY, act_by="2026-12-15", why="rapat 16 Desember")

    found = shown(home)
    assert (found["act_by"], found["likely"], found["safe"]) == ("2026-12-15", "2026-12-31", "2026-12-31")
    assert found["override"] == {"by": "tester", "why": "rapat 16 Desember", "computed": "2026-12-31"}
    assert points(home) == ["moved-1"]
    home.run_until(wib("2026-12-16T00:00"))
    assert points(home)[-1] == "T-0"


def test_a_pinned_reading_moves_the_deadline(home: Home) -> None:
    home.load(terms_file(rule("30 days before term end", "renewal-notice")))
    assert str(home.obligation("renewal-notice/term-1").act_by) == "2030-12-04"

    home.record(
        "reading-pinned", "2026-11-24", rule="renewal-notice", axis="notice", choice="plain", why="disepakati"
    )

    assert str(home.obligation("renewal-notice/term-1").safe) == "2030-12-05"
    assert points(home) == ["moved-1"]
    assert "Sebab: tafsir yang ditetapkan" in home.contents()[0].notes[0]


# Corrections


def test_a_proof_may_only_name_a_file_that_is_held(homes: Homes, tmp_path: Path) -> None:
    home = homes.build(evidence_dir=tmp_path / "evidence")
    home.load(terms_file(ON_DATE))
    store = EvidenceStore(tmp_path / "evidence")
    letter = tmp_path / "surat.pdf"
    letter.write_bytes(PDF)
    offered = store.look_at(letter)
    proof = {**DUTY, "evidence": offered.about.digest}
    before = home.snapshot()

    with pytest.raises(UnknownThingError, match="no such file is in the evidence folder"):
        home.record("duty-fulfilled", "2026-11-20", **proof)
    assert home.snapshot() == before

    store.put(offered)
    home.record("duty-fulfilled", "2026-11-20", **proof)
    with pytest.raises(UnknownThingError, match="no such file is in the evidence folder"):
        home.record("fact-corrected", "2026-11-20", corrects="1", why="x", evidence="0" * 64)


HOURLY = rule("48 hours since force-majeure-occurred", "force-majeure-notice")


def test_two_facts_of_one_day_start_two_obligations(home: Home) -> None:
    home.load(terms_file(HOURLY))
    home.record("force-majeure-occurred", "2026-11-20", party="kesatu", at="15:00")
    home.record("force-majeure-occurred", "2026-11-20", party="kesatu", at="09:00")
    key = "2026-11-20T09:00:kesatu"
    home.record("duty-fulfilled", "2026-11-21", rule="force-majeure-notice", occurrence=key)

    assert {(row.occurrence, row.event_number, row.state) for row in home.rows(ObligationRow)} == {
        ("2026-11-20T15:00:kesatu", 1, "open"),
        (key, 2, "fulfilled"),
    }
    assert shown(home, f"force-majeure-notice/{key}")["by_time"] == "09:00"


@pytest.mark.parametrize(("first", "second"), [({}, {"at": "09:00"}), ({"at": "09:00"}, {})])
def test_a_second_fact_of_a_day_must_say_when_if_the_first_does(
    home: Home, first: dict[str, str], second: dict[str, str]
) -> None:
    home.load(terms_file(HOURLY))
    home.record("force-majeure-occurred", "2026-11-20", party="kesatu", **first)
    before = home.snapshot()

    with pytest.raises(BadFactError, match=r"Entry 1 is .* 'tracker event correct test-agreement 1 --why"):
        home.record("force-majeure-occurred", "2026-11-20", party="kesatu", **second)

    assert home.snapshot() == before


def test_the_time_of_a_fact_can_be_added_and_another_recorded(home: Home) -> None:
    home.load(terms_file(HOURLY))
    home.record("force-majeure-occurred", "2026-11-20", party="kesatu")
    home.record("fact-corrected", "2026-11-20", corrects="1", why="jam menyusul", at="09:00")
    home.record("force-majeure-occurred", "2026-11-20", party="kesatu", at="15:00")

    with pytest.raises(BadFactError, match="Entry 1 is"):
        home.record("fact-corrected", "2026-11-20", corrects="3", why="x", at="")
    assert {(row.occurrence, row.state) for row in home.rows(ObligationRow)} == {
        ("2026-11-20:kesatu", "superseded"),
        ("2026-11-20T09:00:kesatu", "open"),
        ("2026-11-20T15:00:kesatu", "open"),
    }


def test_a_corrected_day_moves_what_followed(home: Home) -> None:
    home.load(terms_file(FORCE_MAJEURE))
    home.record("force-majeure-occurred", "2026-11-20", party="kesatu")
    home.run_until(home.clock.now())
    home.clock.advance(timedelta(hours=1))

    home.record("fact-corrected", "2026-11-18", corrects="1", why="salah tanggal")

    old = home.obligation("force-majeure-notice/2026-11-20:kesatu")
    new = home.obligation("force-majeure-notice/2026-11-18:kesatu")
    assert (old.state, old.closed_why) == ("superseded", "fact-corrected")
    assert (new.state, str(new.likely), new.moves) == ("open", "2026-12-02", 1)
    assert points(home) == ["at-once", "moved-1"]
    assert "Tenggat berpindah dari 3 Des 2026 ke 1 Des 2026" in home.contents()[-1].notes[0] or any(
        "Tenggat berpindah dari 3 Des 2026 ke 1 Des 2026" in note
        for content in home.contents()
        for note in content.notes
    )


def test_a_time_that_is_added_changes_the_name_and_repeats_no_reminder(home: Home) -> None:
    home.load(terms_file(FORCE_MAJEURE))
    home.record("force-majeure-occurred", "2026-11-20", party="kesatu")
    home.run_until(home.clock.now())
    old = home.obligation("force-majeure-notice/2026-11-20:kesatu")

    home.clock.advance(timedelta(hours=1))
    home.record("fact-corrected", "2026-11-20", corrects="1", why="jam menyusul", at="09:00")
    home.run_until(home.clock.now())

    new = home.obligation("force-majeure-notice/2026-11-20T09:00:kesatu")
    assert home.obligation("force-majeure-notice/2026-11-20:kesatu").state == "superseded"
    assert (new.state, new.act_by, new.opened_at) == ("open", old.act_by, old.opened_at)
    assert new.reminded_for == old.reminded_for
    assert points(home) == ["at-once"]


def test_a_day_corrected_there_and_back_is_announced_each_time(home: Home) -> None:
    home.load(terms_file(FORCE_MAJEURE))
    home.record("force-majeure-occurred", "2026-11-20", party="kesatu")
    for number, day in enumerate(("2026-11-18", "2026-11-20", "2026-11-18"), start=1):
        home.clock.advance(timedelta(hours=1))
        home.record("fact-corrected", day, corrects="1", why=f"salah tanggal {number}")

    moves = [note for content in home.contents() for note in content.notes if "berpindah" in note]
    earlier, later = (
        "Tenggat berpindah dari 3 Des 2026 ke 1 Des 2026",
        "Tenggat berpindah dari 1 Des 2026 ke 3 Des 2026",
    )
    assert sorted(note.partition(". Sebab")[0] for note in moves) == [later, earlier, earlier]
    assert home.obligation("force-majeure-notice/2026-11-18:kesatu").state == "open"


def test_a_withdrawn_fact_never_happened(home: Home) -> None:
    home.load(terms_file(FORCE_MAJEURE))
    home.record("force-majeure-occurred", "2026-11-20", party="kesatu")

    home.record("fact-corrected", "2026-11-20", corrects="1", why="bukan keadaan kahar", withdrawn="yes")

    row = home.obligation("force-majeure-notice/2026-11-20:kesatu")
    assert (row.state, row.wake_at) == ("superseded", None)
    with pytest.raises(BadFactError, match="that fact was withdrawn"):
        home.record("fact-corrected", "2026-11-21", corrects="1", why="ternyata benar")


def test_a_proof_follows_its_obligation_to_its_new_name(home: Home) -> None:
    home.load(terms_file(FORCE_MAJEURE))
    home.record("force-majeure-occurred", "2026-11-20", party="kesatu")
    home.record("notice-served", "2026-11-22", rule="force-majeure-notice", occurrence="2026-11-20:kesatu")

    home.record("fact-corrected", "2026-11-19", corrects="1", why="salah tanggal")

    assert home.obligation("force-majeure-notice/2026-11-19:kesatu").state == "fulfilled"


# People


def test_a_new_officer_takes_over_what_waits(home: Home) -> None:
    home.load(terms_file(ON_DATE))
    home.clock.move_to(wib("2026-12-01T08:00"))
    assert home.remind() == 1
    assert [row.contact for row in home.rows(AlertRow)] == ["kesatu:officer"]

    home.record(
        "contact-appointed", "2026-12-01", party="kesatu", name="Siti Rahma", email="siti@example.org"
    )

    alerts = {row.contact: row for row in home.rows(AlertRow)}
    assert alerts["kesatu:officer"].state == "withdrawn"
    assert alerts["kesatu:officer-20261201"].address == "siti@example.org"
    assert home.run_until(wib("2026-12-20T00:00")).sent
    later = [row.contact for row in home.rows(AlertRow) if row.created_at > wib("2026-12-02T00:00")]
    assert set(later) == {"kesatu:officer-20261201"}


def test_a_new_officer_is_given_the_list_of_what_is_open(home: Home) -> None:
    home.load(terms_file(ON_DATE, rule("standing", "secrecy"), FORCE_MAJEURE))
    home.record("force-majeure-occurred", "2026-11-20", party="kesatu")

    home.record("contact-appointed", "2026-11-24", party="kesatu", name="Siti", email="siti@example.org")

    (told,) = home.lists().values()
    assert told.lead == (
        (
            "Mulai 24 November 2026 Anda menjadi Kepala Bidang Satu untuk perjanjian ini, "
            "menggantikan Kepala Bidang Satu. Pengingat dikirim kepada Anda."
        ),
    )
    assert [(item.obligation.removeprefix(f"{ID}/"), item.act_by) for item in told.items] == [
        ("force-majeure-notice/2026-11-20:kesatu", date(2026, 12, 3)),
        ("duty/2026-12-31", date(2026, 12, 31)),
        ("secrecy/standing", None),
    ]
    assert told.headline == "Serah terima: 2 tenggat, yang pertama 3 Des 2026"


def test_what_an_event_asks_for_without_a_date_is_said_at_once(home: Home) -> None:
    summary = {"id": "Temui pihak lain.", "en": "Meet the other party."}
    home.load(terms_file(rule("undated", "meet", trigger="force-majeure-occurred", summary=summary)))
    assert home.rows(AlertRow) == []

    home.record("force-majeure-occurred", "2026-11-20", party="kesatu")

    told = home.lists()["kesatu:officer"]
    assert (told.headline, [item.act_by for item in told.items]) == ("Segera: Temui pihak lain.", [None])
    assert told.lead == (
        "Akibat peristiwa: terjadinya keadaan kahar, 20 Nov 2026.",
        "Temui pihak lain.",
        "Naskah tidak menetapkan batas waktu, jadi tidak ada pengingat lagi: kerjakan sekarang.",
    )
    story = queries.explain(
        home.db, home.house.context, f"{ID}/meet/2026-11-20:kesatu", home.clock.now(), "id"
    )
    assert {(alert["point"], alert["state"]) for alert in story.alerts} == {("at-once", "pending")}
    before = home.rows(AlertRow)

    home.record("fact-corrected", "2026-11-19", corrects="1", why="salah tanggal")

    assert home.obligation("meet/2026-11-19:kesatu").state == "open"
    assert home.rows(AlertRow) == before


def test_a_corrected_appointment_is_handed_over_again(home: Home) -> None:
    home.load(terms_file(ON_DATE))
    home.record("contact-appointed", "2026-11-24", party="kesatu", name="Siti", email="siti@exmaple.org")
    home.record("fact-corrected", "2026-11-24", corrects="1", email="siti@example.org", why="salah ketik")

    rows = {row.key.split("/")[2]: row for row in home.rows(AlertRow)}
    assert {entry: row.address for entry, row in rows.items()} == {
        "1": "siti@exmaple.org",
        "2": "siti@example.org",
    }


def test_a_second_wish_of_one_day_must_be_a_correction(home: Home) -> None:
    home.load(terms_file(rule("3 months before desired end", "termination-notice")))
    home.record("termination-intended", "2026-11-20", party="kesatu", desired_end="2027-06-30")
    before = home.snapshot()

    with pytest.raises(BadFactError, match=r"entry 1 of the same day says 2027-06-30.* event correct"):
        home.record("termination-intended", "2026-11-20", party="kesatu", desired_end="2027-07-31")
    assert home.snapshot() == before

    home.record("termination-intended", "2026-11-20", party="kedua", desired_end="2027-07-31")
    home.record("fact-corrected", "2026-11-20", corrects="1", desired_end="2027-08-31", why="ditunda")


def test_an_officer_whose_time_is_over_is_told_nothing(home: Home) -> None:
    home.load(terms_file(ON_DATE))

    home.record("contact-appointed", "2026-11-02", party="kesatu", name="A", acting="yes", until="2026-11-20")

    assert home.rows(AlertRow) == []


def test_an_acting_officer_serves_to_a_day(home: Home) -> None:
    home.load(terms_file(ON_DATE))
    home.record(
        "contact-appointed",
        "2026-11-24",
        party="kesatu",
        name="Plt. Budi",
        email="budi@example.org",
        acting="yes",
        until="2026-12-20",
    )
    home.run_until(wib("2027-01-01T00:00"))

    told = {row.key.split("/")[-3]: row.contact for row in home.rows(AlertRow)}
    assert told == {
        "1": "kesatu:officer-20261124",  # the hand-over list
        "T-30": "kesatu:officer-20261124",
        "T-14": "kesatu:officer-20261124",
        "T-7": "kesatu:officer",
        "T-3": "kesatu:officer",
        "T-7>manager": "fallback",
        "T-1": "kesatu:officer",
        "T-0": "kesatu:officer",
    }


@pytest.mark.parametrize(
    ("details", "says"),
    [
        ({"acting": "yes"}, "names nobody"),
        ({"name": "A", "acting": "yes"}, r"until=\.\.\. is missing"),
        ({"name": "A", "until": "2026-11-01"}, "until=2026-11-01 is before the appointment"),
        ({"name": "A", "replaces": "nobody"}, "replaces=nobody: kesatu has officer, second"),
        ({"name": "A"}, r"replaces=\.\.\. is missing: kesatu has several contacts"),
    ],
)
def test_an_appointment_must_be_clear(home: Home, details: dict[str, str], says: str) -> None:
    second = {**OFFICER, "id": "second"}
    home.load(terms_file(ON_DATE, contacts=[OFFICER, second]))
    with pytest.raises((BadFactError, UnknownThingError), match=says):
        home.record("contact-appointed", "2026-11-24", party="kesatu", **details)
    assert home.rows(EventRow) == []


# Deadlines that move into the past


def test_a_deadline_that_moves_into_the_past_is_said(home: Home) -> None:
    home.load(
        terms_file(rule("on 2026-12-31", "duty"), rule("30 calendar days before term end", "renewal-notice"))
    )

    home.load(
        terms_file(
            rule("on 2026-12-31", "duty"),
            rule("30 calendar days before term end", "renewal-notice"),
            term={"from": "2026-01-05", "to": "2026-12-01"},
        )
    )

    row = home.obligation("renewal-notice/term-1")
    assert (row.state, str(row.latest)) == ("open", "2026-11-02")
    assert points(home) == ["moved-1"]


def test_deriving_twice_changes_nothing(home: Home) -> None:
    home.load(terms_file(FORCE_MAJEURE, ON_DATE))
    home.record("force-majeure-occurred", "2026-11-20", party="kesatu")
    home.record("obligation-snoozed", "2026-11-23", **DUTY, until="2026-12-18")
    home.run_until(wib("2026-12-24T09:00"))
    before = home.rows(ObligationRow)

    home.record("obligation-acknowledged", "2026-12-24", **DUTY)
    after = home.rows(ObligationRow)

    changed = [(a, b) for a, b in zip(before, after, strict=True) if a != b]
    assert [b.key for _, b in changed] == [f"{ID}/duty/2026-12-31"]
    assert flow.next_step(home.db) is not None
