"""Inviting people to the bot: only whom the terms, a unit or the settings name; by mail on request."""

import pytest

from tests.support.botapi import TOKEN, BotApi
from tests.support.databases import SQLITE
from tests.support.houses import Home, Homes, Recorder
from tests.support.phone import settings_of
from tests.support.town import AUDITOR, BOSS, town, with_accounts
from tracker.base.errors import SettingsError, UnknownThingError
from tracker.cli import contact
from tracker.inviting import Invitation, invite
from tracker.outbox.compose_list import about_the_service
from tracker.outbox.content import ListContent, read_content
from tracker.outbox.delivery import SendError
from tracker.outbox.sealed import no_codes, unsealed
from tracker.outbox.tables import AlertRow
from tracker.people import codes
from tracker.people.tables import LinkCodeRow
from tracker.reminders.recipients import Route


@pytest.fixture
def home(homes: Homes) -> Home:
    return town(homes, telegram_token=TOKEN, fallback_email="Admin@example.org", fallback_name="Koordinator")


def invited(home: Home, address: str, *, send: bool = False) -> Invitation:
    context, now = home.house.context, home.clock.now()
    link_of = "https://t.me/bot?start={}".format
    return invite(home.db, context, address, "tester", now, link_of, secret=TOKEN, send=send)


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("C11@example.org", "Kepala Bidang (Dinas Utara)"),
        ("c12@example.org", "Kepala Cabang (Badan Utara)"),
        ("c15@example.org", "Kepala (Cabang Utara)"),
        ("admin@example.org", "Koordinator"),
    ],
)
def test_who_can_be_invited(home: Home, address: str, name: str) -> None:
    made = invited(home, address)
    assert (made.name, made.mailed) == (name, False)
    (row,) = home.rows(LinkCodeRow)
    assert (row.address, row.made_by, row.used_at) == (address.lower(), "tester", None)
    assert home.rows(AlertRow) == []


@pytest.mark.parametrize("address", ["c13@example.org", "c17@example.org", "nobody@example.org", "", "%"])
def test_who_cannot(home: Home, address: str) -> None:
    with pytest.raises(UnknownThingError, match="Nobody who serves today"):
        invited(home, address)
    assert home.rows(LinkCodeRow) == []


def test_by_mail(home: Home) -> None:
    made = invited(home, "C11@example.org", send=True)
    (row,) = home.rows(AlertRow)
    content = read_content(row.content)
    assert isinstance(content, ListContent)
    assert (row.channel, row.address, row.groupable) == ("email", "C11@example.org", False)
    assert content.recipient == "Kepala Bidang (Dinas Utara)"

    code = made.link.rpartition("=")[2]
    assert code not in row.content, "what is stored opens nothing"
    with home.db.write() as connection:
        assert codes.use(connection, content.sealed, 5, home.clock.now()) is None
        assert codes.use(connection, content.link.rpartition("=")[2], 5, home.clock.now()) is None

    mail = home.run_until(home.clock.now(), Recorder("email"))
    (sent,) = [each.content for each in mail.sent if each.alert_key == row.key]
    assert isinstance(sent, ListContent)
    assert made.link in sent.lead[0]
    assert (sent.link, sent.sealed) == (made.link, "")
    with home.db.write() as connection:
        found = codes.use(connection, code, 5, home.clock.now())
    assert found is not None
    assert found.address == "c11@example.org"


def test_without_the_token_no_code_is_made() -> None:
    content = about_the_service(Route("x", "x", "id", "email", "x"), "Asia/Jakarta", "x", "x", ["x name"])
    assert unsealed(content, no_codes) == content
    with pytest.raises(SendError, match="TRACKER_TELEGRAM_TOKEN is not set here"):
        unsealed(content.model_copy(update={"sealed": "name"}), no_codes)


@pytest.mark.parametrize("chat", [BOSS, AUDITOR])
def test_accounts_can_be_invited(home: Home, chat: int) -> None:
    with_accounts(home)
    assert invited(home, f"c{chat}@example.org").name == f"Akun {chat}"


@pytest.mark.parametrize("engine", [SQLITE], indirect=True)
def test_the_command_links_people_and_groups(
    homes: Homes, api: BotApi, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home = town(homes, **settings_of(api))
    monkeypatch.setattr("tracker.bootstrap.build", lambda: home.house)
    contact.link("c11@example.org")
    contact.link(group="utara", alerts=True)
    said = capsys.readouterr()
    person, group = said.out.splitlines()
    assert person.startswith("Kepala Bidang (Dinas Utara): https://t.me/pelacak_test_bot?start=")
    assert group.startswith("utara: https://t.me/pelacak_test_bot?startgroup=")
    assert f"/kaitkan {group.rpartition('=')[2]}" in said.err
    assert {(row.address, row.unit, row.hears) for row in home.rows(LinkCodeRow)} == {
        ("c11@example.org", "", "digests"),
        ("", "utara", "all"),
    }
    for wrong in ({}, {"address": "a@example.org", "group": "utara"}, {"address": "a", "alerts": True}):
        with pytest.raises(SettingsError, match="expected an ADDRESS"):
            contact.link(**wrong)
