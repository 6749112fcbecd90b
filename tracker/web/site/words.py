"""What the pages say of kinds and states, in Indonesian and English. Pure."""

from collections.abc import Mapping

from tracker.seen.wishes import Kind, Stand

Pair = tuple[str, str]
STANDS: Mapping[Stand, Pair] = {
    Stand.OPEN: ("Terbuka", "Open"),
    Stand.OVERDUE: ("Terlambat", "Overdue"),
    Stand.UNANSWERED: ("Belum ditanggapi", "Not answered yet"),
    Stand.SNOOZED: ("Pengingat ditunda", "Reminders put off"),
    Stand.UNDATED: ("Tanpa tanggal", "Without a date"),
    Stand.CLOSED: ("Sudah selesai", "Closed"),
}
KINDS: Mapping[Kind, Pair] = {
    Kind.RENEWAL: ("Perpanjangan", "Renewal"),
    Kind.TERMINATION: ("Pengakhiran", "Termination"),
    Kind.FORCE_MAJEURE: ("Keadaan kahar", "Force majeure"),
    Kind.REPORT: ("Laporan", "Reports"),
    Kind.PAYMENT: ("Pembayaran", "Payments"),
    Kind.ADDENDUM: ("Adendum", "Addenda"),
    Kind.CONTACT: ("Narahubung", "Contacts"),
}
ALERT_STATES: Mapping[str, Pair] = {
    "pending": ("menunggu dikirim", "waiting to be sent"),
    "grouped": ("dikirim bersama pesan lain", "sent with another message"),
    "accepted": ("terkirim", "sent"),
    "refused": ("ditolak", "refused"),
    "withdrawn": ("ditarik", "withdrawn"),
}


def of(pairs: Mapping[str, Pair], word: str, language: str) -> str:
    """Say a word; itself where nobody has words for it."""
    return pairs.get(word, (word, word))[language == "en"]


def slack_text(days: int, language: str) -> str:
    """Say how many office days are left, or gone."""
    if language == "en":
        if days == 0:
            return "the last day"
        unit = "office day" if abs(days) == 1 else "office days"
        return f"{days} {unit} left" if days > 0 else f"{-days} {unit} late"
    if days == 0:
        return "hari terakhir"
    return f"{days} hari kerja lagi" if days > 0 else f"lewat {-days} hari kerja"
