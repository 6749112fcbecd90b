"""What the operator is told when a channel does not work, or an alert may be late or lost. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from tracker.outbox.compose_list import about_the_service
from tracker.outbox.content import ListContent
from tracker.outbox.delivery import Failure
from tracker.outbox.keys import DOUBT, OPERATOR
from tracker.reminders.recipients import WEBHOOK, Address, Route

_CHANNELS = {
    "email": ("e-mail", "e-mail"),
    "telegram": ("Telegram", "Telegram"),
    "file": ("folder surat", "the mail folder"),
    "webhook": ("webhook", "webhooks"),
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

_FOR_PROGRAMS = (
    (
        "Pengingat kepada orang tidak terganggu; hanya program yang tidak diberi tahu. "
        "'tracker webhook list' menampilkan pemiliknya; 'tracker webhook end' mengakhirinya."
    ),
    (
        "Reminders to people go on as ever; only a program is not told. "
        "'tracker webhook list' names its owner; 'tracker webhook end' ends it."
    ),
)


LINES_AT_MOST = 10


class _Said(NamedTuple):
    """What is wrong, and what that means and asks for, in Indonesian and English."""

    title: tuple[str, str]
    meaning: tuple[str, str]


_BROKEN: Mapping[str, _Said] = {
    "unreminded": _Said(
        ("ada kewajiban terbuka tanpa pengingat berikutnya", "open duties have no next reminder"),
        (
            (
                "Tidak ada pengingat yang akan menyusul untuk kewajiban ini: beri tahu narahubungnya "
                "sendiri, lalu laporkan ke pengembang layanan ini."
            ),
            (
                "No reminder will follow for these duties: tell their contacts yourself, "
                "then tell those who develop this service."
            ),
        ),
    ),
    "untold": _Said(
        ("ada pengingat yang tidak sampai ke siapa pun", "reminders have reached nobody"),
        (
            (
                "Pengingat ini tercatat, tetapi tidak ada pesannya: beri tahu narahubungnya sendiri, "
                "lalu laporkan ke pengembang layanan ini."
            ),
            (
                "These reminders were noted, but no message was made: tell the contacts yourself, "
                "then tell those who develop this service."
            ),
        ),
    ),
    "undelivered": _Said(
        ("ada pemberitahuan yang terlalu lama menunggu", "alerts have waited for too long"),
        (
            (
                "Pesan-pesan ini tidak hilang, tetapi terlambat: periksa apakah 'tracker worker' hidup "
                "dan apakah server jalur ini menjawab."
            ),
            (
                "These messages are not lost, but late: see whether 'tracker worker' is alive "
                "and whether the server of this channel answers."
            ),
        ),
    ),
    "asleep": _Said(
        ("ada langkah yang tidak dijalankan pada waktunya", "steps that are due are not taken"),
        (
            "Pengingat yang lahir dari langkah ini akan terlambat: periksa log 'tracker worker'.",
            "Reminders that come of these steps will be late: look into the log of 'tracker worker'.",
        ),
    ),
    "clock": _Said(
        ("jam mesin tidak benar", "a clock is wrong"),
        (
            "Pengingat dikirim menurut jam mesin ini, jadi semuanya bisa terlambat: samakan jamnya (NTP).",
            "Reminders are sent by this machine's clock, so all of them may be late: set it right (NTP).",
        ),
    ),
}


_ONCE_A_DAY = (
    "Pesan ini diulang sekali sehari sampai beres; 'tracker doctor' menampilkan keadaan sekarang.",
    "This message is repeated once a day until it is mended; 'tracker doctor' shows how things stand.",
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
    if channel == WEBHOOK:
        shown = Failure.UNREACHABLE if kind is Failure.MESSAGE else kind  # given up after days
        why = _WHY[shown][english] if shown in _WHY else shown.value
        title = f"Trouble with webhooks: {why}" if english else f"Webhook bermasalah: {why}"
        follows = _FOR_PROGRAMS
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


def invariant_broken(
    invariant: str, lines: Sequence[str], about: Iterable[str], route: Route, timezone: str
) -> ListContent:
    """Write that alerts may be late or lost, why, and what to do; `lines` say what is affected."""
    english = route.language == "en"
    said = _BROKEN[invariant]
    title = (
        f"Look after this service: {said.title[1]}" if english else f"Periksa layanan ini: {said.title[0]}"
    )
    lead = (said.meaning[english], _ONCE_A_DAY[english])
    notes = _shown(lines, english=english)
    return about_the_service(route, timezone, OPERATOR, title, lead, notes=notes, about=about)


def _shown(lines: Sequence[str], *, english: bool) -> list[str]:
    more = len(lines) - LINES_AT_MOST
    shown = list(lines[:LINES_AT_MOST])
    if more > 0:
        shown.append(f"and {more} more" if english else f"dan {more} lagi")
    return shown


def lost_group(unit: str, answer: str, route: Route, timezone: str) -> ListContent:
    """Write that a group hears of its unit no more, and what puts it right."""
    english = route.language == "en"
    title = (
        f"The Telegram group of {unit} takes no messages any more"
        if english
        else f"Grup Telegram {unit} tidak menerima pesan lagi"
    )
    lead = (
        (
            f"Telegram said: {answer}",
            "Nothing is sent there any more. Everybody is told in person as before.",
            "Add the bot to the group again, or link another group: write /kaitkan to the bot.",
        )
        if english
        else (
            f"Jawaban Telegram: {answer}",
            "Tidak ada lagi yang dikirim ke sana. Setiap orang tetap diberi tahu langsung seperti biasa.",
            "Tambahkan bot ke grup itu lagi, atau tautkan grup lain: tulis /kaitkan kepada bot.",
        )
    )
    return about_the_service(route, timezone, DOUBT, title, lead)
