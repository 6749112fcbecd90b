"""Signing in: a link by mail to whoever is somebody here, and the session it opens.

Whether an address is known is told to nobody: the answer is the same, and the work is done after it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from tracker.accounts import accounts, book, hidden, sessions
from tracker.accounts.book import What
from tracker.base.dates import local_time
from tracker.base.db import Database
from tracker.obligations.wording import pick
from tracker.outbox import service as outbox
from tracker.outbox.compose_list import about_the_service
from tracker.people.rights import language_of, name_of
from tracker.reminders.recipients import EMAIL, FILE, Route
from tracker.seen.sight import Sight
from tracker.steps.alerting import list_row
from tracker.steps.context import Context

SIGN_IN = "sign-in"
LINKS_AT_MOST = 3
"""For one address, while a link lasts."""
ASKED_AT_MOST = 100
"""By everybody together, in a minute: more is a flood."""
_LONGEST = 254
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_TITLE = ("Tautan masuk ke pelacak tenggat", "Your link to sign in to the deadline tracker")
_LEAD = (
    (
        "Buka tautan ini di peramban yang tadi Anda pakai, lalu tekan Masuk: {link}",
        "Berlaku sampai {until}, sekali pakai, hanya di peramban itu.",
        "Tidak meminta tautan ini? Abaikan saja: tanpa peramban itu tautan ini tidak membuka apa pun.",
    ),
    (
        "Open this link in the browser that you used just now, then press Sign in: {link}",
        "It is valid until {until}, once, and only in that browser.",
        "You did not ask for it? Ignore it: without that browser it opens nothing.",
    ),
)


@dataclass(frozen=True, slots=True)
class Entered:
    """A session that was opened."""

    secret: str
    language: str


def address_in(text: str) -> str | None:
    """Read an address that somebody typed; None where it is none."""
    found = text.strip().lower()
    return found if len(found) <= _LONGEST and _ADDRESS.fullmatch(found) else None


def is_flood(db: Database, now: datetime) -> bool:
    """Tell whether so many links were asked for that no more can be."""
    with db.read() as connection:
        return book.asked_since(connection, now - timedelta(minutes=1)) >= ASKED_AT_MOST


def ask(
    db: Database, context: Context, address: str, browser: str, now: datetime, link_of: Callable[[str], str]
) -> None:
    """Send a link to an address, if somebody has it who may look at anything."""
    with db.write() as connection:
        sight = Sight(connection, context, accounts.identity(connection, address), now)
        if not sight.is_known:
            book.note(connection, What.UNKNOWN, now)
            return
        if book.links_since(connection, address, now - sessions.LINK_LASTS) >= LINKS_AT_MOST:
            book.note(connection, What.LIMITED, now, address)
            return
        secret = sessions.make_link(connection, address, browser, now)
        outbox.add(connection, [_message(sight, address, link_of(secret), hidden.digest(secret))])
        book.note(connection, What.ASKED, now, address)


def is_open(db: Database, secret: str, browser: str, now: datetime) -> bool:
    """Tell whether a link would sign somebody in here."""
    with db.read() as connection:
        return sessions.is_open(connection, secret, browser, now)


def enter(db: Database, context: Context, secret: str, browser: str, now: datetime) -> Entered | None:
    """Use a link up and open a session; None where it opens nothing."""
    with db.write() as connection:
        address = sessions.use_link(connection, secret, browser, now)
        if address is None:
            book.note(connection, What.REFUSED, now)
            return None
        sight = Sight(connection, context, accounts.identity(connection, address), now)
        book.note(connection, What.IN, now, address)
        return Entered(sessions.begin(connection, address, now), _language(sight))


def enter_as(db: Database, context: Context, address: str, now: datetime) -> Entered | None:
    """Open a session for an address that somebody else vouches for; None where nobody here has it."""
    with db.write() as connection:
        sight = Sight(connection, context, accounts.identity(connection, address), now)
        if not sight.is_known:
            return None
        book.note(connection, What.IN, now, address)
        return Entered(sessions.begin(connection, address, now), _language(sight))


def note_refused(db: Database, now: datetime) -> None:
    """Note that somebody was not signed in."""
    with db.write() as connection:
        book.note(connection, What.REFUSED, now)


def leave(db: Database, session: sessions.Session, now: datetime) -> None:
    """Sign out."""
    with db.write() as connection:
        sessions.end(connection, session, now)
        book.note(connection, What.OUT, now, session.address)


def leave_everywhere(db: Database, address: str, now: datetime) -> None:
    """End every session of an address."""
    with db.write() as connection:
        sessions.end_all(connection, address, now)
        book.note(connection, What.ENDED, now, address)


def name_seen(connection: Connection, sight: Sight, address: str) -> str:
    """Name whoever reads at an address, as the terms, the settings or the account do."""
    account = accounts.get(connection, address) if sight.identity.office else None
    if account is not None and account.name:
        return account.name
    own = list(sight.own.values())
    return name_of(sight.identity, sight.context.routing, own, sight.today) or address


def _language(sight: Sight) -> str:
    own = list(sight.own.values())
    return language_of(sight.identity, sight.context.routing, own, sight.today) or "id"


def _message(sight: Sight, address: str, link: str, name_of_link: str) -> dict[str, Any]:
    context, now = sight.context, sight.now
    language: Literal["id", "en"] = "en" if _language(sight) == "en" else "id"
    until = local_time(now + sessions.LINK_LASTS, ZoneInfo(context.timezone), language)
    name = name_seen(sight.connection, sight, address)
    channel = EMAIL if EMAIL in context.routing.channels else FILE
    route = Route(SIGN_IN, name, language, channel, address)
    lead = [line.format(link=link, until=until) for line in _LEAD[language == "en"]]
    content = about_the_service(route, context.timezone, SIGN_IN, pick(_TITLE, language), lead)
    content = content.model_copy(update={"link": link})
    return list_row(context, f"{SIGN_IN}/{name_of_link}", route, content, now)
