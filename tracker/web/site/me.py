"""One's own page: who one is here, where one is signed in, the link for one's calendar, and tokens."""

from collections.abc import Iterator
from datetime import timedelta
from http import HTTPStatus
from zoneinfo import ZoneInfo

from starlette.responses import Response

from tracker import signing_in
from tracker.accounts import calendar_links, sessions, tokens, webhooks
from tracker.accounts.kinds import Happens
from tracker.accounts.tokens import Scope
from tracker.people.rights import Office
from tracker.web.fields import text_of
from tracker.web.site.visit import Visit
from tracker.web.site.webhooks import units_of
from tracker.web.site.words import WEBHOOK_KINDS

_DAYS = (30, 90, 365)


def me(visit: Visit) -> Response:
    """Show it."""
    return page(visit)


def sign_out_everywhere(visit: Visit) -> Response:
    """End every session of this address, this one too."""
    signing_in.leave_everywhere(visit.base.house.db, visit.address, visit.now)
    return visit.go("/masuk", tercatat="keluar")


def make_link(visit: Visit) -> Response:
    """Make a calendar link, in the place of the one before; it is shown once."""
    with visit.base.house.db.write() as connection:
        secret = calendar_links.make(connection, visit.address, visit.language, visit.now)
    return page(visit, f"{visit.base.url}{calendar_links.path_of(secret)}")


def revoke_link(visit: Visit) -> Response:
    """Take the calendar link back."""
    with visit.base.house.db.write() as connection:
        calendar_links.revoke(connection, visit.address, visit.now)
    return visit.go("/saya", tercatat="kalender-dicabut")


def make_token(visit: Visit) -> Response:
    """Make a token for a program; it is shown once."""
    name, days = text_of(visit.given, "nama"), text_of(visit.given, "hari")
    wanted = [Scope.READ, Scope.WRITE] if text_of(visit.given, "lingkup") == "write" else [Scope.READ]
    if not name or len(name) > tokens.LONGEST_NAME or days not in map(str, _DAYS):
        said = visit.say(
            "Beri nama untuk token itu, paling panjang 60 huruf.", "Name the token, in 60 letters."
        )
        return visit.trouble(HTTPStatus.UNPROCESSABLE_ENTITY, said)
    with visit.base.house.db.write() as connection:
        if tokens.count(connection, visit.address, visit.now) >= tokens.AT_MOST:
            said = visit.say(
                "Cabut dahulu token yang tidak dipakai.", "Take back a token that is not used first."
            )
            return visit.trouble(HTTPStatus.CONFLICT, said)
        lasts = timedelta(days=int(days))
        secret = tokens.make(
            connection, visit.address, name, wanted, visit.now, by=f"{visit.address}, web", lasts=lasts
        )
    return page(visit, made_token=secret)


def revoke_token(visit: Visit) -> Response:
    """Take a token of one's own back."""
    with visit.base.house.db.write() as connection:
        tokens.revoke(connection, text_of(visit.given, "token"), visit.now, visit.address)
    return visit.go("/saya", tercatat="token-dicabut")


def page(visit: Visit, made: str = "", made_token: str = "", made_webhook: str = "") -> Response:
    """Show it, with what was just made."""
    connection = visit.sight.connection
    link = calendar_links.of_address(connection, visit.address)
    with visit.base.house.db.read() as now:  # what was made just now is not in the look that began before
        held = tokens.in_force(now, visit.now, visit.address)
        wishes, ended = webhooks.in_force(now, visit.address), webhooks.ended_of(now, visit.address)
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
        tokens=held,
        made_token=made_token,
        token_days=_DAYS,
        made_webhook=made_webhook,
        webhooks=wishes,
        webhooks_ended=ended,
        webhook_kinds=[(kind.value, visit.say(*WEBHOOK_KINDS[kind])) for kind in Happens],
        webhook_units=units_of(visit),
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
