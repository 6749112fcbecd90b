"""Reading a filled-in list, and what each row stands for."""

from datetime import date

import pytest

from tests.support.agreements import agreement, rule
from tracker.settling import NOT_DONE, TO_FILL_IN, Row, fact_of, form_faults, proof_kind, read_rows

TODAY = date(2026, 11, 23)
KEY = "a/duty/2026-02-27"


def row(**values: str) -> Row:
    return Row(2, {**dict.fromkeys(TO_FILL_IN, ""), "key": KEY, **values})


@pytest.mark.parametrize("separator", [",", ";"])
def test_rows_with_their_lines(separator: str) -> None:
    text = f'key,outcome,on,note,act\n{KEY},done,2026-02-20,"two\nlines",x\n\n{KEY}2,,,,x\n{KEY}3,waived,,,\n'

    rows, left, faults = read_rows(text.replace(",", separator), "l.csv")

    assert [(one.line, one.key, one.values["outcome"]) for one in rows] == [
        (2, KEY, "done"),
        (6, f"{KEY}3", "waived"),
    ]
    assert rows[0].values["note"] == "two\nlines"
    assert (left, faults) == (1, [])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "l.csv:1: has no columns 'key' and 'outcome', expected the columns key, outcome, on, "),
        ("key,outcome,wen\n", "l.csv:1: unknown column 'wen', expected key, outcome, on, "),
        ("key,outcome,key\n", "l.csv:1: column 'key' is there twice, expected once"),
        ("key,outcome\na,done\na,done,x\n", "l.csv:3: has 3 cells, expected 2"),
    ],
)
def test_a_list_of_another_form(text: str, says: str) -> None:
    _, _, faults = read_rows(text, "l.csv")
    assert str(faults[0]).startswith(says)


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"outcome": "yes"}, ["outcome=yes: expected one of done, waived, open"]),
        ({"on": "2026-02-20"}, ["outcome=: expected one of done, waived, open"]),
        ({"outcome": "done"}, ["on is missing, expected the day it was done as YYYY-MM-DD"]),
        ({"outcome": "done", "on": "20/2/2026"}, ["on=20/2/2026: expected a day as YYYY-MM-DD"]),
        ({"outcome": "done", "on": "2026-11-24"}, ["on=2026-11-24 is after today, 2026-11-23"]),
        (
            {"outcome": "done", "on": "2026-02-20", "why": "x"},
            ["why is for 'waived' and 'open', expected it empty (a remark goes into note)"],
        ),
        ({"outcome": "waived"}, ["why is missing, expected the reason it is waived"]),
        (
            {"outcome": "open", "received_on": "2026-02-20"},
            ["received_on is for 'done', expected it empty"],
        ),
        ({"outcome": "done", "on": "2026-11-23", "received_on": "2026-11-23", "letter": "1/X"}, []),
        ({"outcome": "waived", "why": "x"}, []),
        ({"outcome": "open"}, []),
    ],
)
def test_what_is_wrong_with_a_row(values: dict[str, str], says: list[str]) -> None:
    assert list(form_faults(row(**values), TODAY)) == says


@pytest.mark.parametrize(
    ("name", "form", "kind"),
    [
        ("dues", ["service", "payment"], "payment-made"),
        ("monitoring", ["written", "report"], "report-submitted"),
        ("letter", ["written"], "notice-served"),
        ("renewal-notice", [], "notice-served"),
        ("meeting", ["meeting"], "duty-fulfilled"),
    ],
)
def test_the_kind_of_proof_follows_the_form(name: str, form: list[str], kind: str) -> None:
    duty = {"by": "either", "to": "other", "form": form}
    terms = agreement(rule("on 2026-02-27", name, duty=duty))
    assert proof_kind(terms.rules[0]) == kind


def test_a_done_row_proves_every_part() -> None:
    duty = {"by": "either", "to": ["kesatu", "kedua"], "form": ["written", "official-certificate"]}
    terms = agreement(rule("on 2026-02-27", duty=duty))

    fact = fact_of(
        row(outcome="done", on="2026-02-20", letter="1/X"), terms, terms.rules[0], "2026-02-27", TODAY
    )

    assert (fact.kind, fact.happened_on) == ("notice-served", date(2026, 2, 20))
    assert fact.details == {
        "rule": "duty",
        "occurrence": "2026-02-27",
        "to": "kesatu+kedua",
        "form": "official-certificate",
        "letter": "1/X",
    }


def test_an_open_row_needs_no_reason_of_its_own() -> None:
    terms = agreement("on 2026-02-27")
    fact = fact_of(row(outcome="open"), terms, terms.rules[0], "2026-02-27", TODAY)
    assert (fact.kind, fact.happened_on, fact.details["why"]) == ("obligation-reopened", TODAY, NOT_DONE)


def test_a_row_is_named_by_what_it_says() -> None:
    one = row(outcome="done", on="2026-02-20")
    assert one.client_key == Row(9, one.values).client_key
    assert one.client_key != row(outcome="done", on="2026-02-21").client_key
