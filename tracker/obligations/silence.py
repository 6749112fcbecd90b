"""What happens at the end of a term if everybody is silent, in plain words. Pure."""

from datetime import date, timedelta

from tracker.base.dates import long_date
from tracker.obligations.model import Obligation
from tracker.obligations.succession import Origin
from tracker.obligations.term_end import likely_day, term_end
from tracker.obligations.wording import clause_text, period_text, pick
from tracker.terms.grammar import AnchorKind, Counted, Side
from tracker.terms.model import Agreement
from tracker.terms.term import Renewal, Term

_SAID = {
    "ends": (
        (
            "Bila semua pihak diam, perjanjian berakhir dengan sendirinya pada akhir jangka waktu "
            "(lazimnya {last})."
        ),
        "If nobody says anything, the agreement ends by itself at the end of the term (likely {last}).",
    ),
    "renews": (
        (
            "Bila semua pihak diam, perjanjian diperpanjang dengan sendirinya selama {length} "
            "(lazimnya mulai {first})."
        ),
        "If nobody says anything, the agreement is renewed by itself for {length} (likely from {first}).",
    ),
}
_STOPPED_BY_THIS = (
    "Pemberitahuan inilah yang menghentikan perpanjangan itu.",
    "This very notice stops that renewal.",
)
_STOPPED_BY = (
    "Yang menghentikan perpanjangan itu adalah pemberitahuan menurut {rule}.",
    "What stops that renewal is the notice under {rule}.",
)
_FOLLOWS = (
    "Jangka waktu ke-{number} berjalan dengan sendirinya bila semua pihak diam.",
    "Term {number} follows by itself if nobody says anything.",
)


def silence_text(agreement: Agreement, obligation: Obligation, language: str) -> list[str]:
    """Say what silence leads to, of a duty to be done before a term ends and still to be done.

    Nothing is said where the text says nothing of it.
    """
    due = obligation.rule.due
    if not isinstance(due, Counted) or due.anchor.kind is not AnchorKind.TERM_END:
        return []
    term = obligation.term.term if obligation.term else agreement.term
    if due.side is not Side.BEFORE or obligation.ended is not None or term.renewal is None:
        return []
    last = likely_day(obligation.term.planned_ends() if obligation.term else term_end(agreement))
    return [*_follows(obligation, language), *_leads_to(agreement, obligation, term, last, language)]


def _follows(obligation: Obligation, language: str) -> list[str]:
    term = obligation.term
    if term is None or term.origin is not Origin.SILENCE:
        return []
    return [pick(_FOLLOWS, language).format(number=term.number)]


def _leads_to(
    agreement: Agreement, obligation: Obligation, term: Term, last: date, language: str
) -> list[str]:
    renewal = term.renewal
    if renewal is None:
        return []
    length = term.next_length
    said = pick(_SAID[renewal.silence], language).format(
        last=long_date(last, language),
        first=long_date(last + timedelta(days=1), language),
        length=period_text(length, language) if length else "",
    )
    return [said, *_stopped_by(agreement, obligation, renewal, language)]


def _stopped_by(agreement: Agreement, obligation: Obligation, renewal: Renewal, language: str) -> list[str]:
    stopper = renewal.stopped_by
    if stopper is None:
        return []
    if stopper == obligation.rule.id:
        return [pick(_STOPPED_BY_THIS, language)]
    rule = agreement.rule_by_id.get(stopper)
    named = clause_text(rule.clause, agreement) if rule else ""
    return [pick(_STOPPED_BY, language).format(rule=named or stopper)]
