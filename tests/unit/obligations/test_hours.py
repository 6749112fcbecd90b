"""Hours from a known moment, chains of deadlines, and how the moment is shown."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.agreements import agreement, calendar, event, obligations, only_deadline, rule
from tracker.events.model import Event
from tracker.obligations.deadline import Deadline
from tracker.obligations.explain import steps
from tracker.obligations.hours import moment
from tracker.obligations.view import as_json
from tracker.obligations.wording import exact_moment
from tracker.terms.grammar import Side
from tracker.terms.model import Agreement

day = date.fromisoformat
ACCIDENT = "work-accident-occurred"
CHAIN = (
    rule(f"48 hours since {ACCIDENT}", "first-report"),
    rule("5 working days after first-report due", "written-report"),
    rule("10 calendar days after written-report due", "follow-up"),
    rule("5 working days after first-report fulfilled", "after-proof"),
    rule("24 hours since first-report due", "second-call"),
    rule("24 hours since first-report fulfilled", "call-after-proof"),
)


def exact(terms: Agreement, *events: Event, rule_id: str = "duty") -> tuple[str, str]:
    found = only_deadline(terms, *events, rule_id=rule_id)
    assert found.by_time is not None
    assert len(found.readings) == 1
    assert found.likely == found.safe == found.strictest == found.latest
    return found.likely.isoformat(), f"{found.by_time:%H:%M}"


def figures(found: Deadline) -> tuple[str, str, str]:
    return found.likely.isoformat(), found.safe.isoformat(), found.act_by.isoformat()


@pytest.mark.parametrize(
    ("due", "happened", "at", "expected"),
    [
        (f"48 hours after {ACCIDENT}", "2026-03-02", "14:30", ("2026-03-04", "14:30")),
        (f"48 hours since {ACCIDENT}", "2026-03-02", "00:00", ("2026-03-04", "00:00")),
        (f"1 hour after {ACCIDENT}", "2026-03-02", "23:59", ("2026-03-03", "00:59")),
        (f"30 hours since {ACCIDENT}", "2026-12-31", "20:15", ("2027-01-02", "02:15")),
        (f"72 hours before {ACCIDENT}", "2026-03-05", "09:00", ("2026-03-02", "09:00")),
    ],
)
def test_hours_from_a_known_moment(due: str, happened: str, at: str, expected: tuple[str, str]) -> None:
    assert exact(agreement(due), event(ACCIDENT, happened, at=at)) == expected


@pytest.mark.parametrize(
    ("zone", "happened", "at", "expected"),
    [
        # clocks go forward on 29 March 2026 and back on 25 October 2026
        ("Europe/Berlin", "2026-03-28", "12:00", ("2026-03-29", "13:00")),
        ("Europe/Berlin", "2026-10-24", "12:00", ("2026-10-25", "11:00")),
        ("Asia/Makassar", "2026-03-28", "12:00", ("2026-03-29", "12:00")),
    ],
)
def test_hours_are_elapsed_time(zone: str, happened: str, at: str, expected: tuple[str, str]) -> None:
    terms = agreement(f"24 hours since {ACCIDENT}", timezone=zone)
    assert exact(terms, event(ACCIDENT, happened, at=at)) == expected


@given(
    start=st.datetimes(datetime(2000, 1, 1), datetime(2060, 1, 1)),  # noqa: DTZ001 - local times
    hours=st.integers(1, 5000),
    side=st.sampled_from(Side),
    zone=st.sampled_from(["Asia/Jakarta", "Asia/Jayapura", "Europe/Berlin", "America/New_York"]),
)
def test_the_moment_is_exactly_n_hours_away(start: datetime, hours: int, side: Side, zone: str) -> None:
    here = ZoneInfo(zone)
    found = moment(start.date(), start.time(), hours, side, here)
    began = start.replace(tzinfo=here).astimezone(UTC)
    apart = found.astimezone(UTC) - began
    assert apart == timedelta(hours=-hours if side is Side.BEFORE else hours)


@given(
    start=st.datetimes(datetime(2025, 5, 1), datetime(2030, 1, 1)),  # noqa: DTZ001 - local times
    hours=st.integers(1, 2000),
    word=st.sampled_from(["since", "after"]),
)
def test_a_deadline_in_hours_is_one_exact_moment(start: datetime, hours: int, word: str) -> None:
    start = start.replace(second=0, microsecond=0)
    terms = agreement(f"{hours} hours {word} {ACCIDENT}")
    found = only_deadline(terms, event(ACCIDENT, start.date().isoformat(), at=f"{start:%H:%M}"))
    assert found.by_time is not None
    assert datetime.combine(found.likely, found.by_time) == start + timedelta(hours=hours)
    assert start.date() <= found.act_by <= found.safe


def test_without_a_time_the_readings_stay_whole_days() -> None:
    found = only_deadline(agreement(f"48 hours since {ACCIDENT}"), event(ACCIDENT, "2026-03-02"))
    assert figures(found) == ("2026-03-04", "2026-03-03", "2026-03-03")
    assert found.by_time is None


def test_days_ignore_the_time() -> None:
    terms = agreement(f"2 calendar days since {ACCIDENT}")
    plain = only_deadline(terms, event(ACCIDENT, "2026-03-02"))
    assert only_deadline(terms, event(ACCIDENT, "2026-03-02", at="14:30")) == plain


def test_a_time_said_of_the_wish_is_not_a_time_of_the_end() -> None:
    found = only_deadline(
        agreement("48 hours before desired end"),
        event("termination-intended", "2026-03-02", desired_end="2026-05-29", at="14:30"),
    )
    assert found.by_time is None


@pytest.mark.parametrize(
    ("happened", "due", "act_by"),
    [
        ("2026-03-06", "2026-03-08", "2026-03-06"),  # Friday to Sunday: back to Friday
        ("2026-03-07", "2026-03-09", "2026-03-09"),  # Saturday to Monday, an office day
        ("2026-03-20", "2026-03-22", "2026-03-20"),  # all of it in the Lebaran leave: at once
    ],
)
def test_act_by_never_moves_before_the_trigger(happened: str, due: str, act_by: str) -> None:
    terms = agreement(f"48 hours since {ACCIDENT}")
    assert figures(only_deadline(terms, event(ACCIDENT, happened, at="10:00"))) == (due, due, act_by)


def test_chain_of_three_deadlines_with_hours_first() -> None:
    terms, happened = agreement(*CHAIN), event(ACCIDENT, "2026-03-02", at="14:30")
    assert exact(terms, happened, rule_id="first-report") == ("2026-03-04", "14:30")
    written = only_deadline(terms, happened, rule_id="written-report")
    assert figures(written) == ("2026-03-11", "2026-03-11", "2026-03-11")
    assert written.by_time is None
    follow_up = only_deadline(terms, happened, rule_id="follow-up")
    assert figures(follow_up)[:2] == ("2026-03-21", "2026-03-21")
    assert figures(follow_up)[2] == "2026-03-17"  # Nyepi, Lebaran and their joint leave from the 18th
    assert exact(terms, happened, rule_id="second-call") == ("2026-03-05", "14:30")


def test_chain_without_a_time_carries_the_readings_on() -> None:
    terms, happened = agreement(*CHAIN), event(ACCIDENT, "2026-03-02")
    written = only_deadline(terms, happened, rule_id="written-report")
    assert figures(written) == ("2026-03-11", "2026-03-10", "2026-03-10")
    assert only_deadline(terms, happened, rule_id="second-call").by_time is None


def test_chain_from_the_proof_uses_its_time() -> None:
    happened = event(ACCIDENT, "2026-03-02", at="14:30")
    details = {"rule": "first-report", "occurrence": "2026-03-02"}
    served = event("notice-served", "2026-03-03", at="09:15", **details)
    terms = agreement(*CHAIN)
    assert exact(terms, happened, served, rule_id="call-after-proof") == ("2026-03-04", "09:15")
    (after,) = obligations(terms, happened, served, rule_id="after-proof")
    assert after.deadline is not None
    assert after.deadline.likely == day("2026-03-10")
    timeless = event("notice-served", "2026-03-03", **details)
    assert only_deadline(terms, happened, timeless, rule_id="call-after-proof").by_time is None


@pytest.mark.parametrize("rule_id", ["after-proof", "call-after-proof"])
def test_a_chain_from_the_proof_waits_for_it(rule_id: str) -> None:
    (found,) = obligations(agreement(*CHAIN), event(ACCIDENT, "2026-03-02", at="14:30"), rule_id=rule_id)
    assert found.deadline is None


def test_json_shows_the_time_only_where_there_is_one() -> None:
    terms = agreement(f"48 hours since {ACCIDENT}")
    views: list[dict[str, Any]] = [
        as_json(terms, obligations(terms, event(ACCIDENT, "2026-03-02", **at))[0])
        for at in ({"at": "14:30"}, {})
    ]
    assert views[0]["by_time"] == "14:30"
    assert views[0]["readings"] == [
        {"date": "2026-03-04", "weight": "strong", "assumptions": ["start:exact"]}
    ]
    assert "by_time" not in views[1]


@pytest.mark.parametrize(
    ("language", "event_said", "moment_said"),
    [
        ("id", "Senin, 2 Maret 2026 pukul 14.30", "paling lambat Rabu, 4 Maret 2026 pukul 14.30"),
        ("en", "Monday, 2 March 2026 at 14:30", "by Wednesday, 4 March 2026 at 14:30"),
    ],
)
def test_the_moment_in_words(language: str, event_said: str, moment_said: str) -> None:
    terms = agreement(f"48 hours since {ACCIDENT}")
    (found,) = obligations(terms, event(ACCIDENT, "2026-03-02", at="14:30"))
    said = "\n".join(steps(terms, found, calendar(), language))
    assert event_said in said
    assert moment_said in said
    assert found.deadline is not None
    assert moment_said in (exact_moment(found.deadline, language) or "")
    assert exact_moment(found.deadline._replace(by_time=None), language) is None


def test_an_event_tells_its_time() -> None:
    assert event(ACCIDENT, "2026-03-02", at="09:05").at == time(9, 5)
    assert event(ACCIDENT, "2026-03-02").at is None
