"""Everything goes wrong at once, on both channels, and servers are away for days: nothing is lost."""

import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from typing import Any

import pytest

from tests.support import botapi
from tests.support.agreements import rule
from tests.support.botapi import BotApi, Failure, bot_api
from tests.support.houses import MONDAY, Home, Homes, terms_file
from tests.support.misbehaving import (
    DROP,
    HANG,
    TAKE_AND_DROP,
    LastWords,
    MisbehavingServer,
    Stage,
    misbehaving_server,
)
from tests.support.sending import Scripted, dispatcher
from tests.support.smtp import free_port, settings
from tracker import flow
from tracker.channels.email.send import EmailChannel
from tracker.channels.telegram.send import TelegramChannel
from tracker.outbox import lane, service
from tracker.outbox.content import AlertContent, Content, ListContent
from tracker.outbox.delivery import Failure as Why
from tracker.outbox.delivery import SendError
from tracker.outbox.dispatch import Dispatcher
from tracker.outbox.keys import is_group
from tracker.outbox.pace import Limit, Limits
from tracker.outbox.tables import AlertRow, AttemptRow
from tracker.reminders.recipients import EMAIL, FILE, TELEGRAM
from tracker.terms.load import TermsFile

PEOPLE = 70
ONE_IN_TEN = 0.1
DAY = "2026-12-23"
NOTICE = rule("14 calendar days since force-majeure-occurred", "force-majeure-notice")
WRONG: dict[Stage, tuple[str, ...]] = {
    "greeting": (DROP, HANG, LastWords("421 closing"), "hello there"),
    "EHLO": (DROP, LastWords("421 closing"), "hello there"),
    "MAIL": (
        DROP,
        "451 4.3.0 later",
        "452 4.3.1 full",
        LastWords("421 closing"),
        "530 5.7.0 log in first",
    ),
    "RCPT": (DROP, HANG, "450 4.2.1 busy", "451 4.7.1 greylisted", LastWords("421 closing"), "hello there"),
    "DATA": (DROP, "451 4.3.0 later", LastWords("421 closing"), "hello there"),
    "body": (DROP,),
    "end": (DROP, HANG, TAKE_AND_DROP, "451 4.3.0 later", LastWords("421 closing"), "hello there"),
    "RSET": (DROP,),
}
WRONG_IN_A_CHAT = (botapi.FLOOD, botapi.BROKEN, botapi.BAD_TAGS, Failure(502, "Bad Gateway"))
AT_ANY_PACE = Limits(overall=Limit(10_000, 1.0), of=lambda _: ())


class Whims(dict[Stage, str]):
    """Misbehaves at one stage in ten."""

    def __init__(self, chance: random.Random) -> None:
        super().__init__()
        self.chance = chance

    def __contains__(self, stage: object) -> bool:
        return self.chance.random() < ONE_IN_TEN / 4

    def pop(self, stage: Any, default: Any = None) -> Any:
        """Give what it does at a stage, by chance."""
        # Shared by the stages of a message, so that one message in ten meets trouble.
        return self.chance.choice(WRONG.get(stage, (DROP,))) if self.chance.random() < 0.025 else default


class Moods(dict[str, Failure]):
    """How messages to chats fail: for some always, for others one in ten."""

    def __init__(self, chance: random.Random) -> None:
        super().__init__()
        self.chance = chance
        self.drawn: dict[str, Failure] = {}

    def __contains__(self, chat: object) -> bool:
        found = self.get(str(chat))
        if found is None and self.chance.random() < ONE_IN_TEN:
            found = self.chance.choice(WRONG_IN_A_CHAT)
        if found is not None:
            self.drawn[str(chat)] = found
        return found is not None

    def __getitem__(self, chat: str) -> Failure:
        return self.drawn[chat]


class Forgetful(set[str]):
    """Does one call in twenty, and never says so."""

    def __init__(self, chance: random.Random) -> None:
        super().__init__()
        self.chance = chance

    def __contains__(self, method: object) -> bool:
        return method == "sendMessage" and self.chance.random() < ONE_IN_TEN / 2


def person(number: int) -> TermsFile:
    """Make an agreement whose officer has two reminders and a notice now; a third of the chats are groups."""
    chat = -1000 - number if number % 3 == 0 else 1000 + number
    officer = {"id": "officer", "position": "Narahubung", "email": f"{number}@example.org", "telegram": chat}
    deputy = {"id": "deputy", "position": "Wakil", "email": f"wakil-{number}@example.org"}
    rules = [rule(f"on {DAY}", "lapor"), rule("on 2026-12-18", "bayar"), NOTICE]
    return terms_file(
        *rules, id=f"agreement-{number}", contacts=[{**officer, "substitute": "deputy"}, deputy]
    )


def misfortunes(mail: MisbehavingServer, api: BotApi, chance: random.Random) -> dict[str, str]:
    """Let every tenth address be unknown, chat blocked, and group moved; gives where groups moved to."""
    mail.acts = Whims(chance)
    mail.refused = {f"{number}@example.org" for number in range(0, PEOPLE, 10)}
    mail.refused |= {f"wakil-{number}@example.org" for number in range(0, PEOPLE, 40)}
    api.fail_chats = moods = Moods(chance)
    api.hang = Forgetful(chance)
    moved = {}
    for number in range(PEOPLE):
        if number % 10 in (0, 5):  # every second of those has no working address of its own
            chat = str(-1000 - number if number % 3 == 0 else 1000 + number)
            moods[chat] = chance.choice([botapi.BLOCKED, botapi.KICKED, botapi.DEACTIVATED, botapi.NO_CHAT])
        elif number % 9 == 3:
            moved[str(-1000 - number)] = str(-1_000_000 - number)
            moods[str(-1000 - number)] = Failure(
                400, "Bad Request: group chat was upgraded", {"migrate_to_chat_id": -1_000_000 - number}
            )
    return moved


async def send_all(home: Home, lanes: Dispatcher, mail: MisbehavingServer) -> dict[str, set[int]]:
    """Send until nothing waits; gives in which turns each unknown address was written to."""
    turns: dict[str, set[int]] = {}
    for turn in range(2000):
        heard = len(mail.asked_for_refused)
        await lanes.run_due()
        for address in mail.asked_for_refused[heard:]:
            turns.setdefault(address, set()).add(turn)
        with home.db.read() as connection:
            due = service.next_try(connection, lanes.paused)
        if due is None:
            return turns
        home.clock.move_to(max(due, home.clock.now()))
    raise AssertionError("some alert is never settled")


async def test_with_one_in_ten_of_everything_going_wrong_nothing_is_lost(
    homes: Homes, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = homes.build(channels=[EMAIL, TELEGRAM], fallback_email="cadangan@example.org")
    home.load(*map(person, range(PEOPLE)))
    for number in range(PEOPLE):
        home.record("force-majeure-occurred", "2026-11-22", agreement=f"agreement-{number}", party="kesatu")
    home.remind()
    # What a chat is told to wait passes with the clock of the test.
    monkeypatch.setattr(lane, "loop_time", lambda: (home.clock.now() - MONDAY).total_seconds())  # noqa: PLW0108 - later each time
    chance = random.Random(20261121)  # noqa: S311 - misfortune, no secret
    folder = Scripted(FILE)

    async with misbehaving_server() as mail:
        with bot_api() as api:
            moved = misfortunes(mail, api, chance)
            dead = EmailChannel(settings(free_port()))
            await dispatcher(home, dead).run_due()  # nobody listens yet
            post = EmailChannel(settings(mail.port, timeout=0.2))
            bot = TelegramChannel(botapi.TOKEN, api.base_url, timeout=0.2, limits=AT_ANY_PACE)
            lanes = dispatcher(home, post, bot, folder, worker="two")
            turns = await send_all(home, lanes, mail)
            await lanes.close()

    rows = {row.key: row for row in home.rows(AlertRow)}
    outcomes = Counter(row.outcome for row in home.rows(AttemptRow))
    assert min(outcomes[outcome] for outcome in ("accepted", "failed", "ambiguous", "refused")) > 1
    check_mails(rows, mail, home)
    check_chats(rows, api, moved)
    check_that_everybody_was_told(rows)
    assert set(turns) == mail.refused
    assert {len(of_address) for of_address in turns.values()} == {1}
    assert max(Counter(mail.asked_for_refused).values()) <= post.at_once


def check_mails(rows: dict[str, Any], mail: MisbehavingServer, home: Home) -> None:
    """Every mail that arrived counts as accepted; only what was in doubt came again, under its own id."""
    ids = Counter(str(message_from_bytes(one.content)["Message-ID"]) for one in mail.mails)
    by_id = {row.message_id: row for row in rows.values() if row.channel == EMAIL}
    assert {by_id[one].state for one in ids} == {"accepted"}
    doubtful = {row.alert_key for row in home.rows(AttemptRow) if row.outcome == "ambiguous"}
    assert {by_id[one].key for one, count in ids.items() if count > 1} <= doubtful
    assert not mail.refused & set(mail.recipients)
    for row in rows.values():
        if row.channel == EMAIL and row.state == "accepted":
            assert rows[row.grouped_in or row.key].message_id in ids


def check_chats(rows: dict[str, Any], api: BotApi, moved: dict[str, str]) -> None:
    """Every message that is said to have arrived did, in the chat or where it moved to."""
    chats = Counter(message["chat_id"] for message in api.messages)
    accepted: Counter[str] = Counter()
    for row in rows.values():
        said_by = rows[row.grouped_in or row.key]
        if row.channel == TELEGRAM and row.state == "accepted" and said_by is row:
            accepted[row.address] += 1
    assert accepted
    assert all(chats[chat] >= count for chat, count in accepted.items())
    assert not set(moved) & set(chats)
    assert set(moved.values()) <= set(chats)


def check_that_everybody_was_told(rows: dict[str, Any]) -> None:
    """For every reminder of every officer somebody took a message, and nothing waits any more."""
    assert {row.state for row in rows.values()} <= {"accepted", "refused", "withdrawn"}
    assert {(row.next_try_at, row.lease_holder) for row in rows.values()} == {(None, None)}
    told = Counter(row.reminder_key for row in rows.values() if row.state == "accepted" and row.reminder_key)
    reminders = {row.reminder_key for row in rows.values() if row.reminder_key}
    assert len(reminders) == 3 * PEOPLE
    assert set(told) == reminders
    unheard = [row for row in rows.values() if row.state == "withdrawn" and not is_group(row.key)]
    assert all(told[row.reminder_key] for row in unheard if row.reminder_key)


# Away for three days


FRIDAY = datetime(2026, 11, 27, 1, 0, tzinfo=UTC)
"""Friday morning: three days and a bit after Tuesday morning, when the server went away."""
TUESDAY = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
PERSON = {"id": "officer", "position": "Narahubung", "email": "satu@example.org"}
OTHER = {"id": "officer", "position": "Narahubung", "email": "dua@example.org"}


def outage_files() -> list[TermsFile]:
    """Make two agreements of one person and one of another, with points on every day of the outage."""
    return [
        terms_file(
            rule("on 2026-11-26", "mendesak", remind=[2, 1, 0]),  # overdue on Friday
            rule("on 2026-12-18", "bayar", remind=[24, 23]),  # Tuesday, Wednesday
            rule("on 2026-12-04", "selesai", remind=[10, 9, 8, 7]),  # every day; done on Wednesday
            {**NOTICE, "remind": [1]},
            contacts=[PERSON],
            id="agreement-1",
            numbers=["1/PKS"],
        ),
        terms_file(
            rule("on 2026-12-02", "lapor", remind=[7, 6]),
            contacts=[PERSON],
            id="agreement-2",
            numbers=["2/PKS"],
        ),
        terms_file(rule("on 2026-12-02", "lapor", remind=[7, 6]), contacts=[OTHER], id="agreement-3"),
    ]


def meanwhile(home: Home) -> None:
    """Record what happens on Wednesday: a duty is fulfilled, and a force majeure occurs."""
    home.record(
        "duty-fulfilled", "2026-11-25", agreement="agreement-1", rule="selesai", occurrence="2026-12-04"
    )
    home.record("force-majeure-occurred", "2026-11-25", agreement="agreement-1", party="kesatu")


async def turns_until(home: Home, lanes: Dispatcher, end: datetime) -> None:
    """Turn the wheel when something is due, but not more than once an hour."""
    for _ in range(2000):
        home.remind()
        await lanes.run_due()
        due = flow.next_wake(home.db, lanes.paused)
        if due is None or due >= end:
            home.clock.move_to(end)
            return
        home.clock.move_to(max(due, home.clock.now() + timedelta(hours=1)))
    raise AssertionError("the wheel never stops turning")


WEDNESDAY = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)


@pytest.mark.parametrize("answer", ["unreachable", "busy"])
async def test_a_server_that_was_away_for_three_days(homes: Homes, answer: str) -> None:
    home = homes.build(TUESDAY, channels=[EMAIL])
    home.load(*outage_files())
    kind = Why.UNREACHABLE if answer == "unreachable" else Why.BUSY
    away = Scripted(EMAIL, [SendError(answer, kind) for _ in range(2000)])
    lanes = dispatcher(home, away, Scripted(FILE))
    await turns_until(home, lanes, WEDNESDAY)
    meanwhile(home)
    await turns_until(home, lanes, FRIDAY)

    tried = len(away.sent)
    away.answers.clear()
    await turns_until(home, lanes, FRIDAY + timedelta(hours=8))

    check_catch_up(home, Scripted(EMAIL, sent=away.sent[tried:]))
    if answer == "unreachable":  # one attempt a turn, not one for each alert
        assert tried <= 24 * 3 + 5


async def test_a_worker_that_was_down_for_three_days(homes: Homes) -> None:
    home = homes.build(TUESDAY - timedelta(hours=1), channels=[EMAIL])
    home.load(*outage_files())
    home.clock.move_to(WEDNESDAY)
    meanwhile(home)
    home.clock.move_to(FRIDAY)
    back = Scripted(EMAIL)

    await turns_until(home, dispatcher(home, back, Scripted(FILE)), FRIDAY + timedelta(hours=8))

    check_catch_up(home, back)


def check_catch_up(home: Home, back: Scripted) -> None:
    """One message with the newest state for each person, most urgent first, and the event's own alert."""
    lists = {one.address: one.content for one in back.sent if isinstance(one.content, ListContent)}
    first = lists["satu@example.org"]
    assert [item.obligation.split("/")[:2] for item in first.items] == [
        ["agreement-1", "mendesak"],
        ["agreement-2", "lapor"],
        ["agreement-1", "bayar"],
    ]
    assert [item.agreement for item in first.items] == ["1/PKS", "2/PKS", "1/PKS"]
    assert any("terlambat" in sentence for sentence in first.lead)
    earlier = {item.obligation.split("/")[1]: " ".join(item.notes) for item in first.items}
    assert all(point in earlier["mendesak"] for point in ("T-2", "T-1", "T-0"))
    assert "T-24" in earlier["bayar"]
    alone = [one for one in back.sent if isinstance(one.content, AlertContent)]
    assert sorted((one.address, rule_of(one.content)) for one in alone) == [
        ("dua@example.org", "lapor"),
        ("satu@example.org", "force-majeure-notice"),
    ]
    assert not [one for one in back.sent if "selesai" in one.content.model_dump_json()]
    assert len(back.sent) == len(alone) + len(lists) == 3
    check_that_nothing_waits(home)


def rule_of(content: Content) -> str:
    return content.rule if isinstance(content, AlertContent) else ""


def check_that_nothing_waits(home: Home) -> None:
    rows = home.rows(AlertRow)
    assert {row.state for row in rows} <= {"accepted", "refused", "withdrawn"}
    assert {(row.next_try_at, row.lease_holder) for row in rows} == {(None, None)}
