"""Links in mails: three to answer an alert, one for each duty of a list, one to refuse a digest."""

import re
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest

from tests.support.content import PLANNED, alert_content, delivery, list_content
from tests.support.slow_mail import slow_message
from tests.unit.channels.test_mail_bytes import SENDER, assert_wire, fields
from tracker.base.signing import Claim, Purpose, Tokens
from tracker.channels.email.render import message
from tracker.channels.links import Links
from tracker.outbox.content import ListContent
from tracker.outbox.delivery import Delivery
from tracker.outbox.keys import DIGESTS, SUMMARY

TOKENS = Tokens("k" * 40)
URL = "https://tenggat.example.org/lacak"
LINKS = Links(f"{URL}/", TOKENS)
DUTY = "kemenko-pmk-kemnaker-2023/renewal-notice/2025-02-27"
LINK = re.compile(r"https://tenggat\.example\.org/lacak/([au])/([\w.-]+)")


def mail_of(sent: Delivery, links: Links | None = LINKS) -> EmailMessage:
    return message_from_bytes(message(sent, SENDER, links), policy=default)


def texts(mail: EmailMessage) -> tuple[str, str]:
    found = []
    for kind in ("plain", "html"):
        part = mail.get_body((kind,))
        assert part is not None
        found.append(str(part.get_content()))
    plain, html = found
    return plain, html


def claims(text: str) -> list[Claim]:
    found = [TOKENS.read(token, list(Purpose), PLANNED) for _, token in LINK.findall(text)]
    return [claim for claim in found if isinstance(claim, Claim)]


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (0, [Purpose.DONE, Purpose.ACKNOWLEDGE, Purpose.SNOOZE]),
        (13, [Purpose.DONE, Purpose.ACKNOWLEDGE, Purpose.SNOOZE]),
        (14, [Purpose.DONE, Purpose.ACKNOWLEDGE]),  # due today: no day is left to be reminded on
        (20, [Purpose.DONE, Purpose.ACKNOWLEDGE]),
    ],
)
def test_an_alert_can_be_answered(language: str, days: int, expected: list[Purpose]) -> None:
    sent = delivery(alert_content(language), now=PLANNED + timedelta(days=days))
    for text in texts(mail_of(sent)):
        found = claims(text)
        assert [claim.purpose for claim in found] == expected
        assert {(claim.about, claim.who) for claim in found} == {(DUTY, "kesatu:p3ke")}


def test_the_links_have_the_words_of_the_reader() -> None:
    for language, words in (
        ("id", ("Sudah dikerjakan", "Saya sudah tahu", "Ingatkan lagi nanti")),
        ("en", ("Already done", "I know about it", "Remind me later")),
    ):
        for text in texts(mail_of(delivery(alert_content(language)))):
            assert [word for word in words if word in text] == list(words)


@pytest.mark.parametrize("links", [None, LINKS])
def test_without_a_contact_or_a_setting_there_are_none(links: Links | None) -> None:
    sent = replace(delivery(), contact="kesatu:p3ke" if links is None else "")
    for text in texts(mail_of(sent, links)):
        assert "http" not in text
        assert "Sampaikan buktinya" in text


def test_each_duty_of_a_list_has_one() -> None:
    content = list_content()
    dated = [item.obligation for item in content.items if item.act_by]
    assert len(dated) == 2
    for text in texts(mail_of(delivery(content))):
        assert [(claim.purpose, claim.about) for claim in claims(text)] == [
            (Purpose.DONE, key) for key in dated
        ]


def test_a_duty_that_an_event_asks_for_without_a_date_has_one() -> None:
    content = list_content(count=1, point="at-once")
    for text in texts(mail_of(delivery(content))):
        assert [claim.about for claim in claims(text)] == [content.items[0].obligation]


def digest(**changes: str) -> Delivery:
    content: ListContent = list_content(point=SUMMARY)
    return delivery(content, **{"contact": "kesatu:kepala", "address": "kepala@example.org", **changes})


def test_a_digest_can_be_refused_with_one_click() -> None:
    mail = mail_of(digest())
    found = re.fullmatch(r"<(\S+)>", mail["List-Unsubscribe"])
    assert found is not None
    (claim,) = claims(found[1])
    assert (claim.purpose, claim.about, claim.who) == (
        Purpose.UNSUBSCRIBE,
        SUMMARY,
        "email:kepala@example.org",
    )
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_one_click_is_for_https_only() -> None:
    mail = mail_of(digest(), Links("http://10.0.0.5:8080", TOKENS))
    assert mail["List-Unsubscribe"].startswith("<http://10.0.0.5:8080/u/")
    assert mail["List-Unsubscribe-Post"] is None


@pytest.mark.parametrize(
    "sent",
    [
        delivery(),
        delivery(list_content()),
        digest(contact="fallback"),
        digest(contact="fallback:kesatu:kepala"),
        digest(contact=""),
    ],
    ids=["alert", "hand-over", "heartbeat", "detour", "nobody"],
)
def test_nothing_else_can_be_refused(sent: Delivery) -> None:
    mail = mail_of(sent)
    assert (mail["List-Unsubscribe"], mail["List-Unsubscribe-Post"]) == (None, None)


def test_the_summary_is_a_digest() -> None:
    assert SUMMARY in DIGESTS


@pytest.mark.parametrize("language", ["id", "en"])
def test_a_mail_with_links_says_what_the_library_would_say(language: str) -> None:
    for content in (alert_content(language), list_content(language), alert_content(language, act="é" * 400)):
        sent = delivery(content)
        raw = message(sent, SENDER, LINKS)
        assert fields(message_from_bytes(raw, policy=default)) == fields(
            message_from_bytes(slow_message(sent, SENDER, LINKS), policy=default)
        )
        assert_wire(raw)
