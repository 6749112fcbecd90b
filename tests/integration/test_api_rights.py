"""Who may ask what of the API: every role against every operation that its own document lists."""

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest

from tests.integration.test_flow import wib
from tests.integration.test_site_rights import (
    ANSWERED,
    AUDITOR,
    BOSS,
    EVERYTHING,
    NOBODY,
    NORTH_TWO,
    PEOPLE,
    SEEN,
    signed_in,
)
from tests.support.browser import KEY
from tests.support.houses import Home, Homes
from tests.support.programs import READ, WRITE, Program, token_of
from tests.support.town import SECRETS, town
from tracker.accounts import accounts, tokens
from tracker.accounts.accounts import Account
from tracker.events.tables import EventRow
from tracker.people.rights import Office
from tracker.web.app import build_app

Case = tuple[str, Any, int]
"""A path, a body, and what is answered."""


@pytest.fixture
def home(homes: Homes) -> Home:
    built = town(
        homes,
        secret_key=KEY,
        public_url="https://tracker.test",
        fallback_email=PEOPLE["fallback"],
        api_per_minute=10_000,
    )
    with built.db.write() as connection:
        for address, office in ((AUDITOR, Office.AUDITOR), (BOSS, Office.ADMIN)):
            accounts.put(connection, Account(address, office, address), "tester", built.clock.now())
    party = {"party": "kesatu", "note": "rahasia"}
    for name in ("utara-2026", "lain-2026"):
        built.record("something-happened", "2026-11-20", agreement=name, **party)
    return built


def _everybody(path: str) -> Callable[[str], Iterator[Case]]:
    def cases(who: str) -> Iterator[Case]:
        yield path, None, 403 if who in NOBODY else 200

    return cases


def _of_agreement(path: str) -> Callable[[str], Iterator[Case]]:
    def cases(who: str) -> Iterator[Case]:
        for key in sorted(EVERYTHING):
            agreement, rule, occurrence = key.split("/")
            status = 403 if who in NOBODY else 200 if key in SEEN[who] else 404
            filled = path.format(agreement=agreement, rule=rule, occurrence=occurrence, number=1)
            yield filled, None, status

    return cases


def _of_overseen(path: str) -> Callable[[str], Iterator[Case]]:
    def cases(who: str) -> Iterator[Case]:
        for filled, body, status in _of_agreement(path)(who):
            is_officer = who.startswith("officer") and status == 200
            yield filled, body, 403 if is_officer else status

    return cases


def _recording(path: str) -> Callable[[str], Iterator[Case]]:
    def cases(who: str) -> Iterator[Case]:
        for key in sorted(EVERYTHING):
            agreement, rule, occurrence = key.split("/")
            details = {"rule": rule, "occurrence": occurrence}
            may = key in ANSWERED.get(who, set())
            seen = key in SEEN.get(who, set())
            fact = {"kind": "obligation-acknowledged", "happened_on": "2026-11-23", "details": details}
            status = 201 if may else 403 if seen or who in NOBODY else 404
            yield path.format(agreement=agreement), fact, status

    return cases


CASES: Mapping[str, Callable[[str], Callable[[str], Iterator[Case]]]] = {
    "whoAmI": _everybody,
    "listAgreements": _everybody,
    "getAgreement": _of_agreement,
    "listContacts": _of_agreement,
    "listObligations": _everybody,
    "getObligation": _of_agreement,
    "listEvents": _of_overseen,
    "getEvent": _of_agreement,
    "recordEvent": _recording,
    "listAlerts": _everybody,
}
"""How each operation is tried; one that is missing here fails the test below."""


def operations(program: Program) -> dict[str, tuple[str, str]]:
    document = program.get("/openapi.json").json()
    return {
        operation["operationId"]: (method.upper(), path)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


def test_every_role_is_answered_by_every_operation_as_its_rights_say(home: Home) -> None:
    app = build_app(home.house)
    listed = operations(Program(home, app=app))
    assert set(listed) == set(CASES)
    for who, address in PEOPLE.items():
        program = Program(home, token_of(home, address, WRITE), app)
        reader = Program(home, token_of(home, address, READ), app)
        for name, (method, path) in listed.items():
            for number, (filled, body, expected) in enumerate(CASES[name](path)(who)):
                before = len(home.rows(EventRow)) if body else 0
                more = {"json": body, "headers": {"Idempotency-Key": f"{who}-{number}-key".replace(" ", "-")}}
                answer = program.ask(method, filled, **(more if body else {}))
                assert answer.status_code == expected, (who, method, filled, answer.text)
                if body:
                    assert reader.ask(method, filled, **more).status_code == 403, (who, filled)
                    assert len(home.rows(EventRow)) - before == (expected == 201), (who, filled)
                if expected >= 400:
                    assert answer.headers["content-type"] == "application/problem+json"
                    assert not [word for word in SECRETS if word in answer.text], (who, filled)


def test_lists_hold_what_is_theirs_and_nothing_else(home: Home) -> None:
    app = build_app(home.house)
    for who, seen in SEEN.items():
        program = Program(home, token_of(home, PEOPLE[who], READ), app)
        agreements = {key.partition("/")[0] for key in seen}
        found = program.get("/obligations").json()["items"]
        assert {one["key"] for one in found} == seen, who
        assert {one["id"] for one in program.get("/agreements").json()["items"]} == agreements, who
        assert {one["agreement"] for one in program.get("/alerts").json()["items"]} <= agreements, who
        text = program.get("/agreements?text=rahasia+kutai").text
        hidden = {"Babel", "Kutai"} - {word for word in ("Babel", "Kutai") if word in text}
        assert ("Kutai" in hidden) == (not any(key.startswith("lain") for key in seen)), who


def test_a_token_opens_nothing_where_it_is_unknown_over_or_taken_back(home: Home) -> None:
    app = build_app(home.house)
    good = token_of(home, BOSS)
    over = token_of(home, BOSS, lasts=timedelta(days=1))
    revoked = token_of(home, BOSS)
    with home.db.write() as connection:
        mine = tokens.in_force(connection, home.clock.now(), BOSS)
        digest = tokens.find(connection, revoked, home.clock.now())
        assert digest is not None
        assert tokens.revoke(connection, digest.id, home.clock.now(), "other@example.org") == 0
        assert tokens.revoke(connection, digest.id, home.clock.now(), BOSS) == 1
        assert len(mine) == 3
    home.clock.move_to(home.clock.now() + timedelta(days=2))
    listed = operations(Program(home, app=app))
    for token in ("", "x", "trk_" + "x" * 43, over, revoked, good.upper()):
        program = Program(home, token, app)
        for method, path in listed.values():
            answer = program.ask(method, path)
            said = (answer.status_code, answer.json()["type"], answer.headers["www-authenticate"])
            assert said == (401, "urn:tracker:problem:no-token", 'Bearer realm="tracker"'), (token, path)
    assert Program(home, good, app).get("/whoami").status_code == 200


def test_a_session_of_a_browser_is_no_token(home: Home) -> None:
    visitor = signed_in(home, "admin", build_app(home.house))
    assert visitor.get("/").status_code == 200
    for path in ("/api/v1/whoami", "/api/v1/obligations"):
        answer = visitor.ask("GET", path, headers={"Origin": "https://evil.example"})
        assert answer.status_code == 401
        assert not [name for name in answer.headers if name.startswith("access-control")]
        assert "set-cookie" not in answer.headers
    preflight = visitor.ask("OPTIONS", "/api/v1/whoami", headers={"Origin": "https://evil.example"})
    assert preflight.status_code in (401, 405)
    assert not [name for name in preflight.headers if name.startswith("access-control")]


def test_who_has_lost_their_office_keeps_a_token_that_opens_nothing(home: Home) -> None:
    app = build_app(home.house)
    program = Program(home, token_of(home, AUDITOR), app)
    assert program.get("/obligations").status_code == 200
    with home.db.write() as connection:
        accounts.put(connection, Account(BOSS, Office.AUDITOR, BOSS), "tester", home.clock.now())
    boss = Program(home, token_of(home, BOSS), app)
    assert boss.get("/whoami").json()["auditor"] is True
    with home.db.write() as connection:
        accounts.remove(connection, AUDITOR, home.clock.now())
    assert program.get("/obligations").status_code == 401


def test_an_officer_reads_what_their_own_party_was_told_and_no_more(home: Home) -> None:
    app = build_app(home.house)
    home.clock.move_to(wib("2026-12-18T09:00"))
    home.remind()
    doubt = {"channel": "email", "address": PEOPLE["officer of two"], "party": "kedua"}
    home.record("contact-doubtful", "2026-12-18", agreement="utara-2026", **doubt)
    for who, told, entries in (
        ("officer of one", {"kesatu:c11"}, []),
        ("officer of two", {"kedua:c12"}, []),
        ("manager", {"kesatu:c11", "kedua:c12"}, [1, 2]),
    ):
        program = Program(home, token_of(home, PEOPLE[who], READ), app)
        for path in ("/alerts?agreement=utara-2026&limit=1", f"/obligations/{NORTH_TWO}"):
            found: list[Any] = []
            link: str | None = path
            while link:
                page = program.get(link).json()
                found += page.get("items", page.get("alerts"))
                link = page.get("next")
            officers = {one["contact"] for one in found if one["contact"] in ("kesatu:c11", "kedua:c12")}
            assert officers == (told if "alerts" in path else told & {"kedua:c12"}), (who, path)
        log = program.get("/agreements/utara-2026/events").json()
        assert [one["number"] for one in log.get("items", [])] == entries, who
        assert program.get("/agreements/utara-2026/events/2").status_code == (200 if entries else 404), who
        first = program.get("/agreements/utara-2026/events/1").json()
        assert first["details"] == {"party": "kesatu", **({"note": "rahasia"} if entries else {})}, who
        assert first["recorded_by"] == ("tester" if entries else None), who
