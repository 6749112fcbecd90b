"""What the bot can do, in a few lines; and what it says to whom it does not know."""

from collections.abc import Sequence

from tracker.bot.asker import Asker
from tracker.bot.screen import Button, Reply, bold, said
from tracker.obligations.wording import pick
from tracker.people.requests import ask

HELP = "bantuan"
_STRANGER = (
    (
        "Maaf, bot ini hanya melayani orang yang sudah ditautkan; mintalah tautannya kepada pengelola "
        "perjanjian di kantor Anda."
    ),
    (
        "Sorry, this bot only serves people who have been linked; ask whoever manages agreements in your "
        "office for a link."
    ),
)
_TOO_FAST = (
    "Terlalu banyak permintaan; tunggu satu menit, lalu coba lagi.",
    "Too many requests; wait a minute, then try again.",
)
_FAULT = (
    "Maaf, ada gangguan dan permintaan ini tidak terjawab; bila terulang, sebutkan kode {reference}.",
    "Sorry, something broke and this was not answered; if it happens again, name the code {reference}.",
)


def usage(asker: Asker, details: Sequence[str]) -> Reply:
    """Say what can be asked."""
    del details
    lines = (
        ("/tenggat 30 - yang jatuh tempo dalam 30 hari", "/tenggat 30 - what is due in 30 days"),
        ("/terlambat - yang sudah lewat", "/terlambat - what is overdue"),
        ("/ringkas - ringkasan pekan ini", "/ringkas - the week ahead"),
        ("/perjanjian babel - cari perjanjian", "/perjanjian babel - find an agreement"),
        ("/kahar - laporkan keadaan kahar", "/kahar - report force majeure"),
        ("/pejabat - narahubung baru", "/pejabat - a new contact officer"),
        ("/kalender - tenggat Anda di kalender", "/kalender - your deadlines in your calendar"),
        ("/bahasa en - English", "/bahasa id - bahasa Indonesia"),
        ("/stop - putuskan tautan chat ini", "/stop - unlink this chat"),
    )
    title = bold(asker.say("Yang dapat Anda tanyakan", "What you can ask"))
    free = asker.say(
        "Atau tulis saja, misalnya: kapan perpanjangan Babel?", "Or just write: when is the Babel renewal?"
    )
    text = "\n".join((title, *(asker.say(*line) for line in lines), "", free))
    row = (
        Button(asker.say("Tenggat", "Due"), ask("tenggat")),
        Button(asker.say("Terlambat", "Overdue"), ask("terlambat")),
        Button(asker.say("Perjanjian", "Agreements"), ask("perjanjian")),
    )
    return said(text, row)


def only_text(asker: Asker) -> Reply:
    """Say that only words can be answered."""
    return said(
        asker.say(
            "Saya hanya dapat membaca tulisan dan tombol. /bantuan menjelaskan caranya.",
            "I can only read words and buttons. /bantuan explains how.",
        )
    )


def stranger(language: str) -> Reply:
    """Say nothing of any agreement."""
    return said(pick(_STRANGER, language))


def too_fast(language: str) -> Reply:
    """Ask for patience."""
    return said(pick(_TOO_FAST, language))


def fault(language: str, reference: str) -> str:
    """Say that something broke; what, stands in the log under the reference."""
    return pick(_FAULT, language).format(reference=reference)
