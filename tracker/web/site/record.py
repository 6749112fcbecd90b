"""Saying what has happened to an agreement: a form, what would change, and then the button that records."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus

from starlette.responses import Response

from tracker import fact_effects, flow
from tracker.accounts import hidden
from tracker.base.errors import BadFactError, UnknownThingError
from tracker.events import kinds
from tracker.events.log import effective
from tracker.events.model import Event
from tracker.obligations.decided import decided, predecessors
from tracker.obligations.model import State
from tracker.outbox import doubts
from tracker.people.rights import Act, Rights
from tracker.reminders.recipients import holding_parties
from tracker.steps.checking import check_fact
from tracker.steps.foreseeing import Foresight, Held
from tracker.terms.model import Agreement
from tracker.web.fields import Errors, text_of
from tracker.web.site import changes, fact_forms, facts
from tracker.web.site.asking import Form, Matter
from tracker.web.site.entries import entry_path, told
from tracker.web.site.visit import Visit, path_to

ONCE, STEP, MARK = "sekali", "langkah", "dasar"
"""The fields of: what makes a form count once, what a button does, what a preview was made of."""
LOOK, SAVE, BACK = "lihat", "simpan", "ubah"


@dataclass(frozen=True, slots=True)
class Opened:
    """An agreement, and what somebody may do with it."""

    held: Held
    agreement: Agreement
    rights: Rights


@dataclass(frozen=True, slots=True)
class _Case:
    """One form about one agreement."""

    opened: Opened
    kind: str
    form: Form
    matter: Matter
    path: str

    @property
    def title(self) -> str:
        """What stands above it."""
        kind = self.matter.corrects.kind if self.matter.corrects else self.kind
        name = facts.title(kind, self.matter.language)
        if self.matter.corrects is None:
            return name
        return f"{self.matter.say(('Betulkan', 'Correct'))}: {name}"


def open_agreement(visit: Visit) -> Opened | None:
    """Read an agreement that the path names; None where it is not theirs to see."""
    held = fact_effects.held(visit.sight.connection, visit.part("agreement"))
    if held is None:
        return None
    agreement = decided(held.written, effective(held.log))
    rights = visit.sight.rights(agreement)
    return Opened(held, agreement, rights) if rights.sees else None


def choose(visit: Visit) -> Response:
    """Show what can be recorded of an agreement."""
    agreement = visit.sight.agreement(visit.part("agreement"))
    if agreement is None:
        return visit.not_there()
    rights = visit.sight.rights(agreement)
    if not rights.may(Act.REPORT):
        return not_yours(visit)
    path = path_to("perjanjian", agreement.id)
    offered = facts.offered(agreement, rights)
    own = [kind for kind in offered if kind in fact_forms.FORMS and not _decides(kind)]
    return visit.page(
        "record.html",
        agreement=agreement,
        path=path,
        own=[_choice(visit, path, kind) for kind in own],
        others=[_choice(visit, path, kind) for kind in offered if kind not in fact_forms.FORMS],
        decisions=[_choice(visit, path, kind) for kind in offered if _decides(kind)],
        manages=rights.manages,
    )


def ask(visit: Visit) -> Response:
    """Show the form of one kind of fact, or of a correction."""
    case = _case(visit)
    return case if isinstance(case, Response) else _form(visit, case, {})


def act(visit: Visit) -> Response:
    """Show what a fact would change, or record it: only a preview of what stands now can be saved."""
    case = _case(visit)
    if isinstance(case, Response):
        return case
    connection, once = visit.sight.connection, text_of(visit.given, ONCE)
    key = f"web:{hidden.stamp(visit.secret, once or hidden.make())[:32]}"
    step, agreement = text_of(visit.given, STEP), case.opened.agreement.id
    if step == SAVE and (number := fact_effects.number_under(connection, agreement, key)) is not None:
        return visit.go(entry_path(agreement, number))
    if step == BACK:
        return _form(visit, case, {})
    fact, errors = facts.read(case.kind, case.form, case.matter)
    if fact is None:
        return _form(visit, case, errors, HTTPStatus.UNPROCESSABLE_ENTITY)
    held = case.opened.held
    try:
        check_fact(held.written, visit.context.calendar(held.written), held.log, fact)
        if step == SAVE and text_of(visit.given, MARK) == held.mark:
            house = visit.base.house
            by = f"{visit.address}, web"
            found = flow.record_event(house.db, visit.context, fact, visit.now, by, key)
            return visit.go(entry_path(agreement, found.event.number or 0), tercatat="peristiwa")
    except (BadFactError, UnknownThingError) as error:
        said = visit.say(f"Tidak dapat dicatat. {error}", f"It could not be recorded. {error}")
        return _form(visit, case, {"": said}, HTTPStatus.UNPROCESSABLE_ENTITY)
    return _preview(visit, case, fact, late=step == SAVE)


def not_yours(visit: Visit) -> Response:
    """Say that they may look, and no more."""
    said = visit.say("Ini bukan bagian Anda.", "This is not for you to record.")
    return visit.trouble(HTTPStatus.FORBIDDEN, said)


def _decides(kind: str) -> bool:
    return facts.form_of_kind(kind).managers_only


def _choice(visit: Visit, path: str, kind: str) -> tuple[str, str, str]:
    intro = visit.say(*facts.form_of_kind(kind).intro)
    return facts.title(kind, visit.language), f"{path}/catat/{kind}", intro


def _case(visit: Visit) -> _Case | Response:
    opened = open_agreement(visit)
    if opened is None:
        return visit.not_there()
    rights, agreement = opened.rights, opened.agreement
    today = visit.now.astimezone(agreement.zone).date()
    parties: Sequence[str] = list(agreement.parties) if rights.manages else sorted(rights.parties)
    addresses = {str(way) for _, one in agreement.contacts() for way in (one.email, one.telegram) if way}
    matter = Matter(
        agreement,
        opened.held.log,
        today,
        visit.language,
        parties,
        visit.given,
        rows=list(opened.held.rows.values()),
        doubtful=list(doubts.held(visit.sight.connection, addresses)) if rights.manages else (),
    )
    path = path_to("perjanjian", agreement.id)
    if "number" in visit.request.path_params:
        return _correction(visit, opened, matter, path)
    kind = visit.part("kind")
    if kind not in facts.offered(agreement, rights):
        return not_yours(visit) if not rights.may(Act.REPORT) else visit.not_there()
    return _Case(opened, kind, facts.form_of_kind(kind), matter, f"{path}/catat/{kind}")


def _correction(visit: Visit, opened: Opened, matter: Matter, path: str) -> _Case | Response:
    number = visit.part("number")
    if not opened.rights.manages:
        return not_yours(visit)
    standing = facts.correctable(opened.held.log)
    fact = standing.get(int(number)) if number.isdecimal() and len(number) < 10 else None
    if fact is None:
        return visit.not_there()
    matter = replace(matter, corrects=fact)
    return _Case(opened, kinds.CORRECTED, fact_forms.CORRECTION, matter, f"{path}/betulkan/{number}")


def _form(visit: Visit, case: _Case, errors: Errors, status: int = HTTPStatus.OK) -> Response:
    return visit.page(
        "fact.html",
        status,
        agreement=case.opened.agreement,
        home=path_to("perjanjian", case.opened.agreement.id),
        path=case.path,
        title=case.title,
        intro=visit.say(*case.form.intro),
        fields=list(facts.fields(case.form, case.matter, errors)),
        trouble=errors.get("", ""),
        once=text_of(visit.given, ONCE) or hidden.make(),
    )


def _preview(visit: Visit, case: _Case, fact: Event, *, late: bool) -> Response:
    opened = case.opened
    foresight = Foresight(visit.context, opened.held, visit.now, [fact])
    typed = {name: text_of(visit.given, name) for name in facts.names(case.form, case.matter)}
    return visit.page(
        "preview.html",
        agreement=opened.agreement,
        home=path_to("perjanjian", opened.agreement.id),
        path=case.path,
        title=case.title,
        facts=told(visit, opened.agreement, fact, whole=True),
        notes=list(_notes(visit, opened, foresight, fact)),
        groups=changes.groups(visit, foresight.agreement, foresight.changes),
        hidden={**typed, ONCE: text_of(visit.given, ONCE) or hidden.make(), MARK: opened.held.mark},
        late=late,
    )


def _notes(visit: Visit, opened: Opened, foresight: Foresight, fact: Event) -> Iterator[str]:
    """Say what else follows: from whom a new contact takes over, and how much is open then."""
    if fact.kind != kinds.APPOINTED:
        return
    before = [one.name or one.position for one in predecessors(opened.agreement, fact)]
    if before:
        names = ", ".join(before)
        yield visit.say(f"Mengambil alih dari {names}.", f"Takes over from {names}.")
    rows, agreement = opened.held.rows, foresight.agreement
    count = 0
    for key, one in foresight.seen.obligations.items():
        affected = one.trigger.party if one.trigger else None
        is_open = key in rows and rows[key].state == State.OPEN
        count += is_open and fact.party in holding_parties(agreement, one.rule.duty.by, affected)
    yield visit.say(
        f"{count} kewajiban yang terbuka disampaikan kepadanya seketika.",
        f"{count} open dut{'y is' if count == 1 else 'ies are'} passed on at once.",
    )
