"""The doctor's page: what must always hold, signs of life, and how far the holiday decrees reach."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlmodel import col
from starlette.responses import Response

from tracker.base.dates import local_time
from tracker.calendars.model import Calendar, Coverage
from tracker.doctor.finding import AT_MOST, PATIENCE, Finding
from tracker.doctor.kept import Look, keep, looks
from tracker.doctor.service import INVARIANTS, examine
from tracker.flow import next_wake
from tracker.obligations.tables import ObligationRow
from tracker.outbox.tables import AttemptRow
from tracker.reminders.recipients import CHANNELS
from tracker.reminders.tables import ContactRow
from tracker.terms.tables import AgreementRow
from tracker.web.site.visit import Visit, path_to
from tracker.web.site.words import INVARIANTS as WORDS

_SYSTEM = frozenset({*CHANNELS, "obligation", "agreement", "event", "clock"})
"""What a finding is about where it is about the service itself."""
_PAUSE = timedelta(minutes=1)
"""Between two looks that people ask for."""
_TOO_MANY = 2000
"""Agreements, from which on a page does not look at every one of them: the morning summary does."""
_EVERY_ONE = "unreachable"
_LONG_AGO = timedelta(hours=2)
_YEARS_AHEAD = 3


@dataclass(frozen=True, slots=True)
class Found:
    """One finding, and where it leads."""

    about: str
    text: str
    path: str


@dataclass(frozen=True, slots=True)
class Checked:
    """One invariant as it was last found."""

    title: str
    state: str
    look: str
    when: str
    found: Sequence[Found]
    more: bool


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign of life."""

    name: str
    text: str
    look: str


@dataclass(frozen=True, slots=True)
class Year:
    """How well one year's days off are known."""

    year: int
    calendar: str
    text: str
    look: str
    decrees: str
    days: int


def doctor(visit: Visit) -> Response:
    """Show what was last found."""
    if not visit.sight.reach.oversees:
        return visit.not_there()
    kept = looks(visit.sight.connection)
    found = [_checked(visit, name, kept.get(name)) for name in INVARIANTS]
    return visit.page(
        "doctor.html",
        checks=found,
        broken=sum(one.look == "bad" for one in found),
        unknown=sum(not one.when for one in found),
        signs=list(_signs(visit, kept)),
        years=[one for calendar in visit.context.calendars.values() for one in _years(visit, calendar)],
        may_look=visit.sight.reach.is_manager,
    )


def look_now(visit: Visit) -> Response:
    """Look again, and keep what was found; at most once a minute, whoever asks."""
    if not visit.sight.reach.oversees:
        return visit.not_there()
    if not visit.sight.reach.is_manager:
        said = visit.say("Pemeriksa hanya melihat.", "An auditor only looks.")
        return visit.trouble(HTTPStatus.FORBIDDEN, said)
    connection, house = visit.sight.connection, visit.base.house
    last = max((one.at for one in looks(connection).values()), default=None)
    if last is None or visit.now - last >= _PAUSE:
        some = select(col(AgreementRow.id)).limit(_TOO_MANY + 1).subquery()
        count = connection.execute(select(func.count()).select_from(some)).scalar_one()
        names = [name for name in INVARIANTS if name != _EVERY_ONE or count <= _TOO_MANY]
        keep(house.db, examine(house.db, visit.context, visit.now, names), visit.now)
    return visit.go("/doctor", tercatat="diperiksa")


def _checked(visit: Visit, name: str, kept: Look | None) -> Checked:
    title = visit.say(*WORDS[name])
    if kept is None:
        return Checked(title, visit.say("belum diperiksa", "not looked at yet"), "quiet", "", (), more=False)
    when = local_time(kept.at, ZoneInfo(visit.context.timezone), visit.language)
    shown = list(_theirs(visit, kept.found))
    state, look = visit.say("beres", "all is well"), "good"
    if shown:
        count = f"{AT_MOST}+" if len(kept.found) >= AT_MOST else str(len(shown))
        state, look = visit.say(f"{count} temuan", f"{count} found"), "bad"
    return Checked(title, state, look, when, shown, more=len(kept.found) >= AT_MOST)


def _theirs(visit: Visit, found: Sequence[Finding]) -> Iterator[Found]:
    """Yield what is about the service, or about agreements that the reader sees."""
    sight = visit.sight
    if sight.reach.sees_everything:
        known = {one.about.partition("/")[0] for one in found}
        addresses = known
    else:
        names = {one.about.partition("/")[0] for one in found} - _SYSTEM
        known = set(sight.visible(names)) if names else set()
        addresses = _own_addresses(
            visit, [one.about for one in found if one.about.partition("/")[0] not in known]
        )
    for one in found:
        first, _, rest = one.about.partition("/")
        if first in _SYSTEM or first in known or one.about in addresses:
            yield Found(one.about, one.in_language(visit.language), _path(one.about, first, rest))


def _own_addresses(visit: Visit, abouts: Sequence[str]) -> set[str]:
    """Give those that are addresses of contacts in agreements of the reader's units."""
    if not abouts:
        return set()
    lowered = {about.lower(): about for about in abouts}
    agreement = col(ContactRow.agreement_id)
    query = (
        select(col(ContactRow.address))
        .join(AgreementRow, col(AgreementRow.id) == agreement)
        .where(col(ContactRow.address).in_(sorted(lowered)), visit.sight.mine(agreement))
        .distinct()
    )
    return {lowered[address] for address in visit.sight.connection.execute(query).scalars()}


def _path(about: str, first: str, rest: str) -> str:
    if first in _SYSTEM or "@" in about:
        return ""
    duty = "/".join((first, *rest.split("/")[:2]))
    return path_to("kewajiban", duty) if rest.count("/") else path_to("perjanjian", first) if not rest else ""


def _signs(visit: Visit, kept: Mapping[str, Look]) -> Iterator[Sign]:
    """Yield whether a worker is awake, and how the world outside would learn that none is."""
    zone, now = ZoneInfo(visit.context.timezone), visit.now

    def at(instant: datetime) -> str:
        return local_time(instant, zone, visit.language)

    due = next_wake(visit.base.house.db)
    name = visit.say("Langkah berikutnya", "Next step")
    if due is None:
        yield Sign(name, visit.say("tidak ada yang menunggu", "nothing waits"), "good")
    elif due < now - PATIENCE:
        yield Sign(name, visit.say(f"seharusnya sejak {at(due)}", f"due since {at(due)}"), "bad")
    else:
        yield Sign(name, at(due), "good")
    visited = kept.get("asleep")
    name = visit.say("Pemeriksaan tiap jam", "Hourly look")
    if visited is None:
        yield Sign(name, visit.say("belum pernah", "never yet"), "quiet")
    else:
        yield Sign(name, at(visited.at), "good" if now - visited.at < _LONG_AGO else "warn")
    tried = visit.sight.connection.execute(
        select(col(AttemptRow.started_at)).order_by(col(AttemptRow.id).desc()).limit(1)
    ).scalar()
    name = visit.say("Pengiriman terakhir", "Last delivery")
    yield Sign(name, at(tried) if tried else visit.say("belum ada", "none yet"), "")
    reminded = visit.sight.connection.execute(
        select(col(ObligationRow.wake_at))
        .where(col(ObligationRow.wake_at).is_not(None))
        .order_by(col(ObligationRow.wake_at))
        .limit(1)
    ).scalar()
    if reminded is not None:
        yield Sign(visit.say("Pengingat berikutnya", "Next reminder"), at(reminded), "")
    watched = visit.base.house.settings.ping_url is not None
    yield Sign(
        visit.say("Penjaga di luar (TRACKER_PING_URL)", "Watchdog outside (TRACKER_PING_URL)"),
        visit.say("dikabari tiap 5 menit", "told every 5 minutes")
        if watched
        else visit.say("tidak dipasang", "not set up"),
        "good" if watched else "quiet",
    )


def _years(visit: Visit, calendar: Calendar) -> Iterator[Year]:
    this = visit.sight.today.year
    words = {
        Coverage.DECREED: (visit.say("ditetapkan SKB", "set by decree"), "good"),
        Coverage.ESTIMATE: (visit.say("perkiraan: tanggal sementara", "estimate: provisional dates"), "warn"),
        Coverage.NONE: (visit.say("tidak ada", "not known"), "bad"),
    }
    for year in sorted(
        {*(one for one in calendar.held if one >= this - 1), *range(this, this + _YEARS_AHEAD)}
    ):
        text, look = words[calendar.covers(year)]
        decrees = ", ".join(calendar.held[year].decrees) if year in calendar.held else ""
        days = sum(day.year == year for day in calendar.days)
        yield Year(year, calendar.id, text, look, decrees, days)
