"""What a proof page says, from facts to words, HTML and PDF."""

import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from io import BytesIO
from typing import Any

import pytest
from pypdf import PageObject, PdfReader

from tests.support.agreements import calendar, repository_terms
from tests.support.proofs import DIGEST, LETTER, NOW, ONE, SERVED, log_of, page, terms
from tracker.events.model import Event
from tracker.obligations.model import State
from tracker.obligations.windows import window_of
from tracker.proof.compose import compose
from tracker.proof.html import html
from tracker.proof.page import Attempt, Chain, EvidenceFile, ProofPage, Told
from tracker.proof.pdf import pdf
from tracker.proof.words import point_text

NASTY = "<script>alert(\"1\")</script> & 'x' {{ 7*7 }} <b>"
LONG = "Sangatpanjang" * 40


def words(made: ProofPage) -> str:
    """Read the text of the web page, on one line."""
    found: list[str] = []

    class Reader(HTMLParser):
        def handle_data(self, data: str) -> None:
            found.append(data)

    Reader().feed(html(compose(made)).partition("</style>")[2])
    return " ".join(" ".join(found).split())


def printed(made: ProofPage) -> str:
    """Read the text of the PDF, without any white space: lines break anywhere."""
    return "".join("".join(sheet.extract_text() for sheet in reader(made).pages).split())


def reader(made: ProofPage) -> PdfReader:
    return PdfReader(BytesIO(pdf(compose(made))))


def left_edges(sheet: PageObject) -> list[float]:
    """Tell where each piece of text begins."""
    found: list[float] = []

    def see(text: str, canvas: list[float], place: list[float], font: Any, size: float) -> None:
        del text, canvas, font, size
        found.append(place[4])

    sheet.extract_text(visitor_text=see)
    return found


def both_say(made: ProofPage, *sentences: str) -> None:
    on_screen, on_paper = words(made), printed(made)
    for sentence in sentences:
        assert sentence in on_screen
        assert "".join(sentence.split()) in on_paper


# What is said


def test_in_time_in_indonesian() -> None:
    both_say(
        page(log_of(SERVED)),
        "selesai, tepat waktu",
        "Dilaksanakan pada Rabu, 21 Oktober 2026: tepat waktu, 9 hari sebelumnya terhadap tanggal aman.",
        "1/PKS/2025",
        "Bertindak paling lambat",
        "Pemberitahuan disampaikan",
        "B-12/I/2026",
        "Selasa, 20 Oktober 2026",
        "kurir",
        "dokumen PDF, 2,0 KB, utuh",
        DIGEST,
        "belum diperiksa",
        "Biro Hukum",
        "23 Nov 2026 08.01 WIB",
        "utuh: tidak ada entri yang diubah, dihapus, atau disisipkan",
        "ab" * 32,
        "Keadaan per 23 Nov 2026 10.00 WIB",
    )


def test_in_time_in_english() -> None:
    both_say(
        page(log_of(SERVED), language="en"),
        "fulfilled, in time",
        "Done on Wednesday, 21 October 2026: in time, 9 days before measured against the safe date.",
        "Letter number",
        "PDF document, 2.0 KB, verified intact",
        "not reviewed yet",
        "intact: no entry was changed, removed or slipped in",
    )


def test_late_on_every_reading() -> None:
    late = ("notice-served", "2026-11-02", {**ONE, "received_on": "2026-11-02"})
    both_say(page(log_of(late)), "selesai, terlambat 3 hari", "Terhadap tanggal terakhir: terlambat 3 hari")
    both_say(page(log_of(late), language="en"), "fulfilled, late by 3 days")


def test_nothing_was_done() -> None:
    both_say(
        page(),
        "TERLAMBAT",
        "Bukti bahwa kewajiban dilaksanakan",
        "Belum ada bukti yang dicatat.",
        "Tidak ada keputusan",
        "Belum ada pemberitahuan yang dikirim.",
        "Tidak ada entri.",
    )


def test_what_is_missing_is_named() -> None:
    duty = {"by": "kesatu", "to": "kedua", "form": ["written", "official-certificate"]}
    made = page(log_of(SERVED), terms(duty=duty), state=State.OVERDUE)
    both_say(made, "Yang masih kurang surat keterangan pejabat berwenang")


def test_a_correction_is_shown_beside_the_original() -> None:
    log = log_of(
        SERVED,
        ("fact-corrected", "2026-10-21", {"corrects": "1", "why": "salah ketik", "letter": "B-21/I/2026"}),
        ("fact-corrected", "2026-10-21", {"corrects": "2", "why": "tidak dikirim", "channel": ""}),
    )
    both_say(
        page(log),
        "B-12/I/2026",
        "Koreksi atas entri 1",
        "Alasan: salah ketik",
        "B-21/I/2026",
        "Saluran: dihapus",
        "dikoreksi; yang berlaku entri 3",
    )


def test_a_withdrawn_fact_stays_on_the_page() -> None:
    log = log_of(
        SERVED, ("fact-corrected", "2026-10-21", {"corrects": "1", "why": "keliru", "withdrawn": "yes"})
    )
    made = page(log)
    assert made.state is State.OVERDUE
    both_say(made, "Entri 1 ditarik: tidak pernah terjadi", "ditarik oleh entri 2", "B-12/I/2026")


def test_reviews_and_decisions_with_who_and_why() -> None:
    log = log_of(
        SERVED,
        ("proof-rejected", "2026-10-22", {**ONE, "proof": "1", "why": "tanpa tanda tangan"}),
        ("obligation-overridden", "2026-10-22", {**ONE, "act_by": "2026-10-28", "why": "cuti"}),
        (
            "reading-pinned",
            "2026-10-22",
            {"rule": "term", "axis": "last-day", "choice": "inclusive", "why": "sepakat"},
        ),
        ("obligation-waived", "2026-10-23", {**ONE, "why": "disetujui kedua pihak"}),
    )
    both_say(
        page(log),
        "ditolak oleh Biro Hukum, 22 Okt 2026",
        "tanpa tanda tangan",
        "Biro Hukum menetapkan tanggal bertindak lain: Rabu, 28 Oktober 2026. Alasan: cuti",
        "hari mulai ikut dihitung",
        "sepakat",
        "Kewajiban dikesampingkan",
        "disetujui kedua pihak",
    )


def test_a_proof_from_before_it_was_reopened() -> None:
    log = log_of(SERVED, ("obligation-reopened", "2026-10-25", {**ONE, "why": "surat kembali"}))
    both_say(page(log), "tidak dihitung lagi: kewajiban dibuka kembali setelahnya", "surat kembali")


def test_what_concerns_another_obligation_is_left_out() -> None:
    other = ("notice-served", "2026-10-21", {"rule": "other", "occurrence": "x", "letter": "LAIN"})
    correction = ("fact-corrected", "2026-10-21", {"corrects": "1", "why": "LAIN"})
    made = page(log_of(other, correction, SERVED))
    assert [entry.number for entry in made.log] == [3]
    assert made.chain.length == 3


def test_who_was_told() -> None:
    told = (
        Told("T-7", "Kepala Bidang", "email", "a@example.org", "accepted", NOW, NOW),
        Told("T-3", "Kepala Bidang", "telegram", "11", "accepted", NOW, NOW),
        Told("T-1", "Cadangan", "file", "x", "accepted", NOW, NOW),
        Told("T-0", "Kepala", "email", "b@x.id", "refused", NOW, None, (Attempt(NOW, "refused", "550 no"),)),
    )
    both_say(
        page(told=told),
        "a@example.org",
        "diterima server e-mail",
        "terkirim",
        "hanya ditulis ke folder",
        "ditolak (550 no)",
    )


@pytest.mark.parametrize(
    ("point", "indonesian", "english"),
    [
        ("T-7", "7 hari sebelum tenggat", "7 days before the day to act by"),
        ("T-0", "pada hari tenggat", "on the day to act by"),
        ("overdue+1", "1 hari setelah tenggat", "1 day after the day to act by"),
        ("at-once", "seketika", "at once"),
        (
            "T-7>manager",
            "7 hari sebelum tenggat; tanpa tanggapan, kepada pimpinan",
            "7 days before the day to act by; no answer, to the manager",
        ),
        ("again-2026-12-08", "lagi, 8 Des 2026", "again on 8 Dec 2026"),
        ("something else", "something else", "something else"),
    ],
)
def test_the_steps_of_the_ladder_have_names(point: str, indonesian: str, english: str) -> None:
    assert (point_text(point, "id"), point_text(point, "en")) == (indonesian, english)


def test_what_ceased_to_matter_says_so() -> None:
    both_say(page(state=State.LAPSED, closed_why="agreement-ended"), "gugur", "Perjanjian telah berakhir.")
    log = log_of(("obligation-waived", "2026-10-23", {**ONE, "why": "disetujui"}))
    both_say(page(log), "dikesampingkan", "Kewajiban dikesampingkan.")


def test_a_file_that_cannot_be_shown() -> None:
    gone = {DIGEST: EvidenceFile(DIGEST, fault="It is gone.")}
    both_say(page(log_of(SERVED), evidence=gone), "tidak dapat ditunjukkan: It is gone.", DIGEST)


def test_a_broken_chain_is_said_aloud() -> None:
    chain = Chain(4, "cd" * 32, ((3, "entry 3 is missing"),))
    both_say(page(chain=chain), "TIDAK UTUH", "entry 3 is missing")


def test_a_duty_without_a_date() -> None:
    written = terms()
    undated = page(written=written)
    made = replace(undated, obligation=undated.obligation._replace(deadline=None))
    both_say(made, "Tidak ada tanggal untuk kewajiban ini.", "Tidak ada tanggal yang dapat dihitung.")


# How it is set


def nasty_page(text: str, language: str = "id") -> ProofPage:
    act = {"id": f"Beri tahu {text}", "en": f"Tell {text}"}
    duty = {"by": "kesatu", "to": "kedua", "act": act}
    written = terms(duty=duty).model_copy(update={"title": text, "numbers": (text,)})
    fact = (
        "notice-served",
        "2026-10-21",
        {**ONE, **LETTER, "note": text, "letter": text, "evidence": DIGEST},
    )
    told = (Told(text, text, "email", text, "refused", NOW, None, (Attempt(NOW, "failed", text),)),)
    return page(log_of(fact, by=text), written, language, told=told)


@pytest.mark.parametrize("language", ["id", "en"])
def test_texts_are_never_markup(language: str) -> None:
    made = nasty_page(NASTY, language)
    text = html(compose(made))

    assert "<script" not in text
    assert not re.search(r"<b>|49 ", text.partition("</style>")[2])
    both_say(made, NASTY)


def test_the_web_page_fetches_nothing_and_runs_nothing() -> None:
    text = html(compose(page(log_of(SERVED))))
    assert not re.search(r"<(script|link|img|iframe|form|object)|https?:|url\(|@import|\son\w+=", text)
    assert "default-src 'none'" in text
    assert text.startswith("<!DOCTYPE html>")


@pytest.mark.parametrize("text", [LONG, "kata " * 2000, "a" * 5000, "\u0000\u200b\n\ttab"])
def test_long_and_odd_texts_stay_on_the_page(text: str) -> None:
    found = reader(nasty_page(text))
    assert "".join(text.split())[:500].strip("\u0000\u200b") in printed(nasty_page(text))
    for sheet in found.pages:
        assert all(0 <= place < sheet.mediabox.width for place in left_edges(sheet))


def test_letters_the_font_does_not_have_are_not_lost() -> None:
    made = page(log_of(SERVED, by="Ngọc \u4e2d \u2192"))
    assert "Ngoc[U+4E2D][U+2192]" in printed(made)
    assert "Ngọc \u4e2d \u2192" in words(made)


def test_every_sheet_says_which_it_is() -> None:
    many = log_of(*[SERVED] * 12)
    for language, said in (("id", "Halaman {} dari {}"), ("en", "Page {} of {}")):
        sheets = reader(page(many, language=language)).pages
        assert len(sheets) > 3
        for number, sheet in enumerate(sheets, start=1):
            text = sheet.extract_text()
            assert said.format(number, len(sheets)) in text
            assert "test-agreement/duty/2026-10-30" in text


def test_the_same_page_is_the_same_bytes() -> None:
    made = page(log_of(SERVED))
    assert pdf(compose(made)) == pdf(compose(page(log_of(SERVED))))
    assert html(compose(made)) == html(compose(page(log_of(SERVED))))
    assert pdf(compose(made)) != pdf(compose(replace(made, now=NOW.replace(hour=4))))


def test_the_pdf_says_what_and_when_it_is() -> None:
    about = reader(page(log_of(SERVED))).metadata
    assert about is not None
    assert about.title == "Lembar Bukti Kewajiban: duty"
    assert about.subject == "test-agreement/duty/2026-10-30"
    assert about.creation_date == NOW


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        (
            "id",
            (
                "Keinginan mengakhiri lebih awal",
                "Jendela sudah tertutup: pemberitahuan untuk berakhir 31 Mei 2027",
                "perjanjian paling cepat berakhir pada 6 Juni 2027.",
            ),
        ),
        ("en", ("The wish to end early", "The window has closed: notice to end on 31 May 2027")),
    ],
)
def test_what_a_wish_to_end_early_comes_to(language: str, sentences: tuple[str, ...]) -> None:
    babel = repository_terms()["babel-bpjstk-2025"].agreement
    wish = Event(babel.id, "termination-intended", date(2027, 3, 5), {"desired_end": "2027-05-31"})
    notice = babel.rule_by_id["termination-notice"]
    window = window_of(babel, notice, calendar(), wish, date(2027, 3, 5))
    assert sentences[0] not in words(page(language=language))
    assert sentences[0] in words(page(language=language, window=window))
    both_say(page(language=language, window=window), *sentences[1:])
