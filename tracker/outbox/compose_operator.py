"""What the operator is told when a channel does not work. Pure."""

from tracker.outbox.content import ListContent
from tracker.outbox.delivery import Failure
from tracker.outbox.keys import OPERATOR
from tracker.reminders.recipients import Route

_CHANNELS = {
    "email": ("e-mail", "e-mail"),
    "telegram": ("Telegram", "Telegram"),
    "file": ("folder surat", "the mail folder"),
}
_WHY = {
    Failure.UNREACHABLE: ("server tidak menerima apa pun", "its server takes nothing"),
    Failure.TLS: ("sambungan aman gagal", "no secure connection comes about"),
    Failure.SETUP: ("pengaturannya ditolak", "its settings are refused"),
    Failure.BROKEN_OFF: ("sambungan terus terputus", "connections keep breaking off"),
    Failure.UNCLEAR: ("server tidak menjawab", "its server does not answer"),
    Failure.MESSAGE: ("server menolak isi pesan kami", "its server refuses what we write"),
    Failure.FLOOD: ("server meminta jeda yang panjang", "its server asks for a long pause"),
    Failure.FAULT: ("ada kesalahan di layanan ini", "this service has a fault"),
}
_REST = (
    (
        "Tidak ada pengingat yang hilang: semuanya menunggu dan dicoba lagi dengan sendirinya. "
        "Selama belum diperbaiki, narahubung tidak menerima pengingat lewat jalur ini."
    ),
    (
        "No reminder is lost: all of them wait and are tried again by themselves. "
        "Until this is mended, contacts get no reminders this way."
    ),
)


def channel_trouble(channel: str, kind: Failure, answer: str, route: Route, timezone: str) -> ListContent:
    """Write that a channel has stopped, what its server said, and what becomes of the reminders."""
    english = route.language == "en"
    name = _CHANNELS[channel][english]
    why = _WHY[kind][english] if kind in _WHY else kind.value
    return ListContent(
        language=route.language,
        timezone=timezone,
        agreement="",
        agreement_title="",
        point=OPERATOR,
        recipient=route.recipient,
        headline=f"Trouble with reminders by {name}: {why}"
        if english
        else f"Pengiriman lewat {name} bermasalah: {why}",
        lead=(
            f"The answer was: {answer}" if english else f"Jawabannya: {answer}",
            _REST[english],
        ),
        items=(),
    )
