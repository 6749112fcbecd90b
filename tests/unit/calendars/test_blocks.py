"""Blocks of days off: the long holidays of the decrees, and what must hold of any block."""
# ruff: noqa: E501 - tables, one line a case

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.agreements import calendar
from tracker.calendars.blocks import Block, blocks
from tracker.calendars.model import Calendar, DayKind, DayOff

day = date.fromisoformat
_DAY = timedelta(days=1)
START = day("2026-01-01")


def of_year(year: int) -> list[Block]:
    return list(blocks(calendar(), date(year, 1, 1), date(year, 12, 31)))


@pytest.mark.parametrize(
    ("year", "expected"),
    [
        (2024, ["2024-02-08 4", "2024-03-09 4", "2024-04-06 10", "2024-05-09 4", "2024-05-23 4", "2024-06-15 4"]),
        (2025, ["2025-01-25 5", "2025-03-28 11", "2025-05-10 4", "2025-05-29 4", "2025-06-06 4", "2025-12-25 4"]),
        (2026, ["2026-02-14 4", "2026-03-18 7", "2026-05-14 4", "2026-12-24 4"]),
    ],
)  # fmt: skip
def test_the_long_holidays_of_a_decreed_year(year: int, expected: list[str]) -> None:
    assert [f"{block.first} {block.days}" for block in of_year(year)] == expected
    assert not any(block.undecreed for block in of_year(year))


def test_lebaran_2026_by_name() -> None:
    lebaran = of_year(2026)[1]
    assert (lebaran.first, lebaran.last) == (day("2026-03-18"), day("2026-03-24"))
    assert lebaran.names("id") == ["Hari Suci Nyepi", "Idul Fitri hari pertama", "Idul Fitri hari kedua"]
    assert lebaran.names("en")[1:] == ["Eid al-Fitr first day", "Eid al-Fitr second day"]


def test_a_year_without_its_decree_is_said() -> None:
    lebaran = next(block for block in of_year(2027) if block.first.month == 3)
    assert (str(lebaran.first), str(lebaran.last), lebaran.undecreed) == ("2027-03-06", "2027-03-15", (2027,))


@pytest.mark.parametrize(
    ("extra", "undecreed"),
    [((), ()), (("2026-12-28", "2026-12-29", "2026-12-30", "2026-12-31"), (2027,))],
)
def test_the_day_beside_a_block_counts(extra: tuple[str, ...], undecreed: tuple[int, ...]) -> None:
    christmas = [*map(day, ("2026-12-24", "2026-12-25", *extra))]
    days = {found: DayOff(found, DayKind.NATIONAL, "Natal", "Christmas", "skb") for found in christmas}
    found = Calendar("id", "v", days, calendar().coverage)

    (block,) = blocks(found, day("2026-12-20"), day("2026-12-31"))

    assert block.first == day("2026-12-24")
    assert block.undecreed == undecreed


def test_joint_leave_alone_is_named() -> None:
    leave = [DayOff(START + n * _DAY, DayKind.JOINT_LEAVE, "Cuti", "Leave", "skb") for n in range(4)]
    (block,) = blocks(Calendar("id", "v", {off.day: off for off in leave}), START, START)
    assert block.names("id") == ["Cuti"]


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    offsets = draw(st.sets(st.integers(0, 60), max_size=40))
    kinds = st.sampled_from(list(DayKind))
    days = [START + offset * _DAY for offset in sorted(offsets)]
    return Calendar("id", "v", {one: DayOff(one, draw(kinds), "L", "H", "skb") for one in days})


@given(calendars(), st.integers(0, 60), st.integers(0, 60), st.integers(1, 6))
def test_blocks_are_whole_apart_and_without_an_office_day(
    found: Calendar, begin: int, length: int, at_least: int
) -> None:
    first = START + begin * _DAY
    last = first + length * _DAY
    given_blocks = list(blocks(found, first, last, at_least))

    for block in given_blocks:
        days = [block.first + n * _DAY for n in range(block.days)]
        assert not any(map(found.is_office_day, days))
        assert found.is_office_day(block.first - _DAY)
        assert found.is_office_day(block.last + _DAY)
        assert block.days >= at_least
        assert block.first <= last
        assert block.last >= first
        assert [off.day for off in block.holidays] == [one for one in days if found.off(one)]
    for before, after in pairwise(given_blocks):
        assert before.last + _DAY < after.first


@given(calendars(), st.integers(0, 60), st.integers(0, 60))
def test_every_day_off_lies_in_a_block(found: Calendar, begin: int, length: int) -> None:
    first = START + begin * _DAY
    span = [first + n * _DAY for n in range(length + 1)]
    in_blocks = {
        block.first + n * _DAY for block in blocks(found, first, span[-1], 1) for n in range(block.days)
    }
    assert in_blocks & set(span) == {one for one in span if not found.is_office_day(one)}
