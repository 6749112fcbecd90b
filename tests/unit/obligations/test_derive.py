"""Terms + facts -> obligations: term ends, recurring duties, chains, several facts, horizons."""
# ruff: noqa: E501 - tables, one line a case

from datetime import date
from typing import Any

import pytest

from tests.support.agreements import (
    agreement,
    calendar,
    deadlines,
    event,
    obligations,
    only_deadline,
    pin,
    rule,
)
from tracker.events.log import effective
from tracker.events.model import Event
from tracker.obligations.deadline import Deadline
from tracker.obligations.derive import derive
from tracker.obligations.model import State, obligation_key
from tracker.obligations.reading import Weight
from tracker.obligations.term_end import first_day, likely_day, term_end

day = date.fromisoformat
CONFLICT = {
    "date": "2025-04-29",
    "readings": [{"date": "2025-04-09", "weight": "weak", "why": "Angka menyebut 09-04-2025"}],
}
DECISION = {"by": "Biro Hukum", "on": "2026-11-01", "why": "Hari Selasa cocok dengan tanggal 29"}


def dates(found: Deadline) -> dict[str, Weight]:
    return {reading.day.isoformat(): reading.weight for reading in found.readings}


@pytest.mark.parametrize(
    ("term", "signed", "expected"),
    [
        (
            {"length": "5 years", "from": "signed"},
            "2025-04-29",
            {"2030-04-28": "strong", "2030-04-29": "strong"},
        ),
        (
            {"length": "2 years", "from": "signed"},
            "2023-02-28",
            {"2025-02-27": "strong", "2025-02-28": "strong"},
        ),
        (
            {"length": "17 months", "from": "2023-01"},
            "2023-03-09",
            {"2024-05-31": "strong", "2024-06-01": "plausible"},
        ),
        (
            {"length": "17 months", "from": "2023-01-01"},
            "2023-03-09",
            {"2024-05-31": "strong", "2024-06-01": "strong"},
        ),
        ({"from": "2024-11-24", "to": "2024-12-31"}, "2024-11-24", {"2024-12-31": "strong"}),
        ({"from": "2024-11", "to": "2024-12-31"}, "2024-11-24", {"2024-12-31": "strong"}),
        ({"from": "signed", "to": "2024-12-31"}, "2024-11-24", {"2024-12-31": "strong"}),
        # a start on a day that the end year lacks: clamped down, or up as a plausible reading
        (
            {"length": "1 year", "from": "signed"},
            "2024-02-29",
            {"2025-02-27": "strong", "2025-02-28": "strong", "2025-03-01": "plausible"},
        ),
        (
            {"length": "4 years", "from": "signed"},
            "2024-02-29",
            {"2028-02-28": "strong", "2028-02-29": "strong"},
        ),
        (
            {"length": "3 months", "from": "2024-11-30"},
            "2024-11-30",
            {"2025-02-27": "strong", "2025-02-28": "strong", "2025-03-01": "plausible"},
        ),
        (
            {"length": "90 days", "from": "signed"},
            "2025-01-01",
            {"2025-03-31": "strong", "2025-04-01": "strong"},
        ),
        (
            {"length": "2 weeks", "from": "signed"},
            "2025-01-01",
            {"2025-01-14": "strong", "2025-01-15": "strong"},
        ),
    ],
)
def test_last_day_of_the_term(term: dict[str, Any], signed: str, expected: dict[str, str]) -> None:
    found = term_end(agreement(term=term, signed=signed))
    assert {reading.day.isoformat(): reading.weight.word for reading in found} == expected
    assert likely_day(found) == found[0].day


def test_a_pin_on_the_term_leaves_one_last_day() -> None:
    term = {"length": "5 years", "from": "signed", "pins": [pin("last-day", "anniversary")]}
    (found,) = term_end(agreement(term=term))
    assert (found.day, found.weight, found.likely) == (day("2030-04-29"), Weight.STRONG, True)


def test_a_pin_on_the_term_decides_its_rounding() -> None:
    pins = [pin("rounding", "up"), pin("last-day", "anniversary")]
    (found,) = term_end(
        agreement(term={"length": "1 year", "from": "signed", "pins": pins}, signed="2024-02-29")
    )
    assert found.day == day("2025-03-01")


def test_a_pin_of_a_rule_also_holds_for_the_last_day_it_counts_from() -> None:
    pinned = rule("30 calendar days before term end", pins=[pin("last-day", "anniversary")])
    found = only_deadline(agreement(pinned))
    assert dates(found) == {
        "2030-03-29": Weight.STRONG,
        "2030-03-30": Weight.STRONG,
        "2030-03-31": Weight.WEAK,
    }
    assert found.likely == day("2030-03-30")


def test_the_first_day_of_a_term_from_a_month() -> None:
    assert first_day(agreement(term={"length": "17 months", "from": "2023-01"})) == day("2023-01-01")
    assert first_day(agreement(term={"length": "1 year", "from": "signed"})) == day("2025-04-29")


def test_a_conflict_about_the_signing_day_is_carried_through() -> None:
    found = only_deadline(agreement("30 calendar days before term end", signed=CONFLICT))
    assert (found.likely, found.safe) == (day("2030-03-29"), day("2030-03-28"))
    assert (found.strictest, found.latest) == (day("2030-03-08"), day("2030-03-31"))
    assert [str(choice) for choice in found.readings[0].path] == [
        "signed:2025-04-09",
        "last-day:inclusive",
        "notice:clear-days",
    ]
    assert found.readings[0].weight is Weight.WEAK


def test_a_settled_conflict_leaves_the_pinned_day() -> None:
    settled = only_deadline(
        agreement("30 calendar days before term end", signed=CONFLICT | {"pin": DECISION})
    )
    plain = only_deadline(agreement("30 calendar days before term end"))
    assert settled == plain


def test_periods_from_the_signing_day() -> None:
    found = only_deadline(agreement("14 calendar days since signing", signed=CONFLICT))
    assert (found.likely, found.safe) == (day("2025-05-13"), day("2025-05-12"))
    assert (found.strictest, found.latest) == (day("2025-04-22"), day("2025-05-13"))


def test_before_the_end_counts_nothing() -> None:
    found = only_deadline(agreement("before term end", term={"from": "2024-11-24", "to": "2024-12-31"}))
    assert dates(found) == {"2024-12-30": Weight.STRONG, "2024-12-31": Weight.STRONG}
    assert found.likely == day("2024-12-31")


def test_before_an_event_and_before_a_desired_end() -> None:
    fact = event("termination-intended", "2025-09-01", desired_end="2026-01-01", party="kesatu")
    found = only_deadline(agreement("3 months before desired end"), fact)
    assert (found.likely, found.safe, found.act_by) == (
        day("2025-10-01"),
        day("2025-09-30"),
        day("2025-09-30"),
    )
    found = only_deadline(agreement("2 weeks before handover"), event("handover", "2025-07-01"))
    assert (found.likely, found.safe) == (day("2025-06-17"), day("2025-06-16"))


def test_a_window_that_is_already_closed_stays_in_the_past() -> None:
    fact = event("termination-intended", "2025-12-01", desired_end="2026-01-01", party="kesatu")
    found = only_deadline(agreement("3 months before desired end"), fact)
    assert found.safe == day("2025-09-30")
    assert found.act_by == day("2025-09-30")


# --- recurring duties ---


def spans(due: str, term: dict[str, Any], signed: str = "2025-04-29", **more: Any) -> list[tuple[str, str]]:
    found = obligations(agreement(rule(due, **more), term=term, signed=signed))
    likely = [entry.likely.isoformat() for entry in deadlines(found)]
    return list(zip([entry.occurrence for entry in found], likely, strict=True))


def test_eleven_semester_reports_of_a_five_year_term() -> None:
    found = spans("every semester", {"length": "5 years", "from": "signed"})
    assert len(found) == 11
    assert found[0] == ("2025-S1", "2025-06-30")
    assert found[1] == ("2025-S2", "2025-12-31")
    assert found[-2:] == [("2029-S2", "2029-12-31"), ("2030-S1", "2030-04-28")]


def test_months_are_clipped_to_the_term() -> None:
    assert spans("every month", {"from": "2025-01-15", "to": "2025-03-10"}) == [
        ("2025-01", "2025-01-31"),
        ("2025-02", "2025-02-28"),
        ("2025-03", "2025-03-10"),
    ]


def test_quarters_are_clipped_to_the_term() -> None:
    assert spans("every quarter", {"from": "2024-11-24", "to": "2025-07-01"}) == [
        ("2024-Q4", "2024-12-31"),
        ("2025-Q1", "2025-03-31"),
        ("2025-Q2", "2025-06-30"),
        ("2025-Q3", "2025-07-01"),
    ]


def test_a_term_inside_one_period_has_one_occurrence() -> None:
    assert spans("every semester", {"from": "2024-11-24", "to": "2024-12-31"}) == [("2024-S2", "2024-12-31")]
    assert spans("every year", {"from": "2024-11-24", "to": "2024-12-30"}) == [("year-1", "2024-12-30")]


def test_due_day_31_is_clamped_to_each_following_month() -> None:
    due = "every month due day 31 of the following month"
    assert spans(due, {"from": "2024-12-01", "to": "2025-05-31"}) == [
        ("2024-12", "2025-01-31"),
        ("2025-01", "2025-02-28"),
        ("2025-02", "2025-03-31"),
        ("2025-03", "2025-04-30"),
        ("2025-04", "2025-05-31"),
        ("2025-05", "2025-06-30"),
    ]


@pytest.mark.parametrize(
    ("due", "expected"),
    [
        (
            "every quarter due day 15 of the following month",
            [("2025-Q1", "2025-04-15"), ("2025-Q2", "2025-07-15")],
        ),
        (
            "every quarter due 10 calendar days after its end",
            [("2025-Q1", "2025-04-10"), ("2025-Q2", "2025-07-10")],
        ),
        (
            "every quarter due 5 working days after its end",
            [("2025-Q1", "2025-04-14"), ("2025-Q2", "2025-07-07")],
        ),
        ("every year due day 31 of the following month", [("2025", "2025-07-31")]),
        ("every year due 2 months after its end", [("2025", "2025-08-30")]),
    ],
)
def test_due_after_the_period(due: str, expected: list[tuple[str, str]]) -> None:
    assert spans(due, {"from": "2025-01-01", "to": "2025-06-30"}) == expected


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        # the fourth agreement: two whole years
        (("2023-02-28", "2025-02-27"), [("2023-12-31", "2023-12-29", "2024-02-27"), ("2024-12-31", "2024-12-31", "2025-02-27")]),
        # a stub that ends on 31 December: both ways to count years meet
        (("2024-07-01", "2025-12-31"), [("2024-12-31", "2024-12-31", "2025-06-30"), ("2025-12-31", "2025-12-31", "2025-12-31")]),
        # a stub without a 31 December ends with the term (17 months from January)
        (("2023-01-01", "2024-05-31"), [("2023-12-31", "2023-12-29", "2023-12-31"), ("2024-05-31", "2024-05-31", "2024-05-31")]),
        # a start on 29 February: the years of the agreement never drift
        (("2024-02-29", "2026-02-27"), [("2024-12-31", "2024-12-31", "2025-02-27"), ("2025-12-31", "2025-12-31", "2026-02-27")]),
    ],
)  # fmt: skip
def test_once_a_year(term: tuple[str, str], expected: list[tuple[str, str, str]]) -> None:
    found = obligations(agreement("every year", term={"from": term[0], "to": term[1]}))
    assert [entry.occurrence for entry in found] == [f"year-{n + 1}" for n in range(len(expected))]
    shown = [(each.likely, each.act_by, each.latest) for each in deadlines(found)]
    assert shown == [tuple(map(day, line)) for line in expected]
    assert all(each.likely == each.safe for each in deadlines(found))


def test_a_pinned_year_has_one_reading() -> None:
    term = {"from": "2024-07-01", "to": "2025-12-31"}
    pinned = rule("every year", pins=[pin("year", "agreement")])
    assert spans("every year", term, pins=[pin("year", "agreement")])[0] == ("year-1", "2025-06-30")
    assert all(len(each.readings) == 1 for each in deadlines(obligations(agreement(pinned, term=term))))


def test_the_horizon_cuts_recurring_duties_only() -> None:
    terms = agreement(rule("every semester"), rule("before term end", "end"))
    whole = obligations(terms)
    some = obligations(terms, until=day("2026-12-31"))
    assert some == whole[:4]
    assert len(obligations(terms, rule_id="end", until=day("2026-12-31"))) == 1


def test_the_horizon_is_a_day_to_act_by() -> None:
    terms = agreement("every year", term={"from": "2023-02-28", "to": "2025-02-27"})
    assert len(obligations(terms, until=day("2023-12-29"))) == 1  # the 31st is a Sunday
    assert obligations(terms, until=day("2023-12-28")) == []


def test_what_lies_beyond_the_horizon_is_named() -> None:
    terms = agreement(rule("every semester"), rule("every month", "monthly"))
    assert derive(terms, calendar()).beyond is None
    assert derive(terms, calendar(), until=day("2026-12-31")).beyond == day("2027-01-29")
    assert derive(terms, calendar(), until=day("2030-04-28")).beyond is None


# --- facts, chains and states ---

FORCE_MAJEURE = "force-majeure-occurred"


def test_a_duty_waits_for_its_fact() -> None:
    (waiting,) = obligations(agreement(f"7 calendar days since {FORCE_MAJEURE}"))
    assert (waiting.state, waiting.occurrence, waiting.deadline) == (State.WAITING, "waiting", None)


def test_every_fact_is_an_occurrence() -> None:
    terms = agreement(f"7 calendar days since {FORCE_MAJEURE}")
    facts = [
        event(FORCE_MAJEURE, "2026-03-02", party="kesatu"),
        event(FORCE_MAJEURE, "2026-03-02", party="kedua"),
        event(FORCE_MAJEURE, "2026-04-06"),
        event("force-majeure-ended", "2026-05-01"),
    ]
    found = obligations(terms, *facts)
    assert [entry.occurrence for entry in found] == ["2026-03-02:kesatu", "2026-03-02:kedua", "2026-04-06"]
    assert [entry.trigger for entry in found] == facts[:3]
    assert [entry.likely for entry in deadlines(found)] == [day("2026-03-09")] * 2 + [day("2026-04-13")]
    assert found[0].key == obligation_key("test-agreement", "duty", "2026-03-02:kesatu")
    assert found[0].key == "test-agreement/duty/2026-03-02:kesatu"


def test_a_duty_after_the_due_day_of_another_carries_its_readings() -> None:
    terms = agreement(
        rule(f"14 calendar days since {FORCE_MAJEURE}", "notice"), rule("3 calendar days after notice due")
    )
    (waiting,) = obligations(terms)
    assert waiting.state is State.WAITING
    (found,) = obligations(terms, event(FORCE_MAJEURE, "2026-12-01", party="kesatu"))
    assert found.occurrence == "2026-12-01:kesatu"
    assert found.deadline is not None
    assert dates(found.deadline) == {
        "2026-12-16": Weight.WEAK,
        "2026-12-17": Weight.STRONG,
        "2026-12-18": Weight.STRONG,
    }
    assert (found.deadline.likely, found.deadline.safe) == (day("2026-12-18"), day("2026-12-17"))


def test_a_duty_after_each_due_day_of_a_recurring_one() -> None:
    terms = agreement(
        rule("every quarter", "report"),
        rule("10 calendar days after report due"),
        term={"from": "2025-01-01", "to": "2025-06-30"},
    )
    found = obligations(terms)
    assert [entry.occurrence for entry in found] == ["2025-Q1", "2025-Q2"]
    assert [entry.likely for entry in deadlines(found)] == [day("2025-04-10"), day("2025-07-10")]


def test_a_duty_after_the_fulfilment_of_another() -> None:
    terms = agreement(rule("every quarter", "report"), rule("5 calendar days since report fulfilled"))
    (waiting,) = obligations(terms)
    assert waiting.state is State.WAITING
    proofs = [
        event("report-submitted", "2025-07-04", rule="report", occurrence="2025-Q2"),
        event("report-submitted", "2025-10-02", rule="report", occurrence="2025-Q3"),
        event("report-submitted", "2025-10-02", rule="another", occurrence="2025-Q3"),
    ]
    found = obligations(terms, *proofs)
    assert [entry.occurrence for entry in found] == ["2025-Q2", "2025-Q3"]
    assert [entry.likely for entry in deadlines(found)] == [day("2025-07-09"), day("2025-10-07")]
    assert deadlines(found)[0].safe == day("2025-07-08")


ADDENDUM_IN_BETWEEN: dict[str, Any] = {
    "addenda": [
        {
            "signed": "2025-07-03",
            "in_force_from": "2025-07-03",
            "rules": [rule("5 calendar days since report fulfilled", if_missed="liability")],
        }
    ]
}
"""Changes the wording of the duty, but not what it says, between two proofs."""
IN_TWO_PARTS = rule(
    "every quarter",
    "report",
    duty={"by": "kedua", "to": ["kesatu", "gubernur"], "form": ["written", "official-certificate"]},
)
Q2 = {"rule": "report", "occurrence": "2025-Q2"}


def proof_of(day: str, **details: str) -> Event:
    return event("report-submitted", day, **Q2, **details)


CERTIFIED = proof_of("2025-07-01", to="kesatu", form="official-certificate")
TO_THE_OTHER = proof_of("2025-07-04", to="gubernur")


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ([CERTIFIED], None),
        ([TO_THE_OTHER], None),
        ([CERTIFIED, TO_THE_OTHER], "2025-07-09"),
        ([CERTIFIED, TO_THE_OTHER, proof_of("2025-07-20", to="gubernur")], "2025-07-09"),
        ([CERTIFIED, event("proof-rejected", "2025-07-02", **Q2, proof="1", why="x"), TO_THE_OTHER], None),
        (
            [
                CERTIFIED,
                TO_THE_OTHER,
                event("proof-rejected", "2025-07-05", **Q2, proof="2", why="x"),
                proof_of("2025-07-10", to="gubernur"),
            ],
            "2025-07-15",
        ),
        (
            [
                CERTIFIED,
                event("proof-rejected", "2025-07-02", **Q2, proof="1", why="x"),
                event("proof-accepted", "2025-07-03", **Q2, proof="1"),
                TO_THE_OTHER,
            ],
            "2025-07-09",
        ),
        ([CERTIFIED, event("obligation-reopened", "2025-07-02", **Q2, why="x"), TO_THE_OTHER], None),
        ([event("obligation-waived", "2025-07-02", **Q2, why="x")], None),
        ([proof_of("2025-07-01", to="kesatu+gubernur", form="official-certificate")], "2025-07-06"),
    ],
)
@pytest.mark.parametrize("more", [{}, ADDENDUM_IN_BETWEEN], ids=["plain", "amended"])
def test_a_chained_duty_waits_for_the_last_part(
    facts: list[Event], expected: str | None, more: dict[str, Any]
) -> None:
    terms = agreement(
        IN_TWO_PARTS,
        rule("5 calendar days since report fulfilled"),
        others={"gubernur": {"name": "Gubernur"}},
        **more,
    )
    found = obligations(terms, *effective(facts))
    days = [str(one.deadline.likely) for one in found if one.deadline]
    assert days == ([expected] if expected else [])
    assert [one.state for one in found] == [State.OPEN if expected else State.WAITING]


@pytest.mark.parametrize(
    ("due", "facts"),
    [
        (
            "5 calendar days since report fulfilled",
            [
                event("report-submitted", "2025-07-04", rule="report", occurrence="2025-Q2"),
                event("report-submitted", "2025-07-08", rule="report", occurrence="2025-Q2", letter="2"),
            ],
        ),
        (
            "3 months before desired end",
            [
                event("termination-intended", "2025-09-01", party="kesatu", desired_end="2026-01-01"),
                event("termination-intended", "2025-09-01", party="kesatu", desired_end="2026-02-01"),
            ],
        ),
        (
            "7 calendar days since happening",
            [event("happening", "2025-09-01"), event("happening", "2025-09-01", place="Bangka")],
        ),
    ],
    ids=["a report proved twice", "two wishes on one day", "two facts on one day"],
)
def test_no_key_is_given_twice(due: str, facts: list[Any]) -> None:
    terms = agreement(rule("every quarter", "report"), rule(due))
    keys = [entry.key for entry in derive(terms, calendar(), facts).obligations]
    assert sorted(keys) == sorted(set(keys))


def test_undated_and_standing_duties_have_no_date() -> None:
    terms = agreement(
        rule("undated", "question"),
        rule("undated", "opened-later", trigger="handover"),
        rule("standing", "secrecy"),
    )
    found = derive(terms, calendar()).obligations
    assert [(entry.rule.id, entry.occurrence, entry.state.value) for entry in found] == [
        ("question", "undated", "open"),
        ("opened-later", "waiting", "waiting"),
        ("secrecy", "standing", "open"),
    ]
    assert all(entry.deadline is None for entry in found)
    (opened,) = obligations(terms, event("handover", "2026-01-05"), rule_id="opened-later")
    assert (opened.occurrence, opened.state, opened.deadline) == ("2026-01-05", State.OPEN, None)


def test_a_stated_date_is_one_reading() -> None:
    (found,) = obligations(agreement("on 2025-02-15"))
    assert found.occurrence == "2025-02-15"
    assert found.deadline is not None
    assert found.deadline[:5] == (
        day("2025-02-15"),
        day("2025-02-15"),
        day("2025-02-14"),
        *[day("2025-02-15")] * 2,
    )


def test_deriving_twice_gives_the_same() -> None:
    terms = agreement(rule("every semester"), rule("30 days before term end", "end"), signed=CONFLICT)
    assert derive(terms, calendar()) == derive(terms, calendar())
