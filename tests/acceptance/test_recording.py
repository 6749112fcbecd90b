"""Two processes that record facts at the same time: nothing is lost, and every log's chain holds."""

from collections.abc import Iterator
from datetime import date, timedelta
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest

from tests.support.agreements import ID, rule
from tests.support.databases import POSTGRESQL, SQLITE, migrated_database
from tests.support.houses import terms_file
from tests.support.process import Installation, own_rules
from tests.support.waiting import PATIENCE
from tracker import flow
from tracker.base.packed import unpack
from tracker.base.settings import read_settings
from tracker.bootstrap import build
from tracker.events.model import Event

ENGINES = [SQLITE, pytest.param(POSTGRESQL, marks=pytest.mark.postgres)]
SHARED, OTHER = ID, "other-agreement"
DAYS = 12
"""Each process records one fact a day about the shared agreement, and one about the other."""
FIRST_DAY = date(2026, 11, 2)
PARTIES = ("kesatu", "kedua")
KIND = "force-majeure-occurred"
NOTICE = rule("14 calendar days since force-majeure-occurred", "force-majeure-notice")


@pytest.fixture(params=ENGINES)
def one(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Installation]:
    """Two agreements, loaded into a database of each kind."""
    files = [terms_file(NOTICE, id=name) for name in (SHARED, OTHER)]
    rules = own_rules(tmp_path, {file.agreement.id: unpack(file.packed_text).decode() for file in files})
    with migrated_database(request.param, tmp_path) as url:
        found = Installation(tmp_path, {"database_url": url, "rules_dir": str(rules)})
        assert found.ok("load").startswith("2 new")
        yield found


def record_all(settings: dict[str, str], party: str, together: Barrier) -> None:
    """Record the facts about one party; a process of its own runs this."""
    house = build(read_settings({f"TRACKER_{name.upper()}": text for name, text in settings.items()}))
    for number in range(DAYS):
        day = FIRST_DAY + timedelta(days=number)
        for agreement in (SHARED, OTHER):
            together.wait(PATIENCE)  # or one of them would be through before the other begins
            fact = Event(agreement, KIND, day, {"party": party})
            flow.record_event(
                house.db, house.context, fact, house.clock.now(), party, f"{agreement}-{day}-{party}"
            )
    house.db.close()


def test_two_processes_record_at_once(one: Installation) -> None:
    spawn = get_context("spawn")
    together = spawn.Barrier(len(PARTIES))
    processes = [spawn.Process(target=record_all, args=(one.settings, party, together)) for party in PARTIES]
    for process in processes:
        process.start()
    for process in processes:
        process.join(PATIENCE * 2)

    assert [process.exitcode for process in processes] == [0, 0]
    wanted = {(str(FIRST_DAY + timedelta(days=number)), party) for number in range(DAYS) for party in PARTIES}
    for agreement in (SHARED, OTHER):
        log = one.json("event", "list", agreement)
        assert [entry["number"] for entry in log] == list(range(1, 2 * DAYS + 1))
        assert {(entry["happened_on"], entry["details"]["party"]) for entry in log} == wanted
        assert all(entry["recorded_by"] == entry["details"]["party"] for entry in log)
        started = {
            found["occurrence"] for found in one.json("upcoming", "--all") if found["agreement"] == agreement
        }
        assert started == {f"{day}:{party}" for day, party in wanted}
    assert one.ok("event", "verify").startswith(f"{4 * DAYS} entries in the logs of 2 agreements, digest ")


def test_two_commands_record_the_same_form_once(one: Installation) -> None:
    arguments = (
        "event",
        "record",
        SHARED,
        KIND,
        "--on",
        "2026-11-16",
        "-d",
        "party=kesatu",
        "--key",
        "form-7",
    )

    with one.start(*arguments) as first, one.start(*arguments) as second:
        codes = first.process.wait(PATIENCE), second.process.wait(PATIENCE)
        said = sorted((first.said().split(maxsplit=1)[0], second.said().split(maxsplit=1)[0]))

    assert codes == (0, 0)
    assert said == ["Already", "Recorded"]
    assert len(one.json("event", "list", SHARED)) == 1
    assert one.ok("event", "verify").startswith("1 entries in the logs of 2 agreements, digest ")
