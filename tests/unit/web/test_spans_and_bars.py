"""Parts of a year, bars of a chart, and what servers mean."""

from datetime import date

import pytest

from tracker.web.site.bars import WIDTH, bar
from tracker.web.site.failures import why_text
from tracker.web.site.spans import PARTS, part_name, read_span

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("year", "part", "first", "last", "said"),
    [
        ("2026", "", (2026, 1, 1), (2026, 12, 31), "tahun 2026"),
        ("2028", "q1", (2028, 1, 1), (2028, 3, 31), "triwulan 1 tahun 2028"),
        ("2025", "s1", (2025, 1, 1), (2025, 6, 30), "semester 1 tahun 2025"),
        ("2025", "q4", (2025, 10, 1), (2025, 12, 31), "triwulan 4 tahun 2025"),
        ("2025", "x9", (2025, 1, 1), (2025, 12, 31), "tahun 2025"),
        ("", "q1", (2026, 7, 1), (2026, 12, 31), "semester 2 tahun 2026"),
        ("1999", "s1", (2026, 7, 1), (2026, 12, 31), "semester 2 tahun 2026"),
    ],
)
def test_a_part_of_a_year(
    year: str, part: str, first: tuple[int, int, int], last: tuple[int, int, int], said: str
) -> None:
    found = read_span(year, part, TODAY)
    assert (found.first, found.last, found.text("id")) == (date(*first), date(*last), said)


def test_the_parts_of_a_year_have_names_of_their_own() -> None:
    for language in ("id", "en"):
        assert len({part_name(part, language) for part in PARTS}) == len(PARTS)


def test_a_bar_shows_what_is_little_and_stays_within_its_width() -> None:
    assert bar([("good", 0), ("bad", 0)], 5) == []
    found = bar([("good", 9_999), ("late", 0), ("bad", 1)], 10_000)
    assert [part.look for part in found] == ["good", "bad"]
    assert found[1].width >= 6
    assert found[0].x == 0
    assert found[1].x == found[0].width
    assert found[1].x + found[1].width <= WIDTH


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("550 5.1.1 <a@b>: Recipient address rejected: User unknown", "alamat itu tidak dikenal"),
        ("552 5.2.2 Over quota", "penuh"),
        ("451 4.7.1 Greylisted, try again later", "nanti"),
        ("535 5.7.8 Error: authentication failed", "kata sandi"),
        ("550 5.7.1 Message rejected as spam", "spam"),
        ("Telegram refuses this chat or message: Forbidden: bot was blocked by the user", "memblokir"),
        ("cannot connect to mail.example.org:587: Connection refused", "tidak dapat dihubungi"),
        ("no answer within 30 seconds (timed out)", "tidak menjawab"),
        ("450 something", "belum mau"),
        ("599 something", "menolaknya"),
        ("lorem ipsum", ""),
    ],
)
def test_what_a_server_means(answer: str, said: str) -> None:
    found = why_text(answer, "id")
    assert said in found
    assert bool(found) is bool(said)
    assert bool(why_text(answer, "en")) is bool(said)
