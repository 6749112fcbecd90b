"""Reminders of one person at one time are one message; what becomes of it when things go wrong."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest

from tests.support.agreements import rule
from tests.support.houses import MONDAY, Home, Homes, terms_file
from tests.support.sending import LEASE, Answer, Scripted, dispatcher
from tracker import queries
from tracker.channels.email import render
from tracker.channels.lists import IN_FULL
from tracker.channels.telegram import render as telegram
from tracker.digests import morning
from tracker.outbox import claiming, service
from tracker.outbox.content import AlertContent, ListContent
from tracker.outbox.delivery import Accepted, Delivery, Failure, SendError
from tracker.outbox.keys import GROUP, is_group
from tracker.outbox.service import Claimed
from tracker.outbox.tables import AlertRow, AttemptRow
from tracker.reminders.recipients import EMAIL, FILE
from tracker.simulation import sent
from tracker.terms.load import TermsFile

ONE = {"id": "officer", "position": "Kepala Bidang Satu", "email": "satu@example.org"}
TWO = {"id": "other", "position": "Kepala Bidang Dua", "email": "dua@example.org"}
FALLBACK = "cadangan@example.org"
FORCE_MAJEURE = rule("14 calendar days since force-majeure-occurred", "force-majeure-notice")
DAYS = {"bayar": "2026-12-18", "lapor": "2026-12-23", "tinjau": "2026-12-21"}
"""What is due within 30 days: each has a reminder now."""
NEXT = rule("on 2026-12-23", "serah", remind=[29])
"""A reminder of it comes tomorrow."""
TUESDAY = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
BUSY = SendError("451 try again later", Failure.BUSY)
UNCLEAR = SendError("broke off after the dot", Failure.UNCLEAR)
REFUSED = SendError("550 no such user", Failure.ADDRESS)


def duties(days: dict[str, str], *more: Any, contacts: Any = (ONE,), **changes: Any) -> TermsFile:
    return terms_file(
        *(rule(f"on {day}", name) for name, day in days.items()), *more, contacts=contacts, **changes
    )


def build(homes: Homes, *files: TermsFile) -> Home:
    home = homes.build(channels=[EMAIL], fallback_email=FALLBACK)
    home.load(*files)
    home.remind()
    return home


@pytest.fixture
def home(homes: Homes) -> Home:
    """A home with three reminders that are due for one person."""
    return build(homes, duties(DAYS, NEXT, FORCE_MAJEURE))


def run(home: Home, mail: Scripted) -> int:
    return asyncio.run(dispatcher(home, mail, Scripted(FILE)).run_due())


def later(home: Home, mail: Scripted) -> None:
    """Send at the instants at which something is due, up to tomorrow morning."""
    for _ in range(9):
        with home.db.read() as connection:
            due = service.next_try(connection)
        if due is None or due >= TUESDAY:
            return
        home.clock.move_to(max(due, home.clock.now()))
        run(home, mail)


def told(delivery: Delivery) -> list[str]:
    """Give the duties that a message speaks of, in its order."""
    content = delivery.content
    if isinstance(content, ListContent):
        return [item.obligation.split("/")[1] for item in content.items]
    return [content.rule]


def close(home: Home, name: str = "lapor") -> None:
    home.record("duty-fulfilled", "2026-11-23", rule=name, occurrence=DAYS[name])


def single(home: Home) -> dict[str, Any]:
    """Give the alerts about one duty each, by the duty."""
    rows = [row for row in home.rows(AlertRow) if not is_group(row.key)]
    return {row.obligation_key.split("/")[1]: row for row in rows if row.contact == "kesatu:officer"}


def groups(home: Home) -> list[Any]:
    return [row for row in home.rows(AlertRow) if is_group(row.key)]


def states(home: Home) -> dict[str, str]:
    return {name: row.state for name, row in single(home).items()}


def claim(home: Home, worker: str = "one", limit: int = 50) -> list[Claimed]:
    with home.db.write() as connection:
        return claiming.claim(connection, EMAIL, worker, home.clock.now(), LEASE, limit).messages


def everything_is_settled(home: Home) -> None:
    rows = home.rows(AlertRow)
    assert {row.state for row in rows} <= {"accepted", "refused", "withdrawn"}
    assert {(row.next_try_at, row.lease_holder) for row in rows} == {(None, None)}


# What one message says


def test_reminders_of_one_person_at_one_time_are_one_message(home: Home) -> None:
    mail = Scripted(EMAIL)

    assert run(home, mail) == 1

    (delivery,) = mail.sent
    content = delivery.content
    assert isinstance(content, ListContent)
    assert (content.point, content.members, content.recipient) == (
        GROUP,
        3,
        "Kepala Bidang Satu (Dinas Satu)",
    )
    assert told(delivery) == ["bayar", "tinjau", "lapor"]
    message = message_from_bytes(render.message(delivery, "tracker@example.org"), policy=default)
    assert "3 tenggat, yang pertama 18 Des 2026" in message["Subject"]
    assert states(home) == dict.fromkeys(DAYS, "accepted")
    assert [row.state for row in groups(home)] == ["accepted"]
    assert [(row.alert_key, row.outcome) for row in home.rows(AttemptRow)] == [
        (groups(home)[0].key, "accepted")
    ]
    everything_is_settled(home)


def test_what_was_said_together_is_visible_for_each(home: Home) -> None:
    run(home, Scripted(EMAIL, [BUSY]))
    later(home, Scripted(EMAIL))

    with home.db.read() as connection:
        for name in DAYS:
            (shown,) = queries.alerts_of(connection, single(home)[name].obligation_key)
            assert shown["state"] == "accepted"
            assert [attempt["outcome"] for attempt in shown["attempts"]] == ["failed", "accepted"]
    assert [(one["rule"], one["contact"]) for one in sent(home.db)] == [
        (name, "kesatu:officer") for name in ("bayar", "lapor", "tinjau")
    ]


def test_ten_are_told_in_full_and_the_others_in_a_line_each(homes: Homes) -> None:
    home = build(homes, duties({f"tugas-{number:02}": f"2026-12-{number:02}" for number in range(1, 14)}))
    mail = Scripted(EMAIL)

    run(home, mail)

    (delivery,) = mail.sent
    assert told(delivery) == [f"tugas-{number:02}" for number in range(1, 14)]
    message = message_from_bytes(render.message(delivery, "tracker@example.org"), policy=default)
    body = message.get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert text.count("Jika terlewat") == IN_FULL
    in_full, _, rest = text.partition("SELANJUTNYA")
    assert [f"/tugas-{number:02}/" in in_full for number in range(1, 14)] == [True] * 10 + [False] * 3
    assert [f"/tugas-{number:02}/" in rest for number in range(1, 14)] == [False] * 10 + [True] * 3


def test_two_people_get_two_messages(homes: Homes) -> None:
    home = build(homes, duties(DAYS, contacts=(ONE, TWO)))
    mail = Scripted(EMAIL)

    run(home, mail)

    assert sorted((one.address, told(one)) for one in mail.sent) == [
        ("dua@example.org", ["bayar", "tinjau", "lapor"]),
        ("satu@example.org", ["bayar", "tinjau", "lapor"]),
    ]
    assert len({one.message_id for one in mail.sent}) == 2


def test_languages_are_kept_apart(homes: Homes) -> None:
    english = {**ONE, "id": "liaison", "position": "Liaison", "language": "en"}
    home = build(homes, duties(DAYS, contacts=(ONE, english)))
    mail = Scripted(EMAIL)

    run(home, mail)

    assert sorted((one.content.language, one.content.members) for one in mail.sent) == [("en", 3), ("id", 3)]
    everything_is_settled(home)


def test_a_list_about_several_agreements_names_each(homes: Homes) -> None:
    files = [
        duties({"lapor": f"2026-12-{20 + number}"}, id=f"agreement-{number}", numbers=[f"{number}/PKS/2026"])
        for number in (1, 2)
    ]
    home = build(homes, *files)
    mail = Scripted(EMAIL)

    run(home, mail)

    (delivery,) = mail.sent
    content = delivery.content
    assert isinstance(content, ListContent)
    assert (content.agreement, content.agreement_title) == ("", "")
    assert [item.agreement for item in content.items] == ["1/PKS/2026", "2/PKS/2026"]
    chat = telegram.text(content, MONDAY)
    assert (chat.count("1/PKS/2026"), chat.count("2/PKS/2026")) == (1, 1)


def test_what_an_event_calls_for_is_said_by_itself(home: Home) -> None:
    home.record("force-majeure-occurred", "2026-11-22", party="kesatu")
    home.record("force-majeure-occurred", "2026-11-23", party="kesatu")
    home.remind()
    mail = Scripted(EMAIL)

    run(home, mail)

    assert sorted(map(told, mail.sent)) == [
        ["bayar", "tinjau", "lapor"],
        ["force-majeure-notice"],
        ["force-majeure-notice"],
    ]


def test_two_points_of_one_duty_become_the_newest_which_names_the_other(homes: Homes) -> None:
    home = build(homes, duties({"lapor": "2026-12-23"}))
    run(home, Scripted(EMAIL, [BUSY]))
    home.clock.move_to(datetime(2026, 12, 9, 1, 0, tzinfo=UTC))
    home.remind()
    mail = Scripted(EMAIL)

    run(home, mail)

    (delivery,) = mail.sent
    content = delivery.content
    assert isinstance(content, AlertContent)
    assert (content.point, content.members) == ("T-14", 2)
    assert any("T-30" in note for note in content.notes), content.notes
    assert [row.state for row in home.rows(AlertRow)] == ["accepted"] * 3
    everything_is_settled(home)


# What changes while it waits


@pytest.mark.parametrize("how", ["fulfilled", "waived", "moved"])
@pytest.mark.parametrize("waits", ["after a failure", "given back"])
def test_what_is_over_while_it_waits_is_left_out(home: Home, how: str, waits: str) -> None:
    mail = Scripted(EMAIL, [BUSY])
    if waits == "given back":
        give_back(home, claim(home))
    else:
        run(home, mail)
    one = {"rule": "lapor", "occurrence": DAYS["lapor"]}
    if how == "fulfilled":
        home.record("duty-fulfilled", "2026-11-23", **one)
    elif how == "waived":
        home.record("obligation-waived", "2026-11-23", **one, why="disepakati")
    else:
        home.record("obligation-overridden", "2026-11-23", **one, act_by="2027-02-01", why="disepakati")
    mail.sent.clear()
    mail.answers.clear()

    later(home, mail)

    said = [name for one in mail.sent for name in told(one)]
    about = [one for one in mail.sent if "lapor" in told(one)]
    assert Counter(name for name in said if name != "lapor") == {"bayar": 1, "tinjau": 1}
    assert {
        content.act_by.isoformat() for one in about if isinstance(content := one.content, AlertContent)
    } <= {"2027-02-01"}
    assert len(about) == (1 if how == "moved" else 0)
    assert [row.state for row in home.rows(AlertRow) if "lapor/2026-12-23/2026-12-23/T-30" in row.key] == [
        "withdrawn"
    ]
    everything_is_settled(home)


def give_back(home: Home, messages: list[Claimed]) -> None:
    with home.db.write() as connection:
        service.give_back(connection, "one", [(message, home.clock.now()) for message in messages])


def test_what_is_over_before_anything_was_sent_leaves_no_message(home: Home) -> None:
    run(home, Scripted(EMAIL, [BUSY]))
    for name in DAYS:
        close(home, name)
    mail = Scripted(EMAIL)

    later(home, mail)

    assert mail.sent == []
    everything_is_settled(home)


def test_the_last_one_left_is_said_by_itself(home: Home) -> None:
    run(home, Scripted(EMAIL, [BUSY]))
    close(home, "lapor")
    close(home, "tinjau")
    mail = Scripted(EMAIL)

    later(home, mail)

    (delivery,) = mail.sent
    assert isinstance(delivery.content, AlertContent)
    assert delivery.alert_key == single(home)["bayar"].key
    everything_is_settled(home)


@pytest.mark.parametrize("answer", [BUSY, UNCLEAR])
@pytest.mark.parametrize("alone", [True, False])
def test_what_is_over_while_it_is_sent_is_not_said_again(
    homes: Homes, answer: Answer, *, alone: bool
) -> None:
    home = build(homes, duties({"lapor": DAYS["lapor"]} if alone else DAYS))

    def close_all(_delivery: Delivery) -> None:
        for name in ["lapor"] if alone else DAYS:
            close(home, name)

    run(home, Scripted(EMAIL, [answer], look=close_all))
    mail = Scripted(EMAIL)
    later(home, mail)

    assert mail.sent == []
    assert set(states(home).values()) == {"withdrawn"}
    everything_is_settled(home)


@pytest.mark.parametrize("alone", [True, False])
def test_what_is_over_while_it_is_sent_was_said_all_the_same(homes: Homes, *, alone: bool) -> None:
    home = build(homes, duties({"lapor": DAYS["lapor"]} if alone else DAYS))

    run(home, Scripted(EMAIL, look=lambda _: close(home)))

    assert set(states(home).values()) == {"accepted"}
    everything_is_settled(home)


def test_a_message_about_nothing_that_is_still_open_leads_to_nobody_else(home: Home) -> None:
    def close_all(_delivery: Delivery) -> None:
        for name in DAYS:
            close(home, name)

    mail = Scripted(EMAIL, [REFUSED], look=close_all)
    run(home, mail)
    mail.look = lambda _: None
    later(home, mail)

    assert [(one.address, one.content.point) for one in mail.sent[1:]] == [(FALLBACK, "doubtful-address")]
    everything_is_settled(home)


def test_a_new_officer_gets_what_waited_in_a_message(home: Home) -> None:
    run(home, Scripted(EMAIL, [BUSY]))

    home.record(
        "contact-appointed",
        "2026-11-23",
        party="kesatu",
        position="Kepala Bidang Satu",
        name="Baru",
        email="baru@example.org",
        id="successor",
        replaces="officer",
    )
    mail = Scripted(EMAIL)
    later(home, mail)

    assert {one.address for one in mail.sent} == {"baru@example.org"}
    (together,) = (one for one in mail.sent if one.content.point == GROUP)
    assert told(together) == ["bayar", "tinjau", "lapor"]
    assert states(home) == dict.fromkeys(DAYS, "withdrawn")
    everything_is_settled(home)


# What happens to the message


def test_after_a_kill_the_same_message_is_repeated(home: Home) -> None:
    (first,) = claim(home)
    home.clock.move_to(TUESDAY)
    home.remind()
    close(home)
    mail = Scripted(EMAIL)

    later(home, mail)
    run(home, mail)

    again, new = sorted(mail.sent, key=lambda one: one.message_id != first.message_id)
    assert (again.alert_key, again.message_id) == (first.key, first.message_id)
    assert again.content.model_dump_json() == first.content
    assert told(new) == ["serah"]
    everything_is_settled(home)


@pytest.mark.parametrize("answer", [BUSY, UNCLEAR])
def test_only_what_reached_nobody_is_put_together_anew(home: Home, answer: SendError) -> None:
    mail = Scripted(EMAIL, [answer])
    run(home, mail)
    home.clock.move_to(TUESDAY)
    home.remind()

    run(home, mail)

    first, *again = mail.sent
    if answer is BUSY:
        (one,) = again
        assert told(one) == ["bayar", "tinjau", "lapor", "serah"]
        assert one.message_id != first.message_id
        assert isinstance(one.content, ListContent)
        assert "terlambat" in one.content.lead[1]
    else:
        assert sorted((one.message_id == first.message_id, told(one)) for one in again) == [
            (False, ["serah"]),
            (True, ["bayar", "tinjau", "lapor"]),
        ]
    everything_is_settled(home)


def test_the_same_again_keeps_its_message_id(home: Home) -> None:
    mail = Scripted(EMAIL, [BUSY, BUSY])

    run(home, mail)
    later(home, mail)

    assert len(mail.sent) == 3
    assert len({one.message_id for one in mail.sent}) == 1
    assert [row.number for row in home.rows(AttemptRow)] == [1, 2, 3]


def test_a_repeat_that_fails_for_sure_stays_as_it_is(home: Home) -> None:
    mail = Scripted(EMAIL, [UNCLEAR, BUSY])

    run(home, mail)
    close(home)
    later(home, mail)

    assert len({(one.message_id, one.content.model_dump_json()) for one in mail.sent}) == 1
    assert len(mail.sent) == 3


def test_a_refused_address_leads_each_member_to_the_next_in_line(home: Home) -> None:
    mail = Scripted(EMAIL, [REFUSED])

    run(home, mail)
    later(home, mail)

    refused, instead = mail.sent
    assert (refused.address, instead.address) == ("satu@example.org", FALLBACK)
    assert told(instead) == told(refused)
    assert states(home) == dict.fromkeys(DAYS, "refused")
    assert [row.state for row in groups(home)].count("refused") == 1
    everything_is_settled(home)


def test_a_message_that_waits_for_a_doubtful_address_is_said_to_the_next_in_line(home: Home) -> None:
    home.load(duties({"lapor": "2026-12-22"}, id="another"))
    home.remind()
    run(home, Scripted(EMAIL, [UNCLEAR]))

    home.record("contact-doubtful", "2026-11-23", channel=EMAIL, address="satu@example.org", why="pindah")
    mail = Scripted(EMAIL)
    later(home, mail)

    (instead,) = mail.sent
    assert instead.address == FALLBACK
    assert told(instead) == ["bayar", "tinjau", "lapor", "lapor"]
    everything_is_settled(home)


def test_a_moved_address_holds_for_the_whole_message(home: Home) -> None:
    mail = Scripted(EMAIL, [SendError("moved", Failure.MOVED, moved_to="baru@example.org"), BUSY])
    run(home, mail)
    run(home, mail)
    close(home)

    later(home, mail)

    assert [one.address for one in mail.sent] == ["satu@example.org", "baru@example.org", "baru@example.org"]
    assert [told(one) for one in mail.sent][1:] == [["bayar", "tinjau", "lapor"], ["bayar", "tinjau"]]
    everything_is_settled(home)


async def test_a_stop_gives_a_message_back(home: Home) -> None:
    home.load(duties(DAYS, id="another", contacts=[TWO]))
    home.remind()

    class Stopping(Scripted):
        async def send(self, delivery: Delivery) -> Accepted:
            lanes.stop()
            await asyncio.sleep(0)
            return await super().send(delivery)

    mail = Stopping(EMAIL, at_once=1)
    lanes = dispatcher(home, mail)
    await lanes.run_due()

    assert len(mail.sent) == 1
    assert sorted((row.state, row.attempts, row.lease_holder) for row in groups(home)) == [
        ("accepted", 1, None),
        ("pending", 0, None),
    ]
    assert len(home.rows(AttemptRow)) == 1

    again = Scripted(EMAIL)
    await dispatcher(home, again, worker="two").run_due()
    assert {one.address for one in [*mail.sent, *again.sent]} == {"satu@example.org", "dua@example.org"}
    everything_is_settled(home)


def test_a_message_that_waits_counts_for_its_unit_and_for_all(homes: Homes) -> None:
    home = build(homes, duties(DAYS, unit="hukum"))
    run(home, Scripted(EMAIL, [BUSY]))
    home.clock.advance(timedelta(hours=1))

    assert undelivered(home) == (1, {"hukum": 1})

    run(home, Scripted(EMAIL, [REFUSED]))
    assert undelivered(home) == (3, {"hukum": 3})


def undelivered(home: Home) -> tuple[int, dict[str, int]]:
    now = home.clock.now()
    with home.db.read() as connection:
        return morning._undelivered(connection, now), morning._undelivered_of(connection, ["hukum"], now)
