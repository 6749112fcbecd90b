"""What managers hear by the calendar: each unit its own, once, on the day it is for."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from shutil import copytree
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import col

from tests.integration.test_flow import wib
from tests.support.agreements import RULES, rule
from tests.support.houses import OFFICER, Home, Homes, Recorder, terms_file
from tests.support.statements import statements
from tests.support.waiting import until
from tracker import flow, queries
from tracker.base.db import Database
from tracker.digests import long_holiday, look_ahead, morning
from tracker.digests.readers import Key, Reader
from tracker.digests.service import TELLERS, Digests
from tracker.obligations.picture import picture
from tracker.obligations.tables import ObligationRow
from tracker.outbox import service as outbox
from tracker.outbox.content import ListContent, read_content
from tracker.outbox.keys import DIGESTS, LONG_HOLIDAY, LOOK_AHEAD, SUMMARY
from tracker.outbox.tables import AlertRow
from tracker.reminders.recipients import EMAIL, FILE
from tracker.steps.context import Context
from tracker.terms.load import TermsFile
from tracker.terms.tables import AgreementRow
from tracker.worker import Worker

UNITS = """
units:
  satu:
    name: Cabang Satu
    managers: [{position: Kepala Satu, email: kepala1@example.org}]
  dua:
    name: Cabang Dua
    managers:
      - {position: Kepala Dua, email: kepala2@example.org, language: en}
      - {position: Wakil Dua, email: wakil2@example.org}
"""
SATU, DUA, WAKIL = "manager:satu:kepala-satu", "manager:dua:kepala-dua", "manager:dua:wakil-dua"
FALLBACK = "fallback"
WEDNESDAY_BEFORE_LEBARAN = "2026-03-04T08:00"
"""The first office day at most 14 days before 18 March 2026."""


def rules_with_units(folder: Path, units: str = UNITS, more_days: Mapping[str, str] | None = None) -> Path:
    rules = folder / "own-rules"
    if not rules.exists():
        copytree(RULES / "holidays", rules / "holidays")
        (rules / "reminders.yaml").write_text((RULES / "reminders.yaml").read_text())
    (rules / "units.yaml").write_text(units)
    for day, name in (more_days or {}).items():
        path = rules / "holidays" / "id" / f"{day[:4]}.yaml"
        text = path.read_text()
        decree = text.split("decree: ")[1].split(",")[0]
        entry = f"{{date: {day}, kind: joint-leave, decree: {decree}, name: {{id: {name}, en: {name}}}}}"
        path.write_text(f"{text}  - {entry}\n")
    return rules


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    return rules_with_units(tmp_path)


def agreement(name: str, unit: str | None, *days: str, **more: Any) -> TermsFile:
    owed = [rule(f"on {day}", f"duty-{number}") for number, day in enumerate(days)]
    named = {"unit": unit} if unit else {}
    return terms_file(*owed, **{"id": name, "title": f"Perjanjian {name}", **named, **more})


def say(home: Home, *kinds: str) -> int:
    digests = Digests({kind: TELLERS[kind] for kind in kinds or TELLERS})
    return digests.tell_due(home.db, home.house.context, home.clock.now())


def told(home: Home, kind: str) -> dict[str, ListContent]:
    """Give what was said, by contact; of several the last in order of keys."""
    rows = [row for row in home.rows(AlertRow) if row.key.startswith(f"{kind}/")]
    found = {row.contact: read_content(row.content) for row in rows}
    return {contact: content for contact, content in found.items() if isinstance(content, ListContent)}


def duties(content: ListContent) -> list[str]:
    return [item.obligation for item in content.items]


# The morning summary


def test_each_unit_hears_of_its_own_and_the_fallback_contact_of_everything(homes: Homes, rules: Path) -> None:
    home = homes.build(wib("2026-11-24T08:00"), rules_dir=rules)
    home.load(
        agreement("a", "satu", "2026-11-26", "2027-03-31"),
        agreement("b", "dua", "2026-11-27", "2026-11-30"),
        agreement("c", None, "2026-11-25"),
    )

    assert say(home, SUMMARY) == 4

    found = told(home, SUMMARY)
    assert {contact: duties(content) for contact, content in found.items()} == {
        FALLBACK: [
            "c/duty-0/2026-11-25",
            "a/duty-0/2026-11-26",
            "b/duty-0/2026-11-27",
            "b/duty-1/2026-11-30",
        ],
        SATU: ["a/duty-0/2026-11-26"],
        DUA: ["b/duty-0/2026-11-27", "b/duty-1/2026-11-30"],
        WAKIL: ["b/duty-0/2026-11-27", "b/duty-1/2026-11-30"],
    }
    assert [found[contact].headline for contact in (FALLBACK, SATU, DUA)] == [
        "Ringkasan pagi: 0 terlambat, 4 tenggat dalam 7 hari, 0 gagal kirim",
        "Ringkasan pagi, Cabang Satu: 0 terlambat, 1 tenggat dalam 7 hari, 0 gagal kirim",
        "Morning summary, Cabang Dua: 0 overdue, 2 due within 7 days, 0 not delivered",
    ]
    assert found[SATU].items[0].agreement == "Perjanjian a"
    assert [found[contact].notes for contact in (SATU, DUA)] == [(), ()]


def test_an_empty_unit_is_told_too(homes: Homes, rules: Path) -> None:
    home = homes.build(wib("2026-11-24T08:00"), rules_dir=rules)
    home.load(agreement("a", "satu", "2027-03-31"))

    assert say(home, SUMMARY) == 4

    assert told(home, SUMMARY)[SATU].headline.endswith("0 terlambat, 0 tenggat dalam 7 hari, 0 gagal kirim")


def test_only_the_ten_most_urgent_are_shown(homes: Homes, rules: Path) -> None:
    home = homes.build(wib("2026-11-24T08:00"), rules_dir=rules)
    home.load(agreement("a", "satu", *["2026-11-27"] * 9, *["2026-11-26"] * 3))

    say(home, SUMMARY)

    content = told(home, SUMMARY)[SATU]
    assert duties(content)[:4] == [
        *(f"a/duty-{number}/2026-11-26" for number in (10, 11, 9)),
        "a/duty-0/2026-11-27",
    ]
    assert (len(content.items), content.more) == (10, 2)


def test_what_was_not_delivered_counts_for_its_unit(homes: Homes, rules: Path) -> None:
    home = homes.build(wib("2026-11-24T08:00"), rules_dir=rules)
    home.load(agreement("a", "satu", "2026-11-24"), agreement("b", "dua", "2026-11-24"))
    assert home.remind() == 2
    refused = col(AlertRow.obligation_key).startswith("a/")
    with home.db.write() as connection:
        connection.execute(update(AlertRow).where(refused).values(state=outbox.REFUSED, next_try_at=None))
    home.clock.advance(timedelta(hours=1))  # b waits for too long

    say(home, SUMMARY)

    counts = {contact: content.headline.split(", ")[-1] for contact, content in told(home, SUMMARY).items()}
    assert counts == {
        FALLBACK: "2 gagal kirim",
        SATU: "1 gagal kirim",
        DUA: "1 not delivered",
        WAKIL: "1 gagal kirim",
    }


def test_a_unit_without_a_usable_address_is_left_to_the_fallback_contact(
    homes: Homes, tmp_path: Path
) -> None:
    nowhere = "units:\n  satu:\n    name: Cabang Satu\n    managers: [{position: Kepala Satu}]\n"
    home = homes.build(wib("2026-11-24T08:00"), [EMAIL], rules_dir=rules_with_units(tmp_path, nowhere))
    home.load(agreement("a", "satu", "2026-11-26"))

    say(home, SUMMARY, LOOK_AHEAD)

    assert set(told(home, SUMMARY)) == {FALLBACK}
    assert duties(told(home, LOOK_AHEAD)[FALLBACK]) == ["a/duty-0/2026-11-26"]


# The weekly look-ahead


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-11-23T07:59", 0),
        ("2026-11-23T08:00", 3),
        ("2026-11-22T09:00", 0),  # Sunday
        ("2026-06-01T09:00", 0),  # a Monday: Pancasila
        ("2026-06-02T08:00", 3),  # the Tuesday after it
    ],
)
def test_on_the_first_office_day_of_a_week(homes: Homes, rules: Path, at: str, expected: int) -> None:
    home = homes.build(wib(at), rules_dir=rules)
    assert say(home, LOOK_AHEAD) == expected


def test_once_a_week(homes: Homes, rules: Path) -> None:
    home = homes.build(wib("2026-11-23T08:00"), rules_dir=rules)
    found = []
    for _ in range(8):
        found.append(say(home, LOOK_AHEAD))
        home.clock.advance(timedelta(days=1))
    assert found == [3, 0, 0, 0, 0, 0, 0, 3]


def test_a_week_that_began_without_a_worker_is_told_late(homes: Homes, rules: Path) -> None:
    home = homes.build(wib("2026-11-26T10:00"), rules_dir=rules)
    assert say(home, LOOK_AHEAD) == 3


def test_four_weeks_by_week(homes: Homes, rules: Path) -> None:
    home = homes.build(wib("2026-11-23T08:00"), rules_dir=rules)
    home.load(
        agreement("a", "satu", "2026-12-18", "2026-11-27", "2026-11-30", "2026-12-21"),
        agreement("b", "dua", "2026-11-26"),
    )

    say(home, LOOK_AHEAD)

    content = told(home, LOOK_AHEAD)[SATU]
    assert content.headline == "23 November-20 Desember 2026 (Cabang Satu): 3 tenggat"
    (weeks,) = content.lead
    assert weeks == (
        "Tenggat per minggu: 23-29 November 2026: 1; 30 November-6 Desember 2026: 1; "
        "7-13 Desember 2026: 0; 14-20 Desember 2026: 1."
    )
    assert [(item.obligation, item.section) for item in content.items] == [
        ("a/duty-1/2026-11-27", "Minggu ini, 23-29 November 2026"),
        ("a/duty-2/2026-11-30", "Minggu depan, 30 November-6 Desember 2026"),
        ("a/duty-0/2026-12-18", "14-20 Desember 2026"),
    ]
    assert told(home, LOOK_AHEAD)[DUA].headline == "23 November-20 December 2026 (Cabang Dua): 1 deadline"


def test_an_agreement_without_a_unit_goes_to_the_fallback_contact(homes: Homes, rules: Path) -> None:
    home = homes.build(wib("2026-11-23T08:00"), rules_dir=rules)
    home.load(agreement("a", "satu", "2026-11-27"))
    assert say(home, LOOK_AHEAD) == 3
    assert FALLBACK not in told(home, LOOK_AHEAD)

    home.load(agreement("c", None, "2026-11-27"), agreement("d", "unknown", "2026-11-26"))
    home.clock.move_to(wib("2026-11-24T08:00"))
    assert say(home, LOOK_AHEAD) == 1

    content = told(home, LOOK_AHEAD)[FALLBACK]
    assert content.headline.startswith("23 November-20 Desember 2026 (perjanjian tanpa unit): 2 tenggat")
    assert duties(content) == ["d/duty-0/2026-11-26", "c/duty-0/2026-11-27"]


def test_terms_loaded_before_units_were_noted_are_nobody_s_until_the_next_load(
    homes: Homes, rules: Path
) -> None:
    home = homes.build(wib("2026-11-23T08:00"), rules_dir=rules)
    files = agreement("a", "satu", "2026-11-27")
    home.load(files)
    with home.db.write() as connection:
        connection.execute(update(AgreementRow).values(unit=None))

    say(home, LOOK_AHEAD)
    assert duties(told(home, LOOK_AHEAD)[FALLBACK]) == ["a/duty-0/2026-11-27"]
    assert duties(told(home, LOOK_AHEAD)[SATU]) == []

    home.load(files)
    home.clock.move_to(wib("2026-11-30T08:00"))
    say(home, SUMMARY)
    assert duties(told(home, SUMMARY)[SATU]) == ["a/duty-0/2026-11-27"]


def test_even_when_there_is_nothing(homes: Homes) -> None:
    home = homes.build(wib("2026-11-02T08:00"))

    assert say(home, LOOK_AHEAD) == 1

    (content,) = told(home, LOOK_AHEAD).values()
    assert content.headline == "2-29 November 2026: tidak ada tenggat"
    assert content.lead == ("Tidak ada tenggat dalam 4 minggu ini.",)


def test_a_long_holiday_ahead_is_named_in_one_line(homes: Homes) -> None:
    home = homes.build(wib("2026-03-02T08:00"))
    say(home, LOOK_AHEAD)
    (content,) = told(home, LOOK_AHEAD).values()
    assert content.lead[1:] == (
        "Libur panjang 18-24 Maret 2026 (Hari Suci Nyepi, Idul Fitri hari pertama, Idul Fitri hari kedua).",
    )


def test_what_is_overdue_is_only_counted(homes: Homes, rules: Path) -> None:
    home = homes.build(wib("2026-11-20T08:00"), rules_dir=rules)
    home.load(agreement("a", "satu", "2026-11-20", "2026-11-27"))
    home.clock.move_to(wib("2026-11-23T08:00"))

    say(home, LOOK_AHEAD)

    content = told(home, LOOK_AHEAD)[SATU]
    assert content.lead[1] == "Di luar itu, 1 sudah terlambat: lihat ringkasan pagi."
    assert duties(content) == ["a/duty-1/2026-11-27"]


def test_a_date_on_an_estimated_calendar_is_marked(homes: Homes, rules: Path) -> None:
    home = homes.build(wib("2026-12-21T08:00"), rules_dir=rules)
    home.load(agreement("b", "dua", "2026-12-30", "2027-01-08"))

    say(home, LOOK_AHEAD)

    items = told(home, LOOK_AHEAD)[DUA].items
    assert [item.notes for item in items] == [
        (),
        ("Provisional: it rests on an estimated calendar and may still move.",),
    ]


def test_a_contact_who_cannot_be_reached_is_said_a_week_ahead(homes: Homes, rules: Path) -> None:
    home = homes.build(wib("2026-11-23T08:00"), rules_dir=rules)
    silent = agreement("a", "satu", "2026-11-30", "2026-12-01", contacts=[])
    reached = agreement("b", "satu", "2026-11-30", contacts=[OFFICER])
    many = agreement("c", "dua", *["2026-11-27"] * 12, contacts=[])
    home.load(silent, reached, many)

    say(home, LOOK_AHEAD)

    content = told(home, LOOK_AHEAD)[SATU]
    said = (
        "Narahubung tidak terjangkau: naskah tidak menyebut narahubung untuk Dinas Satu; Badan Dua. "
        "Pengingatnya dikirim kepada Kepala Satu (Cabang Satu)."
    )
    assert {item.obligation: item.notes for item in content.items} == {
        "a/duty-0/2026-11-30": (said,),
        "b/duty-0/2026-11-30": (),
        "a/duty-1/2026-12-01": (),  # more than a week ahead
    }
    assert content.notes == ()
    crowded = told(home, LOOK_AHEAD)[DUA]
    assert (len(crowded.items), crowded.more) == (10, 2)
    assert [note.split(": ")[0] for note in crowded.notes] == [
        "27 Nov 2026, c/duty-8/2026-11-27",
        "27 Nov 2026, c/duty-9/2026-11-27",
    ]


# Before a long holiday


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-03-03T08:00", 0),  # 15 days ahead
        ("2026-03-04T07:59", 0),
        ("2026-03-04T08:00", 2),
        ("2026-03-17T08:00", 2),  # missed until the last office day
        ("2026-03-25T08:00", 0),  # it is over
    ],
)
def test_two_weeks_ahead_of_a_block_of_days_off(homes: Homes, rules: Path, at: str, expected: int) -> None:
    home = homes.build(wib("2026-03-02T09:00"), rules_dir=rules)
    home.load(agreement("a", "satu", "2026-03-27"))
    home.clock.move_to(wib(at))

    assert say(home, LONG_HOLIDAY) == expected


def test_on_the_next_office_day_where_two_weeks_ahead_is_none(homes: Homes) -> None:
    home = homes.build(wib("2026-01-29T09:00"))
    home.load(agreement("a", None, "2026-02-18"))
    found = []
    for day in ("01-30", "01-31", "02-01", "02-02", "02-03"):  # 14 days before 14 February is a Saturday
        home.clock.move_to(wib(f"2026-{day}T09:00"))
        found.append(say(home, LONG_HOLIDAY))
    assert found == [0, 0, 0, 1, 0]


def test_what_must_be_done_before_comes_first(homes: Homes, rules: Path) -> None:
    home = homes.build(wib("2026-03-02T09:00"), rules_dir=rules)
    home.load(
        agreement("a", "satu", "2026-03-27", "2026-03-20", "2026-03-31", "2026-04-01"),
        agreement("b", "dua", "2026-04-02"),
    )
    home.clock.move_to(wib(WEDNESDAY_BEFORE_LEBARAN))

    assert say(home, LONG_HOLIDAY) == 2

    content = told(home, LONG_HOLIDAY)[SATU]
    assert content.headline == (
        "Libur panjang 18-24 Maret 2026 (Hari Suci Nyepi, Idul Fitri hari pertama, Idul Fitri hari kedua), "
        "Cabang Satu: 3 kewajiban"
    )
    closed, what = content.lead
    assert closed == (
        "Kantor tutup 7 hari. Hari kantor terakhir sebelumnya Selasa, 17 Maret 2026; "
        "buka kembali Rabu, 25 Maret 2026."
    )
    assert what == "Harus selesai sebelum libur: 1. Tenggat segera sesudahnya, sampai 31 Maret 2026: 2."
    assert [(item.obligation, str(item.act_by), item.section.split(":")[0]) for item in content.items] == [
        ("a/duty-1/2026-03-20", "2026-03-17", "Dahulukan"),
        ("a/duty-0/2026-03-27", "2026-03-27", "Segera sesudah libur"),
        ("a/duty-2/2026-03-31", "2026-03-31", "Segera sesudah libur"),
    ]
    assert duties(told(home, LONG_HOLIDAY)[FALLBACK]) == duties(content)


def test_a_duty_whose_safe_day_falls_into_the_holiday_is_listed_though_its_day_to_act_has_passed(
    homes: Homes, rules: Path
) -> None:
    home = homes.build(wib("2026-03-02T09:00"), rules_dir=rules)
    home.load(agreement("a", "satu", "2026-03-20"), agreement("b", "satu", "2026-03-02"))
    with home.db.write() as connection:
        acted = update(ObligationRow).where(col(ObligationRow.agreement_id) == "a")
        connection.execute(acted.values(act_by=wib("2026-03-03T09:00").date()))
    home.clock.move_to(wib(WEDNESDAY_BEFORE_LEBARAN))

    say(home, LONG_HOLIDAY)

    assert duties(told(home, LONG_HOLIDAY)[SATU]) == ["a/duty-0/2026-03-20"]


def test_no_list_when_nothing_falls_into_the_time(homes: Homes, rules: Path) -> None:
    home = homes.build(wib("2026-03-02T09:00"), rules_dir=rules)
    home.load(agreement("a", "satu", "2026-04-01"))
    home.clock.move_to(wib(WEDNESDAY_BEFORE_LEBARAN))
    assert say(home, LONG_HOLIDAY) == 0
    assert told(home, LONG_HOLIDAY) == {}


def test_a_block_is_told_once_and_a_changed_one_again(homes: Homes, rules: Path, tmp_path: Path) -> None:
    home = homes.build(wib("2026-03-02T09:00"), rules_dir=rules)
    home.load(agreement("a", "satu", "2026-03-27"))
    home.clock.move_to(wib(WEDNESDAY_BEFORE_LEBARAN))
    assert [say(home, LONG_HOLIDAY), say(home, LONG_HOLIDAY)] == [2, 0]

    longer = rules_with_units(tmp_path, more_days={"2026-03-25": "Cuti tambahan"})
    later = homes.build(wib("2026-03-05T08:00"), rules_dir=longer, sweep_seconds=59)
    flow.rederive(later.db, later.house.context, later.clock.now())
    assert [say(later, LONG_HOLIDAY), say(later, LONG_HOLIDAY)] == [2, 0]

    lists = [row.key for row in later.rows(AlertRow, contact=SATU) if row.key.startswith(LONG_HOLIDAY)]
    assert [key.split("/")[1:3] for key in lists] == [
        ["2026-03-18", "2026-03-24"],
        ["2026-03-18", "2026-03-25"],
    ]


def test_an_estimated_calendar_is_said(homes: Homes, rules: Path) -> None:
    home = homes.build(wib("2027-02-19T08:00"), rules_dir=rules)
    home.load(agreement("b", "dua", "2027-03-05"))
    home.clock.move_to(wib("2027-02-22T08:00"))

    say(home, LONG_HOLIDAY)

    content = told(home, LONG_HOLIDAY)[DUA]
    assert content.headline.startswith("Long holiday 6-15 March 2027 (Nyepi (Day of Silence), Eid al-Fitr")
    assert content.lead[2:] == (
        "These days off are an estimate: the holiday decree (SKB) of 2027 is not loaded yet.",
        "If they change, this list comes again.",
    )


# All of them


def test_two_workers_say_it_once(homes: Homes, rules: Path) -> None:
    one = homes.build(wib("2026-03-02T09:00"), rules_dir=rules)
    one.load(agreement("a", "satu", "2026-03-20"))
    other = homes.build(wib("2026-03-09T08:00"), db=Database(_url(one), durable=False), rules_dir=rules)
    one.clock.move_to(other.clock.now())

    counts = [say(one), say(other), say(one)]
    other.db.close()

    assert counts[0] > 0
    assert counts[1:] == [0, 0]
    found = Counter(row.key.split("/")[0] for row in one.rows(AlertRow))
    assert (found[SUMMARY], found[LOOK_AHEAD], found[LONG_HOLIDAY]) == (4, 3, 2)


@pytest.mark.parametrize("module", [morning, look_ahead, long_holiday])
def test_two_workers_who_both_find_nobody_told_say_it_once(
    homes: Homes, rules: Path, module: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = homes.build(wib("2026-03-02T09:00"), rules_dir=rules)
    home.load(agreement("a", "satu", "2026-03-20"))
    home.clock.move_to(wib(WEDNESDAY_BEFORE_LEBARAN))
    say(home)
    before = home.rows(AlertRow)

    def nobody_told(_db: Database, readers: Sequence[Reader], _digest: str, _key: Key) -> list[Reader]:
        return list(readers)

    monkeypatch.setattr(module, "untold", nobody_told)

    assert say(home) > 0
    assert home.rows(AlertRow) == before


def _url(home: Home) -> str:
    return home.db.engine.url.render_as_string(hide_password=False)


def test_asking_again_asks_nothing_and_another_worker_only_the_keys(homes: Homes, rules: Path) -> None:
    home = homes.build(wib("2026-11-23T08:00"), rules_dir=rules)
    home.load(agreement("a", "satu", "2026-11-27"), agreement("c", None, "2026-11-27"))
    digests = Digests()
    digests.tell_due(home.db, home.house.context, home.clock.now())

    with statements(home.db) as again:
        assert digests.tell_due(home.db, home.house.context, home.clock.now()) == 0
    with statements(home.db) as another:
        assert say(home) == 0

    selects = [each for each in another if each.lstrip().upper().startswith("SELECT")]
    assert again == []
    assert len(selects) == 3  # what is doubtful, and the keys of two digests: no long holiday is near
    assert not any("LIKE" in each.upper() for each in selects)


def test_new_rules_are_asked_about_on_the_same_day(homes: Homes, rules: Path, tmp_path: Path) -> None:
    home = homes.build(wib("2026-11-24T08:00"), rules_dir=rules)
    digests = Digests()
    first = digests.tell_due(home.db, home.house.context, home.clock.now())
    more = "  tiga:\n    name: Cabang Tiga\n    managers: [{position: Kepala Tiga, email: k3@example.org}]\n"
    later = homes.build(rules_dir=rules_with_units(tmp_path, UNITS + more), sweep_seconds=59)

    second = digests.tell_due(home.db, later.house.context, home.clock.now())

    assert first > second == 2
    assert "manager:tiga:kepala-tiga" in told(home, SUMMARY)


def test_a_digest_that_fails_holds_up_no_other_and_is_tried_again_later(homes: Homes) -> None:
    home = homes.build(wib("2026-11-23T08:00"))
    tried: list[datetime] = []

    def broken(_db: Database, _context: Context, now: datetime) -> int:
        tried.append(now)
        raise RuntimeError("broken on purpose")

    digests = Digests({SUMMARY: broken, LOOK_AHEAD: TELLERS[LOOK_AHEAD]})
    found = []
    for minutes in (0, 1, 14):
        home.clock.advance(timedelta(minutes=minutes))
        found.append(digests.tell_due(home.db, home.house.context, home.clock.now()))

    assert found == [1, 0, 0]
    assert tried == [wib("2026-11-23T08:00"), wib("2026-11-23T08:15")]


def test_an_agreement_that_cannot_be_shown_hides_no_other(
    homes: Homes, rules: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = homes.build(wib("2026-11-24T08:00"), rules_dir=rules)
    home.load(agreement("a", "satu", "2026-11-26"), agreement("b", "satu", "2026-11-27"))

    def picky(written: Any, *rest: Any, **more: Any) -> Any:
        if written.id == "a":
            raise RuntimeError("broken on purpose")
        return picture(written, *rest, **more)

    monkeypatch.setattr(queries, "picture", picky)
    say(home, SUMMARY)

    content = told(home, SUMMARY)[SATU]
    assert "2 tenggat dalam 7 hari" in content.headline
    assert (duties(content), content.more) == (["b/duty-0/2026-11-27"], 1)


@pytest.mark.parametrize(("switch", "expected"), [("on", 8), ("off", 0)])
async def test_the_worker_sends_them_unless_they_are_switched_off(
    homes: Homes, rules: Path, switch: str, expected: int
) -> None:
    home = homes.build(wib("2026-11-23T08:00"), rules_dir=rules, morning=switch)
    home.load(agreement("a", "satu", "2026-12-31"), agreement("c", None, "2026-11-23"))
    folder = Recorder()
    running = Worker(home.house, {FILE: folder})
    turning = asyncio.create_task(running.run())

    def sent() -> Counter[str]:
        return Counter(delivery.content.point for delivery in folder.sent)

    def is_done() -> bool:
        return bool(sent()["T-0"]) and sum(sent()[kind] for kind in DIGESTS) >= expected

    await asyncio.to_thread(until, is_done, "the messages of the morning")
    running.stop()
    await turning  # the turn is finished, also where nothing was to be waited for

    assert sum(row.key.split("/")[0] in DIGESTS for row in home.rows(AlertRow)) == expected


def test_the_folder_gets_what_a_manager_reads(homes: Homes, rules: Path) -> None:
    home = homes.build(wib("2026-11-23T08:00"), rules_dir=rules)
    home.load(agreement("a", "satu", "2026-11-27"))
    assert say(home) == 4 + 3
    assert {row.channel for row in home.rows(AlertRow)} == {FILE}
