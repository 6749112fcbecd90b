"""What the operator reads when a channel does not work."""

from datetime import UTC, datetime

import pytest

from tests.support.content import delivery
from tracker.channels.email import render as mail
from tracker.channels.lists import fill_list
from tracker.channels.telegram import render as chat
from tracker.outbox.compose_operator import channel_trouble
from tracker.outbox.content import ListContent
from tracker.outbox.delivery import Failure
from tracker.reminders.recipients import CHANNELS, EMAIL, FILE, TELEGRAM, Fallback, Route, Routing

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
ANSWER = "mail server mail.example.org:587 refuses the login as tracker: 535 <no>"


def told(language: str, channel: str = EMAIL, kind: Failure = Failure.SETUP) -> ListContent:
    route = Route("fallback", "Operator", "en" if language == "en" else "id", TELEGRAM, "7")
    return channel_trouble(channel, kind, ANSWER, route, "Asia/Jakarta")


@pytest.mark.parametrize(
    ("language", "headline", "rest"),
    [
        (
            "id",
            "Pengiriman lewat e-mail bermasalah: pengaturannya ditolak",
            "Tidak ada pengingat yang hilang",
        ),
        ("en", "Trouble with reminders by e-mail: its settings are refused", "No reminder is lost"),
    ],
)
def test_in_words(language: str, headline: str, rest: str) -> None:
    content = told(language)

    text = " ".join(fill_list("email/templates/list.txt", content, NOW).split())
    assert text.startswith(headline)
    assert ANSWER in text
    assert rest in text
    assert "Perjanjian:" not in text
    assert "Agreement:" not in text
    assert mail.subject(content, NOW) == headline
    assert "535 &lt;no&gt;" in chat.text(content, NOW)
    assert b"Subject: " in mail.message(delivery(content), "tracker@example.org")


@pytest.mark.parametrize(
    ("language", "expected"),
    [("id", "kontak cadangan menerima gantinya"), ("en", "fallback contact gets it")],
)
def test_a_message_that_was_given_up_is_not_said_to_wait(language: str, expected: str) -> None:
    lead = " ".join(told(language, kind=Failure.MESSAGE).lead)

    assert expected in lead
    assert not any(promise in lead for promise in ("menunggu", "wait"))


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("kind", sorted(set(Failure) - {Failure.BUSY, Failure.ADDRESS, Failure.MOVED}))
def test_every_trouble_has_words_of_its_own(channel: str, kind: Failure) -> None:
    for language in ("id", "en"):
        assert told(language, channel, kind).headline.split(": ")[1] != kind.value


@pytest.mark.parametrize(
    ("channels", "fallback", "broken", "expected"),
    [
        ({EMAIL, TELEGRAM}, Fallback("Op", "op@example.org", 7), EMAIL, [(TELEGRAM, "7")]),
        ({EMAIL, TELEGRAM}, Fallback("Op", "op@example.org", 7), TELEGRAM, [(EMAIL, "op@example.org")]),
        ({EMAIL}, Fallback("Op", "op@example.org"), EMAIL, [(FILE, "Op")]),
        ({EMAIL}, Fallback("Op"), EMAIL, [(FILE, "Op")]),
        ({FILE}, Fallback("Op"), FILE, []),
    ],
)
def test_never_over_the_channel_that_is_broken(
    channels: set[str], fallback: Fallback, broken: str, expected: list[tuple[str, str]]
) -> None:
    routes = Routing(frozenset(channels), fallback).operator_routes(broken)
    assert [(route.channel, route.address) for route in routes] == expected
    assert all(route.detour is None for route in routes)
