"""When an obligation ceases to matter, and how it enters the store."""

from datetime import date

import pytest

from tests.support.agreements import calendar
from tracker.events.model import Event
from tracker.obligations.derive import Derived, derive
from tracker.obligations.lifecycle import first_state, lapses_on, state_on
from tracker.obligations.model import State
from tracker.terms.model import Agreement

GRACE = 30


def derived(due: str, *events: Event, **rule: object) -> Derived:
    agreement = Agreement.model_validate(
        {
            "id": "contoh",
            "title": "Contoh",
            "signed": "2023-02-28",
            "parties": {"kesatu": {"name": "A"}, "kedua": {"name": "B"}},
            "term": {"length": "2 years", "from": "signed"},
            "rules": [{"id": "r", "duty": {"by": "either", "to": "other"}, "due": due, **rule}],
        }
    )
    return derive(agreement, calendar(), events)


def event(day: str) -> Event:
    return Event("contoh", "force-majeure-occurred", date.fromisoformat(day))


@pytest.mark.parametrize(
    ("due", "rule", "opened", "expected"),
    [
        (
            "30 calendar days before term end",
            {},
            "2023-02-28",
            "2025-03-01",
        ),  # the term ended on every reading
        ("30 calendar days before term end", {"optional": True}, "2023-02-28", "2025-01-25"),
        ("30 calendar days after term end", {}, "2023-02-28", "2025-04-30"),  # owed after the end
        ("on 2023-06-01", {}, "2023-02-28", "2025-03-31"),  # owed: chased 30 days past the end
        ("on 2025-06-02", {}, "2023-02-28", "2025-07-03"),
        ("on 2023-06-01", {"survives": True}, "2023-02-28", None),
        ("standing", {}, "2023-02-28", "2025-03-01"),  # holds as long as the agreement does
        ("standing", {"survives": True}, "2023-02-28", None),
        ("undated", {"question": "Kapan?"}, "2023-02-28", "2025-03-01"),
        (
            "undated",
            {"question": "Kapan?", "trigger": "force-majeure-occurred"},
            "2026-05-04",
            "2026-06-04",
        ),
        ("7 calendar days since force-majeure-occurred", {}, "2023-04-17", "2025-03-31"),
        # learned of long after the end: still said, and chased for the grace period
        ("7 calendar days since force-majeure-occurred", {}, "2026-05-04", "2026-06-04"),
        ("7 calendar days since force-majeure-occurred", {"optional": True}, "2026-05-04", "2026-06-04"),
    ],
)
def test_lapses_on(due: str, rule: dict[str, object], opened: str, expected: str | None) -> None:
    found = derived(due, event("2023-04-17"), **rule)
    day = lapses_on(found.obligations[0], found.ends, date.fromisoformat(opened), GRACE)
    assert day == (date.fromisoformat(expected) if expected else None)


@pytest.mark.parametrize(
    ("due", "tracked_since", "expected"),
    [
        ("on 2023-06-01", "2023-06-01", State.OPEN),
        ("on 2023-06-01", "2023-06-02", State.UNVERIFIED),
        # likely 28 Jan, latest 30 Jan 2025: as long as one reading holds, it is open
        ("30 calendar days before term end", "2025-01-30", State.OPEN),
        ("30 calendar days before term end", "2025-01-31", State.UNVERIFIED),
        ("7 calendar days since force-majeure-occurred", "2026-01-01", State.OPEN),
        ("standing", "2026-01-01", State.OPEN),
    ],
)
def test_first_state(due: str, tracked_since: str, expected: State) -> None:
    found = derived(due, event("2023-04-17"))
    assert first_state(found.obligations[0], date.fromisoformat(tracked_since)) is expected


@pytest.mark.parametrize(
    ("stored", "today", "reminded", "expected"),
    [
        (State.OPEN, "2025-01-01", False, State.OPEN),
        (State.OPEN, "2025-01-01", True, State.DUE),
        (State.OPEN, "2025-01-24", True, State.DUE),
        (State.OPEN, "2025-01-25", False, State.OVERDUE),
        (State.FULFILLED, "2025-01-25", True, State.FULFILLED),
        (State.UNVERIFIED, "2025-01-25", False, State.UNVERIFIED),
    ],
)
def test_state_on(stored: State, today: str, reminded: bool, expected: State) -> None:  # noqa: FBT001
    act_by = date(2025, 1, 24)
    assert state_on(stored, act_by, reminded=reminded, today=date.fromisoformat(today)) is expected
