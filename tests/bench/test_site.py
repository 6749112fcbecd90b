"""The lists of the web with 1,000 and with 100,000 agreements of ten duties each, on PostgreSQL."""

import dataclasses
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import quantiles
from typing import Any

import pytest
from sqlalchemy import event, text

from tests.support.browser import KEY
from tests.support.databases import POSTGRESQL, migrated_database
from tests.support.houses import Home, Homes, terms_file
from tests.support.visitor import Visitor
from tracker.accounts import sessions
from tracker.base.db import Database
from tracker.base.packed import pack, unpack
from tracker.outbox.content import AlertContent
from tracker.terms.load import TermsFile
from tracker.terms.people import Contact, Unit
from tracker.web.app import build_app

FEW, MANY = 1_000, 100_000
UNITS = 20
TIMES = 60
AT_MOST = 1.5
NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
ADMIN, MANAGER, OFFICER = "admin@example.org", "unit-7@example.org", "officer-7@example.org"
PAGES = {
    "everything": (ADMIN, "/"),
    "far on": (ADMIN, "/?sesudah=2027-06-15~agreement-5/duty-3/x"),
    "one kind": (ADMIN, "/?jenis=renewal"),
    "one unit": (ADMIN, "/?unit=unit-7"),
    "unanswered": (ADMIN, "/?keadaan=unanswered"),
    "closed": (ADMIN, "/?keadaan=closed"),
    "undated": (ADMIN, "/?keadaan=undated"),
    "a manager": (MANAGER, "/"),
    "an officer": (OFFICER, "/"),
    "agreements": (ADMIN, "/perjanjian"),
    "alerts": (ADMIN, "/alerts"),
    "alerts, far on": (ADMIN, "/alerts?masa=semua&sesudah=2026-11-20T03:00:00%2B00:00~x"),
    "alerts, failed": (ADMIN, "/alerts?keadaan=refused"),
    "alerts, a unit": (ADMIN, "/alerts?unit=unit-7"),
    "alerts, manager": (MANAGER, "/alerts"),
    "alerts, officer": (OFFICER, "/alerts"),
    "a month": (ADMIN, "/calendar?month=2027-01"),
    "month of a unit": (MANAGER, "/calendar?month=2027-01"),
    "month of one": (OFFICER, "/calendar?month=2027-01"),
    "a day": (ADMIN, "/?hari=2027-01-14"),
}


def files(count: int) -> Iterator[TermsFile]:
    """Make agreements of ten duties whose days are spread over two years, so that few are overdue."""
    templates = [_template(place) for place in range(50)]
    for number in range(count):
        one, said = templates[number // UNITS % len(templates)]
        contact = {
            "id": "officer",
            "position": "Kepala",
            "email": f"officer-{number % (count // 10)}@example.org",
        }
        parties = dict(one.agreement.parties)
        party = parties["kesatu"].model_copy(update={"contacts": (Contact.model_validate(contact),)})
        parties["kesatu"] = party
        name, unit = f"agreement-{number}", f"unit-{number % UNITS}"
        there = {**said["parties"], "kesatu": {**said["parties"]["kesatu"], "contacts": [contact]}}
        body = pack(json.dumps({**said, "id": name, "unit": unit, "parties": there}).encode())
        agreement = one.agreement.reading_as(id=name, unit=unit, parties=parties)
        yield replace(one, agreement=agreement, digest=f"{number:064}", packed_body=body)


def _template(place: int) -> tuple[TermsFile, dict[str, Any]]:
    first = date(2026, 11, 25) + timedelta(days=place)
    rules: list[dict[str, Any]] = [
        {
            "id": f"duty-{number}" if number else "renewal-notice",
            "due": f"on {first + timedelta(days=70 * number)}",
            "duty": {"by": "kesatu", "to": "other", "act": "Menyampaikan laporan kepada pihak lain"},
            "if_missed": "none stated",
        }
        for number in range(9)
    ]
    rules.append({**rules[0], "id": "standing-duty", "due": "standing"})
    one = terms_file(*rules, contacts=[])
    return one, json.loads(unpack(one.packed_body))


def _home(folder: Path, url: str, count: int) -> Home:
    home = Homes(Database(url), folder).build(
        NOW, secret_key=KEY, public_url="https://tracker.test", fallback_email=ADMIN
    )
    units = {
        f"unit-{number}": Unit(
            name=f"Unit {number}",
            managers=(Contact(position="Kepala", email=f"unit-{number}@example.org"),),
        )
        for number in range(UNITS)
    }
    context = home.house.context
    routing = dataclasses.replace(context.routing, units=units)
    house = dataclasses.replace(home.house, context=dataclasses.replace(context, routing=routing))
    built = Home(house, home.clock)
    built.load(*files(count))
    with built.db.write() as connection:
        # One in fifty is closed: the list of what is done must cost no more for it.
        connection.execute(
            text(
                "UPDATE obligation SET state = 'fulfilled', closed_at = opened_at WHERE rule = 'duty-1' "
                "AND agreement_id LIKE '%7'"
            )
        )
        connection.execute(text(_ALERTS), {"content": _content().model_dump_json(), "now": NOW})
    with built.db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
    return built


_ALERTS = """
    INSERT INTO alert (key, obligation_key, contact, channel, address, content, message_id, thread_id, state,
    created_at, attempts, groupable, held, not_taken)
    SELECT key || '/T-7/kesatu:officer/email', key, 'kesatu:officer', 'email', 'officer@example.org',
    :content, key, key, CASE WHEN hashtext(key) % 50 = 0 THEN 'refused' ELSE 'accepted' END,
    CAST(:now AS timestamptz) - (abs(hashtext(key)) % 3000) * interval '1 minute', 1, false, false, 0
    FROM obligation WHERE rule IN ('duty-1', 'duty-2', 'renewal-notice')
"""
"""Three for each agreement."""


def _content() -> AlertContent:
    day = date(2026, 12, 1)
    return AlertContent(
        language="id",
        timezone="Asia/Jakarta",
        agreement="agreement-1",
        agreement_title="Perjanjian uji",
        point="T-7",
        recipient="Kepala (Dinas Satu)",
        headline="Menyampaikan laporan kepada pihak lain",
        agreement_numbers=(),
        rule="duty-1",
        occurrence="x",
        planned_for=NOW,
        act_by=day,
        safe=day,
        likely=day,
        strictest=day,
        latest=day,
        act="Menyampaikan laporan kepada pihak lain",
        towards="pihak lainnya",
        form="tertulis",
        clause="",
        cost="",
        why=(),
    )


def _visitors(home: Home) -> dict[str, Visitor]:
    app = build_app(home.house)
    visitors = {}
    for who in (ADMIN, MANAGER, OFFICER):
        visitors[who] = Visitor(home, app)
        with home.db.write() as connection:
            secret = sessions.begin(connection, who, home.clock.now())
        visitors[who].cookies.set("__Host-tracker-session", secret)
    return visitors


def _plans(home: Home, visitors: Mapping[str, Visitor]) -> Iterator[tuple[str, str]]:
    """Yield how the server answers what each page asks of obligations and alerts."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        if "FROM obligation" in statement or "FROM alert" in statement:
            asked.append((statement, values))

    event.listen(home.db.engine, "before_cursor_execute", note)
    for name, (who, path) in PAGES.items():
        asked.clear()
        visitors[who].get(path)
        some = list(asked)
        with home.db.read() as connection:
            for statement, values in some:
                rows = connection.exec_driver_sql(f"EXPLAIN {statement}", values)
                yield name, "\n".join(row[0] for row in rows)
    event.remove(home.db.engine, "before_cursor_execute", note)


def _seconds(visitors: Mapping[str, Visitor]) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {name: [] for name in PAGES}
    for turn in range(TIMES + 3):
        for name, (who, path) in PAGES.items():
            start = time.perf_counter()
            answer = visitors[who].get(path)
            took = time.perf_counter() - start
            assert answer.status_code == 200, name
            assert len(answer.content) < 100_000, name
            if turn >= 3:
                found[name].append(took)
    return found


def _p95(seconds: Sequence[float]) -> float:
    return quantiles(seconds, n=20)[-1]


@pytest.mark.bench
def test_a_hundred_times_as_many_agreements_make_no_page_slower(tmp_path: Path) -> None:
    measured = []
    for count in (FEW, MANY):
        with migrated_database(POSTGRESQL, tmp_path) as url:
            home = _home(tmp_path, url, count)
            visitors = _visitors(home)
            measured.append(_seconds(visitors))
            plans = list(_plans(home, visitors))
            home.db.close()
    few, many = measured
    assert plans
    for name, plan in plans:
        assert "Seq Scan on obligation" not in plan, (name, plan)
        assert "Seq Scan on alert" not in plan, (name, plan)
    lines = {
        name: (_p95(few[name]) * 1000, _p95(many[name]) * 1000, _p95(many[name]) / _p95(few[name]))
        for name in PAGES
    }
    for name, (before, after, ratio) in lines.items():
        print(f"{name:12} p95 {before:6.1f} ms -> {after:6.1f} ms, ratio {ratio:.2f}")  # noqa: T201
    assert {name: round(ratio, 2) for name, (_, _, ratio) in lines.items() if ratio >= AT_MOST} == {}
