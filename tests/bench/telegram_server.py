"""The stand-in for the Bot API in a process of its own, and the people who write to the bot, timed there.

Reads one JSON line for each round: how many seconds away the server is, and who asks what. All of
them ask at one instant; what comes back is, for each, after how many seconds their answer had come.
"""

import json
import sys
import time
from typing import Any

from tests.support.botapi import BotApi, bot_api

_PATIENCE = 120.0


def _message(chat: int, text: str) -> dict[str, Any]:
    return {
        "message_id": 1,
        "date": 1795402800,
        "chat": {"id": chat, "type": "private", "first_name": "Orang"},
        "from": {"id": chat, "is_bot": False, "first_name": "Orang"},
        "text": text,
    }


def _round(api: BotApi, asked: dict[str, str]) -> dict[str, float]:
    """Let everybody ask at once; gives after how many seconds each was answered."""
    first = len(api.messages)
    start = time.perf_counter()
    number = api.push_all([{"message": _message(int(chat), text)} for chat, text in asked.items()])
    until = start + _PATIENCE
    while len(api.messages) - first < len(asked):
        assert time.perf_counter() < until, f"{len(api.messages) - first} of {len(asked)} were answered"
        time.sleep(0.002)
    came = {
        message["chat_id"]: at - start
        for message, at in zip(api.messages[first:], api.came_at[first:], strict=True)
    }
    assert set(came) == set(asked), "each is answered once"
    assert not any("gangguan" in message["text"] for message in api.messages[first:])
    api.wait_confirmed(number, _PATIENCE)
    return came


def main() -> None:
    """Serve until nothing more is asked for."""
    with bot_api() as api:
        print(api.base_url, flush=True)  # noqa: T201 - read by the test
        for line in sys.stdin:
            wanted = json.loads(line)
            api.away = wanted["away"]
            print(json.dumps(_round(api, wanted["asked"])), flush=True)  # noqa: T201 - the answer


if __name__ == "__main__":
    main()
