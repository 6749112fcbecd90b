"""A phone in the hand of somebody who writes to the bot, and the bot itself, over real HTTP."""

import asyncio
import html
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.support.botapi import TOKEN, BotApi
from tests.support.houses import Home
from tracker.bot.server import TelegramBot

_TAG = re.compile(r"<[^>]*>")


@contextmanager
def running_bot(home: Home) -> Iterator[TelegramBot]:
    """Run the bot of a house in a thread, as `tracker bot` does."""
    started = threading.Event()
    made: list[tuple[TelegramBot, asyncio.AbstractEventLoop]] = []

    async def run() -> None:
        bot = TelegramBot(home.house, _briefly)
        made.append((bot, asyncio.get_running_loop()))
        started.set()
        await bot.run()

    thread = threading.Thread(target=asyncio.run, args=(run(),))
    thread.start()
    try:
        assert started.wait(20)
        yield made[0][0]
    finally:
        for bot, loop in made:
            loop.call_soon_threadsafe(bot.stop)
        thread.join(20)
        assert not thread.is_alive()


async def _briefly(seconds: float) -> None:
    await asyncio.sleep(min(seconds, 0.01))


def settings_of(api: BotApi) -> dict[str, Any]:
    """Give the settings with which a house writes to the stand-in."""
    return {"telegram_token": TOKEN, "telegram_base_url": api.base_url}


class Phone:
    """One chat."""

    def __init__(self, api: BotApi, chat: int, kind: str = "private") -> None:
        """Have written nothing yet."""
        self.api = api
        self.chat = chat
        self.kind = kind

    @property
    def about(self) -> dict[str, Any]:
        """The chat as Telegram describes it."""
        name = {"first_name": "Orang"} if self.kind == "private" else {"title": "Grup"}
        return {"id": self.chat, "type": self.kind, **name}

    @property
    def person(self) -> dict[str, Any]:
        """The person as Telegram describes them."""
        return {"id": abs(self.chat), "is_bot": False, "first_name": "Orang"}

    def message(self, text: str | None = None, **more: Any) -> dict[str, Any]:
        """Give a message of this person."""
        said = {} if text is None else {"text": text}
        base = {"message_id": 900_000, "date": 1795402800, "chat": self.about, "from": self.person}
        return {**base, **said, **more}

    def write(self, text: str) -> list[str]:
        """Write to the bot; gives what it answered."""
        return self.happens(message=self.message(text))

    def happens(self, **update: Any) -> list[str]:
        """Let something happen in this chat; gives what the bot sent."""
        before = len(self.sent)
        self.api.wait_confirmed(self.api.push(**update))
        return [plain(each["text"]) for each in self.sent[before:]]

    @property
    def sent(self) -> list[dict[str, str]]:
        """What the bot has sent here."""
        return [each for each in self.api.messages if each.get("chat_id") == str(self.chat)]

    @property
    def screen(self) -> dict[str, str]:
        """What stands in the last message now."""
        return self.api.screens[str(self.chat), self._last()]

    @property
    def shows(self) -> str:
        """What is read in the last message now."""
        return plain(self.screen["text"])

    @property
    def buttons(self) -> dict[str, str]:
        """The labels of the buttons under the last message, with what is in them."""
        rows = json.loads(self.screen.get("reply_markup", '{"inline_keyboard": []}'))["inline_keyboard"]
        return {button["text"]: button["callback_data"] for row in rows for button in row}

    def press(self, label: str) -> str:
        """Press a button under the last message; gives what is shown then."""
        return self.press_data(self.buttons[label])

    def press_data(self, data: str, message: int | None = None) -> str:
        """Press a button that holds something; gives what is shown then."""
        number = message or self._last()
        press = f"press-{len(self.api.presses)}"
        self.api.presses[press] = None
        query = {
            "id": press,
            "from": self.person,
            "chat_instance": "1",
            "data": data,
            "message": {"message_id": number, "date": 1795402800, "chat": self.about, "text": "..."},
        }
        self.happens(callback_query=query)
        assert self.api.presses[press] is not None, "the press was not answered"
        return self.shows

    def _last(self) -> int:
        return max((number for chat, number in self.api.screens if chat == str(self.chat)), default=0)


def plain(text: str) -> str:
    """Give what a reader sees."""
    return html.unescape(_TAG.sub("", text))
