"""Who may see and do what: every role against every page and every act of two agreements."""

import re
from collections.abc import Mapping
from typing import Any

import pytest
from starlette.routing import Route

from tests.support.browser import KEY, shown
from tests.support.houses import Home, Homes
from tests.support.town import (
    ADMIN,
    FORMER,
    MANAGER,
    ONE,
    OTHER_MANAGER,
    SECRETS,
    STRANGER,
    TWO,
    UNSURE,
    agreements,
    town,
)
from tests.support.visitor import Visitor
from tracker.accounts import accounts, sessions
from tracker.accounts.accounts import Account
from tracker.accounts.calendar_links import make
from tracker.accounts.tables import ApiTokenRow
from tracker.base.packed import unpack
from tracker.events.tables import EventRow
from tracker.people.rights import Office
from tracker.web.app import build_app
from tracker.web.site import pages

NORTH_ONE = "utara-2026/renewal-notice/2026-12-18"
NORTH_TWO = "utara-2026/report-two/2026-12-21"
SOUTH = "lain-2026/report-three/2026-12-20"
AUDITOR, BOSS = "auditor@example.org", "boss@example.org"
PEOPLE: Mapping[str, str] = {
    "stranger": f"c{STRANGER}@example.org",
    "former officer": f"c{FORMER}@example.org",
    "unconfirmed officer": f"c{UNSURE}@example.org",
    "officer of one": f"c{ONE}@example.org",
    "officer of two": f"c{TWO}@example.org",
    "manager": f"c{MANAGER}@example.org",
    "other manager": f"c{OTHER_MANAGER}@example.org",
    "fallback": f"c{ADMIN}@example.org",
    "admin": BOSS,
    "auditor": AUDITOR,
}
NOBODY = ("stranger", "former officer", "unconfirmed officer")
EVERYTHING = {NORTH_ONE, NORTH_TWO, SOUTH}
SEEN: Mapping[str, set[str]] = {
    "officer of one": {NORTH_ONE, NORTH_TWO},
    "officer of two": {NORTH_ONE, NORTH_TWO},
    "manager": {NORTH_ONE, NORTH_TWO},
    "other manager": {SOUTH},
    "fallback": EVERYTHING,
    "admin": EVERYTHING,
    "auditor": EVERYTHING,
}
ANSWERED: Mapping[str, set[str]] = {
    "officer of one": {NORTH_ONE},
    "officer of two": {NORTH_TWO},
    "manager": {NORTH_ONE, NORTH_TWO},
    "other manager": {SOUTH},
    "fallback": EVERYTHING,
    "admin": EVERYTHING,
}
WAIVED: Mapping[str, set[str]] = {
    who: duties for who, duties in ANSWERED.items() if not who.startswith("officer")
}
GIVEN: Mapping[str, Mapping[str, str]] = {
    "tahu": {},
    "tunda": {"until": "2026-12-01"},
    "kesampingkan": {"why": "Kata Biro"},
    "selesai": {"sent_on": "2026-11-20"},
}


@pytest.fixture
def home(homes: Homes) -> Home:
    built = town(homes, secret_key=KEY, public_url="https://tracker.test", fallback_email=PEOPLE["fallback"])
    with built.db.write() as connection:
        for address, office in ((AUDITOR, Office.AUDITOR), (BOSS, Office.ADMIN)):
            accounts.put(connection, Account(address, office, address), "tester", built.clock.now())
    return built


def signed_in(home: Home, who: str, app: object) -> Visitor:
    visitor = Visitor(home, app)
    with home.db.write() as connection:
        secret = sessions.begin(connection, PEOPLE[who], home.clock.now())
    visitor.cookies.set("__Host-tracker-session", secret)
    return visitor


OPEN = {
    *(
        ("GET", path)
        for path in ("/a/{token}", "/u/{token}", "/style.css", "/healthz", "/readyz", "/metrics")
    ),
    *(
        ("POST", path)
        for path in ("/a/{token}", "/u/{token}", "/masuk", "/masuk/{secret}", "/keluar", "/bahasa")
    ),
    *(("GET", path) for path in ("/masuk", "/masuk/{secret}", "/static/{name}", "/kalender/{secret}.ics")),
}
"""What asks for no session: what a link or a secret opens, and what tells nothing of anybody."""
OVERSEEING = ("manager", "other manager", "fallback", "admin", "auditor")
MANAGING = tuple(who for who in OVERSEEING if who != "auditor")
OF_AN_AGREEMENT: Mapping[str, tuple[str, ...]] = {
    "": tuple(SEEN),
    "/linimasa": tuple(SEEN),
    "/versi": tuple(SEEN),
    "/peristiwa": OVERSEEING,
    "/naskah.yaml": OVERSEEING,
    "/catat": tuple(ANSWERED),
    "/catat/contact-appointed": tuple(ANSWERED),
    "/catat/agreement-ended-early": MANAGING,
    "/naskah": MANAGING,
    "/betulkan/1": MANAGING,
}
"""Who may open the pages of an agreement that they see."""
REFUSED = {"/catat", "/catat/contact-appointed", "/naskah", "/betulkan/1"}
"""Where who sees the agreement is told that this is not theirs; elsewhere the page is not there for them."""
_ONE = "{agreement}/{rule}/{occurrence}"
LOOKING: Mapping[str, str] = {
    "/": "somebody",
    "/perjanjian": "somebody",
    "/unduh/kewajiban.csv": "somebody",
    "/unduh/kewajiban.xlsx": "somebody",
    "/saya": "somebody",
    "/calendar": "somebody",
    "/what-if": "somebody",
    "/alerts": "somebody",
    "/unduh/pemberitahuan.csv": "somebody",
    "/unduh/pemberitahuan.xlsx": "somebody",
    "/compliance": "somebody",
    "/unduh/kepatuhan.csv": "somebody",
    "/unduh/kepatuhan.xlsx": "somebody",
    "/reports/semester.pdf": "somebody",
    "/settings": "somebody",
    "/doctor": "overseer",
    f"/kewajiban/{_ONE}": "sees",
    "/perjanjian/{agreement}": "sees",
    f"/cetak/{_ONE}": "oversees",
    f"/bukti/{_ONE}/{{number}}": "nobody",
}
"""Who is shown a page: somebody; who oversees any agreement; who sees the agreement; who oversees that one;
nobody (there is no proof yet)."""
_NAMES = {"/catat/contact-appointed": "/catat/{kind}", "/betulkan/1": "/betulkan/{number}"}
LOOKING_AT_AGREEMENTS = {
    f"/perjanjian/{{agreement}}{_NAMES.get(page, page)}" for page in (*OF_AN_AGREEMENT, "/peristiwa/{number}")
} - {"/perjanjian/{agreement}/catat/agreement-ended-early"}
ACTING = {
    f"/kewajiban/{_ONE}/{{act}}",
    "/saya/kalender",
    "/saya/kalender/cabut",
    "/saya/token",
    "/saya/token/cabut",
    "/saya/webhook",
    "/saya/webhook/akhiri",
    "/saya/keluar",
    *(f"/perjanjian/{{agreement}}{act}" for act in ("/catat/{kind}", "/betulkan/{number}", "/naskah")),
    *("/alerts/lagi", "/doctor", "/settings/telegram", "/settings/ringkasan"),
}
"""What is recorded: who may, the tests below and in test_site say of each."""


def routes(app: Any) -> set[tuple[str, str]]:
    """Give every route of the application but the API, which has a matrix of its own."""
    inner = app._app._app
    found = [route for route in inner.routes if isinstance(route, Route)]
    return {("POST" if "POST" in (route.methods or ()) else "GET", route.path) for route in found}


def test_every_route_is_in_this_matrix(home: Home) -> None:
    acting, looking = (
        {("POST", path) for path in ACTING},
        {("GET", path) for path in {*LOOKING, *LOOKING_AT_AGREEMENTS}},
    )
    assert routes(build_app(home.house)) == OPEN | acting | looking


def test_everybody_sees_what_is_theirs_and_nothing_else(home: Home) -> None:
    app = build_app(home.house)
    for who in PEOPLE:
        visitor, seen = signed_in(home, who, app), SEEN.get(who, set())
        for path, shown_to in LOOKING.items():
            for key in sorted(EVERYTHING) if "{" in path else [NORTH_ONE]:
                agreement, rule, occurrence = key.split("/")
                answer = visitor.get(
                    path.format(agreement=agreement, rule=rule, occurrence=occurrence, number=1)
                )
                overseen = key in seen and not who.startswith("officer")
                overseer = who in OVERSEEING
                is_shown = {
                    "somebody": True,
                    "overseer": overseer,
                    "sees": key in seen,
                    "oversees": overseen,
                    "nobody": False,
                }
                expected = 303 if who in NOBODY else 200 if is_shown[shown_to] else 404
                assert answer.status_code == expected, (who, path, key)
                assert answer.content.startswith(b"%PDF") is (
                    expected == 200 and (shown_to == "oversees" or path.endswith(".pdf"))
                )
        for path in ("/", "/unduh/kewajiban.csv", "/?cari=kerja+sama", "/perjanjian?cari=rahasia"):
            answer = visitor.get(path)
            assert answer.status_code == (303 if who in NOBODY else 200), (who, path)
            if path in ("/", "/unduh/kewajiban.csv"):
                assert {key for key in EVERYTHING if key in answer.text} == seen, (who, path)
            if seen == {SOUTH}:
                assert "Babel" not in answer.text, (who, path)
            elif SOUTH not in seen:
                assert "Kutai" not in answer.text, (who, path)


def test_nobody_acts_without_being_somebody(home: Home) -> None:
    app = build_app(home.house)
    before = home.snapshot()
    names = {"agreement": "utara-2026", "rule": "renewal-notice", "occurrence": "2026-12-18", "number": 1}
    for visitor in (Visitor(home, app), *(signed_in(home, who, app) for who in NOBODY)):
        for path in sorted(ACTING):
            answer = visitor.post(
                path.format(**names, act="tahu", kind="k"),
                {"nama": "x", "hari": "90"},
            )
            assert (answer.status_code, answer.headers["location"]) == (303, "/masuk"), path
    assert home.snapshot() == before
    assert home.rows(ApiTokenRow) == []


def test_nobody_reads_a_secret(home: Home) -> None:
    app = build_app(home.house)
    visitors = [Visitor(home, app), *(signed_in(home, who, app) for who in NOBODY)]
    with home.db.write() as connection:
        secret = make(connection, PEOPLE["stranger"], "id", home.clock.now())
    names = {"agreement": "utara-2026", "rule": "r", "occurrence": "o", "number": 1, "kind": "k"}
    paths = [one[0].format(**names) for one in pages.LOOKING]
    for visitor in visitors:
        for path in (*paths, f"/kewajiban/{NORTH_ONE}", "/masuk", "/metrics", f"/kalender/{secret}.ics"):
            text = visitor.get(path).text
            assert not [word for word in SECRETS if word in text and word != "Lapor"], path
            assert "Lapor" not in text, path


@pytest.mark.parametrize("act", GIVEN)
def test_everybody_records_what_is_theirs_to_record(home: Home, act: str) -> None:
    app = build_app(home.house)
    allowed = WAIVED if act == "kesampingkan" else ANSWERED
    done: set[str] = set()
    for who in PEOPLE:
        visitor = signed_in(home, who, app)
        mark = re.search(r'name="tanda" value="(\w+)"', visitor.get("/saya").text)
        for key in sorted(EVERYTHING - done):
            before = len(home.rows(EventRow))
            fields = {**GIVEN[act], "tanda": mark[1] if mark else "", "sekali": f"{who}{key}"}
            answer = visitor.post(f"/kewajiban/{key}/{act}", fields)
            recorded = len(home.rows(EventRow)) - before
            if who in NOBODY:
                assert answer.headers["location"] == "/masuk", (who, key)
            elif key in allowed.get(who, set()):
                assert (answer.status_code, recorded) == (303, 1), (who, key)
                done.add(key)
            else:
                assert answer.status_code == (403 if key in SEEN[who] else 404), (who, key)
            assert recorded == (1 if key in done else 0), (who, key)
    assert done == EVERYTHING


def test_a_page_offers_only_what_may_be_recorded(home: Home) -> None:
    app = build_app(home.house)
    for who, seen in SEEN.items():
        visitor = signed_in(home, who, app)
        for key in sorted(seen):
            text = visitor.get(f"/kewajiban/{key}").text
            offered = set(re.findall(r'<details class="act" id="(\w+)"', text))
            expected = set(GIVEN) if key in WAIVED.get(who, set()) else set(GIVEN) - {"kesampingkan"}
            assert offered == (expected if key in ANSWERED.get(who, set()) else set()), (who, key)


def test_an_officer_sees_which_duties_are_theirs(home: Home) -> None:
    app = build_app(home.house)
    for who, marks in (("officer of one", 1), ("officer of two", 1), ("manager", 0), ("auditor", 0)):
        assert signed_in(home, who, app).get("/").text.count("bagian Anda") == marks, who


def test_everybody_opens_the_pages_of_their_agreements(home: Home) -> None:
    app = build_app(home.house)
    home.record("agreement-wanted", "2026-11-20", agreement="utara-2026", party="kesatu")
    home.record("agreement-wanted", "2026-11-20", agreement="lain-2026", party="kesatu")
    for who in PEOPLE:
        visitor, seen = signed_in(home, who, app), {key.partition("/")[0] for key in SEEN.get(who, set())}
        for agreement in ("utara-2026", "lain-2026"):
            for page, allowed in OF_AN_AGREEMENT.items():
                if who in NOBODY and page:
                    continue
                answer = visitor.get(f"/perjanjian/{agreement}{page}")
                expected = 404
                if who in NOBODY:
                    expected = 303
                elif agreement in seen:
                    expected = 200 if who in allowed else 403 if page in REFUSED else 404
                    if who == "auditor" and page.startswith("/catat"):
                        expected = 403
                assert answer.status_code == expected, (who, agreement, page)
            expected = 303 if who in NOBODY else 200 if agreement in seen else 404
            assert visitor.get(f"/what-if?perjanjian={agreement}").status_code == expected, (who, agreement)
            assert visitor.get(f"/perjanjian/{agreement}/peristiwa/1").status_code == expected, (
                who,
                agreement,
            )
        for path in ("/what-if", "/calendar?month=2026-12"):
            text = visitor.get(path).text
            for agreement, secret in (("utara-2026", "Babel"), ("lain-2026", "Kutai")):
                assert (secret in text) is (agreement in seen), (who, path)


def test_everybody_records_what_is_theirs_to_say(home: Home) -> None:
    app = build_app(home.house)
    facts = {
        "contact-appointed": {"hari": "2026-11-20", "party": "kesatu", "name": "Rahma"},
        "agreement-ended-early": {"hari": "2026-11-20", "why": "x"},
    }
    before = home.snapshot()
    for who in PEOPLE:
        visitor, seen = signed_in(home, who, app), {key.partition("/")[0] for key in SEEN.get(who, set())}
        mark = re.search(r'name="tanda" value="(\w+)"', visitor.get("/saya").text)
        for agreement in ("utara-2026", "lain-2026"):
            for kind, given in facts.items():
                sent = {**given, "tanda": mark[1] if mark else "", "langkah": "lihat"}
                if (agreement, kind) == ("utara-2026", "contact-appointed"):
                    sent["replaces"] = f"kesatu:c{ONE}"
                answer = visitor.post(f"/perjanjian/{agreement}/catat/{kind}", sent)
                if who in NOBODY:
                    expected = 303
                elif agreement not in seen:
                    expected = 404
                elif who == "auditor":
                    expected = 403
                elif who.startswith("officer") and kind == "agreement-ended-early":
                    expected = 404
                elif who == "officer of two":
                    expected = 422  # they speak for their own party only
                else:
                    expected = 200
                assert answer.status_code == expected, (who, agreement, kind)
    assert home.snapshot() == before


def test_only_an_administrator_hands_an_agreement_to_another_unit(home: Home) -> None:
    app = build_app(home.house)
    (file, _) = agreements()
    text = unpack(file.packed_text).decode().replace('"unit": "utara"', '"unit": "selatan"')
    for who, expected in (
        ("officer of one", 403),
        ("auditor", 403),
        ("other manager", 404),
        ("manager", 422),
        ("admin", 200),
    ):
        visitor = signed_in(home, who, app)
        mark = re.search(r'name="tanda" value="(\w+)"', visitor.get("/saya").text)
        fields = {"tanda": mark[1] if mark else "", "naskah": text, "langkah": "lihat"}
        answer = visitor.ask(
            "POST", "/perjanjian/utara-2026/naskah", data=fields, files={"berkas": ("", b"")}
        )
        assert answer.status_code == expected, (who, shown(answer)[-300:])
    assert home.rows(EventRow) == []


def test_every_feed_holds_what_its_owner_sees(home: Home) -> None:
    app = build_app(home.house)
    for who, address in PEOPLE.items():
        with home.db.write() as connection:
            secret = make(connection, address, "id", home.clock.now())
        text = Visitor(home, app).get(f"/kalender/{secret}.ics").text.replace("\r\n ", "")
        assert {key for key in EVERYTHING if key in text} == SEEN.get(who, set()), who
