"""A force majeure that is expected to last: the estimate given with the event starts the early review."""

import pytest

from tests.support.agreements import agreement, calendar, event, repository_terms, rule
from tracker.events.model import Event
from tracker.obligations.derive import derive
from tracker.obligations.model import State
from tracker.terms.model import Agreement

OCCURRED, ENDED, EXPECTED = (
    "force-majeure-occurred",
    "force-majeure-ended",
    "prolonged-force-majeure-expected",
)
REVIEW = rule(f"30 calendar days since {OCCURRED}", "review", unless=ENDED)
EARLY = rule("undated", "early", trigger=EXPECTED, unless=ENDED)
Row = tuple[str, str, str | None]


def early(terms: Agreement, *facts: Event, of: str = "early") -> list[Row]:
    """Give occurrence, state and reason for the end of the early reviews."""
    found = derive(terms, calendar(), facts).obligations
    return [(each.occurrence, each.state.value, each.ended) for each in found if each.rule.id == of]


@pytest.mark.parametrize(
    ("review", "expected_days", "starts"),
    [
        (REVIEW, "29", False),
        (REVIEW, "30", False),
        (REVIEW, "31", True),
        (REVIEW, "200", True),
        (rule(f"2 weeks after {OCCURRED}", "review", unless=ENDED), "14", False),
        (rule(f"2 weeks after {OCCURRED}", "review", unless=ENDED), "15", True),
        # no period after which the text asks for a review: nothing to compare with
        (rule(f"14 calendar days since {OCCURRED}", "notice"), "200", False),
        (rule(f"30 calendar days since {OCCURRED}", "review", unless="goal-reached"), "200", False),
        (rule(f"1 month since {OCCURRED}", "review", unless=ENDED), "200", False),
        ({**REVIEW, "enabled": False}, "200", False),
    ],
)
def test_an_estimate_longer_than_the_text_allows_for(
    review: dict[str, object], expected_days: str, *, starts: bool
) -> None:
    occurred = event(OCCURRED, "2026-12-01", party="kesatu", expected_days=expected_days)
    wanted = ("2026-12-01:kesatu", "open", None) if starts else ("waiting", "waiting", None)
    assert early(agreement(review, EARLY), occurred) == [wanted]


def test_without_an_estimate_somebody_says_so() -> None:
    terms = agreement(REVIEW, EARLY)
    occurred = event(OCCURRED, "2026-12-01", party="kesatu")
    assert early(terms, occurred) == [("waiting", "waiting", None)]
    said = event(EXPECTED, "2026-12-09", party="kesatu")
    assert early(terms, occurred, said) == [("2026-12-09:kesatu", "open", None)]


@pytest.mark.parametrize(
    ("ended", "review"),
    [
        ("2026-12-10", "trigger-ended"),
        ("2026-12-31", "trigger-ended"),
        # it did pass 30 days: the dated review is owed, although it is over by now
        ("2027-01-01", None),
        ("2027-02-10", None),
    ],
)
def test_the_first_agreement(ended: str, review: str | None) -> None:
    terms = repository_terms()["babel-bpjstk-2025"].agreement
    facts = [event(OCCURRED, "2026-12-01", party="kesatu", expected_days="45")]
    name = "2026-12-01:kesatu"
    assert early(terms, *facts, of="force-majeure-early-review") == [(name, "open", None)]
    assert early(terms, *facts, of="force-majeure-review") == [(name, "open", None)]

    facts.append(event(ENDED, ended, party="kesatu"))
    assert early(terms, *facts, of="force-majeure-early-review") == [(name, "open", "trigger-ended")]
    assert early(terms, *facts, of="force-majeure-review") == [(name, "open", review)]


def test_the_wording_of_the_day_decides_how_long_is_long() -> None:
    longer = rule(f"60 calendar days since {OCCURRED}", "review", unless=ENDED)
    changed = {"signed": "2026-06-01", "in_force_from": "2026-06-01", "rules": [longer]}
    terms = agreement(REVIEW, EARLY, addenda=[changed])
    facts = [event(OCCURRED, day, expected_days="45") for day in ("2026-05-29", "2026-06-02")]
    assert early(terms, *facts) == [("2026-05-29", State.OPEN.value, None)]
