"""Dates as people read them, in Indonesian and English. Pure."""

from datetime import date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime

LOCALES = {"id": "id_ID", "en": "en_GB"}
_ZONE_NAMES = {"Asia/Jakarta": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}
_KEPT = 2048
"""Days whose words are kept: a few years in both languages; one message names the same day several times."""


@lru_cache(_KEPT)
def long_date(day: date, language: str) -> str:
    """Give `Jumat, 24 Januari 2025`."""
    return format_date(day, "EEEE, d MMMM y", locale=LOCALES[language])


@lru_cache(_KEPT)
def plain_date(day: date, language: str) -> str:
    """Give `24 Januari 2025`."""
    return format_date(day, "d MMMM y", locale=LOCALES[language])


def span_text(first: date, last: date, language: str) -> str:
    """Give `18-24 Maret 2026`, `28 Maret-7 April 2025` or `31 Desember 2026-3 Januari 2027`."""
    end = plain_date(last, language)
    if first == last:
        return end
    if first.year != last.year:
        return f"{plain_date(first, language)}-{end}"
    form = "d" if first.month == last.month else "d MMMM"
    return f"{format_date(first, form, locale=LOCALES[language])}-{end}"


@lru_cache(_KEPT)
def short_date(day: date, language: str) -> str:
    """Give `24 Jan 2025`."""
    return format_date(day, "d MMM y", locale=LOCALES[language])


def clock_text(at: time | None, language: str) -> str:
    """Give what follows a date: ` pukul 14.30` or ` at 14:30`; nothing where no time is known."""
    if at is None:
        return ""
    return f" at {at:%H:%M}" if language == "en" else f" pukul {at:%H.%M}"


def short_moment(day: date, at: time | None, language: str) -> str:
    """Give `24 Jan 2025 14.30`, or the date alone where no time is known."""
    if at is None:
        return short_date(day, language)
    clock = f"{at:%H:%M}" if language == "en" else f"{at:%H.%M}"
    return f"{short_date(day, language)} {clock}"


def local_time(instant: datetime, zone: ZoneInfo, language: str) -> str:
    """Give `24 Jan 2025 08.00 WIB`."""
    local = instant.astimezone(zone)
    shown = format_datetime(
        local, "d MMM y HH.mm" if language == "id" else "d MMM y HH:mm", locale=LOCALES[language]
    )
    return f"{shown} {zone_name(zone)}"


def zone_name(zone: ZoneInfo) -> str:
    """Give WIB, WITA or WIT, or the zone's own name elsewhere."""
    return _ZONE_NAMES.get(zone.key, zone.key)


def days_phrase(days: int, language: str) -> str:
    """Say how many days are left: `hari ini`, `besok`, `14 hari lagi`, `lewat 3 hari`."""
    match language, days:
        case "en", 0:
            return "today"
        case "en", 1:
            return "tomorrow"
        case "en", _ if days < 0:
            return f"{-days} day{'s' if days != -1 else ''} overdue"
        case "en", _:
            return f"{days} days left"
        case _, 0:
            return "hari ini"
        case _, 1:
            return "besok"
        case _ if days < 0:
            return f"lewat {-days} hari"
        case _:
            return f"{days} hari lagi"
