"""What the pages say around a duty, in Indonesian and English. Pure."""

from collections.abc import Mapping
from typing import NamedTuple

from tracker.base.signing import Purpose
from tracker.outbox.keys import LONG_HOLIDAY, LOOK_AHEAD, SUMMARY

Pair = tuple[str, str]


def say(language: str, indonesian: str, english: str) -> str:
    """Choose the sentence of a language."""
    return english if language == "en" else indonesian


class Asking(NamedTuple):
    """How a page asks for one kind of answer, and what it says once it has it."""

    title: Pair
    intro: Pair
    button: Pair
    recorded: Pair


ASKING: Mapping[Purpose, Asking] = {
    Purpose.ACKNOWLEDGE: Asking(
        ("Saya sudah tahu", "I know about it"),
        (
            "Tekan tombol ini bila Anda sudah tahu. Kewajibannya tetap terbuka sampai buktinya dicatat.",
            "Press the button if you know about it. The duty stays open until its proof is recorded.",
        ),
        ("Saya sudah tahu", "I know about it"),
        ("Tercatat: Anda sudah tahu. Terima kasih.", "Recorded: you know about it. Thank you."),
    ),
    Purpose.SNOOZE: Asking(
        ("Ingatkan lagi nanti", "Remind me later"),
        (
            "Pilih hari untuk diingatkan lagi. Tenggatnya tidak berubah.",
            "Choose the day to be reminded again. The deadline does not change.",
        ),
        ("Ingatkan lagi pada hari itu", "Remind me on that day"),
        ("Tercatat: pengingat ditunda.", "Recorded: the reminders are put off."),
    ),
    Purpose.DONE: Asking(
        ("Sudah dikerjakan", "Already done"),
        (
            "Isi kapan dan dengan surat apa. Setelah dicatat, pengingat berhenti.",
            "Enter when, and by which letter. Once it is recorded the reminders stop.",
        ),
        ("Catat sebagai sudah dikerjakan", "Record it as done"),
        ("Tercatat. Terima kasih.", "Recorded. Thank you."),
    ),
}

LABELS: Mapping[str, Pair] = {
    "deadline": ("Tenggat", "Deadline"),
    "overdue": ("Terlambat: tenggat sudah lewat", "Overdue: the deadline has passed"),
    "towards": ("Kepada", "Towards"),
    "form": ("Bentuk", "Form"),
    "clause": ("Dasar", "Clause"),
    "cost": ("Jika terlewat", "If missed"),
    "state": ("Keadaan sekarang", "State now"),
    "agreement": ("Perjanjian", "Agreement"),
    "reader": ("Untuk", "For"),
    "undated": ("Tanpa batas waktu", "No time limit"),
    "errors": ("Belum dapat dicatat. Periksa isian di bawah.", "Not recorded yet. Check the fields below."),
}
DIGESTS: Mapping[str, Pair] = {
    SUMMARY: ("ringkasan pagi", "the morning summary"),
    LOOK_AHEAD: ("ringkasan minggu ke depan", "the look-ahead of a week"),
    LONG_HOLIDAY: ("daftar sebelum libur panjang", "the list before a long holiday"),
}
_ANY_DIGEST: Pair = ("ringkasan berkala", "the regular digest")


def label(name: str, language: str) -> str:
    """Say a label."""
    return say(language, *LABELS[name])


def digest_name(name: str, language: str) -> str:
    """Say which digest it is."""
    return say(language, *DIGESTS.get(name, _ANY_DIGEST))
