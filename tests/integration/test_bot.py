"""The bot over real HTTP: linking, asking, pages, languages, and what Telegram does to it."""

from collections.abc import Iterator

import pytest

from tests.support.botapi import BotApi, bot_api
from tests.support.houses import Home, Homes
from tests.support.phone import Phone, running_bot, settings_of
from tests.support.town import ONE, town


@pytest.fixture(scope="module")
def running() -> Iterator[BotApi]:
    with bot_api() as api:
        yield api


@pytest.fixture
def api(running: BotApi) -> BotApi:
    running.reset()
    return running


@pytest.fixture
def home(homes: Homes, api: BotApi) -> Iterator[Home]:
    built = town(homes, **settings_of(api))
    with running_bot(built):
        yield built


def test_smoke(home: Home, api: BotApi) -> None:
    phone = Phone(api, ONE)
    for text in (
        "/start",
        "/bantuan",
        "/tenggat",
        "/tenggat 90",
        "/terlambat",
        "/ringkas",
        "/perjanjian",
        "kapan perpanjangan babel?",
        "/kalender",
    ):
        print(text, phone.write(text))
        try:
            print(phone.buttons)
        except Exception:
            pass
    phone.write("/tenggat")
    for label in ("1", "Mengapa tanggal ini?", "Siapa diberi tahu?", "Bukti", "Perjanjian"):
        print(label, phone.press(label))
        print(phone.buttons)
    print(api.files, api.menus.keys())
    phone.write("/bahasa en")
    print(phone.write("/due"))
    assert 0
