"""What buttons hold, and how screens are laid out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.botapi import message_fault
from tracker.bot.commands import command_in
from tracker.bot.screen import LINES_AT_MOST, Button, bold, filled, page_of, pager, plain
from tracker.people.requests import MOST_BYTES, Ask, ask, is_short, is_stored, name_of, number, read, written

DETAILS = st.lists(st.text(st.characters(exclude_characters="|", codec="utf-8"), max_size=20), max_size=4)


@given(
    st.text(st.characters(exclude_characters="|#", codec="utf-8"), min_size=1, max_size=9),
    DETAILS,
)
def test_a_request_reads_as_it_was_written(name: str, details: list[str]) -> None:
    asked = ask(name, *details)
    line = written(asked)
    assert read(line) == asked
    assert is_short(line) is (len(line.encode()) <= MOST_BYTES)
    assert is_short(name_of(line)) is False
    assert is_stored(name_of(line))
    assert len(name_of(line).encode()) <= MOST_BYTES


@given(st.text())
def test_any_line_is_a_request(line: str) -> None:
    name, details = read(line)
    assert "|" not in name
    assert all("|" not in each for each in details)
    assert number(details, 0, 7) >= 0


@pytest.mark.parametrize(
    ("details", "expected"),
    [((), 7), (("3",), 3), (("-1",), 7), (("x",), 7), (("²",), 7), (("99999",), 10_000), (("9" * 10,), 7)],
)
def test_numbers(details: tuple[str, ...], expected: int) -> None:
    assert number(details, 0, 7) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/tenggat", Ask("tenggat")),
        ("/tenggat 30", Ask("tenggat", ("30",))),
        ("/Tenggat@pelacak_bot 30", Ask("tenggat", ("30",))),
        ("/due", Ask("tenggat")),
        ("/perjanjian  kutai kartanegara ", Ask("perjanjian", ("kutai kartanegara ",))),
        ("/start abc", Ask("start", ("abc",))),
        ("/nothing", None),
        ("/", None),
        ("/ tenggat", Ask("tenggat")),
        ("tenggat", None),
        ("", None),
    ],
)
def test_commands(text: str, expected: Ask | None) -> None:
    assert command_in(text) == expected


@given(st.text())
def test_any_text_may_stand_in_a_message(text: str) -> None:
    assert message_fault(f"x{plain(text)}{bold(f'y{text}')}") is None


@pytest.mark.parametrize(
    ("page", "total", "expected"),
    [(0, 0, 0), (3, 0, 0), (0, 5, 0), (1, 5, 0), (1, 6, 1), (9, 11, 2), (-1, 9, 0)],
)
def test_the_page_that_is_there(page: int, total: int, expected: int) -> None:
    assert page_of(page, total, 5) == expected


@pytest.mark.parametrize(
    ("page", "total", "expected"),
    [(0, 5, []), (0, 6, ["1/2", "▶"]), (1, 11, ["◀", "2/3", "▶"]), (2, 11, ["◀", "3/3"])],
)
def test_page_turners(page: int, total: int, expected: list[str]) -> None:
    found: tuple[Button, ...] = pager(page, total, 5, lambda to: ask("x", to))
    assert [button.label for button in found] == expected


@given(st.lists(st.text(max_size=2000), max_size=30))
def test_screens_hold_everything_and_are_short(lines: list[str]) -> None:
    screens = filled(lines)
    assert sum(map(len, screens)) == len(lines)
    assert all(sum(map(len, screen)) <= LINES_AT_MOST for screen in screens)
