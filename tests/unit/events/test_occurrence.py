"""What a fact starts is named by its day, its time and its party, so that no order of recording matters."""

from itertools import permutations

import pytest

from tracker.events.log import effective
from tracker.events.model import Event, parse_event

FIRE = "force-majeure-occurred=2026-12-01,party=kesatu"
PLAIN = "2026-12-01:kesatu"
MORNING = "2026-12-01T09:00:kesatu"
AFTERNOON = "2026-12-01T15:00:kesatu"


def log(*texts: str) -> list[Event]:
    return [parse_event("a", text) for text in texts]


def names(*texts: str) -> dict[int | None, str]:
    """Give what each fact that holds is called, by its entry."""
    return {fact.number: fact.occurrence for fact in effective(log(*texts))}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("fire=2026-12-01", "2026-12-01"),
        ("fire=2026-12-01,at=09:00", "2026-12-01T09:00"),
        ("fire=2026-12-01,at=00:00", "2026-12-01T00:00"),
        (FIRE, PLAIN),
        (f"{FIRE},at=09:00", MORNING),
    ],
)
def test_names(text: str, expected: str) -> None:
    assert parse_event("a", text).occurrence == expected


@pytest.mark.parametrize(
    "texts",
    [
        [f"{FIRE},at=09:00", f"{FIRE},at=15:00"],
        [f"{FIRE},at=09:00", f"{FIRE},at=15:00", f"{FIRE},at=09:00"],
        [f"{FIRE},at=09:00", "force-majeure-occurred=2026-12-01,party=kedua,at=09:00", "flood=2026-12-01"],
    ],
)
def test_no_order_of_recording_changes_a_name(texts: list[str]) -> None:
    told = set()
    for order in permutations(texts):
        named = names(*order)
        told.add(frozenset((text, named[number]) for number, text in enumerate(order, start=1)))
    assert len(told) == 1


@pytest.mark.parametrize(
    ("correction", "expected"),
    [
        ("2026-12-01,corrects=1,withdrawn=yes", {2: AFTERNOON}),
        ("2026-12-01,corrects=2,withdrawn=yes", {1: MORNING}),
        ("2026-12-01,corrects=1,at=08:00", {1: "2026-12-01T08:00:kesatu", 2: AFTERNOON}),
        ("2026-12-01,corrects=2,at=09:00", {1: MORNING, 2: MORNING}),
        ("2026-12-02,corrects=1", {1: "2026-12-02T09:00:kesatu", 2: AFTERNOON}),
        ("2026-12-01,corrects=2,party=", {1: MORNING, 2: "2026-12-01T15:00"}),
    ],
)
def test_a_correction_takes_no_name_from_the_other(correction: str, expected: dict[int, str]) -> None:
    assert names(f"{FIRE},at=09:00", f"{FIRE},at=15:00", f"fact-corrected={correction},why=x") == expected


@pytest.mark.parametrize(
    ("correction", "expected"),
    [
        ("2026-12-02,corrects=1", "2026-12-02:kesatu"),
        ("2026-12-01,corrects=1,at=09:00", MORNING),
        ("2026-12-01,corrects=1,at=09:00,party=kedua", "2026-12-01T09:00:kedua"),
    ],
)
def test_what_was_said_of_a_fact_follows_it_to_its_new_name(correction: str, expected: str) -> None:
    proof = f"duty-fulfilled=2026-12-03,rule=notice,occurrence={PLAIN}"
    facts = effective(log(FIRE, proof, f"fact-corrected={correction},why=x"))
    assert [fact.details["occurrence"] for fact in facts if fact.number == 2] == [expected]
