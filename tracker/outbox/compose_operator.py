"""What the operator is told when a channel does not work. Pure."""

from tracker.outbox.compose_list import about_the_service
from tracker.outbox.content import ListContent
from tracker.outbox.delivery import Failure
from tracker.outbox.keys import DOUBT, OPERATOR
from tracker.reminders.recipients import Address, Route

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
_WAITING = (
    (
        "Tidak ada pengingat yang hilang: semuanya menunggu dan dicoba lagi dengan sendirinya. "
        "Selama belum diperbaiki, narahubung tidak menerima pengingat lewat jalur ini."
    ),
    (
        "No reminder is lost: all of them wait and are tried again by themselves. "
        "Until this is mended, contacts get no reminders this way."
    ),
)


_GIVEN_UP = (
    (
        "Pesan itu tidak dikirim lagi lewat jalur ini: kontak cadangan menerima gantinya. "
        "Beri tahu pengembang layanan ini, karena pesan yang sama susunannya akan ditolak juga."
    ),
    (
        "That message is not sent this way again: the fallback contact gets it instead. "
        "Tell those who develop this service, for messages of the same make will be refused too."
    ),
)


def channel_trouble(channel: str, kind: Failure, answer: str, route: Route, timezone: str) -> ListContent:
    """Write that a channel has stopped, what its server said, and what becomes of the reminders."""
    english = route.language == "en"
    name = _CHANNELS[channel][english]
    why = _WHY[kind][english] if kind in _WHY else kind.value
    title = (
        f"Trouble with reminders by {name}: {why}"
        if english
        else f"Pengiriman lewat {name} bermasalah: {why}"
    )
    said = f"The answer was: {answer}" if english else f"Jawabannya: {answer}"
    follows = _GIVEN_UP if kind is Failure.MESSAGE else _WAITING
    return about_the_service(route, timezone, OPERATOR, title, (said, follows[english]))


def doubtful_address(address: Address, whose: str, answer: str, route: Route, timezone: str) -> ListContent:
    """Write that an address does not work, and what puts it right."""
    english = route.language == "en"
    channel, where = address
    name = _CHANNELS[channel][english]
    title = (
        f"Address does not work: {where} of {whose}"
        if english
        else f"Alamat tidak berfungsi: {where} milik {whose}"
    )
    lead = (
        (
            f"The {name} server refused {where} for good. It said: {answer}",
            "Nothing is sent there any more; reminders go to the next one in line.",
            "Ask for the right address. A new officer or address: event contact-appointed.",
            f"If {where} works after all: event contact-confirmed with channel={channel}, address={where}.",
        )
        if english
        else (
            f"Server {name} menolak {where} untuk seterusnya. Jawabannya: {answer}",
            "Tidak ada lagi yang dikirim ke sana; pengingat diteruskan kepada orang berikutnya.",
            "Tanyakan alamat yang benar. Narahubung atau alamat baru: peristiwa contact-appointed.",
            f"Bila {where} berfungsi: peristiwa contact-confirmed dengan channel={channel}, address={where}.",
        )
    )
    return about_the_service(route, timezone, DOUBT, title, lead)
