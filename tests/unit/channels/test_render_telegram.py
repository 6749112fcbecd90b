from datetime import UTC, datetime
from typing import Any

import pytest

from tests.support.botapi import LIMIT, message_fault
from tests.support.content import NASTY, PLANNED, TEXT_FIELDS, alert_content, nasty_content
from tracker.channels.telegram.render import text, visible_length
from tracker.outbox.content import AlertContent


def taken(message: str) -> str:
    """Check the message as the server does."""
    assert message_fault(message) is None
    return message


def test_the_message_in_indonesian() -> None:
    message = taken(text(alert_content(), PLANNED))

    assert message.startswith("<b>TENGGAT: Jumat, 24 Januari 2025 (14 hari lagi)</b>\n")
    assert "<b>Kepada:</b> PIHAK KEDUA" in message
    assert "dipersingkat" not in message
    assert "\n\n\n" not in message


def test_the_message_in_english() -> None:
    message = taken(text(alert_content("en"), PLANNED))

    assert message.startswith("<b>DEADLINE: Friday, 24 January 2025 (14 days left)</b>\n")
    assert "<b>Towards:</b> second party" in message


@pytest.mark.parametrize(("language", "word"), [("id", "<b>TERLAMBAT: "), ("en", "<b>OVERDUE: ")])
def test_an_overdue_message_begins_differently(language: str, word: str) -> None:
    message = taken(text(alert_content(language), datetime(2025, 1, 27, 1, tzinfo=UTC)))

    assert message.startswith(word)
    assert "30 Jan" in message


@pytest.mark.parametrize("language", ["id", "en"])
def test_html_in_any_text_is_escaped(language: str) -> None:
    message = taken(text(nasty_content(language), PLANNED))

    assert NASTY not in message
    for name in (*TEXT_FIELDS, "agreement_numbers", "why", "notes"):
        assert f"{name} &lt;b&gt;&amp;&#34;" in message


WORDS = "kewajiban " * 400
LONG: list[tuple[str, dict[str, Any]]] = [
    ("one long text", {"act": WORDS}),
    ("several", dict.fromkeys(("act", "cost", "towards", "headline"), WORDS)),
    ("everything", dict.fromkeys(TEXT_FIELDS, WORDS)),
    ("no spaces", {"act": "x" * 9000}),
    ("entities", {"act": '<&">' * 2000, "cost": '<&"> ' * 2000}),
    ("outside the BMP", {"act": "\N{MATHEMATICAL BOLD CAPITAL A} " * 3000}),
    ("many reasons", {"why": ("alasan",) * 3000}),
    ("many long reasons", {"why": (WORDS,) * 50, "notes": (WORDS,) * 50, "agreement_numbers": (WORDS,) * 50}),
    (
        "the worst",
        dict.fromkeys(TEXT_FIELDS, "\N{MATHEMATICAL BOLD CAPITAL A}" * 9000)
        | dict.fromkeys(
            ("why", "notes", "agreement_numbers"), ("\N{MATHEMATICAL BOLD CAPITAL A}" * 9000,) * 50
        ),
    ),
]


@pytest.mark.parametrize("changes", [changes for _, changes in LONG], ids=[name for name, _ in LONG])
@pytest.mark.parametrize("language", ["id", "en"])
def test_a_long_message_is_shortened_and_says_so(language: str, changes: dict[str, Any]) -> None:
    message = taken(text(alert_content(language, **changes), datetime(2025, 1, 27, 1, tzinfo=UTC)))

    assert visible_length(message) <= LIMIT
    assert ("dipersingkat" if language == "id" else "shortened") in message
    assert "24 Jan" in message


def test_only_the_longest_part_is_cut_and_the_room_is_used() -> None:
    content = alert_content(act=WORDS)

    message = taken(text(content, PLANNED))

    assert visible_length(message) > LIMIT - 30
    assert content.why[0] in message
    assert "kewajiban...\n" in message


def test_a_message_of_just_the_right_length_is_left_alone() -> None:
    room = LIMIT - visible_length(text(alert_content(act="x"), PLANNED))
    whole: AlertContent = alert_content(act="x" * (room + 1))

    assert visible_length(text(whole, PLANNED)) == LIMIT
    assert "dipersingkat" not in text(whole, PLANNED)
    assert "dipersingkat" in text(alert_content(act="x" * (room + 2)), PLANNED)
