"""Groups that hear of a unit: linked, thrown out, moved, unlinked; unknown ones learn nothing."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from tests.integration.test_bot_actions import delivered
from tests.support.botapi import KICKED, MOVED, TOKEN, BotApi
from tests.support.databases import SQLITE
from tests.support.houses import Home, Homes
from tests.support.phone import Phone, plain, running_bot, settings_of
from tests.support.town import MANAGER, NORTH, ONE, OTHER_MANAGER, SECRETS, STRANGER, town
from tracker.base.errors import UnknownThingError
from tracker.digests.service import Digests
from tracker.inviting import invite_group
from tracker.outbox.tables import AlertRow
from tracker.people.tables import ChatRow, LinkCodeRow
from tracker.reminders.group_chats import Hears

GROUP, TOPIC = -77, 7
NOT_VALID = "Tautan ini tidak berlaku"
about_telegram_only = pytest.mark.parametrize("engine", [SQLITE], indirect=True)


@pytest.fixture
def home(homes: Homes, api: BotApi) -> Iterator[Home]:
    built = town(homes, **settings_of(api))
    with running_bot(built):
        yield built


class GroupChat(Phone):
    """A group in which several people write, in a topic or not."""

    def __init__(self, api: BotApi) -> None:
        super().__init__(api, GROUP, "supergroup")

    def said(self, text: str, by: int = STRANGER, topic: int | None = None, **more: Any) -> list[str]:
        person = {"id": by, "is_bot": False, "first_name": "Orang"}
        where = {"message_thread_id": topic, "is_topic_message": True} if topic else {}
        return self.happens(message=self.message(text, **{"from": person, **where, **more}))

    def membership(self, status: str) -> list[str]:
        bot = {"id": 123456, "is_bot": True, "first_name": "Pelacak"}
        until = {"until_date": 0} if status == "kicked" else {}
        return self.happens(
            my_chat_member={
                "chat": self.about,
                "from": self.person,
                "date": 1795402800,
                "old_chat_member": {"status": "member", "user": bot},
                "new_chat_member": {"status": status, "user": bot, **until},
            }
        )


def code_of(home: Home, hears: Hears = Hears.DIGESTS) -> str:
    return invite_group(home.db, home.house.context, NORTH, hears, "tester", home.clock.now(), TOKEN)


def a_day_later(home: Home) -> None:
    """Tell what is told in the morning, and send it."""
    home.clock.move_to(home.clock.now() + timedelta(days=1))
    Digests().tell_due(home.db, home.house.context, home.clock.now())
    delivered(home)


def to_group(api: BotApi) -> list[dict[str, str]]:
    return [each for each in api.messages if each["chat_id"] in (str(GROUP), "-100500")]


@pytest.mark.parametrize("language", ["id", "en"])
def test_a_manager_links_a_topic_and_the_news_of_the_unit_comes_there(
    home: Home, api: BotApi, language: str
) -> None:
    english = language == "en"
    manager, group = Phone(api, MANAGER), GroupChat(api)
    manager.write(f"/bahasa {language}")
    (nothing,) = manager.write("/kaitkan")
    assert ("There is none yet." if english else "Belum ada grup.") in nothing
    manager.press("+ Cabang Utara")
    shown = manager.press("Digests" if english else "Ringkasan")
    code = re.search(r"https://t\.me/pelacak_test_bot\?startgroup=(\S+)", shown)
    assert code is not None
    assert f"/kaitkan {code[1]}" in shown

    (hello,) = group.said(f"/kaitkan@pelacak_test_bot {code[1]}", topic=TOPIC)
    assert hello.startswith("Grup ini tertaut: ringkasan Cabang Utara")
    assert to_group(api)[-1]["message_thread_id"] == str(TOPIC)
    assert group.said(f"/kaitkan {code[1]}", topic=TOPIC)[0].startswith(NOT_VALID), "once"
    (row,) = home.rows(ChatRow, chat_id=GROUP)
    assert (row.unit, row.thread_id, row.hears, row.title) == (NORTH, TOPIC, "digests", "Grup")

    before = len(to_group(api))
    a_day_later(home)
    news = to_group(api)[before:]
    assert {each.get("message_thread_id") for each in news} == {str(TOPIC)}
    assert any("Ringkasan pagi" in each["text"] for each in news)
    assert any("Rahasia satu" in each["text"] for each in news)
    assert not any("tiga" in each["text"] or "reply_markup" in each for each in news)

    assert group.said("/stop", by=STRANGER) == group.said("/stop", by=OTHER_MANAGER) == []
    assert group.said("/stop@another_bot", by=MANAGER) == []
    (bye,) = group.said("/stop", by=MANAGER)
    assert bye.startswith("Tautan grup ini diputus")
    before = len(to_group(api))
    a_day_later(home)
    assert len(to_group(api)) == before


def test_a_group_hears_every_reminder_where_that_is_wished(home: Home, api: BotApi) -> None:
    GroupChat(api).said(f"/start@pelacak_test_bot {code_of(home, Hears.ALL)}")
    home.clock.move_to(home.clock.now() + timedelta(days=14))
    delivered(home)
    told = [each for each in to_group(api) if "Rahasia satu" in each["text"]]
    assert len(told) == 1
    assert "message_thread_id" not in told[0]
    assert "reply_markup" not in told[0], "nobody knows who would press"
    number = max(number for chat, number in api.screens if chat == str(GROUP))
    home.record(
        "obligation-acknowledged",
        "2026-12-07",
        agreement="utara-2026",
        rule="renewal-notice",
        occurrence="2026-12-18",
    )
    api.wait_shown(GROUP, number, "Sudah diketahui oleh tester")
    shown = "diberitahu|utara-2026/renewal-notice/2026-12-18"
    Phone(api, ONE).write("/bantuan")
    assert "Cabang Utara, telegram" in Phone(api, ONE).press_data(shown)


@about_telegram_only
def test_an_unknown_group_learns_nothing(home: Home, api: BotApi) -> None:
    group, code = GroupChat(api), code_of(home)
    for text in ("/tenggat", "/start", "/kaitkan", "/stop", "kapan perpanjangan Babel?", "/kalender"):
        assert group.said(text, by=MANAGER) == []
    answers = [answer for _ in range(7) for answer in group.said("/start wrong")]
    assert len(answers) == 5
    assert not any(secret in answer for answer in answers for secret in SECRETS)
    assert group.said(f"/start {code}") == [], "too many were tried"
    assert Phone(api, STRANGER).write(f"/start {code}")[0].startswith(NOT_VALID), "it is for groups"
    assert home.rows(ChatRow) == []
    (row,) = home.rows(LinkCodeRow)
    assert row.used_at is None
    with pytest.raises(UnknownThingError, match="There is no unit 'barat'"):
        invite_group(home.db, home.house.context, "barat", Hears.ALL, "x", home.clock.now(), TOKEN)


def test_a_group_that_throws_the_bot_out_or_moves(home: Home, api: BotApi) -> None:
    group = GroupChat(api)
    group.said(f"/start {code_of(home)}")
    assert group.membership("kicked") == []
    a_day_later(home)
    assert len(to_group(api)) == 1, "only the greeting"
    assert group.membership("member") == []
    api.fail_chats[str(GROUP)] = MOVED
    a_day_later(home)
    assert [row.chat_id for row in home.rows(ChatRow)] == [-100500]
    assert [plain(each["text"])[:9] for each in to_group(api)][1:] == ["Ringkasan"]

    api.fail_chats["-100500"] = KICKED
    a_day_later(home)
    (row,) = home.rows(ChatRow)
    assert row.blocked_at is not None
    told = [each["text"] for each in api.messages if each["chat_id"] == str(MANAGER)]
    assert any("Grup Telegram Cabang Utara tidak menerima pesan lagi" in text for text in told)
    alerts = len(home.rows(AlertRow))
    assert alerts
    assert not any(row.state == "pending" for row in home.rows(AlertRow, address="-100500"))


@about_telegram_only
def test_only_a_manager_makes_and_ends_links(home: Home, api: BotApi) -> None:
    assert Phone(api, ONE).write("/kaitkan") == ["Hanya pimpinan unit yang dapat menautkan grup."]
    assert Phone(api, STRANGER).write("/kaitkan")[0].startswith("Maaf, bot ini hanya")
    GroupChat(api).said(f"/start {code_of(home)}")
    other = Phone(api, OTHER_MANAGER)
    other.write("/kaitkan")
    assert "Grup →" not in other.press_data(f"kaitkan|lepas|{GROUP}")
    other.press_data(f"kaitkan|buat|{NORTH}|all")
    assert len(home.rows(LinkCodeRow)) == 1
    manager = Phone(api, MANAGER)
    assert "Grup → Cabang Utara: ringkasan" in manager.write("/kaitkan")[0]
    assert "Belum ada grup." in manager.press("✕ Grup")
    assert home.rows(ChatRow)[0].unlinked_at is not None


@about_telegram_only
def test_a_topic_that_is_gone(home: Home, api: BotApi) -> None:
    group = GroupChat(api)
    group.said(f"/start {code_of(home)}", topic=TOPIC)
    api.no_topic.add((str(GROUP), str(TOPIC)))
    a_day_later(home)
    assert ["message_thread_id" in each for each in to_group(api)][:2] == [True, False], "beside the topic"
