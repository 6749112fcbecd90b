"""Cursors that only we can write, and how often a token may ask."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from tracker.web.api import cursors
from tracker.web.api.events import Fact
from tracker.web.api.limits import Rate
from tracker.web.api.problems import Problem
from tracker.web.api.values import AlertOut, Value

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@given(st.lists(st.text(st.characters(categories=("L", "N", "P")), max_size=40), min_size=1, max_size=3))
def test_a_cursor_is_read_as_it_was_written(parts: list[str]) -> None:
    assert cursors.read(cursors.written(*parts), len(parts)) == parts
    assert cursors.read(cursors.written(*parts), len(parts) + 1) is None


@pytest.mark.parametrize(
    "word", ["", "x", "W10", "bnVsbA", "WyJhIl0=", "WyAiYSJd", "WzFd", "_" * 700, "W" * 700]
)
def test_what_we_did_not_write_is_no_cursor(word: str) -> None:
    assert cursors.read(word, 1) is None


def test_what_cannot_be_printed_is_no_cursor() -> None:
    assert cursors.read(cursors.written("a\x00b"), 1) is None


def test_each_may_ask_so_often_in_a_minute() -> None:
    rate = Rate(3)
    assert [rate.wait("a", NOON) for _ in range(3)] == [None] * 3
    assert rate.wait("a", NOON) == timedelta(seconds=20)
    assert rate.wait("b", NOON) is None
    assert rate.wait("a", NOON - timedelta(hours=1)) == timedelta(seconds=20)
    assert rate.wait("a", NOON - timedelta(hours=1) + timedelta(seconds=20)) is None
    assert rate.wait("a", NOON + timedelta(hours=1)) is None


def test_every_example_is_what_it_is_an_example_of() -> None:
    found = 0
    models: list[type[BaseModel]] = [*Value.__subclasses__(), AlertOut, Fact, Problem]
    for model in models:
        for example in model.model_json_schema().get("examples", []):
            assert model.model_validate(example).model_dump(mode="json", exclude_unset=True) == example
            found += 1
    assert found == 7
