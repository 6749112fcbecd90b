"""The derivation an officer checks by hand."""

from collections.abc import Mapping
from datetime import date

import pytest

from tests.support.agreements import calendar
from tracker.events.model import Event
from tracker.obligations.derive import derive
from tracker.obligations.explain import steps
from tracker.obligations.wording import settled_text
from tracker.terms.model import Agreement
from tracker.terms.pins import AXIS_CHOICES, Axis


def explained(
    due: str,
    language: str,
    *events: Event,
    signed: object = "2023-02-28",
    rule: Mapping[str, object] | None = None,
) -> list[str]:
    agreement = Agreement.model_validate(
        {
            "id": "contoh",
            "title": "Contoh",
            "signed": signed,
            "parties": {"kesatu": {"name": "A"}, "kedua": {"name": "B"}},
            "term": {"length": "2 years", "from": "signed", "clause": {"number": 8, "ayat": 1}},
            "rules": [
                {
                    "id": "r",
                    "clause": {"number": 8, "ayat": 2},
                    "duty": {"by": "either", "to": "other"},
                    "due": due,
                    "question": {"id": "Kapan?", "en": "When?"},
                    **(rule or {}),
                }
            ],
        }
    )
    found = derive(agreement, calendar(), events).obligations[0]
    return steps(agreement, found, calendar(), language)


def test_the_renewal_notice_of_the_fourth_agreement_in_english() -> None:
    said = explained("30 calendar days before term end", "en")
    assert said[:2] == [
        "Basis: Pasal 8 ayat (2): 30 calendar days before the end of the term.",
        "Term (Pasal 8 ayat (1)): 2 years from Tuesday, 28 February 2023.",
    ]
    text = "\n".join(said)
    assert "Likely last day: Tuesday, 28 January 2025" in text
    assert "Safe last day, the earliest strong reading: Monday, 27 January 2025" in text
    assert "Monday, 27 January 2025 (" in text
    assert "act by Friday, 24 January 2025" in text
    assert "After Thursday, 30 January 2025 it is late on every reading." in text


def test_skipped_rest_days_are_named() -> None:
    event = Event("contoh", "force-majeure-occurred", date(2023, 4, 17))
    said = explained("14 working days after force-majeure-occurred", "id", event)
    assert any(
        "Hari yang dilewati: 6 hari akhir pekan dan 8 hari libur" in step and "19 April 2023" in step
        for step in said
    ), said


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (
            "id",
            (
                "Diputuskan Biro Hukum pada 1 Nov 2026: hari bersih: seluruh masa harus berada di antara "
                "pemberitahuan dan hari terakhir. Alasan: disepakati"
            ),
        ),
        (
            "en",
            (
                "Decided by Biro Hukum on 1 Nov 2026: clear days: the whole period must lie between the "
                "notice and the last day. Reason: disepakati"
            ),
        ),
    ],
)
def test_a_pin_is_said_in_plain_words(language: str, expected: str) -> None:
    pin = {
        "axis": "notice",
        "choice": "clear-days",
        "by": "Biro Hukum",
        "on": "2026-11-01",
        "why": "disepakati",
    }
    assert expected in explained("30 calendar days before term end", language, rule={"pins": [pin]})


@pytest.mark.parametrize(
    ("axis", "choice"), [(axis, choice) for axis, choices in AXIS_CHOICES.items() for choice in choices]
)
def test_every_choice_that_can_be_pinned_has_words(axis: Axis, choice: str) -> None:
    said = {settled_text(axis, choice, language) for language in ("id", "en")}
    assert len(said) == 2
    assert not any(text in (f"{axis}", choice) for text in said)


@pytest.mark.parametrize(
    ("due", "expected"),
    [
        ("undated", "Naskah tidak memberi tanggal. Yang perlu ditanyakan: Kapan?"),
        ("standing", "Kewajiban ini berlaku setiap saat."),
    ],
)
def test_a_duty_without_a_date_says_why(due: str, expected: str) -> None:
    said = explained(due, "id")
    assert said[-1] == expected or "Kapan?" in said[-1]


def test_the_settled_signing_day_is_said_only_where_it_matters() -> None:
    signed = {
        "date": "2025-04-29",
        "readings": [{"date": "2025-04-09", "why": "angka"}],
        "pin": {"by": "penyusun", "on": "2026-11-21", "why": "kata dan hari cocok"},
    }
    assert any(
        "kata dan hari cocok" in step for step in explained("5 days before term end", "id", signed=signed)
    )
    event = Event("contoh", "force-majeure-occurred", date(2026, 4, 17))
    said = explained("7 calendar days since force-majeure-occurred", "id", event, signed=signed)
    assert not any("kata dan hari cocok" in step for step in said)


@pytest.mark.parametrize(("language", "begins"), [("id", "Dasar: 30"), ("en", "Basis: 30")])
def test_a_rule_without_a_clause_rests_on_its_period_alone(language: str, begins: str) -> None:
    first = explained("30 days before term end", language, rule={"clause": None})[0]
    assert first.startswith(begins)
