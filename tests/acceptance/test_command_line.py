"""The command line contract, on the real process: what it prints, says, and leaves with."""

import dataclasses
import json
import re
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import typer

import tracker.__main__  # noqa: F401 - adds the roles that run on
from tests.support.agreements import ROOT, RULES, repository_terms
from tests.support.databases import MIGRATIONS, POSTGRESQL, SQLITE, empty_database, migrated_database
from tests.support.postgres import postgres_server
from tests.support.process import Installation, own_rules
from tests.support.smtp import HOST, free_port
from tracker.cli.app import app
from tracker.migrations import head

FIRST, SECOND = "babel-bpjstk-2025", "kukar-bpjstk-2023"
THIRD, FOURTH = "sumba-timur-kpu-bpjstk-2024", "kemenko-pmk-kemnaker-2023"

# rule, occurrence -> likely, safe, act_by; the table of counting.md.
DATES: dict[str, tuple[tuple[str, ...], dict[tuple[str, str], tuple[str, str, str]]]] = {
    FIRST: (
        ("--event", "force-majeure-occurred=2026-12-01"),
        {
            ("renewal-notice", "term-1"): ("2030-03-29", "2030-03-28", "2030-03-28"),
            ("force-majeure-notice", "2026-12-01"): ("2026-12-15", "2026-12-14", "2026-12-14"),
        },
    ),
    SECOND: ((), {("renewal-notice", "term-1"): ("2024-02-29", "2024-02-28", "2024-02-28")}),
    THIRD: ((), {("renewal-notice", "term-1"): ("2024-12-24", "2024-12-23", "2024-12-23")}),
    FOURTH: (
        ("--event", "force-majeure-occurred=2023-04-17", "--event", "contact-appointed=2023-04-14"),
        {
            ("renewal-notice", "term-1"): ("2025-01-28", "2025-01-27", "2025-01-24"),
            ("force-majeure-notice", "2023-04-17"): ("2023-05-15", "2023-05-08", "2023-05-08"),
            ("contact-change-notice", "2023-04-14"): ("2023-05-02", "2023-04-21", "2023-04-18"),
            ("monitoring-report", "year-1"): ("2023-12-31", "2023-12-31", "2023-12-29"),
            ("monitoring-report", "year-2"): ("2024-12-31", "2024-12-31", "2024-12-31"),
        },
    ),
}
KEYS = {
    *("agreement", "rule", "occurrence", "clause", "duty_holder", "addressee", "state", "likely", "safe"),
    *("act_by", "strictest", "latest", "provisional", "provisional_because", "if_missed", "readings"),
}


# agreement, event, rule -> (likely, safe, act_by, strictest, latest), and every reading: day -> weight, path.
# Counted by hand; in 2023 joint leave was 19-21 and 24-25 April, and 1 May a holiday.
READINGS: list[tuple[str, str, str, tuple[str, ...], dict[str, tuple[str, str]]]] = [
    (
        FOURTH,
        "force-majeure-occurred=2023-04-17",
        "force-majeure-notice",
        ("2023-05-15", "2023-05-08", "2023-05-08", "2023-05-04", "2023-05-15"),
        {
            "2023-05-04": ("weak", "week:mon-sat joint-leave:working start:included"),
            "2023-05-05": ("weak", "week:mon-fri joint-leave:working start:included"),
            "2023-05-08": ("strong", "week:mon-fri joint-leave:working start:excluded"),
            "2023-05-10": ("weak", "week:mon-sat joint-leave:off start:included"),
            "2023-05-11": ("weak", "week:mon-sat joint-leave:off start:excluded"),
            "2023-05-12": ("weak", "week:mon-fri joint-leave:off start:included"),
            "2023-05-15": ("strong", "week:mon-fri joint-leave:off start:excluded"),
        },
    ),
    (
        FOURTH,
        "contact-appointed=2023-04-14",
        "contact-change-notice",
        ("2023-05-02", "2023-04-21", "2023-04-18", "2023-04-20", "2023-05-02"),
        {
            "2023-04-20": ("weak", "week:mon-sat joint-leave:working start:included"),
            "2023-04-21": ("strong", "week:mon-fri joint-leave:working start:included"),
            "2023-04-24": ("strong", "week:mon-fri joint-leave:working start:excluded"),
            "2023-04-27": ("weak", "week:mon-sat joint-leave:off start:included"),
            "2023-04-28": ("strong", "week:mon-fri joint-leave:off start:included"),
            "2023-05-02": ("strong", "week:mon-fri joint-leave:off start:excluded"),
        },
    ),
    (
        FIRST,
        "termination-intended=2026-11-23,desired_end=2027-05-31",
        "termination-notice",
        ("2027-02-28", "2027-02-27", "2027-02-26", "2027-02-27", "2027-03-03"),
        {
            "2027-02-27": ("strong", "rounding:down notice:clear-days"),
            "2027-02-28": ("strong", "rounding:down notice:plain"),
            "2027-03-01": ("plausible", "rounding:up notice:plain"),
            "2027-03-02": ("plausible", "rounding:thirty-days notice:plain"),
            "2027-03-03": ("weak", "rounding:thirty-days notice:counted"),
        },
    ),
    (
        FIRST,
        "termination-intended=2026-11-23,desired_end=2027-05-01",
        "termination-notice",
        # 90 days are longer than these three months: 31 January, and 30 January as clear days.
        ("2027-02-01", "2027-01-31", "2027-01-29", "2027-01-30", "2027-02-02"),
        {
            "2027-01-30": ("plausible", "rounding:thirty-days notice:clear-days"),
            "2027-01-31": ("strong", "rounding:down notice:clear-days"),
            "2027-02-01": ("strong", "rounding:down notice:plain"),
            "2027-02-02": ("weak", "rounding:down notice:counted"),
        },
    ),
]


@pytest.fixture
def here(tmp_path: Path) -> Installation:
    """An empty folder: no database yet, the rules of the repository."""
    return Installation(tmp_path)


@pytest.fixture
def migrated(here: Installation) -> Iterator[Installation]:
    """A folder with a database that has tables and no rows."""
    with migrated_database(SQLITE, here.folder) as url:
        here.settings["database_url"] = url
        yield here


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A folder with a database that holds the agreements of the repository."""
    folder = tmp_path_factory.mktemp("loaded")
    with migrated_database(SQLITE, folder) as url:
        place = Installation(folder, {"database_url": url})
        assert place.ok("load").startswith(f"{len(repository_terms())} new, 0 changed, 0 unchanged; ")
        yield place


def test_help(here: Installation) -> None:
    said = here.ok("--help")

    listed = {line.split()[0] for line in said.partition("Commands:")[2].splitlines() if line.strip()}
    shown = {name for name, one in commands().items() if not one.hidden}
    assert {"proof", "evidence", "event", "run"} <= shown <= listed
    assert "events" not in listed
    assert list(here.folder.iterdir()) == []


def test_every_command_has_help_and_the_readme_names_no_other() -> None:
    every = {(name, *rest): one for name, group in commands().items() for rest, one in below(group)}
    assert [name for name, one in every.items() if not one.help] == []

    readme = (ROOT / "README.md").read_text(encoding="utf-8").partition("## Use it")[2].partition("## ")[0]
    named = [
        tuple(words.split())
        for words in re.findall(r"^    tracker ([a-z]+(?: [a-z]+)?)", readme, re.MULTILINE)
    ]
    assert len(named) >= 20
    assert [words for words in named if words not in every and words[:1] not in every] == []


def commands() -> Mapping[str, Any]:
    """Give the commands of the real program, hidden ones too."""
    return typer.main.get_group(app).commands


def below(command: Any) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Give the commands of a group by their names, or the command itself."""
    if not hasattr(command, "commands"):
        yield (), command
    for name, one in getattr(command, "commands", {}).items():
        yield (name,), one


def test_a_command_that_does_not_exist(here: Installation) -> None:
    assert "No such command 'remind'" in here.fails(2, "remind")


@pytest.mark.parametrize(
    ("code", "arguments"),
    [
        (0, ("--help",)),
        (0, ("upcoming", "--all")),
        (0, ("explain", f"{FIRST}/renewal-notice")),
        (0, ("event", "verify")),
        (2, ("upcoming", "--within", "soon")),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_an_interpreter_that_has_imported_nothing_says_the_same(
    loaded: Installation, code: int, arguments: tuple[str, ...]
) -> None:
    """The other tests' commands are forks of one that has the libraries: see tests/support/launcher.py."""
    fresh = dataclasses.replace(loaded, fresh=True)

    forked, new = loaded.run(*arguments), fresh.run(*arguments)

    assert (new.returncode, new.stdout, new.stderr) == (code, forked.stdout, forked.stderr)
    assert forked.returncode == code


# Terms files


def test_the_rules_of_the_repository_are_sound(here: Installation) -> None:
    done = here.run("check")

    assert done.returncode == 0, done.stdout
    assert f"{len(repository_terms())} agreements" in done.stderr
    assert "0 errors" in done.stderr


def test_faults_are_told_with_file_and_line(here: Installation) -> None:
    text = (RULES / "agreements" / f"{SECOND}.yaml").read_text()
    wrong = text.replace("due: 3 months before term end", "due: 3 moons before term end")
    line = next(n for n, found in enumerate(wrong.splitlines(), 1) if "3 moons" in found)
    rules = own_rules(here.folder, {"wrong": wrong, "broken": "id: a\nparties: {\n", "good": text})

    done = here.run("check", str(rules))

    assert done.returncode == 1
    faults = done.stdout.splitlines()
    assert any(
        fault.startswith(f"{rules}/agreements/wrong.yaml:{line}: rules.2.due: '3 moons") for fault in faults
    )
    assert any(fault.startswith(f"{rules}/agreements/broken.yaml:") for fault in faults)
    assert not any(
        fault.startswith(f"{rules}/agreements/good.yaml") and "warning" not in fault for fault in faults
    )
    assert "Traceback" not in done.stderr
    assert "2 errors" in done.stderr


@pytest.mark.parametrize("agreement", list(DATES))
def test_the_dates_of_the_agreements(here: Installation, agreement: str) -> None:
    if agreement not in repository_terms():
        pytest.skip(f"rules/agreements/{agreement}.yaml is not there")
    events, dates = DATES[agreement]

    obligations = here.json("compute", agreement, *events)

    assert all(set(one) == KEYS for one in obligations)
    found = {
        (one["rule"], one["occurrence"]): (one["likely"], one["safe"], one["act_by"]) for one in obligations
    }
    assert {key: found.get(key) for key in dates} == dates
    assert list(here.folder.iterdir()) == []  # no database was made


@pytest.mark.parametrize(
    ("agreement", "event", "rule", "figures", "readings"), READINGS, ids=[row[1] for row in READINGS]
)
def test_every_reading_of_what_an_event_starts(
    here: Installation,
    agreement: str,
    event: str,
    rule: str,
    figures: tuple[str, ...],
    readings: dict[str, tuple[str, str]],
) -> None:
    (found,) = [one for one in here.json("compute", agreement, "--event", event) if one["rule"] == rule]

    assert tuple(found[name] for name in ("likely", "safe", "act_by", "strictest", "latest")) == figures
    assert [one["date"] for one in found["readings"]] == sorted(readings)
    given = {one["date"]: (one["weight"], " ".join(one["assumptions"])) for one in found["readings"]}
    assert given == readings


@pytest.mark.parametrize(("expected_days", "state"), [("30", "waiting"), ("31", "open")])
def test_a_force_majeure_that_is_expected_to_last(here: Installation, expected_days: str, state: str) -> None:
    event = f"force-majeure-occurred=2026-12-01,party=kesatu,expected_days={expected_days}"

    found = {one["rule"]: one for one in here.json("compute", FIRST, "--event", event)}

    review = found["force-majeure-review"]
    assert (review["likely"], review["safe"], review["act_by"], review["latest"]) == (
        "2026-12-31",
        "2026-12-30",
        "2026-12-30",
        "2026-12-31",
    )
    assert found["force-majeure-early-review"]["state"] == state


def test_silence_is_explained(loaded: Installation) -> None:
    said = loaded.ok("explain", f"{FIRST}/renewal-notice", "--language", "en")

    assert "If nobody says anything, the agreement ends by itself" in " ".join(said.split())


def test_a_wish_to_end_names_the_end_it_wishes(here: Installation) -> None:
    said = here.fails(2, "compute", FIRST, "--event", "termination-intended=2027-05-31")

    assert "termination-intended needs desired_end=" in " ".join(said.replace("│", " ").split())


def test_compute_tells_the_window_of_a_wish_to_end_early(here: Installation) -> None:
    wish = ("--event", "termination-intended=2024-12-02,desired_end=2024-12-20,party=kedua")

    obligations = here.json("compute", THIRD, *wish)

    (notice,) = [one for one in obligations if "window" in one]
    assert set(notice) == KEYS | {"window"}
    assert notice["rule"] == "termination-notice"
    assert notice["window"]["usable"] == {"first": "2024-12-24", "last": "2024-12-30"}
    assert notice["window"]["earliest_end"] is None
    assert here.json("explain", f"{THIRD}/termination-notice", *wish)["window"] == notice["window"]
    assert "24 Desember 2024" in here.ok("compute", THIRD, *wish)
    assert "24 December 2024" in here.ok("explain", f"{THIRD}/termination-notice", *wish, "--language", "en")


def test_compute_refuses_a_time_that_is_none(here: Installation) -> None:
    said = here.fails(2, "compute", FIRST, "--event", "force-majeure-occurred=2026-12-01,at=25:00")

    assert "at=25:00: force-majeure-occurred expects a local time as HH:MM" in " ".join(
        said.replace("│", " ").split()
    )


def test_the_schema_that_editors_use_is_the_grammar(here: Installation) -> None:
    assert here.ok("schema") == (RULES / "schema.json").read_text(), "run 'make schema'"


def test_an_agreement_that_does_not_exist(here: Installation) -> None:
    said = here.fails(1, "compute", "no-such-agreement")

    assert "'no-such-agreement' is neither a file nor an agreement" in said
    assert f"  {FIRST}" in said


@pytest.mark.parametrize(
    ("event", "says"),
    [
        ("force-majeure-occurred=2026-13-01", "is not a date"),
        ("2026-12-01", "is not a date"),
        ("Banjir=2026-12-01", "is not an event kind"),
    ],
)
def test_an_event_that_cannot_be_read(here: Installation, event: str, says: str) -> None:
    assert says in " ".join(here.fails(2, "compute", FIRST, "--event", event).replace("│", " ").split())


# Loading


def test_loading_again_changes_nothing(loaded: Installation) -> None:
    assert loaded.ok("load") == (
        f"0 new, 0 changed, {len(repository_terms())} unchanged; "
        "0 obligations added, 0 moved, 0 superseded.\n"
    )


def test_a_broken_file_does_not_stop_the_others(migrated: Installation) -> None:
    good = (RULES / "agreements" / f"{SECOND}.yaml").read_text()
    rules = own_rules(migrated.folder, {"good": good, "broken": "id: a\nparties: {\n"})

    done = migrated.run("load", rules_dir=str(rules))

    assert done.returncode == 1
    assert done.stdout.startswith("1 new, ")
    assert f"{rules}/agreements/broken.yaml:" in done.stderr
    assert "Traceback" not in done.stderr


# Looking


def test_upcoming(loaded: Installation) -> None:
    everything = loaded.json("upcoming", "--all")
    live = loaded.json("upcoming")
    soon = loaded.json("upcoming", "--within", "0d")

    assert all(set(one) == KEYS for one in everything)
    assert {one["agreement"] for one in everything} == set(repository_terms())
    assert [one["act_by"] for one in live] == sorted(one["act_by"] for one in live)
    assert {one["state"] for one in live} <= {"open", "due", "overdue"}
    names = [(one["agreement"], one["rule"], one["occurrence"]) for one in live]
    assert all((one["agreement"], one["rule"], one["occurrence"]) in names for one in soon)
    assert (SECOND, "renewal-notice", "unverified") in {
        (one["agreement"], one["rule"], one["state"]) for one in everything
    }


def test_a_span_that_cannot_be_read(loaded: Installation) -> None:
    assert "'soon' is not a span" in loaded.fails(2, "upcoming", "--within", "soon")


def test_explain_names_dates_and_reasons(loaded: Installation) -> None:
    story = loaded.json("explain", f"{FIRST}/renewal-notice", "--language", "en")

    assert set(story) == KEYS | {"steps", "chain", "alerts"}
    assert story["chain"] == {"since": None, "level": None, "told": [], "next": None}
    assert (story["occurrence"], story["likely"], story["safe"]) == ("term-1", "2030-03-29", "2030-03-28")
    assert story["alerts"] == []
    assert any("29 March 2030" in step for step in story["steps"])
    assert {reading["weight"] for reading in story["readings"]} == {"strong", "weak"}


def test_the_log_as_it_was_known_then(loaded: Installation) -> None:
    for day, party in (("2026-11-18", "kesatu"), ("2026-11-20", "kedua")):
        loaded.ok("event", "record", FIRST, "force-majeure-occurred", "--on", day, "-d", f"party={party}")

    def days(*options: str) -> list[str]:
        return [fact["happened_on"] for fact in loaded.json("event", "list", FIRST, *options)]

    assert days() == ["2026-11-18", "2026-11-20"]
    assert days("--as-of", "2026-11-19") == ["2026-11-18"]
    assert days("--known-at", "2026-01-01") == []
    assert "There is no agreement 'nobody'" in loaded.fails(1, "event", "list", "nobody")


def test_explain_needs_one_obligation(loaded: Installation) -> None:
    assert f"  {FIRST}/monitoring-report/" in loaded.fails(1, "explain", f"{FIRST}/monitoring-report")
    assert "No obligation" in loaded.fails(1, "explain", f"{FIRST}/no-such-rule")


# Events


def test_events_are_recorded_and_listed(migrated: Installation) -> None:
    migrated.ok("load", str(RULES / "agreements" / f"{FIRST}.yaml"))
    arguments = ("event", "record", FIRST, "force-majeure-occurred", "--on", "2026-11-16", "--key", "form-7")

    said = migrated.ok(*arguments, "-d", "party=kesatu", "--by", "Biro Hukum")
    again = migrated.ok(*arguments, "-d", "party=kesatu")
    refused = migrated.fails(1, *arguments, "-d", "party=kedua")
    (event,) = migrated.json("event", "list", FIRST)
    story = migrated.json("explain", f"{FIRST}/force-majeure-notice")

    first, *lines = said.splitlines()
    assert first == (
        "Recorded as entry 1: force-majeure-occurred on 2026-11-16. 2 obligations opened, 0 moved, 0 closed."
    )
    assert lines[0].startswith("27 Nov 2026 (")
    assert lines[1].endswith(f"({FIRST}/force-majeure-notice/2026-11-16:kesatu)")
    assert again == "Already recorded under the key 'form-7' as entry 1; nothing changed.\n"
    assert "the key 'form-7' was used for force-majeure-occurred of 2026-11-16" in refused
    assert event.pop("recorded_at").endswith("+00:00")
    assert event == {
        "number": 1,
        "kind": "force-majeure-occurred",
        "happened_on": "2026-11-16",
        "details": {"party": "kesatu"},
        "recorded_by": "Biro Hukum",
    }
    assert (story["occurrence"], story["likely"]) == ("2026-11-16:kesatu", "2026-11-30")


def test_an_event_is_corrected_and_the_log_verified(migrated: Installation) -> None:
    migrated.ok("load", str(RULES / "agreements" / f"{FIRST}.yaml"))
    migrated.ok(
        "event", "record", FIRST, "force-majeure-occurred", "--on", "2026-11-16", "-d", "party=kesatu"
    )

    said = migrated.ok("event", "correct", FIRST, "1", "--on", "2026-11-17", "--why", "salah tanggal")
    verified = migrated.ok("events", "verify")
    replayed = migrated.ok("event", "replay", "--into", f"sqlite:///{migrated.folder / 'copy.db'}")

    assert said.startswith("Recorded as entry 2: fact-corrected on 2026-11-17. 2 obligations opened")
    assert f"{FIRST}/force-majeure-notice/2026-11-17:kesatu" in said
    assert verified.startswith("2 entries in the logs of 1 agreements, digest ")
    assert replayed == "3 entries replayed: every obligation is the same.\n"
    known = migrated.json("upcoming", "--as-of", "2026-11-18", "--known-at", "2020-01-01")
    assert known == []
    assert "is not an instant" in migrated.fails(2, "upcoming", "--known-at", "kemarin")

    with closing(sqlite3.connect(migrated.folder / "tracker.db")) as database:
        database.execute("DROP TRIGGER event_not_updated")
        database.execute("UPDATE event SET happened_on = '2026-11-01' WHERE number = 1")
        database.commit()
    assert f"{FIRST}#1: the entry is not what was recorded" in migrated.fails(1, "events", "verify")


@pytest.mark.parametrize(
    ("code", "arguments", "says"),
    [
        (1, ("no-such", "notice-served", "--on", "2026-11-20"), "no agreement 'no-such'"),
        (1, (FIRST, "addendum", "--on", "2026-11-20", "-d", "party=ketiga"), "party=ketiga"),
        (2, (FIRST, "addendum", "--on", "20 November"), "is not a date"),
        (2, (FIRST, "notice-served", "--on", "2026-11-20"), "needs rule="),
    ],
)
def test_an_event_that_is_not_recorded(
    loaded: Installation, code: int, arguments: tuple[str, ...], says: str
) -> None:
    assert says in " ".join(loaded.fails(code, "event", "record", *arguments).split())


# Replaying


def test_simulate(here: Installation) -> None:
    arguments = ("simulate", "--from", "2029-12-01", "--to", "2030-03-31", FIRST, "--json")

    one, two = here.ok(*arguments), here.ok(*arguments)

    assert one == two
    alerts = json.loads(one)
    names = {"at", "agreement", "rule", "occurrence", "point", "act_by", "contact", "channel", "subject"}
    assert all(names <= set(alert) for alert in alerts)
    renewal = [alert for alert in alerts if alert["rule"] == "renewal-notice"]
    assert renewal[0]["at"] == "2029-12-28T08:00:00+07:00"
    escalated = {alert["point"]: alert["contact"] for alert in renewal if ">" in alert["point"]}
    assert escalated == {"T-30>manager": "fallback"}
    assert "  T-30>manager     fallback " in here.ok(*arguments[:-1])
    assert {alert["act_by"] for alert in renewal} == {"2030-03-28"}
    assert list(here.folder.iterdir()) == []


def test_simulate_backwards(here: Installation) -> None:
    assert "lies before" in here.fails(2, "simulate", "--from", "2025-02-01", "--to", "2025-01-01", FIRST)


# The database


def test_a_database_is_checked_and_backed_up(here: Installation) -> None:
    assert "run 'tracker db upgrade'" in here.fails(4, "db", "check")
    here.ok("db", "upgrade")
    assert here.ok("db", "check") == "The database fits.\n"

    here.ok("db", "backup", "copy.db")
    said = here.fails(4, "db", "backup", "copy.db")

    assert "copy.db exists already" in said
    assert not list(here.folder.glob("*.partial"))
    with closing(sqlite3.connect(here.folder / "copy.db")) as copy:
        assert copy.execute("SELECT version_num FROM alembic_version").fetchone() == (head(MIGRATIONS),)


def test_a_backup_of_nothing(here: Installation) -> None:
    assert "there is nothing to back up" in here.fails(4, "db", "backup", "copy.db")


@pytest.mark.postgres
def test_a_database_on_a_server(here: Installation) -> None:
    with empty_database(POSTGRESQL, here.folder) as url:
        here.settings["database_url"] = url

        assert "run 'tracker db upgrade'" in here.fails(4, "load")
        said = here.ok("db", "upgrade")
        assert postgres_server().password not in said
        assert here.ok("load").startswith(f"{len(repository_terms())} new")
        assert "use pg_dump" in here.fails(4, "db", "backup", "copy.db")


@pytest.mark.parametrize("engine", [SQLITE, pytest.param(POSTGRESQL, marks=pytest.mark.postgres)])
@pytest.mark.parametrize("arguments", [("event", "list", FIRST), ("upcoming",)], ids=" ".join)
def test_a_database_without_tables(here: Installation, engine: str, arguments: tuple[str, ...]) -> None:
    with empty_database(engine, here.folder) as url:
        assert "run 'tracker db upgrade'" in here.fails(4, *arguments, database_url=url)


def test_a_server_that_is_not_there(here: Installation) -> None:
    port = free_port()

    said = here.fails(4, "upcoming", database_url=f"postgresql://tracker:rahasia@{HOST}:{port}/tracker")

    assert f"postgresql+psycopg://tracker:***@{HOST}:{port}/tracker" in said
    assert "TRACKER_DATABASE_URL" in said
    assert "rahasia" not in said


def test_explain_does_not_hide_that_the_server_is_not_there(here: Installation) -> None:
    url = f"postgresql://tracker:rahasia@{HOST}:{free_port()}/tracker"

    assert "TRACKER_DATABASE_URL" in here.fails(4, "explain", f"{FIRST}/renewal-notice", database_url=url)


@pytest.mark.postgres
def test_a_refused_login(here: Installation) -> None:
    said = here.fails(4, "upcoming", database_url=postgres_server().url("postgres", password="salah-sekali"))

    assert "password authentication failed" in said
    assert "TRACKER_DATABASE_URL" in said
    assert "salah-sekali" not in said


@pytest.mark.postgres
def test_a_database_that_the_server_does_not_have(here: Installation) -> None:
    said = here.fails(4, "db", "upgrade", database_url=postgres_server().url("missing"))

    assert 'database "missing" does not exist' in said
    assert "TRACKER_DATABASE_URL" in said
    assert "has no tables yet" not in said


def test_a_file_that_is_no_database(here: Installation) -> None:
    (here.folder / "notes.txt").write_text("this is not a database\n" * 100)

    said = here.fails(4, "upcoming", database_url="sqlite:///notes.txt")

    assert "file is not a database" in said


def test_a_folder_that_cannot_be_made(here: Installation) -> None:
    (here.folder / "blocked").write_text("a file, where a folder should be")

    said = here.fails(4, "db", "upgrade", database_url="sqlite:///blocked/tracker.db")

    assert "blocked cannot be made" in said


# Settings


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"smtp_hots": "mail.example.org"}, "TRACKER_SMTP_HOTS: there is no such setting"),
        ({"lease_seconds": "soon", "batch": "0"}, "TRACKER_LEASE_SECONDS: input should be a valid number"),
        ({"smtp_password_file": "/nowhere/secret"}, "TRACKER_SMTP_PASSWORD_FILE names /nowhere/secret"),
        ({"database_url": "oracle://x"}, "TRACKER_DATABASE_URL"),
        ({"smtp_host": "mail.example.org"}, "TRACKER_MAIL_FROM"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_wrong_setting(here: Installation, settings: dict[str, str], says: str) -> None:
    said = here.fails(3, "upcoming", **settings)

    assert said.startswith("tracker: A setting is wrong.")
    assert says in said


def test_settings_from_a_file(here: Installation) -> None:
    (here.folder / "tracker.env").write_text("# where\nTRACKER_DATABASE_URL=sqlite:///elsewhere.db\n")

    assert here.ok("db", "upgrade") == "sqlite:///elsewhere.db is up to date.\n"
    assert (here.folder / "elsewhere.db").is_file()


def test_rules_that_are_not_there(here: Installation) -> None:
    said = here.fails(1, "upcoming", rules_dir=str(here.folder / "nowhere"))

    assert f"{here.folder}/nowhere/reminders.yaml:1: cannot be read" in said


def test_a_ladder_that_is_broken(here: Installation) -> None:
    rules = own_rules(here.folder, {})
    text = (rules / "reminders.yaml").read_text()
    (rules / "reminders.yaml").write_text(text.replace("payment: [14, 7, 3, 1, 0]", "payment: [14, soon]"))

    said = here.fails(1, "upcoming", rules_dir=str(rules))

    assert f"{rules}/reminders.yaml:" in said
