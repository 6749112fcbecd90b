import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import httpx
import pytest

from tests.support.botapi import BLOCKED, BROKEN, FLOOD, MOVED, NO_CHAT, TOKEN, BotApi, Failure, bot_api
from tests.support.content import PLANNED, alert_content, delivery, nasty_content
from tests.support.smtp import free_port
from tracker.channels.telegram.render import text
from tracker.channels.telegram.send import TelegramChannel
from tracker.outbox.delivery import Accepted, Channel, Delivery, SendError

CHAT = "555001"


@pytest.fixture(scope="module")
def running() -> Iterator[BotApi]:
    with bot_api() as api:
        yield api


@pytest.fixture
def api(running: BotApi) -> BotApi:
    for kept in (running.messages, running.calls, running.fail, running.hang, running.raw):
        kept.clear()
    return running


@pytest.fixture
async def channel(api: BotApi) -> AsyncIterator[TelegramChannel]:
    channel = TelegramChannel(TOKEN, api.base_url)
    yield channel
    await channel.close()


def to_chat(chat: str = CHAT, language: str = "id") -> Delivery:
    return delivery(alert_content(language), channel="telegram", address=chat)


async def failure(channel: TelegramChannel, sent: Delivery | None = None) -> SendError:
    with pytest.raises(SendError) as caught:
        await channel.send(sent or to_chat())
    error = caught.value
    assert TOKEN not in error.answer
    # The library's own errors name the token, so none may hang on ours.
    assert error.__cause__ is None
    assert error.__context__ is None
    return error


def test_it_is_a_channel() -> None:
    same: Channel = TelegramChannel(TOKEN)
    assert same.name == "telegram"


@pytest.mark.parametrize("language", ["id", "en"])
async def test_a_message(api: BotApi, channel: TelegramChannel, language: str) -> None:
    accepted = await channel.send(to_chat(language=language))

    assert accepted == Accepted("ok", "1")
    (message,) = api.messages
    assert message["chat_id"] == CHAT
    assert message["text"] == text(alert_content(language), PLANNED)
    assert message["parse_mode"] == "HTML"
    assert message["link_preview_options"] == '{"is_disabled": true}'


async def test_texts_with_markup_are_taken(api: BotApi, channel: TelegramChannel) -> None:
    await channel.send(delivery(nasty_content(), address=CHAT))

    assert len(api.messages) == 1


async def test_long_texts_are_taken(api: BotApi, channel: TelegramChannel) -> None:
    await channel.send(delivery(alert_content(act="<kewajiban> & " * 900), address=CHAT))

    assert len(api.messages) == 1


async def test_the_bot_is_started_once(api: BotApi, channel: TelegramChannel) -> None:
    assert api.calls == []

    await asyncio.gather(*(channel.send(to_chat(str(chat))) for chat in range(1, 6)))

    assert sorted(api.calls) == ["getMe"] + ["sendMessage"] * 5


@pytest.mark.parametrize("ending", ["", "/", "/bot", "/bot/"])
async def test_the_server_is_named_with_or_without_bot(api: BotApi, ending: str) -> None:
    channel = TelegramChannel(TOKEN, api.base_url + ending)

    await channel.send(to_chat())
    await channel.close()

    assert len(api.messages) == 1


async def test_a_closed_channel_starts_again(api: BotApi, channel: TelegramChannel) -> None:
    await channel.send(to_chat())
    await channel.close()
    await channel.close()
    await channel.send(to_chat())

    assert len(api.messages) == 2


async def test_a_pause(api: BotApi, channel: TelegramChannel) -> None:
    api.fail["sendMessage"] = FLOOD

    error = await failure(channel)

    assert error.retry_after == timedelta(seconds=7)
    assert not error.permanent


async def test_a_pause_where_the_library_gives_seconds(
    api: BotApi, channel: TelegramChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    api.fail["sendMessage"] = FLOOD
    monkeypatch.setenv("PTB_TIMEDELTA", "0")

    with pytest.warns(DeprecationWarning, match="retry_after"):
        error = await failure(channel)

    assert error.retry_after == timedelta(seconds=7)


async def test_a_chat_that_moved(api: BotApi, channel: TelegramChannel) -> None:
    api.fail["sendMessage"] = MOVED

    error = await failure(channel)

    assert error.moved_to == "-100500"
    assert not error.permanent


@pytest.mark.parametrize("answer", [BLOCKED, NO_CHAT])
async def test_a_chat_that_cannot_be_reached(api: BotApi, channel: TelegramChannel, answer: Failure) -> None:
    api.fail["sendMessage"] = answer

    error = await failure(channel)

    assert error.permanent
    assert answer.description.split(": ")[1] in error.answer.lower()


@pytest.mark.parametrize("address", ["", "narahubung"])
async def test_an_address_that_is_no_chat(channel: TelegramChannel, address: str) -> None:
    assert (await failure(channel, to_chat(address))).permanent


@pytest.mark.parametrize("token", ["123456:wrong-token", "", "no token at all"])
async def test_a_wrong_token(api: BotApi, token: str) -> None:
    channel = TelegramChannel(token, api.base_url)

    error = await failure(channel)
    await channel.close()

    assert "TRACKER_TELEGRAM_TOKEN" in error.answer
    assert not error.permanent
    assert not token or token not in error.answer


async def test_a_token_that_is_withdrawn_while_we_run(api: BotApi, channel: TelegramChannel) -> None:
    await channel.send(to_chat())
    api.fail["sendMessage"] = Failure(401, "Unauthorized")

    error = await failure(channel)

    assert "TRACKER_TELEGRAM_TOKEN" in error.answer
    assert not error.permanent


async def test_a_broken_server(api: BotApi, channel: TelegramChannel) -> None:
    api.fail["sendMessage"] = BROKEN

    error = await failure(channel)

    assert not error.permanent
    assert not error.ambiguous
    assert api.base_url in error.answer


async def test_nobody_listens() -> None:
    port = free_port()
    channel = TelegramChannel(TOKEN, f"http://127.0.0.1:{port}")

    error = await failure(channel)
    await channel.close()

    assert f"127.0.0.1:{port}" in error.answer
    assert not error.permanent
    assert not error.ambiguous


async def test_silence_after_the_message_may_mean_that_it_was_taken(api: BotApi) -> None:
    channel = TelegramChannel(TOKEN, api.base_url, timeout=0.2)
    api.hang.add("sendMessage")

    error = await failure(channel)
    api.hang.clear()
    await channel.close()

    assert error.ambiguous
    assert not error.permanent
    assert len(api.messages) == 1


async def test_silence_before_the_message_is_not_ambiguous(api: BotApi) -> None:
    channel = TelegramChannel(TOKEN, api.base_url, timeout=0.2)
    api.hang.add("getMe")

    error = await failure(channel)
    api.hang.clear()
    await channel.send(to_chat())
    await channel.close()

    assert not error.ambiguous
    assert len(api.messages) == 1


async def test_a_refusal_before_the_message_says_nothing_about_the_address(
    api: BotApi, channel: TelegramChannel
) -> None:
    api.fail["getMe"] = Failure(403, "Forbidden: user is deactivated")

    assert not (await failure(channel)).permanent


@pytest.mark.parametrize("kind", [httpx.ReadError, httpx.RemoteProtocolError, httpx.ReadTimeout])
async def test_a_connection_lost_on_the_way_is_ambiguous(
    channel: TelegramChannel, kind: type[httpx.TransportError], monkeypatch: pytest.MonkeyPatch
) -> None:
    await channel.send(to_chat())

    async def lose(*_: object, **__: object) -> httpx.Response:
        raise kind(f"lost on the way to /bot{TOKEN}/sendMessage")

    monkeypatch.setattr(httpx.AsyncClient, "request", lose)

    assert (await failure(channel)).ambiguous


@pytest.mark.parametrize("body", ["<html>", '{"ok": true}', '{"ok": true, "result": {}}', "[]"])
async def test_an_answer_that_makes_no_sense_is_ambiguous(
    api: BotApi, channel: TelegramChannel, body: str
) -> None:
    api.raw["sendMessage"] = body

    error = await failure(channel)

    assert error.ambiguous
    assert not error.permanent


@pytest.mark.parametrize("body", ["<html>", '{"ok": true}', '{"ok": true, "result": {"id": 1}}'])
async def test_a_server_that_is_no_bot_api(api: BotApi, channel: TelegramChannel, body: str) -> None:
    api.raw["getMe"] = body

    assert not (await failure(channel)).ambiguous


async def test_the_token_stands_in_no_log(api: BotApi, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    channel = TelegramChannel(TOKEN, api.base_url)

    await channel.send(to_chat())
    api.fail["sendMessage"] = BROKEN
    await failure(channel)
    await channel.close()

    assert "HTTP Request: POST" in caplog.text
    assert TOKEN not in caplog.text
    assert TOKEN not in repr(channel)
