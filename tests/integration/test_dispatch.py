import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.support.agreements import ID, rule
from tests.support.databases import SQLITE, migrated_database
from tests.support.houses import MONDAY, OFFICER, Home, Homes, terms_file
from tests.support.outbox import NothingFollows
from tests.support.sending import LEASE, Answer, Scripted, dispatcher
from tracker import flow
from tracker.base.db import Database
from tracker.base.errors import DatabaseError
from tracker.bootstrap import build_cycle
from tracker.outbox import claiming, service
from tracker.outbox.delivery import Accepted, Channel, Delivery, Failure, SendError
from tracker.outbox.dispatch import Dispatcher
from tracker.outbox.lane import Lane
from tracker.outbox.retry import LONGEST_PAUSE, GiveUp, Retry, backoff
from tracker.outbox.service import Claimed
from tracker.outbox.tables import AlertRow, AttemptRow, PostRow
from tracker.reminders.recipients import EMAIL, FILE, TELEGRAM

FORCE_MAJEURE = rule("14 calendar days since force-majeure-occurred", "force-majeure-notice")
FALLBACK = "cadangan@example.org"


@pytest.fixture
def home(homes: Homes) -> Home:
    """A home with mail and Telegram, and one alert by mail that is due."""
    home = homes.build(channels=[EMAIL, TELEGRAM], fallback_email=FALLBACK)
    contact = {name: value for name, value in OFFICER.items() if name != "telegram"}
    home.load(terms_file(FORCE_MAJEURE, contacts=[contact]))
    home.record("force-majeure-occurred", "2026-11-20", party="kesatu")
    assert home.remind() == 1
    return home


def run(home: Home, *channels: Channel) -> int:
    return asyncio.run(dispatcher(home, *channels).run_due())


def alert(home: Home, **where: Any) -> Any:
    (row,) = (row for row in home.rows(AlertRow, **where) if row.obligation_key)
    return row


def told_operator(home: Home) -> list[Any]:
    return [row for row in home.rows(AlertRow) if row.key.startswith("operator/")]


def attempts(home: Home) -> list[tuple[int, str, str]]:
    return [(row.number, row.outcome, row.answer) for row in home.rows(AttemptRow)]


def claim(home: Home, worker: str, limit: int = 50, now: datetime | None = None) -> list[Claimed]:
    with home.db.write() as connection:
        return claiming.claim(connection, EMAIL, worker, now or home.clock.now(), LEASE, limit).messages


def fail(home: Home, claimed: Claimed, worker: str, then: Retry | GiveUp, outcome: str = "failed") -> bool:
    with home.db.write() as connection:
        now = home.clock.now()
        return service.fail(connection, claimed, worker, now, outcome=outcome, answer="late", then=then)


def accept(home: Home, claimed: Claimed) -> None:
    with home.db.write() as connection:
        service.accept(connection, [(claimed, "250")], home.clock.now())


# What a server may answer


def test_accepted(home: Home) -> None:
    mail = Scripted(EMAIL)

    assert run(home, mail) == 1
    assert run(home, mail) == 0

    row = alert(home)
    assert (row.state, row.next_try_at, row.lease_holder, row.attempts) == ("accepted", None, None, 1)
    assert row.accepted_at == MONDAY
    assert attempts(home) == [(1, "accepted", "250 OK")]
    (delivery,) = mail.sent
    assert (delivery.alert_key, delivery.address, delivery.now) == (row.key, "satu@example.org", MONDAY)
    assert (delivery.message_id, delivery.thread_id) == (row.message_id, row.thread_id)
    assert delivery.content.model_dump_json() == row.content


def test_only_what_stands_in_a_chat_is_noted_as_a_post(homes: Homes) -> None:
    home = homes.build(channels=[EMAIL, TELEGRAM], fallback_email=FALLBACK)
    home.load(terms_file(FORCE_MAJEURE))
    home.record("force-majeure-occurred", "2026-11-20", party="kesatu")
    home.remind()

    mail, chat = Scripted(EMAIL, [Accepted("250 OK", "queue-1")]), Scripted(TELEGRAM, [Accepted("ok", "77")])
    assert run(home, mail, chat) == 2

    assert [(row.chat, row.message) for row in home.rows(PostRow)] == [("11", "77")]


def test_the_attempt_is_written_before_the_send(home: Home) -> None:
    seen: list[Any] = []

    def look(_delivery: Delivery) -> None:
        seen.extend(home.rows(AttemptRow))
        seen.append(alert(home))

    run(home, Scripted(EMAIL, look=look))

    attempt, held = seen
    assert (attempt.outcome, attempt.worker, attempt.finished_at) == ("started", "one", None)
    assert (held.state, held.lease_holder, held.next_try_at) == ("pending", "one", MONDAY + LEASE)


def test_a_passing_failure_is_tried_again_later_and_later(home: Home) -> None:
    mail = Scripted(
        EMAIL,
        [
            SendError("421 later", Failure.BUSY),
            SendError("421 later", Failure.BUSY),
            SendError("421 later", Failure.BUSY),
        ],
    )
    key = alert(home).key
    pauses = []

    for number in range(1, 4):
        assert run(home, mail) == 1
        assert run(home, mail) == 0  # not before its time
        row = alert(home)
        assert (row.state, row.lease_holder, row.attempts) == ("pending", None, number)
        pauses.append(row.next_try_at - home.clock.now())
        home.clock.move_to(row.next_try_at - timedelta(seconds=1))
        assert run(home, mail) == 0
        home.clock.advance(timedelta(seconds=1))
    run(home, mail)

    assert pauses == [backoff(number, key) for number in range(1, 4)]
    assert pauses == sorted(pauses)
    assert [outcome for _, outcome, _ in attempts(home)] == ["failed"] * 3 + ["accepted"]
    assert len({delivery.message_id for delivery in mail.sent}) == 1
    assert {content.planned_for for content in home.contents()} == {MONDAY}


def test_it_is_never_given_up(home: Home) -> None:
    mail = Scripted(EMAIL, [SendError("421 later", Failure.BUSY) for _ in range(40)])

    for _ in range(40):
        assert run(home, mail) == 1
        home.clock.move_to(alert(home).next_try_at)

    row = alert(home)
    assert (row.state, row.attempts) == ("pending", 40)
    assert backoff(40, row.key) <= LONGEST_PAUSE * 1.25
    assert run(home, mail) == 1
    assert alert(home).state == "accepted"


def test_a_pause_the_server_asked_for(home: Home) -> None:
    run(home, Scripted(EMAIL, [SendError("429", Failure.FLOOD, retry_after=timedelta(minutes=17))]))

    assert alert(home).next_try_at == MONDAY + timedelta(minutes=17)


def test_an_address_that_has_moved(home: Home) -> None:
    mail = Scripted(EMAIL, [SendError("moved", Failure.MOVED, moved_to="baru@example.org")])

    run(home, mail)
    assert alert(home).address == "baru@example.org"
    run(home, mail)

    assert alert(home).state == "accepted"
    assert [delivery.address for delivery in mail.sent] == ["satu@example.org", "baru@example.org"]
    assert len({delivery.message_id for delivery in mail.sent}) == 1


def test_what_may_have_arrived_is_said_to_be_ambiguous(home: Home) -> None:
    run(home, Scripted(EMAIL, [SendError("broke off", Failure.UNCLEAR)]))

    assert attempts(home) == [(1, "ambiguous", "broke off")]
    assert alert(home).next_try_at == MONDAY + backoff(1, alert(home).key)


def test_a_fault_of_ours_loses_nothing(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    run(home, Scripted(EMAIL, [KeyError("token=rahasia")]))

    row = alert(home)
    assert (row.state, row.lease_holder) == ("pending", None)
    assert attempts(home) == [(1, "failed", "KeyError while sending")]
    assert "send failed unexpectedly" in "".join(capsys.readouterr())


async def test_a_fault_around_a_send_ends_the_turn_and_loses_nothing(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("a fault of ours")

    mail = Scripted(EMAIL)
    sends = dispatcher(home, mail)
    with monkeypatch.context() as patched:
        patched.setattr(Lane, "went_well", broken)
        with pytest.raises(RuntimeError, match="a fault of ours"):
            await asyncio.wait_for(sends.run_due(), 30)
    assert await sends.run_due() == 0

    home.clock.advance(LEASE)
    assert await sends.run_due() == 1
    assert alert(home).state == "accepted"
    assert len({delivery.message_id for delivery in mail.sent}) == 1


def test_a_fault_of_one_alert_does_not_stop_the_others(home: Home) -> None:
    home.record("force-majeure-occurred", "2026-11-19", party="kesatu")
    home.remind()

    assert run(home, Scripted(EMAIL, [RuntimeError("boom")])) == 2

    states = [row.state for row in home.rows(AlertRow) if row.obligation_key]
    assert sorted(states) == ["accepted", "pending"]
    (told,) = told_operator(home)
    assert (told.key, told.channel, told.contact) == (
        "operator/email/fault/2026-11-23/fallback/file",
        "file",
        "fallback",
    )


def test_a_channel_that_is_configured_no_more(home: Home) -> None:
    run(home, Scripted(TELEGRAM))

    assert alert(home).state == "pending"
    assert attempts(home) == [(1, "failed", "the channel 'email' is not configured any more")]


def test_a_long_answer_is_cut(home: Home) -> None:
    run(home, Scripted(EMAIL, [SendError("x" * 100_000, Failure.BUSY)]))

    ((_, _, answer),) = attempts(home)
    assert set(answer) == {"x"}
    assert len(answer) < 5000


async def test_a_server_that_never_answers_is_left_before_the_lease_ends(home: Home) -> None:
    class Hanging(Scripted):
        async def send(self, delivery: Delivery) -> Accepted:
            self.sent.append(delivery)
            await asyncio.Event().wait()
            raise AssertionError("unreachable")

    channel = Hanging(EMAIL)
    await dispatcher(home, channel, lease=timedelta(seconds=0.1)).run_due()

    assert len(channel.sent) == 1
    assert attempts(home) == [(1, "ambiguous", "no answer before the lease ended")]
    row = alert(home)
    assert (row.state, row.lease_holder) == ("pending", None)


async def test_closing_closes_every_channel(home: Home) -> None:
    mail, chat = Scripted(EMAIL), Scripted(TELEGRAM)

    await dispatcher(home, mail, chat).close()

    assert (mail.closed, chat.closed) == (1, 1)


async def test_an_outcome_that_cannot_be_written_is_kept_and_sent_no_second_time(home: Home) -> None:
    home.record("force-majeure-occurred", "2026-11-19", party="kesatu")
    home.remind()
    away = True

    async def offload(function: Callable[..., Any], *arguments: Any) -> Any:
        if function.__name__ == "_settle" and away:
            raise DatabaseError("gone")
        return function(*arguments)

    mail = Scripted(EMAIL)
    breaking = dispatcher(home, mail, offload=offload)
    with pytest.raises(DatabaseError):
        await breaking.run_due()
    assert {row.state for row in home.rows(AlertRow)} == {"pending"}

    away = False
    await breaking.run_due()

    assert [row.state for row in home.rows(AlertRow)] == ["accepted"] * 2
    assert len(mail.sent) == 2


async def test_who_takes_the_place_of_a_dispatcher_keeps_what_it_could_not_write(home: Home) -> None:
    async def offload(function: Callable[..., Any], *arguments: Any) -> Any:
        if function.__name__ == "_settle":
            raise DatabaseError("gone")
        return function(*arguments)

    mail = Scripted(EMAIL)
    chat = Scripted(TELEGRAM)
    before = dispatcher(home, mail, chat, offload=offload)
    with pytest.raises(DatabaseError):
        await before.run_due()
    after = dispatcher(home, mail, chat)
    after.go_on_from(before)

    await after.run_due()

    assert alert(home).state == "accepted"
    assert len(mail.sent) == 1


async def test_who_takes_the_place_of_a_dispatcher_leaves_a_channel_alone_that_pauses(home: Home) -> None:
    before = dispatcher(home, Scripted(EMAIL, gone(1)))
    await before.run_due()
    after = dispatcher(home, Scripted(EMAIL))

    after.go_on_from(before)

    assert after.paused == before.paused != {}


async def test_a_database_that_somebody_else_holds_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tracker.base.db._BUSY_SECONDS", 0.02)
    with migrated_database(SQLITE, tmp_path) as url, closing(Database(url, durable=False)) as db:
        home = Homes(db, tmp_path).build(channels=[EMAIL])
        home.load(terms_file(FORCE_MAJEURE))
        home.record("force-majeure-occurred", "2026-11-20", party="kesatu")
        many(home, 6)
        with closing(sqlite3.connect(tmp_path / "tracker.db", isolation_level=None)) as other:
            mail = Scripted(EMAIL, at_once=2)
            mail.look = lambda _: other.in_transaction or other.execute("BEGIN IMMEDIATE")
            lanes = dispatcher(home, mail, offload=asyncio.to_thread)
            for _ in range(3):
                with pytest.raises(DatabaseError, match="locked"):
                    await lanes.run_due()
            assert len(mail.sent) <= 4
            other.rollback()
            mail.look = lambda _: None
            while await lanes.run_due():
                pass

        assert {row.state for row in home.rows(AlertRow)} == {"accepted"}
        assert len(mail.sent) == 6


async def test_an_outcome_that_the_database_refuses_does_not_hold_up_the_others(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    many(home, 3)
    refused = min(row.key for row in home.rows(AlertRow))
    accept_all = service.accept

    def picky(connection: Any, accepted: Any, now: datetime) -> None:
        if any(alert.key == refused for alert, _ in accepted):
            raise ValueError("not this one")
        accept_all(connection, accepted, now)

    monkeypatch.setattr(service, "accept", picky)
    await dispatcher(home, Scripted(EMAIL)).run_due()

    states = {row.key: row.state for row in home.rows(AlertRow)}
    assert states.pop(refused) == "pending"
    assert set(states.values()) == {"accepted"}


# Addresses that are refused


def test_a_refused_address_goes_to_the_fallback_contact(home: Home) -> None:
    mail = Scripted(EMAIL, [SendError("550 no such user", Failure.ADDRESS)])
    original = alert(home)

    assert run(home, mail) == 1
    refused = alert(home, contact="kesatu:officer")
    instead = alert(home, contact="fallback")

    assert (refused.state, refused.next_try_at, refused.lease_holder) == ("refused", None, None)
    assert attempts(home) == [(1, "refused", "550 no such user")]
    assert (instead.channel, instead.address, instead.detour, instead.state) == (
        "email",
        FALLBACK,
        "refused",
        "pending",
    )
    assert (instead.reminder_key, instead.next_try_at) == (original.reminder_key, MONDAY)
    assert instead.message_id != original.message_id
    assert instead.thread_id == original.thread_id
    assert run(home, mail) == 1
    content = mail.sent[-1].content
    assert "server menolak alamat Kepala Bidang Satu (Dinas Satu)" in content.notes[0]
    assert content.recipient == "Koordinator kerja sama (kontak cadangan)"
    assert alert(home, contact="fallback").state == "accepted"


def test_a_refused_fallback_goes_to_the_folder(home: Home) -> None:
    no = [SendError("550 no such user", Failure.ADDRESS), SendError("550 nor this one", Failure.ADDRESS)]
    mail, folder = Scripted(EMAIL, [*no]), Scripted(FILE)

    while run(home, mail, folder):
        pass

    assert [delivery.address for delivery in mail.sent] == ["satu@example.org", FALLBACK]
    (delivery,) = folder.sent
    assert "server menolak alamat Koordinator kerja sama" in delivery.content.notes[0]
    assert "server menolak alamat Kepala Bidang Satu" in delivery.content.notes[1]
    states = {(row.contact, row.channel): row.state for row in home.rows(AlertRow)}
    assert states == {
        ("kesatu:officer", "email"): "refused",
        ("fallback", "email"): "refused",
        ("fallback", "file"): "accepted",
    }


def test_two_refused_channels_of_one_contact_tell_the_fallback_once(homes: Homes) -> None:
    home = homes.build(channels=[EMAIL, TELEGRAM], fallback_email=FALLBACK)
    home.load(terms_file(FORCE_MAJEURE))
    home.record("force-majeure-occurred", "2026-11-20", party="kesatu")
    home.remind()
    mail = Scripted(EMAIL, [SendError("550", Failure.ADDRESS)])
    chat = Scripted(TELEGRAM, [SendError("403 blocked", Failure.ADDRESS)])

    while run(home, mail, chat):
        pass

    assert [delivery.address for delivery in mail.sent] == ["satu@example.org", FALLBACK, FALLBACK]
    about_the_duty = [row for row in home.rows(AlertRow) if row.obligation_key]
    assert [(row.contact, row.channel) for row in about_the_duty] == [
        ("fallback", EMAIL),
        ("kesatu:officer", EMAIL),
        ("kesatu:officer", TELEGRAM),
    ]
    (asked,) = (row for row in home.rows(AlertRow) if not row.obligation_key)
    assert asked.key.startswith("doubtful-address/email/satu@example.org/2026-11-23/")


def test_without_a_fallback_address_a_refusal_goes_to_the_folder(homes: Homes) -> None:
    home = homes.build(channels=[EMAIL])
    home.load(terms_file(FORCE_MAJEURE))
    home.record("force-majeure-occurred", "2026-11-20", party="kesatu")
    home.remind()
    folder = Scripted(FILE)

    while run(home, Scripted(EMAIL, [SendError("550", Failure.ADDRESS)]), folder):
        pass

    assert len(folder.sent) == 1


# Leases


def test_a_claim_whose_worker_died_is_claimed_again_after_the_lease(home: Home) -> None:
    (first,) = claim(home, "one")
    assert claim(home, "two") == []
    assert claim(home, "two", now=MONDAY + LEASE - timedelta(seconds=1)) == []

    (second,) = claim(home, "two", now=MONDAY + LEASE)

    assert (second.key, second.message_id, second.content) == (first.key, first.message_id, first.content)
    assert (first.attempts, second.attempts) == (1, 2)
    assert alert(home).lease_holder == "two"
    assert [(row.number, row.worker, row.outcome) for row in home.rows(AttemptRow)] == [
        (1, "one", "started"),
        (2, "two", "started"),
    ]


def test_the_next_wake_is_the_end_of_the_lease(home: Home) -> None:
    claim(home, "one")
    with home.db.read() as connection:
        assert service.next_try(connection) == MONDAY + LEASE

    assert flow.next_wake(home.db) == MONDAY + LEASE


@pytest.mark.parametrize("outcome", ["failed", "refused"])
def test_who_lost_the_lease_does_not_overwrite(home: Home, outcome: str) -> None:
    (lost,) = claim(home, "one")
    home.clock.advance(LEASE)
    claim(home, "two")
    held = alert(home)

    then = GiveUp("late") if outcome == "refused" else Retry(MONDAY)
    assert not fail(home, lost, "one", then, outcome)
    assert alert(home) == held
    assert attempts(home) == [(1, outcome, "late"), (2, "started", "")]


def test_the_same_worker_after_its_own_lease_does_not_overwrite(home: Home) -> None:
    (lost,) = claim(home, "one")
    home.clock.advance(LEASE)
    claim(home, "one")
    held = alert(home)

    assert not fail(home, lost, "one", Retry(MONDAY))
    assert alert(home) == held


def test_an_acceptance_counts_however_late(home: Home) -> None:
    (lost,) = claim(home, "one")
    home.clock.advance(LEASE)
    (held,) = claim(home, "two")

    accept(home, lost)
    assert alert(home).state == "accepted"
    assert alert(home).next_try_at is None
    assert not fail(home, held, "two", Retry(MONDAY))
    assert alert(home).state == "accepted"


def test_a_refusal_after_the_lease_was_lost_reroutes_nothing(home: Home) -> None:
    class Slow(Scripted):
        async def send(self, delivery: Delivery) -> Accepted:
            home.clock.advance(LEASE)
            assert len(claim(home, "two")) == 1
            return await super().send(delivery)

    run(home, Slow(EMAIL, [SendError("550", Failure.ADDRESS)]))

    assert (alert(home).state, alert(home).lease_holder) == ("pending", "two")


# A server that is away


def gone(times: int) -> list[Answer]:
    return [SendError("connection refused", Failure.UNREACHABLE) for _ in range(times)]


async def test_a_server_that_is_gone_costs_one_attempt_a_pause(home: Home) -> None:
    many(home, 12)
    mail = Scripted(EMAIL, gone(1), at_once=1)
    lanes = dispatcher(home, mail)

    await lanes.run_due()

    assert len(mail.sent) == 1
    assert [outcome for _, outcome, _ in attempts(home)] == ["failed"]
    until = lanes.paused[EMAIL]
    assert timedelta(seconds=30) <= until - MONDAY <= timedelta(minutes=1)
    behind = until + timedelta(seconds=1)  # the one that met the trouble, lest it be its own fault
    assert sorted(row.next_try_at for row in home.rows(AlertRow)) == [*[until] * 11, behind]
    assert {row.lease_holder for row in home.rows(AlertRow)} == {None}
    assert flow.next_wake(home.db, lanes.paused) == until
    assert await lanes.run_due() == 0  # nothing is claimed while it pauses


async def test_one_message_finds_out_whether_the_server_is_back(home: Home) -> None:
    many(home, 12)
    mail = Scripted(EMAIL, gone(2), at_once=1)
    lanes = dispatcher(home, mail)
    await lanes.run_due()

    home.clock.move_to(lanes.paused[EMAIL])
    await lanes.run_due()
    assert len(mail.sent) == 2

    home.clock.move_to(lanes.paused[EMAIL])
    await lanes.run_due()
    home.clock.advance(timedelta(seconds=1))
    await lanes.run_due()
    assert {row.state for row in home.rows(AlertRow)} == {"accepted"}
    assert len(mail.sent) == 2 + 12
    assert lanes.paused == {}
    assert len({delivery.alert_key for delivery in mail.sent[:3]}) == 3


async def test_many_sends_that_fail_together_are_one_outage(home: Home) -> None:
    many(home, 12)
    mail = Scripted(EMAIL, gone(4), at_once=4)
    lanes = dispatcher(home, mail)

    await lanes.run_due()

    assert lanes.paused[EMAIL] - MONDAY <= timedelta(minutes=1)
    assert told_operator(home) == []


async def test_a_channel_that_pauses_holds_up_no_other(homes: Homes) -> None:
    home = homes.build(channels=[EMAIL, TELEGRAM], fallback_email=FALLBACK)
    home.load(terms_file(FORCE_MAJEURE))
    home.record("force-majeure-occurred", "2026-11-20", party="kesatu")
    home.remind()
    chat = Scripted(TELEGRAM)

    await dispatcher(home, Scripted(EMAIL, gone(1)), chat).run_due()

    assert len(chat.sent) == 1
    assert {row.channel: row.state for row in home.rows(AlertRow)} == {
        "email": "pending",
        "telegram": "accepted",
    }


async def test_the_operator_is_told_over_another_way_once_a_day(home: Home) -> None:
    refuses = [SendError("535 bad password", Failure.SETUP) for _ in range(3)]
    mail, folder = Scripted(EMAIL, list(refuses)), Scripted(FILE)
    lanes = dispatcher(home, mail, folder)

    while mail.answers:
        await lanes.run_due()
        due = flow.next_wake(home.db, lanes.paused)
        assert due is not None
        home.clock.move_to(due)

    assert [row.key for row in told_operator(home)] == ["operator/email/setup/2026-11-23/fallback/file"]
    (told,) = folder.sent
    assert told.content.headline == "Pengiriman lewat e-mail bermasalah: pengaturannya ditolak"
    assert "535 bad password" in told.content.model_dump_json()


async def test_a_server_that_will_not_relay_to_one_address_stops_no_other(home: Home) -> None:
    many(home, 12)
    unlucky = min(row.key for row in home.rows(AlertRow))

    class Picky(Scripted):
        async def send(self, delivery: Delivery) -> Accepted:
            if delivery.alert_key == unlucky:
                raise SendError("550 relay denied", Failure.SETUP)
            return await super().send(delivery)

    lanes = dispatcher(home, Picky(EMAIL, at_once=1), Scripted(FILE))
    await lanes.run_due()

    assert {row.key: row.state for row in home.rows(AlertRow)}[unlucky] == "pending"
    states = {row.state for row in home.rows(AlertRow) if row.obligation_key and row.key != unlucky}
    assert states == {"accepted"}
    assert lanes.paused == {}


async def test_a_lease_is_renewed_while_a_message_waits_for_its_turn(home: Home) -> None:
    many(home, 2)
    renewed = asyncio.Event()

    class Slow(Scripted):
        async def send(self, delivery: Delivery) -> Accepted:
            await renewed.wait()
            return await super().send(delivery)

    async def offload(function: Callable[..., Any], *arguments: Any) -> Any:
        found = function(*arguments)
        if function.__name__ == "_renew":
            held = {row.next_try_at for row in home.rows(AlertRow)}
            assert held == {home.clock.now() + timedelta(seconds=0.3)}
            renewed.set()
        elif function.__name__ == "_claim":
            home.clock.advance(timedelta(seconds=0.1))
        return found

    mail = Slow(EMAIL, at_once=1)
    await dispatcher(home, mail, lease=timedelta(seconds=0.3), offload=offload).run_due()

    assert [row.state for row in home.rows(AlertRow)] == ["accepted"] * 2
    assert {row.number for row in home.rows(AttemptRow)} == {1}


async def test_a_stop_finishes_what_is_being_sent_and_gives_the_rest_back(home: Home) -> None:
    many(home, 5)

    class Stopping(Scripted):
        async def send(self, delivery: Delivery) -> Accepted:
            lanes.stop()
            await asyncio.sleep(0)
            return await super().send(delivery)

    mail = Stopping(EMAIL, at_once=1)
    lanes = dispatcher(home, mail)
    await lanes.run_due()

    rows = home.rows(AlertRow)
    assert sorted(row.state for row in rows) == ["accepted", *["pending"] * 4]
    assert {(row.next_try_at, row.attempts, row.lease_holder) for row in rows if row.state == "pending"} == {
        (MONDAY, 0, None)
    }
    assert [outcome for _, outcome, _ in attempts(home)] == ["accepted"]


# Claims


def many(home: Home, count: int) -> None:
    for day in range(1, count):
        home.record("force-majeure-occurred", f"2026-10-{day:02}", party="kesatu")
    home.remind()
    assert len(home.rows(AlertRow)) == count


def test_a_claim_takes_no_more_than_the_batch(home: Home) -> None:
    many(home, 12)

    sizes = [len(claim(home, "one", limit=5)) for _ in range(4)]

    assert sizes == [5, 5, 2, 0]


def test_the_oldest_come_first(home: Home) -> None:
    (first,) = claim(home, "one")
    fail(home, first, "one", Retry(MONDAY - timedelta(hours=1)))
    many(home, 3)

    (next_one,) = claim(home, "one", limit=1)

    assert next_one.key == first.key


def test_two_dispatchers_never_hold_the_same_alert(home: Home, database_url: str) -> None:
    many(home, 20)
    held: set[str] = set()
    seen: list[str] = []
    have_claimed: set[int] = set()
    both_have_claimed = asyncio.Event()

    class Watching(Scripted):
        async def send(self, delivery: Delivery) -> Accepted:
            have_claimed.add(id(self))
            if len(have_claimed) == 2:
                both_have_claimed.set()
            await both_have_claimed.wait()
            assert delivery.alert_key not in held
            held.add(delivery.alert_key)
            seen.append(delivery.alert_key)
            await asyncio.sleep(0)
            held.remove(delivery.alert_key)
            return Accepted("250 OK")

    async def drain(worker: str) -> None:
        # Each with a database of its own and in threads, as two processes would.
        own = Database(database_url)
        mail = Watching(EMAIL)
        two = Dispatcher(
            own,
            home.clock,
            {EMAIL: mail},
            NothingFollows(),
            lambda *_: None,
            worker=worker,
            lease=LEASE,
            batch=3,
        )
        while await two.run_due():
            pass
        own.close()

    async def both() -> None:
        await asyncio.gather(drain("one"), drain("two"))

    asyncio.run(both())

    assert sorted(seen) == [row.key for row in home.rows(AlertRow)]
    assert {row.worker for row in home.rows(AttemptRow)} == {"one", "two"}


@pytest.mark.postgres
def test_claims_that_overlap_in_time_do_not_overlap_in_rows(postgres_url: str, tmp_path: Any) -> None:
    db = Database(postgres_url)
    home = Homes(db, tmp_path).build()
    home.load(terms_file(FORCE_MAJEURE))
    home.record("force-majeure-occurred", "2026-11-20", party="kesatu")
    many(home, 9)

    with db.write() as one, db.write() as two:
        first = {alert.key for alert in claiming.claim(one, FILE, "one", MONDAY, LEASE, 5).messages}
        second = {alert.key for alert in claiming.claim(two, FILE, "two", MONDAY, LEASE, 5).messages}

    assert (len(first), len(second)) == (5, 4)
    assert not first & second
    db.close()


# The whole cycle


async def test_a_cycle_goes_on_until_nothing_is_due(home: Home) -> None:
    mail = Scripted(EMAIL, [SendError("550", Failure.ADDRESS)])
    home.record("force-majeure-occurred", "2026-11-19", party="kesatu")

    done = await build_cycle(home.house, {EMAIL: mail}).run()

    assert done == 1 + 4  # one reminder; two alerts, and both to the fallback contact
    assert sorted(row.state for row in home.rows(AlertRow)) == ["accepted"] * 2 + ["refused"] * 2
    assert [delivery.address for delivery in mail.sent] == ["satu@example.org", FALLBACK, FALLBACK]
    assert {row.obligation_key.partition("/")[0] for row in home.rows(AlertRow)} == {ID}
