"""What links open: looking never acts, a button acts once, nobody answers for a post that is not theirs."""

import asyncio
import re
from datetime import timedelta
from typing import Any

import httpx
import pytest
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

from tests.integration.test_flow import wib
from tests.support.agreements import ID, rule
from tests.support.browser import KEY, OFFICER_KEY, TOKENS, Browser, shown
from tests.support.houses import OFFICER, Home, Homes, terms_file
from tests.support.process import own_rules
from tracker.base.db import Database
from tracker.base.errors import SettingsError
from tracker.base.signing import VALID_FOR, Purpose
from tracker.events.tables import EventRow
from tracker.outbox.keys import SUMMARY
from tracker.outbox.tables import UnsubscribedRow
from tracker.web.app import build_app

DUTY = "duty/2026-12-18"
ABOUT = f"{ID}/{DUTY}"
ACTIONS = (Purpose.ACKNOWLEDGE, Purpose.SNOOZE, Purpose.DONE)
PDF = b"%PDF-1.7\n" + b"x" * 100
SENT = {"sent_on": "2026-11-20"}
HOSTILE = '<script>alert("1")</script>&"\'>'


@pytest.fixture
def home(homes: Homes) -> Home:
    built = house(homes)
    built.load(
        terms_file(rule("on 2026-12-18", if_missed="liability", clause={"position": 5, "number": "5"}))
    )
    return built


def house(homes: Homes, **more: Any) -> Home:
    folder = homes.folder / "evidence"
    return homes.build(wib("2026-11-23T10:00"), secret_key=KEY, evidence_dir=folder, **more)


@pytest.fixture
def browser(home: Home) -> Browser:
    return Browser(home)


def facts(home: Home) -> list[tuple[str, dict[str, Any], str]]:
    return [(row.kind, row.details, row.recorded_by) for row in home.rows(EventRow)]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("purpose", ACTIONS)
def test_looking_never_acts(browser: Browser, method: str, purpose: Purpose) -> None:
    before = browser.home.snapshot()
    link = browser.link(purpose, ABOUT)
    for _ in range(3):
        answer = browser.ask(method, link)
        assert answer.status_code == 200
        assert bool(answer.text) is (method == "GET")
    assert browser.home.snapshot() == before


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_looking_unsubscribes_nobody(browser: Browser, method: str) -> None:
    link = browser.link(Purpose.UNSUBSCRIBE, SUMMARY, "email:a@example.org")
    assert browser.ask(method, link).status_code == 200
    assert browser.home.rows(UnsubscribedRow) == []


@pytest.mark.parametrize("purpose", ACTIONS)
def test_a_page_says_the_date_first_then_what_and_why(browser: Browser, purpose: Purpose) -> None:
    page = shown(browser.get(browser.link(purpose, ABOUT)))
    expected = [
        "Tenggat",
        "Jumat, 18 Desember 2026",
        "25 hari lagi",
        "duty",
        "Badan Dua",
        "Pasal 5",
        "tanggung jawab atas kerugian",
        "terbuka",
        "Perjanjian uji",
        "Kepala Bidang Satu (Dinas Satu)",
    ]
    places = [page.index(text) for text in expected]
    assert places == sorted(places)


def test_acknowledging_acts_once(browser: Browser) -> None:
    link = browser.link(Purpose.ACKNOWLEDGE, ABOUT)
    assert "Tercatat: Anda sudah tahu" in shown(browser.press(link))
    again = browser.press(link)
    assert again.status_code == 409
    assert "Sudah dicatat: kewajiban ini diketahui (berlaku sampai Senin, 30 November 2026)" in shown(again)
    ((kind, details, by),) = facts(browser.home)
    assert kind == "obligation-acknowledged"
    assert details == {"rule": "duty", "occurrence": "2026-12-18"}
    assert by == "kesatu:officer, mail link"
    row = browser.home.obligation(DUTY)
    assert (row.state, str(row.acknowledged_until)) == ("open", "2026-11-30")


@pytest.mark.parametrize(
    ("purpose", "fields"),
    [(Purpose.ACKNOWLEDGE, {}), (Purpose.SNOOZE, {"until": "2026-12-01"}), (Purpose.DONE, SENT)],
)
def test_two_presses_at_once_act_once(browser: Browser, purpose: Purpose, fields: dict[str, str]) -> None:
    link = browser.link(purpose, ABOUT)

    async def press_twice() -> None:
        transport = httpx.ASGITransport(app=browser.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://tracker.test") as client:
            answers = await asyncio.gather(*(client.post(link, data=fields) for _ in range(4)))
        assert {answer.status_code for answer in answers} <= {200, 409}

    asyncio.run(press_twice())
    assert len(facts(browser.home)) == 1


def test_an_acknowledgement_that_expired_can_be_given_again(browser: Browser) -> None:
    link = browser.link(Purpose.ACKNOWLEDGE, ABOUT)
    browser.press(link)
    browser.home.clock.advance(timedelta(days=9))
    assert browser.press(link).status_code == 200
    assert len(facts(browser.home)) == 2


def test_snoozing_to_a_day(browser: Browser) -> None:
    link = browser.link(Purpose.SNOOZE, ABOUT)
    assert 'min="2026-11-24" max="2026-12-18"' in browser.get(link).text
    for _ in range(2):
        answer = browser.press(link, {"until": "2026-12-14"})
        assert answer.status_code == 200
        assert "Tercatat: pengingat ditunda" in shown(answer)
        assert "pengingat ditunda sampai Senin, 14 Desember 2026" in shown(answer)
    ((kind, details, _),) = facts(browser.home)
    assert (kind, details["until"]) == ("obligation-snoozed", "2026-12-14")
    assert str(browser.home.obligation(DUTY).snoozed_until) == "2026-12-14"


@pytest.mark.parametrize(
    ("until", "said"),
    [
        ("2026-12-19", "Pilih paling lambat Jumat, 18 Desember 2026"),
        ("2026-11-23", "Pilih hari setelah hari ini"),
        ("2025-01-01", "Pilih hari setelah hari ini"),
        ("besok", "Isi tanggalnya"),
        ("", "Isi tanggalnya"),
        (HOSTILE, "Isi tanggalnya"),
    ],
)
def test_a_snooze_never_passes_the_day_to_act_by(browser: Browser, until: str, said: str) -> None:
    answer = browser.press(browser.link(Purpose.SNOOZE, ABOUT), {"until": until})
    assert answer.status_code == 422
    assert said in shown(answer)
    assert 'aria-describedby="until-hint until-error"' in answer.text
    assert HOSTILE not in answer.text
    assert facts(browser.home) == []


def test_nothing_can_be_put_off_on_the_last_day(browser: Browser) -> None:
    link = browser.link(Purpose.SNOOZE, ABOUT)
    browser.home.clock.move_to(wib("2026-12-18T09:00"))
    page = browser.get(link)
    assert "tidak dapat ditunda lagi" in shown(page)
    assert "<form" not in page.text
    assert browser.press(link, {"until": "2026-12-19"}).status_code == 409
    assert facts(browser.home) == []


def test_done_with_a_letter_and_its_file(browser: Browser) -> None:
    given = {"sent_on": "2026-11-19", "received_on": "2026-11-20", "letter": " B-12/I/2026\r\n"}
    link = browser.link(Purpose.DONE, ABOUT)
    assert "Tanggal dikerjakan" in shown(browser.get(link))
    answer = browser.press(link, given, ("surat.exe", PDF))
    assert answer.status_code == 200
    assert "Tercatat" in shown(answer)
    ((kind, details, by),) = facts(browser.home)
    assert kind == "duty-fulfilled"
    digest = details.pop("evidence")
    assert details == {
        "rule": "duty",
        "occurrence": "2026-12-18",
        "sent_on": "2026-11-19",
        "letter": "B-12/I/2026",
    }
    assert browser.home.house.context.is_held(digest)
    assert by == "kesatu:officer, mail link"
    assert browser.home.obligation(DUTY).state == "fulfilled"


@pytest.mark.parametrize(
    ("form", "kind", "label"),
    [
        (["written"], "notice-served", "Tanggal diterima"),
        (["report"], "report-submitted", "Tanggal diterima"),
        (["payment"], "payment-made", "Tanggal dibayar"),
        ([], "duty-fulfilled", "Tanggal dikerjakan"),
    ],
)
def test_the_proof_is_of_the_kind_that_fits(homes: Homes, form: list[str], kind: str, label: str) -> None:
    home = house(homes)
    home.load(terms_file(rule("on 2026-12-18", duty={"by": "either", "to": "other", "form": form})))
    browser = Browser(home)
    link = browser.link(Purpose.DONE, ABOUT)
    assert label in shown(browser.get(link))
    given = {"sent_on": "2026-11-18", "received_on": "2026-11-20"}
    assert browser.press(link, given).status_code == 200
    (row,) = home.rows(EventRow)
    received = kind in ("notice-served", "report-submitted")
    assert (row.kind, str(row.happened_on)) == (kind, "2026-11-20" if received else "2026-11-18")
    assert ("received_on" in row.details) is received
    assert home.obligation(DUTY).state == "fulfilled"


@pytest.mark.parametrize(
    ("fields", "field", "said"),
    [
        ({}, "sent_on", "Isi tanggalnya"),
        ({"sent_on": "20 November"}, "sent_on", "Isi tanggalnya"),
        ({"sent_on": "2026-11-24"}, "sent_on", "Hari itu belum tiba"),
        ({**SENT, "received_on": "kemarin"}, "received_on", "Isi tanggalnya"),
        ({**SENT, "received_on": "2026-11-24"}, "received_on", "Hari itu belum tiba"),
        ({**SENT, "received_on": "2026-11-19"}, "received_on", "tidak mungkin sebelum"),
        ({**SENT, "letter": "x" * 201}, "letter", "Paling panjang 200"),
    ],
)
def test_a_fault_is_said_beside_its_field(
    homes: Homes, fields: dict[str, str], field: str, said: str
) -> None:
    home = house(homes)
    duty = {"by": "either", "to": "other", "form": ["written"]}
    home.load(terms_file(rule("on 2026-12-18", duty=duty)))
    browser = Browser(home)
    answer = browser.press(browser.link(Purpose.DONE, ABOUT), fields, ("a.pdf", PDF))
    assert answer.status_code == 422
    found = re.search(rf'<p class="error" id="{field}-error">([^<]*)</p>', answer.text)
    assert found is not None
    assert said in found[1]
    assert "Pilih berkas ini sekali lagi" in shown(answer)
    assert facts(home) == []
    assert not list((homes.folder / "evidence").glob("*/*"))


def test_each_addressee_and_enclosure_is_ticked(homes: Homes) -> None:
    home = house(homes)
    duty = {"by": "kesatu", "to": ["kedua", "gubernur"], "form": ["written", "official-certificate"]}
    home.load(terms_file(rule("on 2026-12-18", duty=duty), others={"gubernur": {"name": "Gubernur"}}))
    browser = Browser(home)
    link = browser.link(Purpose.DONE, ABOUT)
    assert "Pilih paling sedikit satu" in shown(browser.press(link, SENT))

    first = browser.press(link, {**SENT, "to": ["kedua"], "form": ["official-certificate", "x"]})
    assert "Masih kurang: Gubernur" in shown(first)
    assert home.obligation(DUTY).state == "open"
    second = browser.press(link, {**SENT, "to": ["gubernur"]})
    assert second.status_code == 200
    assert home.obligation(DUTY).state == "fulfilled"
    assert [details.get("to") for _, details, _ in facts(home)] == ["kedua", "gubernur"]
    assert [details.get("form") for _, details, _ in facts(home)] == ["official-certificate", None]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"x" * (1024 * 1024 + 1), "lebih besar dari 1 MB"),
        (b"%PDF-" + b"x" * (1024 * 1024), "lebih besar dari 1 MB"),
        (b"MZ\x00\x01", "bukan PDF, JPEG, atau PNG"),
        (b"<html><script>", "bukan PDF, JPEG, atau PNG"),
        (b"hanya teks", "bukan PDF, JPEG, atau PNG"),
        (b"", "bukan PDF, JPEG, atau PNG"),
    ],
)
def test_a_file_that_cannot_be_proof(homes: Homes, home: Home, content: bytes, said: str) -> None:
    browser = Browser(house(homes, evidence_max_mb=1))
    answer = browser.press(browser.link(Purpose.DONE, ABOUT), {**SENT, "letter": "B-1"}, ("s.pdf", content))
    assert answer.status_code == 422
    assert said in shown(answer)
    assert 'value="2026-11-20"' in answer.text
    assert 'value="B-1"' in answer.text
    assert facts(home) == []
    assert not list((homes.folder / "evidence").glob("*/*"))


def test_a_flood_is_read_and_thrown_away(homes: Homes, home: Home) -> None:
    browser = Browser(house(homes, evidence_max_mb=1))
    answer = browser.press(browser.link(Purpose.DONE, ABOUT), SENT, ("s.pdf", b"%PDF-" + b"x" * 3 * 1024**2))
    assert answer.status_code == 413
    assert "terlalu besar" in shown(answer)
    flood = {"until": "2026-12-01", "more": "x" * 100_000}
    assert browser.press(browser.link(Purpose.SNOOZE, ABOUT), flood).status_code == 413
    assert facts(home) == []


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"no form at all", "multipart/form-data; boundary=x"),
        (b"--x\r\nContent-Disposition: form-data\r\n\r\nx\r\n--x--\r\n", "multipart/form-data; boundary=x"),
        (b"no form at all", "multipart/form-data"),
    ],
)
def test_a_broken_form_records_nothing(browser: Browser, body: bytes, kind: str) -> None:
    link = browser.link(Purpose.DONE, ABOUT)
    answer = browser.ask("POST", link, content=body, headers={"Content-Type": kind})
    assert answer.status_code in (400, 422)
    assert facts(browser.home) == []


@pytest.mark.parametrize("purpose", ACTIONS)
@pytest.mark.parametrize(
    ("kind", "details", "state"),
    [
        ("duty-fulfilled", {}, "selesai"),
        ("obligation-waived", {"why": "disepakati"}, "dikesampingkan"),
    ],
)
def test_what_is_closed_shows_its_state(
    browser: Browser, purpose: Purpose, kind: str, details: dict[str, str], state: str
) -> None:
    link = browser.link(purpose, ABOUT)
    browser.home.record(kind, "2026-11-23", rule="duty", occurrence="2026-12-18", **details)
    page = browser.get(link)
    assert page.status_code == 200
    assert "Tidak ada lagi yang perlu dijawab" in shown(page)
    assert f"Keadaan sekarang {state}" in shown(page)
    assert "<form" not in page.text
    assert browser.press(link, {**SENT, "until": "2026-12-01"}).status_code == 409
    assert len(facts(browser.home)) == 1


@pytest.mark.parametrize("purpose", ACTIONS)
def test_what_the_terms_took_out_shows_its_state(browser: Browser, purpose: Purpose) -> None:
    link = browser.link(purpose, ABOUT)
    browser.home.load(terms_file(rule("on 2026-12-20", "other")))
    page = browser.get(link)
    assert page.status_code == 200
    assert "Keadaan sekarang diganti" in shown(page)
    assert browser.press(link, {**SENT, "until": "2026-12-01"}).status_code == 409
    assert [kind for kind, _, _ in facts(browser.home)] == ["terms-corrected"]


def test_a_date_that_moved_is_shown_as_it_is_now(browser: Browser) -> None:
    link = browser.link(Purpose.SNOOZE, ABOUT)
    browser.home.record(
        "obligation-overridden",
        "2026-11-23",
        rule="duty",
        occurrence="2026-12-18",
        act_by="2026-12-04",
        why="x",
    )
    page = browser.get(link)
    assert "Jumat, 4 Desember 2026" in shown(page)
    assert 'max="2026-12-04"' in page.text
    assert browser.press(link, {"until": "2026-12-05"}).status_code == 422


@pytest.mark.parametrize("purpose", ACTIONS)
def test_whoever_lost_the_post_may_look_but_not_act(browser: Browser, purpose: Purpose) -> None:
    link = browser.link(purpose, ABOUT)
    browser.home.record(
        "contact-appointed", "2026-11-23", party="kesatu", name="Siti", email="siti@example.org"
    )
    page = browser.get(link)
    assert page.status_code == 200
    assert "tidak lagi tercatat sebagai narahubung" in shown(page)
    assert "Jumat, 18 Desember 2026" in shown(page)
    assert "<form" not in page.text
    assert browser.press(link, {**SENT, "until": "2026-12-01"}).status_code == 403
    assert [kind for kind, _, _ in facts(browser.home)] == ["contact-appointed"]

    successor = browser.link(purpose, ABOUT, "kesatu:officer-20261123")
    assert browser.press(successor, {**SENT, "until": "2026-12-01"}).status_code == 200


@pytest.mark.parametrize("who", ["kesatu:nobody", "ketiga:officer", "", "kedua:officer"])
def test_a_stranger_may_not_act(browser: Browser, who: str) -> None:
    link = browser.link(Purpose.ACKNOWLEDGE, ABOUT, who)
    assert browser.get(link).status_code == 200
    assert browser.press(link).status_code == 403
    assert facts(browser.home) == []


@pytest.mark.parametrize("who", ["fallback", "fallback:kesatu:officer"])
def test_the_fallback_contact_answers_for_others(browser: Browser, who: str) -> None:
    link = browser.link(Purpose.ACKNOWLEDGE, ABOUT, who)
    assert "Koordinator kerja sama" in shown(browser.get(link))
    assert browser.press(link).status_code == 200
    assert [by for _, _, by in facts(browser.home)] == [f"{who}, mail link"]


def test_a_page_in_english(homes: Homes) -> None:
    home = house(homes)
    home.load(terms_file(rule("on 2026-12-18"), contacts=[{**OFFICER, "language": "en"}]))
    browser = Browser(home)
    link = browser.link(Purpose.SNOOZE, ABOUT)
    page = browser.get(link)
    assert '<html lang="en">' in page.text
    assert "Deadline Friday, 18 December 2026 25 days left" in shown(page)
    assert "Choose a day after today" in shown(browser.press(link, {"until": "2026-01-01"}))
    home.clock.advance(VALID_FOR)
    assert "This link has expired" in shown(browser.get(link))


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
@pytest.mark.parametrize("purpose", ACTIONS)
def test_an_expired_link_says_what_to_do(browser: Browser, method: str, purpose: Purpose) -> None:
    link = browser.link(purpose, ABOUT)
    browser.home.clock.advance(VALID_FOR)
    answer = browser.ask(method, link)
    assert answer.status_code == 410
    if method != "HEAD":
        assert "sudah kedaluwarsa. Buka tautan dari surel pengingat Anda yang terbaru" in shown(answer)
        assert "18 Desember" not in answer.text
    assert facts(browser.home) == []


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
@pytest.mark.parametrize(
    "path",
    [
        "/a/x",
        f"/a/{TOKENS.write(Purpose.UNSUBSCRIBE, SUMMARY, OFFICER_KEY, wib('2026-11-23T10:00'))}",
        f"/u/{TOKENS.write(Purpose.DONE, ABOUT, OFFICER_KEY, wib('2026-11-23T10:00'))}",
        f"/a/{TOKENS.write(Purpose.DONE, f'{ID}/duty/2020-01-01', OFFICER_KEY, wib('2026-11-23T10:00'))}",
        "/a/" + "x" * 5000,
        "/a/%00",
        "/u/%C3%A9",
        "/docs",
        "/openapi.json",
        "/a/x/y",
    ],
    ids=[
        "garbage",
        "other purpose",
        "no digest",
        "no such duty",
        "long",
        "nul",
        "letter",
        "docs",
        "api",
        "deep",
    ],
)
def test_an_unknown_link_is_one_sentence(browser: Browser, method: str, path: str) -> None:
    answer = browser.ask(method, path)
    assert answer.status_code == 404
    if method != "HEAD":
        assert "Tautan ini tidak dikenal" in shown(answer)
    assert facts(browser.home) == []
    assert browser.home.rows(UnsubscribedRow) == []


FORM, PARTS = "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"List-Unsubscribe=One-Click", FORM),
        (
            b'--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n',
            PARTS,
        ),
        (b"", FORM),
        (b"whatever", PARTS),
        (b"x" * 100_000, FORM),
    ],
    ids=["one click", "one click in parts", "button", "broken", "flood"],
)
def test_one_click_unsubscribes(browser: Browser, body: bytes, kind: str) -> None:
    link = browser.link(Purpose.UNSUBSCRIBE, SUMMARY, "email:Kepala@Example.org")
    page = browser.get(link)
    assert "Berhenti menerima ringkasan pagi?" in shown(page)
    assert "Pengingat tenggat tetap dikirim" in shown(page)
    for _ in range(2):
        answer = browser.ask("POST", link, content=body, headers={"Content-Type": kind})
        assert answer.status_code == 200
    (row,) = browser.home.rows(UnsubscribedRow)
    assert (row.address, row.channel, row.digest) == ("kepala@example.org", "email", SUMMARY)
    assert "tidak lagi menerima ringkasan pagi" in shown(browser.get(link))


def test_a_mind_that_changed(browser: Browser) -> None:
    link = browser.link(Purpose.UNSUBSCRIBE, SUMMARY, "email:kepala@example.org")
    assert '<button name="again" value="yes">Kirim lagi</button>' in browser.press(link).text
    answer = browser.press(link, {"again": "yes"})
    assert "Berhenti menerima ringkasan pagi?" in shown(answer)
    assert browser.home.rows(UnsubscribedRow) == []


def test_hostile_texts_stay_texts(homes: Homes) -> None:
    home = house(homes)
    texts: dict[str, Any] = {name: {"id": HOSTILE, "en": HOSTILE} for name in ("consequence", "summary")}
    contact = {**OFFICER, "position": HOSTILE, "name": HOSTILE}
    duty = {"by": "either", "to": "other", "act": {"id": HOSTILE, "en": HOSTILE}}
    file = terms_file(rule("on 2026-12-18", duty=duty, **texts), contacts=[contact], title=HOSTILE)
    home.load(file)
    browser = Browser(home)
    answers = [browser.get(browser.link(purpose, ABOUT)) for purpose in ACTIONS]
    link = browser.link(Purpose.DONE, ABOUT)
    given = {"sent_on": HOSTILE, "received_on": HOSTILE, "letter": HOSTILE, "to": HOSTILE}
    answers.append(browser.press(link, given))
    answers.append(browser.get(browser.link(Purpose.UNSUBSCRIBE, SUMMARY, f"email:{HOSTILE}")))
    for answer in answers:
        assert "&lt;script&gt;" in answer.text
        assert "<script" not in answer.text
        assert 'alert("1")' not in answer.text
    assert browser.press(link, {**SENT, "letter": HOSTILE}).status_code == 200
    assert facts(home)[0][1]["letter"] == HOSTILE


def test_changed_rules_are_followed_and_broken_ones_are_not(homes: Homes) -> None:
    rules = own_rules(homes.folder, {})
    home = house(homes, rules_dir=rules)
    home.load(terms_file(rule("on 2026-12-18")))
    browser = Browser(home)
    policy = rules / "reminders.yaml"
    before = policy.read_text(encoding="utf-8")
    assert "acknowledged_days: 7" in before

    policy.write_text(before.replace("acknowledged_days: 7", "acknowledged_days: 12"), encoding="utf-8")
    browser.press(browser.link(Purpose.ACKNOWLEDGE, ABOUT))
    assert str(home.obligation(DUTY).acknowledged_until) == "2026-12-05"

    policy.write_text("nonsense: [", encoding="utf-8")
    home.clock.move_to(wib("2026-12-07T10:00"))
    assert browser.press(browser.link(Purpose.ACKNOWLEDGE, ABOUT)).status_code == 200
    assert str(home.obligation(DUTY).acknowledged_until) == "2026-12-19"


def test_every_answer_is_guarded(browser: Browser) -> None:
    link = browser.link(Purpose.ACKNOWLEDGE, ABOUT)
    answers = [
        browser.get(link),
        browser.ask("HEAD", link),
        browser.press(link),
        browser.press(link),
        browser.get("/a/x"),
        browser.get("/nowhere"),
        browser.get("/style.css"),
        browser.get("/healthz"),
        browser.ask("DELETE", link),
        browser.press(browser.link(Purpose.SNOOZE, ABOUT), {"more": "x" * 100_000}),
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 409, 404, 404, 200, 200, 405, 413]
    for answer in answers:
        policy = answer.headers["content-security-policy"]
        assert policy == (
            "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; "
            "base-uri 'none'"
        )
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
        assert "set-cookie" not in answer.headers


def test_a_page_is_small_and_loads_nothing_from_elsewhere(browser: Browser) -> None:
    page = browser.get(browser.link(Purpose.DONE, ABOUT)).text
    style = browser.get("/style.css").text
    assert len(page) + len(style) < 8000
    assert re.findall(r'(?:src|href|action)="([^"]*)"', page) == ["../style.css", "#answer"]
    assert not re.search(r"style=|<style|<script|\bon\w+=|url\(|@import|http", page + style)


def test_each_field_has_its_label(homes: Homes) -> None:
    home = house(homes)
    duty = {"by": "kesatu", "to": ["kedua", "gubernur"], "form": ["written", "official-certificate"]}
    home.load(terms_file(rule("on 2026-12-18", duty=duty), others={"gubernur": {"name": "Gubernur"}}))
    browser = Browser(home)
    page = browser.get(browser.link(Purpose.DONE, ABOUT)).text
    fields = re.findall(r'<input [^>]*\bid="([^"]+)"', page)
    assert fields == ["sent_on", "received_on", "letter", "to-1", "to-2", "form-1", "evidence"]
    assert re.findall(r'<label for="([^"]+)"', page) == fields


def test_health(home: Home, db: Database) -> None:
    browser = Browser(home)
    assert (browser.get("/healthz").status_code, browser.get("/healthz").text) == (200, "ok\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(db), "read", _gone)
        assert browser.get("/healthz").status_code == 503
        answer = browser.get(browser.link(Purpose.DONE, ABOUT))
        assert answer.status_code == 503
        assert "Layanan sedang terganggu dan tidak ada yang dicatat" in shown(answer)
        assert answer.headers["cache-control"] == "no-store"


def _gone(self: Database) -> Any:
    from tracker.base.errors import DatabaseError

    raise DatabaseError(str(self.engine.dialect.name))


def test_each_request_has_a_name_and_no_secret_is_logged(browser: Browser) -> None:
    link = browser.link(Purpose.DONE, ABOUT)
    sent = ("of-the-server-in-front", "a b;c")
    with capture_logs(processors=[merge_contextvars]) as lines:
        first, second = browser.get(link), browser.get("/healthz")
        given, odd = (browser.ask("GET", link, headers={"X-Request-Id": name}) for name in sent)
    names = [answer.headers["x-request-id"] for answer in (first, second, given, odd)]
    assert names[2] == "of-the-server-in-front"
    assert len(set(names)) == 4
    assert all(re.fullmatch(r"[\w.-]+", name, re.ASCII) for name in names)
    told = [(line["request"], line["route"], line["status"]) for line in lines if "route" in line]
    assert told == [(name, "/a/{token}", 200) for name in (names[0], names[2], names[3])]
    assert link.rpartition("/")[2] not in str(lines)


def test_a_fault_of_ours_is_said_kindly(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tracker.web.page.duty_page", lambda *_: 1 / 0)
    answer = browser.get(browser.link(Purpose.DONE, ABOUT))
    assert answer.status_code == 500
    assert answer.headers["x-request-id"]
    assert "tidak ada yang dicatat" in shown(answer)
    assert answer.headers["referrer-policy"] == "no-referrer"


def test_without_a_key_there_are_no_pages(homes: Homes) -> None:
    with pytest.raises(SettingsError, match="TRACKER_SECRET_KEY is not set"):
        build_app(homes.build().house)
