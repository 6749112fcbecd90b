"""Facts as one line of text: what is read, and what is refused with which words."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.events.model import BadEventError, Event, checked, parse_event


@pytest.mark.parametrize(
    ("text", "kind", "day", "details"),
    [
        ("force-majeure-occurred=2026-12-01", "force-majeure-occurred", "2026-12-01", {}),
        (
            "force-majeure-occurred=2026-12-01,party=kesatu",
            "force-majeure-occurred",
            "2026-12-01",
            {"party": "kesatu"},
        ),
        (
            " contact-appointed = 2023-04-14 , party = kedua ",
            "contact-appointed",
            "2023-04-14",
            {"party": "kedua"},
        ),
        (
            "termination-intended=2025-09-01,party=kesatu,desired_end=2026-01-01",
            *("termination-intended", "2025-09-01", {"party": "kesatu", "desired_end": "2026-01-01"}),
        ),
        (
            "notice-served=2025-01-20,rule=renewal-notice,occurrence=term-1,letter=B/1=2",
            *(
                "notice-served",
                "2025-01-20",
                {"rule": "renewal-notice", "occurrence": "term-1", "letter": "B/1=2"},
            ),
        ),
        ("handover=2024-02-29,box=", "handover", "2024-02-29", {"box": ""}),
        (
            "fact-corrected=2024-02-29,corrects=3,why=salah ketik,party=",
            *("fact-corrected", "2024-02-29", {"corrects": "3", "why": "salah ketik", "party": ""}),
        ),
        ("handover=2024-02-29,at=23:59", "handover", "2024-02-29", {"at": "23:59"}),
    ],
)
def test_good_lines(text: str, kind: str, day: str, details: dict[str, str]) -> None:
    assert parse_event("a", text) == Event("a", kind, date.fromisoformat(day), details)


@pytest.mark.parametrize(
    ("text", "fragment"),
    [
        ("", "'' in '=' is not a date, expected KIND=YYYY-MM-DD[,key=value...]"),
        ("force-majeure-occurred", "is not a date"),
        ("force-majeure-occurred=", "is not a date"),
        ("force-majeure-occurred=01-12-2026", "'01-12-2026' in"),
        ("force-majeure-occurred=2026-02-30", "'2026-02-30' in"),
        ("force-majeure-occurred=2026-12-01,kesatu", "'kesatu' in"),
        ("force-majeure-occurred=2026-12-01,=kesatu", "is not key=value"),
        ("force-majeure-occurred=2026-12-01,", "is not key=value"),
        ("Force Majeure=2026-12-01", "'Force Majeure' is not an event kind, expected words-with-hyphens"),
        ("=2026-12-01", "is not an event kind"),
        ("handover=2024-02-29,at=24:00", "at=24:00: handover expects a local time as HH:MM"),
        ("handover=2024-02-29,at=9:00", "at=9:00: handover"),
        ("handover=2024-02-29,at=", "at=: handover"),
        ("handover=2024-02-29,at=14.30", "at=14.30: handover"),
        ("handover=2024-02-29,at=14:30:00", "at=14:30:00: handover"),
        ("termination-intended=2025-09-01", "termination-intended needs desired_end=..."),
        ("termination-intended=2025-09-01,desired_end=", "termination-intended needs desired_end=..."),
        (
            "termination-intended=2025-09-01,desired_end=soon",
            "desired_end=soon: termination-intended expects a day as YYYY-MM-DD",
        ),
        ("notice-served=2025-01-20", "notice-served needs rule=..."),
        ("report-submitted=2025-01-20,rule=report", "report-submitted needs occurrence=..."),
        ("payment-made=2025-01-20,occurrence=2025-01", "payment-made needs rule=..."),
        ("duty-fulfilled=2025-01-20,rule=x", "duty-fulfilled needs occurrence=..."),
        ("obligation-waived=2025-01-20,rule=x,occurrence=y", "obligation-waived needs why=..."),
        (
            "notice-served=2025-01-20,rule=x,occurrence=y,recieved_on=2025-01-20",
            "notice-served has no 'recieved_on', expected one of rule, occurrence, sent_on, received_on,",
        ),
        (
            "notice-served=2025-01-20,rule=x,occurrence=y,received_on=2025-13-01",
            "received_on=2025-13-01: notice-served expects a day as YYYY-MM-DD",
        ),
        ("notice-served=2025-01-20,rule=x,occurrence=y,form=a b", "form=a b: notice-served expects names"),
        ("notice-served=2025-01-20,rule=x,occurrence=../y", "expects an occurrence such as term-1"),
        ("notice-served=2025-01-20,rule=x,occurrence=y,evidence=a.pdf", "expects the SHA-256"),
        ("proof-accepted=2025-01-20,rule=x,occurrence=y,proof=first", "expects a whole number"),
        ("contact-appointed=2025-01-20,party=kesatu,email=satu", "expects an e-mail address"),
        (
            "reading-pinned=2025-01-20,rule=x,axis=moon,choice=y,why=z",
            "axis=moon: reading-pinned expects one of",
        ),
        ("fact-corrected=2025-01-20,corrects=3", "fact-corrected needs why=..."),
        ("handover=2025-01-20,note=", "note=: handover expects some text"),
        ("handover=2025-01-20,at=25:00", "at=25:00: handover expects a local time as HH:MM"),
        ("handover=2025-01-20,party=kesatu,party=kedua", "twice"),
    ],
)
def test_bad_lines(text: str, fragment: str) -> None:
    with pytest.raises(BadEventError) as raised:
        parse_event("a", text)
    assert fragment in str(raised.value)


def test_what_an_event_starts_is_named_by_day_and_party() -> None:
    day = date(2026, 12, 1)
    assert Event("a", "x", day).occurrence == "2026-12-01"
    assert Event("a", "x", day, {"party": "kesatu"}).occurrence == "2026-12-01:kesatu"
    assert Event("a", "x", day).party is None
    assert Event("a", "x", day).desired_end is None
    assert Event("a", "x", day, {"desired_end": "2027-01-31"}).desired_end == date(2027, 1, 31)


def test_an_event_is_checked_whichever_way_it_came() -> None:
    good = Event("a", "handover", date(2026, 12, 1))
    assert checked(good) is good
    with pytest.raises(BadEventError):
        checked(Event("a", "notice-served", date(2026, 12, 1), {"rule": "renewal-notice"}))


@given(st.text(max_size=40) | st.from_regex(r"[a-z-]*=?[0-9-]*(,[a-z_]*=?[a-z0-9-]*)*", fullmatch=True))
def test_arbitrary_lines_are_read_or_refused(text: str) -> None:
    refusal = ""
    try:
        found = parse_event("a", text)
        assert checked(found) is found
    except BadEventError as error:
        refusal = str(error)
    assert not refusal or "expected" in refusal
