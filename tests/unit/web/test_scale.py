from datetime import date, timedelta
from itertools import pairwise

import pytest

from tests.support.agreements import agreement, only_deadline
from tracker.obligations.deadline import Deadline
from tracker.web.site.scale import WIDTH, scale
from tracker.web.site.words import slack_text

FIRST = date(2026, 12, 1)


def dates(*days: int) -> Deadline:
    strictest, act_by, safe, likely, latest = (FIRST + timedelta(days=day) for day in days)
    return Deadline(likely, safe, act_by, strictest, latest, ())


@pytest.mark.parametrize(
    ("days", "today", "named"),
    [
        ((3, 0, 3, 4, 6), -60, [["bertindak"], ["terketat", "aman"], ["lazim"], ["paling akhir"]]),
        ((0, 0, 0, 0, 0), -60, [["terketat", "bertindak", "aman", "lazim", "paling akhir"]]),
        ((0, 0, 0, 1, 1), -3, [["hari ini"], ["terketat", "bertindak", "aman"], ["lazim", "paling akhir"]]),
        ((0, 0, 0, 1, 1), 0, [["terketat", "bertindak", "aman", "hari ini"], ["lazim", "paling akhir"]]),
        (
            (0, 1, 2, 3, 300),
            400,
            [["terketat"], ["bertindak"], ["aman"], ["lazim"], ["paling akhir"], ["hari ini"]],
        ),
    ],
)
def test_each_day_stands_once_under_all_its_names(
    days: tuple[int, ...], today: int, named: list[list[str]]
) -> None:
    deadline = dates(*days)
    found = scale(deadline, deadline.act_by, FIRST + timedelta(days=today), "id")
    assert [list(point.names) for point in found.points] == named
    places = [point.x for point in found.points]
    assert places == sorted(places)
    assert all(20 < place < WIDTH - 20 for place in places)
    assert all(after - before >= 75 for before, after in pairwise(places))
    assert sum(point.look == "main" for point in found.points) == 1


def test_a_day_that_somebody_has_set_is_drawn_as_the_one_to_act_by() -> None:
    deadline = only_deadline(agreement("30 days before term end"))
    chosen = deadline.strictest - timedelta(days=9)
    found = scale(deadline, chosen, date(2025, 1, 1), "en")
    assert [point.day for point in found.points if "act by" in point.names] == [chosen]


@pytest.mark.parametrize(
    ("days", "indonesian", "english"),
    [
        (-2, "lewat 2 hari kerja", "2 office days late"),
        (-1, "lewat 1 hari kerja", "1 office day late"),
        (0, "hari terakhir", "the last day"),
        (1, "1 hari kerja lagi", "1 office day left"),
        (30, "30 hari kerja lagi", "30 office days left"),
    ],
)
def test_slack_in_words(days: int, indonesian: str, english: str) -> None:
    assert (slack_text(days, "id"), slack_text(days, "en")) == (indonesian, english)
