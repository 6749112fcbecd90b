"""Recording what has happened, on the web: the form, the preview, the button, and what follows."""

import json
import re
from collections.abc import Mapping
from typing import Any

import pytest

from tests.integration.test_flow import wib
from tests.support.agreements import ID, rule
from tests.support.browser import KEY, shown
from tests.support.houses import Home, Homes, terms_file
from tests.support.statements import statements
from tests.support.visitor import Visitor
from tracker.base.packed import unpack
from tracker.events.tables import EventRow
from tracker.obligations.tables import ObligationRow
from tracker.terms.tables import TermsVersionRow

ADMIN = "admin@example.org"
HOSTILE = "<script>alert('1')</script>&\"'>{{7*7}}"
KAHAR = f"/perjanjian/{ID}/catat/force-majeure-occurred"
TEXT = f"/perjanjian/{ID}/naskah"
RULES = (
    rule("14 working days after force-majeure-occurred", id="force-majeure-notice", clause={"number": "9"}),
    rule("undated", id="review", trigger="dispute-arose"),
    rule("30 days before desired end", id="termination-notice"),
    rule("on 2026-12-18", id="report"),
)
GIVEN = {"hari": "2026-11-20", "party": "kesatu", "note": "Banjir rob"}
HIDDEN = re.compile(r'<input type="hidden" name="([\w-]+)" value="([^"]*)">')


@pytest.fixture
def home(homes: Homes) -> Home:
    built = homes.build(
        wib("2026-11-23T10:00"),
        channels=("email",),
        secret_key=KEY,
        public_url="https://tracker.test",
        fallback_email=ADMIN,
    )
    built.load(terms_file(*RULES, numbers=["007/PKS/2026"]))
    built.clock.move_to(wib("2026-11-23T11:00"))
    return built


@pytest.fixture
def visitor(home: Home) -> Visitor:
    found = Visitor(home)
    found.sign_in(ADMIN)
    return found


def look(visitor: Visitor, path: str, given: Mapping[str, str]) -> Any:
    return visitor.send(path, {**given, "langkah": "lihat"})


def save(visitor: Visitor, path: str, preview: Any, **more: str) -> Any:
    return visitor.post(path, {**dict(HIDDEN.findall(preview.text)), "langkah": "simpan", **more})


def duties(page: Any, group: str) -> list[str]:
    part = re.search(rf'aria-labelledby="c-{group}">(.*?)</section>', page.text, re.DOTALL)
    return re.findall(r'<p class="title">(?:<a [^>]*>)?([^<]+)', part[1]) if part else []


def test_force_majeure_is_previewed_then_recorded_once(visitor: Visitor) -> None:
    page = visitor.get(f"/perjanjian/{ID}/catat")
    assert f'href="{KAHAR}"' in page.text
    assert f'href="/perjanjian/{ID}/catat/dispute-arose"' in page.text
    preview = look(visitor, KAHAR, GIVEN)
    assert preview.status_code == 200
    assert "Pratinjau: belum ada yang dicatat" in shown(preview)
    assert "Kamis, 10 Desember 2026" in shown(preview)
    assert "17 hari lagi · 13 hari kerja lagi" in shown(preview)
    assert "Pasal 9" in shown(preview)
    assert duties(preview, "opened") == ["force majeure notice"]
    assert visitor.home.rows(EventRow) == []
    for _ in range(2):
        done = save(visitor, KAHAR, preview)
        assert done.headers["location"].startswith(f"/perjanjian/{ID}/peristiwa/1")
    (entry,) = visitor.home.rows(EventRow)
    assert (entry.kind, str(entry.happened_on), entry.details) == (
        "force-majeure-occurred",
        "2026-11-20",
        {"party": "kesatu", "note": "Banjir rob"},
    )
    assert entry.recorded_by == f"{ADMIN}, web"
    page = visitor.get(f"/perjanjian/{ID}/peristiwa/1?tercatat=peristiwa")
    assert "Tercatat. Inilah yang berubah karenanya." in shown(page)
    assert duties(page, "opened") == ["force majeure notice"]
    assert "17 hari lagi" in shown(page)
    assert f'href="/kewajiban/{ID}/force-majeure-notice/2026-11-20:kesatu"' in page.text


def test_what_is_typed_wrong_is_said_at_its_field(visitor: Visitor) -> None:
    for path, given, said in (
        (KAHAR, {"hari": "2026-11-24", "party": "kesatu"}, "Hari itu belum tiba"),
        (KAHAR, {"hari": "2026-02-30", "party": "kesatu"}, "Isi tanggal yang ada di kalender"),
        (KAHAR, {"hari": "9999-12-31", "party": "kesatu"}, "Isi tanggal yang ada di kalender"),
        (KAHAR, {"hari": "2026-11-20"}, "Isi bagian ini"),
        (KAHAR, {"hari": "2026-11-20", "party": "ketiga"}, "Pilih salah satu"),
        (KAHAR, {**GIVEN, "at": "25:00"}, "Tulis jam seperti 14:30"),
        (KAHAR, {**GIVEN, "expected_days": "-1"}, "Tulis bilangan bulat"),
        (KAHAR, {**GIVEN, "note": "x" * 201}, "Paling panjang 200 huruf"),
        (
            f"/perjanjian/{ID}/catat/termination-intended",
            {"hari": "2026-11-20", "party": "kesatu", "desired_end": "2026-11-20"},
            "Hari itu harus sesudah",
        ),
        (
            f"/perjanjian/{ID}/catat/contact-appointed",
            {"hari": "2026-11-20", "party": "kesatu", "name": "Rahma", "email": "rahma"},
            "Itu bukan alamat e-mail",
        ),
    ):
        answer = look(visitor, path, given)
        assert (answer.status_code, said in shown(answer)) == (422, True), (said, shown(answer))
        assert 'aria-invalid="true"' in answer.text, said
        kept = given.get("note", given.get("name", ""))
        assert kept[:200] in answer.text
    assert visitor.home.rows(EventRow) == []


def test_what_cannot_be_true_is_refused_with_its_reason(visitor: Visitor) -> None:
    visitor.home.record("force-majeure-occurred", "2026-11-20", party="kesatu", at="09:00")
    answer = look(visitor, KAHAR, GIVEN)
    assert answer.status_code == 422
    assert "Tidak dapat dicatat" in shown(answer)
    assert "at what time" in shown(answer)


def test_a_preview_that_is_out_of_date_is_shown_anew(visitor: Visitor) -> None:
    preview = look(visitor, KAHAR, GIVEN)
    visitor.home.record("dispute-arose", "2026-11-20")
    again = save(visitor, KAHAR, preview)
    assert again.status_code == 200
    assert "Sementara itu ada yang lain tercatat" in shown(again)
    assert len(visitor.home.rows(EventRow)) == 1
    assert save(visitor, KAHAR, again).status_code == 303
    assert len(visitor.home.rows(EventRow)) == 2


def test_back_from_the_preview_nothing_is_lost(visitor: Visitor) -> None:
    preview = look(visitor, KAHAR, GIVEN)
    fields = dict(HIDDEN.findall(preview.text))
    form = visitor.post(KAHAR, {**fields, "langkah": "ubah"})
    assert 'value="Banjir rob"' in form.text
    assert '<option value="kesatu" selected>' in form.text
    assert visitor.home.rows(EventRow) == []


def test_a_wish_to_end_is_answered_before_it_is_recorded(visitor: Visitor) -> None:
    path = f"/perjanjian/{ID}/catat/termination-intended"
    given = {"hari": "2026-11-20", "party": "kedua", "desired_end": "2026-12-10"}
    preview = look(visitor, path, given)
    assert "Jendela sudah tertutup" in shown(preview)
    assert "paling cepat berakhir pada" in shown(preview)
    later = look(visitor, path, {**given, "desired_end": "2027-06-30"})
    assert "Jendela masih terbuka" in shown(later)
    assert save(visitor, path, later).status_code == 303
    assert visitor.home.rows(EventRow)[0].details["desired_end"] == "2027-06-30"


def test_a_new_contact_and_a_settled_reading(visitor: Visitor) -> None:
    path = f"/perjanjian/{ID}/catat/contact-appointed"
    given = {
        "hari": "2026-11-20",
        "party": "kesatu",
        "name": "Rahma",
        "email": "rahma@example.org",
        "replaces": "kesatu:officer",
        "until": "2027-01-31",
    }
    preview = look(visitor, path, given)
    assert "Tidak ada tenggat yang berubah" in shown(preview)
    assert "Mengambil alih dari Kepala Bidang Satu. 1 kewajiban yang terbuka" in shown(preview)
    assert save(visitor, path, preview).status_code == 303
    assert visitor.home.rows(EventRow)[0].details == {
        "party": "kesatu",
        "name": "Rahma",
        "email": "rahma@example.org",
        "replaces": "officer",
        "until": "2027-01-31",
        "acting": "yes",
    }
    path = f"/perjanjian/{ID}/catat/reading-pinned"
    given = {"hari": "2026-11-20", "rule": "report", "reading": "notice:clear-days", "why": "Disepakati"}
    assert save(visitor, path, look(visitor, path, given)).status_code == 303
    assert visitor.home.rows(EventRow)[1].details["choice"] == "clear-days"


def test_a_fact_is_corrected_or_taken_back(visitor: Visitor) -> None:
    visitor.home.record("force-majeure-occurred", "2026-11-20", party="kesatu", note="Banjir")
    path = f"/perjanjian/{ID}/betulkan/1"
    form = visitor.get(path)
    assert 'value="Banjir"' in form.text
    assert 'value="2026-11-20"' in form.text
    given = {"hari": "2026-11-18", "party": "kesatu", "note": "", "why": "salah tanggal"}
    preview = look(visitor, path, given)
    assert duties(preview, "moved") == ["force majeure notice"]
    assert "10 Des 2026" in shown(preview)
    assert "Selasa, 8 Desember 2026" in shown(preview)
    assert save(visitor, path, preview).status_code == 303
    correction = visitor.home.rows(EventRow)[1]
    assert correction.details == {"corrects": "1", "why": "salah tanggal", "note": ""}
    taken = {"hari": "2026-11-18", "party": "kesatu", "withdrawn": "yes"}
    assert look(visitor, path, taken).status_code == 422
    preview = look(visitor, path, {**taken, "why": "tidak terjadi"})
    assert duties(preview, "closed") == ["force majeure notice"]
    assert save(visitor, path, preview).status_code == 303
    assert visitor.get(path).status_code == 404
    assert "/betulkan/" not in visitor.get(f"/perjanjian/{ID}/peristiwa").text
    assert {row.state for row in visitor.home.rows(ObligationRow, rule="force-majeure-notice")} == {
        "superseded"
    }


def test_what_managers_decide(visitor: Visitor) -> None:
    home = visitor.home
    home.record("duty-fulfilled", "2026-11-20", rule="report", occurrence="2026-12-18")
    home.record("contact-doubtful", "2026-11-20", party="kesatu", channel="email", address="satu@example.org")
    about = {"hari": "2026-11-23", "why": "Kata Biro"}
    for kind, given, group, expected in (
        ("proof-rejected", {"proof": "report/2026-12-18/1"}, "opened", {"proof": "1", "why": "Kata Biro"}),
        ("proof-accepted", {"proof": "report/2026-12-18/1"}, "closed", {"proof": "1", "why": "Kata Biro"}),
        ("obligation-reopened", {"duty": "report/2026-12-18"}, "opened", {"why": "Kata Biro"}),
        ("obligation-overridden", {"duty": "report/2026-12-18", "act_by": "2026-12-14"}, "moved", {}),
    ):
        path = f"/perjanjian/{ID}/catat/{kind}"
        preview = look(visitor, path, {**about, **given})
        assert duties(preview, group) == ["report"], (kind, shown(preview))
        assert save(visitor, path, preview).status_code == 303
        entry = home.rows(EventRow)[-1]
        assert entry.kind == kind
        assert expected.items() <= entry.details.items()
        assert (entry.details["rule"], entry.details["occurrence"]) == ("report", "2026-12-18")
    assert str(home.obligation("report/2026-12-18").act_by) == "2026-12-14"
    path = f"/perjanjian/{ID}/catat/contact-confirmed"
    assert "satu@example.org" in visitor.get(path).text
    assert (
        save(visitor, path, look(visitor, path, {**about, "where": "email/satu@example.org"})).status_code
        == 303
    )
    assert home.rows(EventRow)[-1].details["address"] == "satu@example.org"
    assert "satu@example.org" not in visitor.get(path).text
    page = visitor.get(f"/perjanjian/{ID}/peristiwa")
    assert "Tanggal bertindak ditetapkan lain" in shown(page)


def test_the_log_is_paged_and_names_who(visitor: Visitor) -> None:
    for day in range(1, 29):
        visitor.home.record("dispute-arose", f"2026-11-{day:02}" if day < 23 else f"2026-10-{day:02}")
    page = visitor.get(f"/perjanjian/{ID}/peristiwa")
    numbers = re.findall(rf"/perjanjian/{ID}/peristiwa/(\d+)\"", page.text)
    assert numbers == [str(number) for number in range(28, 3, -1)]
    following = re.search(r'href="([^"]+)" rel="next"', page.text)
    assert following is not None
    rest = visitor.get(following[1])
    assert re.findall(rf"/perjanjian/{ID}/peristiwa/(\d+)\"", rest.text) == ["3", "2", "1"]
    assert "tester" in shown(page)


# Texts


def written(**more: Any) -> str:
    file = terms_file(*RULES, numbers=["007/PKS/2026"], **more)
    return unpack(file.packed_text).decode()


def try_text(visitor: Visitor, text: str, step: str = "lihat", mark: str = "") -> Any:
    token = re.search(r'name="tanda" value="(\w+)"', visitor.get("/saya").text)
    fields = {"tanda": token[1] if token else "", "langkah": step, "dasar": mark}
    files = {"berkas": ("../../pks.yaml", text.encode(), "application/yaml")}
    return visitor.ask("POST", TEXT, data=fields, files=files)


def test_an_addendum_is_previewed_then_put_in_force(visitor: Visitor) -> None:
    assert "Perjanjian uji" in visitor.get(TEXT).text
    addendum = {
        "signed": "2026-11-20",
        "in_force_from": "2026-12-01",
        "numbers": ["AD-1/2026"],
        "rules": [rule("on 2027-01-11", id="report")],
    }
    preview = try_text(visitor, written(addenda=[addendum]).replace("\n", "\r\n"))
    assert "Pratinjau: belum berlaku" in shown(preview)
    assert duties(preview, "moved") == ["report"]
    assert "18 Des 2026" in shown(preview)
    assert "Senin, 11 Januari 2027" in shown(preview)
    assert "AD-1/2026" in shown(preview)
    assert len(visitor.home.rows(TermsVersionRow)) == 1
    fields = dict(HIDDEN.findall(preview.text))
    area = re.search(r'<textarea name="naskah" hidden>\n(.*?)</textarea>', preview.text, re.DOTALL)
    assert area is not None
    sent = {**fields, "naskah": area[1].replace("&#34;", '"').replace("\n", "\r\n"), "langkah": "simpan"}
    done = visitor.ask("POST", TEXT, data=sent, files={"berkas": ("", b"")})
    assert done.headers["location"].startswith(f"/perjanjian/{ID}/peristiwa/1?tercatat=naskah")
    page = visitor.get(done.headers["location"])
    assert duties(page, "moved") == ["report"]
    assert f"{ADMIN}, web" in shown(page)
    newest = visitor.home.rows(TermsVersionRow)[-1]
    assert (newest.version, unpack(newest.source).decode()) == (2, written(addenda=[addendum]))
    versions = visitor.get(f"/perjanjian/{ID}/versi")
    assert "AD-1/2026" in shown(versions)
    assert "baru" in shown(versions)
    same = visitor.get(f"/perjanjian/{ID}/versi?dari=2&ke=2")
    assert "Isi kedua versi ini sama." in shown(same)
    assert visitor.get(f"{TEXT}.yaml?versi=1").text == written()
    assert visitor.get(f"{TEXT}.yaml?versi=9").status_code == 404
    assert "sama persis" in shown(try_text(visitor, written(addenda=[addendum])))


def test_a_text_that_cannot_be_used_says_where(visitor: Visitor) -> None:
    text = written()
    long = {"from": "2026-01-05", "to": "2190-01-01"}
    short = {"length": "1 days", "from": "signed", "renewal": {"silence": "renews"}}
    for given, said in (
        (text.replace(ID, "lain-2026", 1), f"id harus tetap {ID}"),
        (text.replace('"on 2026-12-18"', '"on 2026-13-18"'), "2026-13-18"),
        (text.replace('"on 2026-12-18"', '"besok"'), "besok"),
        (written(unit="tidak-ada"), "unknown unit"),
        (written(calendar={"holidays": "mars"}), "unknown calendar"),
        (text[:-2], "not readable as YAML"),
        ("- satu\n- dua\n", "is not an agreement"),
        ("", "is not an agreement"),
        ("a: &x [1]\nb: *x\n", "aliases"),
        (text.replace("Perjanjian uji", "Perjanjian\\u0000uji"), "NUL"),
        (written(term=long), "Terlalu banyak untuk dihitung"),
        (written(term=short), "Terlalu banyak untuk dihitung"),
        (text, "sama persis"),
        (text + " " * 270_000, "lebih besar dari 256 KB"),
    ):
        answer = try_text(visitor, given)
        assert (answer.status_code, said in shown(answer)) == (422, True), (said, shown(answer)[-800:])
    line = text[: text.index("on 2026-12-18")].count("\n") + 1
    wrong = try_text(visitor, text.replace('"on 2026-12-18"', '"besok"'))
    assert f"baris {line} :" in shown(wrong)
    binary = visitor.ask(
        "POST",
        TEXT,
        data=dict(HIDDEN.findall(visitor.get(TEXT).text)),
        files={"berkas": ("x.yaml", b"\xff\xfe\x00")},
    )
    assert "bukan teks UTF-8" in shown(binary)
    assert try_text(visitor, text + " " * 900_000).status_code == 413
    assert len(visitor.home.rows(TermsVersionRow)) == 1
    assert visitor.home.rows(EventRow) == []


def test_texts_of_others_stay_texts_here_too(visitor: Visitor) -> None:
    preview = look(visitor, KAHAR, {**GIVEN, "note": HOSTILE})
    assert "<script>alert" not in preview.text
    save(visitor, KAHAR, preview, note=HOSTILE)
    act = {"by": "kesatu", "to": "kedua", "act": HOSTILE}
    hostile = json.loads(written(title=HOSTILE))
    hostile["rules"].append(rule("on 2026-12-24", id="h", duty=act))
    text = json.dumps(hostile, indent=1)
    page = try_text(visitor, text)
    assert page.status_code == 200
    visitor.home.load(terms_file(*RULES, rule("on 2026-12-24", id="h", duty=act), title=HOSTILE))
    for one in (
        page,
        visitor.get(f"/perjanjian/{ID}/peristiwa/1"),
        visitor.get(f"/perjanjian/{ID}/peristiwa"),
        visitor.get(f"/perjanjian/{ID}/versi"),
        visitor.get(f"/perjanjian/{ID}/linimasa"),
        visitor.get("/calendar?month=2026-12"),
        visitor.get(TEXT),
        try_text(visitor, f"id: '{HOSTILE}'"),
    ):
        assert "<script>alert" not in one.text
        assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:|<script(?! src)", one.text)
        assert "49" not in re.findall(r"&gt;(\d+)", one.text)


# What if, the year, the month


def test_what_if_saves_nothing(visitor: Visitor) -> None:
    before = visitor.home.snapshot()
    page = visitor.get(
        f"/what-if?perjanjian={ID}&baris=3"
        "&jenis-1=force-majeure-occurred&hari-1=2026-12-01&pihak-1=kesatu"
        "&jenis-2=selesai:force-majeure-notice/2026-12-01:kesatu&hari-2=2026-12-04"
        "&jenis-3=termination-intended&hari-3=2026-12-01&akhir-3=2027-05-31&pihak-3=kedua"
    )
    assert duties(page, "opened") == ["termination notice"]
    assert "Jendela masih terbuka" in shown(page)
    open_one = visitor.get(
        f"/what-if?perjanjian={ID}&jenis-1=force-majeure-occurred&hari-1=2026-12-01&tambah=1"
    )
    assert duties(open_one, "opened") == ["force majeure notice"]
    assert 'id="jenis-3"' in open_one.text
    done = visitor.get(f"/what-if?perjanjian={ID}&jenis-1=selesai:report/2026-12-18&hari-1=2026-12-01")
    assert duties(done, "closed") == ["report"]
    assert visitor.home.snapshot() == before


def test_what_if_says_what_it_cannot_take(visitor: Visitor) -> None:
    for asked, said in (
        ("jenis-1=force-majeure-occurred", "Isi harinya"),
        ("jenis-1=force-majeure-occurred&hari-1=9999-01-01", "Isi harinya"),
        ("jenis-1=apa-saja&hari-1=2026-12-01", "Pilih salah satu peristiwa"),
        ("jenis-1=selesai:report/x&hari-1=2026-12-01", "There is no obligation"),
        ("jenis-1=selesai:palsu/x&hari-1=2026-12-01", "Pilih salah satu peristiwa"),
        ("jenis-1=dispute-arose&hari-1=2026-12-01&jam-1=99:00", "Tulis jam"),
        ("jenis-1=termination-intended&hari-1=2026-12-01", "Isi hari berakhir"),
        ("baris=99", "Peristiwa 6"),
        ("baris=-1", "Peristiwa 1"),
    ):
        page = visitor.get(f"/what-if?perjanjian={ID}&{asked}")
        assert (page.status_code, said in shown(page)) == (200, True), (asked, shown(page)[-600:])
    assert "Perjanjian uji" in visitor.get("/what-if").text
    assert "Perjanjian uji" in visitor.get("/what-if?cari=uji").text
    assert visitor.get("/what-if?perjanjian=tidak-ada").status_code == 404


def test_a_year_is_drawn_and_told(visitor: Visitor) -> None:
    visitor.home.record("force-majeure-occurred", "2026-11-20", party="kesatu")
    page = visitor.get(f"/perjanjian/{ID}/linimasa?tahun=2026")
    found = shown(page)
    assert "18 Des 2026" in found
    assert "20 November 2026: Keadaan kahar" in found
    assert "Natal" in found
    assert page.text.count('class="dot open"') == 2
    assert page.text.count('class="dot fact"') == 1
    for asked in ("1900", "9999", "x", "2200", "1945", "²²²²"):
        assert visitor.get(f"/perjanjian/{ID}/linimasa?tahun={asked}").status_code == 200, asked
    assert "Tidak ada tenggat pada tahun ini" in shown(visitor.get(f"/perjanjian/{ID}/linimasa?tahun=2029"))


def test_a_month_shows_every_day_with_its_duties(home: Home, visitor: Visitor) -> None:
    busy = [rule("on 2026-12-22", id=f"b{number}") for number in range(6)]
    home.load(terms_file(*busy, id="busy", title="Ramai"))
    page = visitor.get("/calendar?month=2026-12")
    assert "Desember 2026" in shown(page)
    assert "Natal" in shown(page)
    assert page.text.count(f'href="/kewajiban/{ID}/report/2026-12-18"') == 1
    assert page.text.count('href="/kewajiban/busy/') == 3
    assert 'href="/?hari=2026-12-22"' in page.text
    assert len(re.findall(r'href="/kewajiban/busy/', visitor.get("/?hari=2026-12-22").text)) == 6
    assert re.findall(r'rel="(?:prev|next)" href="([^"]+)"', page.text) == [
        "/calendar?month=2026-11",
        "/calendar?month=2027-01",
    ]
    kept = visitor.get("/calendar?month=2026-12&cari=ramai&keadaan=unanswered")
    assert 'href="/kewajiban/busy/' in kept.text
    assert f"/kewajiban/{ID}" not in kept.text
    assert "/calendar?cari=ramai&amp;keadaan=unanswered&amp;month=2027-01" in kept.text
    assert "Tidak ada tenggat pada bulan ini" in shown(visitor.get("/calendar?month=2027-02"))
    for asked in ("2026-13", "0000-01", "9999-12", "x", "2200-12"):
        assert visitor.get(f"/calendar?month={asked}").status_code == 200, asked


def test_these_pages_ask_the_database_at_most_ten_times(visitor: Visitor) -> None:
    visitor.home.record("force-majeure-occurred", "2026-11-20", party="kesatu")
    for path in (
        f"/perjanjian/{ID}",
        f"/perjanjian/{ID}/catat",
        KAHAR,
        f"/perjanjian/{ID}/betulkan/1",
        f"/perjanjian/{ID}/peristiwa",
        f"/perjanjian/{ID}/peristiwa/1",
        f"/perjanjian/{ID}/versi",
        f"/perjanjian/{ID}/linimasa",
        TEXT,
        f"/what-if?perjanjian={ID}&jenis-1=dispute-arose&hari-1=2026-12-01",
        "/what-if?cari=uji",
        "/calendar?month=2026-12",
        "/calendar?month=2026-12&cari=uji&pihak=badan",
        "/?hari=2026-12-18",
    ):
        with statements(visitor.home.db) as asked:
            page = visitor.get(path)
        assert page.status_code == 200, path
        assert len(page.content) < 100_000, path
        assert len([one for one in asked if one.startswith(("SELECT", "WITH"))]) <= 10, path
