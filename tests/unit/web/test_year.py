from datetime import date

import pytest

from tests.support.agreements import agreement, calendar, rule
from tracker.obligations.succession import succession
from tracker.web.site.year import Drawing, Mark, Year, draw

LABELS = {"term": "Jangka waktu", "facts": "Peristiwa"}
SEMESTERS = agreement(rule("every semester", id="report"), term={"length": "2 years", "from": "2026-03-01"})


def mark(day: str, occurrence: str, latest: str = "") -> Mark:
    due = date.fromisoformat(day)
    last = date.fromisoformat(latest or day)
    return Mark(SEMESTERS.rules[0], "Laporan", occurrence, due, due, last, "open")


def drawn(number: int, *marks: Mark, facts: tuple[tuple[date, str], ...] = ()) -> Drawing:
    terms = succession(SEMESTERS, [], None)
    return draw(Year(number), calendar(), terms, marks, facts, date(2026, 11, 23), LABELS, "id")


def test_days_lie_in_order_and_at_the_edge_where_they_are_outside() -> None:
    year = Year(2028)
    days = [date(2027, 5, 1), date(2028, 1, 1), date(2028, 2, 29), date(2028, 12, 31), date(2029, 6, 1)]
    places = [year.x(day) for day in days]
    assert places == sorted(places)
    assert places[0] == places[1] == 10
    assert places[-1] == 750
    assert year.bar(date(2027, 1, 1), date(2027, 12, 31), "x") is None


def test_a_year_has_its_term_periods_deadlines_and_facts() -> None:
    marks = mark("2026-06-30", "2026-S1", "2026-07-10"), mark("2026-12-31", "2026-S2")
    found = drawn(2026, *marks, facts=((date(2026, 5, 4), "Kahar"), (date(2025, 5, 4), "Lain")))
    term, facts, report = found.lanes
    year = Year(2026)
    assert [(bar.x, bar.x + bar.width) for bar in term.bars] == [(year.x(date(2026, 3, 1)), 750)]
    assert [dot.said for dot in facts.dots] == ["Kahar"]
    assert [bar.look for bar in report.bars] == ["period", "period", "readings"]
    assert report.bars[0].x == year.x(date(2026, 3, 1))
    assert [dot.x for dot in report.dots] == [year.middle(one.act_by) for one in marks]
    assert found.today == year.middle(date(2026, 11, 23))
    assert [month.name for month in found.months][:2] == ["Jan", "Feb"]
    assert {bar.look for bar in found.rest} == {"long", "off"}
    assert all(one.y < other.y for one, other in zip(found.lanes, found.lanes[1:], strict=False))


@pytest.mark.parametrize("number", [1945, 2025, 2200])
def test_a_year_outside_the_term_is_empty(number: int) -> None:
    found = drawn(number)
    assert [lane.bars for lane in found.lanes] == [[]]
    assert found.today is None
