"""What can be chosen in the forms about one agreement: parties, people, rules, duties, proofs. Pure."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from tracker.base.dates import short_date
from tracker.events import kinds
from tracker.events.log import effective
from tracker.events.model import Event
from tracker.obligations.model import State
from tracker.obligations.wording import headline, settled_text
from tracker.proof.words import channel_text
from tracker.terms.model import Agreement
from tracker.terms.pins import AXIS_CHOICES, Axis
from tracker.terms.rule import Rule
from tracker.web.fields import Choice
from tracker.web.site.asking import Matter

SPLIT, SLASH = ":", "/"
_DUTIES_AT_MOST = 80
_REOPENED = frozenset({State.FULFILLED, State.LAPSED, State.WAIVED, State.UNVERIFIED})


def any_party(matter: Matter) -> list[Choice]:
    """Give both sides."""
    parties = matter.agreement.parties.items()
    return [Choice(key, party.short or party.name, ticked=False) for key, party in parties]


def own_party(matter: Matter) -> list[Choice]:
    """Give the sides for which they may speak."""
    return [one for one in any_party(matter) if one.value in matter.parties]


def serving(matter: Matter) -> list[Choice]:
    """Give the contacts who serve today, of the sides for which they may speak."""
    return [
        Choice(
            f"{party}{SPLIT}{contact.key}",
            f"{contact.name or contact.position} ({matter.agreement.parties[party].short or party})",
            ticked=False,
        )
        for party, contact in matter.agreement.contacts()
        if party in matter.parties and contact.serves_on(matter.today)
    ]


def rules(matter: Matter) -> list[Choice]:
    """Give the term, and every rule that is applied."""
    term = matter.say(("Hari terakhir jangka waktu", "The last day of the term"))
    found = [
        Choice(rule.id, headline(rule, matter.language), ticked=False)
        for rule in matter.agreement.rules
        if rule.enabled
    ]
    return [Choice(kinds.TERM_OF_AGREEMENT, term, ticked=False), *found]


def readings(matter: Matter) -> list[Choice]:
    """Give every way of counting, in words."""
    return [
        Choice(f"{axis.value}{SPLIT}{choice}", settled_text(axis, choice, matter.language), ticked=False)
        for axis in Axis
        for choice in AXIS_CHOICES[axis]
    ]


def _duties(matter: Matter, rows: Iterable[Any]) -> list[Choice]:
    return [
        Choice(f"{row.rule}{SLASH}{row.occurrence}", _duty_name(matter, row), ticked=False)
        for row in list(rows)[:_DUTIES_AT_MOST]
    ]


def rule_named(agreement: Agreement, name: str) -> Rule | None:
    """Give a rule by its id, as it was signed or as the newest addendum has it; None where there is none."""
    later = (rule for one in reversed(agreement.addenda) for rule in one.rules if rule.id == name)
    return next(later, agreement.rule_by_id.get(name))


def rule_text(agreement: Agreement, name: str, language: str) -> str:
    """Say what a rule asks for; the words of its id where the text has it no more."""
    rule = rule_named(agreement, name)
    return headline(rule, language) if rule else name.replace("-", " ")


def _duty_name(matter: Matter, row: Any) -> str:
    name = rule_text(matter.agreement, row.rule, matter.language)
    return f"{name} ({short_date(row.act_by, matter.language) if row.act_by else row.occurrence})"


def open_duties(matter: Matter) -> list[Choice]:
    """Give the open duties with a date, soonest first."""
    dated = [row for row in matter.rows if row.state == State.OPEN and row.act_by is not None]
    return _duties(matter, sorted(dated, key=lambda row: (row.act_by, row.key)))


def closed_duties(matter: Matter) -> list[Choice]:
    """Give the duties that may be opened again, the latest first."""
    some = [row for row in matter.rows if row.state in _REOPENED]
    return _duties(matter, sorted(some, key=lambda row: (row.act_by or date.max, row.key), reverse=True))


def proofs(matter: Matter) -> list[Choice]:
    """Give the proofs that were recorded, the newest first."""
    given = [fact for fact in effective(matter.log) if fact.kind in kinds.FULFILLING]
    return [_proof(matter, fact) for fact in reversed(given[-_DUTIES_AT_MOST:])]


def _proof(matter: Matter, fact: Event) -> Choice:
    rule, day = fact.details["rule"], short_date(fact.happened_on, matter.language)
    name = f"{fact.number}. {rule_text(matter.agreement, rule, matter.language)}, {day}"
    return Choice(SLASH.join((rule, fact.details["occurrence"], str(fact.number))), name, ticked=False)


def doubtful(matter: Matter) -> list[Choice]:
    """Give the addresses that do not work."""
    return [
        Choice(
            f"{channel}{SLASH}{address}",
            f"{channel_text(channel, matter.language)}: {address}",
            ticked=False,
        )
        for channel, address in sorted(matter.doubtful)
    ]
