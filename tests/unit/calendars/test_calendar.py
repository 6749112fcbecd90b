"""Decrees, office days, and counting on them."""
# ruff: noqa: E501 - tables, one line a case

from datetime import date, timedelta
from pathlib import Path

import pytest
from holidays import country_holidays
from hypothesis import given
from hypothesis import strategies as st

from tests.support.agreements import calendar
from tracker.calendars.load import build, load_calendar, read_year
from tracker.calendars.model import (
    Calendar,
    Coverage,
    DayKind,
    DayOff,
    WorkingDays,
    changed_years,
    version_of,
)

day = date.fromisoformat
_DAY = timedelta(days=1)
DECREED = range(2023, 2027)


@pytest.mark.parametrize("year", DECREED)
def test_decree_files_agree_with_the_library(year: int) -> None:
    def listed(*kinds: DayKind) -> set[date]:
        return {found for found, off in calendar().days.items() if found.year == year and off.kind in kinds}

    assert listed(DayKind.NATIONAL, DayKind.ELECTION) == set(
        country_holidays("ID", years=year, categories="public")
    )
    assert listed(DayKind.JOINT_LEAVE) == set(country_holidays("ID", years=year, categories="government"))


@pytest.mark.parametrize(
    ("year", "coverage"),
    [
        (2014, Coverage.NONE),
        (2015, Coverage.ESTIMATE),
        (2022, Coverage.ESTIMATE),
        *[(year, Coverage.DECREED) for year in DECREED],
        (2027, Coverage.ESTIMATE),
        (2060, Coverage.ESTIMATE),
        (2061, Coverage.NONE),
    ],
)
def test_coverage(year: int, coverage: Coverage) -> None:
    assert calendar().covers(year) is coverage


def test_undecreed_years_between_two_days() -> None:
    found = calendar()
    assert found.undecreed_years(day("2023-01-01"), day("2026-12-31")) == ()
    assert found.undecreed_years(day("2026-12-31"), day("2028-01-01")) == (
        (2027, Coverage.ESTIMATE),
        (2028, Coverage.ESTIMATE),
    )


@pytest.mark.parametrize(
    ("found", "kind", "word"),
    [
        ("2024-02-14", DayKind.ELECTION, "Pemilu"),
        ("2024-11-27", DayKind.ELECTION, "Pilkada"),
        ("2023-04-21", DayKind.JOINT_LEAVE, "Cuti"),
        ("2025-01-27", DayKind.NATIONAL, "Isra"),
        ("2025-08-18", DayKind.JOINT_LEAVE, ""),
    ],
)
def test_why_a_day_is_off(found: str, kind: DayKind, word: str) -> None:
    off = calendar().off(day(found))
    assert off is not None
    assert off.kind is kind
    assert word in off.name("id")
    assert off.name("id") != off.name("en")


def test_only_joint_leave_can_be_worked() -> None:
    worked = calendar().working_days(5, joint_leave_off=False)
    assert worked.includes(day("2023-04-21").toordinal())
    assert not worked.includes(day("2024-02-14").toordinal())
    assert not worked.includes(day("2025-01-27").toordinal())


def test_a_weekend_is_no_decreed_day_off() -> None:
    assert calendar().off(day("2025-01-25")) is None
    assert not calendar().is_office_day(day("2025-01-25"))


@pytest.mark.parametrize(
    ("given_day", "before", "after"),
    [
        ("2025-01-24", "2025-01-24", "2025-01-24"),  # a Friday
        ("2025-01-25", "2025-01-24", "2025-01-30"),  # the long weekend of Isra Mikraj and Imlek
        ("2025-01-27", "2025-01-24", "2025-01-30"),
        ("2025-01-29", "2025-01-24", "2025-01-30"),
        ("2023-04-21", "2023-04-18", "2023-04-26"),  # Lebaran 2023
        ("2025-04-03", "2025-03-27", "2025-04-08"),  # Lebaran 2025
        ("2024-02-14", "2024-02-13", "2024-02-15"),  # election day
        ("2026-01-01", "2025-12-31", "2026-01-02"),
    ],
)
def test_moving_to_an_office_day(given_day: str, before: str, after: str) -> None:
    assert calendar().office_day_on_or_before(day(given_day)) == day(before)
    assert calendar().office_day_on_or_after(day(given_day)) == day(after)


def test_rest_days_are_listed_with_their_decree() -> None:
    found = calendar().rest_days(day("2025-01-24"), day("2025-01-30"))
    assert [rest.isoformat() for rest, _ in found] == [f"2025-01-{number}" for number in range(25, 30)]
    assert [off.kind.value if off else None for _, off in found] == [
        None,
        None,
        "national",
        "joint-leave",
        "national",
    ]
    assert calendar().rest_days(day("2025-01-31"), day("2025-01-30")) == []


@pytest.mark.parametrize(
    ("week", "leave_off", "n", "expected"),
    [
        (5, True, 1, "2023-04-18"),
        (5, True, 2, "2023-04-26"),  # 19-25 April are off
        (5, True, 14, "2023-05-15"),
        (5, False, 2, "2023-04-19"),
        (5, False, 14, "2023-05-08"),
        (6, True, 4, "2023-04-28"),
        (6, True, 5, "2023-04-29"),  # a Saturday
        (6, False, 14, "2023-05-05"),
    ],
)
def test_counting_over_lebaran(week: int, leave_off: bool, n: int, expected: str) -> None:  # noqa: FBT001
    view = calendar().working_days(week, joint_leave_off=leave_off)
    start = day("2023-04-17").toordinal()
    found = view.nth_after(start, n)
    assert date.fromordinal(found) == day(expected)
    assert view.nth_before(found, n) == start


ORDINALS = st.integers(day("2025-01-01").toordinal(), day("2025-12-31").toordinal())
VIEWS = st.builds(WorkingDays, st.sampled_from([5, 6]), st.frozensets(ORDINALS, max_size=60))


def naive(view: WorkingDays, start: int, n: int, direction: int) -> int:
    found = start
    for _ in range(n):
        found += direction
        while date.fromordinal(found).weekday() >= view.week or found in view.off:
            found += direction
    return found


@given(VIEWS, ORDINALS, st.integers(0, 50))
def test_counting_agrees_with_a_naive_loop(view: WorkingDays, start: int, n: int) -> None:
    assert view.nth_after(start, n) == naive(view, start, n, 1)
    assert view.nth_before(start, n) == naive(view, start, n, -1)
    assert view.nth_after(start, n) == naive(view, start, n, 1)  # memoised


@given(VIEWS, ORDINALS, st.integers(1, 50))
def test_counting_there_and_back(view: WorkingDays, start: int, n: int) -> None:
    there = view.nth_after(start, n)
    assert view.includes(there)
    back = view.nth_before(there, n)
    assert back == start if view.includes(start) else back < start


@given(st.dates(day("2014-01-01"), day("2062-12-31")))
def test_an_office_day_is_never_passed_over(start: date) -> None:
    before, after = calendar().office_day_on_or_before(start), calendar().office_day_on_or_after(start)
    assert before <= start <= after
    assert calendar().is_office_day(before)
    assert calendar().is_office_day(after)
    between = [before + _DAY * step for step in range(1, (after - before).days)]
    assert not any(calendar().is_office_day(rest) for rest in between)


# --- decree files ---

GOOD = """\
year: 2031
coverage: decreed
decrees:
  - {id: skb, number: SKB 1, date: 2030-09-01, about: {id: Libur, en: Holidays}, source: Kemenko PMK}
days:
  - {date: 2031-01-01, kind: national, decree: skb, name: {id: Tahun Baru, en: New Year}}
  - {date: 2031-01-02, kind: joint-leave, decree: skb, name: {id: Cuti, en: Leave}}
"""


def test_a_decree_file_replaces_the_estimate_of_its_year() -> None:
    year, faults = read_year(GOOD, "2031.yaml")
    assert faults == []
    assert year is not None
    found = build("id", [year], "digest")
    assert found.version == "digest"
    assert found.covers(2031) is Coverage.DECREED
    assert found.covers(2030) is Coverage.ESTIMATE
    days = {off for off in found.days if off.year == 2031}
    assert days == {day("2031-01-01"), day("2031-01-02")}
    assert found.off(day("2031-01-02")) == DayOff(
        day("2031-01-02"), DayKind.JOINT_LEAVE, "Cuti", "Leave", "skb"
    )


@pytest.mark.parametrize(
    ("old", "new", "line", "fragment"),
    [
        ("2031-01-02", "2032-01-02", 7, "2032-01-02 is not in 2031, expected a day of that year"),
        ("decree: skb, name: {id: Cuti", "decree: sbk, name: {id: Cuti", 7, "unknown decree 'sbk', expected one of ['skb']"),
        ("2031-01-02", "2031-01-01", 7, "2031-01-01 is listed twice, expected each day once"),
        ("coverage:", "covers: x\ncoverage:", 2, "covers: unknown key"),
        ("kind: joint-leave", "kind: holiday", 7, "days.1.kind: "),
        ("2031-01-02", "2031-02-30", 7, "'2031-02-30' is not a date, expected YYYY-MM-DD"),
        ("coverage: decreed", "coverage: perhaps", 2, "coverage: "),
        ("coverage: decreed", "coverage: none", 2, "coverage: "),
        ("year: 2031", "year: MMXXXI", 1, "year: "),
        ("coverage: decreed", "coverage: decreed\nyear: 2031", 3, "'year' is given twice"),
        ("days:", "days: [", 6, "not readable as YAML"),
        (", name: {id: Cuti, en: Leave}", "", 7, "days.1.name: is missing"),
    ],
)  # fmt: skip
def test_faults_in_a_decree_file(old: str, new: str, line: int, fragment: str) -> None:
    year, faults = read_year(GOOD.replace(old, new, 1), "2031.yaml")
    assert year is None
    assert [(fault.file, fault.line) for fault in faults] == [("2031.yaml", line)]
    assert fragment in faults[0].message


def test_all_faults_of_a_decree_file_at_once() -> None:
    text = GOOD.replace("2031-01-02", "2032-01-01").replace(
        "decree: skb, name: {id: C", "decree: x, name: {id: C"
    )
    assert [fault.line for fault in read_year(text, "a")[1]] == [7, 7]
    assert len(read_year("year: x\ncoverage: y\n", "a")[1]) == 3


@pytest.mark.parametrize("text", ["", "- 1\n", "text"])
def test_what_is_no_decree_file_is_a_fault(text: str) -> None:
    year, faults = read_year(text, "a.yaml")
    assert year is None
    assert [fault.line for fault in faults] == [1]


def folder(root: Path, **files: str | bytes) -> Path:
    made = root / "id"
    made.mkdir()
    for name, content in files.items():
        (made / f"{name}.yaml").write_bytes(content if isinstance(content, bytes) else content.encode())
    return made


def test_a_bad_file_leaves_its_year_to_the_estimate_loudly(tmp_path: Path) -> None:
    found, faults = load_calendar(folder(tmp_path, y2031=GOOD, y2032="year: 2032\n"))
    assert found.covers(2031) is Coverage.DECREED
    assert found.covers(2032) is Coverage.ESTIMATE
    assert {Path(fault.file).name for fault in faults} == {"y2032.yaml"}


def test_a_folder_without_decrees_is_a_fault(tmp_path: Path) -> None:
    found, faults = load_calendar(folder(tmp_path))
    assert found.covers(2025) is Coverage.ESTIMATE
    assert [str(fault) for fault in faults] == [
        f"{tmp_path / 'id'}:1: holds no decree files, expected <year>.yaml in it"
    ]


def test_a_file_that_is_not_text_is_a_fault(tmp_path: Path) -> None:
    found, faults = load_calendar(folder(tmp_path, good=GOOD, broken=b"year: \xff\xfe\n"))
    assert found.covers(2031) is Coverage.DECREED
    assert [Path(fault.file).name for fault in faults] == ["broken.yaml"]


def test_a_year_given_by_two_files_is_a_fault(tmp_path: Path) -> None:
    _, faults = load_calendar(folder(tmp_path, a=GOOD, b=GOOD.replace("decreed", "estimate")))
    assert [(Path(fault.file).name, fault.line) for fault in faults] == [("b.yaml", 1)]


def test_the_version_names_the_content(tmp_path: Path) -> None:
    one, _ = load_calendar(folder(tmp_path, y2031=GOOD))
    (tmp_path / "id" / "y2031.yaml").write_text(GOOD.replace("Cuti", "Libur"))
    other, _ = load_calendar(tmp_path / "id")
    assert one.version != other.version
    assert one.id == other.id == "id"


def test_faults_carry_the_files_path() -> None:
    assert {fault.file for fault in read_year("year: 1", "p")[1]} == {"p"}


def test_the_libraries_estimate_stands_in_for_missing_decrees() -> None:
    found = build("id", [], "none")
    assert isinstance(found, Calendar)
    for year in DECREED:
        days = {off for off in found.days if off.year == year}
        assert days == {off for off in calendar().days if off.year == year}
    assert all(off.estimate for off in found.days.values())


def test_a_comment_changes_no_version_and_a_day_changes_its_year_only(tmp_path: Path) -> None:
    other_year = GOOD.replace("2031", "2032")
    one, _ = load_calendar(folder(tmp_path, y2031=GOOD, y2032=other_year))
    (tmp_path / "id" / "y2031.yaml").write_text(f"# read again\n{GOOD}")
    same, _ = load_calendar(tmp_path / "id")
    (tmp_path / "id" / "y2031.yaml").write_text(GOOD.replace("Cuti", "Libur"))
    other, _ = load_calendar(tmp_path / "id")

    assert same.version == one.version
    assert changed_years(one.version, same) == ()
    assert changed_years(one.version, other) == (2031,)


def test_a_year_that_comes_or_goes_has_changed(tmp_path: Path) -> None:
    one, _ = load_calendar(folder(tmp_path, y2031=GOOD))
    empty = build("id", [], version_of({}))

    assert changed_years(empty.version, one) == (2031,)
    assert changed_years(one.version, empty) == (2031,)
    assert changed_years(empty.version, empty) == ()


def test_a_version_of_an_earlier_release_tells_nothing(tmp_path: Path) -> None:
    found, _ = load_calendar(folder(tmp_path, y2031=GOOD))
    assert changed_years("0" * 64, found) == (2031,)


def test_decrees_are_held_oldest_first() -> None:
    assert [name[-9:] for name in calendar().held[2024].decrees] == ["ahun 2023", "ahun 2024", "ahun 2024"]
    assert "Keputusan Presiden Nomor 33 Tahun 2024" in calendar().held[2024].decrees


@pytest.mark.parametrize(
    ("first", "last", "count"),
    [
        ("2026-12-30", "2026-12-31", 1),
        ("2026-12-31", "2026-12-31", 0),
        ("2026-12-23", "2026-12-28", 1),  # joint leave, Christmas, a weekend
        ("2026-12-31", "2026-12-30", 0),
    ],
)
def test_office_days_between(first: str, last: str, count: int) -> None:
    assert calendar().office_days_between(day(first), day(last)) == count
