"""What if: facts that nobody has recorded, and the deadlines that would follow. Nothing is saved."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from starlette.responses import Response

from tracker import fact_effects
from tracker.base.dates import long_date, short_date
from tracker.base.errors import BadFactError, UnknownThingError
from tracker.base.iso import iso_date
from tracker.events.kinds import COMMON
from tracker.events.log import effective
from tracker.events.model import CLOCK, Event
from tracker.obligations.decided import decided
from tracker.obligations.model import State
from tracker.settling import proof_kind, whole_proof
from tracker.steps.checking import check_fact
from tracker.steps.foreseeing import Foresight, Held, numbered_on
from tracker.terms.grammar import DESIRED_END_EVENT
from tracker.terms.model import Agreement
from tracker.web.site import changes, facts
from tracker.web.site.asking import is_day
from tracker.web.site.choices import rule_named, rule_text
from tracker.web.site.visit import Visit, path_to

_ROWS, _ROWS_AT_MOST = 2, 6
_FOUND_AT_MOST = 25
_DONE = "selesai:"
_DUTIES_AT_MOST = 60


class Choice(NamedTuple):
    """One choice of a list."""

    value: str
    name: str


@dataclass(frozen=True, slots=True)
class Typed:
    """One row of the form as it was filled in."""

    number: int
    kind: str
    day: str
    at: str
    party: str
    end: str
    wrong: str = ""


def what_if(visit: Visit) -> Response:
    """Choose an agreement, put facts in, and see what follows."""
    name = visit.asked("perjanjian")
    if not name:
        return _choose(visit)
    held = fact_effects.held(visit.sight.connection, name)
    agreement = decided(held.written, effective(held.log)) if held else None
    if held is None or agreement is None or not visit.sight.rights(agreement).sees:
        return visit.not_there()
    rows = _rows(visit)
    found, rows = _facts(visit, held, agreement, rows)
    foresight = Foresight(visit.context, held, visit.now, found) if found else None
    return visit.page(
        "what_if.html",
        agreement=agreement,
        home=path_to("perjanjian", agreement.id),
        rows=rows,
        kinds=_kinds(visit, agreement),
        duties=_duties(visit, held, agreement),
        parties=[Choice(key, party.short or party.name) for key, party in agreement.parties.items()],
        more=len(rows) < _ROWS_AT_MOST,
        said=[_said(visit, agreement, fact) for fact in found],
        groups=changes.groups(visit, foresight.agreement, foresight.changes) if foresight else None,
    )


def _choose(visit: Visit) -> Response:
    words = visit.asked("cari")
    sight = visit.sight
    found = sight.find(words)[:_FOUND_AT_MOST] if words else sight.agreements_after("", _FOUND_AT_MOST)[0]
    return visit.page("what_if_choose.html", words=words, found=found)


def _rows(visit: Visit) -> list[Typed]:
    asked = visit.asked("baris")
    wanted = (int(asked) if asked.isdecimal() and len(asked) < 3 else _ROWS) + bool(visit.asked("tambah"))
    return [
        Typed(
            number,
            *(visit.asked(f"{name}-{number}") for name in ("jenis", "hari", "jam", "pihak", "akhir")),
        )
        for number in range(1, min(max(wanted, 1), _ROWS_AT_MOST) + 1)
    ]


def _facts(
    visit: Visit, held: Held, agreement: Agreement, rows: Sequence[Typed]
) -> tuple[list[Event], list[Typed]]:
    """Make facts of the rows, each checked on top of those before it; a row that is wrong says so."""
    found: list[Event] = []
    told: list[Typed] = []
    for row in rows:
        fact = _fact(visit, agreement, row) if row.kind else ""
        if isinstance(fact, Event):
            log = numbered_on(held.log, found, visit.now)
            try:
                check_fact(held.written, visit.context.calendar(held.written), log, fact)
                found.append(fact)
                fact = ""
            except (BadFactError, UnknownThingError) as error:
                fact = str(error)
        told.append(Typed(row.number, row.kind, row.day, row.at, row.party, row.end, fact))
    return found, told


def _fact(visit: Visit, agreement: Agreement, row: Typed) -> Event | str:
    """Make the fact of a row, or say what is wrong with it."""
    if not is_day(row.day):
        return visit.say("Isi harinya.", "Enter the day.")
    day = iso_date(row.day)
    if row.kind.startswith(_DONE):
        return _done(visit, agreement, row.kind.removeprefix(_DONE), row.day)
    if row.kind not in {choice.value for choice in _kinds(visit, agreement)}:
        return visit.say("Pilih salah satu peristiwa.", "Choose one of the events.")
    details = {}
    if row.party in agreement.parties:
        details["party"] = row.party
    if row.at:
        if COMMON[CLOCK](row.at) is not None:
            return visit.say("Tulis jam seperti 14:30.", "Write the time as 14:30.")
        details[CLOCK] = row.at
    if row.kind == DESIRED_END_EVENT:
        if not is_day(row.end):
            return visit.say("Isi hari berakhir yang dikehendaki.", "Enter the day it is wished to end.")
        details["desired_end"] = row.end
    return Event(agreement.id, row.kind, day, details)


def _done(visit: Visit, agreement: Agreement, name: str, day: str) -> Event | str:
    """Make the proof of a duty: all its parts, on one day."""
    rule_id, _, occurrence = name.partition("/")
    rule = rule_named(agreement, rule_id)
    if rule is None or not occurrence:
        return visit.say("Pilih salah satu peristiwa.", "Choose one of the events.")
    details = {"rule": rule_id, "occurrence": occurrence, **whole_proof(rule)}
    return Event(agreement.id, proof_kind(rule), iso_date(day), details)


def _kinds(visit: Visit, agreement: Agreement) -> list[Choice]:
    found = [Choice(kind, facts.title(kind, visit.language)) for kind in agreement.event_kinds()]
    return sorted(found, key=lambda choice: choice.name)


def _duties(visit: Visit, held: Held, agreement: Agreement) -> list[Choice]:
    """Give the open duties that might be done, soonest first."""
    rows = [row for row in held.rows.values() if row.state == State.OPEN and row.act_by is not None]
    some = sorted(rows, key=lambda row: (row.act_by, row.key))[:_DUTIES_AT_MOST]
    return list(_named(visit, agreement, some))


def _named(visit: Visit, agreement: Agreement, rows: Sequence[Any]) -> Iterator[Choice]:
    for row in rows:
        name = f"{rule_text(agreement, row.rule, visit.language)} ({short_date(row.act_by, visit.language)})"
        yield Choice(f"{_DONE}{row.rule}/{row.occurrence}", name)


def _said(visit: Visit, agreement: Agreement, fact: Event) -> str:
    rule = fact.details.get("rule", "")
    what = rule_text(agreement, rule, visit.language) if rule else ""
    name = facts.title(fact.kind, visit.language)
    return f"{name}{f' ({what})' if what else ''}: {long_date(fact.happened_on, visit.language)}"
