"""An address that does not work: who is told instead, hop by hop, and until when."""

import asyncio
import dataclasses
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.integration.test_races import at_once, two_of
from tests.integration.test_replay import same_everywhere
from tests.support.agreements import ID, rule
from tests.support.databases import MIGRATIONS, empty_database, lock_waits
from tests.support.houses import MONDAY, Home, Homes, terms_file
from tests.support.sending import LEASE, Scripted, dispatcher
from tests.support.waiting import until
from tracker import queries
from tracker.base.db import Database
from tracker.events.tables import EventRow
from tracker.migrations import upgrade
from tracker.outbox import claiming, service
from tracker.outbox.content import ListContent
from tracker.outbox.delivery import Delivery, Failure, SendError
from tracker.outbox.tables import AlertRow, AttemptRow, DoubtfulAddressRow
from tracker.reminders.recipients import EMAIL, FILE, TELEGRAM
from tracker.terms import service as terms
from tracker.terms.people import Contact, Unit

OFFICER = {
    "id": "officer",
    "position": "Kepala Bidang",
    "email": "satu@example.org",
    "telegram": 11,
    "channels": ["email", "telegram"],
    "substitute": "deputy",
}
DEPUTY = {"id": "deputy", "position": "Wakil", "email": "wakil@example.org", "substitute": "second"}
SECOND = {"id": "second", "position": "Wakil dari wakil", "email": "kedua@example.org"}
MANAGER = "manajer@example.org"
FALLBACK = "cadangan@example.org"
HOPS = (
    (EMAIL, "satu@example.org", "officer"),
    (TELEGRAM, "11", "officer"),
    (EMAIL, "wakil@example.org", "deputy"),
    (EMAIL, "kedua@example.org", "second"),
    (EMAIL, MANAGER, "hukum:manager"),
    (EMAIL, FALLBACK, "fallback"),
)
NOTICE = rule("14 calendar days since force-majeure-occurred", "force-majeure-notice")
DUTY = rule("on 2026-12-23", "lapor")
BUSY = SendError("451 try again later", Failure.BUSY)


def build(homes: Homes, db: Database | None = None) -> Home:
    """Make a home with a unit, its manager, and a fallback contact."""
    home = homes.build(channels=[EMAIL, TELEGRAM], fallback_email=FALLBACK, db=db)
    managers = (Contact(id="manager", position="Kepala Biro Hukum", email=MANAGER),)
    context = home.house.context
    routing = dataclasses.replace(
        context.routing, units={"hukum": Unit(name="Biro Hukum", managers=managers)}
    )
    house = dataclasses.replace(home.house, context=dataclasses.replace(context, routing=routing))
    return dataclasses.replace(home, house=house)


def file(*rules: Any, name: str = ID) -> Any:
    return terms_file(*rules, id=name, contacts=[OFFICER, DEPUTY, SECOND], unit="hukum")


@pytest.fixture
def home(homes: Homes) -> Home:
    """A home with one alert that is due."""
    home = build(homes)
    home.load(file(NOTICE))
    home.record("force-majeure-occurred", "2026-11-20", party="kesatu")
    return home


class World:
    """Channels that refuse some addresses, and remember what was tried."""

    def __init__(self, *refused: str) -> None:
        self.refused = set(refused)
        self.tried: list[tuple[str, str]] = []
        self.channels = [Scripted(name, look=self._look) for name in (EMAIL, TELEGRAM, FILE)]

    def _look(self, delivery: Delivery) -> None:
        self.tried.append((delivery.channel, delivery.address))
        if delivery.address in self.refused:
            raise SendError("550 no such user", Failure.ADDRESS)

    @property
    def sent(self) -> list[Delivery]:
        """What was tried, by channel."""
        return [delivery for channel in self.channels for delivery in channel.sent]

    def run(self, home: Home) -> None:
        """Send until nothing is due now."""
        home.remind()
        own = dispatcher(home, *self.channels)

        async def turns() -> None:
            while await own.run_due():
                pass

        asyncio.run(turns())


def doubts(home: Home, agreement: str = ID) -> list[dict[str, str]]:
    return [
        row.details for row in home.rows(EventRow, agreement_id=agreement) if row.kind == "contact-doubtful"
    ]


def said_about(world: World, point: str) -> list[tuple[str, str]]:
    """Give where messages were taken that speak of a point."""
    about = (one for one in world.sent if one.content.point == point)
    return [(one.channel, one.address) for one in about if one.address not in world.refused]


@pytest.mark.parametrize("refusals", range(len(HOPS) + 1))
def test_each_hop_leads_to_the_next(home: Home, refusals: int) -> None:
    world = World(*(address for _, address, _ in HOPS[:refusals]))

    world.run(home)

    last = (FILE, home.house.settings.fallback_name, "")
    channel, address, _ = [*HOPS, last][refusals]
    assert said_about(world, "at-once") == [(channel, address)]
    tried = [one for one in world.tried if one[1] in world.refused]
    assert len(tried) == len(set(tried)) == refusals
    logged = [(one["channel"], one["address"], one["contact"]) for one in doubts(home)]
    assert sorted(logged) == sorted(HOPS[:refusals])
    assert {row.state for row in home.rows(AlertRow)} <= {"accepted", "refused", "withdrawn"}


def test_each_hop_is_visible(home: Home) -> None:
    world = World(*(address for _, address, _ in HOPS[:3]))

    world.run(home)

    story = queries.explain(
        home.db, home.house.context, f"{ID}/force-majeure-notice", home.clock.now(), "id"
    ).as_json()
    shown = {(one["contact"], one["channel"]): one for one in story["alerts"]}
    assert {who: (one["state"], one["detour"]) for who, one in shown.items()} == {
        ("kesatu:officer", EMAIL): ("refused", None),
        ("kesatu:officer", TELEGRAM): ("refused", None),
        ("kesatu:deputy", EMAIL): ("refused", "refused"),
        ("kesatu:second", EMAIL): ("accepted", "refused"),
    }
    assert [one["answer"] for one in shown["kesatu:deputy", EMAIL]["attempts"]] == ["550 no such user"]
    assert doubts(home)[2] == {
        "channel": EMAIL,
        "address": "wakil@example.org",
        "party": "kesatu",
        "contact": "deputy",
        "why": "550 no such user",
    }


def test_nothing_goes_to_a_refused_address_from_any_agreement(home: Home) -> None:
    home.load(file(NOTICE, DUTY, name="another"))
    home.remind()
    busy = Scripted(EMAIL, [BUSY] * 9)
    asyncio.run(dispatcher(home, busy).run_due())
    waiting = [row for row in home.rows(AlertRow) if row.address == "satu@example.org" and row.next_try_at]
    assert len(waiting) > 1
    home.clock.advance(timedelta(hours=2))
    world = World("satu@example.org")

    world.run(home)
    home.record("force-majeure-occurred", "2026-11-21", agreement="another", party="kesatu")
    home.record(
        "contact-appointed",
        "2026-11-23",
        agreement="another",
        party="kesatu",
        position="Lain",
        replaces="officer",
        email="satu@example.org",
    )
    world.run(home)

    assert world.tried.count((EMAIL, "satu@example.org")) == 1
    about = {one.content.agreement for one in world.sent if one.channel == TELEGRAM}
    assert about >= {ID, "another"} or "" in about
    assert not [row for row in home.rows(AlertRow) if row.next_try_at or row.state == "grouped"]


@pytest.mark.parametrize("first", ["refused", "busy"])
def test_what_was_under_way_when_an_address_was_refused(homes: Homes, first: str) -> None:
    home = build(homes)
    home.load(file(NOTICE))
    for day in ("2026-11-19", "2026-11-20"):
        home.record("force-majeure-occurred", day, party="kesatu")
    home.remind()
    refused = SendError("550 no such user", Failure.ADDRESS)
    mail = Scripted(EMAIL, [refused, BUSY] if first == "refused" else [BUSY, refused])
    chat = Scripted(TELEGRAM)

    for _ in range(3):
        asyncio.run(dispatcher(home, mail, chat).run_due())
        home.clock.advance(timedelta(hours=1))

    assert [one.address for one in mail.sent if one.content.point == "at-once"] == ["satu@example.org"] * (
        1 if first == "refused" else 2
    )
    assert len(chat.sent) == 2
    assert len(doubts(home)) == 1
    assert {row.state for row in home.rows(AlertRow, contact="kesatu:officer")} <= {
        "accepted",
        "refused",
        "withdrawn",
    }


def test_what_a_dead_worker_held_is_not_sent_to_a_refused_address(home: Home) -> None:
    home.remind()
    with home.db.write() as connection:
        claiming.claim(connection, EMAIL, "dead", MONDAY, LEASE, 50)
    home.record("contact-doubtful", "2026-11-23", channel=EMAIL, address="satu@example.org", why="pindah")
    home.clock.advance(LEASE)
    world = World()

    world.run(home)

    assert (EMAIL, "satu@example.org") not in world.tried
    assert [one.channel for one in world.sent if one.content.point == "at-once"] == [TELEGRAM]
    (noted,) = doubts(home)
    assert noted["why"] == "pindah"
    assert "not sent, for this address does not work: pindah" in [
        row.answer for row in home.rows(AttemptRow) if row.outcome == "refused"
    ]


def test_an_address_that_a_person_confirms_is_used_again(home: Home) -> None:
    world = World("satu@example.org")
    world.run(home)
    world.refused.clear()

    home.record(
        "contact-confirmed", "2026-11-23", channel=EMAIL, address="satu@example.org", why="sudah benar"
    )
    home.record("force-majeure-occurred", "2026-11-22", party="kesatu")
    world.run(home)

    assert [one.address for one in world.sent if one.content.point == "at-once"] == [
        "satu@example.org",
        "satu@example.org",
        "11",
    ]
    assert home.rows(DoubtfulAddressRow) == []


def test_a_person_may_say_that_an_address_does_not_work(home: Home) -> None:
    home.record(
        "contact-doubtful", "2026-11-23", channel=EMAIL, address="satu@example.org", why="sudah pindah"
    )
    world = World()

    world.run(home)

    assert {address for _, address in world.tried} == {"11"}
    assert [(row.channel, row.address, row.answer) for row in home.rows(DoubtfulAddressRow)] == [
        (EMAIL, "satu@example.org", "sudah pindah")
    ]


def test_the_manager_is_asked_for_a_better_address_once_a_day(home: Home) -> None:
    world = World("satu@example.org")

    for day, hours in enumerate((0, 1, 24, 1), start=10):
        home.clock.advance(timedelta(hours=hours))
        home.record("contact-confirmed", "2026-11-23", channel=EMAIL, address="satu@example.org")
        home.record("force-majeure-occurred", f"2026-11-{day}", party="kesatu")
        world.run(home)

    asked = [one for one in world.sent if one.content.point == "doubtful-address"]
    assert [one.address for one in asked] == [MANAGER, MANAGER]
    content = asked[0].content
    assert isinstance(content, ListContent)
    assert "satu@example.org" in content.model_dump_json()
    assert len(doubts(home)) == 4


@pytest.fixture
def other(engine: str, tmp_path: Path) -> Iterator[Database]:
    folder = tmp_path / "other"
    folder.mkdir()
    with empty_database(engine, folder) as url, closing(Database(url, durable=False)) as opened:
        upgrade(opened, MIGRATIONS)
        yield opened


def test_a_log_with_doubts_can_be_replayed(home: Home, other: Database) -> None:
    World("satu@example.org", "11").run(home)
    home.record("contact-confirmed", "2026-11-23", channel=EMAIL, address="satu@example.org")
    home.record("contact-doubtful", "2026-11-23", channel=EMAIL, address="wakil@example.org", why="pensiun")
    home.record("force-majeure-occurred", "2026-11-22", party="kesatu")
    World("satu@example.org").run(home)

    same_everywhere(home, other)


# Locks


def refuse_all(homes: Homes, db: Database) -> Callable[[], None]:
    home = build(homes, db)
    return lambda: World("satu@example.org", "11").run(home)


@pytest.mark.postgres
def test_a_refusal_waits_for_whoever_records_a_fact_and_not_the_other_way_round(
    postgres_url: str, tmp_path: Path
) -> None:
    with closing(Database(postgres_url)) as watch:
        homes = Homes(watch, tmp_path)
        home = build(homes)
        home.load(file(DUTY))
        home.remind()
        with closing(Database(postgres_url)) as own, ThreadPoolExecutor(1) as pool:
            with home.db.write() as recorder:
                terms.locked(recorder, [ID])
                refusing = pool.submit(refuse_all(homes, own))
                until(lambda: lock_waits(watch) or refusing.done(), "a refusal that waits")
                service.withdraw_about(recorder, [f"{ID}/lapor/2026-12-23"])
            refusing.result(timeout=20)

        states = {row.state for row in home.rows(AlertRow) if row.reminder_key}
        assert states == {"withdrawn"}
        assert [row.address for row in home.rows(DoubtfulAddressRow)] == []


def test_refusals_and_facts_about_the_same_agreement_at_once(
    homes: Homes, home: Home, database_url: str
) -> None:
    def record(one: Home) -> None:
        for day in range(1, 11):
            one.record("force-majeure-occurred", f"2026-11-{day:02}", party="kesatu")

    with two_of(homes, database_url) as (one, two):
        at_once(refuse_all(homes, one.db), lambda: record(two))
        refuse_all(homes, one.db)()

    assert len(home.rows(EventRow, kind="force-majeure-occurred")) == 11
    assert not [row for row in home.rows(AlertRow) if row.next_try_at or row.state == "grouped"]
    assert len(doubts(home)) == 2
