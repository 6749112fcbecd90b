"""What must be done before offices close for a long holiday, and right after it. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from tracker.base.dates import long_date, plain_date, span_text
from tracker.calendars.blocks import Block
from tracker.outbox.compose_digest import Ahead, counted, digest_item
from tracker.outbox.compose_list import about_the_service
from tracker.outbox.content import ListContent
from tracker.outbox.keys import LONG_HOLIDAY
from tracker.reminders.recipients import Route


@dataclass(frozen=True, slots=True)
class BeforeHoliday:
    """A block of days off ahead, and what falls into the time up to a few days after it."""

    unit: str
    """The name of the unit that it is about; empty: everything."""
    block: Block
    closes: date
    """The last office day before it."""
    opens: date
    """The first office day after it."""
    until: date
    """The last day that is looked at."""
    before: int
    """How many duties must be done before offices close."""
    after: int
    """How many fall into the days after it, up to `until`."""
    duties: Sequence[Ahead]
    """The most urgent of them."""


def before_holiday(found: BeforeHoliday, route: Route, timezone: str) -> ListContent:
    """Write the list for one reader."""
    language = route.language
    return about_the_service(
        route,
        timezone,
        LONG_HOLIDAY,
        _headline(found, language),
        _lead(found, language),
        (digest_item(duty, route, _section(found, duty.act_by, language)) for duty in found.duties),
        more=found.before + found.after - len(found.duties),
    )


def holiday_text(block: Block, language: str) -> str:
    """Name a block: `Libur panjang 18-24 Maret 2026 (Hari Suci Nyepi, ...)`."""
    span = span_text(block.first, block.last, language)
    said = f"Long holiday {span}" if language == "en" else f"Libur panjang {span}"
    names = ", ".join(block.names(language))
    return f"{said} ({names})" if names else said


def estimate_text(block: Block, language: str) -> Iterator[str]:
    """Say which years of it are not decreed yet; nothing where all are."""
    if not block.undecreed:
        return
    years = ", ".join(map(str, block.undecreed))
    yield (
        f"These days off are an estimate: the holiday decree (SKB) of {years} is not loaded yet."
        if language == "en"
        else f"Hari libur ini masih perkiraan: SKB hari libur {years} belum dimuat."
    )


def _headline(found: BeforeHoliday, language: str) -> str:
    unit = f", {found.unit}" if found.unit else ""
    count = counted(found.before + found.after, "kewajiban", "duty", language)
    return f"{holiday_text(found.block, language)}{unit}: {count}"


def _lead(found: BeforeHoliday, language: str) -> Iterator[str]:
    english = language == "en"
    closes, opens = long_date(found.closes, language), long_date(found.opens, language)
    until = plain_date(found.until, language)
    yield (
        f"Offices are closed for {found.block.days} days. The last office day before is {closes}; "
        f"they open again on {opens}."
        if english
        else f"Kantor tutup {found.block.days} hari. Hari kantor terakhir sebelumnya {closes}; "
        f"buka kembali {opens}."
    )
    yield (
        f"To be done before: {found.before}. Due right after, up to {until}: {found.after}."
        if english
        else f"Harus selesai sebelum libur: {found.before}. Tenggat segera sesudahnya, "
        f"sampai {until}: {found.after}."
    )
    yield from estimate_text(found.block, language)
    if found.block.undecreed:
        yield (
            "If they change, this list comes again." if english else "Bila berubah, daftar ini dikirim lagi."
        )


def _section(found: BeforeHoliday, day: date, language: str) -> str:
    english = language == "en"
    if day <= found.block.last:
        first = "Dahulukan: selesaikan sebelum kantor tutup"
        return "First: do this before offices close" if english else first
    return "Right after the holiday: prepare it now" if english else "Segera sesudah libur: siapkan sekarang"
