import asyncio
import logging
import ssl
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import httpx
import pytest

from tests.support.botapi import (
    BAD_TAGS,
    BLOCKED,
    BROKEN,
    DEACTIVATED,
    FLOOD,
    KICKED,
    MOVED,
    NO_CHAT,
    TOKEN,
    TOO_LONG,
    BotApi,
    Failure,
    bot_api,
)
from tests.support.content import NASTY, PLANNED, alert_content, delivery, nasty_content
from tests.support.smtp import free_port, scripted_server
from tracker.channels.telegram.render import text
from tracker.channels.telegram.send import TelegramChannel
from tracker.outbox.delivery import Accepted, Channel, Delivery, SendError
from tracker.outbox.delivery import Failure as Kind

CHAT = "555001"


@pytest.fixture(scope="module")
def running() -> Iterator[BotApi]:
    with bot_api() as api:
        yield api


@pytest.fixture
def api(running: BotApi) -> BotApi:
    running.reset()
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


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (FLOOD, Kind.FLOOD),
        (BLOCKED, Kind.ADDRESS),
        (KICKED, Kind.ADDRESS),
        (DEACTIVATED, Kind.ADDRESS),
        (NO_CHAT, Kind.ADDRESS),
        (Failure(400, "Bad Request: not enough rights to send text messages to the chat"), Kind.ADDRESS),
        (MOVED, Kind.MOVED),
        (BAD_TAGS, Kind.MESSAGE),
        (TOO_LONG, Kind.MESSAGE),
        (Failure(400, "Bad Request: message text is empty"), Kind.MESSAGE),
        (Failure(401, "Unauthorized"), Kind.SETUP),
        (Failure(404, "Not Found"), Kind.SETUP),
        (Failure(429, "Too Many Requests"), Kind.UNREACHABLE),
        (BROKEN, Kind.UNREACHABLE),
        (Failure(502, "Bad Gateway"), Kind.UNREACHABLE),
        (Failure(503, "Service Unavailable"), Kind.UNREACHABLE),
        # As a proxy before Telegram says it: without a word on what is wrong.
        (Failure(403, ""), Kind.UNREACHABLE),
        (Failure(400, ""), Kind.UNREACHABLE),
    ],
)
async def test_a_failure_and_the_message_after_it(
    api: BotApi, channel: TelegramChannel, answer: Failure, kind: Kind
) -> None:
    api.fail_chats[CHAT] = answer

    error = await failure(channel)

    assert error.kind is kind
    assert not error.everybody
    assert error.moved_to == ("-100500" if kind is Kind.MOVED else None)
    assert error.retry_after == (timedelta(seconds=7) if kind is Kind.FLOOD else None)
    await channel.send(to_chat("555002"))
    assert [message["chat_id"] for message in api.messages] == ["555002"]


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (500, "<html>", Kind.UNREACHABLE),
        (502, "", Kind.UNREACHABLE),
        (403, "<html>", Kind.UNREACHABLE),
        (400, "<html>", Kind.UNREACHABLE),
        (404, "<html>", Kind.SETUP),
        (200, "<html>", Kind.UNCLEAR),
        (200, "[]", Kind.UNCLEAR),
        (500, "[]", Kind.UNCLEAR),
        (429, '{"parameters": {"retry_after": 1e300}}', Kind.UNCLEAR),
        (429, '{"parameters": [7]}', Kind.UNCLEAR),
    ],
)
async def test_an_answer_that_is_not_telegrams(
    api: BotApi, channel: TelegramChannel, status: int, body: str, kind: Kind
) -> None:
    await channel.send(to_chat("555002"))
    api.raw["sendMessage"], api.raw_status = body, status

    assert (await failure(channel)).kind is kind


async def test_a_flood_of_one_chat_does_not_stop_the_others(api: BotApi, channel: TelegramChannel) -> None:
    api.fail_chats[CHAT] = FLOOD

    assert not (await failure(channel)).everybody
    assert not (await failure(channel)).everybody
    await channel.send(to_chat("555002"))


async def test_a_second_chat_that_must_wait_means_the_whole_bot(
    api: BotApi, channel: TelegramChannel
) -> None:
    api.fail["sendMessage"] = FLOOD

    first = await failure(channel)
    second = await failure(channel, to_chat("555002"))

    assert first.kind is second.kind is Kind.FLOOD
    assert not first.everybody
    assert second.everybody
    assert second.retry_after == timedelta(seconds=7)


async def test_a_second_chat_after_the_first_has_waited_is_a_flood_of_its_own(
    api: BotApi, channel: TelegramChannel
) -> None:
    api.fail["sendMessage"] = FLOOD
    await failure(channel)
    channel._floods = {chat: until - 7 for chat, until in channel._floods.items()}

    assert not (await failure(channel, to_chat("555002"))).everybody


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (FLOOD, Kind.FLOOD),
        (BROKEN, Kind.UNREACHABLE),
        (DEACTIVATED, Kind.UNREACHABLE),
        (Failure(401, "Unauthorized"), Kind.SETUP),
    ],
)
async def test_a_failure_at_the_first_call_of_the_bot_is_everybodys(
    api: BotApi, channel: TelegramChannel, answer: Failure, kind: Kind
) -> None:
    api.fail["getMe"] = answer

    error = await failure(channel)

    assert error.kind is kind
    assert error.everybody
    assert error.retry_after == (timedelta(seconds=7) if kind is Kind.FLOOD else None)
    api.fail.clear()
    await channel.send(to_chat())
    assert len(api.messages) == 1


async def test_a_message_refused_for_its_tags_goes_out_as_plain_text(
    api: BotApi, channel: TelegramChannel
) -> None:
    api.refuse_html = True

    accepted = await channel.send(delivery(nasty_content(), address=CHAT))

    assert "plain text" in accepted.answer
    assert "parse entities" in accepted.answer
    assert accepted.reference == "1"
    (message,) = api.messages
    assert "parse_mode" not in message
    assert message["link_preview_options"] == '{"is_disabled": true}'
    assert f"headline {NASTY}" in message["text"]
    assert "&amp;" not in message["text"]
    assert "<b>headline" not in message["text"]


@pytest.mark.parametrize(
    ("second", "kind"), [(BLOCKED, Kind.ADDRESS), (FLOOD, Kind.FLOOD), (BROKEN, Kind.UNREACHABLE)]
)
async def test_the_plain_text_may_fail_for_another_reason(
    api: BotApi, channel: TelegramChannel, second: Failure, kind: Kind
) -> None:
    api.refuse_html = True
    api.fail_plain = second

    assert (await failure(channel)).kind is kind
    assert api.calls == ["getMe", "sendMessage", "sendMessage"]


async def test_a_certificate_nobody_vouches_for(server_tls: ssl.SSLContext) -> None:
    async def wait(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async with scripted_server(wait, server_tls) as port:
        channel = TelegramChannel(TOKEN, f"https://127.0.0.1:{port}")
        error = await failure(channel)
        await channel.close()

    assert error.kind is Kind.TLS


async def test_a_pause_where_the_library_gives_seconds(
    api: BotApi, channel: TelegramChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    api.fail["sendMessage"] = FLOOD
    monkeypatch.setenv("PTB_TIMEDELTA", "0")

    with pytest.warns(DeprecationWarning, match="retry_after"):
        error = await failure(channel)

    assert error.retry_after == timedelta(seconds=7)


@pytest.mark.parametrize("address", ["", "narahubung"])
async def test_an_address_that_is_no_chat(channel: TelegramChannel, address: str) -> None:
    assert (await failure(channel, to_chat(address))).kind is Kind.ADDRESS


@pytest.mark.parametrize("token", ["123456:wrong-token", "", "no token at all"])
async def test_a_wrong_token(api: BotApi, token: str) -> None:
    channel = TelegramChannel(token, api.base_url)

    error = await failure(channel)
    await channel.close()

    assert "TRACKER_TELEGRAM_TOKEN" in error.answer
    assert error.kind is Kind.SETUP
    assert not token or token not in error.answer


async def test_a_token_that_is_withdrawn_while_we_run(api: BotApi, channel: TelegramChannel) -> None:
    await channel.send(to_chat())
    api.fail["sendMessage"] = Failure(401, "Unauthorized")

    error = await failure(channel)

    assert "TRACKER_TELEGRAM_TOKEN" in error.answer
    assert error.kind is Kind.SETUP


async def test_a_broken_server(api: BotApi, channel: TelegramChannel) -> None:
    api.fail["sendMessage"] = BROKEN

    error = await failure(channel)

    assert error.kind is Kind.UNREACHABLE
    assert api.base_url in error.answer


async def test_nobody_listens() -> None:
    port = free_port()
    channel = TelegramChannel(TOKEN, f"http://127.0.0.1:{port}")

    error = await failure(channel)
    await channel.close()

    assert f"127.0.0.1:{port}" in error.answer
    assert error.kind is Kind.UNREACHABLE


async def test_silence_after_the_message_may_mean_that_it_was_taken(api: BotApi) -> None:
    channel = TelegramChannel(TOKEN, api.base_url, timeout=0.2)
    api.hang.add("sendMessage")

    error = await failure(channel)
    api.hang.clear()
    await channel.close()

    assert error.kind is Kind.UNCLEAR
    assert len(api.messages) == 1


async def test_silence_before_the_message_is_not_unclear(api: BotApi) -> None:
    channel = TelegramChannel(TOKEN, api.base_url, timeout=0.2)
    api.hang.add("getMe")

    error = await failure(channel)
    api.hang.clear()
    await channel.send(to_chat())
    await channel.close()

    assert error.kind is Kind.UNREACHABLE
    assert len(api.messages) == 1


@pytest.mark.parametrize("kind", [httpx.ReadError, httpx.RemoteProtocolError, httpx.ReadTimeout])
async def test_a_connection_lost_on_the_way_is_unclear(
    channel: TelegramChannel, kind: type[httpx.TransportError], monkeypatch: pytest.MonkeyPatch
) -> None:
    await channel.send(to_chat())

    async def lose(*_: object, **__: object) -> httpx.Response:
        raise kind(f"lost on the way to /bot{TOKEN}/sendMessage")

    monkeypatch.setattr(httpx.AsyncClient, "request", lose)

    assert (await failure(channel)).kind is Kind.UNCLEAR


@pytest.mark.parametrize("body", ["<html>", '{"ok": true}', '{"ok": true, "result": {}}', "[]"])
async def test_an_answer_that_makes_no_sense_is_unclear(
    api: BotApi, channel: TelegramChannel, body: str
) -> None:
    api.raw["sendMessage"] = body

    error = await failure(channel)

    assert error.kind is Kind.UNCLEAR


@pytest.mark.parametrize("body", ["<html>", '{"ok": true}', '{"ok": true, "result": {"id": 1}}'])
async def test_a_server_that_is_no_bot_api(api: BotApi, channel: TelegramChannel, body: str) -> None:
    api.raw["getMe"] = body

    assert (await failure(channel)).kind in (Kind.UNREACHABLE, Kind.BROKEN_OFF)


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
