"""Terms that change under way: which deadlines move, who is told of it, and that nothing is told twice."""
# ruff: noqa: E501 - tables, one line a case

from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.support.agreements import ID, RULES, rule
from tests.support.databases import SQLITE
from tests.support.houses import OFFICER, Home, Homes, terms_file
from tracker import flow, queries
from tracker.obligations.tables import ObligationRow
from tracker.outbox.keys import is_group
from tracker.outbox.tables import AlertRow
from tracker.reminders.tables import ReminderRow
from tracker.terms.load import TermsFile, read_text

NOTICE = rule("30 calendar days before term end", "renewal-notice")
SEMESTERS = rule("every semester", "monitoring-report")
SECOND_OFFICER = {**OFFICER, "id": "second", "position": "Kepala Bidang Dua", "email": "dua@example.org"}
ONE_YEAR = {"length": "1 year", "from": "signed"}
FIRST = "babel-bpjstk-2025"
Move = tuple[str, str, str]


def wib(text: str) -> datetime:
    """Read a local time of Jakarta."""
    return datetime.fromisoformat(f"{text}+07:00").astimezone(UTC)


def addendum(in_force_from: str, **term: str) -> dict[str, Any]:
    given = {name.rstrip("_"): value for name, value in term.items()}
    return {"signed": in_force_from, "in_force_from": in_force_from, "term": given}


def amended(*addenda: dict[str, Any], term: dict[str, str]) -> TermsFile:
    return terms_file(NOTICE, SEMESTERS, contacts=[OFFICER, SECOND_OFFICER], term=term, addenda=list(addenda))


def states(home: Home, rule_id: str, agreement: str = ID) -> list[tuple[str, ...]]:
    """Give occurrence, likely, safe, act_by, state and why it is closed, by date."""
    rows = home.rows(ObligationRow, agreement_id=agreement, rule=rule_id)
    return [
        (row.occurrence, *(str(day) for day in (row.likely, row.safe, row.act_by)), row.state, row.closed_why or "")
        for row in sorted(rows, key=lambda row: row.likely)
    ]  # fmt: skip


def announced(home: Home, since: datetime) -> dict[Move, list[str]]:
    """Give the moved deadlines told of from an instant on: (rule/occurrence, point, sentence) -> recipients."""
    found: dict[Move, list[str]] = {}
    for content in home.contents():
        if content.point.startswith("moved-") and content.planned_for >= since:
            move = f"{content.rule}/{content.occurrence}", content.point, content.notes[0]
            found.setdefault(move, []).append(content.recipient)
    return found


def moved(before: str, after: str, why: str) -> str:
    return f"Tenggat berpindah dari {before} ke {after}. Sebab: {why}."


def nothing_was_told_twice(home: Home) -> None:
    """Each point of each deadline reached each contact on each channel once, in the store and outside."""
    points = {
        row.key: (row.obligation_key, row.key.split("/")[-2], row.point) for row in home.rows(ReminderRow)
    }
    alerts = [row for row in home.rows(AlertRow) if not is_group(row.key)]
    told = Counter((*points[row.reminder_key], row.contact, row.channel) for row in alerts)
    assert told
    assert [one for one, times in told.items() if times > 1] == []
    assert {row.state for row in home.rows(AlertRow)} <= {"accepted", "pending"}


BOTH_OFFICERS = ["Kepala Bidang Satu (Dinas Satu)", "Kepala Bidang Dua (Dinas Satu)"]


@pytest.mark.parametrize("engine", [SQLITE], indirect=True)  # five years of turns; others move on both
def test_three_renewals_in_a_row(homes: Homes) -> None:
    # Term 1 is 5 Jan 2026 to 4 (or 5) Jan 2027; each addendum adds a year, the last one two.
    renewals = (
        addendum("2026-12-07", length="1 year", from_="2027-01-05"),
        addendum("2027-12-06", length="1 year", from_="2028-01-05"),
        addendum("2028-12-06", length="2 years", from_="2029-01-05"),
    )
    # The last report of a term is due on its last day, until the term after it is agreed.
    moves: tuple[dict[str, tuple[str, str]], ...] = (
        {"monitoring-report/2027-S1": ("4 Jan 2027", "30 Jun 2027")},
        {"monitoring-report/2028-S1": ("4 Jan 2028", "30 Jun 2028")},
        {"monitoring-report/2029-S1": ("4 Jan 2029", "29 Jun 2029")},  # the 30th is a Saturday
    )
    agreed_on = ("7 Des 2026", "6 Des 2027", "6 Des 2028")
    home = homes.build(wib("2026-10-05T10:00"))
    home.load(amended(term=ONE_YEAR))
    sent = home.run_until(wib("2026-12-01T10:00"))
    home.record("notice-served", "2026-12-01", rule="renewal-notice", occurrence="term-1")
    fulfilled = home.obligation("renewal-notice/term-1")

    for number, renewal in enumerate(renewals):
        home.run_until(wib(f"{renewal['signed']}T10:00"), sent)
        loaded_at = home.clock.now()
        report = home.load(amended(*renewals[: number + 1], term=ONE_YEAR))

        assert report.moved == [f"{ID}/{key}" for key in moves[number]]
        why = f"addendum, berlaku mulai {agreed_on[number]}"
        assert announced(home, loaded_at) == {
            (key, "moved-1", moved(*days, why)): BOTH_OFFICERS for key, days in moves[number].items()
        }
        assert home.load(amended(*renewals[: number + 1], term=ONE_YEAR)).unchanged == [ID]

    home.run_until(wib("2030-12-31T00:00"), sent)

    assert home.obligation("renewal-notice/term-1") == fulfilled
    assert states(home, "renewal-notice") == [
        ("term-1", "2026-12-05", "2026-12-04", "2026-12-04", "fulfilled", "notice-served"),
        ("term-2", "2027-12-05", "2027-12-04", "2027-12-03", "superseded", "renewed"),
        ("term-3", "2028-12-05", "2028-12-04", "2028-12-04", "superseded", "renewed"),
        ("term-4", "2030-12-05", "2030-12-04", "2030-12-04", "open", ""),
    ]
    assert [row[0] for row in states(home, "monitoring-report")] == [
        *("2026-S1", "2026-S2", "2027-S1", "2027-S2", "2028-S1", "2028-S2"),
        *("2029-S1", "2029-S2", "2030-S1", "2030-S2", "2031-S1"),
    ]  # fmt: skip
    nothing_was_told_twice(home)
    messages = {row.key for row in home.rows(AlertRow) if row.grouped_in is None}
    assert len(sent.sent) == len(messages)
    assert {one.alert_key for one in sent.sent} == messages
    # Nobody is told again of a notice once its term has been renewed.
    last = {
        row.obligation_key.rpartition("/")[2]: str(row.fired_at.date())
        for row in sorted(home.rows(ReminderRow), key=lambda row: row.fired_at)
        if "renewal-notice" in row.obligation_key
    }
    assert last["term-1"] < "2026-12-02"
    assert last["term-2"] < "2027-12-07"
    assert last["term-3"] < "2028-12-07"


def test_a_shortened_term(home: Home) -> None:
    # 2 years from 5 Jan 2026 end on 4 Jan 2028; 18 months end on Sunday 4 July 2027.
    two_years = {"length": "2 years", "from": "signed"}
    home.load(amended(term=two_years))
    home.record("report-submitted", "2026-11-20", rule="monitoring-report", occurrence="2026-S2")
    sent = home.run_until(wib("2027-02-01T10:00"))
    loaded_at = home.clock.now()

    report = home.load(amended(addendum("2027-02-01", length="18 months", from_="signed"), term=two_years))

    why = "addendum, berlaku mulai 1 Feb 2027"
    assert report.moved == [f"{ID}/renewal-notice/term-1", f"{ID}/monitoring-report/2027-S2"]
    assert report.superseded == [f"{ID}/monitoring-report/2028-S1"]
    assert announced(home, loaded_at) == {
        ("renewal-notice/term-1", "moved-1", moved("3 Des 2027", "3 Jun 2027", why)): BOTH_OFFICERS,
        ("monitoring-report/2027-S2", "moved-1", moved("31 Des 2027", "2 Jul 2027", why)): BOTH_OFFICERS,
    }
    assert states(home, "renewal-notice") == [
        ("term-1", "2027-06-04", "2027-06-03", "2027-06-03", "open", "")
    ]
    assert states(home, "monitoring-report") == [
        ("2026-S1", "2026-06-30", "2026-06-30", "2026-06-30", "unverified", ""),
        ("2026-S2", "2026-12-31", "2026-12-31", "2026-12-31", "fulfilled", "report-submitted"),
        ("2027-S1", "2027-06-30", "2027-06-30", "2027-06-30", "open", ""),
        ("2027-S2", "2027-07-04", "2027-07-04", "2027-07-02", "open", ""),
        ("2028-S1", "2028-01-04", "2028-01-04", "2028-01-04", "superseded", "terms-amended"),
    ]
    home.run_until(wib("2028-02-01T00:00"), sent)
    nothing_was_told_twice(home)
    assert home.rows(ReminderRow, obligation_key=f"{ID}/monitoring-report/2028-S1") == []
    assert states(home, "renewal-notice")[0][-2:] == ("lapsed", "agreement-ended")


def signed_on(day: str) -> TermsFile:
    """Give the first agreement as if its preamble left no doubt that it was signed on this day."""
    text = (RULES / "agreements" / f"{FIRST}.yaml").read_text(encoding="utf-8")
    head, _, rest = text.partition("signed:\n")
    _, _, after = rest.partition("\nparents:")
    file, faults = read_text(f"{head}signed: {day}\n\nparents:{after}", f"{FIRST}.yaml")
    assert file is not None, faults
    return file


# rule/occurrence -> likely, safe, act_by of a signing on 9 April (the term ends on 8 April 2030), and of one on the
# 29th (the term ends on 28 April 2030). Whatever is not named does not move.
SIGNED: dict[str, tuple[tuple[str, str, str], tuple[str, str, str]]] = {
    "agreement-end/term-1": (("2030-04-08", "2030-04-07", "2030-04-05"), ("2030-04-28", "2030-04-27", "2030-04-26")),
    "renewal-notice/term-1": (("2030-03-09", "2030-03-08", "2030-03-08"), ("2030-03-29", "2030-03-28", "2030-03-28")),
    "end-at-term-notice/term-1": (("2030-03-09", "2030-03-08", "2030-03-08"), ("2030-03-29", "2030-03-28", "2030-03-28")),
    "monitoring-report/2030-S1": (("2030-04-08", "2030-04-08", "2030-04-08"), ("2030-04-28", "2030-04-28", "2030-04-26")),
}  # fmt: skip
WORDS = {
    "2030-03-08": "8 Mar 2030",
    "2030-03-28": "28 Mar 2030",
    "2030-04-05": "5 Apr 2030",
    "2030-04-08": "8 Apr 2030",
    "2030-04-26": "26 Apr 2030",
}


def figures(home: Home) -> dict[str, tuple[str, str, str]]:
    rows = home.rows(ObligationRow, agreement_id=FIRST)
    return {
        f"{row.rule}/{row.occurrence}": (str(row.likely), str(row.safe), str(row.act_by))
        for row in rows
        if row.likely is not None
    }


@pytest.mark.parametrize(("was", "is_now"), [(0, 1), (1, 0)], ids=["9th-to-29th", "29th-to-9th"])
def test_a_corrected_signing_day(homes: Homes, was: int, is_now: int) -> None:
    files = signed_on("2025-04-09"), signed_on("2025-04-29")
    home = homes.build(wib("2028-11-20T10:00"))
    home.load(files[was])
    report_2028 = {"rule": "monitoring-report", "occurrence": "2028-S2", "to": "governor+kedua"}
    home.record("report-submitted", "2028-11-20", agreement=FIRST, **report_2028)
    before = figures(home)
    sent = home.run_until(wib("2028-11-21T10:00"))
    loaded_at = home.clock.now()

    report = home.load(files[is_now])

    assert {key: before[key] for key in SIGNED} == {key: days[was] for key, days in SIGNED.items()}
    assert figures(home) == {**before, **{key: days[is_now] for key, days in SIGNED.items()}}
    assert set(report.moved) == {f"{FIRST}/{key}" for key in SIGNED}
    assert report.superseded == []
    assert set(announced(home, loaded_at)) == {
        (
            key,
            "moved-1",
            moved(WORDS[days[was][2]], WORDS[days[is_now][2]], "naskah diperbaiki di sistem"),
        )
        for key, days in SIGNED.items()
    }
    assert states(home, "monitoring-report", FIRST)[7][-2:] == ("fulfilled", "report-submitted")
    home.run_until(wib("2030-06-30T00:00"), sent)
    nothing_was_told_twice(home)
    due = flow.next_wake(home.db)
    assert due is None or due > home.clock.now()


def test_silence_renews_and_says_so(home: Home) -> None:
    # A year from 5 January 2026, then by silence a year from 5 January 2027, and so on.
    term = {
        "length": "1 year",
        "from": "signed",
        "renewal": {"silence": "renews", "stopped_by": "renewal-notice"},
    }
    home.load(terms_file(NOTICE, term=term))
    home.run_until(wib("2027-01-10T00:00"))

    assert states(home, "renewal-notice") == [
        ("term-1", "2026-12-05", "2026-12-04", "2026-12-04", "lapsed", "renewed-by-silence"),
        ("term-2", "2027-12-05", "2027-12-04", "2027-12-03", "open", ""),
        ("term-3", "2028-12-05", "2028-12-04", "2028-12-04", "open", ""),
        ("term-4", "2029-12-05", "2029-12-04", "2029-12-03", "open", ""),
    ]
    first = next(content for content in home.contents() if content.occurrence == "term-1")
    assert first.notes[-2:] == (
        (
            "Bila semua pihak diam, perjanjian diperpanjang dengan sendirinya selama 1 tahun "
            "(lazimnya mulai Selasa, 5 Januari 2027)."
        ),
        "Pemberitahuan inilah yang menghentikan perpanjangan itu.",
    )
    home.record("notice-served", "2027-06-01", rule="renewal-notice", occurrence="term-2")
    assert states(home, "renewal-notice")[1][-2:] == ("fulfilled", "notice-served")
    assert states(home, "renewal-notice")[2][-2:] == ("superseded", "notice-served")
    home.run_until(wib("2028-02-01T00:00"))
    nothing_was_told_twice(home)


def test_terms_by_silence_are_reminded_of_for_ever(home: Home) -> None:
    term = {
        "length": "1 year",
        "from": "signed",
        "renewal": {"silence": "renews", "stopped_by": "renewal-notice"},
    }
    home.load(terms_file(NOTICE, term=term))
    home.run_until(wib("2031-12-31T00:00"))

    found = [(row[0], row[3], *row[-2:]) for row in states(home, "renewal-notice")]
    assert found[:6] == [
        ("term-1", "2026-12-04", "lapsed", "renewed-by-silence"),
        ("term-2", "2027-12-03", "lapsed", "renewed-by-silence"),
        ("term-3", "2028-12-04", "lapsed", "renewed-by-silence"),
        ("term-4", "2029-12-03", "lapsed", "renewed-by-silence"),  # Isra Mikraj falls on the 4th
        ("term-5", "2030-12-04", "lapsed", "renewed-by-silence"),
        ("term-6", "2031-12-04", "open", ""),
    ]
    points = Counter(row.obligation_key.rpartition("/")[2] for row in home.rows(ReminderRow))
    assert all(points[f"term-{number}"] >= 8 for number in range(2, 7))
    story = queries.explain(
        home.db, home.house.context, f"{ID}/renewal-notice/term-6", home.clock.now(), "id"
    )
    assert story.shown.obligation.occurrence == "term-6"
    served = {"rule": "renewal-notice", "occurrence": "term-6"}
    home.record("notice-served", "2031-12-30", **served)
    assert states(home, "renewal-notice")[5][-2:] == ("fulfilled", "notice-served")
    nothing_was_told_twice(home)
