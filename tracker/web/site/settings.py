"""Settings: the people of the agreements one sees, the chains in force, and how one is told oneself."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlmodel import col
from starlette.responses import Response

from tracker.base.dates import local_time
from tracker.base.errors import TrackerError, UnknownThingError
from tracker.outbox import doubts, unsubscribed
from tracker.outbox.keys import DIGESTS, LONG_HOLIDAY, LOOK_AHEAD, SUMMARY
from tracker.outbox.tables import DoubtfulAddressRow, UnsubscribedRow
from tracker.people import chats
from tracker.proof.words import channel_text
from tracker.reminders.policy import DAILY, Chain, Delays, Ladder
from tracker.reminders.recipients import CHANNELS, titled
from tracker.reminders.tables import ContactRow
from tracker.terms.model import Agreement
from tracker.terms.people import Contact
from tracker.terms.tables import AgreementRow
from tracker.web.fields import text_of
from tracker.web.site.agreements import Side, addresses_of, side_of
from tracker.web.site.failures import why_text
from tracker.web.site.visit import Visit, path_to
from tracker.web.site.words import LADDERS, of

A_PAGE = 10
_DOUBTS_AT_MOST = 50
_OWN_AT_MOST = 20
_DIGESTS = {
    SUMMARY: ("Ringkasan pagi", "Morning summary"),
    LOOK_AHEAD: ("Ringkasan mingguan", "Weekly look-ahead"),
    LONG_HOLIDAY: ("Sebelum libur panjang", "Before a long holiday"),
}


@dataclass(frozen=True, slots=True)
class Doubt:
    """One address that does not work, and the agreements in which it stands."""

    address: str
    channel: str
    since: datetime
    why: str
    answer: str
    agreements: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Chained:
    """One ladder and its chain in words."""

    name: str
    points: str
    starts: str
    steps: str
    urgent: str


@dataclass(frozen=True, slots=True)
class Own:
    """One post of the reader, and what it says of how they are told."""

    post: str
    agreement: str
    path: str
    wishes: Sequence[str]


@dataclass(frozen=True, slots=True)
class Staffed:
    """One agreement and its people."""

    title: str
    path: str
    sides: Sequence[Side]


def settings(visit: Visit) -> Response:
    """Show them."""
    return _page(visit)


def invite(visit: Visit) -> Response:
    """Make a link that ties the reader's Telegram to their address; it is shown once."""
    house = visit.base.house
    token = house.settings.telegram_token.get_secret_value() if house.settings.telegram_token else None
    if token is None:
        return visit.not_there()
    from tracker.channels.telegram.deep_link import deep_link_of
    from tracker.inviting import invite as make

    try:
        link_of = deep_link_of(token, house.settings.telegram_base_url)
        made = make(
            house.db,
            visit.context,
            visit.address,
            visit.address,
            visit.now,
            link_of,
            secret=token,
            send=False,
        )
    except UnknownThingError:
        said = visit.say(
            "Perjanjian, unit, dan pengaturan tidak menyebut alamat Anda: tidak ada yang dikirim ke sana.",
            "No agreement, unit or setting names your address: nothing is sent there.",
        )
        return visit.trouble(HTTPStatus.CONFLICT, said)
    except TrackerError:
        said = visit.say(
            "Telegram tidak menjawab. Coba lagi nanti.", "Telegram does not answer. Try again later."
        )
        return visit.trouble(HTTPStatus.SERVICE_UNAVAILABLE, said)
    return _page(visit, made.link)


def subscribe(visit: Visit) -> Response:
    """Take back that a digest is not wanted any more."""
    digest, channel = text_of(visit.given, "ringkasan"), text_of(visit.given, "saluran")
    if digest not in DIGESTS or channel not in CHANNELS:
        return visit.not_there()
    with visit.base.house.db.write() as connection:
        unsubscribed.subscribe(connection, visit.address, channel, digest)
    return visit.go("/settings", tercatat="ringkasan")


def _page(visit: Visit, made: str = "") -> Response:
    connection, house = visit.sight.connection, visit.base.house
    last = visit.asked("sesudah")
    found, following = visit.sight.agreements_after(last, A_PAGE)
    held = doubts.held(connection, [address for one in found for address in addresses_of(one)])
    policy = visit.context.policy
    return visit.page(
        "settings.html",
        doubts=list(_doubts(visit)) if visit.sight.reach.oversees else [],
        staffed=[_staffed(visit, one, held) for one in found],
        following=following,
        is_first=not last,
        chains=[_chained(visit, name, ladder) for name, ladder in policy.ladders.items()],
        hours=(policy.send_at.strftime("%H.%M"), policy.office_hours_end.strftime("%H.%M")),
        own=list(_own(visit)),
        silent=list(_silent(visit)),
        telegram=house.settings.telegram_token is not None,
        linked=_is_linked(visit),
        made=made,
        zone=ZoneInfo(visit.context.timezone),
    )


def _doubts(visit: Visit) -> Iterator[Doubt]:
    """Yield the addresses that do not work in agreements that the reader oversees, the latest first."""
    rows = visit.sight.connection.execute(
        select(DoubtfulAddressRow).order_by(col(DoubtfulAddressRow.since).desc()).limit(_DOUBTS_AT_MOST)
    ).all()
    agreement = col(ContactRow.agreement_id)
    query = (
        select(col(ContactRow.address), col(AgreementRow.id), col(AgreementRow.title))
        .join(AgreementRow, col(AgreementRow.id) == agreement)
        .where(
            col(ContactRow.address).in_([row.address.lower() for row in rows]), visit.sight.mine(agreement)
        )
        .distinct()
        .order_by(col(AgreementRow.title))
        .limit(4 * _DOUBTS_AT_MOST)
    )
    where: dict[str, list[tuple[str, str]]] = {}
    for address, name, title in visit.sight.connection.execute(query) if rows else ():
        where.setdefault(address, []).append((title, path_to("perjanjian", name)))
    for row in rows:
        known = where.get(row.address.lower(), [])
        if known or visit.sight.reach.sees_everything:
            yield Doubt(
                row.address,
                channel_text(row.channel, visit.language),
                row.since,
                why_text(row.answer, visit.language),
                row.answer[:200],
                known,
            )


def _staffed(visit: Visit, one: Agreement, held: frozenset[tuple[str, str]]) -> Staffed:
    today = visit.now.astimezone(one.zone).date()
    sides = [side_of(visit, one, key, today, held) for key in one.parties]
    return Staffed(one.title, path_to("perjanjian", one.id), sides)


def _chained(visit: Visit, name: str, ladder: Ladder) -> Chained:
    policy = visit.context.policy
    chain: Chain = policy.chains.get(name, policy.chains["standard"])
    points = visit.say("seketika, lalu tiap hari kantor", "at once, then every office day")
    if ladder != DAILY:
        days = ", ".join(str(day) for day in ladder)
        points = visit.say(f"{days} hari sebelum tenggat", f"{days} days before the deadline")
    urgent = ""
    if chain.urgent is not None:
        urgent = visit.say(
            f"mulai {chain.urgent.days} hari sebelum tenggat: {_steps(visit, chain.urgent)}",
            f"from {chain.urgent.days} day(s) before the deadline: {_steps(visit, chain.urgent)}",
        )
    starts = visit.say(f"{chain.starts} hari sebelum tenggat", f"{chain.starts} days before the deadline")
    return Chained(of(LADDERS, name, visit.language), points, starts, _steps(visit, chain), urgent)


def _steps(visit: Visit, delays: Delays) -> str:
    return visit.say(
        f"pengganti sesudah {delays.substitute} jam kantor, pimpinan sesudah {delays.manager}",
        f"the substitute after {delays.substitute} office hours, the manager after {delays.manager}",
    )


def _own(visit: Visit) -> Iterator[Own]:
    """Yield the posts by which the reader is told, with the choices that the terms hold."""
    sight = visit.sight
    for one in list(sight.own.values())[:_OWN_AT_MOST]:
        day = visit.now.astimezone(one.zone).date()
        for party, contact in one.contacts():
            if sight.identity.is_contact(contact, day):
                of_party = one.parties[party].short or one.parties[party].name
                path = path_to("perjanjian", one.id)
                yield Own(titled(contact, of_party), one.title, path, _wishes(visit, contact))
    for name in sorted(sight.reach.units):
        unit = visit.context.routing.units[name]
        for manager in unit.managers:
            if sight.identity.is_contact(manager, sight.today):
                yield Own(titled(manager, unit.name), "", "", _wishes(visit, manager))


def _wishes(visit: Visit, contact: Contact) -> list[str]:
    said = [
        visit.say("bahasa Indonesia", "in Indonesian")
        if contact.language == "id"
        else visit.say("bahasa Inggris", "in English")
    ]
    if contact.channels:
        ways = ", ".join(channel_text(way, visit.language) for way in contact.channels)
        said.append(visit.say(f"satu jalan: {ways}", f"one way: {ways}"))
    else:
        said.append(visit.say("semua jalan sekaligus", "all ways at once"))
    said.append(
        visit.say(f"pukul {contact.window}", f"between {contact.window}")
        if contact.window
        else visit.say("kapan saja", "at any time")
    )
    if contact.digest == "weekly":
        said.append(visit.say("yang masih jauh sekali seminggu", "what is far off once a week"))
    return said


def _silent(visit: Visit) -> Iterator[tuple[str, str, str, str, str]]:
    """Yield the digests that this address does not want any more."""
    query = select(UnsubscribedRow).where(col(UnsubscribedRow.address) == visit.address)
    for row in visit.sight.connection.execute(query.order_by(col(UnsubscribedRow.digest)).limit(20)):
        name = of(_DIGESTS, row.digest, visit.language)
        since = local_time(row.at, ZoneInfo(visit.context.timezone), visit.language)
        yield name, channel_text(row.channel, visit.language), since, row.digest, row.channel


def _is_linked(visit: Visit) -> bool:
    has_bot = visit.base.house.settings.telegram_token is not None
    return has_bot and bool(chats.of_addresses(visit.sight.connection, [visit.address]))
