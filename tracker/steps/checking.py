"""Whether a fact can be recorded: what it speaks of must exist, and it must make sense there. Pure."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from tracker.base.errors import BadFactError, UnknownThingError
from tracker.calendars.model import Calendar
from tracker.events import kinds
from tracker.events.log import corrected, effective, first_recorded, numbered
from tracker.events.model import BadEventError, Event, checked
from tracker.obligations.decided import decided, names_officer, predecessors
from tracker.obligations.model import Obligation
from tracker.obligations.months import shifted
from tracker.obligations.picture import picture
from tracker.terms.grammar import DESIRED_END_EVENT
from tracker.terms.model import Agreement
from tracker.terms.pins import AXIS_CHOICES, Axis

_AHEAD_MONTHS = 36
"""How far ahead of its own day a fact may speak of a term that only silence will begin."""


def check_fact(agreement: Agreement, calendar: Calendar, log: Sequence[Event], event: Event) -> None:
    """Refuse a fact that says nothing or the impossible; the error names the detail and what was expected."""
    try:
        checked(event)
    except BadEventError as error:
        raise BadFactError(str(error)) from None
    if event.kind in kinds.BY_THE_SERVICE:
        raise BadFactError(f"{event.kind} is recorded by loading terms or decrees, not by hand.")
    if event.party is not None and event.party not in agreement.parties:
        parties = ", ".join(agreement.parties)
        raise UnknownThingError(f"party={event.party}: {agreement.id} has the parties {parties}.")
    if event.kind not in kinds.ABOUT_ONE_OBLIGATION:
        _check_time_of_day(log, event)
    check = _CHECKS.get(event.kind)
    if check is not None:
        check(agreement, calendar, log, event)


def _check_time_of_day(log: Sequence[Event], event: Event) -> None:
    """Refuse a fact that may be one of the same day, or another: only one of the two says when."""
    unlike = (
        fact
        for fact in effective(log)
        if fact.is_of_same_day(event)
        and fact.number != event.number
        and (fact.at is None) != (event.at is None)
    )
    for fact in unlike:
        silent, timed = ("it", "this one") if fact.at is None else ("this one", "it")
        raise BadFactError(
            f"Entry {fact.number} is {fact.kind} of {fact.happened_on} already, and only {timed} says at "
            f"what time; {silent} does not. If both are one fact, change that entry: 'tracker event correct "
            f"{fact.agreement} {fact.number} --why ...'. If they are two, give both their time (at=HH:MM)."
        )


def check_evidence(event: Event, is_held: Callable[[str], bool]) -> None:
    """Refuse a proof, or the correction of one, that names a file which is not held."""
    digest = event.details.get("evidence")
    if not digest or event.kind not in kinds.FULFILLING | {kinds.CORRECTED}:
        return
    if not is_held(digest):
        raise UnknownThingError(
            f"evidence={digest}: no such file is in the evidence folder; "
            "give the file itself with --evidence FILE."
        )


def _of_one_obligation(agreement: Agreement, calendar: Calendar, log: Sequence[Event], event: Event) -> None:
    obligation = _obligation(agreement, calendar, log, event)
    if event.kind in kinds.FULFILLING:
        _check_proof(obligation, event)
    elif event.kind in (kinds.ACCEPTED, kinds.REJECTED):
        _check_review(log, event)
    elif event.kind == kinds.SNOOZED:
        _check_snooze(obligation, event)
    elif event.kind == kinds.OVERRIDDEN and obligation.deadline is None:
        raise BadFactError(f"{obligation.key} has no date that could be overridden.")


def _obligation(agreement: Agreement, calendar: Calendar, log: Sequence[Event], event: Event) -> Obligation:
    rule, occurrence = event.details["rule"], event.details["occurrence"]
    reach = shifted(event.happened_on, _AHEAD_MONTHS)
    found = picture(agreement, calendar, log, reach=reach).derived.obligations
    for obligation in found:
        if (obligation.rule.id, obligation.occurrence) == (rule, occurrence):
            return obligation
    there = [one.occurrence for one in found if one.rule.id == rule]
    if not there:
        rules = ", ".join(one.id for one in agreement.rules)
        raise UnknownThingError(f"rule={rule}: {agreement.id} has the rules {rules}.")
    raise UnknownThingError(
        f"There is no obligation '{agreement.id}/{rule}/{occurrence}': "
        f"occurrence={occurrence}, expected one of {', '.join(there)}"
    )


def _check_proof(obligation: Obligation, event: Event) -> None:
    rule, to = obligation.rule, event.details.get("to")
    addressees = rule.duty.to
    if to is None and len(addressees) > 1:
        raise BadFactError(
            f"to=... is missing: {rule.id} has {len(addressees)} addressees, "
            f"expected to={addressees[0]} or to={'+'.join(addressees)}"
        )
    unknown = [name for name in to.split("+") if name not in addressees] if to else []
    if unknown:
        raise BadFactError(f"to={to}: {rule.id} is owed to {', '.join(addressees)}")
    for name in ("sent_on", "received_on"):
        day = event.details.get(name)
        if day and date.fromisoformat(day) > event.happened_on and name == "sent_on":
            raise BadFactError(f"{name}={day} is after the day of the fact, {event.happened_on}")
    sent, received = event.details.get("sent_on"), event.details.get("received_on")
    if sent and received and received < sent:
        raise BadFactError(f"received_on={received} is before sent_on={sent}")


def _check_review(log: Sequence[Event], event: Event) -> None:
    number = int(event.details["proof"])
    proof = numbered(log, number)
    same = proof is not None and all(
        proof.details.get(name) == event.details[name] for name in ("rule", "occurrence")
    )
    if proof is None or proof.kind not in kinds.FULFILLING or not same:
        raise UnknownThingError(
            f"proof={number}: entry {number} of {event.agreement}'s log is no proof of this obligation; "
            "'tracker event list' shows the numbers."
        )


def _check_snooze(obligation: Obligation, event: Event) -> None:
    until = date.fromisoformat(event.details["until"])
    if obligation.deadline is None:
        raise BadFactError(f"{obligation.key} has no date, so there are no reminders to snooze.")
    if until > obligation.deadline.act_by:
        raise BadFactError(
            f"until={until}: reminders cannot be snoozed past {obligation.deadline.act_by}, the day to act by"
        )
    if until <= event.happened_on:
        raise BadFactError(f"until={until} is not after {event.happened_on}")


def _correction(agreement: Agreement, calendar: Calendar, log: Sequence[Event], event: Event) -> None:
    number = int(event.details["corrects"])
    target = numbered(log, number)
    if target is None:
        raise UnknownThingError(
            f"corrects={number}: {agreement.id}'s log has no entry {number}; 'tracker event list' shows them."
        )
    if target.kind in kinds.BY_THE_SERVICE:
        raise BadFactError(f"corrects={number}: {target.kind} is corrected by loading terms or decrees.")
    root = first_recorded(log, target)
    standing = {fact.number: fact for fact in effective(log)}.get(root)
    if standing is None:
        raise BadFactError(f"corrects={number}: that fact was withdrawn; record it anew.")
    if "withdrawn" not in event.details:
        others = [one for one in log if one.number != root]
        check_fact(agreement, calendar, others, corrected(standing, event))


def _wish(agreement: Agreement, calendar: Calendar, log: Sequence[Event], event: Event) -> None:
    """Refuse a second wish of one day: it would take the place of the first without a word."""
    del agreement, calendar
    for fact in effective(log):
        unlike = fact.at == event.at and fact.desired_end != event.desired_end
        if unlike and fact.is_of_same_day(event) and fact.number != event.number:
            raise BadFactError(
                f"desired_end={event.desired_end}: entry {fact.number} of the same day says "
                f"{fact.desired_end}. If the wish has changed, change that entry: 'tracker event correct "
                f"{fact.agreement} {fact.number} -d desired_end={event.desired_end} --why ...'."
            )


def _appointment(agreement: Agreement, calendar: Calendar, log: Sequence[Event], event: Event) -> None:
    del calendar
    if not names_officer(event):
        if any(name in event.details for name in ("acting", "until", "replaces")):
            raise BadFactError("contact-appointed names nobody, expected party= and position= or name=")
        return
    if event.details.get("acting") and not event.details.get("until"):
        raise BadFactError("until=... is missing: an acting officer (Plt./Plh.) serves to a day")
    until = event.details.get("until")
    if until and date.fromisoformat(until) < event.happened_on:
        raise BadFactError(f"until={until} is before the appointment on {event.happened_on}")
    standing = decided(agreement, [fact for fact in effective(log) if fact.kind == kinds.APPOINTED])
    contacts = standing.parties[event.party or ""].contacts
    named = event.details.get("replaces")
    if named is not None and not predecessors(standing, event):
        keys = ", ".join(contact.key for contact in contacts) or "no contact"
        raise UnknownThingError(f"replaces={named}: {event.party} has {keys} on {event.happened_on}.")
    if named is None and len(predecessors(standing, event)) > 1:
        keys = ", ".join(contact.key for contact in predecessors(standing, event))
        raise BadFactError(f"replaces=... is missing: {event.party} has several contacts: {keys}")


def _pin(agreement: Agreement, calendar: Calendar, log: Sequence[Event], event: Event) -> None:
    del calendar, log
    axis, choice, rule = Axis(event.details["axis"]), event.details["choice"], event.details["rule"]
    if choice not in AXIS_CHOICES[axis]:
        raise BadFactError(f"choice={choice}: {axis} knows {', '.join(AXIS_CHOICES[axis])}")
    if rule != kinds.TERM_OF_AGREEMENT and rule not in agreement.rule_by_id:
        rules = ", ".join(one.id for one in agreement.rules)
        raise UnknownThingError(f"rule={rule}: {agreement.id} has the rules {rules}, and 'term'.")


_Check = Callable[[Agreement, Calendar, Sequence[Event], Event], None]
_CHECKS: Mapping[str, _Check] = {
    **dict.fromkeys(kinds.ABOUT_ONE_OBLIGATION, _of_one_obligation),
    kinds.CORRECTED: _correction,
    kinds.APPOINTED: _appointment,
    DESIRED_END_EVENT: _wish,
    kinds.PINNED: _pin,
}
