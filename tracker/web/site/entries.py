"""What has been recorded of an agreement: the log, and what each entry has done to the deadlines."""

from collections.abc import Collection

from starlette.responses import Response

from tracker import fact_effects
from tracker.base.dates import local_time, plain_date
from tracker.events import kinds
from tracker.events.model import Event
from tracker.events.service import logs_of
from tracker.obligations.wording import settled_text
from tracker.people.rights import Rights
from tracker.proof.words import label_text, value_text
from tracker.terms.model import Agreement
from tracker.terms.pins import Axis
from tracker.web.site import changes, facts
from tracker.web.site.visit import Visit, path_to

A_PAGE = 25


def recorded(visit: Visit) -> Response:
    """Show one entry of the log, and what it has done to the deadlines."""
    agreement = visit.sight.agreement(visit.part("agreement"))
    number = visit.part("number")
    if agreement is None or not number.isdecimal() or len(number) > 9:
        return visit.not_there()
    connection = visit.sight.connection
    event = fact_effects.entry(connection, agreement.id, int(number))
    rights = visit.sight.rights(agreement)
    oversees = rights.manages or rights.audits
    if event is None or not (oversees or _is_for_officers(event, visit)):
        return visit.not_there()
    found = fact_effects.effects_of(connection, visit.context, event, visit.now)
    return visit.page(
        "recorded.html",
        agreement=agreement,
        path=path_to("perjanjian", agreement.id),
        title=facts.title(event.kind, visit.language),
        facts=told(visit, agreement, event, whole=oversees or event.recorded_by == f"{visit.address}, web"),
        groups=changes.groups(visit, agreement, found, stored=True),
        correct=_correct_path(event, _standing(visit, agreement, rights)),
        log=f"{path_to('perjanjian', agreement.id)}/peristiwa" if oversees else "",
    )


def entries(visit: Visit) -> Response:
    """List the log of an agreement, the newest first; it tells of both parties, so not to officers."""
    agreement = visit.sight.agreement(visit.part("agreement"))
    if agreement is None:
        return visit.not_there()
    rights = visit.sight.rights(agreement)
    if not (rights.manages or rights.audits):
        return visit.not_there()
    before = visit.asked("sebelum")
    last = int(before) if before.isdecimal() and len(before) < 10 else None
    found = fact_effects.entries_before(visit.sight.connection, agreement.id, last, A_PAGE + 1)
    path = path_to("perjanjian", agreement.id)
    standing = _standing(visit, agreement, rights)
    return visit.page(
        "log.html",
        agreement=agreement,
        path=path,
        lines=[
            (
                one.number,
                facts.title(one.kind, visit.language),
                told(visit, agreement, one, whole=True),
                f"{path}/peristiwa/{one.number}",
                _correct_path(one, standing),
            )
            for one in found[:A_PAGE]
        ],
        following=found[A_PAGE - 1].number if len(found) > A_PAGE else None,
        is_first=last is None,
    )


def entry_path(agreement: str, number: int) -> str:
    """Give the path of an entry of the log."""
    return f"{path_to('perjanjian', agreement)}/peristiwa/{number}"


def told(visit: Visit, agreement: Agreement, event: Event, *, whole: bool) -> list[tuple[str, str]]:
    """Say what a fact says, field by field; officers read no notes of others."""
    language = visit.language
    found = [(visit.say("Hari", "Day"), plain_date(event.happened_on, language))]
    for name, text in event.details.items():
        if name == "party" and text in agreement.parties:
            party = agreement.parties[text]
            text = party.short or party.name  # noqa: PLW2901 - the same thing by its name
        if name == "choice" and event.details.get("axis") in list(Axis):
            text = settled_text(Axis(event.details["axis"]), text, language)  # noqa: PLW2901 - in words
        if text and name != "axis" and (whole or name in FOR_ALL):
            found.append((label_text(name, language), value_text(text, language)))
    if whole and event.recorded_at is not None:
        when = local_time(event.recorded_at, agreement.zone, language)
        found.append((visit.say("Dicatat", "Recorded"), f"{when}, {event.recorded_by}"))
    return found


FOR_ALL = frozenset({"party", "at", "desired_end", "until", "name", "position"})


def _is_for_officers(event: Event, visit: Visit) -> bool:
    """Tell whether an officer may read of a fact: what starts duties of both, and what they recorded."""
    if event.recorded_by == f"{visit.address}, web":
        return True
    return event.kind not in NOT_FOR_OFFICERS


NOT_FOR_OFFICERS = kinds.ABOUT_ONE_OBLIGATION | {
    kinds.CORRECTED,
    kinds.DOUBTFUL,
    kinds.CONFIRMED,
    kinds.PINNED,
}


def _standing(visit: Visit, agreement: Agreement, rights: Rights) -> Collection[int]:
    """Give the entries that they may put right: facts that hold, and that a person recorded."""
    if not rights.manages:
        return ()
    return facts.correctable(logs_of(visit.sight.connection, [agreement.id]).get(agreement.id, []))


def _correct_path(event: Event, standing: Collection[int]) -> str:
    if event.number not in standing:
        return ""
    return f"{path_to('perjanjian', event.agreement)}/betulkan/{event.number}"
