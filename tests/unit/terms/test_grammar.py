"""The small grammar: valid lines and their canonical form, refusals and what they say."""

import string
from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.terms.grammar import (
    SLUG,
    Anchor,
    AnchorKind,
    Counted,
    Due,
    Every,
    OnDate,
    Period,
    Recurring,
    Side,
    Standing,
    Undated,
    Unit,
    parse_due,
    parse_period,
)


@pytest.mark.parametrize(
    ("line", "canonical"),
    [
        ("30 days before term end", "30 days before term end"),
        ("30 calendar days before term end", "30 calendar days before term end"),
        ("  30   calendar days\tbefore  term end ", "30 calendar days before term end"),
        ("1 days before term end", "1 day before term end"),
        ("1 day before term end", "1 day before term end"),
        ("2 day before term end", "2 days before term end"),
        ("007 days before term end", "7 days before term end"),
        ("3 months before desired end", "3 months before desired end"),
        ("1 month before desired end", "1 month before desired end"),
        ("14 working days after force-majeure-occurred", "14 working days after force-majeure-occurred"),
        ("1 working days since contact-appointed", "1 working day since contact-appointed"),
        ("2 weeks since signing", "2 weeks since signing"),
        ("1 year after signing", "1 year after signing"),
        ("72 hours after force-majeure-occurred", "72 hours after force-majeure-occurred"),
        ("5 days after renewal-notice due", "5 days after renewal-notice due"),
        ("5 days since report fulfilled", "5 days since report fulfilled"),
        ("5 days before report due", "5 days before report due"),
        ("before term end", "before term end"),
        ("before desired end", "before desired end"),
        ("before handover", "before handover"),
        ("before report due", "before report due"),
        ("on 2025-06-30", "on 2025-06-30"),
        ("every month", "every month"),
        ("every semester", "every semester"),
        ("every month due day 10 of the following month", "every month due day 10 of the following month"),
        (
            "every quarter due 14 working days after its end",
            "every quarter due 14 working days after its end",
        ),
        ("every year due 1 months after its end", "every year due 1 month after its end"),
        ("undated", "undated"),
        ("standing", "standing"),
    ],
)
def test_valid_lines(line: str, canonical: str) -> None:
    due = parse_due(line)
    assert str(due) == canonical
    assert parse_due(canonical) == due


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("30 days before term end", Counted(Period(30, Unit.DAYS), Side.BEFORE, Anchor(AnchorKind.TERM_END))),
        ("before term end", Counted(Period(0, Unit.DAYS), Side.BEFORE, Anchor(AnchorKind.TERM_END))),
        (
            "6 working days since x",
            Counted(Period(6, Unit.WORKING_DAYS), Side.SINCE, Anchor(AnchorKind.EVENT, "x")),
        ),
        (
            "1 month after a-b due",
            Counted(Period(1, Unit.MONTHS), Side.AFTER, Anchor(AnchorKind.RULE_DUE, "a-b")),
        ),
        ("every year", Recurring(Every.YEAR)),
        ("every month due day 31 of the following month", Recurring(Every.MONTH, due_day=31)),
        ("every month due 5 days after its end", Recurring(Every.MONTH, due_after=Period(5, Unit.DAYS))),
        ("on 2024-02-29", OnDate(date(2024, 2, 29))),
        ("undated", Undated()),
        ("standing", Standing()),
    ],
)
def test_what_a_line_means(line: str, expected: Due) -> None:
    assert parse_due(line) == expected


NOT_A_LINE = "is not a due line, expected '<n> <unit> before term end|desired end|<event>'"


@pytest.mark.parametrize(
    ("line", "fragment"),
    [
        ("", NOT_A_LINE),
        ("soon", NOT_A_LINE),
        ("30 hari before term end", NOT_A_LINE),
        ("thirty days before term end", NOT_A_LINE),
        ("-3 days before term end", NOT_A_LINE),
        ("1.5 months before term end", NOT_A_LINE),
        ("30 days", NOT_A_LINE),
        ("30 days of term end", NOT_A_LINE),
        ("30 business days before term end", NOT_A_LINE),
        ("30 calendar weeks before term end", NOT_A_LINE),
        ("every week", NOT_A_LINE),
        ("every month due", NOT_A_LINE),
        ("every month due day 10", NOT_A_LINE),
        ("every month due 10 days before its end", NOT_A_LINE),
        ("on 30-06-2025", NOT_A_LINE),
        ("after term end", NOT_A_LINE),
        ("0 days before term end", "counts nothing, expected a number of at least 1"),
        ("0 working days after signing", "counts nothing, expected a number of at least 1"),
        ("every month due 0 days after its end", "counts nothing, expected a number of at least 1"),
        ("every month due 0 working days after its end", "counts nothing, expected a number of at least 1"),
        ("on 2025-02-30", "2025-02-30 is not a day of the calendar"),
        ("every month due day 0 of the following month", "names day 0, expected a day from 1 to 31"),
        ("every month due day 32 of the following month", "names day 32, expected a day from 1 to 31"),
        (
            "30 days before Term End",
            "counts from 'Term End', expected term end, desired end, signing, an event kind",
        ),
        ("30 days before the end", "counts from 'the end'"),
        ("30 days after report done", "counts from 'report done'"),
        ("30 days after force_majeure", "counts from 'force_majeure'"),
        ("before -x", "counts from '-x'"),
        ("30 days before 2025-06-30", "counts from '2025-06-30'"),
    ],
)
def test_refused_lines(line: str, fragment: str) -> None:
    with pytest.raises(ValueError, match=r".") as raised:
        parse_due(line)
    assert fragment in str(raised.value)
    assert repr(line) in str(raised.value)


@pytest.mark.parametrize(
    "line",
    [
        "99999999 working days before term end",
        "100000 years after signing",
        "every month due 999999 weeks after its end",
    ],
)
def test_periods_past_the_end_of_the_calendar_are_refused(line: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        parse_due(line)


@pytest.mark.parametrize(
    ("text", "expected", "canonical"),
    [
        ("17 months", Period(17, Unit.MONTHS), "17 months"),
        (" 5  years ", Period(5, Unit.YEARS), "5 years"),
        ("1 years", Period(1, Unit.YEARS), "1 year"),
        ("1 hour", Period(1, Unit.HOURS), "1 hour"),
        ("30 days", Period(30, Unit.DAYS), "30 days"),
        ("14 working day", Period(14, Unit.WORKING_DAYS), "14 working days"),
    ],
)
def test_periods(text: str, expected: Period, canonical: str) -> None:
    assert parse_period(text) == expected
    assert str(expected) == canonical


@pytest.mark.parametrize(
    "text", ["", "5", "years", "5 tahun", "5years", "five years", "5 years 2 months", "-5 years"]
)
def test_refused_periods(text: str) -> None:
    with pytest.raises(ValueError, match="is not a period, expected a number and a unit"):
        parse_period(text)


def test_the_event_an_anchor_waits_for() -> None:
    assert Anchor(AnchorKind.EVENT, "handover").event_kind == "handover"
    assert Anchor(AnchorKind.DESIRED_END).event_kind == "termination-intended"
    assert Anchor(AnchorKind.TERM_END).event_kind is None
    assert Anchor(AnchorKind.RULE_DUE, "report").event_kind is None


SLUGS = st.from_regex(SLUG, fullmatch=True).filter(lambda slug: slug != "signing" and slug[0].isalpha())
PERIODS = st.builds(Period, st.integers(1, 90), st.sampled_from(Unit))
ANCHORS = st.one_of(
    st.sampled_from([AnchorKind.TERM_END, AnchorKind.DESIRED_END, AnchorKind.SIGNING]).map(Anchor),
    st.builds(
        Anchor, st.sampled_from([AnchorKind.EVENT, AnchorKind.RULE_DUE, AnchorKind.RULE_FULFILLED]), SLUGS
    ),
)
DUES: st.SearchStrategy[Due] = st.one_of(
    st.builds(Counted, PERIODS, st.sampled_from(Side), ANCHORS),
    st.builds(Counted, st.just(Period(0, Unit.DAYS)), st.just(Side.BEFORE), ANCHORS),
    st.builds(OnDate, st.dates(date(1900, 1, 1), date(2999, 12, 31))),
    st.builds(Recurring, st.sampled_from(Every)),
    st.builds(Recurring, st.sampled_from(Every), due_day=st.integers(1, 31)),
    st.builds(Recurring, st.sampled_from(Every), due_after=PERIODS),
    st.just(Undated()),
    st.just(Standing()),
)


@given(DUES)
def test_parsing_undoes_printing(due: Due) -> None:
    assert parse_due(str(due)) == due


@given(DUES, st.integers(0, 200), st.sampled_from(string.printable))
def test_a_garbled_line_is_read_or_refused(due: Due, place: int, letter: str) -> None:
    line = str(due)
    garbled = line[:place] + letter + line[place + 1 :]
    refusal = refused(parse_due, garbled)
    if refusal is None:
        found = parse_due(garbled)
        assert parse_due(str(found)) == found
    else:
        assert "expected" in refusal or "is not a day of the calendar" in refusal


@given(st.text(max_size=50))
def test_arbitrary_text_is_read_or_refused(text: str) -> None:
    for read in (parse_due, parse_period):
        refusal = refused(read, text)
        assert refusal is None or repr(text) in refusal


def refused(read: Callable[[str], object], text: str) -> str | None:
    try:
        read(text)
    except ValueError as error:
        return str(error)
    return None
