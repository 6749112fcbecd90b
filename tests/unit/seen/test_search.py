"""What people write, and the agreement they mean."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.agreements import repository_terms
from tracker.seen.search import best, entry, question

BABEL, KUKAR = "babel-bpjstk-2025", "kukar-bpjstk-2023"
SUMBA, KEMENKO = "sumba-timur-kpu-bpjstk-2024", "kemenko-pmk-kemnaker-2023"
ENTRIES = [entry(file.agreement) for file in repository_terms().values()]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("kapan perpanjangan Babel?", [BABEL]),
        ("babbel", [BABEL]),
        ("bangka blitung", [BABEL]),
        ("003/PKS/DEP.1/KEMENKO/PMK/02/2023", [KEMENKO]),
        ("pks nomor 003/PKS/DEP.1/KEMENKO/PMK/02/2023 kapan berakhir", [KEMENKO]),
        ("Sumba Timur", [SUMBA]),
        ("kapan laporan kpu", [SUMBA]),
        ("Kukar kapan bayar iuran", [KUKAR]),
        ("when is the renewal of kukar due", [KUKAR]),
        ("bpjs", [BABEL, KUKAR, SUMBA]),
        ("halo", []),
        ("apa kabar", []),
        ("", []),
        ("kapan perpanjangan?", []),
        ("kpi", []),
        ("协议", []),
    ],
)
def test_finding(text: str, expected: list[str]) -> None:
    assert sorted(best(question(text), ENTRIES)) == sorted(expected)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("kapan perpanjangan Babel?", "renewal-notice"),
        ("Babel mau diakhiri kapan pengakhirannya", "termination-notice"),
        ("kahar kukar", "force-majeure-notice"),
        ("laporan kpu", "monitoring-report"),
        ("bayar iuran", "contribution-payment"),
        ("adendum", "addendum-deadline"),
    ],
)
def test_the_kind_of_duty_that_is_meant(text: str, rule: str) -> None:
    assert question(text).means(rule)
    assert not question("Babel").means(rule)


@given(st.text())
def test_any_text_is_a_question(text: str) -> None:
    found = best(question(text), ENTRIES)
    assert len(found) == len(set(found))
