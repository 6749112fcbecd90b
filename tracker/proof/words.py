"""What a proof page calls things: kinds of facts, their details, channels and outcomes. Pure."""

import re
from collections.abc import Mapping

from tracker.base.dates import short_date
from tracker.base.iso import iso_date
from tracker.events import kinds
from tracker.events.names import event_name
from tracker.evidence.kinds import EMAIL, JPEG, PDF, PNG, TEXT
from tracker.obligations.wording import pick
from tracker.reminders.escalation import CHAINED
from tracker.reminders.ladder import AGAIN, AT_ONCE

_KINDS: Mapping[str, tuple[str, str]] = {
    kinds.NOTICE_SERVED: ("Pemberitahuan disampaikan", "Notice served"),
    "report-submitted": ("Laporan disampaikan", "Report submitted"),
    "payment-made": ("Pembayaran dilakukan", "Payment made"),
    "duty-fulfilled": ("Kewajiban dilaksanakan", "Duty fulfilled"),
    kinds.ACCEPTED: ("Bukti diterima", "Proof accepted"),
    kinds.REJECTED: ("Bukti ditolak", "Proof rejected"),
    kinds.ACKNOWLEDGED: ("Diketahui penanggung jawab", "Acknowledged"),
    kinds.SNOOZED: ("Pengingat ditunda", "Reminders snoozed"),
    kinds.WAIVED: ("Kewajiban dikesampingkan", "Duty waived"),
    kinds.REOPENED: ("Kewajiban dibuka kembali", "Duty reopened"),
    kinds.OVERRIDDEN: ("Tanggal bertindak ditetapkan lain", "Day to act by set by a person"),
    kinds.PINNED: ("Tafsir ditetapkan", "Reading settled"),
    kinds.CORRECTED: ("Koreksi", "Correction"),
    kinds.TERMS_AMENDED: ("Ketentuan diubah (adendum)", "Terms amended"),
    kinds.TERMS_CORRECTED: ("Berkas ketentuan diperbarui", "Terms file updated"),
    kinds.DECREE_LOADED: ("SKB hari libur dimuat", "Holiday decrees loaded"),
}
_DETAILS: Mapping[str, tuple[str, str]] = {
    "party": ("Pihak", "Party"),
    "at": ("Pukul", "Time"),
    "note": ("Catatan", "Note"),
    "letter": ("Nomor surat", "Letter number"),
    "recorded_on": ("Hari pencatatan", "Noted on"),
    "rule": ("Aturan", "Rule"),
    "occurrence": ("Kejadian", "Occurrence"),
    "sent_on": ("Dikirim", "Sent"),
    "received_on": ("Diterima", "Received"),
    "channel": ("Saluran", "Channel"),
    "to": ("Kepada", "To"),
    "form": ("Bentuk", "Form"),
    "evidence": ("Berkas bukti", "Evidence file"),
    "proof": ("Bukti pada entri", "Proof in entry"),
    "why": ("Alasan", "Why"),
    "until": ("Sampai", "Until"),
    "act_by": ("Bertindak paling lambat", "Act by"),
    "axis": ("Pilihan", "Choice"),
    "choice": ("Ditetapkan", "Settled as"),
    "corrects": ("Mengoreksi entri", "Corrects entry"),
    "desired_end": ("Hari berakhir yang dikehendaki", "Desired end"),
    "expected_days": ("Perkiraan lama (hari)", "Expected days"),
    "version": ("Versi", "Version"),
    "digest": ("Sidik jari naskah", "Digest of the text"),
    "name": ("Nama", "Name"),
    "position": ("Jabatan", "Position"),
    "email": ("E-mail", "E-mail"),
    "phone": ("Telepon", "Telephone"),
    "replaces": ("Menggantikan", "In place of"),
    "acting": ("Pelaksana tugas", "Acting"),
    "withdrawn": ("Dibatalkan", "Taken back"),
    "decrees": ("SKB", "Decrees"),
}
_CHANNELS = {
    "email": ("e-mail", "e-mail"),
    "telegram": ("Telegram", "Telegram"),
    "file": ("folder", "folder"),
    "webhook": ("webhook", "webhook"),
}
_ACCEPTED = {
    "email": ("diterima server e-mail", "accepted by the mail server"),
    "telegram": ("terkirim", "delivered"),
    "file": ("hanya ditulis ke folder", "only written to the folder"),
}
_CLOSED = {
    "agreement-ended": ("Perjanjian telah berakhir", "The agreement has ended"),
    "renewed-by-silence": (
        "Jangka waktu habis tanpa pemberitahuan: perjanjian diperpanjang dengan sendirinya",
        "The term ran out without a notice: the agreement was renewed by itself",
    ),
    "day-passed": (
        "Harinya sudah lewat, dan langkah ini tidak wajib",
        "Its day has passed, and the step was not required",
    ),
    "renewed": ("Perjanjian diperpanjang dengan addendum", "An addendum has renewed the agreement"),
    "trigger-ended": ("Peristiwa yang memulainya sudah berakhir", "What started it has ended"),
    "taken-out": ("Addendum menghapus kewajiban ini", "An addendum has taken this duty out"),
    "terms-changed": (
        "Ketentuan atau fakta tidak lagi memuat kewajiban ini",
        "Terms or facts no longer give this duty",
    ),
}
_POINT = re.compile(r"(T-|overdue\+)(\d+)")
_ROLES = {"substitute": ("pengganti", "substitute"), "manager": ("pimpinan", "manager")}
_OUTCOMES = {
    "accepted": ("diterima", "accepted"),
    "pending": ("belum terkirim", "not delivered yet"),
    "refused": ("ditolak", "refused"),
    "withdrawn": ("dibatalkan", "withdrawn"),
    "failed": ("gagal", "failed"),
    "ambiguous": ("tidak pasti", "uncertain"),
    "started": ("tidak selesai", "not finished"),
}
_TYPES = {
    PDF: ("dokumen PDF", "PDF document"),
    JPEG: ("gambar JPEG", "JPEG picture"),
    PNG: ("gambar PNG", "PNG picture"),
    EMAIL: ("e-mail tersimpan", "saved e-mail"),
    TEXT: ("teks", "plain text"),
}


def kind_text(kind: str, language: str) -> str:
    """Name a kind of fact, as the beginning of a line."""
    if kind in _KINDS:
        return pick(_KINDS[kind], language)
    name = event_name(kind, language)
    return f"{name[:1].upper()}{name[1:]}"


def label_text(name: str, language: str) -> str:
    """Name a detail of a fact."""
    return pick(_DETAILS[name], language) if name in _DETAILS else name.replace("_", " ")


def value_text(text: str, language: str) -> str:
    """Say the value of a detail: days as people read them, anything else as it is."""
    try:
        return short_date(iso_date(text), language)
    except ValueError:
        return text


def channel_text(channel: str, language: str) -> str:
    """Name a channel."""
    return pick(_CHANNELS.get(channel, (channel, channel)), language)


def outcome_text(outcome: str, language: str) -> str:
    """Say what became of a message, or of one try to deliver it."""
    return pick(_OUTCOMES.get(outcome, (outcome, outcome)), language)


def accepted_text(channel: str, language: str) -> str:
    """Say what it means that a channel took a message: no more than what it knows."""
    return pick(_ACCEPTED.get(channel, _OUTCOMES["accepted"]), language)


def point_text(point: str, language: str) -> str:
    """Say which step of the ladder a message was: `7 hari sebelum tenggat`, and of its chain."""
    begun_by, _, role = point.partition(CHAINED)
    if role:
        missing = "no answer, to the" if language == "en" else "tanpa tanggapan, kepada"
        return f"{point_text(begun_by, language)}; {missing} {pick(_ROLES.get(role, (role, role)), language)}"
    if point.startswith(AGAIN):
        day = short_date(iso_date(point.removeprefix(AGAIN)), language)
        return f"again on {day}" if language == "en" else f"lagi, {day}"
    if point == AT_ONCE:
        return "at once" if language == "en" else "seketika"
    found = _POINT.fullmatch(point)
    if found is None:
        return point
    days, before = int(found[2]), found[1] == "T-"
    if days == 0:
        return "on the day to act by" if language == "en" else "pada hari tenggat"
    if language == "en":
        return f"{days} day{'' if days == 1 else 's'} {'before' if before else 'after'} the day to act by"
    return f"{days} hari {'sebelum' if before else 'setelah'} tenggat"


def closing_text(why: str, language: str) -> str:
    """Say why an obligation was closed: by a fact, or because it ceased to matter."""
    return pick(_CLOSED[why], language) if why in _CLOSED else kind_text(why, language)


def type_text(media_type: str, language: str) -> str:
    """Name the type of a file."""
    return pick(_TYPES.get(media_type, (media_type, media_type)), language)


def size_text(size: int, language: str) -> str:
    """Say how large a file is."""
    if size < 1024:
        return f"{size} {'bytes' if language == 'en' else 'bita'}"
    number, unit = (size / 1024, "KB") if size < 1024 * 1024 else (size / 1024 / 1024, "MB")
    text = f"{number:.1f}"
    return f"{text if language == 'en' else text.replace('.', ',')} {unit}"


def days_after(days: int, language: str) -> str:
    """Say `tepat waktu, 3 hari sebelumnya` or `terlambat 2 hari`."""
    plural = "" if abs(days) == 1 else "s"
    if days > 0:
        return f"late by {days} day{plural}" if language == "en" else f"terlambat {days} hari"
    if days == 0:
        return "in time, on the last day" if language == "en" else "tepat waktu, pada hari terakhir"
    if language == "en":
        return f"in time, {-days} day{plural} before"
    return f"tepat waktu, {-days} hari sebelumnya"
