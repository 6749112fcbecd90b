"""Answering duties over the bot: question by question, recorded once, taken back, and only by who may."""

import asyncio
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from tests.support.agreements import rule
from tests.support.botapi import BROKEN, TOKEN, BotApi
from tests.support.databases import SQLITE
from tests.support.houses import Home, Homes, Recorder, terms_file
from tests.support.phone import Phone, running_bot, settings_of
from tests.support.town import (
    ADMIN,
    AUDITOR,
    BOSS,
    FORMER,
    MANAGER,
    ONE,
    OTHER_MANAGER,
    PEOPLE,
    STRANGER,
    TWO,
    UNSURE,
    town,
    with_accounts,
)
from tracker import flow
from tracker.bootstrap import build_cycle
from tracker.bot.forms.catalogue import FORMS
from tracker.channels.telegram.send import TelegramChannel
from tracker.digests.service import Digests
from tracker.events.model import Event
from tracker.events.tables import EventRow
from tracker.obligations.tables import ObligationRow
from tracker.outbox.dispatch import inline
from tracker.outbox.pace import Limit, Limits
from tracker.people.tables import ConversationRow

DUTY = "utara-2026/renewal-notice/2026-12-18"
ABOUT = {"rule": "renewal-notice", "occurrence": "2026-12-18"}
PDF = b"%PDF-1.7\n" + b"x" * 100
about_telegram_only = pytest.mark.parametrize("engine", [SQLITE], indirect=True)


@pytest.fixture
def home(homes: Homes, api: BotApi) -> Iterator[Home]:
    built = town(homes, evidence_dir=homes.folder / "evidence", **settings_of(api))
    with running_bot(built):
        yield built


def facts(home: Home) -> list[tuple[str, dict[str, Any], str]]:
    return [(row.kind, row.details, row.recorded_by) for row in home.rows(EventRow)]


def state(home: Home, key: str = DUTY) -> Any:
    (row,) = home.rows(ObligationRow, key=key)
    return row


def opened(api: BotApi, chat: int = ONE) -> Phone:
    phone = Phone(api, chat)
    phone.write("/tenggat")
    phone.press("1")
    return phone


@pytest.mark.parametrize("language", ["id", "en"])
def test_acknowledging_with_a_comment_and_taking_it_back(home: Home, api: BotApi, language: str) -> None:
    english = language == "en"
    phone = Phone(api, ONE)
    phone.write(f"/bahasa {language}")
    phone = opened(api)
    asked = phone.press("I know" if english else "Sudah tahu")
    assert ("Write a short note, or skip." if english else "Tulis catatan singkat, atau lewati.") in asked
    assert facts(home) == []
    (check,) = phone.write("sudah   disiapkan <b>Budi</b>")
    assert ("Note: " if english else "Catatan: ") + "sudah disiapkan <b>Budi</b>" in check
    assert facts(home) == []
    done = phone.press("✓ Record" if english else "✓ Catat")
    assert done.startswith("✓ Recorded" if english else "✓ Tercatat")
    assert facts(home) == [
        ("obligation-acknowledged", {**ABOUT, "note": "sudah disiapkan <b>Budi</b>"}, "kesatu:c11, Telegram")
    ]
    assert str(state(home).acknowledged_until) == "2026-11-30"
    assert home.rows(ConversationRow) == []

    assert phone.press("Undo" if english else "Batalkan").startswith(
        "Taken back" if english else "Dibatalkan"
    )
    assert state(home).acknowledged_until is None
    assert [kind for kind, _, _ in facts(home)] == ["obligation-acknowledged", "fact-corrected"]


def test_the_same_button_twice_records_once(home: Home, api: BotApi) -> None:
    phone = opened(api)
    phone.press("Sudah tahu")
    phone.press("Lewati")
    data = phone.buttons["✓ Catat"]
    phone.press_data(data)
    again = phone.press_data(data)
    assert "Sudah diketahui, berlaku sampai: 30 November 2026" in again, "the present state"
    assert len(facts(home)) == 1
    assert "Sudah dicatat: kewajiban ini diketahui" in phone.press("Sudah tahu")


def test_snoozing_within_its_bound(home: Home, api: BotApi) -> None:
    phone = opened(api)
    phone.press("Tunda")
    assert "30 hari" not in phone.buttons
    (wrong,) = phone.write("19/12/2026")
    assert "paling lambat Jumat, 18 Desember 2026" in wrong
    assert "Pilih hari setelah hari ini." in phone.write("2026-11-23")[0]
    assert "Tulis tanggalnya" in phone.write("besok lusa")[0]
    phone.write("1 Desember 2026")
    phone.press("✓ Catat")
    assert str(state(home).snoozed_until) == "2026-12-01"


def test_done_with_dates_letter_and_photo(home: Home, api: BotApi) -> None:
    phone = opened(api)
    phone.press("Sudah dikerjakan")
    assert "Hari itu belum tiba." in phone.write("30/11/2026")[0]
    phone.write("20/11/2026")
    assert "tidak mungkin sebelum" in phone.write("19/11/2026")[0]
    phone.press("Kemarin")
    phone.write("45/X/2026")
    api.uploads["foto"] = PDF
    photo = {"file_id": "foto", "file_unique_id": "u", "file_size": len(PDF)}
    (check,) = phone.happens(message=phone.message(document=photo))
    assert "Berkas bukti: ada" in check
    assert "Nomor surat: 45/X/2026" in check
    assert "Tanggal dikirim atau dikerjakan: Jumat, 20 November 2026" in check
    phone.press("✓ Catat")
    ((kind, details, by),) = facts(home)
    assert (kind, by) == ("notice-served", "kesatu:c11, Telegram")
    digest = details.pop("evidence")
    assert details == {**ABOUT, "sent_on": "2026-11-20", "received_on": "2026-11-22", "letter": "45/X/2026"}
    assert home.house.context.is_held(digest)
    assert state(home).state == "fulfilled"
    assert "Keadaan: selesai" in phone.press("Kewajiban")
    assert "Sudah dikerjakan" not in phone.buttons
    phone.press_data(f"batalkan|utara-2026|{1}")
    assert state(home).state == "open"


@about_telegram_only
@pytest.mark.parametrize(
    ("content", "size", "expected"),
    [(b"MZ not a picture", 16, "Kirim foto, atau berkas PDF"), (PDF, 10**9, "lebih besar dari 20 MB")],
)
def test_files_that_prove_nothing(home: Home, api: BotApi, content: bytes, size: int, expected: str) -> None:
    phone = opened(api)
    phone.press("Sudah dikerjakan")
    for label in ("Hari ini", "Lewati", "Lewati"):
        phone.press(label)
    api.uploads["x"] = content
    file = {"file_id": "x", "file_unique_id": "u", "file_size": size}
    (answer,) = phone.happens(message=phone.message(document=file))
    assert expected in answer
    (answer,) = phone.write("nanti saja")
    assert "tekan Lewati" in answer
    assert facts(home) == []


@pytest.mark.parametrize(
    ("chat", "by"), [(MANAGER, "manager:utara:c15, Telegram"), (BOSS, "c18@example.org, Telegram")]
)
def test_a_manager_waives_with_a_reason(home: Home, api: BotApi, chat: int, by: str) -> None:
    with_accounts(home)
    phone = Phone(api, chat)
    phone.write("/bantuan")
    phone.press_data(f"kewajiban|{DUTY}")
    phone.press("Kesampingkan")
    assert "Tulis beberapa kata." in phone.write("  ")[0]
    phone.write("Sudah digabung dengan perjanjian baru")
    phone.press("✓ Catat")
    ((kind, details, recorded_by),) = facts(home)
    assert (kind, recorded_by) == ("obligation-waived", by)
    assert details == {**ABOUT, "why": "Sudah digabung dengan perjanjian baru"}
    assert state(home).state == "waived"


def test_force_majeure_answers_at_once_with_the_deadline(home: Home, api: BotApi) -> None:
    notice = rule("14 working days after force-majeure-occurred", id="force-majeure-notice")
    officer = {"id": "o", "position": "Kepala", "telegram": 77}
    home.load(terms_file(notice, id="kahar-2026", title="Perjanjian Kahar", contacts=[officer]))
    phone = Phone(api, 77)
    assert "Perjanjian yang mana?" in phone.write("/kahar")[0]
    phone.press("Perjanjian Kahar")
    phone.press("Kemarin")
    phone.press("Dinas Satu")
    phone.write("Banjir menutup kantor")
    done = phone.press("✓ Catat")
    assert "Kamis, 10 Desember 2026 (17 hari lagi)" in done
    ((kind, details, by),) = facts(home)
    assert (kind, details, by) == (
        "force-majeure-occurred",
        {"party": "kesatu", "note": "Banjir menutup kantor"},
        "kesatu:o, Telegram",
    )
    phone.press(next(label for label in phone.buttons if label.startswith("17 hari lagi")))
    assert "Sudah dikerjakan" in phone.buttons


def test_a_new_officer(home: Home, api: BotApi) -> None:
    phone = Phone(api, TWO)
    phone.write("/pejabat")
    phone.press("Kerja Sama Rahasia Babel")
    assert list(phone.buttons)[:1] == ["Badan Utara"], "only of their own party"
    phone.press("Badan Utara")
    phone.press("Hari ini")
    phone.write("Siti")
    assert "bukan alamat e-mail" in phone.write("siti")[0]
    phone.write("siti@example.org")
    phone.press("✓ Catat")
    ((kind, details, _),) = facts(home)
    assert kind == "contact-appointed"
    assert details == {"party": "kedua", "name": "Siti", "email": "siti@example.org"}
    assert phone.write("/tenggat")[0].startswith("Maaf, bot ini hanya"), "the post is another's now"


def test_a_conversation_survives_a_restart_and_ends_politely(homes: Homes, api: BotApi) -> None:
    home = town(homes, **settings_of(api))
    phone = Phone(api, ONE)
    with running_bot(home):
        opened(api)
        phone.press("Sudah tahu")
    with running_bot(home):
        (check,) = phone.write("catatan")
        assert "Catatan: catatan" in check
        home.clock.move_to(home.clock.now() + timedelta(minutes=31))
        (over,) = phone.write("halo?")
        assert "30 menit; tidak ada yang dicatat" in over
        assert "Jumat, 18 Desember 2026" in phone.press("Kewajiban")
        phone.press("Sudah tahu")
        assert phone.press("Batal").startswith("Dibatalkan; tidak ada yang dicatat.")
        phone.press("Kewajiban")
        phone.press("Sudah tahu")
        assert phone.write("/tenggat")[0].startswith("Tenggat"), "a command ends it"
        assert phone.write("halo")[0].startswith("Tidak ada perjanjian")
    assert facts(home) == []
    assert home.rows(ConversationRow) == []


ANSWERING, REPORTING = (ONE, MANAGER, ADMIN, BOSS), (ONE, TWO, MANAGER, ADMIN, BOSS)
WAIVING = (MANAGER, ADMIN, BOSS)
MAY = {
    "tahu": ANSWERING,
    "tunda": ANSWERING,
    "selesai": ANSWERING,
    "kesampingkan": WAIVING,
    "kahar": REPORTING,
    "pejabat": REPORTING,
}
FOR_NOBODY = (STRANGER, FORMER, UNSURE, OTHER_MANAGER)


def test_who_may_do_what(home: Home, api: BotApi) -> None:
    assert set(MAY) == set(FORMS)
    with_accounts(home)
    for chat in (*PEOPLE, BOSS, AUDITOR):
        phone = Phone(api, chat)
        for form, may in MAY.items():
            about = "utara-2026" if form in {"kahar", "pejabat"} else DUTY
            api.screens[str(chat), 1_000_000] = {"text": "?"}
            answer = phone.press_data(f"{form}|{about}", 1_000_000)
            assert ("Batal" in phone.buttons) is (chat in may), (chat, form, answer)
            if chat in FOR_NOBODY:
                assert "Rahasia" not in answer
    assert facts(home) == []


@about_telegram_only
def test_rights_are_asked_for_again_when_it_is_recorded(home: Home, api: BotApi) -> None:
    phone = opened(api)
    phone.press("Sudah tahu")
    phone.press("Lewati")
    home.record(
        "contact-appointed", "2026-11-23", agreement="utara-2026", party="kesatu", name="Baru", replaces="c11"
    )
    assert phone.press("✓ Catat").startswith("Maaf, bot ini hanya")
    assert len(facts(home)) == 1


@about_telegram_only
@pytest.mark.parametrize(
    "data", ["simpan|1", "isi|1|note|x", "urung|1", "batalkan|utara-2026|1", "batalkan", "simpan|x|y/z"]
)
def test_buttons_of_no_conversation(home: Home, api: BotApi, data: str) -> None:
    home.record("obligation-acknowledged", "2026-11-23", agreement="utara-2026", **ABOUT)
    phone = Phone(api, ONE)
    phone.write("/bantuan")
    assert phone.press_data(data)
    assert len(facts(home)) == 1, "what another has recorded is not taken back here"


def delivered(home: Home) -> None:
    """Send what is due, over the real channel for Telegram, at any pace."""
    limits = Limits(Limit(10_000, 1.0), lambda _: ())
    channel = TelegramChannel(TOKEN, home.house.settings.telegram_base_url, limits=limits)
    mail = Recorder("email")

    async def run() -> None:
        await build_cycle(home.house, {"telegram": channel, "email": mail}, inline).run()
        await channel.close()

    asyncio.run(run())


def test_the_buttons_under_an_alert_act_on_it(home: Home, api: BotApi) -> None:
    home.clock.move_to(home.clock.now() + timedelta(days=14))
    delivered(home)
    phone = Phone(api, ONE)
    (alert,) = phone.sent
    assert list(phone.buttons) == ["Sudah dikerjakan", "Sudah tahu", "Tunda", "Lihat"]
    assert "Tulis catatan singkat" in phone.press("Sudah tahu")
    assert len(phone.sent) == 2, "the alert stays as it is"
    phone.press("Lewati")
    phone.press("✓ Catat")
    assert len(phone.sent) == 2
    ((kind, _, by),) = facts(home)
    assert (kind, by) == ("obligation-acknowledged", "kesatu:c11, Telegram")
    assert alert in phone.sent


def test_long_names_fit_under_alerts(home: Home, api: BotApi) -> None:
    name = "perjanjian-dengan-nama-yang-sangat-panjang-sekali-dan-masih-berlanjut"
    officer = {"id": "o", "position": "Kepala", "telegram": 77}
    rules = [rule(f"on 2026-12-{day}", id=f"duty-{day}") for day in (14, 15)]
    home.load(terms_file(*rules, id=name, contacts=[officer]))
    home.clock.move_to(home.clock.now() + timedelta(days=14))
    delivered(home)
    phone = Phone(api, 77)
    assert len(phone.sent) == 1, "one message about both"
    assert all(data.startswith("#") for data in phone.buttons.values())
    assert "duty 15" in phone.press(next(label for label in phone.buttons if "duty 15" in label))


def test_an_alert_tells_who_has_answered(home: Home, api: BotApi) -> None:
    home.clock.move_to(home.clock.now() + timedelta(days=14))
    delivered(home)
    officer, manager = Phone(api, ONE), Phone(api, MANAGER)
    number = max(number for chat, number in api.screens if chat == str(ONE))
    before = officer.shows
    manager.write("/tenggat")
    manager.press("1")
    for label in ("Sudah tahu", "Lewati", "✓ Catat"):
        manager.press(label)
    api.wait_shown(ONE, number, "Sudah diketahui oleh Kepala (Cabang Utara). (7 Desember 2026)")
    assert officer.shows.startswith(before)
    assert list(officer.buttons) == ["Sudah dikerjakan", "Sudah tahu", "Tunda", "Lihat"]
    manager.press("Batalkan")
    with_nothing = officer.shows
    home_record(home, "kesatu:c11, mail link")
    api.wait_shown(ONE, number, "✓ Sudah ditangani oleh Kepala Bidang (Dinas Utara). (7 Desember 2026)")
    assert list(officer.buttons) == ["Lihat"]
    assert "diketahui" not in officer.shows or "diketahui" in with_nothing
    assert "Keadaan: selesai" in officer.press("Lihat")


def home_record(home: Home, by: str) -> None:
    """Record over another face that the duty is done."""
    details = {**ABOUT, "sent_on": "2026-12-04", "received_on": "2026-12-07"}
    event = Event("utara-2026", "notice-served", date(2026, 12, 7), details)
    flow.record_event(home.db, home.house.context, event, home.clock.now(), by)


def test_messages_about_several_duties_tell_who_has_answered(home: Home, api: BotApi) -> None:
    officer = {"id": "o", "position": "Kepala", "telegram": 77}
    rules = [rule(f"on 2026-12-{day}", id=f"duty-{day}") for day in (14, 15)]
    home.load(terms_file(*rules, id="dua-tugas", contacts=[officer], unit="utara"))
    home.clock.move_to(home.clock.now() + timedelta(days=14))
    Digests().tell_due(home.db, home.house.context, home.clock.now())
    delivered(home)
    mine, manager = Phone(api, 77), Phone(api, MANAGER)
    number = max(number for chat, number in api.screens if chat == "77")
    summary = max(
        number
        for (chat, number), shown in api.screens.items()
        if chat == str(MANAGER) and "duty 14" in shown["text"]
    )
    assert "Kewajiban berikut menunggu Anda" in mine.shows

    def answer(duty: str) -> None:
        details = {"rule": duty, "occurrence": f"2026-12-{duty[-2:]}"}
        event = Event("dua-tugas", "obligation-acknowledged", date(2026, 12, 7), details)
        flow.record_event(home.db, home.house.context, event, home.clock.now(), "kesatu:o, mail link")

    answer("duty-14")
    said = "Sudah diketahui oleh Kepala (Dinas Satu). (7 Desember 2026)"
    api.wait_shown(77, number, said)
    assert mine.shows.count(said) == 1
    assert mine.shows.index("duty 14") < mine.shows.index(said) < mine.shows.index("duty 15")
    assert len(mine.buttons) == 2, "both can still be opened"
    api.wait_shown(MANAGER, summary, said)
    assert manager.sent
    answer("duty-15")
    api.wait_shown(77, number, said)
    with api._came:
        assert api._came.wait_for(lambda: mine.shows.count(said) == 2, 20)
    home.record("fact-corrected", "2026-12-07", agreement="dua-tugas", corrects="1", why="x", withdrawn="yes")
    with api._came:
        assert api._came.wait_for(lambda: mine.shows.count(said) == 1, 20)


@about_telegram_only
def test_a_message_that_cannot_be_changed_now_is_changed_later(home: Home, api: BotApi) -> None:
    home.clock.move_to(home.clock.now() + timedelta(days=14))
    delivered(home)
    number = max(number for chat, number in api.screens if chat == str(ONE))
    api.fail_once += [("editMessageText", BROKEN)] * 3
    home_record(home, "kesatu:c11, mail link")
    api.wait_shown(ONE, number, "Sudah ditangani oleh")
    assert api.fail_once == []
