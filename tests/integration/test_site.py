"""The managers' pages: what is coming, one duty, one agreement, files and feeds."""

import csv
import io
import re
import zipfile
from datetime import date, timedelta
from typing import Any

import icalendar
import pytest
import vobject

from tests.integration.test_flow import wib
from tests.support.agreements import ID, rule
from tests.support.browser import KEY, shown
from tests.support.houses import Home, Homes, terms_file
from tests.support.statements import statements
from tests.support.visitor import Visitor
from tracker.events.tables import EventRow
from tracker.web.app import build_app

ADMIN = "admin@example.org"
PDF = b"%PDF-1.7\n" + b"x" * 100
HOSTILE = "<script>alert('1')</script>&\"'>{{7*7}}"
URL = "https://tracker.test"


def house(homes: Homes, **more: Any) -> Home:
    return homes.build(
        wib("2026-11-23T10:00"),
        channels=("email",),
        secret_key=KEY,
        public_url=URL,
        fallback_email=ADMIN,
        evidence_dir=homes.folder / "evidence",
        **more,
    )


def duties(*days: str) -> Any:
    words = {"id": "Lapor", "en": "Report"}
    return [
        rule(f"on {day}", id=f"d{number}", duty={"by": "kesatu", "to": "kedua", "act": words})
        for number, day in enumerate(days)
    ]


@pytest.fixture
def home(homes: Homes) -> Home:
    built = house(homes)
    built.load(
        terms_file(
            *duties("2026-11-26", "2026-11-30", "2026-12-18"),
            rule("on 2027-02-01", id="renewal-notice", clause={"number": "5"}, if_missed="lapse"),
            rule("undated", id="service"),
            numbers=["007/PKS/2026"],
        )
    )
    return built


@pytest.fixture
def visitor(home: Home) -> Visitor:
    found = Visitor(home)
    found.sign_in(ADMIN)
    return found


def duty(name: str = "d0/2026-11-26") -> str:
    return f"/kewajiban/{ID}/{name}"


def keys(answer: Any) -> list[str]:
    return re.findall(rf'class="title" href="/kewajiban/{ID}/([^"]+)"', answer.text)


def test_duties_stand_in_groups_by_the_day_to_act_by(visitor: Visitor) -> None:
    visitor.home.clock.move_to(wib("2026-11-27T10:00"))
    visitor.sign_in(ADMIN)
    page = visitor.get("/")
    found = re.findall(r'<h2 id="g-\w+">([^<]+)</h2>|href="/kewajiban/[^/]+/(\w[\w-]*)/', page.text)
    assert [heading or name for heading, name in found] == [
        "Terlambat",
        "d0",
        "Bulan ini",
        "d1",
        "Nanti",
        "d2",
        "renewal-notice",
    ]
    assert re.findall(r'class="count">(\d+)<', page.text) == ["1", "0", "1", "2"]
    assert "lewat 1 hari kerja" in shown(page)
    assert "1 hari kerja lagi" in shown(page)


def test_filters_stand_in_the_address(visitor: Visitor) -> None:
    renewal = "renewal-notice/2027-02-01"
    for asked, expected in (
        ("?jenis=renewal", [renewal]),
        ("?cari=perpanjangan", [renewal]),
        ("?cari=tidakada", []),
        ("?pihak=badan+dua&jenis=renewal", [renewal]),
        ("?pihak=badan+lain", []),
        ("?unit=tidak-ada&keadaan=palsu&jenis=palsu&sesudah=palsu&cari=perpanjangan", [renewal]),
        ("?keadaan=closed", []),
        ("?keadaan=snoozed", []),
        ("?keadaan=overdue", []),
        (f"?sesudah=2026-11-30~{ID}/d1/2026-11-30", ["d2/2026-12-18", renewal]),
    ):
        page = visitor.get(f"/{asked}")
        assert (page.status_code, keys(page)) == (200, expected), asked
    (undated,) = keys(visitor.get("/?keadaan=undated"))
    assert undated.startswith("service/")


def test_what_has_been_answered_is_told_apart(visitor: Visitor) -> None:
    visitor.send(f"{duty()}/tahu", page=duty())
    visitor.send(f"{duty('d1/2026-11-30')}/tunda", {"until": "2026-11-27"}, page=duty("d1/2026-11-30"))
    visitor.send(f"{duty('d2/2026-12-18')}/kesampingkan", {"why": "x"}, page=duty("d2/2026-12-18"))
    assert keys(visitor.get("/?keadaan=unanswered")) == ["renewal-notice/2027-02-01"]
    assert keys(visitor.get("/?keadaan=snoozed")) == ["d1/2026-11-30"]
    assert keys(visitor.get("/?keadaan=closed")) == ["d2/2026-12-18"]
    page = shown(visitor.get("/"))
    assert "diketahui" in page
    assert "ditunda" in page


def test_pages_follow_each_other_without_gaps(homes: Homes) -> None:
    home = house(homes)
    days = [(date(2026, 12, 1) + timedelta(days=number // 3)).isoformat() for number in range(60)]
    home.load(terms_file(*duties(*days)))
    visitor = Visitor(home)
    visitor.sign_in(ADMIN)
    path, found, when = "/", [], []
    for _ in range(3):
        page = visitor.get(path)
        found += keys(page)
        when += re.findall(r'<time datetime="([^"]+)"', page.text)
        following = re.search(r'href="([^"]+)" rel="next"', page.text)
        path = following[1].replace("&amp;", "&") if following else ""
    assert path == ""
    assert len(found) == len(set(found)) == 60
    assert when == sorted(when)


def test_agreements_follow_each_other_by_title(homes: Homes) -> None:
    home = house(homes)
    titles = [f"Kerja sama {number % 7}" for number in range(60)]
    home.load(*(terms_file(id=f"a-{number}", title=title) for number, title in enumerate(titles)))
    visitor = Visitor(home)
    visitor.sign_in(ADMIN)
    path, found = "/perjanjian", []
    for _ in range(3):
        page = visitor.get(path).text
        found += re.findall(r'href="/perjanjian/(a-\d+)">([^<]+)<', page)
        following = re.search(r'href="([^"]+)" rel="next"', page)
        path = following[1] if following else ""
    assert path == ""
    assert [title for _, title in found] == sorted(titles)
    assert len({name for name, _ in found}) == 60
    assert "a-59" in visitor.get("/perjanjian?cari=a-59").text


def test_a_page_asks_the_database_at_most_ten_times(visitor: Visitor) -> None:
    for path in ("/", "/?cari=uji&pihak=badan&jenis=renewal", duty(), f"/perjanjian/{ID}", "/perjanjian"):
        with statements(visitor.home.db) as asked:
            assert visitor.get(path).status_code == 200
        assert len([one for one in asked if one.startswith(("SELECT", "WITH"))]) <= 10, path


def test_a_page_is_light(visitor: Visitor) -> None:
    def weight(path: str) -> int:
        return len(visitor.ask("GET", path, headers={"accept-encoding": "identity"}).content)

    page = visitor.get("/").text
    assets = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)
    assert len(assets) == 3
    assert weight("/") + sum(weight(path) for path in assets) < 200_000
    packed = visitor.ask("GET", assets[0], headers={"accept-encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "immutable" in packed.headers["cache-control"]


def test_a_duty_tells_dates_steps_and_clause(visitor: Visitor) -> None:
    page = shown(visitor.get(duty("renewal-notice/2027-02-01")))
    for text in ("Senin, 1 Februari 2027", "Pasal 5", "terketat", "paling akhir", "Dasar:", "007/PKS/2026"):
        assert text in page


def test_the_five_dates_are_drawn_where_they_differ(homes: Homes) -> None:
    home = house(homes)
    home.load(terms_file(rule("30 days before term end", id="renewal-notice")))
    visitor = Visitor(home)
    visitor.sign_in(ADMIN)
    (key,) = [key for key in keys(visitor.get("/")) if key.startswith("renewal")]
    page = visitor.get(duty(key)).text
    places = [int(x) for x in re.findall(r'<circle [^>]*cx="(\d+)"', page)]
    assert len(places) > 1
    assert places == sorted(places)
    assert all(0 < x < 520 for x in places)


def test_acknowledging_snoozing_and_proving(visitor: Visitor) -> None:
    done = visitor.send(f"{duty()}/tahu", page=duty())
    assert done.headers["location"] == f"{duty()}?tercatat=tahu"
    assert "Tercatat: Anda sudah tahu" in shown(visitor.get(done.headers["location"]))
    assert visitor.send(f"{duty()}/tahu", page=duty()).status_code == 409
    assert visitor.send(f"{duty()}/tunda", {"until": "2026-11-25"}, page=duty()).status_code == 303
    given = {"sent_on": "2026-11-20", "letter": "B-1"}
    assert visitor.send(f"{duty()}/selesai", given, ("a.exe", PDF), page=duty()).status_code == 303
    rows = visitor.home.rows(EventRow)
    assert [row.kind for row in rows] == ["obligation-acknowledged", "obligation-snoozed", "duty-fulfilled"]
    assert {row.recorded_by for row in rows} == {f"{ADMIN}, web"}
    page = visitor.get(duty())
    assert "Dikerjakan Jumat, 20 November 2026, tepat waktu" in shown(page)
    assert "<details class=" not in page.text
    file = re.search(r'href="(/bukti/[^"]+)"', page.text)
    assert file is not None
    found = visitor.get(file[1])
    assert found.content == PDF
    assert found.headers["content-disposition"].startswith("attachment;")
    assert visitor.get(file[1] + "9").status_code == 404
    assert visitor.send(f"{duty()}/tahu", page="/saya").status_code == 409


def test_a_form_counts_once(visitor: Visitor) -> None:
    page = visitor.get(duty()).text
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))
    given = {**fields, "until": "2026-11-25"}
    for _ in range(3):
        assert visitor.post(f"{duty()}/tunda", given).status_code == 303
    assert len(visitor.home.rows(EventRow)) == 1


def test_waiving_needs_a_reason(visitor: Visitor) -> None:
    wrong = visitor.send(f"{duty()}/kesampingkan", {"why": " "}, page=duty())
    assert wrong.status_code == 422
    assert "Tulis alasannya" in shown(wrong)
    assert '<details class="act" id="kesampingkan" open>' in wrong.text
    assert visitor.send(f"{duty()}/kesampingkan", {"why": "Kata Biro"}, page=duty()).status_code == 303
    assert visitor.home.obligation("d0/2026-11-26").state == "waived"


def test_a_file_that_cannot_be_proof(homes: Homes, home: Home) -> None:
    visitor = Visitor(house(homes, evidence_max_mb=1))
    visitor.sign_in(ADMIN)
    for content, status, said in (
        (b"MZ\x00\x01", 422, "bukan PDF, JPEG, atau PNG"),
        (b"<html><script>", 422, "bukan PDF, JPEG, atau PNG"),
        (b"PK\x03\x04" + b"x" * 100, 422, "bukan PDF, JPEG, atau PNG"),
        (b"%PDF-" + b"x" * 1024 * 1024, 422, "lebih besar dari 1 MB"),
        (b"%PDF-" + b"x" * 3 * 1024 * 1024, 413, "terlalu besar"),
    ):
        file = ("../../x.pdf", content)
        answer = visitor.send(f"{duty()}/selesai", {"sent_on": "2026-11-20"}, file, page=duty())
        assert (answer.status_code, said in shown(answer)) == (status, True), said
    assert home.rows(EventRow) == []
    assert not list((homes.folder / "evidence").glob("*/*"))


def test_every_form_is_ours_or_refused(visitor: Visitor) -> None:
    before = visitor.home.snapshot()
    for path in (
        f"{duty()}/tahu",
        f"/perjanjian/{ID}/catat/force-majeure-occurred",
        f"/perjanjian/{ID}/betulkan/1",
        f"/perjanjian/{ID}/naskah",
        "/saya/kalender",
        "/saya/kalender/cabut",
        "/saya/keluar",
        *("/alerts/lagi", "/doctor", "/settings/telegram", "/settings/ringkasan"),
    ):
        for mark in ({}, {"tanda": ""}, {"tanda": "0" * 64}):
            assert visitor.post(path, mark).status_code == 403, (path, mark)
        foreign = visitor.ask("POST", path, data={}, headers={"sec-fetch-site": "same-site"})
        assert foreign.status_code == 403, path
    assert visitor.home.snapshot() == before


def test_what_is_not_there(visitor: Visitor) -> None:
    for path in (
        "/kewajiban/x/y/z",
        f"/kewajiban/{ID}/d0/x",
        f"/kewajiban/{ID}/d0",
        f"/bukti/{ID}/d0/2026-11-26/1",
        "/perjanjian/x",
        "/perjanjian/%00",
        f"/kewajiban/{ID}/d0/%00",
        "/static/x",
        "/static/..%2Fsite.py",
        "/kalender/x.ics",
    ):
        assert visitor.get(path).status_code == 404, path


def test_every_answer_has_its_headers(visitor: Visitor) -> None:
    for path in (
        "/",
        "/masuk",
        duty(),
        "/perjanjian",
        "/calendar",
        "/what-if",
        "/saya",
        "/unduh/kewajiban.csv",
        "/nirwana",
        "/metrics",
    ):
        headers = visitor.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy, path
        assert "unsafe" not in policy, path
        assert "frame-ancestors 'none'" in policy, path
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cache-control"] == "no-store", path


def test_pages_hold_no_script_and_no_style_of_their_own(visitor: Visitor) -> None:
    for path in ("/", duty("renewal-notice/2027-02-01"), f"/perjanjian/{ID}", "/saya", "/masuk"):
        text = visitor.get(path).text
        assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:|<script(?! src)", text), path


def test_texts_of_others_stay_texts(homes: Homes) -> None:
    home = house(homes)
    contact = {"position": HOSTILE, "name": HOSTILE, "email": "satu@example.org", "phones": [HOSTILE]}
    found = {
        "id": "f",
        "about": "term",
        "what": HOSTILE,
        "settled": HOSTILE,
        "by": HOSTILE,
        "on": "2026-01-01",
    }
    home.load(
        terms_file(
            rule("on 2026-12-18", duty={"by": "kesatu", "to": "kedua", "act": HOSTILE}, summary=HOSTILE),
            title=HOSTILE,
            numbers=[HOSTILE],
            place=HOSTILE,
            parties={
                "kesatu": {"name": HOSTILE, "address": HOSTILE, "contacts": [contact]},
                "kedua": {"name": "B"},
            },
            findings=[found],
        )
    )
    visitor = Visitor(home)
    visitor.sign_in(ADMIN)
    (key,) = keys(visitor.get("/"))
    visitor.send(f"{duty(key)}/kesampingkan", {"why": HOSTILE}, page=duty(key))
    for path in ("/", f"/?cari={HOSTILE}", "/?keadaan=closed", duty(key), f"/perjanjian/{ID}", "/perjanjian"):
        text = visitor.get(path).text
        assert "<script>alert" not in text, path
        assert "49" not in re.findall(r"&gt;(\d+)", text), path
    assert "&lt;script&gt;alert" in visitor.get(duty(key)).text


def test_a_spreadsheet_takes_no_text_for_a_formula(homes: Homes) -> None:
    home = house(homes)
    act = {"id": '=cmd|"/c calc"!A1', "en": "x"}
    home.load(
        terms_file(rule("on 2026-12-18", duty={"by": "kesatu", "to": "kedua", "act": act}), title="  @SUM(1)")
    )
    visitor = Visitor(home)
    visitor.sign_in(ADMIN)
    answer = visitor.get("/unduh/kewajiban.csv")
    head, line = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert (head[0], line[0]) == ("Bertindak paling lambat", "2026-12-18")
    assert line[2].startswith("'=cmd")
    assert line[6].startswith("'")
    book = zipfile.ZipFile(io.BytesIO(visitor.get("/unduh/kewajiban.xlsx").content))
    assert "<f>" not in book.read("xl/worksheets/sheet1.xml").decode()
    assert "=cmd" in book.read("xl/sharedStrings.xml").decode()


def test_the_files_hold_what_the_page_is_filtered_to(visitor: Visitor) -> None:
    lines = list(csv.reader(io.StringIO(visitor.get("/unduh/kewajiban.csv?jenis=renewal").text)))
    assert [line[-1] for line in lines[1:]] == [f"{ID}/renewal-notice/2027-02-01"]


def feed_of(visitor: Visitor) -> str:
    page = visitor.send("/saya/kalender", page="/saya").text
    found = re.search(rf"{URL}(/kalender/\S+\.ics)", page)
    assert found is not None
    return found[1]


def entries(answer: Any) -> dict[str, Any]:
    calendar = icalendar.Calendar.from_ical(answer.content)
    return {str(one["uid"]): one for one in calendar.walk("VEVENT")}


def test_a_calendar_reads_the_deadlines(visitor: Visitor) -> None:
    path = feed_of(visitor)
    stranger = Visitor(visitor.home, visitor.app)
    first = stranger.get(path)
    assert first.headers["content-type"] == "text/calendar; charset=utf-8"
    found = entries(first)
    days = sorted(one["dtstart"].dt.isoformat() for one in found.values())
    assert days == ["2026-11-26", "2026-11-30", "2026-12-04", "2026-12-18", "2027-01-18", "2027-02-01"]
    again = stranger.ask("GET", path, headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    visitor.send(f"{duty()}/kesampingkan", {"why": "Kata Biro"}, page=duty())
    second = stranger.get(path)
    assert second.headers["etag"] != first.headers["etag"]
    later = entries(second)
    assert set(later) == set(found)
    gone = [uid for uid, one in later.items() if one["status"] == "CANCELLED"]
    assert [str(found[uid]["dtstart"].dt) for uid in gone] == ["2026-11-26"]
    assert all(int(later[uid]["sequence"]) > int(found[uid]["sequence"]) for uid in gone)


def test_another_library_reads_the_same_from_the_calendar(visitor: Visitor) -> None:
    path = feed_of(visitor)
    visitor.send(f"{duty()}/kesampingkan", {"why": 'Kata Biro; "tanpa", \\ sanksi'}, page=duty())
    answer = visitor.get(path)
    found = entries(answer)
    (calendar,) = vobject.readComponents(answer.text, validate=True)
    others = {one.uid.value: one for one in calendar.vevent_list}
    assert set(others) == set(found)
    for uid, one in found.items():
        other = others[uid]
        assert (other.dtstart.value, other.dtend.value) == (one["dtstart"].dt, one["dtend"].dt)
        said = [str(one[name]) for name in ("summary", "description", "status", "sequence", "url")]
        assert [
            getattr(other, name).value for name in ("summary", "description", "status", "sequence", "url")
        ] == said
        alarms = [alarm["trigger"].dt for alarm in one.walk("VALARM")]
        assert [alarm.trigger.value for alarm in other.contents.get("valarm", [])] == alarms
    assert any(one.walk("VALARM") for one in found.values())


def test_a_calendar_link_is_taken_back(visitor: Visitor) -> None:
    first = feed_of(visitor)
    second = feed_of(visitor)
    assert visitor.get(first).status_code == 404
    assert visitor.get(second).status_code == 200
    assert first.rpartition("/")[2].removesuffix(".ics") not in visitor.get("/saya").text
    visitor.send("/saya/kalender/cabut", page="/saya")
    assert visitor.get(second).status_code == 404


def test_signing_out_everywhere(visitor: Visitor) -> None:
    other = Visitor(visitor.home, visitor.app)
    other.sign_in(ADMIN)
    visitor.send("/saya/keluar", page="/saya")
    assert [one.get("/").status_code for one in (visitor, other)] == [303, 303]


def test_the_agreement_tells_how_fresh_its_contacts_are(homes: Homes) -> None:
    home = house(homes)
    people: list[dict[str, Any]] = [
        {"id": "a", "position": "Kepala", "email": "satu@example.org", "substitute": "b"},
        {"id": "b", "position": "Wakil", "email": "dua@example.org", "to_confirm": ["email"]},
        {"id": "c", "position": "Lama", "until": "2026-10-31", "email": "tiga@example.org"},
        {"id": "d", "position": "Tanpa"},
    ]
    home.load(terms_file(*duties("2026-12-18"), contacts=people))
    home.record("contact-doubtful", "2026-11-23", party="kesatu", channel="email", address="satu@example.org")
    visitor = Visitor(home)
    visitor.sign_in(ADMIN)
    page = shown(visitor.get(f"/perjanjian/{ID}"))
    for text in (
        "alamat tidak berfungsi",
        "pengganti: Wakil",
        "perlu dipastikan",
        "sampai 31 Oktober 2026",
        "tanpa alamat",
    ):
        assert text in page


def test_the_figures_name_nobody(visitor: Visitor) -> None:
    text = visitor.get("/metrics").text
    assert 'tracker_obligations{state="open"}' in text
    assert "@" not in text
    assert visitor.get("/readyz").text == "ready\n"
    assert visitor.get("/healthz").text == "ok\n"


def test_the_figures_may_need_a_token(homes: Homes) -> None:
    visitor = Visitor(house(homes, metrics_token="geheim"))
    assert visitor.get("/metrics").status_code == 401
    shown_token = {"authorization": "Bearer geheim"}
    assert visitor.ask("GET", "/metrics", headers=shown_token).status_code == 200


def test_under_a_path_every_link_keeps_it(homes: Homes) -> None:
    home = homes.build(
        wib("2026-11-23T10:00"),
        channels=("email",),
        secret_key=KEY,
        public_url=f"{URL}/tenggat",
        fallback_email=ADMIN,
    )
    home.load(terms_file(*duties("2026-12-18")))
    visitor = Visitor(home, build_app(home.house))
    text = visitor.get("/masuk").text
    assert set(re.findall(r'(?:href|src|action)="(/[^/"]*)', text)) == {"/tenggat"}
