"""What the operator reads when a channel does not work."""

from datetime import UTC, datetime

import pytest

from tests.support.content import delivery
from tracker.channels.email import render as mail
from tracker.channels.lists import fill_list
from tracker.channels.telegram import render as chat
from tracker.outbox.compose_operator import channel_trouble, invariant_broken
from tracker.outbox.content import ListContent
from tracker.outbox.delivery import Failure
from tracker.reminders.recipients import CHANNELS, EMAIL, FILE, TELEGRAM, WEBHOOK, Fallback, Route, Routing
from tracker.visit import ALERTS_AT_RISK

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
ANSWER = "mail server mail.example.org:587 refuses the login as tracker: 535 <no>"


def route(language: str) -> Route:
    return Route("fallback", "Operator", "en" if language == "en" else "id", TELEGRAM, "7")


def told(language: str, channel: str = EMAIL, kind: Failure = Failure.SETUP) -> ListContent:
    return channel_trouble(channel, kind, ANSWER, route(language), "Asia/Jakarta")


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


@pytest.mark.parametrize("invariant", ALERTS_AT_RISK)
def test_every_broken_invariant_has_words_of_its_own(invariant: str) -> None:
    found = {}
    for language in ("id", "en"):
        lines = [f"a/b/{number}: ..." for number in range(12)]
        content = invariant_broken(invariant, lines, [invariant], route(language), "Asia/Jakarta")
        found[language] = content
        mailed = " ".join(fill_list("email/templates/list.txt", content, NOW).split())
        assert content.headline in mailed
        assert "a/b/9: ..." in mailed
        assert "a/b/10: ..." not in mailed
        assert content.headline in chat.text(content, NOW)
        assert mail.subject(content, NOW) == content.headline
    assert found["id"].headline.startswith("Periksa layanan ini: ")
    assert found["id"].notes[-1] == "dan 2 lagi"
    assert found["en"].headline.startswith("Look after this service: ")
    assert not set(found["id"].lead) & set(found["en"].lead)


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
    assert [(each.channel, each.address) for each in routes] == expected
    assert all(each.detour is None for each in routes)


def test_never_over_any_of_several_channels_that_are_broken() -> None:
    routing = Routing(frozenset({EMAIL, TELEGRAM}), Fallback("Op", "op@example.org", 7))

    assert [each.channel for each in routing.operator_routes(EMAIL, TELEGRAM)] == [FILE]


@pytest.mark.parametrize(("language", "expected"), [("id", "Pengingat kepada orang"), ("en", "to people")])
def test_trouble_with_a_webhook_worries_nobody_about_reminders(language: str, expected: str) -> None:
    said = told(language, WEBHOOK, Failure.MESSAGE)
    assert "ebhook" in said.headline
    assert expected in " ".join(said.lead)
    assert ANSWER in " ".join(said.lead)
