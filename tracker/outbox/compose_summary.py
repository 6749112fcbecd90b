"""The managers' morning summary: sent even when there is nothing, so that silence means a fault. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from tracker.outbox.compose_digest import Ahead, digest_item
from tracker.outbox.compose_list import about_the_service
from tracker.outbox.content import ListContent
from tracker.outbox.keys import SUMMARY
from tracker.reminders.recipients import Route

FINDINGS_AT_MOST = 10


@dataclass(frozen=True, slots=True)
class Morning:
    """What a manager must know at the beginning of a day."""

    overdue: int
    ahead: int
    days: int
    """How many days `ahead` looks ahead."""
    undelivered: int
    """Alerts that were refused in the last day, or wait for too long."""
    decreed_until: int | None
    """The last year whose holiday decrees are held without a gap."""
    soonest: Sequence[Ahead]
    findings: Sequence[tuple[str, str]] = ()
    """What is wrong with the live data, in Indonesian and English."""
    about: Sequence[str] = ()
    """Names of what is wrong."""
    unit: str = ""
    """The name of the unit that it is about; empty: everything."""

    @property
    def left_out(self) -> int:
        """How many duties are counted, but not shown."""
        return self.overdue + self.ahead - len(self.soonest)


def morning_summary(morning: Morning, route: Route, timezone: str) -> ListContent:
    """Write the summary for one reader."""
    english = route.language == "en"
    return about_the_service(
        route,
        timezone,
        SUMMARY,
        _headline(morning, english=english),
        _lead(morning, english=english),
        (digest_item(ahead, route) for ahead in morning.soonest),
        _notes(morning, english=english),
        morning.about,
        more=morning.left_out if morning.unit else 0,
    )


def _headline(morning: Morning, *, english: bool) -> str:
    name = f", {morning.unit}" if morning.unit else ""
    overdue, ahead, undelivered = morning.overdue, morning.ahead, morning.undelivered
    if english:
        said = f"{overdue} overdue, {ahead} due within {morning.days} days, {undelivered} not delivered"
        return f"Morning summary{name}: {said}"
    said = f"{overdue} terlambat, {ahead} tenggat dalam {morning.days} hari, {undelivered} gagal kirim"
    return f"Ringkasan pagi{name}: {said}"


def _lead(morning: Morning, *, english: bool) -> list[str]:
    shown, all_of_them = len(morning.soonest), morning.overdue + morning.ahead
    if all_of_them == 0:
        said = "Nothing is overdue or due." if english else "Tidak ada yang terlambat atau jatuh tempo."
    elif shown < all_of_them and not morning.unit:
        said = (
            f"The {shown} most urgent of {all_of_them}; 'tracker upcoming' lists all."
            if english
            else f"{shown} yang paling mendesak dari {all_of_them}; 'tracker upcoming' menampilkan semuanya."
        )
    else:
        said = "The most urgent first." if english else "Yang paling mendesak lebih dahulu."
    return [said, _calendar(morning.decreed_until, english=english)]


def _calendar(until: int | None, *, english: bool) -> str:
    if until is None:
        return "No holiday decree is held." if english else "Belum ada SKB hari libur yang dimuat."
    if english:
        return f"Holiday decrees are held up to {until}."
    return f"Kalender hari libur resmi lengkap sampai {until}."


def _notes(morning: Morning, *, english: bool) -> list[str]:
    notes = [english_text if english else text for text, english_text in morning.findings[:FINDINGS_AT_MOST]]
    more = len(morning.findings) - len(notes)
    if more:
        said = f"and {more} more findings" if english else f"dan {more} temuan lagi"
        notes.append(f"{said}: 'tracker doctor'")
    return notes
