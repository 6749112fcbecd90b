"""A semester ends: 100,000 of 1,000,000 open obligations are due at 08:00. Memory, first mail, one each."""

import json
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlmodel import col

from tests.support.agreements import ROOT, RULES
from tests.support.databases import POSTGRESQL, SQLITE, migrated_database
from tests.support.houses import terms_file
from tests.support.sink import sink
from tracker import flow
from tracker.base.db import Database
from tracker.base.packed import pack, unpack
from tracker.base.settings import Settings
from tracker.bootstrap import build_context
from tracker.obligations.model import State
from tracker.obligations.tables import ObligationRow
from tracker.reminders.recipients import EMAIL
from tracker.terms.load import TermsFile
from tracker.terms.people import Contact

AGREEMENTS = 100_000
PEOPLE = 10_000
FAR_OFF = 9
LOADED = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)
RUSH = datetime(2026, 12, 23, 1, 0, tzinfo=UTC)
DUE_ON = date(2026, 12, 30)
MEGABYTES = 300
FIRST_AFTER = 2.0


def files() -> list[TermsFile]:
    """Make agreements of ten duties each, one of them seven days off on the day of the rush."""
    rules = [
        {
            "id": f"duty-{number}",
            "due": f"on {DUE_ON if number == 0 else date(2028, 1 + number, 15)}",
            "duty": {
                "by": "kesatu",
                "to": "other",
                "act": "Menyampaikan laporan kepada pihak lain",
            },
            "if_missed": "none stated",
        }
        for number in range(FAR_OFF + 1)
    ]
    one = terms_file(*rules, contacts=[])
    said = json.loads(unpack(one.packed_body))
    return [_numbered(one, said, number) for number in range(AGREEMENTS)]


def _numbered(one: TermsFile, said: dict[str, Any], number: int) -> TermsFile:
    """Give an agreement another number and its contact, without reading ten duties anew."""
    name = f"agreement-{number}"
    contact = {
        "id": "officer",
        "position": "Kepala Bidang",
        "email": f"officer-{number % PEOPLE}@example.org",
    }
    parties = dict(one.agreement.parties)
    parties["kesatu"] = parties["kesatu"].model_copy(update={"contacts": (Contact.model_validate(contact),)})
    agreement = one.agreement.reading_as(id=name, parties=parties)
    there = {**said["parties"], "kesatu": {**said["parties"]["kesatu"], "contacts": [contact]}}
    body = pack(json.dumps({**said, "id": name, "parties": there}).encode())
    return replace(one, agreement=agreement, digest=f"{number:064}", packed_body=body)


@pytest.mark.bench
@pytest.mark.parametrize("engine", [SQLITE, POSTGRESQL])
def test_the_end_of_a_semester(engine: str, tmp_path: Path) -> None:
    with migrated_database(engine, tmp_path) as url, sink() as port:
        with closing(Database(url)) as db:
            flow.load_terms(db, build_context(Settings(rules_dir=RULES), {EMAIL}), files(), LOADED)
            with db.write() as connection:
                connection.execute(text("ANALYZE"))  # as the server does by itself within a minute
                is_open = col(ObligationRow.state) == State.OPEN.value
                found = connection.execute(select(func.count()).where(is_open)).scalar_one()
            assert found == AGREEMENTS * (FAR_OFF + 1)
        command = [sys.executable, "-m", "tests.bench.rush", url, str(port), RUSH.isoformat()]
        said = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)  # noqa: S603
    result = json.loads(said.stdout.splitlines()[-1])
    sys.stderr.write(f"\n{engine}: {result}\n")
    assert result["alerts"] == AGREEMENTS
    assert result["messages"] == result["people"] == PEOPLE
    assert result["megabytes"] < MEGABYTES
    assert result["first_after"] < FIRST_AFTER
