"""Who wants no digest gets none; whoever runs the service always gets it."""

import pytest

from tests.integration.test_flow import wib
from tests.support.houses import Homes
from tracker.digests.morning import tell_morning
from tracker.outbox.keys import SUMMARY
from tracker.outbox.tables import AlertRow
from tracker.outbox.unsubscribed import subscribe, unsubscribe, wanted
from tracker.reminders.recipients import EMAIL, TELEGRAM, Route

ADDRESS = "kepala@example.org"


def route(contact: str, address: str = ADDRESS, channel: str = EMAIL) -> Route:
    return Route(contact, "Kepala", "id", channel, address)


@pytest.mark.parametrize(
    ("way", "expected"),
    [
        (route("kesatu:kepala"), False),
        (route("kesatu:kepala", "Kepala@Example.ORG"), False),
        (route("kedua:kepala"), False),
        (route("kesatu:kepala", "lain@example.org"), True),
        (route("kesatu:kepala", ADDRESS, TELEGRAM), True),
        (route("fallback"), True),
        (route("fallback:kesatu:kepala"), True),
    ],
)
def test_by_address_and_channel(homes: Homes, way: Route, expected: bool) -> None:  # noqa: FBT001
    home = homes.build()
    with home.db.write() as connection:
        unsubscribe(connection, ADDRESS, EMAIL, SUMMARY, home.clock.now())
        unsubscribe(connection, ADDRESS, EMAIL, SUMMARY, home.clock.now())
        unsubscribe(connection, "lain@example.org", EMAIL, "weekly", home.clock.now())
    with home.db.read() as connection:
        assert wanted(connection, [way], SUMMARY) == ([way] if expected else [])


def test_and_back_again(homes: Homes) -> None:
    home, way = homes.build(), route("kesatu:kepala")
    with home.db.write() as connection:
        unsubscribe(connection, ADDRESS, EMAIL, SUMMARY, home.clock.now())
        subscribe(connection, ADDRESS.upper(), EMAIL, SUMMARY)
    with home.db.read() as connection:
        assert wanted(connection, [way], SUMMARY) == [way]


def test_the_heartbeat_goes_on(homes: Homes) -> None:
    home = homes.build(wib("2026-11-23T08:00"), channels=(EMAIL,), fallback_email=ADDRESS)
    with home.db.write() as connection:
        unsubscribe(connection, ADDRESS, EMAIL, SUMMARY, home.clock.now())
    assert tell_morning(home.db, home.house.context, home.clock.now())
    assert [(row.contact, row.address) for row in home.rows(AlertRow)] == [("fallback", ADDRESS)]


def test_somebody_else_is_left_out(homes: Homes, monkeypatch: pytest.MonkeyPatch) -> None:
    home = homes.build(wib("2026-11-23T08:00"), channels=(EMAIL,))
    ways = [route("kesatu:kepala"), route("kesatu:wakil", "wakil@example.org")]
    monkeypatch.setattr(type(home.house.context.routing), "operator_routes", lambda *_: ways)
    with home.db.write() as connection:
        unsubscribe(connection, ADDRESS, EMAIL, SUMMARY, home.clock.now())
    assert tell_morning(home.db, home.house.context, home.clock.now())
    assert [row.address for row in home.rows(AlertRow)] == ["wakil@example.org"]

    with home.db.write() as connection:
        unsubscribe(connection, "wakil@example.org", EMAIL, SUMMARY, home.clock.now())
    home.clock.move_to(wib("2026-11-24T08:00"))
    assert not tell_morning(home.db, home.house.context, home.clock.now())
