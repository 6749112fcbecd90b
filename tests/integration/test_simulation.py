import asyncio
import json
from collections import Counter
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.support.agreements import ID, calendar, repository_terms, rule
from tests.support.databases import SQLITE, migrated_database
from tests.support.houses import Recorder, terms_file
from tracker.base.db import Database
from tracker.base.settings import Settings
from tracker.events.model import parse_event
from tracker.simulation import Scenario, simulate
from tracker.terms.load import TermsFile

FOURTH = "kemenko-pmk-kemnaker-2023"


@pytest.fixture(scope="module")
def fourth() -> TermsFile:
    if FOURTH not in repository_terms():
        pytest.skip(f"rules/agreements/{FOURTH}.yaml is not there")
    return repository_terms()[FOURTH]


def replay(
    folder: Path,
    files: list[TermsFile],
    first: str,
    last: str,
    *events: str,
    channel: Recorder | None = None,
) -> list[dict[str, Any]]:
    """Simulate on a database of its own; `events` are about the first file's agreement."""
    parsed = tuple(parse_event(files[0].agreement.id, text) for text in events)
    scenario = Scenario(files, parsed, date.fromisoformat(first), date.fromisoformat(last))
    folder.mkdir(exist_ok=True)
    with migrated_database(SQLITE, folder) as url:
        db = Database(url, durable=False)
        try:
            return asyncio.run(simulate(scenario, Settings(), db, channel))
        finally:
            db.close()


@pytest.fixture(scope="module")
def whole_term(fourth: TermsFile, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """The fourth agreement from its signing to a month after its end, with nothing ever done."""
    return replay(tmp_path_factory.mktemp("term"), [fourth], "2023-02-28", "2025-03-31")


def of_rule(alerts: list[dict[str, Any]], rule_id: str) -> list[dict[str, Any]]:
    return [alert for alert in alerts if alert["rule"] == rule_id]


def ladder(alerts: list[dict[str, Any]], rule_id: str) -> list[tuple[str, str]]:
    """Give each point of the ladder with its local time, once."""
    return [step for step in steps(alerts, rule_id) if ">" not in step[0]]


def steps(alerts: list[dict[str, Any]], rule_id: str) -> list[tuple[str, str]]:
    """Give each point and each step of the chain with its local time, once."""
    return list(dict.fromkeys((alert["point"], alert["at"][:16]) for alert in of_rule(alerts, rule_id)))


def test_the_renewal_ladder_ends_on_friday(whole_term: list[dict[str, Any]]) -> None:
    points = ladder(whole_term, "renewal-notice")

    assert points[:8] == [
        ("T-90", "2024-10-25T08:00"),
        ("T-60", "2024-11-25T08:00"),
        ("T-30", "2024-12-24T08:00"),
        ("T-14", "2025-01-10T08:00"),
        ("T-7", "2025-01-17T08:00"),
        ("T-3", "2025-01-21T08:00"),
        ("T-1", "2025-01-23T08:00"),
        ("T-0", "2025-01-24T08:00"),
    ]
    assert {point.partition("+")[0] for point, _ in points[8:]} == {"overdue"}
    assert max(at for _, at in points) < "2025-03-01"  # the agreement has ended: nothing to renew
    last = {
        alert["subject"][:31] for alert in of_rule(whole_term, "renewal-notice") if alert["point"] == "T-0"
    }
    assert last == {"[Tenggat 24 Jan 2025, hari ini]"}


def test_one_alert_has_the_promised_keys(whole_term: list[dict[str, Any]]) -> None:
    alert = next(alert for alert in of_rule(whole_term, "renewal-notice") if alert["point"] == "T-14")

    assert alert["subject"].startswith("[Tenggat 24 Jan 2025, 14 hari lagi] ")
    assert {name: value for name, value in alert.items() if name not in ("subject", "contact")} == {
        "at": "2025-01-10T08:00:00+07:00",
        "agreement": FOURTH,
        "rule": "renewal-notice",
        "occurrence": "term-1",
        "point": "T-14",
        "act_by": "2025-01-24",
        "channel": "file",
        "detour": None,
    }


def test_both_parties_are_told(whole_term: list[dict[str, Any]]) -> None:
    told = Counter(alert["contact"].partition(":")[0] for alert in of_rule(whole_term, "renewal-notice"))

    assert told["kesatu"] == told["kedua"] > 8
    # Neither names a substitute; for want of a unit the fallback contact is its manager.
    assert set(told) == {"kesatu", "kedua", "fallback"}


def test_nobody_answers_so_the_manager_is_told_from_then_on(whole_term: list[dict[str, Any]]) -> None:
    managers = [alert for alert in of_rule(whole_term, "renewal-notice") if alert["contact"] == "fallback"]

    # 24 office hours after the first reminder in the last 30 days, 25 and 26 December being days off.
    assert [(alert["point"], alert["at"][:16]) for alert in managers[:3]] == [
        ("T-30>manager", "2024-12-31T08:00"),
        ("T-14", "2025-01-10T08:00"),
        ("T-7", "2025-01-17T08:00"),
    ]
    assert [point for point, _ in steps(whole_term, "renewal-notice") if ">" in point] == ["T-30>manager"]
    assert len(managers) == len(ladder(whole_term, "renewal-notice")) - 2


def test_nothing_is_sent_on_a_day_off(whole_term: list[dict[str, Any]]) -> None:
    instants = [datetime.fromisoformat(alert["at"]) for alert in whole_term]

    assert {(instant.hour, instant.minute) for instant in instants} == {(8, 0)}
    assert [
        day for day in {instant.date() for instant in instants} if not calendar().is_office_day(day)
    ] == []


def test_each_point_is_said_once_to_each_contact(whole_term: list[dict[str, Any]]) -> None:
    names = ("agreement", "rule", "occurrence", "act_by", "point", "contact", "channel")
    counted = Counter(tuple(alert[name] for name in names) for alert in whole_term)

    assert set(counted.values()) == {1}


def test_alerts_come_in_order(whole_term: list[dict[str, Any]]) -> None:
    instants = [datetime.fromisoformat(alert["at"]) for alert in whole_term]

    assert instants == sorted(instants)


def test_the_same_run_twice_gives_the_same_bytes(
    fourth: TermsFile, whole_term: list[dict[str, Any]], tmp_path: Path
) -> None:
    again = replay(tmp_path, [fourth], "2023-02-28", "2025-03-31")

    assert json.dumps(again, ensure_ascii=False) == json.dumps(whole_term, ensure_ascii=False)


def test_what_had_passed_before_the_first_day_is_not_said(fourth: TermsFile, tmp_path: Path) -> None:
    alerts = replay(tmp_path / "later", [fourth], "2024-10-01", "2025-01-31")

    assert {alert["occurrence"] for alert in of_rule(alerts, "monitoring-report")} == {"year-2"}
    assert ladder(alerts, "renewal-notice")[0] == ("T-90", "2024-10-25T08:00")
    ended = replay(tmp_path / "ended", [fourth], "2025-06-01", "2026-06-01")
    assert ended == []


def test_a_force_majeure(fourth: TermsFile, tmp_path: Path) -> None:
    alerts = replay(
        tmp_path,
        [fourth],
        "2023-02-28",
        "2023-05-12",
        "force-majeure-occurred=2023-04-17,party=kesatu",
    )

    notices = of_rule(alerts, "force-majeure-notice")
    assert {alert["contact"].partition(":")[0] for alert in notices} == {"kesatu", "fallback"}
    assert ("at-once>manager", "2023-04-17T14:00") in steps(alerts, "force-majeure-notice")
    assert {alert["occurrence"] for alert in notices} == {"2023-04-17:kesatu"}
    points = ladder(alerts, "force-majeure-notice")
    assert points[0] == ("at-once", "2023-04-17T10:00")
    # 19 to 25 April is Idul Fitri with its joint leave: those days' points meet on the 18th.
    assert points[1:3] == [("T-13", "2023-04-18T08:00"), ("T-12", "2023-04-26T08:00")]
    assert ("T-0", "2023-05-08T08:00") in points
    assert points[-1] == ("overdue+4", "2023-05-12T08:00")


def test_a_new_contact(fourth: TermsFile, tmp_path: Path) -> None:
    alerts = replay(
        tmp_path, [fourth], "2023-02-28", "2023-04-18", "contact-appointed=2023-04-14,party=kedua"
    )

    notices = of_rule(alerts, "contact-change-notice")
    assert {alert["act_by"] for alert in notices} == {"2023-04-18"}
    assert ladder(alerts, "contact-change-notice")[0] == ("at-once", "2023-04-14T10:00")
    assert ladder(alerts, "contact-change-notice")[-1] == ("T-0", "2023-04-18T08:00")


def test_a_fact_that_is_recorded_late(fourth: TermsFile, tmp_path: Path) -> None:
    alerts = replay(
        tmp_path,
        [fourth],
        "2023-02-28",
        "2023-05-12",
        "force-majeure-occurred=2023-04-17,party=kesatu,recorded_on=2023-05-10",
    )

    points = ladder(alerts, "force-majeure-notice")
    assert points[0] == ("at-once", "2023-05-10T10:00")
    assert points[1] == ("overdue+3", "2023-05-11T08:00")


def test_a_proof_ends_the_ladder(fourth: TermsFile, tmp_path: Path) -> None:
    alerts = replay(
        tmp_path,
        [fourth],
        "2024-10-01",
        "2025-03-31",
        "notice-served=2024-12-02,rule=renewal-notice,occurrence=term-1",
    )

    assert [point for point, _ in ladder(alerts, "renewal-notice")] == ["T-90", "T-60"]


def test_agreements_without_contacts_go_to_the_fallback_contact(tmp_path: Path) -> None:
    file = terms_file(rule("on 2026-12-31"), contacts=())

    alerts = replay(tmp_path, [file], "2026-11-01", "2026-12-31")

    assert [(alert["contact"], alert["detour"]) for alert in alerts] == [("fallback", "no-contact")] * 6


def test_the_channel_gets_what_the_list_says(tmp_path: Path) -> None:
    channel = Recorder()

    alerts = replay(
        tmp_path, [terms_file(rule("on 2026-12-31"))], "2026-11-01", "2026-12-31", channel=channel
    )

    assert [delivery.content.point for delivery in channel.sent] == [alert["point"] for alert in alerts]
    assert [alert["point"] for alert in alerts] == [
        *("T-30", "T-14", "T-7", "T-3", "T-7>manager", "T-1", "T-1", "T-0", "T-0")
    ]


def test_a_scenario_in_which_nothing_happens(tmp_path: Path) -> None:
    assert replay(tmp_path, [terms_file(rule("on 2026-12-31"))], "2025-01-01", "2025-12-31") == []


def test_the_last_day_is_included(tmp_path: Path) -> None:
    file = terms_file(rule("on 2026-12-31"))

    assert [a["point"] for a in replay(tmp_path / "one", [file], "2026-12-01", "2026-12-01")] == ["T-30"]
    assert replay(tmp_path / "two", [file], "2026-11-01", "2026-11-30") == []


def test_several_agreements_in_several_zones(tmp_path: Path) -> None:
    files = [
        terms_file(rule("on 2026-12-31"), id="west"),
        terms_file(rule("on 2026-12-31"), id="east", timezone="Asia/Jayapura"),
    ]

    alerts = replay(tmp_path, files, "2026-12-31", "2026-12-31")

    assert [(alert["agreement"], alert["at"], alert["point"]) for alert in alerts] == [
        ("east", "2026-12-31T08:00:00+09:00", "T-0"),
        ("west", "2026-12-31T08:00:00+07:00", "T-0"),
        ("east", "2026-12-31T12:00:00+09:00", "T-0>manager"),
        ("west", "2026-12-31T12:00:00+07:00", "T-0>manager"),
    ]
    assert ID not in {alert["agreement"] for alert in alerts}


def test_the_repository_over_one_year(tmp_path: Path) -> None:
    alerts = replay(tmp_path, list(repository_terms().values()), "2025-01-01", "2025-12-31")

    assert alerts
    instants = [datetime.fromisoformat(alert["at"]) for alert in alerts]
    assert {(instant.hour, instant.minute) for instant in instants} <= {(8, 0), (10, 0), (12, 0)}
    assert all(calendar().is_office_day(instant.date()) for instant in instants)
    assert {alert["agreement"] for alert in alerts if alert["rule"] == "monitoring-report"} >= {
        "babel-bpjstk-2025"
    }
    keys = [tuple(sorted(alert.items(), key=str)) for alert in alerts]
    assert len(set(keys)) == len(keys)
