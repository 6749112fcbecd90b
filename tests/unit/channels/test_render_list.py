"""Lists of duties, in a mail and as a Telegram message."""

import re
from datetime import date
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from icalendar import Calendar

from tests.support.botapi import LIMIT, message_fault
from tests.support.content import NASTY, PLANNED, delivery, list_content
from tracker.base.signing import Tokens
from tracker.channels.email.render import SUBJECT_LENGTH, message, subject
from tracker.channels.links import Links
from tracker.channels.telegram.render import text, visible_length
from tracker.outbox.content import ListContent, read_content
from tracker.outbox.keys import GROUP, LOOK_AHEAD, SUMMARY

SENDER = "Pelacak Tenggat <tracker@example.org>"


def mailed(content: ListContent) -> EmailMessage:
    return message_from_bytes(message(delivery(content), SENDER), policy=default)


def part(mail: EmailMessage, kind: str) -> str:
    found = mail.get_body((kind,))
    assert found is not None
    return str(found.get_content())


def telegram(content: ListContent) -> str:
    """Render a message that the server takes."""
    found = text(content, PLANNED)
    assert message_fault(found) is None
    return found


def test_a_list_is_read_as_it_was_stored() -> None:
    assert read_content(list_content().model_dump_json()) == list_content()


def test_the_mail() -> None:
    mail = mailed(list_content())

    assert mail["Subject"] == "[Serah terima: 3 kewajiban terbuka] Pemanfaatan Data Sasaran"
    assert [each.get_content_type() for each in mail.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
    ]
    assert mail["Content-Language"] == "id"
    lines = part(mail, "plain").splitlines()
    start = lines.index("Mulai 10 Januari 2025 Anda menjadi narahubung.")
    assert lines[start + 2 : start + 9] == [
        "KAMIS, 9 JANUARI 2025 (LEWAT 1 HARI)",
        "  Serahkan laporan 0",
        "  Kepada: Kemnaker",
        "  Dasar: Pasal 1",
        "  Jika terlewat: tanggung jawab atas kerugian",
        "  Kode: kemenko-pmk-kemnaker-2023/duty-0/term-1",
        "",
    ]
    assert "Jumat, 10 Januari 2025 (hari ini)" in lines
    assert "TANPA TANGGAL, TETAPI TETAP BERLAKU" in lines
    assert "- Serahkan laporan 2 (Pasal 3)" in lines


def test_each_dated_duty_can_be_put_into_a_calendar() -> None:
    (attached,) = mailed(list_content()).iter_attachments()
    assert attached.get_filename() == "tenggat-2025-01-09.ics"
    events: list[Any] = Calendar.from_ical(attached.get_content()).walk("VEVENT")
    assert [(str(event["uid"]), event["dtstart"].dt, str(event["summary"])) for event in events] == [
        ("kemenko-pmk-kemnaker-2023/duty-0/term-1@tracker", date(2025, 1, 9), "Tenggat: Serahkan laporan 0"),
        ("kemenko-pmk-kemnaker-2023/duty-1/term-1@tracker", date(2025, 1, 10), "Tenggat: Serahkan laporan 1"),
    ]
    assert "Perjanjian: Pemanfaatan Data Sasaran" in str(events[0]["description"])


@pytest.mark.parametrize("changes", [{"point": SUMMARY}, {"point": LOOK_AHEAD}, {"count": 1}])
def test_what_others_do_or_has_no_day_is_not_put_into_a_calendar(changes: dict[str, Any]) -> None:
    assert list(mailed(list_content(**changes)).iter_attachments()) == []


@pytest.mark.parametrize(("language", "words"), [("id", "dan 4 lagi"), ("en", "and 4 more")])
def test_the_rest_of_a_long_message_is_linked_where_there_is_a_site(language: str, words: str) -> None:
    content = list_content(language, count=15, point=GROUP)
    tokens = Tokens("k" * 40)
    links = Links("https://tracker.example.org", tokens)
    for kind in ("plain", "html"):
        alone = part(mailed(content), kind)
        linked = part(message_from_bytes(message(delivery(content), SENDER, links), policy=default), kind)
        assert "duty-13" in alone
        assert "duty-9" in linked
        assert "duty-10" not in linked
        assert words in linked
        assert "https://tracker.example.org/" in linked[linked.index(words) - 200 :]


def test_the_mail_in_english() -> None:
    plain = part(mailed(list_content("en")), "plain")

    assert "THURSDAY, 9 JANUARY 2025 (1 DAY OVERDUE)" in plain
    assert "Towards: Kemnaker" in plain
    assert "WITHOUT A DATE, BUT IN FORCE" in plain


def test_a_duty_to_be_done_at_once_is_told_whole() -> None:
    content = list_content(count=1, point="at-once")

    lines = part(mailed(content), "plain").splitlines()

    start = lines.index("Sekarang (tanpa batas waktu)")
    assert lines[start + 1 : start + 5] == [
        "  Serahkan laporan 0",
        "  Kepada: Kemnaker",
        "  Dasar: Pasal 1",
        "  Jika terlewat: tanggung jawab atas kerugian",
    ]
    assert "Sekarang (tanpa batas waktu)" in part(mailed(content), "html")
    assert "<b>Sekarang (tanpa batas waktu)</b>\nSerahkan laporan 0\nKepada: Kemnaker" in telegram(content)


def test_an_empty_list_has_no_empty_sections() -> None:
    content = list_content(items=(), notes=(), lead=("Tidak ada.",))

    plain = part(mailed(content), "plain")

    assert "TANPA TANGGAL" not in plain
    assert "\n\n\n" not in plain.replace("\r", "")
    assert "<h2" not in part(mailed(content), "html")
    assert telegram(content).count("\n") < 8


def test_what_is_to_be_opened_is_a_button_and_can_be_copied() -> None:
    link = f"https://tenggat.example.go.id/masuk/{'x' * 43}?ke=%2Fperjanjian&a=1"
    mail = mailed(list_content(items=(), notes=(), lead=(f"Buka: {link}",), link=link))

    assert link in part(mail, "plain").split()
    assert f'<a href="{link.replace("&", "&amp;")}"' in part(mail, "html")
    assert "<a href" not in part(mailed(list_content(items=(), notes=())), "html")


def test_no_text_is_taken_for_html_or_a_header() -> None:
    content = list_content(text=f" {NASTY}\r\nBcc: x@example.org")

    mail = mailed(content)

    assert mail["Bcc"] is None
    assert NASTY in part(mail, "plain")
    for shown in (part(mail, "html"), telegram(content)):
        assert NASTY not in shown
        assert "&lt;b&gt;&amp;&#34;" in shown
    assert len(subject(content, PLANNED)) <= SUBJECT_LENGTH


def test_the_telegram_message() -> None:
    found = telegram(list_content())

    assert found.startswith("<b>Serah terima: 3 kewajiban terbuka</b>\n\nMulai 10 Januari 2025")
    assert "<b>Kamis, 9 Januari 2025 (lewat 1 hari)</b>\nSerahkan laporan 0\nKepada: Kemnaker\n" in found
    assert "Kode: <code>kemenko-pmk-kemnaker-2023/duty-0/term-1</code>" in found
    assert "\n\n\n" not in found
    assert " lagi;" not in found


def sectioned(**changes: object) -> ListContent:
    """Make a list about several agreements: two duties in one section, one in another."""
    plain = list_content(count=4)
    sections = ("Minggu ini", "Minggu ini", "Nanti")
    named = [
        item.model_copy(update={"section": section, "agreement": f"Naskah {number}"})
        for number, (item, section) in enumerate(zip(plain.items, sections, strict=False))
    ]
    named[1] = named[1].model_copy(update={"notes": ("Sementara <belum> pasti.",)})
    return plain.model_copy(update={"items": tuple(named), **changes})


def test_sections_and_notes_in_a_mail() -> None:
    mail = mailed(sectioned(more=5))

    lines = part(mail, "plain").splitlines()
    first, later = lines.index("MINGGU INI"), lines.index("NANTI")
    assert lines[first + 1 : first + 5] == [
        "",
        "KAMIS, 9 JANUARI 2025 (LEWAT 1 HARI)",
        "  Serahkan laporan 0",
        "  Perjanjian: Naskah 0",
    ]
    assert lines.count("MINGGU INI") == 1
    assert first < lines.index("  ! Sementara <belum> pasti.") < later
    assert any(line.startswith("dan 5 lagi; mintalah daftar") for line in lines)
    html = part(mail, "html")
    assert html.count(">Minggu ini</h2>") == html.count(">Nanti</h2>") == 1
    assert "Sementara &lt;belum&gt; pasti." in html
    assert "Perjanjian: Naskah 1<br>" in html
    assert "dan 5 lagi;" in html


def test_sections_and_notes_in_a_telegram_message() -> None:
    found = telegram(sectioned(more=5))

    assert found.count("<b><u>Minggu ini</u></b>\n\n<b>Kamis, 9 Januari 2025") == 1
    assert "Serahkan laporan 1\n! Sementara &lt;belum&gt; pasti.\nPerjanjian: Naskah 1\n" in found
    assert "dan 5 lagi; mintalah" in found
    assert "\n\n\n" not in found


def test_what_a_list_leaves_out_counts_with_what_does_not_fit() -> None:
    content = list_content(count=300).model_copy(update={"more": 7})
    (more,) = re.findall(r"dan (\d+) lagi; mintalah daftar lengkapnya", telegram(content))
    assert int(more) == 307 - telegram(content).count("Serahkan laporan")


@pytest.mark.parametrize("text", ["", " kata" * 40, "x" * 5000])
def test_a_long_telegram_message_shows_what_fits_and_counts_the_rest(text: str) -> None:
    content = list_content(count=300, text=text)

    found = telegram(content)

    assert LIMIT - 1000 < visible_length(found) <= LIMIT
    (more,) = re.findall(r"dan (\d+) lagi; mintalah daftar lengkapnya", found)
    assert int(more) == 300 - found.count("Serahkan laporan")
