"""What only computing can check, as a table: a rule or key -> the fault."""

import pytest

from tests.support.agreements import calendar
from tracker.base.faults import Fault
from tracker.obligations.check import check_file
from tracker.terms.load import read_text

LADDERS = {"standard", "renewal"}
TEXT = """
id: contoh
title: Contoh
signed: 2024-11-24
parties:
  kesatu: {name: A, contacts: [{position: Sekretaris}]}
  kedua: {name: B}
term: {from: 2024-11-24, to: 2024-12-31}
rules:
  - id: r
    duty: {by: either, to: other}
    due: 7 days before term end
"""


def checked(*changes: tuple[str, str]) -> list[Fault]:
    text = TEXT
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    file, faults = read_text(text, "x.yaml")
    assert file is not None, faults
    return check_file(file, {"id": calendar()}, LADDERS, {"cabang"}, "Koordinator")


def test_a_sound_file_has_no_faults() -> None:
    assert checked() == []


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("7 days", "3 months", 12, "closes on 2024-10-0"),
        ("signed:", "calendar: {holidays: mars}\nsigned:", 4, "unknown calendar 'mars'"),
        ("term end", "term end\n    ladder: weekly", 13, "unknown ladder 'weekly'"),
        ("rules:", "remind: {renwal: [7]}\nrules:", 9, "unknown ladder 'renwal'"),
        (
            "term end",
            "term end\n    pins: [{axis: start, choice: included, by: a, on: 2024-01-01, why: b}]",
            13,
            "a pin of start decides nothing",
        ),
    ],
)
def test_errors(old: str, new: str, line: int, message: str) -> None:
    faults = [fault for fault in checked((old, new)) if fault.is_error]
    assert len(faults) == 1, faults
    assert faults[0].line == line
    assert message in faults[0].message
    assert "expected" in faults[0].message


def test_an_agreement_without_contacts_is_a_warning_that_names_the_fallback() -> None:
    (fault,) = checked((", contacts: [{position: Sekretaris}]", ""))
    assert not fault.is_error
    assert "'Koordinator'" in fault.message
    assert fault.line == 5


def test_a_party_with_duties_of_its_own_needs_a_contact() -> None:
    (fault,) = checked(("by: either", "by: kedua"))
    assert not fault.is_error
    assert "party 'kedua'" in fault.message
