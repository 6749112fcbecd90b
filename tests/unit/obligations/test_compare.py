"""How far another calendar moves a deadline."""

from datetime import date

import pytest

from tests.support.agreements import agreement, calendar, only_deadline
from tracker.calendars.model import Calendar, DayKind, DayOff
from tracker.obligations.compare import figures, shift


def with_holiday(day: str) -> Calendar:
    held = calendar()
    off = DayOff(date.fromisoformat(day), DayKind.NATIONAL, "Libur", "Holiday", "skb")
    return Calendar(held.id, "other", {**held.days, off.day: off}, held.coverage)


BEFORE = figures(only_deadline(agreement("on 2026-12-31")))


@pytest.mark.parametrize(
    ("act_by", "days", "working_days"),
    [("2026-12-30", -1, -1), ("2026-12-23", -8, -4), ("2026-12-31", 0, 0)],
)
def test_a_day_that_becomes_free_is_a_working_day_lost(act_by: str, days: int, working_days: int) -> None:
    after = BEFORE._replace(act_by=date.fromisoformat(act_by))
    found = shift(BEFORE, after, calendar(), with_holiday("2026-12-31"))
    assert (found.days, found.working_days, found.moves) == (days, working_days, bool(days))


def test_a_day_that_is_worked_again_is_a_working_day_gained() -> None:
    before = BEFORE._replace(act_by=date(2026, 12, 30))
    found = shift(before, BEFORE, with_holiday("2026-12-31"), calendar())
    assert (found.days, found.working_days) == (1, 1)


def test_certainty_alone_is_a_change_and_no_move() -> None:
    found = shift(BEFORE._replace(provisional=True), BEFORE, calendar(), calendar())
    assert (found.moves, found.changes) == (False, True)
    assert not shift(BEFORE, BEFORE, calendar(), calendar()).changes


def test_the_day_a_person_has_set_stands() -> None:
    found = figures(only_deadline(agreement("on 2026-12-31")), date(2026, 12, 1))
    assert (found.act_by, found.safe) == (date(2026, 12, 1), date(2026, 12, 31))
