"""Everything that terms, facts and calendar say about one agreement. Pure: the whole fold in one place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from tracker.calendars.model import Calendar
from tracker.events.kinds import ABOUT_ONE_OBLIGATION
from tracker.events.log import by_obligation, effective
from tracker.events.model import Event
from tracker.obligations.decided import decided
from tracker.obligations.derive import Derived, derive
from tracker.obligations.life import UNTOUCHED, Life, life_of
from tracker.obligations.model import Obligation
from tracker.terms.model import Agreement


@dataclass(frozen=True)
class Picture:
    """One agreement as the facts have changed it, with what was derived of it."""

    agreement: Agreement
    facts: Sequence[Event]
    derived: Derived
    about: Mapping[tuple[str, str], Sequence[Event]]

    @cached_property
    def obligations(self) -> dict[str, Obligation]:
        """The obligations by their keys, waiting ones too."""
        return {obligation.key: obligation for obligation in self.derived.obligations}

    def life(self, obligation: Obligation, acknowledged_days: int) -> Life:
        """Fold what is known about one obligation."""
        facts = self.about.get((obligation.rule.id, obligation.occurrence))
        return life_of(obligation.rule, facts, acknowledged_days) if facts else UNTOUCHED


def picture(
    written: Agreement,
    calendar: Calendar,
    log: Sequence[Event] = (),
    until: date | None = None,
    reach: date | None = None,
) -> Picture:
    """Derive one agreement from its terms as written and its log.

    `until` is the horizon of recurring duties, None for the whole term; terms by silence are
    followed up to `reach` then.
    """
    return pictured(written, calendar, effective(log) if log else [], until, reach)


def pictured(
    written: Agreement,
    calendar: Calendar,
    facts: Sequence[Event],
    until: date | None = None,
    reach: date | None = None,
) -> Picture:
    """Derive one agreement from its terms as written and the facts that hold."""
    agreement = decided(written, facts)
    return Picture(
        agreement,
        facts,
        derive(agreement, calendar, facts, until, reach),
        by_obligation(facts, ABOUT_ONE_OBLIGATION),
    )
