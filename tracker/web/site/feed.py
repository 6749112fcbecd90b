"""The calendar feed of one person: a view for calendar programs, never the reminder itself.

Each duty has an all-day entry on the day to act by, under the same name for ever; SEQUENCE is the
length of the agreement's log, so it never falls and has always risen when a day moves.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from icalendar import Alarm, Calendar, Event, vDuration
from sqlalchemy import select
from sqlmodel import col

from tracker.base.dates import long_date
from tracker.channels.email.ics import ALARM_BEFORE
from tracker.obligations.model import State
from tracker.obligations.tables import ObligationRow
from tracker.obligations.wording import clause_text, cost_text, headline, people_text
from tracker.queries import Shown
from tracker.seen.sight import Sight
from tracker.terms.tables import AgreementRow
from tracker.web.site.visit import path_to

AT_MOST = 500
_AHEAD = timedelta(days=400)
_BEHIND = timedelta(days=90)
_PREPARE = timedelta(days=14)
_GONE = frozenset({State.WAIVED, State.SUPERSEDED, State.LAPSED})


@dataclass(frozen=True, slots=True)
class Style:
    """How entries are written: in which language, leading where, named under which domain."""

    language: str
    url: str
    domain: str
    now: datetime


@dataclass(frozen=True, slots=True)
class Wanted:
    """The stored duties of a feed, and a name of what they are now."""

    rows: Sequence[Any]
    lengths: dict[str, int]
    """How long the log of each agreement is."""
    etag: str


def wanted(sight: Sight, language: str) -> Wanted:
    """Look up what a feed holds: what is open and near, and what was closed of late."""
    act_by, agreement = col(ObligationRow.act_by), col(ObligationRow.agreement_id)
    mine = sight.mine(agreement)
    base: Any = select(ObligationRow, col(AgreementRow.log_length).label("log_length")).join(
        AgreementRow, col(AgreementRow.id) == agreement
    )
    still = base.where(
        col(ObligationRow.state) == State.OPEN.value, act_by <= sight.today + _AHEAD, mine
    ).order_by(act_by, col(ObligationRow.key))
    over = base.where(
        col(ObligationRow.state).in_([State.FULFILLED.value, *(state.value for state in _GONE)]),
        act_by.is_not(None),
        act_by >= sight.today - _BEHIND,
        col(ObligationRow.closed_at) >= sight.now - _BEHIND,
        mine,
    ).order_by(act_by, col(ObligationRow.key))
    rows = [
        *sight.connection.execute(still.limit(AT_MOST)),
        *sight.connection.execute(over.limit(AT_MOST)),
    ]
    said = [language, *(f"{row.key} {row.act_by} {row.state} {row.log_length}" for row in rows)]
    digest = hashlib.sha256("\n".join(said).encode()).hexdigest()[:32]
    return Wanted(rows, {row.agreement_id: row.log_length for row in rows}, f'"{digest}"')


def feed(sight: Sight, found: Wanted, style: Style) -> bytes:
    """Write the feed."""
    language = style.language
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", f"-//tracker//feed//{language.upper()}")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", "Deadlines" if language == "en" else "Tenggat perjanjian")
    calendar.add("refresh-interval", vDuration(timedelta(hours=6)), parameters={"value": "DURATION"})
    for shown in sight.shown_rows(found.rows):
        for event in _entries(shown, found.lengths[shown.agreement.id], style):
            calendar.add_component(event)
    return bytes(calendar.to_ical())


def _entries(shown: Shown, sequence: int, style: Style) -> Iterator[Event]:
    act_by, language = shown.act_by, style.language
    english = language == "en"
    if act_by is None:
        return
    what = headline(shown.obligation.rule, language)
    if shown.state in _GONE:
        yield _entry(shown, "", act_by, what, sequence, style, status="CANCELLED")
        return
    if shown.state is State.FULFILLED:
        title = f"Done: {what}" if english else f"Selesai: {what}"
        yield _entry(shown, "", act_by, title, sequence, style)
        return
    event = _entry(shown, "", act_by, what, sequence, style)
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", what)
    alarm.add("trigger", -ALARM_BEFORE)
    event.add_component(alarm)
    yield event
    if style.now.astimezone(shown.agreement.zone).date() < act_by - _PREPARE:
        title = f"Prepare: {what}" if english else f"Siapkan: {what}"
        yield _entry(shown, "prepare/", act_by - _PREPARE, title, sequence, style)


def _entry(
    shown: Shown,
    part: str,
    day: date,
    title: str,
    sequence: int,
    style: Style,
    status: str = "CONFIRMED",
) -> Event:
    key = shown.obligation.key
    event = Event()
    event.add("uid", f"{hashlib.sha256(f'{part}{key}'.encode()).hexdigest()[:32]}@{style.domain}")
    event.add("dtstamp", style.now.astimezone(UTC).replace(microsecond=0))
    event.add("sequence", sequence)
    event.add("status", status)
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("summary", title)
    event.add("description", "\n".join(_text(shown, style.language)))
    event.add("url", f"{style.url}{path_to('kewajiban', key)}")
    event.add("transp", "TRANSPARENT")
    return event


def _text(shown: Shown, language: str) -> Iterator[str]:
    english, agreement, rule = language == "en", shown.agreement, shown.obligation.rule
    deadline = shown.obligation.deadline
    if shown.act_by is not None:
        yield f"{'Act by' if english else 'Bertindak paling lambat'}: {long_date(shown.act_by, language)}"
    if deadline is not None:
        yield f"{'Safe date' if english else 'Tanggal aman'}: {long_date(deadline.safe, language)}"
        yield f"{'Likely date' if english else 'Tanggal lazim'}: {long_date(deadline.likely, language)}"
    yield f"{'Towards' if english else 'Kepada'}: {people_text(agreement, rule.duty.to, language)}"
    yield f"{'Clause' if english else 'Dasar'}: {clause_text(rule.clause, agreement) or rule.law or '-'}"
    yield f"{'If missed' if english else 'Jika terlewat'}: {cost_text(rule, language)}"
    yield agreement.title
