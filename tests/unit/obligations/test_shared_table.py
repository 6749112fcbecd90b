"""The table that closes counting.md agrees with what the repository's own terms files give."""

import re
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

import pytest

from tests.support.agreements import SHARED, calendar, deadlines, repository_terms
from tracker.events.model import Event
from tracker.obligations.deadline import Deadline
from tracker.obligations.derive import derive

NOTES = SHARED / "counting.md"
ISO = re.compile(r"\d{4}-\d\d-\d\d")
FIGURES = ("likely", "safe", "act_by", "strictest")


class Row(NamedTuple):
    agreement: str
    rule: str
    first_cell: str
    cells: dict[str, str]


def rows() -> Iterator[Row]:
    text = NOTES.read_text(encoding="utf-8") if NOTES.exists() else ""
    for line in text.partition("## Dates of the four agreements")[2].splitlines():
        cells = [cell.strip() for cell in line.strip("| ").split("|")]
        found = re.match(r"([a-z0-9-]+) / ([a-z0-9-]+)", cells[0])
        if found and cells[0] != "agreement / rule":
            values = [*cells[1:], *[""] * 4]
            yield Row(found[1], found[2], cells[0], dict(zip(FIGURES, values, strict=False)))


def derived(row: Row) -> list[Deadline]:
    terms = repository_terms().get(row.agreement)
    if terms is None:
        pytest.skip(f"{row.agreement} is not loaded")
    rule = terms.agreement.rule_by_id[row.rule]
    facts = []
    if rule.trigger_event is not None:
        happened = ISO.search(row.first_cell)
        assert happened is not None
        facts = [Event(row.agreement, rule.trigger_event, date.fromisoformat(happened[0]))]
    found = derive(terms.agreement, calendar(), facts).obligations
    return deadlines([each for each in found if each.rule.id == row.rule])


@pytest.mark.shared
@pytest.mark.skipif(not NOTES.exists(), reason="the normative notes are not beside the repository")
@pytest.mark.parametrize("row", list(rows()), ids=lambda row: row.first_cell)
def test_row_of_the_normative_table(row: Row) -> None:
    found = derived(row)
    for figure in FIGURES:
        cell = row.cells[figure]
        stated = [date.fromisoformat(iso) for iso in ISO.findall(cell)]
        given = [getattr(each, figure) for each in found]
        if number := re.search(r"(\d+) reports", cell):
            assert len(found) == int(number[1])
            assert (given[0], given[-1]) == (stated[0], stated[-1])
            assert set(stated) <= set(given)
            assert {(day.month, day.day) for day in given[:-1]} == {(6, 30), (12, 31)}
        elif cell == "same":
            assert given == [each.likely for each in found]
        elif stated:
            assert given == stated
        if "provisional" in cell:
            assert all(each.provisional for each in found)
        if month := re.search(r"mid March (\d{4})", cell):
            middle = date(int(month[1]), 3, 15)
            assert all(abs((day - middle).days) <= 5 for day in given)


@pytest.mark.shared
@pytest.mark.skipif(not NOTES.exists(), reason="the normative notes are not beside the repository")
def test_the_table_was_found() -> None:
    assert len(list(rows())) == 9
