"""Replaying a log into an empty database gives the same rows; random lives of an agreement."""

from collections.abc import Iterator
from contextlib import ExitStack, suppress
from datetime import date, timedelta
from itertools import permutations
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant
from hypothesis.stateful import rule as step

from tests.support.agreements import ID, rule
from tests.support.databases import MIGRATIONS, SQLITE, empty_database, migrated_database
from tests.support.houses import MONDAY, OFFICER, Home, Homes, terms_file
from tracker.base.db import Database
from tracker.base.errors import BadFactError, DatabaseError, UnknownThingError
from tracker.events.service import verified
from tracker.events.tables import EventRow
from tracker.flow import load_terms
from tracker.migrations import upgrade
from tracker.obligations.model import State
from tracker.obligations.tables import ObligationRow
from tracker.reminders.tables import ReminderRow
from tracker.replaying import bring_up_to, difference, replay
from tracker.terms.load import TermsFile

RULES = (
    rule("30 calendar days before term end", "renewal-notice"),
    rule("3 months before desired end", "termination-notice"),
    rule("14 calendar days since force-majeure-occurred", "force-majeure-notice", if_missed="forfeiture"),
    rule("30 days since force-majeure-occurred", "force-majeure-review", unless="force-majeure-ended"),
    rule("5 working days after force-majeure-notice due", "follow-up"),
    rule("7 calendar days after follow-up fulfilled", "answer"),
    rule("48 hours since work-accident-occurred", "accident-report"),
    rule("every semester", "monitoring-report"),
    rule("6 working days since contact-appointed", "contact-change-notice"),
    rule("standing", "confidentiality", survives=True),
    rule("undated", "cost-sharing"),
)
TERMS: tuple[dict[str, Any], ...] = (
    {"length": "2 years", "from": "signed"},
    {"length": "18 months", "from": "signed"},
    {"length": "3 years", "from": "signed"},
)
CONTACTS = (
    {**OFFICER, "substitute": "deputy"},
    {"id": "deputy", "position": "Sekretaris", "email": "dua@example.org"},
)
ADDENDUM = {
    "signed": "2027-10-01",
    "in_force_from": "2028-01-05",
    "term": {"length": "2 years", "from": "2028-01-05"},
}


def versions() -> Iterator[TermsFile]:
    """Give the same agreement with different terms."""
    for term in TERMS:
        yield terms_file(*RULES, contacts=CONTACTS, term=term)
    yield terms_file(*RULES, contacts=CONTACTS, term=TERMS[0], addenda=[ADDENDUM])
    yield terms_file(*RULES[1:], contacts=CONTACTS, term=TERMS[0])
    yield terms_file(*RULES, term=TERMS[0], signed="2026-01-25")


VERSIONS = tuple(versions())


def same_everywhere(home: Home, other: Database) -> None:
    """Replay into another database and compare everything but alerts."""
    replay(home.db, other, home.house.context, home.clock.now())

    assert difference(home.db, other) is None
    twin = Homes(other, home.house.settings.mail_dir).build(home.clock.now())
    for table in (EventRow, ReminderRow):
        assert twin.rows(table) == home.rows(table)
    with other.read() as connection:
        assert verified(connection).breaks == ()


@pytest.fixture
def other(engine: str, tmp_path: Path) -> Iterator[Database]:
    folder = tmp_path / "other"
    folder.mkdir()
    with empty_database(engine, folder) as url:
        opened = Database(url, durable=False)
        upgrade(opened, MIGRATIONS)
        yield opened
        opened.close()


def test_a_replay_gives_the_same_rows(home: Home, other: Database) -> None:
    home.load(VERSIONS[0])
    home.record("force-majeure-occurred", "2026-11-20", party="kesatu", key="form-1")
    bring_up_to(home.db, home.house.context, home.clock.now())
    home.clock.advance(timedelta(days=3))
    bring_up_to(home.db, home.house.context, home.clock.now())
    home.record(
        "notice-served",
        "2026-11-25",
        rule="force-majeure-notice",
        occurrence="2026-11-20:kesatu",
        received_on="2026-11-26",
    )
    home.record("fact-corrected", "2026-11-19", corrects="1", why="salah tanggal")
    load_terms(home.db, home.house.context, [VERSIONS[1]], home.clock.now(), "boss@example.org, web")
    home.clock.advance(timedelta(days=300))
    bring_up_to(home.db, home.house.context, home.clock.now())
    home.load(VERSIONS[3])
    bring_up_to(home.db, home.house.context, home.clock.now())

    same_everywhere(home, other)


def test_only_an_empty_database_is_replayed_into(home: Home) -> None:
    home.load(VERSIONS[0])
    with pytest.raises(DatabaseError, match="is not empty"):
        replay(home.db, home.db, home.house.context, home.clock.now())


def test_facts_of_one_day_may_be_recorded_in_any_order(engine: str, tmp_path: Path) -> None:
    notice = {"rule": "monitoring-report", "occurrence": "2026-S2"}
    facts: tuple[tuple[str, dict[str, str]], ...] = (
        ("force-majeure-occurred", {"party": "kesatu"}),
        ("termination-intended", {"desired_end": "2027-05-31", "party": "kedua"}),
        ("report-submitted", notice),
        ("contact-appointed", {"party": "kesatu", "name": "Siti", "replaces": "officer"}),
        ("work-accident-occurred", {"party": "kesatu", "at": "15:00"}),
        ("work-accident-occurred", {"party": "kesatu", "at": "09:00"}),
    )
    found = []
    for place, order in enumerate(permutations(facts)):
        if place % 101:
            continue
        folder = tmp_path / str(place)
        folder.mkdir()
        with migrated_database(engine, folder) as url:
            db = Database(url, durable=False)
            home = Homes(db, folder).build()
            home.load(VERSIONS[0])
            for kind, details in order:
                home.record(kind, "2026-11-20", **details)
            found.append(
                [
                    {name: value for name, value in row._asdict().items() if name != "event_number"}
                    for row in home.rows(ObligationRow)
                ]
            )
            db.close()
    assert len(found) > 3
    assert all(rows == found[0] for rows in found)


DAYS = st.integers(-60, 5)
HOURS = st.sampled_from([None, "09:00", "15:00"])
CHANGES: tuple[dict[str, str], ...] = ({}, {"withdrawn": "yes"}, {"at": "15:00"})
WHY = {"why": "diputuskan rapat"}


class Life(RuleBasedStateMachine):
    """Random facts, corrections, decisions and terms about one agreement, as time goes by."""

    @initialize()
    def begin(self) -> None:
        """Load the agreement into an empty database."""
        self.stack = ExitStack()
        self.folder = Path(self.stack.enter_context(TemporaryDirectory()))
        url = self.stack.enter_context(migrated_database(SQLITE, self.folder))
        db = Database(url, durable=False)
        self.stack.callback(db.close)
        self.home = Homes(db, self.folder).build(MONDAY)
        self.home.load(VERSIONS[0])

    def record(self, kind: str, day: date, **details: str) -> None:
        """Record a fact after what is due; what makes no sense is refused and changes nothing."""
        self.work()
        with suppress(BadFactError, UnknownThingError):
            self.home.record(kind, day.isoformat(), **details)

    def work(self) -> None:
        """Do what is due, as a worker does at once."""
        bring_up_to(self.home.db, self.home.house.context, self.home.clock.now())

    def day(self, back: int) -> date:
        return self.home.clock.now().date() + timedelta(days=back)

    def some(self, data: st.DataObject) -> dict[str, str]:
        """Pick an obligation."""
        row = data.draw(st.sampled_from(self.home.rows(ObligationRow)))
        return {"rule": row.rule, "occurrence": row.occurrence}

    @step(back=DAYS, party=st.sampled_from(["kesatu", "kedua", None]), at=HOURS)
    def force_majeure(self, back: int, party: str | None, at: str | None) -> None:
        given = {"party": party, "at": at}
        details = {name: value for name, value in given.items() if value}
        self.record("force-majeure-occurred", self.day(back), **details)

    @step(back=st.integers(-2, 0), at=HOURS)
    def accident(self, back: int, at: str | None) -> None:
        self.record("work-accident-occurred", self.day(back), **({"at": at} if at else {}))

    @step(back=DAYS)
    def force_majeure_ended(self, back: int) -> None:
        self.record("force-majeure-ended", self.day(back))

    @step(back=DAYS, ahead=st.integers(1, 400))
    def wish_to_end(self, back: int, ahead: int) -> None:
        self.record("termination-intended", self.day(back), desired_end=str(self.day(ahead)))

    @step(data=st.data(), back=DAYS)
    def proof(self, data: st.DataObject, back: int) -> None:
        self.record("notice-served", self.day(back), **self.some(data))

    @step(data=st.data(), days=st.integers(-2, 9))
    def acknowledge(self, data: st.DataObject, days: int) -> None:
        self.record("obligation-acknowledged", self.day(0), **self.some(data), until=str(self.day(days)))

    @step(data=st.data(), days=st.integers(1, 90))
    def snooze(self, data: st.DataObject, days: int) -> None:
        self.record("obligation-snoozed", self.day(0), **self.some(data), until=str(self.day(days)))

    @step(data=st.data())
    def waive(self, data: st.DataObject) -> None:
        self.record("obligation-waived", self.day(0), **self.some(data), **WHY)

    @step(data=st.data())
    def reopen(self, data: st.DataObject) -> None:
        self.record("obligation-reopened", self.day(0), **self.some(data), **WHY)

    @step(data=st.data(), days=st.integers(-30, 200))
    def override(self, data: st.DataObject, days: int) -> None:
        self.record(
            "obligation-overridden", self.day(0), **self.some(data), act_by=str(self.day(days)), **WHY
        )

    @step(
        number=st.integers(1, 12),
        back=DAYS,
        more=st.sampled_from(CHANGES),
    )
    def correct(self, number: int, back: int, more: dict[str, str]) -> None:
        self.record("fact-corrected", self.day(back), corrects=str(number), **WHY, **more)

    @step(back=DAYS, name=st.sampled_from(["Siti", "Budi"]))
    def appoint(self, back: int, name: str) -> None:
        who = {"party": "kesatu", "name": name, "email": "a@example.org", "replaces": "officer"}
        self.record("contact-appointed", self.day(back), **who)

    @step(ahead=st.integers(-10, 200))
    def end_early(self, ahead: int) -> None:
        self.record("agreement-ended-early", self.day(ahead))

    @step(version=st.sampled_from(range(len(VERSIONS))))
    def change_terms(self, version: int) -> None:
        self.work()
        self.home.load(VERSIONS[version])

    @step(days=st.sampled_from([0.1, 1, 7, 30, 120]))
    def time_passes(self, days: float) -> None:
        until = self.home.clock.now() + timedelta(days=days)
        bring_up_to(self.home.db, self.home.house.context, until)
        self.home.clock.move_to(until)

    @invariant()
    def no_open_duty_is_forgotten(self) -> None:
        """An open duty with a date always has its next step, and closed ones never have."""
        for row in self.home.rows(ObligationRow):
            if row.state == State.OPEN and row.act_by is not None:
                assert row.wake_at is not None, row.key
            elif row.state != State.OPEN:
                assert row.wake_at is None, row.key

    @invariant()
    def deriving_again_changes_nothing(self) -> None:
        before = self.home.rows(ObligationRow), self.home.rows(ReminderRow)
        derive_again(self.home)
        assert (self.home.rows(ObligationRow), self.home.rows(ReminderRow)) == before

    def teardown(self) -> None:
        """Replay the whole life into an empty database."""
        if not hasattr(self, "home"):
            return
        self.work()
        other = self.folder / "other"
        other.mkdir()
        with migrated_database(SQLITE, other) as url:
            db = Database(url, durable=False)
            self.stack.callback(db.close)
            with self.stack:
                same_everywhere(self.home, db)


def derive_again(home: Home) -> None:
    """Derive everything anew from terms and log, as a load of unchanged terms under other decrees does."""
    from tracker.obligations.causes import LOADED
    from tracker.steps import deriving
    from tracker.terms import service as terms

    with home.db.write() as connection:
        known = terms.locked(connection, [ID])
        found = terms.agreements(connection, [ID])
        deriving.rederive(connection, home.house.context, found, known, home.clock.now(), LOADED)


TestLife = Life.TestCase
TestLife.settings = settings(
    max_examples=10, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
)
