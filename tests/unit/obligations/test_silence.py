"""What silence at the end of a term leads to, in plain words: in the derivation and in an alert."""

from datetime import UTC, date, datetime
from typing import Any, Literal

import pytest

from tests.support.agreements import agreement, calendar, repository_terms, rule
from tracker.obligations.derive import derive
from tracker.obligations.explain import steps
from tracker.obligations.model import Obligation
from tracker.obligations.silence import silence_text
from tracker.outbox.compose import compose
from tracker.reminders.ladder import Point
from tracker.reminders.recipients import Route
from tracker.terms.model import Agreement

CLAUSE = {"number": "6", "ayat": 2}
NOTICE = rule("30 calendar days before term end", "notice", clause=CLAUSE)
OTHER = rule("before term end", "addendum-deadline")
ENDS = (
    "Bila semua pihak diam, perjanjian berakhir dengan sendirinya pada akhir jangka waktu (lazimnya {}).",
)
RENEWED_FROM_2026 = (
    "Bila semua pihak diam, perjanjian diperpanjang dengan sendirinya selama 1 tahun "
    "(lazimnya mulai Rabu, 29 April 2026)."
)
STOPS = "Pemberitahuan inilah yang menghentikan perpanjangan itu."


def terms(renewal: dict[str, str] | None, *rules: dict[str, Any], **more: Any) -> Agreement:
    """Give an agreement of one year from 29 April 2025."""
    term = {"length": "1 year", "from": "signed", **({"renewal": renewal} if renewal else {})}
    return agreement(*(rules or (NOTICE, OTHER)), term=term, **more)


def found(terms: Agreement, rule_id: str, occurrence: str = "term-1") -> Obligation:
    given = derive(terms, calendar(), (), date(2026, 12, 31)).obligations
    (one,) = [each for each in given if (each.rule.id, each.occurrence) == (rule_id, occurrence)]
    return one


@pytest.mark.parametrize(
    ("renewal", "rule_id", "occurrence", "said"),
    [
        (None, "notice", "term-1", ()),
        ({"silence": "ends"}, "notice", "term-1", (ENDS[0].format("Selasa, 28 April 2026"),)),
        ({"silence": "renews"}, "notice", "term-1", (RENEWED_FROM_2026,)),
        ({"silence": "renews", "stopped_by": "notice"}, "notice", "term-1", (RENEWED_FROM_2026, STOPS)),
        (
            {"silence": "renews", "stopped_by": "notice"},
            "addendum-deadline",
            "term-1",
            (
                RENEWED_FROM_2026,
                "Yang menghentikan perpanjangan itu adalah pemberitahuan menurut Pasal 6 ayat (2).",
            ),
        ),
        (
            {"silence": "renews", "length": "6 months", "stopped_by": "notice"},
            "notice",
            "term-2",
            (
                "Jangka waktu ke-2 berjalan dengan sendirinya bila semua pihak diam.",
                (
                    "Bila semua pihak diam, perjanjian diperpanjang dengan sendirinya selama 6 bulan "
                    "(lazimnya mulai Kamis, 29 Oktober 2026)."
                ),
                STOPS,
            ),
        ),
    ],
)
def test_silence_in_words(
    renewal: dict[str, str] | None, rule_id: str, occurrence: str, said: tuple[str, ...]
) -> None:
    one = terms(renewal)
    assert tuple(silence_text(one, found(one, rule_id, occurrence), "id")) == said


def test_silence_in_english() -> None:
    one = terms({"silence": "renews", "stopped_by": "notice"})
    assert silence_text(one, found(one, "notice", "term-2"), "en") == [
        "Term 2 follows by itself if nobody says anything.",
        (
            "If nobody says anything, the agreement is renewed by itself for 1 year "
            "(likely from Thursday, 29 April 2027)."
        ),
        "This very notice stops that renewal.",
    ]


@pytest.mark.parametrize(
    "due", ["30 calendar days after term end", "every year", "standing", "on 2026-04-01"]
)
def test_nothing_is_said_of_what_is_not_before_the_end(due: str) -> None:
    one = terms({"silence": "ends"}, rule(due))
    for each in derive(one, calendar()).obligations:
        assert silence_text(one, each, "id") == []


def test_nothing_is_said_once_the_term_was_renewed_by_addendum() -> None:
    renewed = {
        "signed": "2026-03-02",
        "in_force_from": "2026-03-02",
        "term": {"length": "1 year", "from": "2026-04-29"},
    }
    one = terms({"silence": "ends"}, addenda=[renewed])
    assert silence_text(one, found(one, "notice"), "id") == []
    assert silence_text(one, found(one, "notice", "term-2"), "id") == [ENDS[0].format("Rabu, 28 April 2027")]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("id", ENDS[0].format("Minggu, 28 April 2030")),
        (
            "en",
            (
                "If nobody says anything, the agreement ends by itself at the end of the term "
                "(likely Sunday, 28 April 2030)."
            ),
        ),
    ],
)
def test_the_first_agreement_lapses_in_silence(language: Literal["id", "en"], said: str) -> None:
    first = repository_terms()["babel-bpjstk-2025"].agreement
    notice = found(first, "renewal-notice")
    assert notice.deadline is not None
    assert said in steps(first, notice, calendar(), language)

    point = Point("T-30", datetime(2030, 2, 25, 1, tzinfo=UTC))
    route = Route("kedua:kepala", "Kepala Bidang", language, "file", "kedua")
    alert = compose(first, notice, notice.deadline, calendar(), point, (), route, point.planned_for.date())
    assert alert.notes[-1] == said
