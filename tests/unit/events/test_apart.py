"""Two facts of one day at different hours: each keeps a name of its own, whatever is corrected later."""

from datetime import date

import pytest

from tracker.events.log import effective
from tracker.events.model import Event, parse_event

FIRE = "force-majeure-occurred=2026-12-01,party=kesatu"
PLAIN = "2026-12-01:kesatu"


def log(*texts: str) -> list[Event]:
    return [parse_event("a", text) for text in texts]


def names(*texts: str) -> dict[int | None, str]:
    """Give what each fact that holds is called, by its entry."""
    return {fact.number: fact.occurrence for fact in effective(log(*texts))}


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ([FIRE], {1: PLAIN}),
        ([f"{FIRE},at=09:00"], {1: PLAIN}),
        ([FIRE, FIRE], {1: PLAIN, 2: PLAIN}),
        ([f"{FIRE},at=09:00", f"{FIRE},at=09:00"], {1: PLAIN, 2: PLAIN}),
        ([f"{FIRE},at=09:00", f"{FIRE},at=15:00"], {1: PLAIN, 2: f"{PLAIN}.2"}),
        ([f"{FIRE},at=15:00", f"{FIRE},at=09:00"], {1: PLAIN, 2: f"{PLAIN}.2"}),
        ([FIRE, f"{FIRE},at=15:00"], {1: PLAIN, 2: PLAIN}),
        (
            [f"{FIRE},at=09:00", f"{FIRE},at=15:00", f"{FIRE},at=17:00", f"{FIRE},at=15:00"],
            {1: PLAIN, 2: f"{PLAIN}.2", 3: f"{PLAIN}.3", 4: f"{PLAIN}.2"},
        ),
        (
            ["fire=2026-12-01,at=09:00", "fire=2026-12-01,at=15:00", "flood=2026-12-01,at=16:00"],
            {1: "2026-12-01", 2: "2026-12-01.2", 3: "2026-12-01"},
        ),
        (
            [f"{FIRE},at=09:00", "force-majeure-occurred=2026-12-01,party=kedua,at=15:00"],
            {1: PLAIN, 2: "2026-12-01:kedua"},
        ),
    ],
)
def test_names(texts: list[str], expected: dict[int, str]) -> None:
    assert names(*texts) == expected


@pytest.mark.parametrize(
    ("correction", "expected"),
    [
        ("2026-12-01,corrects=1,withdrawn=yes", {2: f"{PLAIN}.2"}),
        ("2026-12-01,corrects=2,withdrawn=yes", {1: PLAIN}),
        ("2026-12-01,corrects=1,at=08:00", {1: PLAIN, 2: f"{PLAIN}.2"}),
        ("2026-12-01,corrects=2,at=08:00", {1: PLAIN, 2: f"{PLAIN}.2"}),
        ("2026-12-01,corrects=2,at=09:00", {1: PLAIN, 2: PLAIN}),
        ("2026-12-02,corrects=1", {1: "2026-12-02:kesatu", 2: f"{PLAIN}.2"}),
        ("2026-12-02,corrects=2", {1: PLAIN, 2: "2026-12-02:kesatu"}),
        ("2026-12-01,corrects=2,party=", {1: PLAIN, 2: "2026-12-01"}),
    ],
)
def test_a_correction_takes_no_name_from_the_other(correction: str, expected: dict[int, str]) -> None:
    assert names(f"{FIRE},at=09:00", f"{FIRE},at=15:00", f"fact-corrected={correction},why=x") == expected


def test_what_was_said_of_the_second_follows_it() -> None:
    proof = f"duty-fulfilled=2026-12-03,rule=notice,occurrence={PLAIN}.2"
    moved = "fact-corrected=2026-12-02,corrects=2,why=x"
    facts = effective(log(f"{FIRE},at=09:00", f"{FIRE},at=15:00", proof, moved))
    assert [fact.details["occurrence"] for fact in facts if fact.number == 3] == ["2026-12-02:kesatu"]


def test_the_ordinal_ends_the_name() -> None:
    assert Event("a", "x", date(2026, 12, 1), {"party": "kesatu"}, ordinal=2).occurrence == f"{PLAIN}.2"
