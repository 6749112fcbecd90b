"""Asking for updates: nothing is confirmed before it is answered, and a slow chat holds up no other."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, cast

from telegram import Bot, Update
from telegram.error import NetworkError

from tracker.bot.handling import Handling
from tracker.bot.polling import Poller


def update(number: int, chat: int) -> Update:
    about = {"id": chat, "type": "private", "first_name": "Orang"}
    said = {"message_id": 1, "date": 1795402800, "chat": about, "text": "halo"}
    return Update.de_json({"update_id": number, "message": said}, None)


class Server:
    """Gives what is not confirmed, as Telegram does."""

    def __init__(self, *updates: Update) -> None:
        self.updates = list(updates)
        self.offsets: list[int | None] = []
        self.failures = 0

    async def get_updates(self, offset: int | None, *_: Any, **__: Any) -> Sequence[Update]:
        await asyncio.sleep(0)
        if self.failures:
            self.failures -= 1
            raise NetworkError("gone")
        self.offsets.append(offset)
        return [each for each in self.updates if each.update_id >= (offset or 0)]


class Answers:
    """Answers at once, but for one chat that takes until it is told; some it fails at first."""

    def __init__(self, slow: int = 0, fails: Sequence[int] = ()) -> None:
        self.slow, self.fails = slow, list(fails)
        self.go_on = asyncio.Event()
        self.taken: list[int] = []

    async def take(self, given: Update) -> bool:
        chat = given.effective_chat
        assert chat is not None
        if chat.id == self.slow:
            await self.go_on.wait()
        if given.update_id in self.fails:
            self.fails.remove(given.update_id)
            return False
        if given.update_id not in self.taken:
            self.taken.append(given.update_id)
        return True


async def briefly(_: float) -> None:
    await asyncio.sleep(0)


async def poll(server: Server, answers: Answers, until: Any) -> Poller:
    poller = Poller(cast("Bot", server), cast("Handling", answers), sleep=briefly, patience=0.001)
    task = asyncio.create_task(poller.run())
    async with asyncio.timeout(10):
        while not until():  # noqa: ASYNC110 - one loop, no other thread
            await asyncio.sleep(0)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    return poller


async def test_what_is_answered_is_confirmed() -> None:
    server, answers = Server(update(5, 1), update(6, 2)), Answers()
    await poll(server, answers, lambda: 7 in server.offsets)
    assert answers.taken == [5, 6]
    assert server.offsets[0] is None


async def test_a_slow_chat_holds_up_no_other_and_keeps_its_order() -> None:
    server, answers = Server(update(5, 1), update(6, 2), update(7, 1)), Answers(slow=1)
    await poll_then(server, answers)
    assert answers.taken == [6, 8, 5, 7]
    assert 9 in server.offsets


async def poll_then(server: Server, answers: Answers) -> None:
    def step() -> bool:
        if 6 in answers.taken and len(server.updates) == 3:
            server.updates.append(update(8, 3))
        if 8 in answers.taken and not answers.go_on.is_set():
            assert all((offset or 0) <= 5 for offset in server.offsets), "5 is not answered yet"
            answers.go_on.set()
        return 9 in server.offsets

    await poll(server, answers, step)


async def test_what_failed_comes_again_before_what_followed_it() -> None:
    server, answers = Server(update(5, 1), update(6, 1), update(7, 2)), Answers(fails=[5, 5])
    await poll(server, answers, lambda: 8 in server.offsets)
    assert [number for number in answers.taken if number != 7] == [5, 6]


async def test_what_fails_for_ever_is_given_up() -> None:
    server, answers = Server(update(5, 1), update(6, 1), update(7, 2)), Answers(fails=[5] * 100)
    await poll(server, answers, lambda: 8 in server.offsets)
    assert answers.taken == [7, 6]


async def test_telegram_gone_and_back() -> None:
    server, answers = Server(update(5, 1)), Answers()
    server.failures = 4
    await poll(server, answers, lambda: 6 in server.offsets)
    assert answers.taken == [5]


class Full(Server):
    """Gives no more than a hundred at a time, as Telegram does."""

    async def get_updates(self, offset: int | None, *_: Any, **__: Any) -> Sequence[Update]:
        return (await super().get_updates(offset))[:100]


async def test_more_than_telegram_gives_at_once_is_asked_for_while_some_are_answered() -> None:
    server, answers = Full(*(update(number, number) for number in range(1, 151))), Counting(slow=60)

    def step() -> bool:
        if len(answers.taken) == 149:
            answers.go_on.set()
        return 151 in server.offsets

    poller = Poller(cast("Bot", server), cast("Handling", answers), sleep=briefly, patience=0.05)
    task = asyncio.create_task(poller.run())
    async with asyncio.timeout(20):
        while not step():  # noqa: ASYNC110 - one loop, no other thread
            await asyncio.sleep(0)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    assert sorted(answers.asked) == list(range(1, 151)), "each is answered once"


class Counting(Answers):
    def __init__(self, slow: int) -> None:
        super().__init__(slow)
        self.asked: list[int] = []

    async def take(self, given: Update) -> bool:
        self.asked.append(given.update_id)
        return await super().take(given)
