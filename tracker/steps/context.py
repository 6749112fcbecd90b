"""What every step needs besides the database and `now`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from tracker.base.errors import UnknownThingError
from tracker.calendars.model import Calendar
from tracker.obligations.months import shifted
from tracker.reminders.ladder import Schedule
from tracker.reminders.policy import Policy
from tracker.reminders.recipients import Routing
from tracker.terms.model import Agreement


def _nothing(digest: str) -> bool:
    del digest
    return False


@dataclass(frozen=True)
class Context:
    """Calendars, policy and routing, as bootstrap read them; and which evidence files are held."""

    calendars: Mapping[str, Calendar]
    policy: Policy
    routing: Routing
    horizon_months: int = 24
    mail_domain: str = "tracker.invalid"
    timezone: str = "Asia/Jakarta"
    holidays: str = "id"
    """The operator's zone and calendar: what is said about the service itself goes by them."""
    is_held: Callable[[str], bool] = _nothing
    """Tells whether the evidence folder holds a file of a digest."""
    _schedules: dict[tuple[str, str], Schedule] = field(default_factory=dict)

    def calendar(self, agreement: Agreement) -> Calendar:
        """Give the calendar an agreement is counted on."""
        try:
            return self.calendars[agreement.calendar.holidays]
        except KeyError:
            known = ", ".join(sorted(self.calendars))
            raise UnknownThingError(
                f"{agreement.id} wants the calendar {agreement.calendar.holidays!r}; there is {known}."
            ) from None

    def horizon(self, agreement: Agreement, now: datetime) -> date:
        """Give the day up to which duties are laid out."""
        return shifted(now.astimezone(agreement.zone).date(), self.horizon_months)

    def schedule(self, agreement: Agreement) -> Schedule:
        """Give when reminders of an agreement may be sent."""
        key = (agreement.calendar.holidays, agreement.timezone)
        found = self._schedules.get(key)
        if found is None:
            found = Schedule(self.policy, self.calendar(agreement), agreement.zone)
            self._schedules[key] = found
        return found
