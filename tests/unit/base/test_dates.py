"""Dates in words."""

from datetime import date

import pytest

from tracker.base.dates import span_text


@pytest.mark.parametrize(
    ("first", "last", "indonesian", "english"),
    [
        ("2026-03-18", "2026-03-24", "18-24 Maret 2026", "18-24 March 2026"),
        ("2025-03-28", "2025-04-07", "28 Maret-7 April 2025", "28 March-7 April 2025"),
        ("2026-12-31", "2027-01-03", "31 Desember 2026-3 Januari 2027", "31 December 2026-3 January 2027"),
        ("2026-08-17", "2026-08-17", "17 Agustus 2026", "17 August 2026"),
    ],
)
def test_a_span_of_days(first: str, last: str, indonesian: str, english: str) -> None:
    days = date.fromisoformat(first), date.fromisoformat(last)
    assert [span_text(*days, "id"), span_text(*days, "en")] == [indonesian, english]
