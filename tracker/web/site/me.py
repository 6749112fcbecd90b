"""One's own page: who one is here, where one is signed in, and the link for one's calendar."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from starlette.responses import Response

from tracker import signing_in
from tracker.accounts import calendar_links, sessions
from tracker.people.rights import Office
from tracker.web.site.visit import Visit


def me(visit: Visit) -> Response:
    """Show it."""
    return _page(visit)


def sign_out_everywhere(visit: Visit) -> Response:
    """End every session of this address, this one too."""
    signing_in.leave_everywhere(visit.base.house.db, visit.address, visit.now)
    return visit.go("/masuk", tercatat="keluar")


def make_link(visit: Visit) -> Response:
    """Make a calendar link, in the place of the one before; it is shown once."""
    with visit.base.house.db.write() as connection:
        secret = calendar_links.make(connection, visit.address, visit.language, visit.now)
    return _page(visit, f"{visit.base.url}/kalender/{secret}.ics")


def revoke_link(visit: Visit) -> Response:
    """Take the calendar link back."""
    with visit.base.house.db.write() as connection:
        calendar_links.revoke(connection, visit.address, visit.now)
    return visit.go("/saya", tercatat="kalender-dicabut")


def _page(visit: Visit, made: str = "") -> Response:
    connection = visit.sight.connection
    link = calendar_links.of_address(connection, visit.address)
    own = visit.session.digest if visit.session else ""
    return visit.page(
        "me.html",
        name=visit.name,
        address=visit.address,
        roles=list(_roles(visit)),
        sessions=[
            (one.made_at, one.seen_at, one.digest == own)
            for one in sessions.of_address(connection, visit.address, visit.now)
        ],
        link=link,
        made=made,
        zone=ZoneInfo(visit.context.timezone),
    )


def _roles(visit: Visit) -> Iterator[str]:
    reach, sight = visit.sight.reach, visit.sight
    if sight.identity.office is Office.AUDITOR:
        yield visit.say(
            "Pemeriksa: melihat semuanya, tidak mencatat apa pun", "Auditor: sees all, records nothing"
        )
        return
    if reach.everything:
        yield visit.say(
            "Pengelola: melihat dan mencatat semuanya", "Administrator: sees and records everything"
        )
    for name in sorted(reach.units):
        unit = visit.context.routing.units[name].name
        yield visit.say(f"Pimpinan unit {unit}", f"Manager of the unit {unit}")
    if sight.own:
        count = len(sight.own)
        yield visit.say(
            f"Narahubung {count} perjanjian", f"Contact of {count} agreement{'' if count == 1 else 's'}"
        )
