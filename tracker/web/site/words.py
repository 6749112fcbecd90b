"""What the pages say of kinds and states, in Indonesian and English. Pure."""

from collections.abc import Mapping

from tracker.accounts.kinds import Happens
from tracker.reminders.recipients import Detour
from tracker.seen.fates import Fate
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
WEBHOOK_KINDS: Mapping[Happens, Pair] = {
    Happens.MOVED: ("Tenggat bergeser", "A deadline has moved"),
    Happens.REMINDED: ("Pengingat dikeluarkan", "A reminder was issued"),
    Happens.CLOSED: ("Kewajiban selesai atau dikesampingkan", "A duty is done or waived"),
    Happens.OVERDUE: ("Kewajiban terlambat", "A duty is overdue"),
    Happens.LAPSED: ("Kewajiban gugur", "A duty has lapsed"),
    Happens.DOUBTFUL: ("Alamat narahubung tidak berfungsi", "A contact's address does not work"),
}
ALERT_STATES: Mapping[str, Pair] = {
    "pending": ("menunggu dikirim", "waiting to be sent"),
    "grouped": ("dikirim bersama pesan lain", "sent with another message"),
    "accepted": ("terkirim", "sent"),
    "refused": ("ditolak", "refused"),
    "withdrawn": ("ditarik", "withdrawn"),
}

FATES: Mapping[Fate, Pair] = {
    Fate.REFUSED: ("Gagal", "Failed"),
    Fate.RETRYING: ("Gagal, dicoba lagi", "Failed, tried again"),
    Fate.WAITING: ("Menunggu dikirim", "Waiting to be sent"),
    Fate.ACCEPTED: ("Terkirim", "Sent"),
    Fate.WITHDRAWN: ("Ditarik", "Withdrawn"),
}
PERIODS: Mapping[str, Pair] = {
    "7": ("7 hari terakhir", "The last 7 days"),
    "30": ("30 hari terakhir", "The last 30 days"),
    "90": ("90 hari terakhir", "The last 90 days"),
    "365": ("Setahun terakhir", "The last year"),
    "semua": ("Sejak awal", "From the beginning"),
}
LADDERS: Mapping[str, Pair] = {
    "standard": ("Selebihnya", "Everything else"),
    "renewal": ("Perpanjangan dan pengakhiran", "Renewal and termination"),
    "report": ("Laporan", "Reports"),
    "payment": ("Pembayaran", "Payments"),
    "contact-change": ("Ganti narahubung", "Change of contact"),
    "force-majeure": ("Keadaan kahar", "Force majeure"),
}
INVARIANTS: Mapping[str, Pair] = {
    "unreminded": (
        "Setiap kewajiban terbuka punya pengingat berikutnya",
        "Every open duty has a next reminder",
    ),
    "untold": ("Setiap pengingat sampai ke seseorang", "Every reminder has told somebody"),
    "undelivered": ("Tidak ada pesan yang terlalu lama menunggu", "No message waits for too long"),
    "asleep": ("Setiap langkah dijalankan pada waktunya", "Every step is taken in time"),
    "undecreed": (
        "Tenggat yang dekat bersandar pada SKB, bukan perkiraan",
        "Near deadlines rest on a decree, not on an estimate",
    ),
    "unreachable": (
        "Setiap perjanjian punya narahubung yang terjangkau",
        "Every agreement has a contact who can be reached",
    ),
    "doubtful": ("Setiap alamat berfungsi", "Every address works"),
    "clock": ("Jam mesin ini benar", "The clocks agree"),
}
DETOURS: Mapping[str, Pair] = {
    Detour.NO_CONTACT: ("naskah tidak menyebut narahubung", "the text names no contact"),
    Detour.NO_ADDRESS: ("narahubungnya tidak punya alamat", "the contact has no address"),
    Detour.UNCONFIRMED: ("alamat narahubungnya belum dipastikan", "the contact's address is not confirmed"),
    Detour.REFUSED: ("alamat narahubungnya ditolak server", "a server refuses the contact's address"),
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
