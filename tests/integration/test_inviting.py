"""Inviting people to the bot: only whom the terms, a unit or the settings name; by mail on request."""

import pytest

from tests.support.houses import Home, Homes
from tests.support.town import town
from tracker.base.errors import UnknownThingError
from tracker.inviting import Invitation, invite
from tracker.outbox.content import ListContent, read_content
from tracker.outbox.tables import AlertRow
from tracker.people.tables import LinkCodeRow


@pytest.fixture
def home(homes: Homes) -> Home:
    return town(homes, fallback_email="Admin@example.org", fallback_name="Koordinator")


def invited(home: Home, address: str, *, send: bool = False) -> Invitation:
    context, now = home.house.context, home.clock.now()
    return invite(home.db, context, address, "tester", now, "https://t.me/bot?start={}".format, send=send)


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
    assert made.link in content.lead[0]
