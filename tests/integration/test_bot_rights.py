"""Who may see what: everybody x every command and every button; and random updates leak and break nothing."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete
from telegram import Update

from tests.support.botapi import BotApi, message_fault
from tests.support.botapi_rules import markup_fault
from tests.support.houses import Home, Homes
from tests.support.phone import Phone, plain, running_bot, settings_of
from tests.support.town import (
    ADMIN,
    AUDITOR,
    BOSS,
    FORMER,
    MANAGER,
    ONE,
    OTHER_MANAGER,
    PEOPLE,
    SECRETS,
    STRANGER,
    TWO,
    UNSURE,
    town,
    with_accounts,
)
from tracker.bot.commands import ANSWERS, CHANGES, MENU
from tracker.bot.desk import TALK, Desk
from tracker.bot.forms.catalogue import FORMS
from tracker.bot.giving import _markup
from tracker.bot.incoming import read
from tracker.bot.screen import SILENCE, Reply
from tracker.people.tables import ChatUpdateRow

NORTH_DUTY, SOUTH_DUTY = "utara-2026/renewal-notice/2026-12-18", "lain-2026/report-three/2026-12-20"
NOBODYS = (STRANGER, FORMER, UNSURE)
GROUP = -77
"""A group that nobody has linked."""
EVERYBODY = (*PEOPLE, BOSS, AUDITOR)
SEE_ALL = (ADMIN, BOSS, AUDITOR)
NORTH_PEOPLE, SOUTH_PEOPLE = (ONE, TWO, MANAGER, *SEE_ALL), (OTHER_MANAGER, *SEE_ALL)
DUTIES: Mapping[int, str] = {
    ONE: "satu",
    TWO: "dua",
    MANAGER: "satu dua",
    OTHER_MANAGER: "tiga",
    **dict.fromkeys(SEE_ALL, "satu dua tiga"),
    **dict.fromkeys(NOBODYS, ""),
}
"""Whose list holds which duties."""
ALL = {
    chat: "utara lain" if chat in SEE_ALL else "lain" if chat == OTHER_MANAGER else "utara" for chat in DUTIES
}
WORDS = {"satu": "Rahasia satu", "dua": "Rahasia dua", "tiga": "Rahasia tiga"}
TITLES = {"utara": "Kerja Sama Rahasia Babel", "lain": "Perjanjian Lain Kutai"}
LISTS = ("/tenggat 90", "/due 90", "tenggat|90|0", "/ringkas 30", "ringkas")
ABOUT_ALL = ("/perjanjian", "perjanjian", "/agreements")
ABOUT_NORTH = (
    "/perjanjian babel",
    "kapan perpanjangan babel?",
    "perjanjian|babel|0",
    "pks|utara-2026|0|",
    *(f"{name}|{NORTH_DUTY}" for name in ("kewajiban", "mengapa", "diberitahu", "bukti")),
)
ABOUT_SOUTH = (
    "kutai",
    "pks|lain-2026|0|",
    *(f"{name}|{SOUTH_DUTY}" for name in ("kewajiban", "mengapa", "diberitahu", "bukti")),
)
ABOUT_NOTHING = ("/terlambat", "terlambat||0", "/bantuan", "bantuan", "/language id", "/start", "/kaitkan")


@pytest.fixture
def home(homes: Homes, api: BotApi) -> Iterator[Home]:
    built = with_accounts(town(homes, **settings_of(api)))
    with running_bot(built):
        yield built


def is_button(asked: str) -> bool:
    return "|" in asked or asked in ANSWERS


def said_to(home: Home, api: BotApi, chat: int, asked: str) -> str:
    """Ask, and give all that can be read then: what was sent, what a message became, and files."""
    phone = Phone(api, chat)
    home.clock.move_to(home.clock.now().replace(second=0, microsecond=0))
    with home.db.write() as connection:
        connection.execute(delete(ChatUpdateRow))  # nobody is throttled here
    if is_button(asked):
        phone.api.screens[str(chat), 1_000_000] = {"text": "?"}
        return phone.press_data(asked, 1_000_000)
    return "\n".join(phone.write(asked))


def test_every_command_and_button_stands_in_the_matrix() -> None:
    asked = [*LISTS, *ABOUT_ALL, *ABOUT_NORTH, *ABOUT_SOUTH, *ABOUT_NOTHING, "/kalender", "berkas", "/stop"]
    names = {one.strip("/").partition("|")[0].partition(" ")[0] for one in asked}
    assert (set(ANSWERS) | set(CHANGES)) - {"bahasa", *FORMS} <= names
    assert {one.name for one in MENU} - {"bahasa", *FORMS} <= names


def test_everybody_asks_everything(home: Home, api: BotApi) -> None:
    for chat in EVERYBODY:
        for asked in LISTS:
            answer = said_to(home, api, chat, asked)
            if "ringkas" in asked:
                continue
            assert {name for name, words in WORDS.items() if words in answer} == set(DUTIES[chat].split()), (
                chat,
                asked,
            )
        expect(home, api, chat, ABOUT_ALL, {name for name in ALL[chat].split() if chat not in NOBODYS})
        expect(home, api, chat, ABOUT_NORTH, {"utara"} if chat in NORTH_PEOPLE else set())
        expect(home, api, chat, ABOUT_SOUTH, {"lain"} if chat in SOUTH_PEOPLE else set())
        expect(home, api, chat, ABOUT_NOTHING, set())
        before = len(api.files)
        for asked in ("/kalender", "berkas"):
            said_to(home, api, chat, asked)
        files = " ".join(file["document"] for file in api.files[before:])
        assert {name for name, words in WORDS.items() if words in files} == set(DUTIES[chat].split())
    nobodys = [
        each
        for each in (*api.messages, *api.screens.values())
        if each.get("chat_id") in [str(chat) for chat in NOBODYS]
    ]
    assert nobodys
    assert [each for each in nobodys if any(secret in each["text"] for secret in SECRETS)] == []


def expect(home: Home, api: BotApi, chat: int, asked: tuple[str, ...], seen: set[str]) -> None:
    for one in asked:
        answer = said_to(home, api, chat, one)
        acts = {name for name, words in WORDS.items() if words in answer}
        titles = {name for name, title in TITLES.items() if title in answer}
        if one.partition("|")[0] in {"mengapa", "diberitahu", "bukti"}:
            assert bool(acts) is bool(seen), (chat, one, answer)
        else:
            assert titles == seen, (chat, one, answer)
        if not seen:
            assert not acts, (chat, one)


TEXTS = st.one_of(
    st.text(max_size=60),
    st.sampled_from([*LISTS, *ABOUT_NORTH, *ABOUT_SOUTH, *ABOUT_NOTHING]),
    st.sampled_from(["/stop", "/start x", "/kalender", "/bahasa", "/", "//", "/tenggat -1", "|||", "\0"]),
    st.sampled_from(["/tenggat 99999999999", "/perjanjian " + "x" * 5000, "协议 什么时候", "متى"]),
    st.builds("/{} {}".format, st.sampled_from(sorted({*ANSWERS, *CHANGES})), st.text(max_size=20)),
)
DATA = st.one_of(
    TEXTS,
    st.builds(
        "{}|{}|{}".format,
        st.sampled_from(sorted({*ANSWERS, *CHANGES, *FORMS, *TALK})),
        st.sampled_from(["", "1", "utara-2026", NORTH_DUTY, SOUTH_DUTY, "30", "-1", "²", "#"]),
        st.text(max_size=8),
    ),
)


def message(chat: int, content: dict[str, Any]) -> dict[str, Any]:
    return {
        "message_id": 5,
        "date": 1795402800,
        "chat": {"id": chat, "type": "private" if chat > 0 else "group", "first_name": "Orang"},
        "from": {"id": abs(chat), "is_bot": False, "first_name": "Orang"},
        **content,
    }


STICKER = {"file_id": "a", "file_unique_id": "b", "type": "regular", "width": 1, "height": 1}
CONTENTS = st.one_of(
    TEXTS.map(lambda text: {"text": text}),
    st.just({"sticker": {**STICKER, "is_animated": False, "is_video": False}}),
    st.just({"location": {"latitude": 1.0, "longitude": 2.0}}),
    st.just({"new_chat_title": "Judul"}),
)


def update(number: int, chat: int, kind: str, content: dict[str, Any], data: str) -> dict[str, Any]:
    if kind == "callback_query":
        said = message(chat, {"text": "..."})
        query = {"id": "1", "from": said["from"], "chat_instance": "1", "data": data, "message": said}
        return {"update_id": number, kind: query}
    return {"update_id": number, kind: message(chat, content)}


KINDS = ("message", "callback_query", "edited_message", "channel_post", "unheard_of")


def test_random_updates_break_and_leak_nothing(homes: Homes, api: BotApi) -> None:
    home = with_accounts(town(homes, **settings_of(api)))
    desk = Desk(home.house)

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(
        st.lists(
            st.tuples(
                st.integers(1, 30),
                st.sampled_from((*EVERYBODY, GROUP)),
                st.sampled_from(KINDS),
                CONTENTS,
                DATA,
            ),
            max_size=8,
        )
    )
    def run(steps: list[tuple[int, int, str, dict[str, Any], str]]) -> None:
        home.clock.move_to(home.clock.now().replace(microsecond=0))
        with home.db.write() as connection:
            connection.execute(delete(ChatUpdateRow))
        answered: set[int] = set()
        for number, chat, kind, content, data in steps:
            said = read(Update.de_json(update(number, chat, kind, content, data), None))
            if said is None:
                continue
            reply = desk.answer(said)
            assert number not in answered or reply == SILENCE
            desk.done([(said, reply)])
            answered.add(number)
            check(desk, chat, reply)

    run()


def check(desk: Desk, chat: int, reply: Reply) -> None:
    if reply.screen is None:
        return
    text = reply.screen.text
    assert message_fault(text) is None
    markup = _markup(reply.screen, desk.data_of(reply.screen.rows))
    assert markup_fault(markup.to_json() if markup else None) is None
    assert len(plain(text)) < 2000
    if chat in (*NOBODYS, GROUP):
        assert not any(secret in text for secret in SECRETS)
        assert reply.screen.rows == ()
        assert reply.file is None
