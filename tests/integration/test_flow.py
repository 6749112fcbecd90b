from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from tests.support.agreements import ID, RULES, repository_terms, rule
from tests.support.houses import MONDAY, OFFICER, Home, Homes, terms_file
from tracker import flow
from tracker.base.errors import BadFactError, UnknownThingError
from tracker.events.tables import EventRow
from tracker.obligations import picture as picturing
from tracker.obligations.tables import ObligationRow
from tracker.outbox.tables import AlertRow
from tracker.reminders.recipients import EMAIL, TELEGRAM
from tracker.reminders.tables import ReminderRow
from tracker.steps.context import Context
from tracker.terms.model import Agreement
from tracker.terms.tables import AgreementRow, TermsVersionRow

ON_DATE = rule("on 2026-12-31")
"""Reminded 30, 14, 7, 3, 1 and 0 days before."""
FORCE_MAJEURE = rule("14 calendar days since force-majeure-occurred", "force-majeure-notice")
NOTICE = rule("30 calendar days before term end", "renewal-notice")
SEMESTERS = rule("every semester", "monitoring-report")
ENDS_SOON = {"from": "2026-01-05", "to": "2026-12-31"}


def wib(text: str) -> datetime:
    """Read a local time of Jakarta."""
    return datetime.fromisoformat(f"{text}+07:00").astimezone(UTC)


def points(home: Home) -> list[str]:
    """Give the points of the ladder that have fired, in their order."""
    return [point for point in steps(home) if ">" not in point]


def steps(home: Home) -> list[str]:
    """Give the points that have fired and the steps of the chain, in their order."""
    return [row.point for row in sorted(home.rows(ReminderRow), key=lambda row: row.fired_at)]


# Loading


def test_the_agreements_of_the_repository(home: Home) -> None:
    files = list(repository_terms().values())
    assert len(files) >= 2

    report = home.load(*files)

    assert report.new == [file.agreement.id for file in files]
    assert report.changed == report.unchanged == report.moved == report.superseded == []
    obligations = home.rows(ObligationRow)
    assert report.obligations == len(obligations) == len({row.key for row in obligations})
    assert len(home.rows(TermsVersionRow)) == len(files)
    renewal = home.rows(ObligationRow, key="babel-bpjstk-2025/renewal-notice/term-1")[0]
    assert (str(renewal.likely), str(renewal.safe), str(renewal.act_by), renewal.provisional) == (
        "2030-03-29",
        "2030-03-28",
        "2030-03-28",
        True,
    )


def test_a_second_load_changes_nothing(home: Home) -> None:
    files = list(repository_terms().values())
    home.load(*files)
    before = home.snapshot()

    home.clock.advance(timedelta(days=400))
    report = home.load(*files)

    assert report == flow.LoadReport(unchanged=[file.agreement.id for file in files])
    assert home.snapshot() == before


def test_what_had_passed_before_tracking_began_is_never_alerted(home: Home) -> None:
    home.load(*repository_terms().values())
    unverified = {row.key for row in home.rows(ObligationRow, state="unverified")}
    assert "kukar-bpjstk-2023/renewal-notice/term-1" in unverified
    assert "babel-bpjstk-2025/monitoring-report/2026-S1" in unverified
    assert all(row.wake_at is None for row in home.rows(ObligationRow, state="unverified"))

    recorder = home.run_until(wib("2027-03-01T00:00"))

    assert recorder.sent
    assert not unverified & {row.obligation_key for row in home.rows(ReminderRow)}
    assert {row.key for row in home.rows(ObligationRow, state="unverified")} == unverified


def test_texts_that_are_known_need_not_be_read_again(homes: Homes, home: Home, tmp_path: Path) -> None:
    file = terms_file(ON_DATE)
    assert flow.known_digests(home.db, home.house.context) == {}

    home.load(file)
    assert flow.known_digests(home.db, home.house.context) == {file.digest: ID}

    changed = terms_file(ON_DATE, title="Perjanjian uji kedua")
    home.load(changed)
    assert flow.known_digests(home.db, home.house.context) == {changed.digest: ID}

    elsewhere = homes.build(rules_dir=with_another_holiday(tmp_path, "2026-12-30"))
    assert flow.known_digests(home.db, elsewhere.house.context) == {}


# Terms that change


def test_a_moved_deadline_starts_its_ladder_anew(home: Home) -> None:
    other = rule("on 2027-06-30", "other")
    home.load(terms_file(NOTICE, other, term={"from": "2026-01-05", "to": "2027-02-15"}))
    home.run_until(wib("2026-12-18T00:00"))
    before, other_before = home.obligation("renewal-notice/term-1"), home.obligation("other/2027-06-30")
    assert points(home) == ["T-60", "T-30"]

    report = home.load(terms_file(NOTICE, other, term={"from": "2026-01-05", "to": "2027-03-15"}))

    after = home.obligation("renewal-notice/term-1")
    assert report == flow.LoadReport(changed=[ID], moved=[f"{ID}/renewal-notice/term-1"])
    assert (str(before.likely), str(after.likely)) == ("2027-01-16", "2027-02-13")
    assert (str(before.act_by), str(after.act_by)) == ("2027-01-15", "2027-02-12")
    assert (after.opened_at, after.reminded_for) == (before.opened_at, home.clock.now())
    assert points(home) == ["T-60", "T-30", "moved-1"]
    assert home.obligation("other/2027-06-30") == other_before
    assert [row.version for row in home.rows(TermsVersionRow)] == [1, 2]
    assert home.rows(AgreementRow)[0].version == 2

    home.run_until(wib("2027-01-14T00:00"))

    assert points(home) == ["T-60", "T-30", "moved-1", "T-30"]  # the announcement stands for the new T-60
    assert [str(content.act_by) for content in home.contents()] == ["2027-01-15"] * 2 + ["2027-02-12"] * 2
    announced = next(content for content in home.contents() if content.point == "moved-1")
    assert announced.notes[0] == (
        "Tenggat berpindah dari 15 Jan 2027 ke 12 Feb 2027. Sebab: naskah diperbaiki di sistem."
    )


def test_a_rule_that_is_removed_is_superseded(home: Home) -> None:
    home.load(terms_file(ON_DATE, NOTICE))

    report = home.load(terms_file(NOTICE))

    key = f"{ID}/duty/2026-12-31"
    assert report.superseded == [key]
    gone = home.obligation("duty/2026-12-31")
    assert (gone.state, gone.closed_why, gone.wake_at) == ("superseded", "terms-corrected", None)
    assert gone.closed_at == MONDAY
    home.run_until(wib("2027-01-31T00:00"))
    assert home.rows(ReminderRow, obligation_key=key) == []


def test_a_rule_that_comes_back_is_open_again(home: Home) -> None:
    home.load(terms_file(ON_DATE, NOTICE))
    home.load(terms_file(NOTICE))
    home.load(terms_file(ON_DATE, NOTICE))

    back = home.obligation("duty/2026-12-31")
    assert (back.state, back.closed_at, back.closed_why) == ("open", None, None)
    home.run_until(wib("2026-12-02T00:00"))
    assert points(home) == ["T-30"]


def test_what_was_done_stays_done_when_terms_change(home: Home) -> None:
    home.load(terms_file(ON_DATE, NOTICE))
    home.record("duty-fulfilled", "2026-11-20", rule="duty", occurrence="2026-12-31")

    report = home.load(terms_file(NOTICE))

    assert report.superseded == []
    assert home.obligation("duty/2026-12-31").state == "fulfilled"


# Decrees that change


def with_another_holiday(folder: Path, day: str) -> Path:
    rules = folder / "rules"
    copytree(RULES / "holidays", rules / "holidays")
    (rules / "reminders.yaml").write_text((RULES / "reminders.yaml").read_text())
    path = rules / "holidays" / "id" / f"{day[:4]}.yaml"
    text = path.read_text()
    decree = text.split("decree: ")[1].split(",")[0]
    path.write_text(f"{text}  - {{date: {day}, kind: national, decree: {decree}, name: {{id: A, en: B}}}}\n")
    return rules


def test_a_new_decree_moves_deadlines(homes: Homes, home: Home, tmp_path: Path) -> None:
    home.load(terms_file(ON_DATE))
    assert flow.rederive(home.db, home.house.context, MONDAY) == []

    later = homes.build(rules_dir=with_another_holiday(tmp_path, "2026-12-31"))
    moved = flow.rederive(later.db, later.house.context, MONDAY)

    assert moved == [f"{ID}/duty/2026-12-31"]
    assert str(later.obligation("duty/2026-12-31").act_by) == "2026-12-30"
    assert flow.rederive(later.db, later.house.context, MONDAY) == []
    later.run_until(wib("2027-01-01T00:00"))
    assert {str(content.act_by) for content in later.contents()} == {"2026-12-30"}


# Events


def test_an_event_is_alerted_at_once_at_any_hour(homes: Homes) -> None:
    saturday_night = wib("2026-11-21T23:30")
    home = homes.build(saturday_night)
    home.load(terms_file(FORCE_MAJEURE))
    assert home.rows(ObligationRow) == []
    assert flow.next_wake(home.db) is None

    recorded = home.record("force-majeure-occurred", "2026-11-20", party="kesatu")

    assert (recorded.added, recorded.changes.added, recorded.changes.moved) == (True, 1, [])
    assert flow.next_wake(home.db) == saturday_night
    assert home.remind() == 1
    (alert,) = home.rows(AlertRow)
    assert (alert.contact, alert.channel, alert.state) == ("kesatu:officer", "file", "pending")
    assert alert.key.endswith("/at-once/kesatu:officer/file")
    (content,) = home.contents()
    assert content.point == "at-once"
    assert content.planned_for == saturday_night
    assert str(content.likely) == "2026-12-04"
    (event,) = home.rows(EventRow)
    assert (event.recorded_at, event.recorded_by, event.details) == (
        saturday_night,
        "tester",
        {"party": "kesatu"},
    )
    assert home.obligation("force-majeure-notice/2026-11-20:kesatu").event_number == event.number


def test_a_window_that_has_closed_is_said_at_once(homes: Homes) -> None:
    home = homes.build(wib("2026-11-23T10:00"))
    home.load(terms_file(rule("3 months before desired end", "termination-notice")))
    home.record("termination-intended", "2026-11-23", party="kesatu", desired_end="2027-01-29")

    assert home.remind() == 1
    (content,) = home.contents()
    assert content.notes[1:3] == (
        (
            "Jendela sudah tertutup: pemberitahuan untuk berakhir 29 Januari 2027 seharusnya paling lambat "
            "28 Oktober 2026."
        ),
        (
            "Bila surat disampaikan pada 23 November 2026, perjanjian paling cepat berakhir pada "
            "24 Februari 2027."
        ),
    )


def test_hours_from_a_known_time_are_alerted_with_their_moment(homes: Homes) -> None:
    home = homes.build(wib("2026-11-23T10:00"))
    home.load(terms_file(rule("48 hours since work-accident-occurred", "accident-report")))
    home.record("work-accident-occurred", "2026-11-23", party="kesatu", at="09:20")

    assert home.remind() == 1
    (content,) = home.contents()
    assert (str(content.likely), str(content.by_time)) == ("2026-11-25", "09:20:00")


def test_an_event_that_is_learned_of_late_is_still_said(home: Home) -> None:
    home.load(terms_file(FORCE_MAJEURE))

    home.record("force-majeure-occurred", "2026-06-01", party="kesatu")
    home.remind()

    assert home.obligation("force-majeure-notice/2026-06-01:kesatu").state == "open"
    assert points(home) == ["at-once"]


def test_the_same_client_key_records_once(home: Home) -> None:
    home.load(terms_file(FORCE_MAJEURE))
    home.record("force-majeure-occurred", "2026-11-20", key="form-7", party="kesatu")
    before = home.snapshot()

    again = home.record("force-majeure-occurred", "2026-11-20", key="form-7", party="kesatu")

    assert (again.added, again.event.number, again.changes.added) == (False, 1, 0)
    assert home.snapshot() == before


def test_a_client_key_is_for_one_fact(home: Home) -> None:
    home.load(terms_file(FORCE_MAJEURE))
    home.record("force-majeure-occurred", "2026-11-20", key="form-7", party="kesatu")
    before = home.snapshot()

    with pytest.raises(BadFactError, match=r"'form-7' was used for force-majeure-occurred of 2026-11-20"):
        home.record("force-majeure-occurred", "2026-11-21", key="form-7", party="kedua")

    assert home.snapshot() == before


def test_the_same_fact_twice_is_one_obligation(home: Home) -> None:
    home.load(terms_file(FORCE_MAJEURE))
    home.record("force-majeure-occurred", "2026-11-20", party="kesatu")
    home.record("force-majeure-occurred", "2026-11-20", party="kesatu")
    home.remind()

    assert len(home.rows(EventRow)) == 2
    assert len(home.rows(ObligationRow)) == len(home.rows(AlertRow)) == 1


@pytest.mark.parametrize(
    ("agreement", "details", "says"),
    [
        ("no-such-agreement", {}, "no agreement 'no-such-agreement'"),
        (ID, {"party": "ketiga"}, "party=ketiga: test-agreement has the parties kesatu, kedua"),
    ],
)
def test_a_fact_about_something_unknown(
    home: Home, agreement: str, details: dict[str, str], says: str
) -> None:
    home.load(terms_file(FORCE_MAJEURE))

    with pytest.raises(UnknownThingError, match=says):
        home.record("force-majeure-occurred", "2026-11-20", agreement=agreement, **details)

    assert home.rows(EventRow) == []


def test_a_proof_of_something_unknown_is_not_recorded(home: Home) -> None:
    home.load(terms_file(ON_DATE))

    with pytest.raises(UnknownThingError, match="no obligation 'test-agreement/duty/2026-12-30'"):
        home.record("duty-fulfilled", "2026-11-20", rule="duty", occurrence="2026-12-30")

    assert home.rows(EventRow) == []


@pytest.mark.parametrize(
    ("kind", "state"), [("report-submitted", "fulfilled"), ("obligation-waived", "waived")]
)
def test_a_closed_obligation_is_reminded_of_no_more(home: Home, kind: str, state: str) -> None:
    home.load(terms_file(ON_DATE, rule("on 2027-01-29", "other")))
    home.run_until(wib("2026-12-02T00:00"))
    assert points(home) == ["T-30"]

    why = {"why": "sudah dibahas"} if kind == "obligation-waived" else {}
    home.record(kind, "2026-12-01", rule="duty", occurrence="2026-12-31", **why)

    closed = home.obligation("duty/2026-12-31")
    assert (closed.state, closed.closed_why, closed.wake_at) == (state, kind, None)
    assert closed.closed_at == home.clock.now()
    home.run_until(wib("2027-02-01T00:00"))
    assert {row.obligation_key for row in home.rows(ReminderRow)[1:]} == {f"{ID}/other/2027-01-29"}
    assert len(home.rows(ReminderRow, obligation_key=f"{ID}/duty/2026-12-31")) == 1


def test_a_proof_starts_the_duty_that_waits_for_it(home: Home) -> None:
    home.load(terms_file(ON_DATE, rule("10 calendar days after duty fulfilled", "answer")))

    recorded = home.record("duty-fulfilled", "2026-11-20", rule="duty", occurrence="2026-12-31")

    assert recorded.changes.added == 1
    assert str(home.obligation("answer/2026-12-31").likely) == "2026-11-30"


def test_what_was_unverified_can_be_confirmed(home: Home) -> None:
    home.load(terms_file(rule("on 2026-02-27")))
    assert home.obligation("duty/2026-02-27").state == "unverified"

    home.record("duty-fulfilled", "2026-02-26", rule="duty", occurrence="2026-02-27")

    assert home.obligation("duty/2026-02-27").state == "fulfilled"


# Lapse


def test_a_notice_lapses_with_its_agreement(home: Home) -> None:
    home.load(terms_file(rule("7 calendar days before term end", "renewal-notice"), term=ENDS_SOON))

    home.run_until(wib("2026-12-31T23:59"))
    assert home.obligation("renewal-notice/term-1").state == "open"
    said = points(home)
    home.run_until(wib("2027-01-31T00:00"))

    lapsed = home.obligation("renewal-notice/term-1")
    assert (lapsed.state, lapsed.closed_why, lapsed.wake_at) == ("lapsed", "agreement-ended", None)
    assert lapsed.closed_at == wib("2027-01-01T00:00")
    assert points(home) == said


def test_a_duty_is_chased_past_the_end_but_not_for_ever(home: Home) -> None:
    home.load(terms_file(ON_DATE, term=ENDS_SOON))

    home.run_until(wib("2027-12-31T00:00"))

    # 1 to 3 January and the 5th are days off: a reminder waits for the next office day.
    assert points(home)[5:8] == ["T-0", "overdue+4", "overdue+6"]
    assert points(home)[-4:] == ["overdue+7", "overdue+14", "overdue+21", "overdue+28"]
    lapsed = home.obligation("duty/2026-12-31")
    assert (lapsed.state, lapsed.closed_why) == ("lapsed", "agreement-ended")
    assert lapsed.closed_at == wib("2027-01-31T00:00")


# The horizon


def test_recurring_duties_reach_as_far_as_the_horizon(home: Home) -> None:
    home.load(terms_file(SEMESTERS, signed="2026-11-02"))

    occurrences = [row.occurrence for row in home.rows(ObligationRow)]
    assert occurrences == ["2026-S2", "2027-S1", "2027-S2", "2028-S1"]


def test_the_horizon_moves_once_a_due_time(home: Home) -> None:
    home.load(terms_file(SEMESTERS, signed="2026-11-02"))
    due = home.rows(AgreementRow)[0].wake_at
    assert due == wib("2026-12-30T00:00")  # act_by of 2028-S2 is Friday 29 December 2028

    assert flow.roll_due(home.db, home.house.context, due - timedelta(seconds=1)) == 0
    assert flow.roll_due(home.db, home.house.context, due) == 1
    rolled = home.snapshot()
    assert flow.roll_due(home.db, home.house.context, due) == 0

    assert home.snapshot() == rolled
    assert [row.occurrence for row in home.rows(ObligationRow)][-1] == "2028-S2"
    assert home.rows(AgreementRow)[0].wake_at > due
    assert len(home.rows(ObligationRow)) == 5


def test_the_horizon_stops_at_the_end_of_the_term(home: Home) -> None:
    home.load(terms_file(SEMESTERS, signed="2026-11-02", term={"length": "27 months", "from": "signed"}))

    rolls = 0
    while (due := home.rows(AgreementRow)[0].wake_at) is not None:
        rolls += flow.roll_due(home.db, home.house.context, due)

    assert rolls == 2
    occurrences = [row.occurrence for row in home.rows(ObligationRow)]
    assert occurrences[-2:] == ["2028-S2", "2029-S1"]
    assert str(home.obligation("monitoring-report/2029-S1").likely) == "2029-02-01"


# Reminders


def test_reminders_come_on_office_days_only(home: Home) -> None:
    home.load(terms_file(ON_DATE))

    home.run_until(wib("2026-12-31T12:00"))

    fired = [(row.point, row.fired_at) for row in home.rows(ReminderRow)]
    # 24 December is joint leave, 25 December Christmas: T-7 comes on the 23rd.
    assert sorted(fired, key=lambda pair: pair[1]) == [
        ("T-30", wib("2026-12-01T08:00")),
        ("T-14", wib("2026-12-17T08:00")),
        ("T-7", wib("2026-12-23T08:00")),
        ("T-3", wib("2026-12-28T08:00")),
        ("T-7>manager", wib("2026-12-29T08:00")),  # 16 office hours later
        ("T-1", wib("2026-12-30T08:00")),
        ("T-0", wib("2026-12-31T08:00")),
    ]
    assert all(row.planned_for == row.fired_at for row in home.rows(ReminderRow))


def test_what_was_missed_collapses_into_the_latest_and_says_so(home: Home) -> None:
    home.load(terms_file(ON_DATE))

    home.clock.move_to(wib("2026-12-28T10:17"))  # nothing ran since November
    assert home.remind() == 1
    assert home.remind() == 0

    (reminder,) = home.rows(ReminderRow)
    assert (reminder.point, reminder.missed) == ("T-3", "T-30,T-14,T-7")
    assert reminder.planned_for == wib("2026-12-28T08:00")
    assert reminder.fired_at == home.clock.now()
    (content,) = home.contents()
    assert any("T-30, T-14, T-7" in note and "tidak terkirim" in note for note in content.notes)
    assert flow.next_wake(home.db) == home.rows(AlertRow)[0].next_try_at


@pytest.mark.parametrize(
    ("found_at", "sent_at"),
    [
        ("2026-12-25T09:00", "2026-12-28T08:00"),  # Christmas; then a weekend
        ("2026-12-23T21:00", "2026-12-28T08:00"),  # after office hours, before a joint leave
        ("2026-12-28T05:00", "2026-12-28T08:00"),  # before office hours
    ],
)
def test_what_was_missed_waits_for_office_hours(home: Home, found_at: str, sent_at: str) -> None:
    home.load(terms_file(ON_DATE))
    home.clock.move_to(wib(found_at))

    home.remind()
    assert home.rows(ReminderRow) == []
    assert flow.next_wake(home.db) == wib(sent_at)
    home.run_until(wib(sent_at))

    (reminder,) = home.rows(ReminderRow)
    assert reminder.fired_at == wib(sent_at)


def test_an_agreement_without_contacts_goes_to_the_fallback_contact(homes: Homes) -> None:
    home = homes.build(channels=[EMAIL], fallback_email="cadangan@example.org")
    home.load(terms_file(ON_DATE, contacts=()))

    home.clock.move_to(wib("2026-12-01T08:00"))
    home.remind()

    (alert,) = home.rows(AlertRow)
    assert (alert.contact, alert.channel, alert.address, alert.detour) == (
        "fallback",
        "email",
        "cadangan@example.org",
        "no-contact",
    )
    (content,) = home.contents()
    assert content.recipient == "Koordinator kerja sama (kontak cadangan)"
    assert "naskah tidak menyebut narahubung untuk Dinas Satu; Badan Dua" in content.notes[0]


def test_without_a_fallback_address_the_folder_is_the_last_resort(homes: Homes) -> None:
    home = homes.build(channels=[EMAIL])
    home.load(terms_file(ON_DATE, contacts=()))

    home.clock.move_to(wib("2026-12-01T08:00"))
    home.remind()

    (alert,) = home.rows(AlertRow)
    assert (alert.contact, alert.channel) == ("fallback", "file")


def test_an_unconfirmed_address_is_never_used(homes: Homes) -> None:
    home = homes.build(channels=[EMAIL], fallback_email="cadangan@example.org")
    home.load(terms_file(ON_DATE, contacts=[{**OFFICER, "to_confirm": ["email"]}]))

    home.clock.move_to(wib("2026-12-01T08:00"))
    home.remind()

    (alert,) = home.rows(AlertRow)
    assert (alert.contact, alert.address, alert.detour) == ("fallback", "cadangan@example.org", "unconfirmed")
    (content,) = home.contents()
    assert "alamat Kepala Bidang Satu (Dinas Satu) diperbaiki dari naskah" in content.notes[0]


def test_a_contact_is_told_on_every_channel_it_has(homes: Homes) -> None:
    home = homes.build(channels=[EMAIL, TELEGRAM])
    home.load(terms_file(ON_DATE))

    home.clock.move_to(wib("2026-12-01T08:00"))
    home.remind()

    told = {(row.contact, row.channel, row.address) for row in home.rows(AlertRow)}
    assert told == {("kesatu:officer", "email", "satu@example.org"), ("kesatu:officer", "telegram", "11")}
    assert len({row.message_id for row in home.rows(AlertRow)}) == 2
    assert len({row.thread_id for row in home.rows(AlertRow)}) == 1


def test_only_who_holds_the_post_that_day_is_told(home: Home) -> None:
    old = {**OFFICER, "id": "old", "until": "2026-11-30"}
    new = {**OFFICER, "id": "new", "since": "2026-12-01"}
    home.load(terms_file(ON_DATE, contacts=[old, new]))

    home.clock.move_to(wib("2026-12-01T08:00"))
    home.remind()

    assert [row.contact for row in home.rows(AlertRow)] == ["kesatu:new"]


# What is next


def test_the_next_wake_is_the_earliest_of_all(home: Home) -> None:
    assert flow.next_wake(home.db) is None

    home.load(terms_file(SEMESTERS, signed="2026-11-02"))
    # 30 days before 31 December come before the horizon moves on 30 December.
    assert flow.next_wake(home.db) == wib("2026-12-01T08:00")

    home.clock.move_to(wib("2026-12-01T08:00"))
    home.remind()
    assert flow.next_wake(home.db) == wib("2026-12-01T08:00")  # the alert

    home.run_until(wib("2026-12-29T23:59"))
    assert flow.next_wake(home.db) == wib("2026-12-30T00:00")  # the horizon


def test_an_agreement_by_its_name(home: Home) -> None:
    file = terms_file(ON_DATE)
    home.load(file)

    assert flow.agreement_named(home.db, ID) == file.agreement
    with pytest.raises(UnknownThingError, match="no agreement 'other'"):
        flow.agreement_named(home.db, "other")


def test_an_unknown_calendar(home: Home) -> None:
    context: Context = home.house.context

    with pytest.raises(UnknownThingError, match="wants the calendar 'sg'; there is id"):
        context.calendar(terms_file(ON_DATE, calendar={"holidays": "sg"}).agreement)


def test_one_agreement_that_cannot_be_derived_does_not_silence_the_others(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    today_only = rule("on 2026-12-31", remind=[0])
    home.load(terms_file(today_only, id="bad"), terms_file(today_only, id="good"))
    real: Any = vars(picturing)["derive"]

    def derive(agreement: Agreement, *arguments: Any) -> Any:
        if agreement.id == "bad":
            raise RuntimeError("planted")
        return real(agreement, *arguments)

    with monkeypatch.context() as patch:
        patch.setattr(picturing, "derive", derive)
        told = home.run_until(wib("2026-12-31T08:30"))
    assert {delivery.content.agreement for delivery in told.sent} == {"good"}

    told = home.run_until(wib("2026-12-31T09:00"))
    assert {delivery.content.agreement for delivery in told.sent} == {"bad"}


def test_one_agreement_whose_horizon_cannot_move_does_not_hold_up_the_others(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.load(terms_file(rule("every semester"), id="bad"), terms_file(rule("every semester"), id="good"))
    real: Any = vars(picturing)["derive"]

    def derive(agreement: Agreement, *arguments: Any) -> Any:
        if agreement.id == "bad":
            raise RuntimeError("planted")
        return real(agreement, *arguments)

    before = {row.agreement_id: 0 for row in home.rows(ObligationRow)}
    for row in home.rows(ObligationRow):
        before[row.agreement_id] += 1
    home.clock.move_to(max(row.wake_at for row in home.rows(AgreementRow)))
    with monkeypatch.context() as patch:
        patch.setattr(picturing, "derive", derive)
        while flow.roll_due(home.db, home.house.context, home.clock.now()):
            pass
    assert len(home.rows(ObligationRow, agreement_id="good")) == before["good"] + 1
    assert len(home.rows(ObligationRow, agreement_id="bad")) == before["bad"]
    assert flow.next_wake(home.db) is not None
