"""Ending early by notice: open and closed windows, the earliest end, and what is said of them."""

from datetime import date, timedelta
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.agreements import agreement, calendar, event, obligations, pin, repository_terms, rule
from tracker.events.model import Event
from tracker.obligations.counting import Counting, count
from tracker.obligations.deadline import deadline
from tracker.obligations.reading import pins_of
from tracker.obligations.term_end import first_day, term_end
from tracker.obligations.view import as_json, window_json
from tracker.obligations.window_wording import window_text
from tracker.obligations.windows import (
    Window,
    earliest_end,
    is_windowed,
    needs_consent,
    usable_ends,
    window_for,
    window_of,
    window_on_its_day,
)
from tracker.terms.grammar import Counted
from tracker.terms.model import Agreement
from tracker.terms.rule import Rule

day = date.fromisoformat
BABEL = "babel-bpjstk-2025"
KUKAR = "kukar-bpjstk-2023"
SUMBA = "sumba-timur-kpu-bpjstk-2024"
KEMENKO = "kemenko-pmk-kemnaker-2023"
NOTICE = "termination-notice"


def intended(terms: Agreement, wished: str, on: str) -> Event:
    return Event(terms.id, "termination-intended", day(on), {"desired_end": wished})


def window(name: str, wished: str, on: str) -> Window:
    terms = repository_terms()[name].agreement
    wish = intended(terms, wished, on)
    return window_of(terms, terms.rule_by_id[NOTICE], calendar(), wish, day(on))


@pytest.mark.parametrize(
    ("name", "wished", "on", "likely", "safe", "closed", "earliest"),
    [
        # row 1.4: three months, clamped to the end of February; then clear days
        (BABEL, "2027-05-31", "2027-02-26", "2027-02-28", "2027-02-27", (False, False), "2027-05-27"),
        (BABEL, "2027-05-31", "2027-02-27", "2027-02-28", "2027-02-27", (False, False), "2027-05-28"),
        (BABEL, "2027-05-31", "2027-02-28", "2027-02-28", "2027-02-27", (True, False), "2027-06-01"),
        (BABEL, "2027-05-31", "2027-03-01", "2027-02-28", "2027-02-27", (True, False), "2027-06-02"),
        (BABEL, "2027-05-31", "2027-03-05", "2027-02-28", "2027-02-27", (True, True), "2027-06-06"),
        (BABEL, "2027-05-01", "2027-01-15", "2027-02-01", "2027-01-31", (False, False), "2027-04-16"),
        # the last day on which the clause is of any use
        (BABEL, "2030-04-28", "2030-01-27", "2030-01-28", "2030-01-27", (False, False), "2030-04-28"),
        (BABEL, "2030-04-28", "2030-01-28", "2030-01-28", "2030-01-27", (True, False), None),
        # row 2.3
        (KUKAR, "2024-03-31", "2023-12-15", "2023-12-31", "2023-12-30", (False, False), "2024-03-16"),
        (KUKAR, "2024-03-31", "2024-02-28", "2023-12-31", "2023-12-30", (True, True), "2024-05-29"),
        (KUKAR, "2024-05-31", "2024-02-29", "2024-02-29", "2024-02-28", (True, False), None),
        (KUKAR, "2024-05-31", "2024-03-04", "2024-02-29", "2024-02-28", (True, True), None),
        # row 3.3: one month in a term of 38 days
        (SUMBA, "2024-12-24", "2024-11-24", "2024-11-24", "2024-11-23", (True, False), "2024-12-25"),
        (SUMBA, "2024-12-25", "2024-11-24", "2024-11-25", "2024-11-24", (False, False), "2024-12-25"),
        (SUMBA, "2024-12-30", "2024-11-29", "2024-11-30", "2024-11-29", (False, False), "2024-12-30"),
        (SUMBA, "2024-12-31", "2024-11-29", "2024-11-30", "2024-11-29", (False, False), "2024-12-30"),
        (SUMBA, "2024-12-30", "2024-11-30", "2024-11-30", "2024-11-29", (True, False), None),
        # row 4.2: thirty calendar days
        (KEMENKO, "2023-07-31", "2023-06-30", "2023-07-01", "2023-06-30", (False, False), "2023-07-31"),
        (KEMENKO, "2023-07-31", "2023-07-03", "2023-07-01", "2023-06-30", (True, True), "2023-08-03"),
    ],
)
def test_windows_of_the_agreements(
    name: str, wished: str, on: str, likely: str, safe: str, closed: tuple[bool, bool], earliest: str | None
) -> None:
    found = window(name, wished, on)
    assert (found.deadline.likely, found.deadline.safe) == (day(likely), day(safe))
    assert (found.closed_on_safe, found.closed_on_every_reading) == closed
    assert found.earliest_end == (day(earliest) if earliest else None)


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        (BABEL, "2025-07-29", "2030-04-28"),
        (SUMBA, "2024-12-24", "2024-12-30"),
        (KEMENKO, "2023-03-30", "2025-02-27"),
    ],
)
def test_usable_end_days(name: str, first: str, last: str) -> None:
    terms = repository_terms()[name].agreement
    assert usable_ends(terms, terms.rule_by_id[NOTICE], calendar()) == (day(first), day(last))


def test_a_term_shorter_than_the_notice_has_no_window() -> None:
    terms = agreement("3 months before desired end", term={"length": "2 months", "from": "signed"})
    found = window_of(
        terms, terms.rules[0], calendar(), intended(terms, "2025-06-01", "2025-05-02"), day("2025-05-02")
    )
    assert (found.usable, found.earliest_end, found.ends_early) == (None, None, False)
    assert "terlalu pendek" in window_text(found, "id")[0]


def test_consent_is_a_rule_of_the_first_agreement_alone() -> None:
    needed = {name: needs_consent(file.agreement) for name, file in repository_terms().items()}
    assert needed == {BABEL: True, KUKAR: False, SUMBA: False, KEMENKO: False}


def in_time(terms: Agreement, one: Rule, end: date, on: date) -> bool:
    assert isinstance(one.due, Counted)
    choice = terms.calendar
    how = Counting(calendar(), choice.week, choice.joint_leave, pins_of(one.pins))
    readings = count(end, one.due.period, one.due.side, how)
    return deadline(readings, calendar(), on).act_by >= on


def by_trying(terms: Agreement, one: Rule, on: date) -> date | None:
    last = term_end(terms, one)[-1].day
    end = first_day(terms)
    while end < last:
        if in_time(terms, one, end, on):
            return end
        end += timedelta(days=1)
    return None


DUES = ("before", "5 days before", "14 working days before", "1 month before", "3 months before")
PINS = ("notice:counted", "rounding:up", "rounding:thirty-days", "week:mon-sat", "unit:working")


@settings(max_examples=60, deadline=None)
@given(
    due=st.sampled_from((*DUES, "2 weeks before", "1 year before", "36 hours before")),
    signed=st.dates(day("2023-01-01"), day("2025-06-30")),
    months=st.integers(1, 15),
    later=st.integers(-10, 500),
    pinned=st.none() | st.sampled_from(PINS),
)
def test_the_earliest_end_is_what_trying_every_day_gives(
    due: str, signed: date, months: int, later: int, pinned: str | None
) -> None:
    pins = [pin(*pinned.split(":"))] if pinned else []
    terms = agreement(
        rule(f"{due} desired end", pins=pins),
        term={"length": f"{months} months", "from": "signed"},
        signed=signed.isoformat(),
    )
    on, one = signed + timedelta(days=later), terms.rules[0]
    assert earliest_end(terms, one, calendar(), on) == by_trying(terms, one, on)


@given(
    due=st.sampled_from(DUES[1:]),
    wished=st.dates(day("2025-05-01"), day("2030-12-31")),
    on=st.dates(day("2025-05-01"), day("2030-12-31")),
)
def test_a_window_is_open_exactly_where_the_end_can_be_reached(due: str, wished: date, on: date) -> None:
    terms = agreement(f"{due} desired end")
    wish = intended(terms, wished.isoformat(), on.isoformat())
    found = window_of(terms, terms.rules[0], calendar(), wish, on)
    if found.ends_early and not found.closed_on_safe:
        assert found.earliest_end is not None
        assert found.earliest_end <= wished
    if found.ends_early and found.closed_on_safe:
        assert found.earliest_end is None or found.earliest_end > wished
    assert found.closed_on_safe or not found.closed_on_every_reading
    for language in ("id", "en"):
        assert all(window_text(found, language))


@pytest.mark.parametrize(
    ("name", "wished", "on", "language", "expected"),
    [
        (
            *(BABEL, "2027-05-31", "2027-03-05", "id"),
            [
                (
                    "Jendela sudah tertutup: pemberitahuan untuk berakhir 31 Mei 2027 seharusnya paling "
                    "lambat 26 Februari 2027."
                ),
                (
                    "Bila surat disampaikan pada 5 Maret 2027, perjanjian paling cepat berakhir pada "
                    "6 Juni 2027."
                ),
                "Pemberitahuan saja belum cukup: persetujuan pihak lain juga diperlukan.",
            ],
        ),
        (
            *(BABEL, "2027-05-31", "2027-03-01", "en"),
            [
                "The window has closed: notice to end on 31 May 2027 was due by 26 February 2027.",
                (
                    "The most generous way of counting still leaves time until 3 March 2027, but it can be "
                    "disputed."
                ),
                "With notice given on 1 March 2027, the agreement can end on 2 June 2027 at the earliest.",
                "A notice alone is not enough: the other party's consent is needed too.",
            ],
        ),
        (
            *(KEMENKO, "2023-07-31", "2023-06-01", "id"),
            ["Jendela masih terbuka: pemberitahuan untuk berakhir 31 Juli 2023 paling lambat 27 Juni 2023."],
        ),
        (
            *(SUMBA, "2024-12-31", "2024-12-02", "id"),
            [
                (
                    "Pasal ini tidak dapat dipakai untuk berakhir 31 Desember 2024: hanya untuk berakhir "
                    "antara 24 Desember 2024 dan 30 Desember 2024."
                ),
                (
                    "Bila surat disampaikan pada 2 Desember 2024, tidak ada lagi hari berakhir lebih awal "
                    "yang terjangkau: perjanjian berjalan sampai hari terakhirnya, kecuali disepakati lain."
                ),
            ],
        ),
    ],
)
def test_the_window_in_words(name: str, wished: str, on: str, language: str, expected: list[str]) -> None:
    assert window_text(window(name, wished, on), language) == expected


def test_only_a_wish_to_end_has_a_window() -> None:
    terms = agreement(
        rule("1 month before desired end", "notice"), rule("1 month before term end", "renewal")
    )
    of = partial(window_for, terms, calendar=calendar(), on=day("2026-01-01"))
    (renewal,) = obligations(terms, rule_id="renewal")
    (waiting,) = obligations(terms, rule_id="notice")
    assert (of(renewal), of(waiting), is_windowed(renewal.rule)) == (None, None, False)
    assert window_on_its_day(terms, renewal, calendar()) is None
    wish = event("termination-intended", "2026-03-02", desired_end="2026-05-29")
    (notice,) = obligations(terms, wish, rule_id="notice")
    ahead = of(notice)
    assert ahead is not None
    assert ahead.on == day("2026-03-02")
    assert window_on_its_day(terms, notice, calendar()) == ahead


def test_json_of_a_window() -> None:
    found = window(SUMBA, "2024-12-20", "2024-12-02")
    assert window_json(found) == {
        "window": {
            "desired_end": "2024-12-20",
            "on": "2024-12-02",
            "closed_on_safe": True,
            "closed_on_every_reading": True,
            "earliest_end": None,
            "needs_consent": False,
            "usable": {"first": "2024-12-24", "last": "2024-12-30"},
        }
    }
    assert window_json(None) == {}
    terms = agreement("1 month before desired end")
    assert "window" not in as_json(terms, obligations(terms)[0])


def test_a_rule_without_a_window_is_refused() -> None:
    terms = agreement("1 month before term end")
    with pytest.raises(ValueError, match="not before a desired end"):
        earliest_end(terms, terms.rules[0], calendar(), day("2026-01-01"))
    terms = agreement("1 month before desired end")
    nameless = event("termination-intended", "2026-01-01")
    with pytest.raises(ValueError, match="names no desired_end"):
        window_of(terms, terms.rules[0], calendar(), nameless, day("2026-01-01"))
