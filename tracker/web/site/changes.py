"""What changes, or has changed, of an agreement's duties: as lines for a page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from tracker.base.dates import clock_text, days_phrase
from tracker.obligations.explain import steps
from tracker.obligations.model import State
from tracker.obligations.window_wording import window_text
from tracker.obligations.windows import window_for
from tracker.obligations.wording import clause_text, cost_text, headline, people_text
from tracker.proof.words import closing_text
from tracker.reminders.recipients import holding_parties
from tracker.steps.foreseeing import Change, Effect
from tracker.terms.model import Agreement
from tracker.web.site.choices import rule_text
from tracker.web.site.rows import slack_of
from tracker.web.site.visit import Visit, path_to
from tracker.web.site.words import slack_text

SHOWN_AT_MOST = 60
_EXPLAINED_AT_MOST = 12
_HEADS = {
    Change.OPENED: ("Tenggat baru", "New deadlines"),
    Change.MOVED: ("Tenggat yang bergeser", "Deadlines that move"),
    Change.CLOSED: ("Yang tertutup", "What closes"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One duty that changes."""

    path: str
    """Where it is shown; empty while it is only a preview of something new."""
    headline: str
    act_by: date | None
    clock: str
    left: str
    """The countdown; empty where it is closed or has no date."""
    before: date | None
    """The day to act by before, where it moves."""
    late: bool
    who: str
    clause: str
    cost: str
    why: str
    provisional: bool
    steps: Sequence[str]
    window: Sequence[str]


@dataclass(frozen=True, slots=True)
class Group:
    """Some lines under one heading."""

    name: str
    look: str
    lines: Sequence[Line]
    left_out: int


def groups(
    visit: Visit, agreement: Agreement, effects: Sequence[Effect], *, stored: bool = False
) -> list[Group]:
    """Give what changes under its headings; `agreement` as it reads with the changes.

    What is not `stored` yet is explained, for it has no page of its own.
    """
    return list(_groups(visit, agreement, effects, stored=stored))


def _groups(
    visit: Visit, agreement: Agreement, effects: Sequence[Effect], *, stored: bool
) -> Iterator[Group]:
    for change, name in _HEADS.items():
        found = [effect for effect in effects if effect.change is change]
        if not found:
            continue
        lines = [
            _line(
                visit, agreement, effect, stored=stored, explained=not stored and place < _EXPLAINED_AT_MOST
            )
            for place, effect in enumerate(found[:SHOWN_AT_MOST])
        ]
        yield Group(visit.say(*name), change.value, lines, max(0, len(found) - SHOWN_AT_MOST))


def _line(visit: Visit, agreement: Agreement, effect: Effect, *, stored: bool, explained: bool) -> Line:
    language, one, closes = visit.language, effect.obligation, effect.change is Change.CLOSED
    today = visit.now.astimezone(agreement.zone).date()
    calendar = visit.context.calendar(agreement)
    act_by: date | None = effect.row.act_by
    exact = one is not None and one.deadline is not None and one.deadline.likely == act_by
    by_time = one.deadline.by_time if one is not None and one.deadline is not None and exact else None
    explain = explained and one is not None and not closes
    window = window_for(agreement, one, calendar, today) if one is not None and not closes else None
    return Line(
        path=path_to("kewajiban", effect.key) if stored or effect.before is not None else "",
        headline=headline(one.rule, language) if one else rule_text(agreement, effect.row.rule, language),
        act_by=act_by,
        clock=clock_text(by_time, language),
        left=_countdown(visit, agreement, today, act_by) if act_by and not closes else "",
        before=effect.before.act_by if effect.change is Change.MOVED and effect.before else None,
        late=act_by is not None and act_by < today and not closes,
        who=_who(agreement, effect, language),
        clause=(clause_text(one.rule.clause, agreement) or one.rule.law or "") if one else "",
        cost=cost_text(one.rule, language) if one else "",
        why=_why(visit, effect) if closes else "",
        provisional=one is not None and one.deadline is not None and one.deadline.provisional,
        steps=steps(agreement, one, calendar, language) if explain and one is not None else (),
        window=window_text(window, language) if window else (),
    )


def _countdown(visit: Visit, agreement: Agreement, today: date, act_by: date) -> str:
    slack = slack_of(visit.context.calendar(agreement), today, act_by)
    days = days_phrase((act_by - today).days, visit.language)
    return f"{days} · {slack_text(slack, visit.language)}"


def _who(agreement: Agreement, effect: Effect, language: str) -> str:
    one = effect.obligation
    if one is None:
        return ""
    affected = one.trigger.party if one.trigger else None
    holders = holding_parties(agreement, one.rule.duty.by, affected)
    return (
        f"{people_text(agreement, holders, language)} → {people_text(agreement, one.rule.duty.to, language)}"
    )


def _why(visit: Visit, effect: Effect) -> str:
    state = effect.after.state if effect.after else State.SUPERSEDED.value
    if effect.why:
        return closing_text(effect.why, visit.language)
    if state == State.FULFILLED.value:
        return visit.say("selesai", "done")
    return visit.say("tidak berlaku lagi", "it no longer holds")
