"""The ledger of alerts: who was told what, when, over which way, and what became of it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from starlette.responses import Response

from tracker import resending
from tracker.base.dates import local_time
from tracker.channels.wrap import flatten
from tracker.obligations.wording import headline
from tracker.outbox.content import AlertContent
from tracker.proof.words import accepted_text, channel_text, outcome_text, point_text
from tracker.reminders.recipients import CHANNELS
from tracker.resending import AGAIN, Resent
from tracker.seen.fates import Fate
from tracker.seen.ledger import AlertWish, Ledger, Place, Told
from tracker.web.fields import text_of
from tracker.web.site.failures import why_text
from tracker.web.site.files import too_many
from tracker.web.site.sheets import Cell, Sheet, csv_file, xlsx_file
from tracker.web.site.upcoming import Option, units_of
from tracker.web.site.visit import Visit, own_path, path_to
from tracker.web.site.words import ALERT_STATES, DETOURS, FATES, PERIODS, of

A_PAGE = 25
AT_MOST = 5000
_AT_ONCE = 500
_STRETCHES = 200
"""Stretches of the ledger along which a file looks for its lines."""
_DAYS = {"7": 7, "30": 30, "90": 90, "365": 365, "semua": None}
_USUAL = "90"
_CURSOR = re.compile(r"(\S{19,40})~(.{1,900})")
_LOOKS = {"accepted": "good", "refused": "bad", "withdrawn": "quiet"}


@dataclass(frozen=True, slots=True)
class Try:
    """One try to deliver it, in words."""

    when: str
    outcome: str
    why: str
    answer: str


@dataclass(frozen=True, slots=True)
class Line:
    """One alert of the list."""

    key: str
    at: datetime
    who: str
    address: str
    what: str
    path: str
    agreement: str
    agreement_path: str
    step: str
    channel: str
    state: str
    look: str
    why: str
    detour: str
    note: str
    tries: Sequence[Try]
    may_repeat: bool


def alerts(visit: Visit) -> Response:
    """Show the ledger."""
    wish, after = _wish(visit), _place(visit)
    found = Ledger(visit.sight, wish).page(after, A_PAGE)
    chosen = visit.asked("masa") or _USUAL
    named = visit.sight.agreement(wish.agreement) if wish.agreement else None
    return visit.page(
        "alerts.html",
        lines=[_line(visit, one) for one in found.items],
        wish=wish,
        fates=[Option(one.value, visit.say(*FATES[one]), one is wish.fate) for one in Fate],
        channels=[
            Option(name, channel_text(name, visit.language), name == wish.channel)
            for name in CHANNELS
            if name in visit.context.routing.channels or name == wish.channel
        ],
        units=units_of(visit, wish.unit),
        periods=[Option(name, visit.say(*PERIODS[name]), name == chosen) for name in _DAYS],
        named=named.title if named else "",
        filtered=bool(_asked(visit)),
        following=_following(visit, found.following),
        until=found.following.created_at if found.following and len(found.items) < A_PAGE else None,
        first="/alerts" + _query(_asked(visit)) if after else "",
        export=_query(_asked(visit)),
        zone=ZoneInfo(visit.context.timezone),
    )


def send_again(visit: Visit) -> Response:
    """Have an alert sent once more; only who manages what it is about may."""
    key, back = text_of(visit.given, "kunci"), own_path(text_of(visit.given, "ke"))
    # No alert about one duty has a key that does not begin with that of its agreement.
    rights = visit.sight.rights_by_id(key.partition("/")[0])
    if not rights.sees:
        return visit.not_there()
    if not rights.manages:
        return visit.trouble(HTTPStatus.FORBIDDEN, visit.say(*_NOT_YOURS))
    with visit.base.house.db.write() as connection:
        done = resending.resend(connection, visit.context, key, visit.name, visit.now)
    if done is Resent.UNKNOWN:
        return visit.not_there()
    if done is not Resent.QUEUED:
        return visit.trouble(HTTPStatus.CONFLICT, visit.say(*_WHY_NOT[done]))
    path, _, query = back.partition("?")
    more = f"{query}&tercatat=dikirim-lagi" if query else "tercatat=dikirim-lagi"
    return visit.go(f"{path}?{more}")


_NOT_YOURS = (
    "Hanya pimpinan unit dan pengelola yang dapat mengirim lagi.",
    "Only managers of the unit and administrators can have it sent again.",
)
_WHY_NOT = {
    Resent.CLOSED: (
        "Kewajibannya sudah tidak terbuka: tidak ada yang perlu diingatkan lagi.",
        "The duty is not open any more: nobody need be reminded.",
    ),
    Resent.MOVED: (
        "Tenggatnya sudah bergeser sejak pesan ini dibuat; pemberitahuan yang baru memuat tanggalnya.",
        "The deadline has moved since this was written; a newer alert tells the right day.",
    ),
    Resent.WAITING: (
        "Pesan yang sama sedang menunggu dikirim, atau sudah dikirim lagi hari ini.",
        "The same message waits to be sent, or was sent again today.",
    ),
    Resent.NOBODY: (
        "Orang ini tidak lagi menjabat, atau tidak punya alamat yang berfungsi: ganti narahubungnya dulu.",
        "This person serves no more, or has no address that works: appoint another contact first.",
    ),
}


def as_csv(visit: Visit) -> Response:
    """Give the ledger as CSV."""
    return csv_file(_sheet(visit))


def as_xlsx(visit: Visit) -> Response:
    """Give the ledger as a workbook."""
    return xlsx_file(_sheet(visit))


_HEADS = (
    ("Dibuat", "Made"),
    ("Diterima server", "Taken by the server"),
    ("Kepada", "To"),
    ("Alamat", "Address"),
    ("Saluran", "Way"),
    ("Keadaan", "State"),
    ("Sebab", "Why"),
    ("Percobaan", "Tries"),
    ("Perihal", "About"),
    ("Titik pengingat", "Step"),
    ("Perjanjian", "Agreement"),
    ("Kode kewajiban", "Code of the duty"),
)
_WIDTHS = (20, 20, 36, 28, 12, 22, 36, 10, 44, 24, 44, 40)


def _sheet(visit: Visit) -> Sheet:
    return Sheet(
        f"{visit.say('pemberitahuan', 'alerts')}-{visit.sight.today.isoformat()}",
        visit.say("Pemberitahuan", "Alerts"),
        [visit.say(*pair) for pair in _HEADS],
        _WIDTHS,
        _cells(visit),
    )


def _cells(visit: Visit) -> Iterator[Sequence[Cell]]:
    ledger, after, total = Ledger(visit.sight, _wish(visit)), None, 0
    zone = ZoneInfo(visit.context.timezone)
    for _ in range(_STRETCHES):
        if total >= AT_MOST:
            break
        found = ledger.page(after, _AT_ONCE)
        for told in found.items:
            line, taken = _line(visit, told), told.row.accepted_at
            yield (
                local_time(line.at, zone, visit.language),
                local_time(taken, zone, visit.language) if taken else "",
                line.who,
                line.address,
                line.channel,
                line.state,
                line.why,
                len(line.tries),
                line.what,
                line.step,
                line.agreement,
                told.row.obligation_key or "",
            )
        total += len(found.items)
        after = found.following
        if after is None:
            return
    yield (too_many(visit, AT_MOST),)


def _wish(visit: Visit) -> AlertWish:
    """Read what the address asks for; what it cannot mean is left out."""
    fate, unit, channel = visit.asked("keadaan"), visit.asked("unit"), visit.asked("saluran")
    return AlertWish(
        fate=Fate(fate) if fate in list(Fate) else None,
        channel=channel if channel in CHANNELS else "",
        unit=unit if unit in visit.context.routing.units else "",
        agreement=visit.asked("perjanjian"),
        text=visit.asked("cari"),
        days=_DAYS.get(visit.asked("masa") or _USUAL, _DAYS[_USUAL]),
    )


def _asked(visit: Visit) -> dict[str, str]:
    names = ("cari", "keadaan", "saluran", "unit", "perjanjian", "masa")
    return {name: text for name in names if (text := visit.asked(name))}


def _query(asked: dict[str, str], **more: str) -> str:
    found = urlencode({**asked, **more})
    return f"?{found}" if found else ""


def _following(visit: Visit, place: Place | None) -> str:
    if place is None:
        return ""
    return "/alerts" + _query(_asked(visit), sesudah=f"{place.created_at.isoformat()}~{place.key}")


def _place(visit: Visit) -> Place | None:
    found = _CURSOR.fullmatch(flatten(visit.request.query_params.get("sesudah", ""))[:1000])
    if found is None:
        return None
    try:
        at = datetime.fromisoformat(found[1])
    except ValueError:
        return None
    return Place(at, found[2]) if at.tzinfo else None


def _line(visit: Visit, told: Told) -> Line:
    row, content, language = told.row, told.content, visit.language
    agreement, is_one = told.agreement, isinstance(content, AlertContent)
    rule = agreement.rule_by_id.get(content.rule) if agreement and isinstance(content, AlertContent) else None
    what = headline(rule, language) if rule else content.headline
    # What a server answers names the address.
    tries = [_try(visit, one, with_answer=told.shows_address) for one in told.attempts]
    state = of(ALERT_STATES, row.state, language)
    if row.state == "accepted":
        state = accepted_text(row.channel, language)
    elif row.state == "pending" and told.attempts:
        state = visit.say("gagal, dicoba lagi", "failed, tried again")
    failed = row.state == "refused" or (row.state == "pending" and bool(told.attempts))
    return Line(
        key=row.key,
        at=row.created_at,
        who=content.recipient,
        address=row.address if told.shows_address else "",
        what=what,
        path=path_to("kewajiban", row.obligation_key) if row.obligation_key else "",
        agreement=agreement.title if agreement else content.agreement_title,
        agreement_path=path_to("perjanjian", agreement.id) if agreement else "",
        step=point_text(row.point or content.point, language) if is_one else "",
        channel=channel_text(row.channel, language),
        state=state,
        look=_LOOKS.get(row.state, "warn" if failed else ""),
        why=(tries[-1].why if tries else "") if failed else "",
        detour=visit.say(*DETOURS[row.detour]) if row.detour in DETOURS else "",
        note=content.notes[-1] if f"/{AGAIN}/" in row.key and content.notes else "",
        tries=tries,
        may_repeat=told.may_repeat,
    )


def _try(visit: Visit, one: dict[str, Any], *, with_answer: bool) -> Try:
    zone = ZoneInfo(visit.context.timezone)
    at = local_time(datetime.fromisoformat(one["at"]), zone, visit.language)
    taken = one["outcome"] == "accepted"
    why = "" if taken else why_text(one["answer"], visit.language)
    return Try(
        at, outcome_text(one["outcome"], visit.language), why, one["answer"][:300] if with_answer else ""
    )
