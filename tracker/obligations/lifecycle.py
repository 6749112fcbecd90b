"""When an obligation ceases to matter. Pure."""

from collections.abc import Sequence
from datetime import date, timedelta

from tracker.obligations.life import Life
from tracker.obligations.model import Obligation, State
from tracker.obligations.reading import Reading
from tracker.terms.grammar import AnchorKind, Counted, Side
from tracker.terms.rule import Rule

AGREEMENT_ENDED = "agreement-ended"
RENEWED_BY_SILENCE = "renewed-by-silence"
DAY_PASSED = "day-passed"
TAKEN_OUT = "taken-out"
"""Why an obligation has lapsed."""
_ONE_DAY = timedelta(days=1)


def lapses_on(
    obligation: Obligation,
    ends: Sequence[Reading],
    opened_on: date,
    grace_days: int,
    reopened_on: date | None = None,
) -> date | None:
    """Give the first local day on which the obligation is moot; None if it never is.

    A notice counted from the end of the term is moot once the term has ended on every reading.
    An optional step ("dapat") that nothing triggered is moot once its own day has passed. Any
    other duty had fallen due and is still owed then: it is chased for `grace_days` more. What
    follows from an event is chased at least that long after the event became known (`opened_on`),
    so that one learned of late is never closed unsaid; so is a duty that a person has reopened. A
    duty without a date is moot once the agreement has ended, or once an addendum has taken it out.
    What survives never is.

    `ends` are the readings of the agreement's last day; a duty counted from a term of its own
    goes by that term's.
    """
    rule, deadline = obligation.rule, obligation.deadline
    last_end = (obligation.term.ends if obligation.term else ends)[-1].day
    if obligation.gone_from is not None:
        return obligation.gone_from if rule.survives else min(obligation.gone_from, last_end + _ONE_DAY)
    if rule.survives:
        return None
    if obligation.trigger is not None:
        chased = max(last_end, deadline.latest if deadline else last_end, opened_on)
        return chased + timedelta(grace_days + 1)
    if deadline is None:
        return last_end + _ONE_DAY
    if rule.optional:
        return deadline.act_by + _ONE_DAY
    if _is_notice_before_end(rule):
        return last_end + _ONE_DAY
    chased = max(last_end, deadline.latest, reopened_on or deadline.latest)
    return chased + timedelta(grace_days + 1)


def _is_notice_before_end(rule: Rule) -> bool:
    due = rule.due
    return isinstance(due, Counted) and due.side is Side.BEFORE and due.anchor.kind is AnchorKind.TERM_END


def why_lapsed(obligation: Obligation, lapse: date) -> str:
    """Tell why a duty is moot since `lapse`: what took it away, or the end of what it belonged to."""
    if obligation.goes_on:
        return RENEWED_BY_SILENCE
    if obligation.gone_from == lapse:
        return TAKEN_OUT
    dated = obligation.deadline is not None and obligation.trigger is None
    return DAY_PASSED if obligation.rule.optional and dated else AGREEMENT_ENDED


def first_state(obligation: Obligation, tracked_since: date) -> State:
    """Give the state in which an obligation enters the store.

    A deadline that the terms alone gave, and that had passed on every reading before tracking
    began, is `unverified`: nobody is alerted, a person confirms what became of it. What follows
    from a recorded event is always open, however late the event was learned of.
    """
    if obligation.deadline is None or obligation.trigger is not None:
        return obligation.state
    return State.UNVERIFIED if obligation.deadline.latest < tracked_since else obligation.state


def state_and_why(
    obligation: Obligation,
    life: Life,
    lapse: date | None,
    tracked_since: date,
    today: date,
    *,
    was_open: bool,
) -> tuple[State, str | None]:
    """Give the state to store on a local day, and why it is closed where it is.

    `lapse` is what `lapses_on` gave. `was_open` says that the obligation was open before: it stays
    so when its deadline moves into the past, for that must be said.
    """
    if life.state is not None:
        return life.state, life.why
    if obligation.ended is not None:
        return State.SUPERSEDED, obligation.ended
    state = first_state(obligation, tracked_since)
    if state is State.UNVERIFIED:
        # What a person has reopened was not done; what was open stays open, for that must be said.
        if not was_open and life.reopened is None:
            return state, None
        state = State.OPEN
    if lapse is not None and today >= lapse:
        return State.LAPSED, why_lapsed(obligation, lapse)
    return state, None


def state_on(stored: State, act_by: date | None, *, reminded: bool, today: date) -> State:
    """Give the state to show on `today`: open becomes due once reminded, overdue after act_by."""
    if stored is not State.OPEN or act_by is None:
        return stored
    if today > act_by:
        return State.OVERDUE
    return State.DUE if reminded else State.OPEN
