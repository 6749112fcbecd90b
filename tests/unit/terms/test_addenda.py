"""Addenda in terms files: how the agreement reads on a day, and every fault with its line."""
# ruff: noqa: E501 - tables, one line a case

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.support.agreements import agreement, rule
from tracker.base.faults import Severity
from tracker.terms.load import read_text
from tracker.terms.model import Agreement

day = date.fromisoformat

GOOD = """\
id: sample-2025
title: Perjanjian contoh
signed: 2025-04-29
parties: {kesatu: {name: Dinas Satu, contacts: [{position: Kepala}]}, kedua: {name: Badan Dua}}
term:
  length: 1 year
  from: signed
  renewal: {silence: renews, stopped_by: renewal-notice}
clauses: [{position: 1, number: "6", heading: Jangka Waktu}]
rules:
  - id: renewal-notice
    clause: {number: "6", ayat: 2}
    duty: {by: either, to: other, act: Memberitahukan, form: [written]}
    due: 30 days before term end
    if_missed: lapse
  - id: report
    clause: {number: "6"}
    duty: {by: kesatu, to: kedua, act: Melapor, form: [report]}
    due: every semester
    if_missed: none stated
  - id: answer
    clause: {number: "6"}
    duty: {by: kedua, to: kesatu, act: Menjawab, form: [written]}
    due: 10 days after report due
    if_missed: none stated
addenda:
  - numbers: [1/ADD/2026]
    signed: 2026-02-02
    in_force_from: 2026-02-02
    why: Jangka waktu diperpanjang
    term: {length: 2 years, from: signed, clause: {number: "1"}}
    rules:
      - id: report
        clause: {number: "6"}
        duty: {by: kesatu, to: kedua, act: Melapor, form: [report]}
        due: every year
        if_missed: none stated
  - signed: 2027-03-01
    in_force_from: 2027-04-29
    term: {length: 3 years, from: 2027-04-29}
    removed: [answer]
"""


def errors(text: str) -> list[str]:
    _, faults = read_text(text, "a.yaml")
    return [f"{fault.line}: {fault.message}" for fault in faults if fault.severity is Severity.ERROR]


def read(text: str = GOOD) -> Agreement:
    file, _ = read_text(text, "a.yaml")
    assert file is not None
    return file.agreement


def test_the_good_file_has_no_fault() -> None:
    _, faults = read_text(GOOD, "a.yaml")
    assert faults == []
    terms = read()
    assert Agreement.model_validate_json(terms.model_dump_json(by_alias=True)) == terms


@pytest.mark.parametrize(
    ("old", "new", "line", "fragment"),
    [
        ("in_force_from: 2027-04-29", "in_force_from: 2026-01-01", 39, "in force from 2026-01-01, before the one above it (2026-02-02), expected addenda in the order"),
        ("signed: 2026-02-02", "signed: 2025-04-01", 28, "signed on 2025-04-01, before the agreement on 2025-04-29"),
        ("removed: [answer]", "removed: [answr]", 41, "removes the unknown rule 'answr', expected a rule id"),
        ("removed: [answer]", "removed: [answer, answer]", 41, "removes the rule 'answer' twice, expected once"),
        ("removed: [answer]", "removed: [report]", 41, "removes the rule 'report', which 'answer' counts from"),
        ("removed: [answer]", "removed: [renewal-notice]", 40, "renewal is stopped by the unknown rule 'renewal-notice'"),
        ("    why: Jangka", "    removed: [report]\n    why: Jangka", 30, "removes and changes the rule 'report', expected one of the two"),
        ("from: 2027-04-29}", "from: 2025-04-01}", 40, "begins on 2025-04-01, before the current one on 2025-04-29, expected the same day"),
        ("length: 3 years, from: 2027-04-29", "from: 2027-04-29, to: 2027-12-31", 40, "renews for an unknown time, expected 'renewal: {silence: renews, length: ...}'"),
        ("length: 2 years, from: signed", "from: signed, to: 2024-01-01", 31, "2024-01-01"),
        ("due: every year", "due: every week", 36, "'every week' is not a due line"),
        ("due: every year", "due: 3 days after raport due", 36, "counts from the unknown rule 'raport', expected a rule id"),
        ("due: every year", "due: 3 days after answer due", 36, "counts from itself through other rules"),
        ("by: kesatu, to: kedua, act: Melapor, form: [report]}\n        due: every year", "by: pertama, to: kedua}\n        due: every year", 35, "unknown duty holder 'pertama'"),
        ('      - id: report\n        clause: {number: "6"}', '      - id: report\n        clause: {number: "7"}', 34, "unknown clause '7'"),
        ("      - id: report\n", "      - {id: report, duty: {by: both, to: both}, due: standing}\n      - id: report\n", 34, "id 'report' is already used by addenda.0.rules.0, expected a new id"),
        ("    in_force_from: 2026-02-02\n", "", 27, "addenda.0.in_force_from: is missing"),
        ("    why: Jangka", "    whi: x\n    why: Jangka", 30, "addenda.0.whi: unknown key"),
        # what silence does
        ("stopped_by: renewal-notice", "stopped_by: notice", 8, "renewal is stopped by the unknown rule 'notice', expected a rule id"),
        ("silence: renews,", "silence: maybe,", 8, "term.renewal.silence: "),
        ("silence: renews,", "silence: ends,", 8, "nothing follows by silence"),
        ("stopped_by: renewal-notice", "length: 5 working days", 8, "a term of 5 working days cannot be counted"),
        ("  length: 1 year\n  from: signed\n", "  from: signed\n  to: 2026-04-28\n", 5, "a term with a stated last day renews for an unknown time, expected a 'length'"),
        # unless
        ("    if_missed: lapse", "    unless: report-received\n    if_missed: lapse", 11, "'unless' is for a duty that an event starts"),
    ],
)  # fmt: skip
def test_every_fault_names_its_line(old: str, new: str, line: int, fragment: str) -> None:
    assert GOOD.count(old) >= 1
    found = errors(GOOD.replace(old, new, 1))
    assert any(message.startswith(f"{line}: ") and fragment in message for message in found), found


def test_a_period_from_the_signing_is_too_late_in_an_addendum() -> None:
    _, faults = read_text(GOOD.replace("due: every year", "due: 3 months since signing"), "a.yaml")
    assert [(fault.line, fault.severity) for fault in faults] == [(36, Severity.WARNING)]
    assert "changes nothing" in faults[0].message


@pytest.mark.parametrize(
    ("on", "length", "start", "due", "ids"),
    [
        ("2025-04-29", "1 year", "signed", "every semester", ["renewal-notice", "report", "answer"]),
        ("2026-02-01", "1 year", "signed", "every semester", ["renewal-notice", "report", "answer"]),
        ("2026-02-02", "2 years", "signed", "every year", ["renewal-notice", "report", "answer"]),
        ("2027-04-28", "2 years", "signed", "every year", ["renewal-notice", "report", "answer"]),
        ("2027-04-29", "3 years", "2027-04-29", "every year", ["renewal-notice", "report"]),
    ],
)
def test_how_the_agreement_reads_on_a_day(on: str, length: str, start: str, due: str, ids: list[str]) -> None:
    found = read().in_force(day(on))
    assert (str(found.term.length), found.term.start) == (length, start)
    assert str(found.rule_by_id["report"].due) == due
    assert [each.id for each in found.rules] == ids
    assert found.addenda == ()
    assert found.term.renewal is not None, "what silence means is kept"


def test_without_addenda_it_reads_as_it_is() -> None:
    terms = agreement("every semester")
    assert terms.in_force(day("2026-01-01")) is terms
    assert read().in_force(day("2026-03-01")) is not read().in_force(day("2027-05-01"))


@given(st.lists(st.tuples(st.dates(date(2025, 5, 1), date(2029, 1, 1)), st.integers(1, 99)), max_size=5))
def test_the_newest_addendum_in_force_wins(changes: list[tuple[date, int]]) -> None:
    addenda = [
        {"signed": since, "in_force_from": since, "rules": [rule(f"{days} days before term end")]}
        for since, days in changes
    ]
    terms = agreement("100 days before term end", addenda=addenda)
    for probe in [date(2025, 4, 29), date(2030, 1, 1), *(since for since, _ in changes)]:
        held = sorted((each for each in changes if each[0] <= probe), key=lambda each: each[0])
        days = held[-1][1] if held else 100
        assert str(terms.in_force(probe).rules[0].due).startswith(f"{days} day")


def test_events_that_matter_include_those_that_end_a_duty() -> None:
    added = {
        "signed": "2026-01-05",
        "in_force_from": "2026-01-05",
        "rules": [rule("7 days since flood", "new")],
    }
    terms = agreement(rule("30 days since strike", unless="strike-ended"), addenda=[added])
    assert terms.event_kinds() == {"strike", "strike-ended", "flood", "agreement-ended-early"}


def test_an_addendum_is_frozen_and_knows_its_keys() -> None:
    with pytest.raises(ValidationError):
        agreement(addenda=[{"signed": "2026-01-05", "in_force_from": "2026-01-05", "note": "x"}])
