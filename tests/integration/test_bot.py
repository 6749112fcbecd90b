"""The bot over real HTTP: linking, asking, pages, languages, and what Telegram does to it."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.support.agreements import rule
from tests.support.botapi import BLOCKED, BROKEN, FLOOD, NO_CHAT, TOKEN, BotApi, Failure
from tests.support.browser import KEY
from tests.support.databases import SQLITE
from tests.support.houses import Home, Homes, terms_file
from tests.support.phone import Phone, running_bot, settings_of
from tests.support.smtp import free_port
from tests.support.town import MANAGER, ONE, SECRETS, STRANGER, TWO, town
from tests.support.visitor import Visitor
from tracker.base.errors import SettingsError
from tracker.bot.desk import PER_MINUTE, STRANGERS_PER_HOUR, Desk
from tracker.bot.linking import ATTEMPTS_AT_MOST
from tracker.bot.server import make_bot
from tracker.bot.webhook import secret_of
from tracker.channels.telegram.deep_link import deep_link_of
from tracker.inviting import invite
from tracker.outbox.content import ListContent, read_content
from tracker.outbox.tables import AlertRow, DoubtfulAddressRow
from tracker.people.tables import ButtonRow, ChatRow, ChatUpdateRow, LinkCodeRow

NEW = 555
"""A chat that the terms do not name."""
UNKNOWN = "Maaf, bot ini hanya melayani orang yang sudah ditautkan"
NOT_VALID = "Tautan ini tidak berlaku"
LINKED = "Chat ini tertaut"
WRITABLE = 40
"""Lines of one phone screen, about."""
about_telegram_only = pytest.mark.parametrize("engine", [SQLITE], indirect=True)
"""Tests about Telegram: the database makes no difference."""


@pytest.fixture
def home(homes: Homes, api: BotApi) -> Iterator[Home]:
    built = town(homes, **settings_of(api))
    with running_bot(built):
        yield built


def code_for(home: Home, address: str) -> str:
    context, now = home.house.context, home.clock.now()
    made = invite(home.db, context, address, "tester", now, str, secret=TOKEN, send=False)
    return made.link


def later(home: Home, **span: float) -> None:
    home.clock.move_to(home.clock.now() + timedelta(**span))


def test_a_code_links_a_chat_once(home: Home, api: BotApi) -> None:
    code = code_for(home, "C12@Example.org")
    phone = Phone(api, NEW)
    (hello,) = phone.write(f"/start {code}")
    assert hello.startswith(LINKED)
    (due,) = phone.write("/tenggat")
    assert "Bayar Rahasia dua" in due
    assert "Lapor Rahasia satu" not in due, "a duty of the other party"

    (refused,) = Phone(api, NEW + 1).write(f"/start {code}")
    assert refused.startswith(NOT_VALID)
    (again,) = phone.write(f"/start {code}")
    assert again.startswith(LINKED), "the same press once more"
    (row,) = home.rows(ChatRow)
    assert (row.chat_id, row.address, row.unlinked_at) == (NEW, "c12@example.org", None)
    (stored,) = home.rows(LinkCodeRow)
    assert code not in stored.digest


def test_a_code_expires(home: Home, api: BotApi) -> None:
    code = code_for(home, "c11@example.org")
    later(home, hours=24)
    (refused,) = Phone(api, NEW).write(f"/start {code}")
    assert refused.startswith(NOT_VALID)
    assert home.rows(ChatRow) == []


def test_codes_cannot_be_tried_without_end(home: Home, api: BotApi) -> None:
    phone = Phone(api, NEW)
    answers = [phone.write(f"/start wrong-{number}")[0] for number in range(ATTEMPTS_AT_MOST + 1)]
    assert [answer.startswith(NOT_VALID) for answer in answers] == [True] * ATTEMPTS_AT_MOST + [False]
    (slow,) = phone.write(f"/start {code_for(home, 'c11@example.org')}")
    assert slow.startswith("Terlalu banyak")
    later(home, hours=1, minutes=1)
    (hello,) = phone.write(f"/start {code_for(home, 'c11@example.org')}")
    assert hello.startswith(LINKED)


def test_a_linked_chat_hears_alerts_until_it_stops(home: Home, api: BotApi) -> None:
    lain = terms_file(
        rule("on 2026-11-30"),
        id="tambahan",
        contacts=[{"id": "x", "position": "Kepala", "email": "X@example.org"}],
    )
    home.load(lain)
    phone = Phone(api, NEW)
    phone.write(f"/start {code_for(home, 'x@example.org')}")
    home.remind()
    told = {(row.channel, row.address) for row in home.rows(AlertRow) if row.contact == "kesatu:x"}
    assert told == {("email", "X@example.org"), ("telegram", str(NEW))}

    (bye,) = phone.write("/stop")
    assert bye.startswith("Tautan chat ini diputus")
    assert phone.write("/tenggat")[0].startswith(UNKNOWN)
    later(home, days=4)
    home.remind()
    after = [row.address for row in home.rows(AlertRow) if row.contact == "kesatu:x"]
    assert after.count(str(NEW)) == 1
    assert after.count("X@example.org") > 1


def test_an_address_has_one_chat_and_the_older_one_is_told(home: Home, api: BotApi) -> None:
    old, new = Phone(api, NEW), Phone(api, NEW + 1)
    old.write(f"/start {code_for(home, 'c15@example.org')}")
    assert old.write("/tenggat")[0].startswith("Tenggat")
    new.write(f"/start {code_for(home, 'c15@example.org')}")
    assert new.write("/tenggat")[0].startswith("Tenggat")
    assert old.write("/tenggat")[0].startswith(UNKNOWN)
    (told,) = [row for row in home.rows(AlertRow) if row.address == str(NEW)]
    content = read_content(told.content)
    assert isinstance(content, ListContent)
    assert content.lead[0].startswith("c15@example.org kini tertaut ke chat Telegram lain")
    assert {row.chat_id: row.linked_by for row in home.rows(ChatRow)} == {NEW: "replaced", NEW + 1: "code"}
    new.write(f"/start {code_for(home, 'c15@example.org')}")
    assert len([row for row in home.rows(AlertRow) if row.address == str(NEW)]) == 1


@about_telegram_only
def test_the_calendar_is_a_link_where_there_are_pages(homes: Homes, api: BotApi) -> None:
    home = town(homes, public_url="https://tracker.test/", secret_key=KEY, **settings_of(api))
    with running_bot(home):
        phone = Phone(api, NEW)
        phone.write(f"/start {code_for(home, 'c12@example.org')}")
        (given,) = phone.write("/kalender")
        link = re.search(r"https://tracker\.test(/kalender/\S+\.ics)", given)
        assert link is not None
        visitor = Visitor(home)
        feed = visitor.get(link[1])
        assert "Bayar Rahasia dua" in feed.text
        (there,) = phone.write("/kalender")
        assert "hanya ditampilkan sekali" in there
        another = re.search(r"https://tracker\.test(/kalender/\S+\.ics)", phone.press("Tautan baru"))
        assert another is not None
        assert [visitor.get(path).status_code for path in (link[1], another[1])] == [404, 200]
        assert phone.press("Cabut tautan").startswith("Tautan kalender dicabut")
        assert visitor.get(another[1]).status_code == 404
        phone.press("Kirim berkas")
        assert "DTSTART;VALUE=DATE:20261221" in api.files[0]["document"]
        Phone(api, ONE).write("/kalender")
        assert len(api.files) == 2, "who has no address here gets the file"


def test_who_stands_in_the_terms_needs_no_code_and_may_stop(home: Home, api: BotApi) -> None:
    phone = Phone(api, ONE)
    assert phone.write("/start")[0].startswith(LINKED)
    phone.write("/stop")
    assert phone.write("/tenggat")[0].startswith(UNKNOWN)
    with home.db.read() as connection:
        from tracker.outbox import doubts

        routing = doubts.usable(connection, home.house.context.routing)
    assert ("telegram", str(ONE)) in routing.doubtful
    assert phone.write("/start")[0].startswith(LINKED)
    assert "Lapor Rahasia satu" in phone.write("/tenggat")[0]


def test_a_stranger_gets_one_polite_sentence_three_times_an_hour(home: Home, api: BotApi) -> None:
    phone = Phone(api, STRANGER)
    texts = ["/start", "/tenggat", "kapan perpanjangan Babel?", "/stop", "/bahasa en", "halo"]
    answers = [answer for text in texts for answer in phone.write(text)]
    assert len(answers) == STRANGERS_PER_HOUR
    assert set(answers) == {answers[0]}
    assert answers[0].startswith(UNKNOWN)
    assert not any(secret in answers[0] for secret in SECRETS)
    assert home.rows(ChatRow) == []
    later(home, hours=1)
    assert phone.write("halo")


@about_telegram_only
def test_the_flood_of_one_chat_is_throttled(home: Home, api: BotApi) -> None:
    loud, quiet = Phone(api, ONE), Phone(api, TWO)
    for _ in range(PER_MINUTE):
        api.push(message=loud.message("/bantuan"))
    assert loud.write("/bantuan")[-1].startswith("Terlalu banyak permintaan")
    assert loud.write("/bantuan") == []
    assert quiet.write("/tenggat")[0].startswith("Tenggat")
    later(home, minutes=1, seconds=1)
    assert loud.write("/bantuan")[0].startswith("Yang dapat")


TOUR = (
    ("/tenggat", "Tenggat 30 hari ke depan (1)", "Due in the next 30 days (1)"),
    ("/tenggat 7", "Tidak ada tenggat dalam 7 hari ke depan.", "Nothing is due in the next 7 days."),
    ("/terlambat", "Tidak ada kewajiban yang terlambat.", "Nothing is overdue."),
    ("/ringkas", "Ringkasan pekan ini", "The week ahead"),
    ("/perjanjian", "Perjanjian Anda (1)", "Your agreements (1)"),
    ("/perjanjian 007/PKS/UTARA", "Kerja Sama Rahasia Babel", "Kerja Sama Rahasia Babel"),
    ("/perjanjian kutai", "Tidak ada perjanjian Anda yang cocok", "None of your agreements is like"),
    ("kapan perpanjangan babbel?", "Kerja Sama Rahasia Babel", "Kerja Sama Rahasia Babel"),
    ("/bantuan", "Yang dapat Anda tanyakan", "What you can ask"),
    ("/apa-saja", "Yang dapat Anda tanyakan", "What you can ask"),
    ("???", "Saya hanya dapat membaca", "I can only read"),
)


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("language", ["id", "en"])
def test_everything_that_can_be_asked(api: BotApi, language: str) -> None:
    phone = Phone(api, ONE)
    english = language == "en"
    assert phone.write(f"/bahasa {language}") == [
        "Fine, I answer in English." if english else "Baik, saya menjawab dalam bahasa Indonesia."
    ]
    for text, indonesian, in_english in TOUR:
        (answer,) = phone.write(text)
        assert answer.startswith(in_english if english else indonesian), text
        assert len(answer) <= 1500
        assert answer.count("\n") <= WRITABLE
    (found,) = phone.write("kapan perpanjangan Babel?")
    day = "Friday, 18 December 2026 (25 days left)" if english else "Jumat, 18 Desember 2026 (25 hari lagi)"
    assert f"➜ {day}: Lapor Rahasia satu" in found

    phone.write("/tenggat")
    shown = phone.press("1")
    assert shown.startswith(day)
    assert ("If missed: liability" in shown) is english
    why = phone.press("Why this date?" if english else "Mengapa tanggal ini?")
    assert ("Likely last day" in why) is english
    told = phone.press("Who was told?" if english else "Siapa diberi tahu?")
    assert ("Nobody has been told yet." in told) is english
    proof = phone.press("Proof" if english else "Bukti")
    assert ("No proof has been recorded yet." in proof) is english
    assert "Dinas Utara - Badan Utara" in phone.press("Agreement" if english else "Perjanjian")
    before = len(phone.sent)
    phone.write("/kalender")
    assert len(phone.sent) == before
    (file,) = api.files
    assert "DTSTART;VALUE=DATE:20261218" in file["document"]
    assert "UID:utara-2026/renewal-notice/2026-12-18@tracker" in file["document"]
    assert set(api.menus) == {"", "en"}


def test_the_story_of_a_duty(home: Home, api: BotApi) -> None:
    later(home, days=14)
    home.remind()
    home.record(
        "notice-served",
        "2026-11-27",
        agreement="utara-2026",
        rule="renewal-notice",
        occurrence="2026-12-18",
        letter="45/X/2026",
    )
    phone = Phone(api, ONE)
    told = phone_shows(phone, "diberitahu|utara-2026/renewal-notice/2026-12-18")
    assert "Kepala Bidang (Dinas Utara), telegram" in told
    proof = phone_shows(phone, "bukti|utara-2026/renewal-notice/2026-12-18")
    assert "27 November 2026" in proof
    assert "nomor 45/X/2026" in proof
    other = Phone(api, TWO)
    assert "Dinas Utara" not in phone_shows(other, "diberitahu|utara-2026/renewal-notice/2026-12-18")
    assert "Dinas Utara" in phone_shows(
        Phone(api, MANAGER), "diberitahu|utara-2026/renewal-notice/2026-12-18"
    )


def phone_shows(phone: Phone, data: str) -> str:
    phone.write("/bantuan")
    return phone.press_data(data)


def test_pages_turn_and_long_names_fit_into_buttons(home: Home, api: BotApi) -> None:
    name = "perjanjian-dengan-nama-yang-sangat-panjang-sekali-dan-masih-berlanjut"
    rules = [rule(f"on 2026-12-{day:02}", id=f"duty-{day:02}") for day in range(1, 13)]
    officer = {"id": "o", "position": "Kepala", "telegram": NEW}
    home.load(terms_file(*rules, id=name, contacts=[officer]))
    phone = Phone(api, NEW)
    (first,) = phone.write("/tenggat")
    assert "(12)" in first
    assert [label for label in phone.buttons if "/" in label] == ["1/3"]
    assert all(data.startswith("#") for label, data in phone.buttons.items() if label.isdigit())
    second = phone.press("▶")
    assert "6. Jumat, 4 Desember 2026" in second
    third = phone.press("▶")
    assert "12. Jumat, 11 Desember 2026" in third
    assert "▶" not in phone.buttons
    assert len(phone.sent) == 1, "pages turn in place"
    assert "duty 12" in phone.press("12")
    assert home.rows(ButtonRow)
    assert "duty 06" in phone.press_data("kewajiban|" + name + "/duty-06/2026-12-06")
    assert "Itu tidak ada" in phone.press_data("kewajiban|" + name + "/duty-99/2026-12-06")
    assert "(12)" in phone.press_data("tenggat|30|99")
    assert "Yang dapat" in phone.press_data("#0000")


@about_telegram_only
@pytest.mark.usefixtures("home")
def test_an_update_is_answered_once(api: BotApi) -> None:
    phone = Phone(api, ONE)
    update = {"message": phone.message("/tenggat")}
    number = api.push(**update)
    api.wait_confirmed(number)
    api.push_again(number, update)
    api.wait_confirmed(api.push(message=phone.message("/bantuan")))
    assert [re.sub(r"<[^>]*>", "", each["text"])[:7] for each in phone.sent] == ["Tenggat", "Yang da"]


@about_telegram_only
@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(("failure", "times"), [(BROKEN, 2), (FLOOD, 1), (BROKEN, 4)])
def test_what_telegram_did_not_take_is_said_again(api: BotApi, failure: Failure, times: int) -> None:
    phone = Phone(api, ONE)
    api.fail_once += [("sendMessage", failure)] * times
    (answer,) = phone.write("/tenggat")
    assert answer.startswith("Tenggat")


@about_telegram_only
@pytest.mark.parametrize("failure", [BLOCKED, NO_CHAT])
def test_a_chat_that_is_gone_holds_up_nobody(home: Home, api: BotApi, failure: Failure) -> None:
    phone = Phone(api, NEW)
    phone.write(f"/start {code_for(home, 'c11@example.org')}")
    api.fail_chats[str(NEW)] = failure
    assert phone.write("/tenggat") == []
    assert home.rows(ChatRow)[0].blocked_at is None or failure is BLOCKED
    assert Phone(api, TWO).write("/tenggat")
    api.fail_chats.clear()
    assert phone.write("/tenggat")
    assert home.rows(ChatRow)[0].blocked_at is None


def test_who_throws_the_bot_out_is_not_written_to(home: Home, api: BotApi) -> None:
    phone = Phone(api, NEW)
    phone.write(f"/start {code_for(home, 'c11@example.org')}")

    def membership(status: str) -> dict[str, Any]:
        bot = {"id": 123456, "is_bot": True, "first_name": "Pelacak"}
        until = {"until_date": 0} if status == "kicked" else {}
        return {
            "chat": phone.about,
            "from": phone.person,
            "date": 1795402800,
            "old_chat_member": {"status": "member", "user": bot},
            "new_chat_member": {"status": status, "user": bot, **until},
        }

    assert phone.happens(my_chat_member=membership("kicked")) == []
    assert home.rows(ChatRow)[0].blocked_at is not None
    assert phone.happens(my_chat_member=membership("member")) == []
    assert home.rows(ChatRow)[0].blocked_at is None
    assert home.rows(DoubtfulAddressRow) == []


@about_telegram_only
@pytest.mark.usefixtures("home")
def test_a_fault_is_one_sentence_with_a_reference(
    api: BotApi, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    phone = Phone(api, ONE)
    with monkeypatch.context() as patch:
        patch.setattr(Desk, "_known_or_not", fail)
        (sorry,) = phone.write("/tenggat")
    found = re.search(r"kode ([0-9a-f]{8})\.$", sorry)
    assert found is not None
    assert found[1] in "".join(capsys.readouterr())
    assert phone.write("/tenggat")[0].startswith("Tenggat")


@about_telegram_only
def test_whatever_else_is_sent_breaks_nothing(home: Home, api: BotApi) -> None:
    phone = Phone(api, ONE)
    sticker = {
        "file_id": "a", "file_unique_id": "b", "type": "regular", "width": 1, "height": 1,
        "is_animated": False, "is_video": False,
    }  # fmt: skip
    assert phone.happens(message=phone.message(sticker=sticker))[0].startswith("Saya hanya dapat")
    api.push(edited_message=phone.message("/tenggat"))
    assert phone.happens(message=phone.message("x" * 4096))[0].startswith("Tidak ada perjanjian")
    group = Phone(api, -77, "group")
    assert group.write("/tenggat") == []
    assert group.happens(message=group.message(migrate_to_chat_id=-10077)) == []
    assert len({row.update_id for row in home.rows(ChatUpdateRow)}) == 2


@about_telegram_only
def test_a_webhook_listens_only_to_who_knows_the_secret(homes: Homes, api: BotApi) -> None:
    port = free_port()
    home = town(
        homes,
        **settings_of(api),
        telegram_webhook_url="https://bot.example.org/telegram",
        telegram_webhook_port=port,
    )
    phone = Phone(api, ONE)
    update = {"update_id": 7, "message": phone.message("/tenggat")}
    url = f"http://127.0.0.1:{port}/telegram"
    with running_bot(home), httpx.Client(transport=httpx.HTTPTransport(retries=5)) as client:
        right = {"X-Telegram-Bot-Api-Secret-Token": secret_of(TOKEN)}
        assert client.post(url, json=update).status_code == 403
        assert (
            client.post(url, json=update, headers={**right, **dict.fromkeys(right, "no")}).status_code == 403
        )
        assert phone.sent == []
        assert client.post(url, json=update, headers=right).status_code == 200
        assert client.post(url, json=update, headers=right).status_code == 200
        assert client.post(url, json=[], headers=right).status_code == 400
        assert client.get(url).status_code == 405
    assert len(phone.sent) == 1
    assert api.webhook["secret_token"] == secret_of(TOKEN)
    assert TOKEN not in api.webhook["secret_token"]


@about_telegram_only
def test_without_a_token_there_is_no_bot(homes: Homes) -> None:
    with pytest.raises(SettingsError, match="TRACKER_TELEGRAM_TOKEN is not set"):
        make_bot(homes.build().house)
    with pytest.raises(SettingsError, match="TRACKER_TELEGRAM_TOKEN is not set"):
        deep_link_of(None, None)
