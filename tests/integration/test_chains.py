"""Nobody answers: the substitute, then the manager are told; what stops that, and what begins it anew."""

import asyncio
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from tests.integration.test_flow import FORCE_MAJEURE, steps, wib
from tests.support.agreements import ID, RULES, rule
from tests.support.houses import OFFICER, Home, Homes, Recorder, terms_file
from tests.support.statements import statements
from tracker import flow, queries
from tracker.bootstrap import build_cycle
from tracker.doctor.service import examine
from tracker.obligations.service import update_all
from tracker.outbox.content import AlertContent, read_content
from tracker.outbox.delivery import Accepted, Delivery, Failure, SendError
from tracker.outbox.dispatch import inline
from tracker.outbox.pace import Pace
from tracker.outbox.tables import AlertRow
from tracker.reminders.recipients import EMAIL, TELEGRAM
from tracker.reminders.tables import ReminderRow
from tracker.terms.load import TermsFile

# Tuesday 15 December 2026: reminded 14 (1 December), 7 (the 8th), 3 (Friday the 11th), 1 and 0 days before.
DUTY = {"rule": "duty", "occurrence": "2026-12-15"}
KEY = "duty/2026-12-15"
FIRST = {**OFFICER, "substitute": "deputy"}
DEPUTY = {"id": "deputy", "position": "Sekretaris", "name": "Budi", "email": "dua@example.org"}
UNITS = """units:
  cabang:
    name: Cabang Contoh
    managers:
      - {id: head, position: Kepala Cabang, email: kepala@example.org, telegram: 99}
"""
Told = tuple[str, str, str]


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """Rules of a house with one unit."""
    folder = tmp_path / "rules"
    copytree(RULES / "holidays", folder / "holidays")
    (folder / "reminders.yaml").write_text((RULES / "reminders.yaml").read_text())
    (folder / "units.yaml").write_text(UNITS)
    return folder


@pytest.fixture
def home(homes: Homes, rules: Path) -> Home:
    """A house with one unit, on Monday 7 December 2026, 10:00."""
    return homes.build(wib("2026-12-07T10:00"), rules_dir=rules)


def duty(*contacts: Mapping[str, Any], **more: Any) -> TermsFile:
    given = {"unit": "cabang", **more}
    return terms_file(rule("on 2026-12-15"), contacts=contacts or (FIRST, DEPUTY), **given)


def told(home: Home, since: str = "2026-12-01T00:00") -> list[Told]:
    """Give point, contact and local time of each alert, in order."""
    points = {row.key: row.point for row in home.rows(ReminderRow)}
    alerts = [row for row in home.rows(AlertRow) if row.reminder_key and row.created_at >= wib(since)]
    return [
        (points[row.reminder_key], row.contact.rpartition(":")[2], _local(row.created_at))
        for row in sorted(alerts, key=lambda row: (row.created_at, row.key))
    ]


def _local(instant: datetime) -> str:
    from zoneinfo import ZoneInfo

    return f"{instant.astimezone(ZoneInfo('Asia/Jakarta')):%d %H:%M}"


def others(found: list[Told]) -> list[Told]:
    """Leave the officer out."""
    return [one for one in found if one[1] != "officer"]


def notes(home: Home, contact: str, point: str) -> tuple[str, ...]:
    """Give what one alert says besides the facts."""
    (row,) = [
        row for row in home.rows(AlertRow) if row.contact.endswith(f":{contact}") and f"/{point}/" in row.key
    ]
    return read_content(row.content).notes


def chain(home: Home) -> tuple[datetime | None, int]:
    row = home.obligation(KEY)
    return row.chain_since, row.chain_level


def shown(home: Home) -> dict[str, Any]:
    story = queries.explain(home.db, home.house.context, f"{ID}/{KEY}", home.clock.now(), "id")
    found: dict[str, Any] = story.as_json()["chain"]
    return found


def test_nobody_answers(home: Home) -> None:
    home.load(duty())
    home.run_until(wib("2026-12-16T08:00"))

    assert told(home, "2026-12-08T00:00") == [
        ("T-7", "officer", "08 08:00"),
        ("T-7>substitute", "deputy", "09 08:00"),
        ("T-7>manager", "head", "10 08:00"),
        *sorted_by_contact("T-3", "11 08:00"),
        *sorted_by_contact("T-1", "14 08:00"),
        *sorted_by_contact("T-0", "15 08:00"),
        *sorted_by_contact("overdue+1", "16 08:00"),
    ]
    assert chain(home) == (wib("2026-12-08T08:00"), 2)


def sorted_by_contact(point: str, at: str) -> Iterator[Told]:
    """Give one point told to everybody, in the order of their keys."""
    for contact in ("deputy", "officer", "head"):
        yield point, contact, at


def test_each_is_told_why(home: Home) -> None:
    home.load(duty())
    home.run_until(wib("2026-12-11T09:00"))

    officer = "Kepala Bidang Satu (Dinas Satu)"
    stops = 'Pesan ini berhenti bila kewajiban ditandai "sudah tahu" (untuk sementara) atau ada buktinya.'
    why = f"{officer} belum menanggapi pengingat 8 Des 2026."
    cost = "Bila terlewat: akibat tidak disebut dalam naskah."
    assert notes(home, "officer", "T-3") == ()
    assert notes(home, "deputy", "T-7>substitute") == (f"Anda menerima ini sebagai pengganti: {why}", stops)
    manager = (f"Anda menerima ini sebagai pimpinan: {why} {cost}", stops)
    assert notes(home, "head", "T-7>manager") == manager
    assert notes(home, "head", "T-3") == manager


def test_acknowledging_stops_it_and_nothing_more_is_sent_than_before(home: Home) -> None:
    home.load(duty())
    home.run_until(wib("2026-12-09T10:00"))
    home.record("obligation-acknowledged", "2026-12-09", **DUTY)
    assert chain(home) == (None, 0)

    home.run_until(wib("2026-12-17T07:59"))

    assert told(home, "2026-12-09T09:00") == [
        ("T-3", "officer", "11 08:00"),
        ("T-1", "officer", "14 08:00"),
        ("T-0", "officer", "15 08:00"),
        ("overdue+1", "officer", "16 08:00"),
    ]
    # It holds for 7 days, to the 16th: from then on it is overdue, and urgent.
    home.run_until(wib("2026-12-17T16:00"))
    assert told(home, "2026-12-17T00:00") == [
        ("overdue+2", "officer", "17 08:00"),
        ("overdue+2>substitute", "deputy", "17 10:00"),
        ("overdue+2>manager", "head", "17 12:00"),
    ]


def test_what_is_acknowledged_before_its_first_reminder_disturbs_nobody(home: Home) -> None:
    home.load(duty())
    home.record("obligation-acknowledged", "2026-12-07", **DUTY, until="2026-12-15")
    home.run_until(wib("2026-12-15T23:00"))
    assert others(told(home)) == []
    assert steps(home) == ["T-14", "T-7", "T-3", "T-1", "T-0"]


def test_an_acknowledgement_that_runs_out_is_never_followed_by_silence(home: Home) -> None:
    home.load(duty())
    home.run_until(wib("2026-12-08T10:00"))
    home.record("obligation-acknowledged", "2026-12-08", **DUTY, until="2026-12-09")
    assert home.obligation(KEY).wake_at == wib("2026-12-10T08:00")
    home.run_until(wib("2026-12-14T09:00"))

    assert told(home, "2026-12-08T09:00") == [
        ("again-2026-12-10", "officer", "10 08:00"),
        # Eight office hours later T-3 is due as well: one message, not two.
        ("T-3", "deputy", "11 08:00"),
        ("T-3", "officer", "11 08:00"),
        *sorted_by_contact("T-1", "14 08:00"),
    ]
    assert notes(home, "officer", "again-2026-12-10") == (
        'Tanda "sudah tahu" berlaku sampai 9 Des 2026; bukti belum ada.',
    )
    assert "pengingat 10 Des 2026" in notes(home, "deputy", "T-3")[0]


def test_a_proof_ends_it(home: Home) -> None:
    home.load(duty())
    home.run_until(wib("2026-12-10T10:00"))
    home.record("duty-fulfilled", "2026-12-10", **DUTY)

    assert chain(home) == (None, 0)
    before = told(home)
    home.run_until(wib("2027-01-10T00:00"))
    assert told(home) == before


def test_a_rejected_proof_begins_it_anew(home: Home) -> None:
    home.load(duty())
    home.run_until(wib("2026-12-09T10:00"))
    home.record("notice-served", "2026-12-09", **DUTY)
    home.clock.move_to(wib("2026-12-09T11:00"))
    home.record("proof-rejected", "2026-12-09", **DUTY, proof="1", why="salah alamat")

    home.run_until(wib("2026-12-10T12:00"))

    assert told(home, "2026-12-09T09:00") == [
        ("again-2026-12-09", "officer", "09 11:00"),
        ("again-2026-12-09>substitute", "deputy", "10 11:00"),
    ]
    assert notes(home, "officer", "again-2026-12-09") == ("Kewajiban ini masih terbuka: bukti belum ada.",)


def test_a_moved_deadline_begins_it_anew(home: Home) -> None:
    home.load(duty())
    home.run_until(wib("2026-12-10T10:00"))
    home.record("obligation-overridden", "2026-12-10", **DUTY, act_by="2026-12-16", why="rapat")
    assert chain(home) == (wib("2026-12-10T10:00"), 0)

    home.run_until(wib("2026-12-11T12:00"))

    assert told(home, "2026-12-10T09:00") == [
        ("moved-1", "officer", "10 10:00"),
        ("T-3", "officer", "11 08:00"),
        ("moved-1>substitute", "deputy", "11 10:00"),
    ]


def test_a_deadline_that_moved_far_away_stops_it(home: Home) -> None:
    home.load(duty())
    home.run_until(wib("2026-12-10T10:00"))
    home.record("obligation-overridden", "2026-12-10", **DUTY, act_by="2027-03-01", why="rapat")
    assert chain(home) == (None, 0)

    home.run_until(wib("2027-02-20T00:00"))

    assert told(home, "2026-12-10T09:00") == [
        ("moved-1", "officer", "10 10:00"),
        ("T-30", "officer", "29 08:00"),
        ("T-14", "officer", "15 08:00"),
    ]
    home.run_until(wib("2027-02-23T09:00"))
    assert others(told(home, "2027-02-20T00:00")) == [("T-7>substitute", "deputy", "23 08:00")]


def test_asking_to_be_left_alone_holds_everybody_off(home: Home) -> None:
    home.load(duty())
    home.run_until(wib("2026-12-08T10:00"))
    home.record("obligation-snoozed", "2026-12-08", **DUTY, until="2026-12-11")
    home.run_until(wib("2026-12-11T07:59"))
    assert told(home, "2026-12-08T09:00") == []

    home.run_until(wib("2026-12-14T12:00"))

    assert others(told(home)) == [
        ("T-1", "deputy", "14 08:00"),  # eight office hours after Friday morning
        ("T-7>manager", "head", "14 12:00"),
    ]


def test_what_was_missed_is_said_once_to_all_it_had_come_to(home: Home) -> None:
    home.load(duty())
    home.run_until(wib("2026-12-08T09:00"))
    home.clock.move_to(wib("2026-12-10T11:17"))  # nothing ran for two days

    assert home.remind() == 1
    assert home.remind() == 0

    assert told(home, "2026-12-09T00:00") == [
        ("T-7>manager", "deputy", "10 11:17"),
        ("T-7>manager", "head", "10 11:17"),
    ]
    assert chain(home) == (wib("2026-12-08T08:00"), 2)
    assert home.obligation(KEY).wake_at == wib("2026-12-11T08:00")


def test_an_officer_is_told_before_anybody_else_however_late(home: Home) -> None:
    home.load(duty())
    home.clock.move_to(wib("2026-12-14T11:00"))  # nothing ran for a week
    home.remind()

    assert told(home) == [("T-1", "officer", "14 11:00")]
    home.run_until(wib("2026-12-14T15:00"))
    assert others(told(home)) == [
        ("T-1>substitute", "deputy", "14 13:00"),
        ("T-1>manager", "head", "14 15:00"),
    ]


def test_without_a_substitute_the_manager_comes_at_the_same_time(home: Home) -> None:
    home.load(duty(OFFICER))
    home.run_until(wib("2026-12-10T09:00"))

    assert steps(home) == ["T-14", "T-7", "T-7>manager"]
    assert others(told(home)) == [("T-7>manager", "head", "10 08:00")]
    assert [one.about for found in examine(home.db, home.house.context, home.clock.now()).values()
            for one in found if one.about != "clock"] == []  # fmt: skip


def test_nobody_is_told_twice_at_one_address(home: Home) -> None:
    home.load(duty({**FIRST, "email": "kepala@example.org"}, {**DEPUTY, "email": "kepala@example.org"}))
    home.run_until(wib("2026-12-16T09:00"))

    assert others(told(home)) == []
    assert chain(home)[1] == 2


def test_managers_without_a_unit_are_the_fallback_contact(home: Home) -> None:
    home.load(duty(unit=None))
    home.run_until(wib("2026-12-10T09:00"))

    assert told(home)[-1] == ("T-7>manager", "fallback", "10 08:00")
    (last,) = [content for content in home.contents() if content.point == "T-7>manager"]
    assert last.notes[0].startswith("Anda menerima ini sebagai kontak cadangan: Kepala Bidang Satu")


def test_what_follows_from_an_event_is_escalated_within_hours(homes: Homes, rules: Path) -> None:
    home = homes.build(wib("2026-12-07T10:00"), rules_dir=rules)
    home.load(terms_file(FORCE_MAJEURE, contacts=(FIRST, DEPUTY), unit="cabang"))
    home.record("force-majeure-occurred", "2026-12-05", party="kesatu")
    home.run_until(wib("2026-12-08T08:00"))

    assert told(home) == [
        ("at-once", "officer", "07 10:00"),
        ("at-once>substitute", "deputy", "07 12:00"),
        ("at-once>manager", "head", "07 14:00"),
        ("T-10", "deputy", "08 08:00"),
        ("T-10", "officer", "08 08:00"),
        ("T-10", "head", "08 08:00"),
    ]


def test_a_fact_that_is_renamed_keeps_its_chain(home: Home) -> None:
    home.load(terms_file(FORCE_MAJEURE, contacts=(FIRST, DEPUTY), unit="cabang"))
    home.record("force-majeure-occurred", "2026-12-05", party="kesatu")
    home.run_until(wib("2026-12-07T12:30"))
    home.record("fact-corrected", "2026-12-05", corrects="1", why="jam menyusul", at="09:00")
    home.run_until(wib("2026-12-07T15:00"))

    old, new = (home.obligation(f"force-majeure-notice/2026-12-05{at}:kesatu") for at in ("", "T09:00"))
    assert (old.chain_since, old.chain_level) == (None, 0)
    assert (new.chain_since, new.chain_level) == (wib("2026-12-07T10:00"), 2)
    assert told(home)[-1] == ("at-once>manager", "head", "07 14:00")


@pytest.mark.parametrize("count", [1, 12])
def test_how_chains_began_is_asked_once_for_all(home: Home, count: int) -> None:
    days = [rule("on 2026-12-15", f"duty-{number}") for number in range(count)]
    home.load(terms_file(*days, contacts=(FIRST, DEPUTY), unit="cabang"))
    home.run_until(wib("2026-12-09T07:00"))
    home.clock.move_to(wib("2026-12-09T08:00"))

    with statements(home.db) as said:
        assert home.remind() == count

    assert len(others(told(home))) == count
    assert len([one for one in said if "JOIN obligation" in one]) == 1


class Down:
    """A mail server that is away."""

    name = EMAIL
    at_once = 4
    pace: Pace | None = None

    async def send(self, delivery: Delivery) -> Accepted:
        """Never take anything."""
        raise SendError(f"no route to the server of {delivery.address}", Failure.UNREACHABLE)

    async def close(self) -> None:
        """Hold nothing."""


def test_a_critical_alert_that_no_server_accepts_reaches_the_manager(homes: Homes, rules: Path) -> None:
    home = homes.build(wib("2026-12-14T07:00"), [EMAIL, TELEGRAM], rules_dir=rules)
    home.load(duty({**OFFICER, "telegram": None}))
    telegram = Recorder(TELEGRAM)
    cycle = build_cycle(home.house, {EMAIL: Down(), TELEGRAM: telegram}, inline)

    async def run(until: datetime) -> None:
        while (due := flow.next_wake(home.db, cycle.dispatcher.paused)) is not None and due <= until:
            home.clock.move_to(max(due, home.clock.now()))
            await cycle.run()
        home.clock.move_to(until)

    asyncio.run(run(wib("2026-12-14T12:00")))

    alerts = {(row.contact.rpartition(":")[2], row.channel): row for row in home.rows(AlertRow)}
    assert {who: row.state for who, row in alerts.items() if who[0] != "fallback"} == {
        ("officer", "email"): "pending",
        ("head", "email"): "pending",
        ("head", "telegram"): "accepted",
    }
    assert alerts["officer", "email"].attempts > 0
    (sent,) = [one.content for one in telegram.sent if isinstance(one.content, AlertContent)]
    assert (sent.point, _local(home.clock.now())) == ("T-1>manager", "14 12:00")
    assert sent.notes[1] == (
        "Pengingat 14 Des 2026 itu belum sampai ke alamatnya: belum ada server yang menerimanya."
    )


def test_explain_shows_who_is_next(home: Home) -> None:
    home.load(duty())
    assert shown(home) == {"since": None, "level": None, "told": [], "next": None}

    home.run_until(wib("2026-12-09T10:00"))
    assert shown(home) == {
        "since": "2026-12-08T01:00:00+00:00",
        "level": "substitute",
        "told": ["kesatu:officer", "kesatu:deputy"],
        "next": {"level": "manager", "at": "2026-12-10T01:00:00+00:00"},
    }
    story = queries.explain(home.db, home.house.context, f"{ID}/{KEY}", home.clock.now(), "id")
    assert story.chain is not None
    assert story.chain.lines(story.shown.agreement.zone, "id") == [
        "Belum ditanggapi sejak 8 Des 2026 08.00 WIB; yang sudah diberi tahu: sampai pengganti.",
        "Berikutnya, bila tanpa tanggapan atau bukti: pimpinan, 10 Des 2026 08.00 WIB.",
    ]

    home.record("obligation-acknowledged", "2026-12-09", **DUTY, until="2026-12-10")
    assert shown(home)["next"] == {"level": "officer", "at": "2026-12-11T01:00:00+00:00"}
    story = queries.explain(home.db, home.house.context, f"{ID}/{KEY}", home.clock.now(), "en")
    assert story.chain is not None
    assert story.chain.lines(story.shown.agreement.zone, "en") == [
        "Acknowledged until 10 Dec 2026.",
        "Next without an answer or proof: the contact, 11 Dec 2026 08:00 WIB.",
    ]
    home.record("duty-fulfilled", "2026-12-09", **DUTY)
    story = queries.explain(home.db, home.house.context, f"{ID}/{KEY}", home.clock.now(), "id")
    assert story.chain is None


def test_explain_passes_over_a_substitute_that_is_not_there(home: Home) -> None:
    home.load(duty(OFFICER))
    home.run_until(wib("2026-12-08T10:00"))

    assert shown(home)["next"] == {"level": "manager", "at": "2026-12-10T01:00:00+00:00"}


def test_a_database_from_before_takes_it_up_with_the_next_point(home: Home) -> None:
    home.load(duty())
    home.run_until(wib("2026-12-10T10:00"))
    row = home.obligation(KEY)
    with home.db.write() as connection:
        update_all(
            connection,
            [{"key": row.key, "chain_since": None, "chain_level": 0, "wake_at": wib("2026-12-11T08:00")}],
        )
    home.run_until(wib("2026-12-11T09:00"))

    assert told(home, "2026-12-11T00:00") == [("T-3", "officer", "11 08:00")]
    assert chain(home) == (wib("2026-12-11T08:00"), 0)


@pytest.mark.parametrize("until", ["2026-12-07", "2026-12-08"])
def test_an_acknowledgement_recorded_late_counts_for_the_days_it_was_for(home: Home, until: str) -> None:
    home.load(duty())
    home.run_until(wib("2026-12-09T10:00"))
    home.record("obligation-acknowledged", "2026-12-07", **DUTY, until=until)

    assert home.obligation(KEY).acknowledged_until == date.fromisoformat(until)
    assert chain(home) == (wib("2026-12-08T08:00"), 1)
