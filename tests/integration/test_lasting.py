"""A force majeure that lasts, or is expected to: when its review is owed, and when it falls away again."""

import pytest

from tests.integration.test_flow import wib
from tests.support.agreements import ID, rule
from tests.support.houses import Home, terms_file
from tracker.obligations.tables import ObligationRow
from tracker.reminders.tables import ReminderRow

OCCURRED, ENDED = "force-majeure-occurred", "force-majeure-ended"
REVIEW = rule(f"30 calendar days since {OCCURRED}", "force-majeure-review", unless=ENDED)
EARLY = rule(
    "undated", "force-majeure-early-review", trigger="prolonged-force-majeure-expected", unless=ENDED
)
NAME = "2026-11-20:kesatu"


def states(home: Home) -> dict[str, tuple[str, str | None]]:
    return {row.rule: (row.state, row.closed_why) for row in home.rows(ObligationRow)}


def fired_on(home: Home) -> list[str]:
    return sorted(str(row.fired_at.date()) for row in home.rows(ReminderRow))


@pytest.mark.parametrize(
    ("ended", "state", "why"),
    [
        # 30 days after 20 November is 20 December; both ends are recorded on 15 January only
        ("2026-12-10", "superseded", "trigger-ended"),
        ("2027-01-10", "open", None),
    ],
)
def test_an_end_that_is_recorded_late(home: Home, ended: str, state: str, why: str | None) -> None:
    home.load(terms_file(REVIEW, EARLY))
    home.record(OCCURRED, "2026-11-20", party="kesatu")
    review = home.obligation(f"force-majeure-review/{NAME}")
    assert [str(day) for day in (review.likely, review.safe, review.act_by)] == [
        "2026-12-20",
        "2026-12-19",
        "2026-12-18",
    ]
    home.run_until(wib("2027-01-15T10:00"))
    before = fired_on(home)
    assert before[0] == "2026-11-23"
    assert before[-1] > "2027-01-07"  # overdue, and chased

    home.record(ENDED, ended, party="kesatu")
    home.run_until(wib("2027-02-15T10:00"))

    assert states(home) == {"force-majeure-review": (state, why)}
    assert (fired_on(home) == before) is (state == "superseded")


def test_an_event_that_is_expected_to_last(home: Home) -> None:
    home.load(terms_file(REVIEW, EARLY))
    recorded = home.record(OCCURRED, "2026-11-20", party="kesatu", expected_days="45")

    assert recorded.changes.added == 2
    assert states(home) == {
        "force-majeure-review": ("open", None),
        "force-majeure-early-review": ("open", None),
    }
    early = home.obligation(f"force-majeure-early-review/{NAME}")
    assert (early.act_by, early.event_number) == (None, 1)


def test_an_estimate_that_is_corrected(home: Home) -> None:
    home.load(terms_file(REVIEW, EARLY))
    home.record(OCCURRED, "2026-11-20", party="kesatu", expected_days="45")

    home.record("fact-corrected", "2026-11-20", corrects="1", why="salah kira", expected_days="20")
    assert states(home)["force-majeure-early-review"][0] == "superseded"

    home.record("fact-corrected", "2026-11-20", corrects="1", why="ternyata lama", expected_days="60")
    assert states(home)["force-majeure-early-review"] == ("open", None)
    assert home.obligation(f"force-majeure-early-review/{NAME}").key.startswith(ID)


def test_a_review_that_was_held_stays_done(home: Home) -> None:
    home.load(terms_file(REVIEW, EARLY))
    home.record(OCCURRED, "2026-11-20", party="kesatu", expected_days="45")
    home.record("duty-fulfilled", "2026-11-23", rule="force-majeure-early-review", occurrence=NAME)

    home.record(ENDED, "2026-11-23", party="kesatu")

    assert states(home) == {
        "force-majeure-review": ("superseded", "trigger-ended"),
        "force-majeure-early-review": ("fulfilled", "duty-fulfilled"),
    }
