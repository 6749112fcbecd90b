from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html.parser import HTMLParser
from typing import Any

import pytest
from icalendar import Calendar, Event

from tests.support.content import NASTY, PLANNED, TEXT_FIELDS, alert_content, delivery, nasty_content
from tracker.channels.email.entries import calendar
from tracker.channels.email.render import message, subject
from tracker.outbox.content import AlertContent
from tracker.outbox.delivery import Delivery

SENDER = "Pelacak Tenggat <tracker@example.org>"
OVERDUE = datetime(2025, 1, 27, 1, tzinfo=UTC)


def parsed(sent: Delivery, sender: str = SENDER) -> EmailMessage:
    return message_from_bytes(message(sent, sender), policy=default)


def body(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def event_of(content: AlertContent, now: datetime) -> Any:
    entry = Calendar.from_ical(calendar(content, now))
    assert entry["method"] == "PUBLISH"
    (event,) = entry.walk("VEVENT")
    assert isinstance(event, Event)
    return event


@pytest.mark.parametrize(
    ("language", "now", "expected"),
    [
        ("id", PLANNED, "[Tenggat 24 Jan 2025, 14 hari lagi] Beri tahu keinginan memperpanjang"),
        ("en", PLANNED, "[Deadline 24 Jan 2025, 14 days left] Say whether to renew"),
        ("id", OVERDUE, "[Tenggat 24 Jan 2025, TERLAMBAT 3 hari] Beri tahu"),
        ("en", OVERDUE, "[Deadline 24 Jan 2025, OVERDUE by 3 days] Say"),
        ("en", OVERDUE - timedelta(days=2), "[Deadline 24 Jan 2025, OVERDUE by 1 day] Say"),
    ],
)
def test_the_subject_begins_with_the_date(language: str, now: datetime, expected: str) -> None:
    line = subject(alert_content(language), now)

    assert line.startswith(expected)
    assert " - Pemanfaatan Data" in line
    assert len(line) < 150


@pytest.mark.parametrize("word", ["kata ", "x"])
def test_the_subject_stays_short(word: str) -> None:
    content = alert_content(headline=word * 300, agreement_title=word * 300)

    assert 120 < len(subject(content, PLANNED)) < 150


def test_the_headers() -> None:
    mail = parsed(delivery())

    assert mail["From"] == SENDER
    assert mail["To"] == "officer@example.org"
    assert mail["Subject"] == subject(alert_content(), PLANNED)
    assert mail["Date"].datetime == PLANNED
    assert str(mail["Date"]).endswith("+0700")
    assert mail["Message-ID"] == "<alert-1@tracker.example.org>"
    assert mail["References"] == mail["In-Reply-To"] == "<obligation-1@tracker.example.org>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Auto-Response-Suppress"] == "All"
    assert mail["Content-Language"] == "id"
    assert mail["MIME-Version"] == "1.0"


def test_long_ids_stay_whole() -> None:
    long = f"<{'a' * 150}@tracker.example.org>"

    raw = message(delivery(message_id=long, thread_id=long), SENDER).decode("ascii")

    assert raw.count(long) == 3


def test_the_parts() -> None:
    mail = parsed(delivery())

    kinds = [part.get_content_type() for part in mail.walk()]
    assert kinds == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
    ]
    (attachment,) = mail.iter_attachments()
    assert attachment.get_filename() == "tenggat-2025-01-24.ics"
    assert attachment.get_param("method") == "PUBLISH"
    assert attachment.get_content() == calendar(alert_content(), PLANNED)


def test_the_wire_form_is_seven_bit_with_short_lines() -> None:
    raw = message(delivery(alert_content(act="né " * 400, notes=("é" * 2000,))), SENDER)

    assert raw.isascii()
    lines = raw.split(b"\r\n")
    assert all(b"\n" not in line and b"\r" not in line for line in lines)
    assert max(len(line) for line in lines) < 200


def test_the_same_delivery_gives_the_same_bytes() -> None:
    assert message(delivery(), SENDER) == message(delivery(), SENDER)


INJECTION = "x\r\nBcc: thief@example.org\r\n\r\nbody\n"


def test_no_text_can_forge_a_header() -> None:
    texts = dict.fromkeys(TEXT_FIELDS, INJECTION)
    evil = delivery(
        alert_content(**texts, why=(INJECTION,), notes=(INJECTION,), agreement_numbers=(INJECTION,)),
        address="a@example.org\r\nBcc: thief@example.org",
        message_id="<a@b>\r\nBcc: thief@example.org",
        thread_id="<c@d>\r\nBcc: thief@example.org",
    )

    mail = parsed(evil, "Name\r\nBcc: thief@example.org <a@example.org>")

    assert mail["Bcc"] is None
    assert [name.lower() for name in mail].count("to") == 1
    assert mail.get_content_type() == "multipart/mixed"
    assert len(list(mail.iter_attachments())) == 1


class _Seen(HTMLParser):
    """Collects tags and text, as a mail program would see them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""
        self.attributes: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [name for name, _ in attrs]

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("language", ["id", "en"])
def test_html_in_any_text_is_shown_as_text(language: str) -> None:
    page = body(parsed(delivery(nasty_content(language))), "html")

    seen = _Seen(page)
    assert "b" not in seen.tags
    for name in (*TEXT_FIELDS, "agreement_numbers", "why", "notes"):
        assert f"{name} {NASTY}" in " ".join(seen.text.split())


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_plain_text_shows_every_text_as_it_is(language: str) -> None:
    text = body(parsed(delivery(nasty_content(language))), "plain")

    for name in (*TEXT_FIELDS, "agreement_numbers", "why", "notes"):
        if name != "headline":  # the subject says it
            assert f"{name} {NASTY}" in text


@pytest.mark.parametrize("now", [PLANNED, OVERDUE])
def test_the_html_loads_nothing(now: datetime) -> None:
    seen = _Seen(body(parsed(delivery(alert_content(notes=("n",)), now=now)), "html"))

    assert not {"img", "link", "script", "iframe", "a", "style", "form"} & set(seen.tags)
    assert not {"src", "href", "background", "onclick"} & set(seen.attributes)


@pytest.mark.parametrize("kind", ["plain", "html"])
@pytest.mark.parametrize(("language", "word"), [("id", "TERLAMBAT"), ("en", "OVERDUE")])
def test_an_overdue_message_looks_different(language: str, word: str, kind: str) -> None:
    ahead = body(parsed(delivery(alert_content(language))), kind)
    behind = body(parsed(delivery(alert_content(language), now=OVERDUE)), kind)

    assert word not in ahead
    assert word in behind
    assert "30 Jan" in behind


def test_plain_text_lines_are_short() -> None:
    text = body(parsed(delivery(alert_content(notes=("kata " * 60,)), now=OVERDUE)), "plain")

    assert max(len(line) for line in text.splitlines()) <= 72
    assert "\n\n\n" not in text


def test_sections_without_content_are_left_out() -> None:
    bare = parsed(delivery(alert_content(why=(), notes=(), agreement_numbers=())))

    for kind in ("plain", "html"):
        lowered = body(bare, kind).lower()
        assert "mengapa" not in lowered
        assert "catatan" not in lowered
        assert "nomor:" not in lowered


def test_the_calendar_entry() -> None:
    event = event_of(alert_content(), PLANNED)

    assert event["uid"] == "kemenko-pmk-kemnaker-2023/renewal-notice/2025-02-27@tracker"
    assert event["dtstart"].dt == date(2025, 1, 24)
    assert event["dtend"].dt == date(2025, 1, 25)
    assert event["dtstamp"].dt == PLANNED
    assert event["summary"] == "Tenggat: Beri tahu keinginan memperpanjang atau mengakhiri"
    assert "Tanggal aman: Senin, 27 Januari 2025" in event["description"]
    assert "Tanggal yang paling mungkin: Selasa, 28 Januari 2025" in event["description"]
    (alarm,) = event.walk("VALARM")
    assert alarm["trigger"].dt == timedelta(hours=-16)


def test_the_calendar_entry_in_english() -> None:
    event = event_of(alert_content("en"), PLANNED)

    assert event["summary"].startswith("Deadline: Say whether")
    assert "Safe date: Monday, 27 January 2025" in event["description"]


@pytest.mark.parametrize(
    ("now", "alarms"),
    [
        (datetime(2025, 1, 23, 0, 59, tzinfo=UTC), 1),  # 07:59 WIB on the day before
        (datetime(2025, 1, 23, 1, 0, tzinfo=UTC), 0),
        (OVERDUE, 0),
    ],
)
def test_no_alarm_once_its_time_has_passed(now: datetime, alarms: int) -> None:
    assert len(event_of(alert_content(), now).walk("VALARM")) == alarms


def test_texts_are_safe_in_the_calendar_entry() -> None:
    nasty = nasty_content(headline="a;b,c\\d\r\nATTENDEE:mailto:thief@example.org")

    event = event_of(nasty, PLANNED)

    assert event["summary"] == "Tenggat: a;b,c\\d ATTENDEE:mailto:thief@example.org"
    assert "attendee" not in event
    assert NASTY in event["description"]
