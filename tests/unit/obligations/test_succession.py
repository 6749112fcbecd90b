"""Agreements that change on the way: addenda, further terms, silence, an early end, `unless`."""
# ruff: noqa: E501 - tables, one line a case

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.agreements import agreement, calendar, event, pin, repository_terms, rule
from tracker.events.model import Event
from tracker.obligations.derive import Derived, derive
from tracker.obligations.explain import steps
from tracker.obligations.lifecycle import lapses_on
from tracker.obligations.model import Obligation, State
from tracker.obligations.succession import succession
from tracker.obligations.term_end import ends_of
from tracker.terms.model import Agreement

day = date.fromisoformat
Row = tuple[str, str | None, str | None]
NOTICE = rule("30 calendar days before term end", "notice")
ENDED = "agreement-ended-early"
FORCE_MAJEURE = "force-majeure-occurred"
ONE_YEAR: dict[str, Any] = {"length": "1 year", "from": "signed"}


def addendum(in_force_from: str, **changed: Any) -> dict[str, Any]:
    return {"signed": changed.pop("signed", in_force_from), "in_force_from": in_force_from, **changed}


def derived(terms: Agreement, *events: Event, until: str | None = None) -> Derived:
    return derive(terms, calendar(), events, day(until) if until else None)


def rows(terms: Agreement, *events: Event, of: str = "duty", until: str | None = None) -> list[Row]:
    """Give occurrence, likely day and reason for the end of every obligation of one rule."""
    found = derived(terms, *events, until=until).obligations
    assert len({each.key for each in found}) == len(found)
    return [
        (each.occurrence, each.deadline.likely.isoformat() if each.deadline else None, each.ended)
        for each in found
        if each.rule.id == of
    ]


def only(terms: Agreement, *events: Event, of: str = "duty") -> Obligation:
    (found,) = [each for each in derived(terms, *events).obligations if each.rule.id == of]
    return found


def spans(terms: Agreement, *events: Event, until: str | None = None) -> list[tuple[int, str, str, str]]:
    found = succession(terms, events, day(until) if until else None).terms
    return [(each.number, each.first.isoformat(), each.last.isoformat(), each.origin.value) for each in found]


# --- terms by addendum ---

THREE_RENEWALS = [
    addendum("2026-03-02", term={"length": "1 year", "from": "2026-04-29"}),
    addendum("2027-04-01", term={"length": "1 year", "from": "2027-04-29"}),
    addendum("2028-04-03", term={"length": "2 years", "from": "2028-04-29"}),
]


def test_three_renewals_in_a_row_count_every_notice_from_its_own_term() -> None:
    terms = agreement(NOTICE, rule("every year", "report"), term=ONE_YEAR, addenda=THREE_RENEWALS)
    assert spans(terms) == [
        (1, "2025-04-29", "2026-04-28", "text"),
        (2, "2026-04-29", "2027-04-28", "addendum"),
        (3, "2027-04-29", "2028-04-28", "addendum"),
        (4, "2028-04-29", "2030-04-28", "addendum"),
    ]
    assert rows(terms, of="notice") == [
        ("term-1", "2026-03-29", "renewed"),
        ("term-2", "2027-03-29", "renewed"),
        ("term-3", "2028-03-29", "renewed"),
        ("term-4", "2030-03-29", None),
    ]
    # the years of the agreement run on, counted from the first day of the first term
    assert rows(terms, of="report") == [
        ("year-1", "2025-12-31", None),
        ("year-2", "2026-12-31", None),
        ("year-3", "2027-12-31", None),
        ("year-4", "2028-12-31", None),
        ("year-5", "2029-12-31", None),
    ]
    assert [reading.day for reading in derived(terms).ends] == [day("2030-04-28"), day("2030-04-29")]


def test_periods_keep_their_names_when_a_term_is_added() -> None:
    before = agreement("every semester", term=ONE_YEAR)
    after = agreement("every semester", term=ONE_YEAR, addenda=THREE_RENEWALS[:1])
    assert rows(before) == [
        ("2025-S1", "2025-06-30", None),
        ("2025-S2", "2025-12-31", None),
        ("2026-S1", "2026-04-28", None),
    ]
    assert rows(after)[:2] == rows(before)[:2]
    assert rows(after)[2:] == [
        ("2026-S1", "2026-06-30", None),
        ("2026-S2", "2026-12-31", None),
        ("2027-S1", "2027-04-28", None),
    ]


@pytest.mark.parametrize(
    ("term", "notice", "last_report"),
    [
        (None, "2030-03-29", ("2030-S1", "2030-04-28", None)),
        # an extension, a shortening, a stated last day: the current term, under the same names
        ({"length": "7 years", "from": "signed"}, "2032-03-29", ("2032-S1", "2032-04-28", None)),
        ({"length": "7 years", "from": "2025-04-29"}, "2032-03-29", ("2032-S1", "2032-04-28", None)),
        ({"length": "2 years", "from": "signed"}, "2027-03-29", ("2027-S1", "2027-04-28", None)),
        ({"from": "2025-04-29", "to": "2028-12-31"}, "2028-12-01", ("2028-S2", "2028-12-31", None)),
    ],
)
def test_a_changed_term_moves_what_is_counted_from_it(
    term: dict[str, Any] | None, notice: str, last_report: Row
) -> None:
    addenda = [] if term is None else [addendum("2026-02-02", term=term)]
    terms = agreement(NOTICE, "every semester", addenda=addenda)
    assert rows(terms, of="notice") == [("term-1", notice, None)]
    assert rows(terms)[-1] == last_report


def test_a_later_addendum_may_change_the_second_term() -> None:
    again = addendum("2026-09-01", term={"length": "3 years", "from": "2026-04-29"})
    terms = agreement(NOTICE, term=ONE_YEAR, addenda=[THREE_RENEWALS[0], again])
    assert rows(terms, of="notice") == [("term-1", "2026-03-29", "renewed"), ("term-2", "2029-03-29", None)]


def test_no_period_lies_in_a_gap_between_terms() -> None:
    gap = addendum("2026-09-01", term={"from": "2026-09-01", "to": "2027-02-28"})
    terms = agreement(
        rule("every month"),
        rule("every year", "yearly"),
        NOTICE,
        term={"from": "2025-12-01", "to": "2026-03-15"},
        addenda=[gap],
    )
    assert [name for name, _, _ in rows(terms)] == [
        "2025-12", "2026-01", "2026-02", "2026-03", "2026-09", "2026-10", "2026-11", "2026-12", "2027-01", "2027-02",
    ]  # fmt: skip
    assert ("2026-03", "2026-03-15", None) in rows(terms)
    assert rows(terms, of="yearly") == [("year-1", "2026-11-30", None), ("year-2", "2026-12-31", None)]
    assert rows(terms, of="notice")[0] == ("term-1", "2026-02-13", "renewed")


def test_a_period_with_a_gap_inside_is_due_once() -> None:
    gap = addendum("2026-06-01", term={"from": "2026-06-01", "to": "2026-12-31"})
    terms = agreement("every semester", term={"from": "2026-01-01", "to": "2026-03-15"}, addenda=[gap])
    assert rows(terms) == [("2026-S1", "2026-06-30", None), ("2026-S2", "2026-12-31", None)]


def test_what_follows_the_end_is_not_owed_while_the_agreement_goes_on() -> None:
    after = rule("30 calendar days after term end")
    assert rows(agreement(after, term=ONE_YEAR, addenda=THREE_RENEWALS[:1])) == [
        ("term-1", "2026-05-28", "renewed"),
        ("term-2", "2027-05-28", None),
    ]
    gap = addendum("2026-09-01", term={"length": "1 year", "from": "2026-09-01"})
    assert rows(agreement(after, term=ONE_YEAR, addenda=[gap]))[0] == ("term-1", "2026-05-28", None)


def test_a_notice_lapses_with_its_own_term() -> None:
    gap = addendum("2026-09-01", term={"length": "1 year", "from": "2026-09-01"})
    found = derived(agreement(NOTICE, rule("standing", "secrecy"), term=ONE_YEAR, addenda=[gap]))
    lapse = [lapses_on(each, found.ends, day("2025-04-29"), 30) for each in found.obligations]
    assert lapse == [day("2026-04-30"), day("2027-09-02"), day("2027-09-02")]


# --- wordings ---


def test_an_event_is_answered_in_the_wording_of_its_day() -> None:
    shorter = addendum("2026-06-01", rules=[rule(f"7 calendar days since {FORCE_MAJEURE}")])
    terms = agreement(rule(f"14 calendar days since {FORCE_MAJEURE}"), addenda=[shorter])
    facts = [event(FORCE_MAJEURE, when) for when in ("2026-05-31", "2026-06-01")]
    assert rows(terms, *facts) == [("2026-05-31", "2026-06-14", None), ("2026-06-01", "2026-06-08", None)]
    assert rows(terms) == [("waiting", None, None)]


@pytest.mark.parametrize(
    ("days", "in_force_from", "expected"),
    [
        (14, "2026-01-05", "2026-04-14"),
        (7, "2026-01-05", "2026-04-21"),
        (7, "2026-04-21", "2026-04-21"),
        # in force only after the day it would give: the older wording was the one to follow
        (7, "2026-04-22", "2026-04-14"),
        (60, "2026-03-02", "2026-04-14"),
        (60, "2026-02-27", "2026-02-27"),
        (7, "2026-05-04", "2026-04-14"),
    ],
)
def test_a_notice_follows_the_newest_wording_in_force_on_its_day(
    days: int, in_force_from: str, expected: str
) -> None:
    changed = addendum(in_force_from, rules=[rule(f"{days} calendar days before term end")])
    terms = agreement("14 calendar days before term end", term=ONE_YEAR, addenda=[changed])
    assert rows(terms) == [("term-1", expected, None)]


def test_a_period_is_reported_in_the_wording_of_its_last_day() -> None:
    changed = addendum("2025-09-30", rules=[rule("every quarter due day 20 of the following month")])
    terms = agreement(
        "every quarter due day 10 of the following month",
        term={"from": "2025-04-01", "to": "2025-12-31"},
        addenda=[changed],
    )
    assert rows(terms) == [
        ("2025-Q2", "2025-07-10", None),
        ("2025-Q3", "2025-10-20", None),
        ("2025-Q4", "2026-01-20", None),
    ]
    more_often = addendum("2025-07-01", rules=[rule("every month")])
    terms = agreement("every quarter", term={"from": "2025-04-01", "to": "2025-09-10"}, addenda=[more_often])
    assert rows(terms) == [
        ("2025-Q2", "2025-06-30", None),
        ("2025-07", "2025-07-31", None),
        ("2025-08", "2025-08-31", None),
        ("2025-09", "2025-09-10", None),
    ]


def test_a_year_that_was_reported_is_not_asked_for_again() -> None:
    yearly = addendum("2026-03-02", rules=[rule("every year")])
    term = {"length": "2 years", "from": "2025-04-01"}
    terms = agreement("every semester", term=term, addenda=[yearly])
    assert rows(terms) == [
        ("2025-S1", "2025-06-30", None),
        ("2025-S2", "2025-12-31", None),
        ("year-2", "2026-12-31", None),
    ]
    terms = agreement(
        "every year", term=term, addenda=[addendum("2026-03-02", rules=[rule("every semester")])]
    )
    assert rows(terms) == [
        ("year-1", "2025-12-31", None),
        ("2026-S1", "2026-06-30", None),
        ("2026-S2", "2026-12-31", None),
        ("2027-S1", "2027-03-31", None),
    ]


def test_rules_are_added_and_removed_from_their_day() -> None:
    changed = addendum("2025-10-01", rules=[rule("every quarter", "new")], removed=["duty", "talks", "last"])
    terms = agreement(
        rule("every quarter"), rule("undated", "talks"), rule("7 days before term end", "last"),
        term={"from": "2025-04-01", "to": "2026-03-31"}, addenda=[changed],
    )  # fmt: skip
    assert rows(terms) == [("2025-Q2", "2025-06-30", None), ("2025-Q3", "2025-09-30", None)]
    assert rows(terms, of="new") == [("2025-Q4", "2025-12-31", None), ("2026-Q1", "2026-03-31", None)]
    assert rows(terms, of="last") == []
    talks = only(terms, of="talks")
    assert talks.gone_from == day("2025-10-01")
    assert lapses_on(talks, derived(terms).ends, day("2025-04-29"), 30) == day("2025-10-01")


def test_a_stated_date_moves_under_its_first_name() -> None:
    def moved(in_force_from: str) -> list[Row]:
        return rows(
            agreement("on 2025-06-30", addenda=[addendum(in_force_from, rules=[rule("on 2025-09-30")])])
        )

    assert moved("2025-06-01") == [("2025-06-30", "2025-09-30", None)]
    assert moved("2025-07-01") == [("2025-06-30", "2025-06-30", None), ("2025-09-30", "2025-09-30", None)]


def test_a_chain_follows_the_wording_of_what_starts_it() -> None:
    changed = addendum("2025-07-01", rules=[rule("20 calendar days after report due")])
    terms = agreement(
        rule("every quarter", "report"),
        "10 calendar days after report due",
        term={"from": "2025-04-01", "to": "2025-09-30"},
        addenda=[changed],
    )
    assert rows(terms) == [("2025-Q2", "2025-07-10", None), ("2025-Q3", "2025-10-20", None)]
    settled = agreement(
        NOTICE, "10 calendar days after notice due", term=ONE_YEAR, addenda=THREE_RENEWALS[:1]
    )
    assert rows(settled) == [("term-1", "2026-04-08", "renewed"), ("term-2", "2027-04-08", None)]


@given(st.integers(0, 1800), st.integers(1, 90), st.integers(1, 90))
def test_an_addendum_to_a_rule_never_renames_a_notice(after: int, days: int, new_days: int) -> None:
    since = (day("2025-04-29") + timedelta(days=after)).isoformat()
    changed = addendum(
        since,
        rules=[
            rule(f"{new_days} calendar days before term end"),
            rule("every month due day 5 of the following month", "monthly"),
        ],
    )
    rules = [rule(f"{days} calendar days before term end"), rule("every month", "monthly")]
    plain, amended = agreement(*rules), agreement(*rules, addenda=[changed])
    assert [each.key for each in derived(plain).obligations] == [
        each.key for each in derived(amended).obligations
    ]


def test_an_addendum_that_changes_nothing_changes_nothing() -> None:
    rules = [
        NOTICE,
        rule("every semester", "a"),
        rule("every year", "b"),
        rule("on 2026-01-05", "c"),
        rule("standing", "d"),
        rule(f"7 days since {FORCE_MAJEURE}", "e"),
        rule("3 days after e due", "f"),
        rule("1 month since signing", "g"),
        rule("undated", "h", trigger=FORCE_MAJEURE),
        rule("5 days since a fulfilled", "i"),
    ]
    facts = [
        event(FORCE_MAJEURE, "2026-02-02"),
        event("report-submitted", "2025-07-01", rule="a", occurrence="2025-S1"),
    ]
    for known in ([], facts):
        plain = derived(agreement(*rules), *known, until="2027-01-01")
        same = derived(agreement(*rules, addenda=[addendum("2026-01-01")]), *known, until="2027-01-01")
        assert [each._replace(term=None) for each in same.obligations] == plain.obligations
        assert same[1:] == plain[1:]


# --- silence ---


def renewing(**more: Any) -> Agreement:
    term = {
        "length": "1 year",
        "from": "signed",
        "renewal": {"silence": "renews", "stopped_by": "notice", **more},
    }
    return agreement(NOTICE, "every semester", term=term)


STOP = event("notice-served", "2026-03-20", rule="notice", occurrence="term-1")


@pytest.mark.parametrize(
    ("until", "expected"),
    [
        ("2026-04-28", [1]),
        ("2026-04-29", [1, 2]),
        ("2028-12-31", [1, 2, 3, 4]),
        (None, [1, 2]),
    ],
)
def test_terms_by_silence_reach_to_the_horizon(until: str | None, expected: list[int]) -> None:
    assert [number for number, *_ in spans(renewing(), until=until)] == expected


def test_terms_by_silence_do_not_drift() -> None:
    terms = agreement(
        NOTICE, term={"length": "1 year", "from": "2024-02-29", "renewal": {"silence": "renews"}}
    )
    assert [last for _, _, last, _ in spans(terms, until="2028-03-01")] == [
        "2025-02-27",
        "2026-02-27",
        "2027-02-27",
        "2028-02-28",
        "2029-02-27",
    ]
    assert spans(renewing(length="2 years"), until="2026-12-31")[1:] == [
        (2, "2026-04-29", "2028-04-28", "silence")
    ]


def test_silence_renews_and_keeps_the_notice_open_until_its_term_has_ended() -> None:
    found = derived(renewing(), until="2027-01-01")
    assert rows(renewing(), of="notice", until="2027-01-01") == [
        ("term-1", "2026-03-29", None),
        ("term-2", "2027-03-29", None),
    ]
    assert lapses_on(found.obligations[0], found.ends, day("2025-04-29"), 30) == day("2026-04-30")
    assert rows(renewing(), until="2027-01-01")[-1] == ("2026-S2", "2026-12-31", None)
    # the next term wakes the derivation even where no recurring duty would
    alone = agreement(NOTICE, term=renewing().term.model_dump(by_alias=True, mode="json"))
    assert derived(alone, until="2027-01-01").beyond == day("2027-04-29")


@given(st.integers(0, 1500), st.integers(0, 1500))
def test_a_later_horizon_only_adds(days: int, more: int) -> None:
    sooner = day("2025-04-29") + timedelta(days=days)
    some = rows(renewing(), until=sooner.isoformat())
    assert rows(renewing(), until=(sooner + timedelta(days=more)).isoformat())[: len(some)] == some


def test_a_notice_served_stops_the_renewal() -> None:
    assert [number for number, *_ in spans(renewing(), STOP, until="2030-01-01")] == [1]
    assert derived(renewing(), STOP, until="2030-01-01").beyond is None
    elsewhere = event("notice-served", "2026-03-20", rule="notice", occurrence="term-2")
    assert [number for number, *_ in spans(renewing(), elsewhere, until="2028-01-01")] == [1, 2]
    too_late = event("notice-served", "2026-05-04", rule="notice", occurrence="term-1")
    assert len(spans(renewing(), too_late, until="2027-01-01")) == 2


def test_an_addendum_after_terms_by_silence_takes_the_next_number() -> None:
    term = {"length": "1 year", "from": "signed", "renewal": {"silence": "renews"}}
    more = addendum(
        "2027-04-01", term={"length": "3 years", "from": "2027-04-29", "renewal": {"silence": "ends"}}
    )
    terms = agreement(NOTICE, term=term, addenda=[more])
    assert spans(terms) == [
        (1, "2025-04-29", "2026-04-28", "text"),
        (2, "2026-04-29", "2027-04-28", "silence"),
        (3, "2027-04-29", "2030-04-28", "addendum"),
    ]
    assert rows(terms, of="notice") == [
        ("term-1", "2026-03-29", None),
        ("term-2", "2027-03-29", "renewed"),
        ("term-3", "2030-03-29", None),
    ]


def test_a_stated_last_day_renews_for_a_stated_length() -> None:
    term = {"from": "2024-11-24", "to": "2024-12-31", "renewal": {"silence": "renews", "length": "1 year"}}
    assert spans(agreement(NOTICE, term=term), until="2026-06-01") == [
        (1, "2024-11-24", "2024-12-31", "text"),
        (2, "2025-01-01", "2025-12-31", "silence"),
        (3, "2026-01-01", "2026-12-31", "silence"),
    ]


@given(st.integers(1, 30), st.integers(1, 12))
def test_the_nth_renewal_is_counted_from_the_start(months: int, times: int) -> None:
    terms = agreement(
        NOTICE,
        term={"length": f"{months} months", "from": "signed", "renewal": {"silence": "renews"}},
        signed="2024-01-31",
    )
    horizon = date(2024, 1, 31) + timedelta(days=31 * months * times)
    found = succession(terms, (), horizon).terms
    for each in found:
        whole = terms.term.model_validate({"length": f"{months * each.number} months", "from": "signed"})
        assert each.ends == ends_of(whole, terms.signed)
    assert all(one.last < other.first for one, other in pairwise(found))


# --- the early end ---


def test_an_early_end_cuts_terms_and_periods() -> None:
    stop = event(ENDED, "2026-08-14")
    terms = agreement(
        NOTICE,
        "every semester",
        rule("every year", "yearly"),
        rule("every month due day 10 of the following month", "pay"),
    )
    assert derived(terms, stop).ends[-1].day == day("2026-08-14")
    assert rows(terms, stop) == [
        ("2025-S1", "2025-06-30", None),
        ("2025-S2", "2025-12-31", None),
        ("2026-S1", "2026-06-30", None),
        ("2026-S2", "2026-08-14", None),
    ]
    assert rows(terms, stop, of="yearly") == [("year-1", "2025-12-31", None), ("year-2", "2026-08-14", None)]
    # the last month lay in the days in force: it is still to be paid
    assert rows(terms, stop, of="pay")[-1] == ("2026-08", "2026-09-10", None)
    # the notice keeps its date: it is settled, not moved
    assert rows(terms, stop, of="notice") == [("term-1", "2030-03-29", ENDED)]


@pytest.mark.parametrize(
    ("due", "more", "expected"),
    [
        ("on 2026-08-03", {}, None),
        ("on 2026-10-05", {}, ENDED),
        ("on 2026-10-05", {"survives": True}, None),
        ("before term end", {}, ENDED),
        ("1 month since signing", {}, None),
        ("2 years since signing", {}, ENDED),
        ("30 calendar days after term end", {}, ENDED),
        ("30 calendar days after term end", {"survives": True}, None),
    ],
)
def test_what_an_early_end_settles(due: str, more: dict[str, Any], expected: str | None) -> None:
    assert only(agreement(rule(due, **more)), event(ENDED, "2026-08-14")).ended == expected


def test_what_follows_an_early_end_is_counted_from_it() -> None:
    survives = rule("30 calendar days after term end", survives=True)
    assert rows(agreement(survives), event(ENDED, "2026-08-14")) == [("term-1", "2026-09-13", None)]


def test_events_before_an_early_end_stay_and_later_ones_start_what_survives() -> None:
    terms = agreement(
        rule(f"14 calendar days since {FORCE_MAJEURE}"),
        rule(f"30 calendar days since {FORCE_MAJEURE}", "claim", survives=True),
        rule(f"7 calendar days since {ENDED}", "handover"),
    )
    facts = [
        event(FORCE_MAJEURE, "2026-08-10"),
        event(ENDED, "2026-08-14"),
        event(FORCE_MAJEURE, "2026-08-20"),
    ]
    assert rows(terms, *facts) == [("2026-08-10", "2026-08-24", None)]
    assert [name for name, _, _ in rows(terms, *facts, of="claim")] == ["2026-08-10", "2026-08-20"]
    assert rows(terms, *facts, of="handover") == [("2026-08-14", "2026-08-21", None)]


def test_an_early_end_takes_later_terms_away() -> None:
    terms = agreement(NOTICE, term=ONE_YEAR, addenda=THREE_RENEWALS)
    assert rows(terms, event(ENDED, "2026-12-31"), of="notice") == [
        ("term-1", "2026-03-29", "renewed"),
        ("term-2", "2027-03-29", ENDED),
    ]
    assert spans(renewing(), event(ENDED, "2026-12-31"), until="2030-01-01")[-1] == (
        2,
        "2026-04-29",
        "2026-12-31",
        "silence",
    )
    # told of after the agreement had ended anyway: nothing was taken away
    assert rows(agreement(NOTICE, term=ONE_YEAR), event(ENDED, "2027-01-04"), of="notice") == [
        ("term-1", "2026-03-29", None)
    ]


# --- unless ---

REVIEW = rule(f"30 calendar days since {FORCE_MAJEURE}", unless="force-majeure-ended")


@pytest.mark.parametrize(
    ("ended_on", "who", "expected"),
    [
        ("2026-03-20", "kesatu", ["trigger-ended", None]),
        ("2026-03-20", "kedua", [None, "trigger-ended"]),
        ("2026-03-20", None, ["trigger-ended", "trigger-ended"]),
        ("2026-04-01", "kesatu", ["trigger-ended", None]),  # the latest reading: 2 March + 30 days
        ("2026-04-02", "kesatu", [None, None]),
        ("2026-03-01", "kesatu", [None, None]),  # an older force majeure
    ],
)
def test_a_duty_is_moot_once_its_trigger_has_ended(
    ended_on: str, who: str | None, expected: list[str | None]
) -> None:
    facts = [event(FORCE_MAJEURE, "2026-03-02", party=party) for party in ("kesatu", "kedua")]
    over = event("force-majeure-ended", ended_on, **({"party": who} if who else {}))
    assert [why for _, _, why in rows(agreement(REVIEW), *facts, over)] == expected
    amended = agreement(REVIEW, addenda=[addendum("2025-06-02")])
    assert [why for _, _, why in rows(amended, *facts, over)] == expected


def test_an_unsaid_party_ends_any() -> None:
    facts = [event(FORCE_MAJEURE, "2026-03-02"), event("force-majeure-ended", "2026-03-09", party="kedua")]
    assert only(agreement(REVIEW), *facts).ended == "trigger-ended"
    chained = agreement(
        REVIEW,
        rule("3 days after duty due", "next"),
        rule("undated", "talks", trigger=FORCE_MAJEURE, unless="force-majeure-ended"),
    )
    assert only(chained, *facts, of="next").ended == "trigger-ended"
    assert only(chained, *facts, of="talks").ended == "trigger-ended"


def test_the_first_agreement_does_not_review_a_short_force_majeure() -> None:
    terms = repository_terms()["babel-bpjstk-2025"].agreement
    facts = [
        event(FORCE_MAJEURE, "2026-12-01", party="kesatu"),
        event("force-majeure-ended", "2026-12-10", party="kesatu"),
    ]
    assert rows(terms, *facts, of="force-majeure-review") == [
        ("2026-12-01:kesatu", "2026-12-31", "trigger-ended")
    ]
    assert rows(terms, *facts, of="force-majeure-notice") == [("2026-12-01:kesatu", "2026-12-15", None)]


# --- corrections, and what is said ---


def test_a_corrected_signing_day_moves_dates_and_renames_nothing() -> None:
    def signed(when: str) -> Agreement:
        terms = repository_terms()["babel-bpjstk-2025"].agreement
        body = terms.model_dump(by_alias=True, mode="json") | {"signed": when}
        return Agreement.model_validate(
            body | {"addenda": [addendum("2026-01-05", term={"length": "6 years", "from": "signed"})]}
        )

    ninth, corrected = signed("2025-04-09"), signed("2025-04-29")
    assert rows(ninth, of="renewal-notice") == [("term-1", "2031-03-09", None)]
    assert rows(corrected, of="renewal-notice") == [("term-1", "2031-03-29", None)]
    keys = [[each.key for each in derived(terms).obligations] for terms in (ninth, corrected)]
    assert keys[0] == keys[1]
    assert rows(ninth, of="monitoring-report")[-1] == ("2031-S1", "2031-04-08", None)


def test_explaining_a_notice_of_a_later_term() -> None:
    terms = agreement(rule("30 calendar days before term end"), term=ONE_YEAR, addenda=THREE_RENEWALS)
    said = steps(terms, derived(terms).obligations[3], calendar(), "en")
    assert "Term (): 2 years from Saturday, 29 April 2028." in said
    assert any("Last day of the term: Sunday, 28 April 2030" in step for step in said)
    silent = derived(renewing(), until="2027-01-01").obligations[1]
    assert "Term (): 1 year + 1 year from Tuesday, 29 April 2025." in steps(
        renewing(), silent, calendar(), "en"
    )


def test_pins_hold_in_every_term() -> None:
    pinned = rule("30 calendar days before term end", pins=[pin("last-day", "anniversary")])
    terms = agreement(pinned, term=ONE_YEAR, addenda=THREE_RENEWALS[:1])
    assert rows(terms) == [("term-1", "2026-03-30", "renewed"), ("term-2", "2027-03-30", None)]


def test_waiting_stays_single() -> None:
    changed = addendum("2026-06-01", rules=[rule(f"7 calendar days since {FORCE_MAJEURE}")])
    (waiting,) = derived(agreement(f"14 calendar days since {FORCE_MAJEURE}", addenda=[changed])).obligations
    assert (waiting.state, str(waiting.rule.due)) == (State.WAITING, f"7 calendar days since {FORCE_MAJEURE}")
