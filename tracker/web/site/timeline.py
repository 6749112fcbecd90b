"""A year of one agreement at a glance, drawn and as a table."""

from collections.abc import Iterator, Sequence
from datetime import date

from starlette.responses import Response

from tracker import queries
from tracker.base.dates import plain_date
from tracker.events.log import effective
from tracker.obligations.model import CLOSED, State
from tracker.obligations.succession import Succession, succession
from tracker.queries import Shown
from tracker.web.site import facts
from tracker.web.site.entries import NOT_FOR_OFFICERS
from tracker.web.site.record import Opened, open_agreement
from tracker.web.site.rows import Row, row_of
from tracker.web.site.visit import Visit, path_to
from tracker.web.site.year import Mark, Year, draw

_SHOWN_AT_MOST = 150
_YEARS = range(1945, 2201)


def timeline(visit: Visit) -> Response:
    """Show a year: the one that is asked for, or this one."""
    opened = open_agreement(visit)
    if opened is None:
        return visit.not_there()
    agreement = opened.agreement
    today = visit.now.astimezone(agreement.zone).date()
    asked = visit.asked("tahun")
    number = int(asked) if asked.isdecimal() and len(asked) == 4 else today.year
    year = Year(number if number in _YEARS else today.year)
    stored = [row for row in opened.held.rows.values() if row.act_by is not None and year.holds(row.act_by)]
    stored.sort(key=lambda row: (row.act_by, row.key))
    some = [row for row in stored if row.state != State.SUPERSEDED][:_SHOWN_AT_MOST]
    shown = queries.as_shown(visit.sight.connection, visit.context, some, visit.now)
    rows = [row_of(visit.sight, one, visit.language) for one in shown]
    known = effective(opened.held.log)
    until = visit.context.horizon(agreement, visit.now)
    terms = succession(agreement, known, max(until, year.last))
    calendar = visit.context.calendar(agreement)
    happened = list(_facts(visit, opened, year))
    return visit.page(
        "timeline.html",
        agreement=agreement,
        home=path_to("perjanjian", agreement.id),
        path=f"{path_to('perjanjian', agreement.id)}/linimasa",
        year=year.first.year,
        years=(year.first.year - 1, year.first.year + 1),
        drawing=draw(
            year,
            calendar,
            terms,
            _marks(shown, rows),
            happened,
            today,
            {"term": visit.say("Jangka waktu", "Term"), "facts": visit.say("Peristiwa", "Events")},
            visit.language,
        ),
        rows=rows,
        terms=list(_terms(visit, terms, year)),
        facts=happened,
        holidays=[
            (day, off.name(visit.language), off.estimate)
            for day, off in sorted(calendar.days.items())
            if year.holds(day)
        ],
        left_out=len(stored) > len(some),
    )


def _marks(shown: Sequence[Shown], rows: Sequence[Row]) -> Iterator[Mark]:
    for one, row in zip(shown, rows, strict=True):
        deadline, act_by = one.obligation.deadline, one.act_by
        if deadline is None or act_by is None:
            continue
        look = "overdue" if row.overdue else "open"
        if one.state in CLOSED or one.state is State.UNVERIFIED:
            look = "done" if one.state is State.FULFILLED else "closed"
        yield Mark(
            one.obligation.rule,
            row.headline,
            one.obligation.occurrence,
            act_by,
            deadline.strictest,
            deadline.latest,
            look,
        )


def _terms(visit: Visit, terms: Succession, year: Year) -> Iterator[str]:
    """Say which terms touch the year, and when each may end."""
    for term in terms.terms:
        if term.ends[-1].day < year.first or term.first > year.last:
            continue
        first = plain_date(term.first, visit.language)
        days = dict.fromkeys(plain_date(one.day, visit.language) for one in term.ends)
        ends = visit.say(" atau ", " or ").join(days)
        yield visit.say(f"{first} sampai {ends}", f"{first} to {ends}")


def _facts(visit: Visit, opened: Opened, year: Year) -> Iterator[tuple[date, str]]:
    for fact in effective(opened.held.log):
        if year.holds(fact.happened_on) and fact.kind not in NOT_FOR_OFFICERS:
            yield fact.happened_on, facts.title(fact.kind, visit.language)
