"""The managers' pages in a real browser: mail to closed duty, on a phone, by keyboard, without scripts."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.test_flow import wib
from tests.support.agreements import ID, rule
from tests.support.browser import KEY
from tests.support.databases import SQLITE, migrated_database
from tests.support.houses import Home, Homes, terms_file
from tests.support.served import chromium, deliver, free_port, link_in_mail, served
from tracker.base.db import Database
from tracker.events.tables import EventRow

MANAGER = "kepala@example.org"
SERIOUS = frozenset({"serious", "critical"})


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as found:
        yield found


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with migrated_database(SQLITE, tmp_path) as url:
        db = Database(url, durable=False)
        homes = Homes(db, tmp_path)
        built = homes.build(
            wib("2026-11-16T08:00"),
            secret_key=KEY,
            public_url=f"http://127.0.0.1:{free_port()}",
            fallback_email=MANAGER,
            evidence_dir=tmp_path / "evidence",
        )
        report = {"by": "kesatu", "to": "kedua", "act": {"id": "Kirim laporan", "en": "Send the report"}}
        built.load(
            terms_file(
                rule("on 2026-11-20", id="report", duty=report, if_missed="liability"),
                rule("30 days before term end", id="renewal-notice", clause={"number": "5"}),
                rule("14 working days after force-majeure-occurred", id="kahar", if_missed="forfeiture"),
                term={"length": "1 year", "from": "signed"},
            )
        )
        built.clock.move_to(wib("2026-11-23T10:00"))
        yield built
        db.close()


@pytest.fixture
def url(home: Home) -> Iterator[str]:
    wanted = home.house.settings.public_url or ""
    with served(home, int(wanted.rpartition(":")[2])) as found:
        yield found


def signed_in(context: Any, home: Home, url: str) -> Any:
    page = context.new_page()
    page.goto(url)
    page.fill("#surel", MANAGER)
    page.click("main button")
    deliver(home)
    page.goto(link_in_mail(home.house.settings.mail_dir))
    page.click("main button")
    page.wait_for_selector("#daftar")
    return page


def test_from_the_mail_to_a_closed_duty(browser: Any, home: Home, url: str, tmp_path: Path) -> None:
    context = browser.new_context(locale="id-ID")
    page = signed_in(context, home, url)
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.reload()
    assert page.locator(".group.overdue .line").count() == 1
    page.click(".group.overdue a.title")
    page.click("#tahu summary")
    page.click("#tahu button")
    assert "Anda sudah tahu" in page.inner_text("[role=status]")
    proof = tmp_path / "bukti.pdf"
    proof.write_bytes(b"%PDF-1.7\n" + b"x" * 100)
    page.click("#selesai summary")
    page.fill("#sent_on", "2026-11-22")
    page.set_input_files("#evidence", proof)
    page.click("#selesai button")
    assert page.inner_text(".banner .above").casefold() == "selesai"
    assert page.locator("details.act").count() == 0
    page.goto(url)
    assert page.locator(".group.overdue").count() == 0
    assert wrong == []
    assert [row.kind for row in home.rows(EventRow)] == ["obligation-acknowledged", "duty-fulfilled"]
    context.close()


def test_filters_answer_in_place_and_stand_in_the_address(browser: Any, home: Home, url: str) -> None:
    context = browser.new_context()
    page = signed_in(context, home, url)
    with page.expect_response(lambda answer: "jenis=renewal" in answer.url):
        page.select_option("#jenis", "renewal")
    page.wait_for_url("**/?*jenis=renewal*")
    page.wait_for_function("document.querySelectorAll('.line').length === 1")
    assert page.inner_text(".tile.overdue .count") == "0"
    context.close()


def test_without_scripts_and_by_keyboard(browser: Any, home: Home, url: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = signed_in(context, home, url)
    page.goto(url)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.url.endswith("#isi")
    page.select_option("#jenis", "renewal")
    page.focus(".filters button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?*jenis=renewal*")
    assert page.locator(".line").count() == 1
    page.focus("a.title")
    page.keyboard.press("Enter")
    page.wait_for_url("**/kewajiban/**")
    page.focus("#tahu summary")
    page.keyboard.press("Enter")
    page.focus("#tahu button")
    page.keyboard.press("Enter")
    page.wait_for_selector("[role=status]")
    assert len(home.rows(EventRow)) == 1
    context.close()


def test_force_majeure_by_keyboard_from_the_preview_to_its_proof(
    browser: Any, home: Home, url: str, tmp_path: Path
) -> None:
    axe = pytest.importorskip("axe_core_python.sync_playwright", reason="axe is not installed").Axe()
    context = browser.new_context(locale="id-ID", reduced_motion="reduce")
    page = signed_in(context, home, url)
    page.goto(f"{url}/perjanjian/{ID}")
    page.focus(".deeds [role=button]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/catat")
    page.focus("main a.title")
    page.keyboard.press("Enter")
    page.wait_for_url("**/catat/force-majeure-occurred")
    page.fill("#hari", "2026-11-20")
    page.focus("#party")
    page.keyboard.press("D")  # a whole word is one only where it is typed fast
    page.keyboard.press("Tab")
    page.keyboard.type("Banjir rob")
    page.keyboard.press("Enter")
    page.wait_for_selector(".changes.opened")
    assert "10 Desember 2026" in page.inner_text(".changes.opened")
    assert "17 hari lagi" in page.inner_text(".changes.opened")
    assert home.rows(EventRow) == []
    faults = [one["id"] for one in axe.run(page)["violations"] if one["impact"] in SERIOUS]
    assert faults == []
    page.focus(".save button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/peristiwa/1?tercatat=peristiwa")
    assert "17 hari lagi" in page.inner_text(".changes.opened")
    (entry,) = home.rows(EventRow)
    assert entry.details == {"party": "kesatu", "note": "Banjir rob"}
    page.focus(".changes a.title")
    page.keyboard.press("Enter")
    page.wait_for_url("**/kewajiban/**")
    proof = tmp_path / "bukti.pdf"
    proof.write_bytes(b"%PDF-1.7\n" + b"x" * 100)
    page.focus("#selesai summary")
    page.keyboard.press("Enter")
    page.fill("#sent_on", "2026-11-23")
    page.set_input_files("#evidence", proof)
    page.focus("#selesai button")
    page.keyboard.press("Enter")
    page.wait_for_selector(".banner.done")
    assert home.rows(EventRow)[1].details["occurrence"] == "2026-11-20:kesatu"
    context.close()


def test_no_page_has_a_serious_fault_or_is_wider_than_a_phone(browser: Any, home: Home, url: str) -> None:
    axe = pytest.importorskip("axe_core_python.sync_playwright", reason="axe is not installed").Axe()
    context = browser.new_context(viewport={"width": 360, "height": 740})
    page = signed_in(context, home, url)
    key = page.locator("a.title").last.get_attribute("href")
    home.record("force-majeure-occurred", "2026-11-20", party="kesatu")
    agreement = f"/perjanjian/{ID}"
    for path in (
        *("/", key, agreement, "/perjanjian", "/saya", "/?cari=tidakada", "/nirwana"),
        *(f"{agreement}/catat", f"{agreement}/catat/contact-appointed", f"{agreement}/naskah"),
        *(f"{agreement}/peristiwa", f"{agreement}/peristiwa/1", f"{agreement}/versi"),
        *(f"{agreement}/linimasa?tahun=2026", "/calendar?month=2026-12", "/what-if"),
        f"/what-if?perjanjian={ID}&jenis-1=force-majeure-occurred&hari-1=2026-12-01",
        *("/alerts", "/compliance?menurut=party", "/doctor", "/settings"),
    ):
        page.goto(f"{url}{path}")
        faults = [one["id"] for one in axe.run(page)["violations"] if one["impact"] in SERIOUS]
        assert faults == [], path
        assert page.evaluate("document.documentElement.scrollWidth") == 360, path
    context.clear_cookies()
    page.goto(f"{url}/masuk")
    assert [one["id"] for one in axe.run(page)["violations"] if one["impact"] in SERIOUS] == []
    context.close()
