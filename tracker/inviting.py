"""Inviting somebody to the bot: a code for an address that the terms, a unit or the settings name."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select
from sqlmodel import col

from tracker.base.db import Database
from tracker.base.errors import UnknownThingError
from tracker.events.log import effective
from tracker.events.service import logs_of
from tracker.obligations.decided import decided
from tracker.obligations.wording import pick
from tracker.outbox import service as outbox
from tracker.outbox.compose_list import about_the_service
from tracker.people import codes
from tracker.people.rights import Identity, language_of, name_of
from tracker.reminders.recipients import EMAIL, FILE, Route
from tracker.reminders.tables import ContactRow
from tracker.steps.alerting import list_row
from tracker.steps.context import Context
from tracker.terms.model import Agreement
from tracker.terms.service import agreements

LINK = "link"
_LOOKED_AT = 200
_TITLE = ("Tautkan Telegram Anda ke pelacak tenggat", "Link your Telegram to the deadline tracker")
_LEAD = (
    (
        "Buka tautan ini di ponsel yang memakai Telegram, lalu tekan MULAI: {link}",
        "Sesudah itu pengingat juga datang di Telegram, dan Anda dapat bertanya di sana.",
        "Tautan ini hanya untuk Anda: berlaku 24 jam, sekali pakai. Jangan diteruskan.",
    ),
    (
        "Open this link on the phone that has Telegram, then press START: {link}",
        "After that reminders also come in Telegram, and you can ask there.",
        "This link is only for you: it is valid for 24 hours, once. Do not pass it on.",
    ),
)


@dataclass(frozen=True, slots=True)
class Invitation:
    """A link that was made, for whom, and whether it is on its way by mail."""

    name: str
    link: str
    mailed: bool


def invite(
    db: Database,
    context: Context,
    address: str,
    by: str,
    now: datetime,
    link_of: Callable[[str], str],
    *,
    send: bool,
) -> Invitation:
    """Make a link for an address; UnknownThingError where nobody serves there today."""
    identity = Identity.of(email=address)
    day = now.date()
    with db.write() as connection:
        known = list(_agreements_of(connection, address))
        name = name_of(identity, context.routing, known, day)
        if not name:
            raise UnknownThingError(
                f"Nobody who serves today has the address {address!r}: it must stand in an agreement, "
                "in rules/units.yaml, or in TRACKER_FALLBACK_EMAIL, and must not wait to be confirmed."
            )
        link = link_of(codes.make(connection, address, by, now))
        if send:
            language = language_of(identity, context.routing, known, day)
            channel = EMAIL if EMAIL in context.routing.channels else FILE
            route = Route(LINK, name, language or "id", channel, address)
            outbox.add(connection, [_message(context, route, link, now)])
    return Invitation(name, link, send)


def _message(context: Context, route: Route, link: str, now: datetime) -> dict[str, Any]:
    lead = [sentence.format(link=link) for sentence in (_LEAD[1] if route.language == "en" else _LEAD[0])]
    content = about_the_service(route, context.timezone, LINK, pick(_TITLE, route.language), lead)
    return list_row(context, f"{LINK}/{route.address.lower()}/{now.isoformat()}", route, content, now)


def _agreements_of(connection: Connection, address: str) -> Iterator[Agreement]:
    """Yield agreements in which an address stands, as the facts have changed them."""
    query = select(col(ContactRow.agreement_id)).where(col(ContactRow.address) == address.lower()).distinct()
    names = sorted(connection.execute(query.limit(_LOOKED_AT)).scalars())
    logs = logs_of(connection, names)
    for name, written in agreements(connection, names).items():
        yield decided(written, effective(logs.get(name, ())))
