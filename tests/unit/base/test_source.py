"""YAML text -> values with lines: what stays text, what is a problem, and that nothing raises."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.base.source import Source, parse

BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")


def lines_in(text: str) -> int:
    return len(BREAK.findall(text)) + 1


def within(source: Source, text: str) -> bool:
    lines = [*source.lines.at.values(), *[problem.line for problem in source.problems]]
    return all(1 <= line <= lines_in(text) for line in lines)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1", 1),
        ("a: -3", -3),
        ("a: 0", 0),
        ("a: true", True),
        ("a: false", False),
        ("a:", None),
        ("a: null", None),
        ("a: ~", None),
        ("a: '1'", "1"),
        ('a: "true"', "true"),
        ('a: ""', ""),
        ("a: yes", "yes"),
        ("a: no", "no"),
        ("a: on", "on"),
        ("a: 2025-04-29", "2025-04-29"),
        ("a: 2025-04-29T08:00:00Z", "2025-04-29T08:00:00Z"),
        ("a: 09", "09"),
        ("a: 007", "007"),
        ("a: 08:30", "08:30"),
        ("a: 1e3", "1e3"),
        ("a: 1.10", "1.10"),
        ("a: |\n  first\n  second", "first\nsecond"),
        ("a: >-\n  first\n  second", "first second"),
        ("a: [x, 2]", ["x", 2]),
        ("a: {b: {c: d}}", {"b": {"c": "d"}}),
        ("a: !!int ²", "²"),
        ("a: &x same", "same"),
        pytest.param("a: " + "9" * 5000, "9" * 5000, id="more digits than a number has"),
    ],
)
def test_scalars_as_a_careful_person_reads_them(text: str, expected: Any) -> None:
    found = parse(text)
    assert found.problems == []
    assert found.value == {"a": expected}
    assert type(found.value["a"]) is type(expected)


def test_keys_are_text() -> None:
    assert parse("1: a\non: b\n2025-01-01: c\ntrue: d").value == {
        "1": "a",
        "on": "b",
        "2025-01-01": "c",
        "true": "d",
    }


@pytest.mark.parametrize(
    ("text", "line", "fragment"),
    [
        ("a: 1\na: 2", 2, "'a' is given twice (first on line 1), expected once"),
        ("x:\n  - b: 1\n    c: 2\n    b: 3", 4, "'b' is given twice (first on line 2)"),
        ("1: a\n'1': b", 2, "'1' is given twice"),
        ("a: 1\n\tb: 2", 2, "not readable as YAML"),
        ("a: b: c", 1, "not readable as YAML"),
        ("a: [1, 2\nb: 3", 2, "not readable as YAML"),
        ("a: 'open\nb: 3", 2, "not readable as YAML"),
        ("a: *missing", 1, "not readable as YAML"),
        ("a: 1\n---\nb: 2", 2, "not readable as YAML"),
        ("a: \x07", 1, "not readable as YAML"),
        ("\x00", 1, "not readable as YAML"),
    ],
)
def test_problems(text: str, line: int, fragment: str) -> None:
    (problem,) = parse(text).problems
    assert problem.line == line
    assert fragment in problem.message


def test_a_key_given_twice_keeps_its_first_value() -> None:
    assert parse("a: 1\nb: 2\na: 3").value == {"a": 1, "b": 2}


@pytest.mark.parametrize("text", ["", "\n\n", "# only a remark\n", "---\n"])
def test_an_empty_document_is_nothing(text: str) -> None:
    assert parse(text).value is None
    assert parse(text).problems == []


def test_lines_of_values_and_of_their_nearest_ancestor() -> None:
    source = parse("id: x\nrules:\n  - id: a\n    due: b\n  - {id: c,\n     due: d}\n")
    assert source.line_of(["rules"]) == 2
    assert source.line_of(["rules", 0]) == 3
    assert source.line_of(["rules", 0, "due"]) == 4
    assert source.line_of(["rules", 1, "id"]) == 5
    assert source.line_of(["rules", 1, "due"]) == 6
    assert source.line_of(["rules", 1, "duty", "to"]) == 5
    assert source.line_of(["rules", 7]) == 2
    assert source.line_of(["nowhere"]) == 1
    assert source.line_of([]) == 1


@pytest.mark.parametrize(
    "text",
    ["&a [*a]", "a: &a {b: *a}", "[" * 2000 + "]" * 2000, "{a: " * 2000 + "}" * 2000],
    ids=["a list in itself", "a mapping in itself", "deep lists", "deep mappings"],
)
def test_documents_without_an_end_are_problems(text: str) -> None:
    (problem,) = parse(text).problems
    assert problem.line == 1


def test_half_a_character_is_a_problem() -> None:
    (problem,) = parse("a: \ud800").problems
    assert problem.line == 1


@given(st.text())
def test_arbitrary_text_never_raises(text: str) -> None:
    assert within(parse(text), text)


@given(st.text(alphabet="ab1 \n\t:-?,[]{}&*!|>'\"#%@`~<=.\r\x85", max_size=60))
def test_arbitrary_punctuation_never_raises(text: str) -> None:
    assert within(parse(text), text)


PLAIN = st.text(alphabet="abcdefgh", min_size=1, max_size=5).filter(
    lambda word: word not in ("true", "false")
)
VALUES = st.recursive(
    PLAIN | st.integers(0, 10**6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(PLAIN, inner, max_size=3),
    max_leaves=10,
)


def flow(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {flow(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(flow(inner) for inner in value) + "]"
    return str(value)


@given(st.dictionaries(PLAIN, VALUES, min_size=1, max_size=4))
def test_values_come_back_with_their_lines(values: dict[str, Any]) -> None:
    source = parse("\n".join(f"{key}: {flow(value)}" for key, value in values.items()))
    assert source.problems == []
    assert source.value == values
    assert [source.line_of([key]) for key in values] == list(range(1, len(values) + 1))
