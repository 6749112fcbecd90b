"""What an alert says: the moment where there is one, and the window of a wish to end early."""

from datetime import UTC, date, datetime, time
from typing import Literal

import pytest

from tests.support.agreements import agreement, calendar, event, obligations, rule
from tracker.events.model import Event
from tracker.outbox.compose import compose
from tracker.outbox.content import AlertContent
from tracker.reminders.ladder import Point
from tracker.reminders.recipients import Route
from tracker.terms.model import Agreement

ACCIDENT = "work-accident-occurred"
WISH = event("termination-intended", "2026-03-02", desired_end="2026-05-29")


def composed(terms: Agreement, fact: Event, today: str, language: Literal["id", "en"] = "id") -> AlertContent:
    (one,) = obligations(terms, fact)
    assert one.deadline is not None
    route = Route("kesatu:officer", "Kepala Bidang Satu", language, "file", "kesatu")
    point = Point("at-once", datetime(2026, 3, 2, 1, tzinfo=UTC))
    return compose(terms, one, one.deadline, calendar(), point, (), route, date.fromisoformat(today))


@pytest.mark.parametrize(
    ("language", "note", "why"),
    [
        (
            "id",
            "2 Mar 2026 pukul 14.30.",
            "Harus sudah dilakukan paling lambat Rabu, 4 Maret 2026 pukul 14.30 waktu setempat.",
        ),
        ("en", "2 Mar 2026 at 14:30.", "It must be done by Wednesday, 4 March 2026 at 14:30, local time."),
    ],
)
def test_hours_from_a_known_moment(language: Literal["id", "en"], note: str, why: str) -> None:
    happened = event(ACCIDENT, "2026-03-02", at="14:30")
    found = composed(agreement(f"48 hours since {ACCIDENT}"), happened, "2026-03-02", language)
    assert found.by_time == time(14, 30)
    assert found.notes[0].endswith(note)
    assert found.why == (why,)


def test_without_a_time_there_is_no_moment() -> None:
    terms = agreement(f"48 hours since {ACCIDENT}")
    assert composed(terms, event(ACCIDENT, "2026-03-02"), "2026-03-02").by_time is None


@pytest.mark.parametrize(
    ("today", "notes"),
    [
        (
            "2026-03-02",
            ["Jendela masih terbuka: pemberitahuan untuk berakhir 29 Mei 2026 paling lambat 28 April 2026."],
        ),
        (
            "2026-05-04",
            [
                (
                    "Jendela sudah tertutup: pemberitahuan untuk berakhir 29 Mei 2026 seharusnya paling "
                    "lambat 28 April 2026."
                ),
                "Bila surat disampaikan pada 4 Mei 2026, perjanjian paling cepat berakhir pada 5 Juni 2026.",
            ],
        ),
    ],
)
def test_the_window_is_a_note_as_it_stands_that_day(today: str, notes: list[str]) -> None:
    found = composed(agreement("1 month before desired end"), WISH, today)
    assert list(found.notes[1:]) == notes


def test_consent_is_said_where_the_agreement_asks_for_it() -> None:
    terms = agreement(
        rule("1 month before desired end"),
        rule("undated", "termination-consent", trigger="termination-intended"),
    )
    assert "persetujuan pihak lain juga diperlukan" in composed(terms, WISH, "2026-03-02").notes[2]
