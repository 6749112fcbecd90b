"""Terms + events + calendar -> obligations. Pure: run it again and the same rows come out.

The one function to call is `derive`. Agreements with addenda, renewal by silence or an early end
take a path of their own, so that all others cost nothing more.
"""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from tracker.calendars.model import Calendar
from tracker.events.model import Event
from tracker.obligations.amended import AmendedDerivation
from tracker.obligations.derivation import Derivation
from tracker.obligations.model import Obligation
from tracker.obligations.reading import Reading
from tracker.terms.grammar import ENDED_EARLY
from tracker.terms.model import Agreement


class Derived(NamedTuple):
    """The obligations of one agreement, in the order of its rules.

    `ends` are the readings of the last day of its last known term; `beyond` is the act_by of the
    first recurring occurrence that the horizon cut off (or the first day of a term by silence that
    it cut off, where that is earlier), None where nothing was.
    """

    obligations: list[Obligation]
    ends: tuple[Reading, ...]
    beyond: date | None


def derive(
    agreement: Agreement,
    calendar: Calendar,
    events: Sequence[Event] = (),
    until: date | None = None,
    reach: date | None = None,
) -> Derived:
    """Derive every obligation of an agreement.

    `events` are the facts about this agreement; `until` is the horizon of recurring duties (no
    occurrence to be acted on later is given), None for the whole term. What renews by silence has
    no whole term: without `until` it is followed up to `reach`, and one term further.
    """
    derivation: Derivation | AmendedDerivation
    if _changes_on_the_way(agreement, events):
        derivation = AmendedDerivation(agreement, calendar, events, until, reach)
    else:
        derivation = Derivation(agreement, calendar, events, until)
    obligations = derivation.all()
    return Derived(obligations, derivation.ends, derivation.beyond)


def _changes_on_the_way(agreement: Agreement, events: Sequence[Event]) -> bool:
    if agreement.addenda or agreement.term.next_length is not None:
        return True
    return any(event.kind == ENDED_EARLY for event in events)
