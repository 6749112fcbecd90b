"""A spliced mail says in every field what the standard library alone would have written."""

import re
from datetime import UTC, datetime, time, timedelta
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import default
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from tests.support.content import PLANNED, TEXT_FIELDS, alert_content, delivery, list_content
from tests.support.slow_mail import slow_calendar, slow_message
from tracker.channels.email.entries import calendar
from tracker.channels.email.headers import text_line
from tracker.channels.email.render import message, subject
from tracker.channels.wrap import flatten
from tracker.outbox.content import AlertContent
from tracker.outbox.delivery import Delivery

SENDER = "Pelacak Tenggat <tracker@example.org>"
OVERDUE = PLANNED + timedelta(days=17)
TOKEN = sha256(delivery().message_id.encode()).hexdigest()[:32]
COMPARED_APART = {"subject", "content-type", "content-transfer-encoding"}
TEXTS = {
    "plain": "biasa saja",
    "newlines": "satu\r\ndua\n\ntiga\rempat\u2028lima",
    "encoded word": "=?utf-8?q?a=0D=0ABcc:_thief=40example.org?= =?x",
    "half an encoded word": "harga =? berapa ?=",
    "dots": ".\n.\r\n..satu",
    "long word": "x" * 1500,
    "long words": " ".join(("y" * 65, "z" * 64, "w" * 63)) * 3,
    "long word in other letters": "é" * 1500,
    "emoji": "👨‍👩‍👧‍👦 segera 🚨" * 30,
    "javanese": "ꦥꦿꦗꦚ꧀ꦗꦶꦪꦤ꧀ꦏꦼꦂꦗꦱꦩ " * 20,
    "arabic": "اتفاقية التعاون " * 20,
    "chinese": "合作协议的截止日期" * 40,
    "accents": "perjanjian né à Genève, État «naskah» €5 " * 10,
    "from": "From saya\nFrom kamu\n>From dia",
    "boundary": f"--=_{TOKEN}_0\r\n--=_{TOKEN}_1--\r\n",
    "boundary begun": "--=_",
    "spaces": "  ujung   \t \n  ujung   ",
    "controls": "a\x00b\x07c\x0bd\x0ce\x1bf\x7fg\x85h\xa0i\ufeffj",
    "nul": "a\x00b",
    "escapes": "a;b,c\\d\\ne\\\\f:g\"h'i^j=k%l{m}" * 20,
    "backslashes": "x" + "\\" * 400,
    "bidi": "\u202eterbalik\u202c dan \u200bkosong",
    "slot": "slot-html-xxxx slot-token-x slot-title slot-uid %s {0} \\1",
    "nothing": "",
}


def alert_with(text: str, language: str = "id", **changes: Any) -> AlertContent:
    """Put a text into every field that holds one."""
    lists = dict.fromkeys(("agreement_numbers", "why", "notes"), (text, "b", text))
    texts = dict.fromkeys(TEXT_FIELDS, text)
    return alert_content(language, **(texts | lists | changes))


def variants(text: str) -> list[Delivery]:
    return [
        delivery(alert_with(text)),
        delivery(alert_with(text, "en"), now=OVERDUE),
        delivery(alert_with(text, by_time=time(14, 30), act_by="2025-01-28"), now=OVERDUE),
        delivery(alert_content("en", headline=text, by_time=time(9), why=(), notes=())),
        delivery(list_content(text=text)),
        delivery(list_content("en", count=1, point="at-once", notes=(), lead=(text,))),
    ]


def parsed(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, policy=default)


def fields(mail: EmailMessage) -> list[dict[str, Any]]:
    """Take a mail apart; how a text is encoded and which header comes first is no difference."""
    return [_fields_of_part(part) for part in mail.walk()]


def _fields_of_part(part: EmailMessage) -> dict[str, Any]:
    kind = part.get_content_type()
    text = "" if part.is_multipart() else str(part.get_content())
    return {
        "headers": {
            name.lower(): str(value) for name, value in part.items() if name.lower() not in COMPARED_APART
        },
        "names": sorted(name.lower() for name in part),
        "type": kind,
        "parameters": {
            name: value for name, value in part["Content-Type"].params.items() if name != "boundary"
        },
        "file": (part.get_content_disposition(), part.get_filename()),
        "text": unfolded(text) if kind == "text/calendar" else text,
        "faults": part.defects,
    }


def unfolded(text: str) -> str:
    return text.replace("\r\n ", "")


def assert_same(sent: Delivery, sender: str = SENDER) -> None:
    raw = message(sent, sender)
    mail = parsed(raw)
    assert fields(mail) == fields(parsed(slow_message(sent, sender)))
    assert mail["Subject"] == flatten(subject(sent.content, sent.now))
    assert_wire(raw)


def assert_wire(raw: bytes) -> None:
    """Every line ends in CRLF, is short, and holds nothing but printable ASCII."""
    assert raw.endswith(b"\r\n")
    lines = raw.split(b"\r\n")
    assert not [line for line in lines if re.search(rb"[^\t -~]", line)]
    assert max(map(len, lines)) <= 78
    words = re.findall(rb"=\?[^?]*\?[^?]*\?[^? ]*\?=", raw.partition(b"\r\n\r\n")[0])
    assert max(map(len, words), default=0) <= 75
    # Two parts in each multipart: a delimiter before each and one that closes.
    delimiters = [line for line in lines if line.startswith(b"--=_")]
    assert len(delimiters) == 3 * sum(line.lower().startswith(b"content-type: multipart") for line in lines)
    assert len(set(delimiters)) == len(delimiters) * 2 // 3


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_mail_says_what_the_library_would_say(text: str) -> None:
    for sent in variants(text):
        assert_same(sent)


SNIPPETS = st.sampled_from([*TEXTS.values(), "\r\n", " ", "=", "=_", "?", "\\", "é", "🚨"])
ANY_TEXT = st.lists(SNIPPETS | st.text(max_size=40), max_size=6).map("".join)


@given(ANY_TEXT, ANY_TEXT, st.sampled_from(["id", "en"]), st.booleans())
def test_whatever_the_texts_say(one: str, other: str, language: str, is_list: bool) -> None:  # noqa: FBT001
    if is_list:
        assert_same(delivery(list_content(language, text=one, agreement_title=other)))
    else:
        assert_same(delivery(alert_with(one, language, headline=other, cost=other)))


@given(ANY_TEXT)
def test_a_header_of_text_reads_as_written(text: str) -> None:
    value = flatten(text)

    line = text_line("Subject", value)

    assert parsed(line + b"\r\n").items() == [("Subject", value)]
    assert max(map(len, line.split(b"\r\n"))) <= 78


@pytest.mark.parametrize("width", range(50, 80))
def test_a_header_is_broken_between_words(width: int) -> None:
    value = f"{'a' * (width - 20)} b {'c' * min(width, 64)} {'d' * 9} e {'f' * width}"

    line = text_line("Subject", value)

    assert parsed(line + b"\r\n")["Subject"] == value
    assert max(map(len, line.split(b"\r\n"))) <= 78


@pytest.mark.parametrize(
    "sender",
    [
        "tracker@example.org",
        "<tracker@example.org>",
        "Pelacak né <tracker@example.org>",
        '"Biro, Hukum" <tracker@example.org>',
        "=?utf-8?q?Pelacak_n=C3=A9?= <tracker@example.org>",
        f"{'Pelacak Tenggat ' * 12}<tracker@example.org>",
        "not an address",
    ],
)
def test_senders_and_odd_addresses(sender: str) -> None:
    for address in (
        "officer+x@example.org",
        '"a b"@example.org',
        "a..b@example.org",
        "x@[127.0.0.1]",
        "né@x.org",
    ):
        sent = delivery(address=address, message_id="<a..b c@d>", thread_id="thread")
        raw = message(sent, sender)
        assert fields(parsed(raw)) == fields(parsed(slow_message(sent, sender)))
        assert_wire(raw)


def test_a_long_name_in_other_letters() -> None:
    sender = f"{'合作协议' * 40} <tracker@example.org>"

    raw = message(delivery(), sender)

    assert_wire(raw)
    # The newer parser reads a blank between any two encoded words of a name.
    assert str(make_header(decode_header(message_from_bytes(raw)["From"]))) == sender
    assert parsed(raw)["From"].addresses[0].addr_spec == "tracker@example.org"


@pytest.mark.parametrize("line_break", ["=0D=0A", "=0A", "=0D"])
@pytest.mark.parametrize("around", ["{}", "{} <a@example.org>", "<{}@example.org>", "a@b.org {}", "a{}"])
def test_no_encoded_word_can_forge_a_header(line_break: str, around: str) -> None:
    evil = around.format(f"=?utf-8?q?a{line_break}Bcc:_thief=40example.org?=")
    sent = delivery(alert_with(evil), address=evil, message_id=evil, thread_id=evil)

    raw = message(sent, evil)

    assert_wire(raw)
    assert parsed(raw).keys() == parsed(message(delivery(), SENDER)).keys()


def test_boundaries_follow_the_message_id() -> None:
    mail = parsed(message(delivery(), SENDER))

    boundaries = [part.get_boundary() for part in mail.walk() if part.is_multipart()]

    assert boundaries == [f"=_{TOKEN}_0", f"=_{TOKEN}_1"]
    assert parsed(message(delivery(message_id="<b@x>"), SENDER)).get_boundary() != boundaries[0]


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_repeat_is_the_same_bytes(text: str) -> None:
    first = [message(sent, SENDER) for sent in variants(text)]

    assert [message(sent, SENDER) for sent in variants(text)] == first


def test_half_a_character_is_left_out() -> None:
    assert_same(delivery(alert_content().model_copy(update={"act": "a\ud800b", "notes": ("\ud800",)})))


@given(ANY_TEXT, st.sampled_from([PLANNED, OVERDUE, datetime(2025, 1, 23, 1, tzinfo=UTC)]))
def test_the_calendar_file_is_what_the_library_writes(text: str, now: datetime) -> None:
    content = alert_with(text)

    file = calendar(content, now)

    assert unfolded(file) == unfolded(slow_calendar(content, now))
    lines = file.split("\r\n")
    assert max(len(line.encode()) for line in lines) <= 75
    assert not [line for line in lines if (len(line) - len(line.rstrip("\\"))) % 2]
    assert Calendar.from_ical(file) == Calendar.from_ical(slow_calendar(content, now))
