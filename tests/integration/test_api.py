"""The API: lists in pages, one thing with all of it, facts that are recorded once, and clear problems."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.integration.test_flow import wib
from tests.support.agreements import ID, rule
from tests.support.browser import KEY
from tests.support.houses import Home, Homes, Recorder, terms_file
from tests.support.programs import READ, Program, token_of
from tests.support.statements import statements
from tests.support.visitor import Visitor
from tracker.accounts.tables import ApiTokenRow
from tracker.cli import user
from tracker.events.tables import EventRow
from tracker.reminders.recipients import EMAIL

ADMIN, OFFICER = "admin@example.org", "satu@example.org"
DUTY = f"{ID}/d0/2026-11-26"


def duties(*days: str) -> Any:
    words = {"id": "Lapor", "en": "Report"}
    return [
        rule(f"on {day}", id=f"d{number}", duty={"by": "kesatu", "to": "kedua", "act": words})
        for number, day in enumerate(days)
    ]


@pytest.fixture
def home(homes: Homes) -> Home:
    built = homes.build(
        wib("2026-11-23T10:00"),
        channels=("email",),
        secret_key=KEY,
        public_url="https://tracker.test",
        fallback_email=ADMIN,
    )
    built.load(
        terms_file(
            *duties("2026-11-26", "2026-11-30", "2026-12-18"),
            rule(
                "14 working days after force-majeure-occurred",
                id="fm",
                duty={"by": "affected", "to": "other"},
            ),
            rule("undated", id="service"),
            numbers=["007/PKS/2026"],
            clauses=[{"number": "5", "heading": "Laporan"}],
            findings=[
                {"id": "f", "about": "d0", "what": "x", "settled": "y", "by": "Biro", "on": "2026-11-01"}
            ],
        ),
        *(
            terms_file(*duties("2026-12-01"), id=f"other-{number}", title=f"Perjanjian {number}")
            for number in range(3)
        ),
    )
    return built


@pytest.fixture
def program(home: Home) -> Program:
    return Program(home, token_of(home, ADMIN))


def every(program: Program, path: str) -> list[Any]:
    found: list[Any] = []
    link: str | None = path
    while link:
        answer = program.get(link)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        found += page["items"]
        link = page["next"]
    return found


def test_lists_come_in_pages_that_hold_each_item_once(home: Home, program: Program) -> None:
    home.run_until(wib("2026-11-24T09:00"), Recorder(EMAIL))
    for path, name in (
        ("/obligations", "key"),
        ("/obligations?stand=undated", "key"),
        ("/agreements", "id"),
        ("/alerts", "key"),
    ):
        with statements(home.db) as seen:
            whole = [one[name] for one in every(program, path)]
        assert len([one for one in seen if "SELECT" in one]) <= 10, path
        assert len(whole) == len(set(whole)) > 0, path
        joint = "&" if "?" in path else "?"
        assert [one[name] for one in every(program, f"{path}{joint}limit=1")] == whole, path
    days = [one["act_by"] for one in every(program, "/obligations")]
    assert days == sorted(days)
    for asked, expected in (
        (f"agreement={ID}", {ID}),
        ("fate=refused", set()),
        (f"days=1&agreement={ID}", {ID}),
        ("channel=telegram", set()),
        ("fate=accepted&text=007/PKS/2026", {ID}),
    ):
        found = {one["obligation"].partition("/")[0] for one in every(program, f"/alerts?{asked}")}
        assert found == expected, asked


def test_one_obligation_tells_its_whole_story(home: Home, program: Program) -> None:
    home.run_until(wib("2026-11-24T09:00"), Recorder(EMAIL))
    with statements(home.db) as seen:
        found = program.get(f"/obligations/{DUTY}?language=en").json()
    assert len([one for one in seen if one.startswith("SELECT")]) <= 10
    assert (found["act_by"], found["office_days_left"], found["state"]) == ("2026-11-26", 2, "due")
    assert (found["headline"], found["holders"], found["towards"]) == ("Report", ["kesatu"], ["kedua"])
    assert [reading["day"] for reading in found["readings"]] == ["2026-11-26"]
    assert found["steps"]
    assert found["alerts"][0]["created_at"].endswith("Z")
    assert [alert["contact"] for alert in found["alerts"]] == ["kesatu:officer"]
    agreement = program.get(f"/agreements/{ID}").json()
    assert agreement["numbers"] == ["007/PKS/2026"]
    assert [one["heading"] for one in agreement["clauses"]] == ["Laporan"]
    assert [one["id"] for one in agreement["rules"]] == ["d0", "d1", "d2", "fm", "service"]
    assert [one["settled"] for one in agreement["findings"]] == ["y"]
    (contact,) = program.get(f"/agreements/{ID}/contacts").json()["items"]
    assert (contact["email"], contact["telegram"], contact["serves"]) == (OFFICER, True, True)


def test_a_fact_is_recorded_once_for_each_key(home: Home, program: Program) -> None:
    fact = {"kind": "force-majeure-occurred", "happened_on": "2026-11-20", "details": {"party": "kesatu"}}
    first = program.record(ID, fact)
    assert first.status_code == 201
    assert first.json()["recorded_by"] == f"{ADMIN}, API"
    assert first.json()["started"] == [f"{ID}/fm/2026-11-20:kesatu"]
    assert program.get(first.headers["location"]).json()["kind"] == "force-majeure-occurred"
    again = program.record(ID, fact)
    assert (again.status_code, again.json()) == (200, first.json())
    other = program.record(ID, {**fact, "happened_on": "2026-11-19"})
    assert (other.status_code, other.json()["type"]) == (422, "urn:tracker:problem:key-used")
    assert program.record("other-1", fact).status_code == 422
    assert len(home.rows(EventRow)) == 1
    # Somebody else's key of the same name is another one.
    officer = Program(home, token_of(home, OFFICER), program.app)
    assert officer.record(ID, {**fact, "happened_on": "2026-11-18"}).status_code == 201
    assert [one["number"] for one in every(program, f"/agreements/{ID}/events?limit=1")] == [1, 2]


def test_a_repeat_is_answered_although_the_fact_could_not_be_recorded_anew(
    home: Home, program: Program
) -> None:
    details = {
        "party": "kesatu",
        "position": "Kepala Baru",
        "email": "baru@example.org",
        "replaces": "officer",
    }
    fact = {"kind": "contact-appointed", "happened_on": "2026-11-23", "details": details}
    assert [program.record(ID, fact).status_code for _ in range(2)] == [201, 200]
    assert program.record(ID, fact, "another-key").status_code == 422
    old = Program(home, token_of(home, OFFICER), program.app)
    home.clock.move_to(wib("2026-11-24T10:00"))
    assert old.get(f"/agreements/{ID}").status_code in (403, 404)


REFUSED: list[tuple[dict[str, Any], int, str]] = [
    ({"kind": "notice-served", "happened_on": "2026-11-24"}, 422, "rule"),
    (
        {
            "kind": "report-submitted",
            "happened_on": "2026-11-24",
            "details": {"rule": "d0", "occurrence": "2026-11-26"},
        },
        422,
        "has not come yet",
    ),
    ({"kind": "terms-amended", "happened_on": "2026-11-20"}, 422, "needs version"),
    (
        {
            "kind": "obligation-waived",
            "happened_on": "2026-11-20",
            "details": {"rule": "d0", "occurrence": "2026-11-26", "why": "x"},
        },
        403,
        "not for you",
    ),
    (
        {
            "kind": "contact-appointed",
            "happened_on": "2026-11-20",
            "details": {"party": "kedua", "position": "Kepala"},
        },
        403,
        "kesatu",
    ),
    ({"kind": "nobody-waits-for-it", "happened_on": "2026-11-20"}, 403, "not for you"),
    (
        {
            "kind": "force-majeure-occurred",
            "happened_on": "2026-11-20",
            "details": {"party": "kesatu", "x": "y"},
        },
        422,
        "has no 'x'",
    ),
    ({"kind": "x", "happened_on": "9999-12-31"}, 422, "between"),
    ({"kind": "x", "happened_on": 20261120}, 422, "YYYY-MM-DD"),
    ({"kind": "x", "happened_on": "2026-11-20", "details": {"until": "9999-12-31"}}, 422, "between"),
    ({"kind": "x", "happened_on": "2026-11-20", "details": {"party": [1]}}, 422, "string"),
    ({"kind": "x", "happened_on": "2026-11-20", "details": {"party": "\ud800"}}, 422, "unicode"),
    ({"kind": "x", "happened_on": "2026-11-20", "more": 1}, 422, "no such thing"),
    ({"kind": "x", "happened_on": "2026-11-20", "details": {"party": "\x00"}}, 422, "pattern"),
]


def test_what_cannot_be_recorded_is_told_why(home: Home) -> None:
    officer = Program(home, token_of(home, OFFICER))
    for fact, status, said in REFUSED:
        answer = officer.record(ID, fact)
        assert answer.status_code == status, (fact, answer.text)
        assert said in answer.json()["detail"], fact
    assert home.rows(EventRow) == []


def test_every_error_is_a_problem(program: Program) -> None:
    path = f"/agreements/{ID}/events"
    for method, asked, more, status in (
        ("GET", "/nothing", {}, 404),
        ("GET", "/", {}, 404),
        ("GET", "/agreements/%00", {}, 404),
        ("GET", "/agreements/a%0Ab", {}, 404),
        ("GET", f"/obligations/{ID}/d0/%F0%28", {}, 404),
        ("GET", f"{path}/9", {}, 404),
        ("GET", f"{path}/x", {}, 422),
        ("GET", f"{path}/99999999999999999999", {}, 422),
        ("PUT", "/agreements", {}, 405),
        ("POST", "/whoami", {}, 405),
        ("HEAD", "/whoami", {}, 405),
        ("GET", "/obligations?keadaan=open", {}, 422),
        ("GET", "/obligations?stand=x", {}, 422),
        ("GET", "/obligations?limit=0", {}, 422),
        ("GET", "/obligations?text=a%00b", {}, 422),
        ("GET", "/obligations?cursor=x", {}, 422),
        ("GET", "/agreements?cursor=WyIyMDI2LTEzLTAxIiwieCJd", {}, 422),
        ("GET", "/obligations?cursor=WyIyMDI2LTEzLTAxIiwieCJd", {}, 422),
        ("GET", "/alerts?cursor=WyIyMDI2LTEzLTAxIiwieCJd", {}, 422),
        ("POST", path, {"json": {}}, 422),
        ("POST", path, {"content": b"{"}, 422),
        ("POST", path, {"content": b"{", "headers": {"Content-Type": "application/json"}}, 400),
        ("POST", path, {"content": b"x" * 70_000}, 413),
        ("POST", path, {"json": {"kind": "x", "happened_on": "2026-11-20"}}, 422),
    ):
        answer = program.ask(method, asked, **more)
        assert answer.status_code == status, (method, asked, answer.text)
        assert answer.headers["content-type"] == "application/problem+json"
        if method != "HEAD":
            problem = answer.json()
            assert problem["status"] == status
            assert problem["type"].startswith("urn:tracker:problem:")
            assert problem["detail"]
    assert "GET" in program.ask("PUT", "/agreements").headers["allow"]
    missing = program.ask("POST", path, json={"kind": "x", "happened_on": "2026-11-20"}).json()
    assert missing["errors"] == [{"where": "header/idempotency-key", "detail": "field required"}]


def test_a_database_that_does_not_answer_is_a_problem_too(home: Home, program: Program) -> None:
    with home.db.write() as connection:
        connection.exec_driver_sql("ALTER TABLE api_token RENAME TO gone")
    try:
        answer = program.get("/whoami")
    finally:
        with home.db.write() as connection:
            connection.exec_driver_sql("ALTER TABLE gone RENAME TO api_token")
    assert (answer.status_code, answer.json()["type"]) == (503, "urn:tracker:problem:unavailable")
    assert "api_token" not in answer.text


def test_a_token_that_asks_too_often_waits(homes: Homes) -> None:
    home = homes.build(secret_key=KEY, fallback_email=ADMIN, api_per_minute=2)
    one, two = token_of(home, ADMIN), token_of(home, ADMIN)
    program = Program(home, one)
    assert [program.get("/whoami").status_code for _ in range(3)] == [200, 200, 429]
    assert program.get("/whoami").headers["retry-after"] == "30"
    assert Program(home, two, program.app).get("/whoami").status_code == 200
    home.clock.move_to(home.clock.now() + timedelta(seconds=31))
    assert program.get("/whoami").status_code == 200


def test_tokens_are_made_shown_once_and_taken_back_on_the_own_page(home: Home) -> None:
    visitor = Visitor(home)
    visitor.sign_in(ADMIN)
    page = visitor.send(
        "/saya/token", {"nama": "<b>Laporan</b>", "lingkup": "read", "hari": "30"}, page="/saya"
    )
    (secret,) = re.findall(r"trk_[\w-]{43}", page.text)
    assert "&lt;b&gt;Laporan" in page.text
    assert secret not in visitor.get("/saya").text
    (row,) = home.rows(ApiTokenRow)
    assert secret not in str(row)
    assert row.expires_at == home.clock.now() + timedelta(days=30)
    program = Program(home, secret, visitor.app)
    assert program.get("/whoami").json()["token"]["scopes"] == ["read"]
    assert "terakhir dipakai" in visitor.get("/saya").text.partition("h-tokens")[2].partition("h-sessions")[0]
    for wrong in (
        {"nama": "", "hari": "30"},
        {"nama": "x", "hari": "9000"},
        {"nama": "x" * 61, "hari": "30"},
    ):
        assert visitor.send("/saya/token", wrong, page="/saya").status_code == 422
    assert visitor.post("/saya/token", {"nama": "x", "hari": "30"}).status_code == 403
    other = token_of(home, OFFICER, READ)
    theirs = next(row for row in home.rows(ApiTokenRow) if row.address == OFFICER)
    visitor.send("/saya/token/cabut", {"token": theirs.digest[:12]}, page="/saya")
    assert Program(home, other, visitor.app).get("/whoami").status_code == 200
    visitor.send("/saya/token/cabut", {"token": row.digest[:12]}, page="/saya")
    assert program.get("/whoami").status_code == 401


def test_tokens_are_made_listed_and_taken_back_by_command(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tracker.bootstrap.build", lambda: home.house)

    def run(*words: str) -> str:
        done = CliRunner().invoke(user.app, ["token", *words])
        return done.stdout if done.exit_code == 0 else f"{type(done.exception).__name__}"

    secret = run("add", ADMIN.upper(), "--name", "laporan", "--scope", "write", "--days", "7").strip()
    program = Program(home, secret)
    assert program.get("/whoami").json()["token"]["scopes"] == ["read", "write"]
    token_of(home, OFFICER)
    line = run("list", ADMIN).split()
    assert line[1:] == [ADMIN, "read,write", "2026-11-30", "2026-11-23", "laporan"]
    assert len(run("list").splitlines()) == 2
    assert secret not in run("list")
    assert "revoked" in run("revoke", line[0])
    assert program.get("/whoami").status_code == 401
    assert run("revoke", line[0]) == "UnknownThingError"
    assert run("add", "nobody", "--name", "x") == "SettingsError"


def test_the_same_request_twice_at_once_records_once(home: Home, program: Program) -> None:
    details = {
        "party": "kesatu",
        "position": "Kepala Baru",
        "email": "baru@example.org",
        "replaces": "officer",
    }
    fact = {"kind": "contact-appointed", "happened_on": "2026-11-23", "details": details}
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda _: program.record(ID, fact), range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 201]
    assert len({answer.text for answer in answers}) == 1
    assert len(home.rows(EventRow)) == 1
