"""What holds for every count, whatever the day, the period, the pins and the agreement's calendar."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

from hypothesis import assume, given
from hypothesis import strategies as st

from tests.support.agreements import agreement, calendar, only_deadline
from tracker.obligations.counting import Counting, count
from tracker.obligations.deadline import Deadline, deadline
from tracker.obligations.months import DOWN, UP, is_ambiguous, shifted
from tracker.obligations.reading import Pins, Reading, Weight, merged, options
from tracker.obligations.term_end import term_end
from tracker.terms.grammar import Anchor, AnchorKind, Counted, Period, Side, Unit
from tracker.terms.pins import AXIS_CHOICES, Axis

DAYS = st.dates(date(2016, 1, 1), date(2059, 12, 31))
SIDES = st.sampled_from(Side)
MOST = {Unit.MONTHS: 36, Unit.YEARS: 6, Unit.WEEKS: 20, Unit.HOURS: 400}
PERIODS = st.sampled_from(Unit).flatmap(
    lambda unit: st.builds(Period, st.integers(1, MOST.get(unit, 100)), st.just(unit))
)
PINNED = [(axis, name) for axis, names in AXIS_CHOICES.items() for name in names]
PINS = st.lists(st.sampled_from(PINNED), unique_by=lambda pinned: pinned[0], max_size=4).map(tuple)
WEEKS = st.sampled_from(["mon-fri", "mon-sat"])
LEAVES = st.sampled_from(["off", "working"])
_DAY = timedelta(days=1)


def counting(week: str, joint_leave: str, pins: Pins = ()) -> Counting:
    return Counting(calendar(), week, joint_leave, pins)


COUNTINGS = st.builds(counting, WEEKS, LEAVES, PINS)


def figures(start: date, period: Period, side: Side, how: Counting, floor: date | None = None) -> Deadline:
    return deadline(count(start, period, side, how), calendar(), floor)


def figures_are_ordered(found: Deadline) -> None:
    assert found.strictest <= found.safe <= found.likely <= found.latest
    assert found.act_by <= found.safe
    assert found.strictest == found.readings[0].day
    assert found.latest == found.readings[-1].day
    strong = [reading.day for reading in found.readings if reading.weight is Weight.STRONG]
    assert found.safe == strong[0]
    assert found.likely in strong


def readings_are_well_formed(readings: Sequence[Reading]) -> None:
    days = [reading.day for reading in readings]
    assert days == sorted(set(days))
    assert sum(reading.likely for reading in readings) == 1
    for reading in readings:
        assert reading.weight == max((choice.weight for choice in reading.path), default=Weight.STRONG)
        assert reading.likely == all(choice.likely for choice in reading.path)


@given(DAYS, PERIODS, SIDES, COUNTINGS)
def test_figures_are_ordered(start: date, period: Period, side: Side, how: Counting) -> None:
    figures_are_ordered(figures(start, period, side, how))


@given(DAYS, PERIODS, SIDES, COUNTINGS)
def test_readings_are_unique_sorted_and_as_weak_as_their_weakest_choice(
    start: date, period: Period, side: Side, how: Counting
) -> None:
    readings_are_well_formed(count(start, period, side, how))


@given(DAYS, PERIODS, SIDES, COUNTINGS)
def test_act_by_is_an_office_day_or_the_day_of_the_trigger(
    start: date, period: Period, side: Side, how: Counting
) -> None:
    found = figures(start, period, side, how, floor=start)
    assert calendar().is_office_day(found.act_by) or found.act_by == start
    closed = [found.act_by + _DAY * step for step in range(1, (found.safe - found.act_by).days + 1)]
    assert not any(calendar().is_office_day(day) for day in closed)
    if found.safe >= start:
        assert found.act_by >= start


@given(DAYS, st.integers(0, 40), PERIODS, SIDES, COUNTINGS)
def test_a_later_anchor_never_gives_an_earlier_figure(
    start: date, later: int, period: Period, side: Side, how: Counting
) -> None:
    first = figures(start, period, side, how)
    second = figures(start + _DAY * later, period, side, how)
    for earlier, after in zip(first[:5], second[:5], strict=True):
        assert earlier <= after


@given(DAYS, PERIODS, COUNTINGS)
def test_a_longer_period_never_gives_an_earlier_likely_day_forward(
    start: date, period: Period, how: Counting
) -> None:
    longer = Period(period.count + 1, period.unit)
    assert figures(start, period, Side.AFTER, how).likely <= figures(start, longer, Side.AFTER, how).likely
    assert figures(start, period, Side.BEFORE, how).likely >= figures(start, longer, Side.BEFORE, how).likely


@given(DAYS, PERIODS, SIDES, COUNTINGS)
def test_a_deadline_lies_on_its_side_of_the_anchor(
    start: date, period: Period, side: Side, how: Counting
) -> None:
    found = figures(start, period, side, how)
    if side is Side.BEFORE:
        assert found.latest <= start
        assert found.safe < start
    else:
        assert found.strictest >= start


@given(DAYS, PERIODS, SIDES, WEEKS, LEAVES, PINS)
def test_pins_take_dates_away_and_add_none(
    start: date, period: Period, side: Side, week: str, joint_leave: str, pins: Pins
) -> None:
    free = {reading.day for reading in count(start, period, side, counting(week, joint_leave))}
    pinned = {reading.day for reading in count(start, period, side, counting(week, joint_leave, pins))}
    assert pinned
    assert pinned <= free
    more = {reading.day for reading in count(start, period, side, counting(week, joint_leave, pins[:1]))}
    assert pinned <= more


@given(DAYS, PERIODS, SIDES)
def test_setelah_and_sejak_differ_in_weight_only(start: date, period: Period, side: Side) -> None:
    assume(side is not Side.BEFORE)
    how = counting("mon-fri", "off")
    since, after = (count(start, period, word, how) for word in (Side.SINCE, Side.AFTER))
    assert [reading.day for reading in since] == [reading.day for reading in after]
    assert all(one.weight <= other.weight for one, other in zip(since, after, strict=True))


@given(DAYS, st.integers(1, 100), st.sampled_from([Unit.DAYS, Unit.CALENDAR_DAYS]), SIDES)
def test_no_roll_forward(start: date, n: int, unit: Unit, side: Side) -> None:
    """A calendar count never depends on rest days: likely is exactly n days away."""
    found = figures(start, Period(n, unit), side, counting("mon-fri", "off"))
    away = -n if side is Side.BEFORE else n
    assert found.likely == start + _DAY * away


def naive_working(day: date, week: str, joint_leave: str) -> bool:
    off = calendar().off(day)
    closed = off is not None and not (joint_leave == "working" and off.kind == "joint-leave")
    return day.weekday() < (5 if week == "mon-fri" else 6) and not closed


def naive_count(start: date, n: int, step: int, week: str, joint_leave: str) -> date:
    found = start
    while n > 0:
        found += _DAY * step
        n -= naive_working(found, week, joint_leave)
    return found


@given(DAYS, st.integers(1, 60), WEEKS, LEAVES)
def test_working_days_agree_with_a_naive_count(start: date, n: int, week: str, joint_leave: str) -> None:
    def under(side: Side, edge: tuple[Axis, str]) -> date:
        how = counting("mon-fri", "off", ((Axis.WEEK, week), (Axis.JOINT_LEAVE, joint_leave), edge))
        (reading,) = count(start, Period(n, Unit.WORKING_DAYS), side, how)
        return reading.day

    def naive(n: int, step: int) -> date:
        return naive_count(start, n, step, week, joint_leave)

    itself = naive_working(start, week, joint_leave)
    assert under(Side.SINCE, (Axis.START, "excluded")) == naive(n, 1)
    assert under(Side.SINCE, (Axis.START, "included")) == naive(n - itself, 1)
    assert under(Side.BEFORE, (Axis.NOTICE, "plain")) == naive(n, -1)
    assert under(Side.BEFORE, (Axis.NOTICE, "clear-days")) == naive(n + 1, -1)
    assert under(Side.BEFORE, (Axis.NOTICE, "counted")) == naive(n - itself, -1)


@given(DAYS, st.integers(-120, 120))
def test_rounding_down_never_comes_after_rounding_up(start: date, months: int) -> None:
    down, up = shifted(start, months, DOWN), shifted(start, months, UP)
    assert down <= up <= down + _DAY
    assert (down != up) == is_ambiguous(start, months)
    assert down.day == start.day or (down + _DAY).day == 1


@given(DAYS, st.integers(-120, 120), st.sampled_from([DOWN, UP]), st.integers(0, 40))
def test_months_are_monotone(start: date, months: int, rounding: str, later: int) -> None:
    assert shifted(start, months, rounding) <= shifted(start + _DAY * later, months, rounding)


@given(DAYS, st.integers(-10, 10), st.sampled_from([DOWN, UP]))
def test_a_year_is_twelve_months(start: date, years: int, rounding: str) -> None:
    side = Side.BEFORE if years < 0 else Side.AFTER
    assume(years)
    pins = ((Axis.ROUNDING, rounding), (Axis.NOTICE, "plain"), (Axis.START, "excluded"))
    how = counting("mon-fri", "off", pins)
    in_years, in_months = (
        count(start, period, side, how)
        for period in (Period(abs(years), Unit.YEARS), Period(abs(years) * 12, Unit.MONTHS))
    )
    assert [reading.day for reading in in_years] == [reading.day for reading in in_months]
    assert in_years[0].day.month == start.month or rounding == UP


READINGS = st.builds(
    Reading,
    st.dates(date(2025, 1, 1), date(2025, 1, 9)),
    st.sampled_from(Weight),
    st.just(value=False),
    st.just(()),
)


@given(st.lists(READINGS))
def test_merging_keeps_the_strongest_of_each_day(readings: list[Reading]) -> None:
    found = merged(readings)
    assert [reading.day for reading in found] == sorted({reading.day for reading in readings})
    for reading in found:
        assert reading.weight == min(other.weight for other in readings if other.day == reading.day)
    assert merged(found) == found


TERM_UNITS = st.sampled_from([Unit.DAYS, Unit.CALENDAR_DAYS, Unit.WEEKS, Unit.MONTHS, Unit.YEARS])
LENGTHS = TERM_UNITS.flatmap(
    lambda unit: st.builds(Period, st.integers(1, {Unit.YEARS: 10}.get(unit, 60)), st.just(unit))
)
SIGNED = st.dates(date(2016, 1, 1), date(2035, 12, 31))


@given(SIGNED, LENGTHS, PERIODS)
def test_counts_from_the_end_of_a_term_are_well_formed(signed: date, length: Period, period: Period) -> None:
    due = str(Counted(period, Side.BEFORE, Anchor(AnchorKind.TERM_END)))
    terms = agreement(due, term={"length": str(length), "from": "signed"}, signed=signed.isoformat())
    found = only_deadline(terms)
    figures_are_ordered(found)
    readings_are_well_formed(found.readings)


@given(SIGNED, st.integers(0, 40), LENGTHS)
def test_a_later_signing_never_gives_an_earlier_end(signed: date, later: int, length: Period) -> None:
    first, second = (
        term_end(agreement(term={"length": str(length), "from": "signed"}, signed=start.isoformat()))
        for start in (signed, signed + _DAY * later)
    )
    readings_are_well_formed(first)
    assert first[0].day <= second[0].day
    assert first[-1].day <= second[-1].day


@given(SIGNED, LENGTHS)
def test_the_likely_last_day_is_the_day_before_the_anniversary(signed: date, length: Period) -> None:
    found = term_end(agreement(term={"length": str(length), "from": "signed"}, signed=signed.isoformat()))
    likely = next(reading.day for reading in found if reading.likely)
    assert likely == found[0].day
    assert likely + _DAY in {reading.day for reading in found}
    assert all(a.day < b.day for a, b in pairwise(found))


def test_a_pin_for_another_axis_leaves_all_options() -> None:
    how = counting("mon-fri", "off", ((Axis.LAST_DAY, "inclusive"),))
    assert options(how.leaves(), how.pins) == how.leaves()
    assert len(how.leaves()) == 2
