"""The calendar of whoever asks: an address that calendar programs follow, or a file without pages."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from tracker.accounts import calendar_links
from tracker.accounts.calendar_links import CalendarLink
from tracker.base.dates import plain_date
from tracker.bot.linking import Errand
from tracker.bot.screen import Button, Reply, bold, said
from tracker.people.requests import Ask, ask, text

CALENDAR, FILE = "kalender", "berkas"
_ANEW, _END = "baru", "cabut"


def calendar(errand: Errand, details: Sequence[str]) -> Reply | Ask:
    """Give the address of the feed; the file to whom has no e-mail address here, or where no pages are."""
    connection, address, wish = errand.connection, errand.chat.address, text(details, 0)
    if not errand.public_url or not address:
        return ask(FILE)
    if wish == _END:
        calendar_links.revoke(connection, address, errand.now)
        nothing = errand.say(
            "Tautan kalender dicabut: kalender yang memakainya tidak diperbarui lagi.",
            "The calendar link is taken back: calendars that follow it are not updated any more.",
        )
        return said(nothing, (_anew(errand), _file(errand)))
    link = calendar_links.of_address(connection, address)
    if link is not None and wish != _ANEW:
        return _is_there(errand, link)
    secret = calendar_links.make(connection, address, errand.language, errand.now)
    return _given(errand, errand.public_url.rstrip("/") + calendar_links.path_of(secret))


def _given(errand: Errand, link: str) -> Reply:
    lines = (
        bold(errand.say("Tenggat Anda di kalender", "Your deadlines in your calendar")),
        errand.say(
            "Masukkan alamat ini di aplikasi kalender Anda (Google Kalender: Tambahkan, Dari URL); "
            "isinya mengikuti tenggat yang bergeser:",
            "Enter this address in your calendar program (Google Calendar: Add, From URL); it follows "
            "deadlines that move:",
        ),
        f"<code>{link}</code>",
        errand.say(
            "Siapa yang memegang alamat ini dapat membaca tenggat Anda: jangan diteruskan.",
            "Whoever holds this address can read your deadlines: do not pass it on.",
        ),
    )
    return said("\n\n".join(lines), (_end(errand), _file(errand)))


def _is_there(errand: Errand, link: CalendarLink) -> Reply:
    zone = ZoneInfo(errand.context.timezone)
    day = plain_date(link.made_at.astimezone(zone).date(), errand.language)
    there = errand.say(
        f"Tautan kalender Anda dibuat pada {day} dan hanya ditampilkan sekali. "
        "Tautan baru mematikan yang lama.",
        f"Your calendar link was made on {day} and shown once. A new one ends the old one.",
    )
    return said(there, (_anew(errand), _end(errand)), (_file(errand),))


def _anew(errand: Errand) -> Button:
    return Button(errand.say("Tautan baru", "New link"), ask(CALENDAR, _ANEW))


def _end(errand: Errand) -> Button:
    return Button(errand.say("Cabut tautan", "Take it back"), ask(CALENDAR, _END))


def _file(errand: Errand) -> Button:
    return Button(errand.say("Kirim berkas", "Send a file"), ask(FILE))
