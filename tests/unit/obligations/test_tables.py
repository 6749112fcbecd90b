"""The vectors of the normative notes, one line a case: counting.md's table and catalogue.md, section E."""

from datetime import date

import pytest

from tests.support.agreements import agreement, calendar, event, obligations, only_deadline, pin, rule
from tracker.calendars.model import Coverage
from tracker.obligations.counting import Counting, count
from tracker.obligations.deadline import Cause, Deadline, Reason
from tracker.obligations.reading import Pins, Weight
from tracker.terms.grammar import Period, Side, Unit
from tracker.terms.pins import Axis

day = date.fromisoformat
FOUR_TERMS = {
    "babel": ({"length": "5 years", "from": "signed"}, "2025-04-29"),
    "kukar": ({"length": "17 months", "from": "2023-01"}, "2023-03-09"),
    "sumba": ({"from": "2024-11-24", "to": "2024-12-31"}, "2024-11-24"),
    "kemenko": ({"length": "2 years", "from": "signed"}, "2023-02-28"),
}


def figures(found: Deadline) -> tuple[str, str, str]:
    return found.likely.isoformat(), found.safe.isoformat(), found.act_by.isoformat()


@pytest.mark.parametrize(
    ("term", "due", "likely", "safe", "act_by", "strictest", "latest"),
    [
        ("babel", "30 days before term end", "2030-03-29", "2030-03-28", "2030-03-28", None, "2030-03-31"),
        ("kukar", "3 months before term end", "2024-02-29", "2024-02-28", "2024-02-28", "2024-02-28", None),
        ("sumba", "7 days before term end", "2024-12-24", "2024-12-23", "2024-12-23", "2024-12-17", None),
        (
            *("kemenko", "30 calendar days before term end"),
            *("2025-01-28", "2025-01-27", "2025-01-24", "2025-01-27", "2025-01-30"),
        ),
        ("babel", "before term end", "2030-04-28", "2030-04-27", "2030-04-26", "2030-04-27", "2030-04-29"),
    ],
)
def test_notice_before_the_end_of_the_term(
    term: str, due: str, likely: str, safe: str, act_by: str, strictest: str | None, latest: str | None
) -> None:
    terms, signed = FOUR_TERMS[term]
    found = only_deadline(agreement(due, term=terms, signed=signed))
    assert figures(found) == (likely, safe, act_by)
    assert strictest in (None, found.strictest.isoformat())
    assert latest in (None, found.latest.isoformat())


def test_the_working_day_reading_of_a_bare_hari_lies_in_mid_march() -> None:
    found = only_deadline(agreement("30 days before term end"))
    assert day("2030-03-11") <= found.strictest <= day("2030-03-19")
    assert found.readings[0].weight is Weight.WEAK
    assert found.provisional


@pytest.mark.parametrize(
    ("due", "happened", "likely", "safe", "act_by"),
    [
        ("14 working days after happening", "2023-04-17", "2023-05-15", "2023-05-08", "2023-05-08"),
        ("6 working days since happening", "2023-04-14", "2023-05-02", "2023-04-21", "2023-04-18"),
        ("14 calendar days since happening", "2026-12-01", "2026-12-15", "2026-12-14", "2026-12-14"),
        ("14 days since happening", "2026-12-01", "2026-12-15", "2026-12-14", "2026-12-14"),
        ("14 calendar days after happening", "2026-12-01", "2026-12-15", "2026-12-15", "2026-12-15"),
        ("2 weeks since happening", "2026-12-01", "2026-12-15", "2026-12-14", "2026-12-14"),
        # the last day of the period is a Sunday: never rolled forward
        ("14 calendar days after happening", "2026-11-29", "2026-12-13", "2026-12-13", "2026-12-11"),
        ("1 month after happening", "2025-01-31", "2025-02-28", "2025-02-28", "2025-02-28"),
        ("1 month since happening", "2025-01-31", "2025-02-28", "2025-02-27", "2025-02-27"),
        ("1 year after happening", "2024-02-29", "2025-02-28", "2025-02-28", "2025-02-28"),
        ("4 years after happening", "2024-02-29", "2028-02-29", "2028-02-29", "2028-02-29"),
        ("72 hours after happening", "2026-12-01", "2026-12-04", "2026-12-04", "2026-12-04"),
        ("72 hours since happening", "2026-12-01", "2026-12-04", "2026-12-03", "2026-12-03"),
        ("30 hours since happening", "2026-12-01", "2026-12-02", "2026-12-02", "2026-12-02"),
        # the whole period lies in the rest days of Lebaran 2025 (28 March to 7 April): act at once
        ("7 calendar days since happening", "2025-03-28", "2025-04-04", "2025-04-03", "2025-03-28"),
        ("7 calendar days after happening", "2025-03-28", "2025-04-04", "2025-04-04", "2025-03-28"),
        ("7 calendar days after happening", "2025-03-31", "2025-04-07", "2025-04-07", "2025-03-31"),
        ("7 calendar days after happening", "2025-03-27", "2025-04-03", "2025-04-03", "2025-03-27"),
        ("7 calendar days after happening", "2025-04-01", "2025-04-08", "2025-04-08", "2025-04-08"),
    ],
)
def test_period_after_an_event(due: str, happened: str, likely: str, safe: str, act_by: str) -> None:
    found = only_deadline(agreement(due), event("happening", happened))
    assert figures(found) == (likely, safe, act_by)


CATALOGUE_E = [
    # n, start, likely (start out, leave off), start out and leave worked, start in and leave worked
    (14, "2023-03-01", "2023-03-21", "2023-03-21", "2023-03-20"),
    (14, "2023-04-17", "2023-05-15", "2023-05-08", "2023-05-05"),
    (14, "2023-06-12", "2023-07-05", "2023-07-03", "2023-06-30"),
    (14, "2024-04-01", "2024-04-29", "2024-04-23", "2024-04-22"),
    (14, "2024-12-13", "2025-01-07", "2025-01-06", "2025-01-03"),
    (14, "2025-01-25", "2025-02-18", "2025-02-17", "2025-02-17"),
    (6, "2023-04-14", "2023-05-02", "2023-04-24", "2023-04-21"),
    (6, "2023-06-27", "2023-07-10", "2023-07-06", "2023-07-05"),
    (6, "2024-04-05", "2024-04-23", "2024-04-17", "2024-04-16"),
    (6, "2025-01-24", "2025-02-06", "2025-02-05", "2025-02-04"),
]


def readings(n: int, unit: Unit, side: Side, start: str, pins: Pins = ()) -> dict[str, Weight]:
    found = count(day(start), Period(n, unit), side, Counting(calendar(), pins=pins))
    return {reading.day.isoformat(): reading.weight for reading in found}


@pytest.mark.parametrize("side", [Side.SINCE, Side.AFTER])
@pytest.mark.parametrize(("n", "start", "likely", "leave_counted", "day_one"), CATALOGUE_E)
def test_catalogue_vector_by_reading(
    n: int, start: str, likely: str, leave_counted: str, day_one: str, side: Side
) -> None:
    def under(joint_leave: str, edge: str) -> list[str]:
        pins = ((Axis.WEEK, "mon-fri"), (Axis.JOINT_LEAVE, joint_leave), (Axis.START, edge))
        return list(readings(n, Unit.WORKING_DAYS, side, start, pins))

    assert under("off", "excluded") == [likely]
    assert under("working", "excluded") == [leave_counted]
    assert under("working", "included") == [day_one]


@pytest.mark.parametrize(("n", "start", "likely", "leave_counted", "day_one"), CATALOGUE_E)
def test_catalogue_vector_by_figure(
    n: int, start: str, likely: str, leave_counted: str, day_one: str
) -> None:
    since = only_deadline(agreement(f"{n} working days since happening"), event("happening", start))
    assert (since.likely, since.safe) == (day(likely), day(day_one))
    after = only_deadline(agreement(f"{n} working days after happening"), event("happening", start))
    assert (after.likely, after.safe) == (day(likely), day(leave_counted))
    assert after.strictest <= day(day_one)


def test_a_start_word_decides_whether_day_one_is_strong() -> None:
    since = readings(14, Unit.WORKING_DAYS, Side.SINCE, "2023-04-17")
    after = readings(14, Unit.WORKING_DAYS, Side.AFTER, "2023-04-17")
    assert since["2023-05-05"] is Weight.STRONG
    assert after["2023-05-05"] is Weight.WEAK
    assert list(since) == list(after)


@pytest.mark.parametrize(
    ("n", "unit", "end", "pins", "expected"),
    [
        (7, Unit.WORKING_DAYS, "2024-12-31", ("joint-leave:off", "notice:plain"), "2024-12-18"),
        (7, Unit.WORKING_DAYS, "2024-12-31", ("joint-leave:working", "notice:plain"), "2024-12-19"),
        (7, Unit.WORKING_DAYS, "2024-12-31", ("joint-leave:off", "notice:clear-days"), "2024-12-17"),
        (7, Unit.WORKING_DAYS, "2024-12-31", ("joint-leave:off", "notice:counted"), "2024-12-19"),
        (7, Unit.WORKING_DAYS, "2024-12-29", ("joint-leave:off", "notice:counted"), "2024-12-17"),  # a Sunday
        (3, Unit.MONTHS, "2024-05-31", ("rounding:down", "notice:plain"), "2024-02-29"),
        (3, Unit.MONTHS, "2024-05-31", ("rounding:up", "notice:plain"), "2024-03-01"),
        (3, Unit.MONTHS, "2027-05-31", ("rounding:down", "notice:plain"), "2027-02-28"),
        (3, Unit.MONTHS, "2027-05-31", ("rounding:up", "notice:plain"), "2027-03-01"),
        (3, Unit.MONTHS, "2026-12-31", ("rounding:down", "notice:plain"), "2026-09-30"),
        (3, Unit.MONTHS, "2026-12-31", ("rounding:up", "notice:plain"), "2026-10-01"),
        (3, Unit.MONTHS, "2027-05-01", ("rounding:down", "notice:plain"), "2027-02-01"),
        (3, Unit.MONTHS, "2027-05-01", ("rounding:up", "notice:plain"), "2027-02-01"),
        (3, Unit.MONTHS, "2027-05-01", ("rounding:thirty-days", "notice:plain"), "2027-01-31"),
        (1, Unit.YEARS, "2024-02-29", ("rounding:down", "notice:plain"), "2023-02-28"),
        (1, Unit.YEARS, "2024-02-29", ("rounding:up", "notice:plain"), "2023-03-01"),
        (30, Unit.CALENDAR_DAYS, "2025-02-27", ("notice:plain",), "2025-01-28"),
        (30, Unit.CALENDAR_DAYS, "2025-02-27", ("notice:clear-days",), "2025-01-27"),
        (30, Unit.CALENDAR_DAYS, "2025-02-27", ("notice:counted",), "2025-01-29"),
        (2, Unit.WEEKS, "2024-12-31", ("notice:plain",), "2024-12-17"),
        (48, Unit.HOURS, "2024-12-31", ("notice:plain",), "2024-12-29"),
        (30, Unit.HOURS, "2024-12-31", ("notice:plain",), "2024-12-29"),
    ],
)
def test_backward_vector(n: int, unit: Unit, end: str, pins: tuple[str, ...], expected: str) -> None:
    decided = [pinned.partition(":") for pinned in ("week:mon-fri", *pins)]
    pairs = tuple((Axis(axis), choice) for axis, _, choice in decided)
    assert list(readings(n, unit, Side.BEFORE, end, pairs)) == [expected]


def test_every_reading_of_three_months_before_31_may() -> None:
    assert readings(3, Unit.MONTHS, Side.BEFORE, "2024-05-31") == {
        "2024-02-28": Weight.STRONG,  # clamped down, clear days
        "2024-02-29": Weight.STRONG,  # clamped down
        "2024-03-01": Weight.PLAUSIBLE,  # clamped up, and 90 days clear
        "2024-03-02": Weight.PLAUSIBLE,  # 90 days
        "2024-03-03": Weight.WEAK,  # 90 days, the end counted
    }


def test_every_reading_of_a_bare_hari() -> None:
    assert readings(7, Unit.DAYS, Side.BEFORE, "2024-12-31") == {
        "2024-12-17": Weight.WEAK,  # working days, clear
        "2024-12-18": Weight.WEAK,  # working days
        "2024-12-19": Weight.WEAK,  # working days, leave worked, or the end counted
        "2024-12-20": Weight.WEAK,  # working days with Saturdays
        "2024-12-21": Weight.WEAK,  # working days with Saturdays, leave worked, or the end counted
        "2024-12-23": Weight.STRONG,  # calendar days, clear
        "2024-12-24": Weight.STRONG,  # calendar days
        "2024-12-25": Weight.WEAK,  # calendar days, the end counted
    }


def test_a_pin_makes_its_choice_strong_and_likely() -> None:
    pinned = rule("30 calendar days before term end", pins=[pin("notice", "counted")])
    found = only_deadline(agreement(pinned, term={"from": "2025-01-01", "to": "2025-12-31"}))
    assert [reading.day for reading in found.readings] == [day("2025-12-02")]
    assert (found.likely, found.safe, found.strictest, found.latest) == (day("2025-12-02"),) * 4


def test_the_agreements_own_calendar_moves_likely() -> None:
    due, fact = "6 working days after happening", event("happening", "2023-04-14")
    leave_worked = agreement(due, calendar={"joint_leave": "working"})
    saturdays = agreement(due, calendar={"week": "mon-sat"})
    assert only_deadline(agreement(due), fact).likely == day("2023-05-02")
    assert only_deadline(leave_worked, fact).likely == day("2023-04-24")
    assert only_deadline(leave_worked, fact).safe == day("2023-04-24")
    assert only_deadline(saturdays, fact).likely == day("2023-04-28")


@pytest.mark.parametrize(
    ("due", "expected"),
    [
        ("on 2025-01-27", []),
        ("on 2026-12-31", []),
        ("on 2027-06-01", [Reason(Cause.OFFICE_DAY, 2027, Coverage.ESTIMATE)]),
        ("on 2030-03-28", [Reason(Cause.OFFICE_DAY, 2030, Coverage.ESTIMATE)]),
        ("on 2061-02-01", [Reason(Cause.OFFICE_DAY, 2061, Coverage.NONE)]),
        # Sunday 1 January 2023: the move back reaches a year that is only estimated
        ("on 2023-01-01", [Reason(Cause.OFFICE_DAY, 2022, Coverage.ESTIMATE)]),
        # Friday 1 January 2027 is off: the move back reaches the decreed 31 December
        ("on 2027-01-01", [Reason(Cause.OFFICE_DAY, 2027, Coverage.ESTIMATE)]),
    ],
)
def test_reasons_for_being_provisional(due: str, expected: list[Reason]) -> None:
    found = only_deadline(agreement(due))
    assert list(found.reasons) == expected
    assert found.provisional is bool(expected)


def test_working_days_over_new_year_touch_the_estimated_year() -> None:
    found = only_deadline(agreement("14 working days after happening"), event("happening", "2026-12-10"))
    assert found.safe == day("2026-12-31")
    assert found.reasons == (Reason(Cause.WORKING_DAYS, 2027, Coverage.ESTIMATE),)


def test_working_days_inside_decreed_years_are_final() -> None:
    found = only_deadline(agreement("14 working days after happening"), event("happening", "2024-12-13"))
    assert found.reasons == ()


def test_calendar_days_never_depend_on_decrees_of_the_years_between() -> None:
    term = {"from": "2025-01-01", "to": "2027-01-20"}
    assert only_deadline(agreement("30 calendar days before term end", term=term)).reasons == ()


def test_a_rule_switched_off_has_no_obligation() -> None:
    assert obligations(agreement(rule("before term end", enabled=False))) == []
