"""The forms: what is asked about each kind of fact, and the details that come of the answers. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from tracker.events import kinds
from tracker.events.model import CLOCK
from tracker.terms.grammar import DESIRED_END_EVENT, ENDED_EARLY
from tracker.web.fields import text_of
from tracker.web.site.asking import DAY, NO_DAY, Ask, Form, Matter, Pair, Wrong, is_day
from tracker.web.site.choices import (
    SLASH,
    SPLIT,
    any_party,
    closed_duties,
    doubtful,
    open_duties,
    own_party,
    proofs,
    readings,
    rules,
    serving,
)

KAHAR = "force-majeure-occurred"


def check_day(matter: Matter, text: str) -> Wrong | None:
    """Refuse what is no day."""
    del matter
    return None if is_day(text) else NO_DAY


def _by(check: kinds.Check, words: Pair) -> Callable[[Matter, str], Wrong | None]:
    return lambda _, text: Wrong(words) if check(text) is not None else None


def _about_duty(details: Mapping[str, str]) -> Mapping[str, str]:
    rule, _, occurrence = details["duty"].partition(SLASH)
    rest = {name: text for name, text in details.items() if name != "duty"}
    return {"rule": rule, "occurrence": occurrence, **rest}


def _about_proof(details: Mapping[str, str]) -> Mapping[str, str]:
    rule, occurrence, number = details["proof"].split(SLASH)
    rest = {name: text for name, text in details.items() if name != "proof"}
    return {"rule": rule, "occurrence": occurrence, "proof": number, **rest}


def _about_address(details: Mapping[str, str]) -> Mapping[str, str]:
    channel, _, address = details["where"].partition(SLASH)
    rest = {name: text for name, text in details.items() if name != "where"}
    return {"channel": channel, "address": address, **rest}


def _after_the_day(matter: Matter, details: Mapping[str, str]) -> tuple[str, Wrong] | None:
    if details["desired_end"] <= text_of(matter.given, DAY):
        words = ("Hari itu harus sesudah hari keinginan disampaikan.", "That day must be after the wish.")
        return "desired_end", Wrong(words)
    return None


def _officer(matter: Matter, details: Mapping[str, str]) -> tuple[str, Wrong] | None:
    party, until = details["party"], details.get("until", "")
    if until and until < text_of(matter.given, DAY):
        return "until", Wrong(("Hari itu sebelum ia mulai.", "That day is before they begin."))
    those = [one for one in serving(matter) if one.value.startswith(f"{party}{SPLIT}")]
    chosen = details.get("replaces", "")
    if chosen and not chosen.startswith(f"{party}{SPLIT}"):
        return "replaces", Wrong(("Orang itu dari pihak lain.", "They are of the other party."))
    if not chosen and len(those) > 1:
        words = ("Pihak ini punya beberapa narahubung: pilih siapa.", "This party has several: choose who.")
        return "replaces", Wrong(words)
    return None


def _officer_details(details: Mapping[str, str]) -> Mapping[str, str]:
    found = {
        name: text.rpartition(SPLIT)[2] if name == "replaces" else text for name, text in details.items()
    }
    return found | ({"acting": "yes"} if found.get("until") else {})


def _pin_details(details: Mapping[str, str]) -> Mapping[str, str]:
    axis, _, choice = details["reading"].partition(SPLIT)
    return {"rule": details["rule"], "axis": axis, "choice": choice, "why": details["why"]}


_NOTE = Ask("note", ("Apa yang terjadi", "What happened"), hint=("Singkat saja.", "A few words."))
_AT = Ask(
    CLOCK,
    ("Pukul", "Time"),
    "time",
    ("Hanya bila tenggatnya dihitung dalam jam.", "Only where the deadline is counted in hours."),
    check=_by(kinds.COMMON[CLOCK], ("Tulis jam seperti 14:30.", "Write the time as 14:30.")),
)
_LETTER = Ask("letter", ("Nomor surat", "Number of the letter"))
WHY = Ask("why", ("Alasan", "Why"), required=True)
_PARTY: Pair = ("Pihak", "Party")
_AFFECTED = Ask("party", ("Pihak yang terdampak", "Party affected"), "select", required=True, offer=any_party)
_OPTIONAL_PARTY = Ask("party", _PARTY, "select", offer=any_party)
FORMS: Mapping[str, Form] = {
    KAHAR: Form(
        (
            _AFFECTED,
            _NOTE,
            _AT,
            Ask(
                "expected_days",
                ("Perkiraan lamanya (hari)", "How long it may last (days)"),
                "number",
                check=_by(
                    kinds.KINDS[KAHAR].optional["expected_days"],
                    ("Tulis bilangan bulat, misalnya 45.", "Write a whole number, such as 45."),
                ),
            ),
        ),
        (
            "Banjir, gempa, kebijakan pemerintah: di luar kuasa para pihak. Tenggat dihitung seketika.",
            "A flood, an earthquake, a decision of the government. Its deadline is computed at once.",
        ),
    ),
    DESIRED_END_EVENT: Form(
        (
            Ask("party", ("Pihak yang ingin", "Who wishes it"), "select", required=True, offer=own_party),
            Ask(
                "desired_end",
                ("Ingin berakhir pada", "Wished to end on"),
                "date",
                required=True,
                check=check_day,
            ),
            _NOTE,
        ),
        (
            "Pratinjau menunjukkan apakah hari itu masih terjangkau, dan kapan surat harus disampaikan.",
            "The preview says whether that day can still be reached, and by when the letter must be given.",
        ),
        ("Hari keinginan disampaikan", "Day of the wish"),
        whole=_after_the_day,
    ),
    kinds.APPOINTED: Form(
        (
            Ask("party", _PARTY, "select", required=True, offer=own_party),
            Ask("name", ("Nama", "Name"), required=True),
            Ask("position", ("Jabatan", "Position"), hint=("Kosong: jabatan yang sama.", "Empty: the same.")),
            Ask(
                "email",
                ("E-mail", "E-mail"),
                "email",
                check=_by(
                    kinds.KINDS[kinds.APPOINTED].optional["email"],
                    ("Itu bukan alamat e-mail.", "That is no e-mail address."),
                ),
            ),
            Ask("phone", ("Telepon", "Telephone"), "tel"),
            Ask(
                "replaces",
                ("Menggantikan", "In place of"),
                "select",
                ("Bila pihak ini punya lebih dari satu.", "Where the party has more than one."),
                offer=serving,
            ),
            Ask(
                "until",
                ("Pelaksana tugas sampai", "Acting until"),
                "date",
                ("Kosong: pejabat tetap.", "Empty: for good."),
                check=check_day,
            ),
        ),
        (
            "Narahubung baru langsung menerima yang masih menunggu, dan daftar kewajiban yang terbuka.",
            "The new contact gets what still waits at once, and a list of the open duties.",
        ),
        ("Mulai", "From"),
        whole=_officer,
        finish=_officer_details,
    ),
    ENDED_EARLY: Form(
        (WHY,),
        (
            "Yang belum jatuh tempo tertutup; yang tetap berlaku setelah perjanjian berakhir tinggal.",
            "What had not fallen due is closed; what goes on after the agreement has ended stays.",
        ),
        ("Hari terakhir berlaku", "Last day in force"),
        managers_only=True,
    ),
    kinds.PINNED: Form(
        (
            Ask("rule", ("Untuk", "For"), "select", required=True, offer=rules),
            Ask("reading", ("Cara menghitung", "Way of counting"), "select", required=True, offer=readings),
            WHY,
        ),
        (
            "Bila para pihak sudah sepakat bagaimana harinya dihitung, tafsir yang lain gugur.",
            "Where the parties have agreed how the days are counted, the other readings fall away.",
        ),
        ("Hari diputuskan", "Day it was decided"),
        managers_only=True,
        finish=_pin_details,
    ),
    kinds.OVERRIDDEN: Form(
        (
            Ask("duty", ("Kewajiban", "Duty"), "select", required=True, offer=open_duties),
            Ask("act_by", ("Bertindak paling lambat", "Act by"), "date", required=True, check=check_day),
            WHY,
        ),
        (
            "Hari hasil hitungan tetap terlihat di samping hari yang Anda tetapkan.",
            "The computed day stays beside the day that you set.",
        ),
        ("Hari diputuskan", "Day it was decided"),
        managers_only=True,
        finish=_about_duty,
    ),
    kinds.REOPENED: Form(
        (Ask("duty", ("Kewajiban", "Duty"), "select", required=True, offer=closed_duties), WHY),
        ("Ternyata belum selesai: diingatkan lagi.", "It was not done after all: it is reminded of again."),
        ("Hari diputuskan", "Day it was decided"),
        managers_only=True,
        finish=_about_duty,
    ),
    kinds.ACCEPTED: Form(
        (
            Ask("proof", ("Bukti", "Proof"), "select", required=True, offer=proofs),
            replace(WHY, required=False),
        ),
        ("Bukti sudah diperiksa dan cukup.", "The proof was looked at and is enough."),
        ("Hari diperiksa", "Day it was looked at"),
        managers_only=True,
        finish=_about_proof,
    ),
    kinds.REJECTED: Form(
        (Ask("proof", ("Bukti", "Proof"), "select", required=True, offer=proofs), WHY),
        (
            "Bukti tidak cukup: kewajibannya terbuka lagi, dan diingatkan.",
            "The proof is not enough: the duty is open again, and reminded of.",
        ),
        ("Hari diperiksa", "Day it was looked at"),
        managers_only=True,
        finish=_about_proof,
    ),
    kinds.CONFIRMED: Form(
        (
            Ask("where", ("Alamat", "Address"), "select", required=True, offer=doubtful),
            replace(WHY, required=False),
        ),
        (
            "Alamat yang tadinya tidak berfungsi dipercaya lagi.",
            "An address that did not work is trusted again.",
        ),
        ("Hari dipastikan", "Day it was confirmed"),
        managers_only=True,
        finish=_about_address,
    ),
}
"""What is asked about the kinds that have details of their own."""
PLAIN = Form(
    (_OPTIONAL_PARTY, _NOTE, _LETTER, _AT),
    (
        "Tenggat yang menunggu peristiwa ini dihitung seketika.",
        "The deadlines that wait for this are computed at once.",
    ),
)
"""What is asked about every other kind that some rule waits for."""
CORRECTION = Form(
    (),
    (
        "Yang semula tetap tercatat; semuanya dihitung ulang seakan yang benar yang dicatat.",
        "What was recorded stays; everything is derived again as if the right fact had been recorded.",
    ),
)
