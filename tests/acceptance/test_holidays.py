"""Decree files and unverified duties at the command line, on the real process."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.agreements import RULES
from tests.support.databases import SQLITE, migrated_database
from tests.support.process import Installation, own_rules
from tests.support.waiting import until

FIRST = "babel-bpjstk-2025"
REPORT = f"{FIRST}/monitoring-report/2027-S2"
ONE_MORE = "  - {date: 2027-12-31, kind: joint-leave, decree: skb-2026-09, name: {id: Cuti, en: Leave}}\n"


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Installation]:
    """A folder with its own rules (one agreement) and a database that holds it."""
    rules = own_rules(tmp_path, {FIRST: (RULES / "agreements" / f"{FIRST}.yaml").read_text()})
    with migrated_database(SQLITE, tmp_path) as url:
        place = Installation(tmp_path, {"database_url": url, "rules_dir": str(rules)})
        place.ok("load")
        yield place


def decree(here: Installation, *, coverage: str = "decreed", more: str = "") -> str:
    """Write a decree file for 2027; gives its name."""
    text = (RULES / "holidays" / "id" / "2027.yaml").read_text()
    path = here.folder / "baru.yaml"
    path.write_text(text.replace("coverage: estimate", f"coverage: {coverage}") + more)
    return path.name


def held(here: Installation) -> dict[str, str]:
    folder = here.folder / "rules" / "holidays" / "id"
    return {path.name: path.read_text() for path in folder.iterdir()}


def test_a_dry_run_shows_what_would_move_and_changes_nothing(here: Installation) -> None:
    name, before = decree(here, more=ONE_MORE), held(here)

    found = here.json("holidays", "diff", name)

    assert found["files"] == [{"file": name, "calendar": "id", "year": 2027, "coverage": "decreed"}]
    ((only,),) = [one["moved"] for one in found["agreements"]]
    assert (found["moved"], only["key"], only["days"], only["working_days"]) == (1, REPORT, -1, -1)
    assert (only["before"]["act_by"], only["before"]["provisional"]) == ("2027-12-31", True)
    assert (only["after"]["act_by"], only["after"]["provisional"]) == ("2027-12-30", False)
    assert [one["key"] for one in found["certainty_changed"]] == [f"{FIRST}/monitoring-report/2027-S1"]
    said = here.ok("holidays", "diff", name)
    assert "31 Des 2027 * → 30 Des 2027" in said
    assert "1 dari 7 tenggat terbuka berpindah" in said
    assert held(here) == before
    assert here.json("event", "list", FIRST) == []


def test_a_dry_run_says_plainly_that_nothing_moves(here: Installation) -> None:
    said = here.ok("holidays", "diff", decree(here), "--language", "en")

    assert "No deadline moves: all 7 open deadlines stay where they are." in said
    assert "Dates kept, now certain: 2." in said


def test_a_dry_run_without_a_database_compares_the_terms(here: Installation) -> None:
    name = decree(here, more=ONE_MORE)

    elsewhere = here.json("holidays", "diff", name, database_url="sqlite:///none/tracker.db")

    assert [one["moved"][0]["key"] for one in elsewhere["agreements"]] == [REPORT]
    assert here.json("holidays", "diff", "--rules", name) == elsewhere
    assert not (here.folder / "none").exists()


@pytest.mark.parametrize("command", ["diff", "load"])
def test_faults_of_a_decree_file_have_lines(here: Installation, command: str) -> None:
    name, before = decree(here, more=ONE_MORE.replace("2027-12-31", "2028-01-01")), held(here)
    line = len((here.folder / name).read_text().splitlines())

    said = here.fails(1, "holidays", command, name)

    assert said.startswith(f"{name}:{line}: 2028-01-01 is not in 2027, expected a day of that year\n")
    assert "none.yaml:1: cannot be read" in here.fails(1, "holidays", command, "none.yaml")
    assert "no such calendar, expected one of id" in here.fails(
        1, "holidays", command, name, "--calendar", "my"
    )
    assert held(here) == before


def test_a_decree_put_in_force(here: Installation) -> None:
    name, before = decree(here, more=ONE_MORE), held(here)
    text = (here.folder / name).read_text()

    said = here.ok("holidays", "load", name)

    assert "1 dari 7 tenggat terbuka berpindah" in said
    assert "1 tenggat yang berpindah diberitahukan. Layanan yang sedang berjalan" in said
    after = held(here)
    (kept,) = set(after) - set(before)
    assert kept.startswith("2027.yaml.before-")
    assert (after["2027.yaml"], after[kept]) == (text, before["2027.yaml"])
    (event,) = here.json("event", "list", FIRST)
    assert (event["kind"], event["details"]["years"]) == ("holiday-decree-loaded", "2027")
    assert "Nomor 1205 Tahun 2026" in event["details"]["decrees"]
    story = here.json("explain", REPORT)
    assert [move["after"]["act_by"] for move in story["moves"]] == ["2027-12-30"]
    assert {alert["point"] for alert in story["alerts"]} == {"moved-1"}
    shown = here.ok("explain", REPORT)
    assert "Riwayat tanggal" in shown
    assert "bertindak paling lambat: 31 Des 2027 → 30 Des 2027" in shown
    assert "sementara → pasti" in shown

    again = here.json("holidays", "load", name)
    assert (again["moved"], again["written"], again["kept"], again["announced"]) == (0, [], [], [])
    assert here.json("event", "list", FIRST) == [event]
    assert here.ok("event", "verify").startswith("1 entries")


def test_a_decree_for_a_year_that_has_no_file_yet(here: Installation) -> None:
    name = decree(here)
    path = here.folder / name
    path.write_text(path.read_text().replace("2027-", "2029-").replace("year: 2027", "year: 2029"))

    found = here.json("holidays", "load", name)

    assert [Path(one).name for one in found["written"]] == ["2029.yaml"]
    assert found["kept"] == []
    assert [row["coverage"] for row in here.json("holidays", "list", "--year", "2029")] == ["decreed"]


def test_a_decree_before_there_is_a_database(here: Installation) -> None:
    said = here.ok("holidays", "load", decree(here, more=ONE_MORE), database_url="sqlite:///none/tracker.db")
    assert "Belum ada basis data" in said
    assert "2027-12-31" in held(here)["2027.yaml"]


def test_how_well_the_years_are_known(here: Installation) -> None:
    rows = {row["year"]: row for row in here.json("holidays", "list")}

    assert {year: rows[year]["coverage"] for year in (2026, 2027)} == {2026: "decreed", 2027: "estimate"}
    assert rows[2026]["days"] == {"joint-leave": 8, "national": 17}
    assert "listed" not in rows[2026]
    (one,) = here.json("holidays", "list", "--year", "2026")
    assert len(one["listed"]) == 25
    assert "17 libur nasional" in here.ok("holidays", "list")
    (far,) = here.json("holidays", "list", "--year", "2100")
    assert (far["coverage"], far["decrees"], far["days"]) == ("none", [], {})


def test_unverified_duties_are_listed_filled_in_and_settled(here: Installation) -> None:
    listed = here.json("unverified", FIRST)
    assert [one["key"].rpartition("/")[2] for one in listed] == ["2025-S1", "2025-S2", "2026-S1"]
    assert "3 belum diverifikasi." in here.ok("unverified")
    assert here.ok("unverified", "--csv", "daftar.csv") == "daftar.csv: 3 baris\n"
    assert "exists already" in here.fails(1, "unverified", "--csv", "daftar.csv")
    path = here.folder / "daftar.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    rows[0] |= {"outcome": "done", "on": "2025-06-28", "letter": "12/2025"}
    rows[1] |= {"outcome": "selesai", "on": "2025-12-30"}
    rows[2] |= {"outcome": "open"}

    def fill_in() -> None:
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.DictWriter(file, rows[0], delimiter=";")
            writer.writeheader()
            writer.writerows(rows)

    fill_in()
    said = here.fails(1, "settle", "daftar.csv")
    assert said.splitlines() == [
        "daftar.csv:3: outcome=selesai: expected one of done, waived, open",
        "1 kesalahan; tidak ada yang dicatat.",
    ]
    assert here.json("event", "list", FIRST) == []

    rows[1] |= {"outcome": "waived", "on": "", "why": "dilaporkan lisan"}
    fill_in()
    said = here.ok("settle", "daftar.csv", "--by", "Sekretariat")
    assert said.startswith("1 selesai, 1 dikesampingkan, 1 dibuka kembali; 0 sudah tercatat, 0 belum diisi.")
    facts = here.json("event", "list", FIRST)
    assert [fact["recorded_by"] for fact in facts] == ["Sekretariat"] * 3
    states = {one["occurrence"]: one["state"] for one in json.loads(here.ok("upcoming", "--all", "--json"))}
    assert (states["2025-S1"], states["2025-S2"], states["2026-S1"]) == ("fulfilled", "waived", "overdue")
    assert "3 sudah tercatat" in here.ok("settle", "daftar.csv", "--by", "Sekretariat")
    assert here.json("event", "list", FIRST) == facts
    assert here.ok("unverified", "--language", "en") == "Nothing is unverified.\n"


def test_a_running_worker_goes_on_with_the_new_decree(here: Installation) -> None:
    here.settings |= {"sweep_seconds": "0.2", "morning": "off"}
    assert act_by(here) == "2027-12-31"
    rules = here.folder / "rules" / "holidays" / "id" / "2027.yaml"
    with here.start("worker") as worker:
        until(lambda: "rules in force" in worker.said(), "the first reading of the rules")
        sound = rules.read_text()

        rules.write_text(sound + "  - {date: 2027-13-45}\n")
        until(lambda: "going on with the old ones" in worker.said(), "a complaint about the rules")
        assert "2027.yaml:" in worker.said()

        rules.write_text(sound.replace("coverage: estimate", "coverage: decreed") + ONE_MORE)
        until(lambda: f"obligation={REPORT}" in worker.said(), "a deadline that the worker has moved")
        until(lambda: worker.said().count("rules in force") == 2, "the second reading of the rules")
        assert worker.stop() == 0
    assert act_by(here) == "2027-12-30"


def act_by(here: Installation) -> str:
    return str(here.json("explain", REPORT)["act_by"])
