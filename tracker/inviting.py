"""Inviting to the bot: a code for an address that is somebody's, or for a group that is to hear of a unit."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select
from sqlmodel import col

from tracker.accounts import accounts
from tracker.base.db import Database
from tracker.base.errors import UnknownThingError
from tracker.events.log import effective
from tracker.events.service import logs_of
from tracker.obligations.decided import decided
from tracker.obligations.wording import pick
from tracker.outbox import service as outbox
from tracker.outbox.compose_list import about_the_service
from tracker.people import codes
from tracker.people.chats import Chat
from tracker.people.codes import Target
from tracker.people.rights import language_of, name_of
from tracker.reminders.group_chats import Hears
from tracker.reminders.recipients import EMAIL, FILE, TELEGRAM, Route
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

_REPLACED_TITLE = ("Chat ini tidak lagi tertaut", "This chat is linked no more")
_REPLACED = (
    (
        "{address} kini tertaut ke chat Telegram lain: pengingat dan jawaban datang di sana, bukan di sini.",
        "{address} is now linked to another Telegram chat: reminders and answers come there, not here.",
    ),
    (
        "Bukan Anda yang menautkannya? Beri tahu pengelola perjanjian di kantor Anda.",
        "It was not you who linked it? Tell whoever manages agreements in your office.",
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
    secret: str,
    send: bool,
) -> Invitation:
    """Make a link for an address; UnknownThingError where nobody serves there today.

    `secret` is what codes are made with. What is sent holds the name of the code until it leaves.
    """
    day = now.date()
    with db.write() as connection:
        identity = accounts.identity(connection, address)
        account = accounts.get(connection, address)
        known = list(_agreements_of(connection, address))
        name = (account.name or address) if account else name_of(identity, context.routing, known, day)
        if not name:
            raise UnknownThingError(
                f"Nobody who serves today has the address {address!r}: it must stand in an agreement, "
                "in rules/units.yaml, or in TRACKER_FALLBACK_EMAIL, and must not wait to be confirmed; "
                "or have an account ('tracker user add')."
            )
        code = codes.make(connection, Target(address), by, now, secret)
        if send:
            language = language_of(identity, context.routing, known, day)
            channel = EMAIL if EMAIL in context.routing.channels else FILE
            route = Route(LINK, name, language or "id", channel, address)
            outbox.add(connection, [_message(context, route, link_of(code.name), code.name, now)])
    return Invitation(name, link_of(code.text), send)


def invite_group(
    db: Database, context: Context, unit: str, hears: Hears, by: str, now: datetime, secret: str
) -> str:
    """Make a code by which a group is linked to a unit; UnknownThingError where there is no such unit."""
    if unit not in context.routing.units:
        known = ", ".join(sorted(context.routing.units)) or "none"
        raise UnknownThingError(f"There is no unit {unit!r} in rules/units.yaml; there is {known}.")
    with db.write() as connection:
        return codes.make(connection, Target(unit=unit, hears=hears), by, now, secret).text


def tell_replaced(
    connection: Connection, context: Context, address: str, before: Iterable[Chat], now: datetime
) -> None:
    """Tell chats that another one has taken their place, for an address has one chat."""
    rows = []
    for chat in before:
        route = Route(LINK, address, "en" if chat.language == "en" else "id", TELEGRAM, str(chat.id))
        lead = [
            pick((line[0].format(address=address), line[1].format(address=address)), route.language)
            for line in _REPLACED
        ]
        title = pick(_REPLACED_TITLE, route.language)
        content = about_the_service(route, context.timezone, LINK, title, lead)
        rows.append(list_row(context, f"{LINK}/replaced/{chat.id}/{now.isoformat()}", route, content, now))
    outbox.add(connection, rows)


def _message(context: Context, route: Route, link: str, name: str, now: datetime) -> dict[str, Any]:
    lead = [sentence.format(link=link) for sentence in (_LEAD[1] if route.language == "en" else _LEAD[0])]
    content = about_the_service(route, context.timezone, LINK, pick(_TITLE, route.language), lead)
    content = content.model_copy(update={"link": link, "sealed": name})
    return list_row(context, f"{LINK}/{route.address.lower()}/{now.isoformat()}", route, content, now)


def _agreements_of(connection: Connection, address: str) -> Iterator[Agreement]:
    """Yield agreements in which an address stands, as the facts have changed them."""
    query = select(col(ContactRow.agreement_id)).where(col(ContactRow.address) == address.lower()).distinct()
    names = sorted(connection.execute(query.limit(_LOOKED_AT)).scalars())
    logs = logs_of(connection, names)
    for name, written in agreements(connection, names).items():
        yield decided(written, effective(logs.get(name, ())))
