"""Readings, figures and clauses in plain words, Indonesian and English. Pure."""

from collections.abc import Iterable
from datetime import date

from tracker.base.dates import clock_text, long_date, short_date
from tracker.calendars.model import Calendar, Coverage, DayOff
from tracker.events.names import event_name
from tracker.obligations.deadline import Cause, Deadline, Reason
from tracker.obligations.reading import Choice, Reading, Weight
from tracker.terms.grammar import Counted, Due, OnDate, Period, Recurring, Side, Standing, Undated
from tracker.terms.model import Agreement
from tracker.terms.pins import Axis
from tracker.terms.rule import Cost, Rule
from tracker.terms.words import Clause

_CHOICES: dict[tuple[Axis, str], tuple[str, str]] = {
    (Axis.LAST_DAY, "inclusive"): (
        "hari mulai ikut dihitung, sehingga hari terakhir jatuh sehari sebelum tanggal yang sama",
        "the first day counts, so the last day is the day before the same date",
    ),
    (Axis.LAST_DAY, "anniversary"): (
        "hari mulai tidak dihitung, sehingga hari terakhir jatuh pada tanggal yang sama",
        "the first day does not count, so the last day is the same date",
    ),
    (Axis.NOTICE, "plain"): ("dihitung mundur biasa", "counted back plainly"),
    (Axis.NOTICE, "clear-days"): (
        "hari bersih: seluruh masa harus berada di antara pemberitahuan dan hari terakhir",
        "clear days: the whole period must lie between the notice and the last day",
    ),
    (Axis.NOTICE, "counted"): (
        "hari terakhir ikut dihitung sebagai hari ke-1",
        "the last day itself counts as day 1",
    ),
    (Axis.ROUNDING, "down"): (
        "bulan dihitung menurut tanggal; tanggal yang tidak ada turun ke akhir bulan",
        "months by date; a missing day moves down to the month's end",
    ),
    (Axis.ROUNDING, "up"): (
        "tanggal yang tidak ada naik ke tanggal 1 bulan berikutnya",
        "a missing day moves up to the first of the next month",
    ),
    (Axis.ROUNDING, "thirty-days"): ("satu bulan dihitung 30 hari", "a month counted as 30 days"),
    (Axis.START, "excluded"): ("hari peristiwa tidak dihitung", "the day of the event does not count"),
    (Axis.START, "included"): (
        "hari peristiwa dihitung sebagai hari ke-1",
        "the day of the event counts as day 1",
    ),
    **dict.fromkeys(
        ((Axis.START, "exact"), (Axis.NOTICE, "exact")),
        ("dihitung jam demi jam dari waktu yang diketahui", "hour by hour from the known moment"),
    ),
    (Axis.UNIT, "calendar"): ('"hari" berarti hari kalender', '"days" means calendar days'),
    (Axis.UNIT, "working"): ('"hari" berarti hari kerja', '"days" means working days'),
    (Axis.JOINT_LEAVE, "off"): ("cuti bersama bukan hari kerja", "joint leave is not a working day"),
    (Axis.JOINT_LEAVE, "working"): (
        "cuti bersama dihitung sebagai hari kerja",
        "joint leave counts as a working day",
    ),
    (Axis.WEEK, "mon-fri"): ("hari kerja Senin-Jumat", "working week Monday to Friday"),
    (Axis.WEEK, "mon-sat"): ("hari kerja Senin-Sabtu", "working week Monday to Saturday"),
    (Axis.YEAR, "calendar"): (
        "sekali dalam tahun kalender di dalam tahun perjanjian",
        "once in the calendar year inside the agreement year",
    ),
    (Axis.YEAR, "agreement"): ("sekali dalam tahun perjanjian", "once in the agreement year"),
}
_WEIGHTS = {
    "strong": ("kuat", "strong"),
    "plausible": ("masuk akal", "plausible"),
    "weak": ("lemah", "weak"),
}
_UNITS = {
    "days": ("hari", "day"),
    "calendar days": ("hari kalender", "calendar day"),
    "working days": ("hari kerja", "working day"),
    "weeks": ("minggu", "week"),
    "months": ("bulan", "month"),
    "years": ("tahun", "year"),
    "hours": ("jam", "hour"),
}
_COSTS = {
    Cost.FORFEITURE: ("hak gugur bila terlambat", "late means the right is lost"),
    Cost.LAPSE: ("perjanjian berakhir dengan sendirinya", "the agreement lapses by itself"),
    Cost.LIABILITY: ("tanggung jawab atas kerugian", "liability for the damage"),
    Cost.REFUSAL: ("pelayanan atau permintaan dapat ditolak", "service or the request may be refused"),
    Cost.DELAY: ("akibatnya tertunda: tanggal yang dikehendaki bergeser", "the wished date moves later"),
    Cost.NONE_STATED: ("akibat tidak disebut dalam naskah", "the text states no consequence"),
}
_FORMS = {
    "written": ("tertulis", "in writing"),
    "official-certificate": ("surat keterangan pejabat berwenang", "certificate of the competent official"),
    "evidence": ("bukti", "evidence"),
    "report": ("laporan", "report"),
    "annexed-data": ("lampiran data", "annexed data"),
    "addendum": ("adendum", "addendum"),
    "agreed-text": ("naskah yang disepakati", "agreed text"),
    "participant-list": ("daftar peserta", "list of participants"),
    "payment": ("pembayaran", "payment"),
    "consent": ("persetujuan", "consent"),
    "handover-record": ("berita acara serah terima", "handover record"),
    "service": ("layanan", "service"),
    "data": ("data", "data"),
    "meeting": ("pertemuan", "meeting"),
    "claim": ("pengajuan klaim", "claim"),
    "cards": ("kartu peserta", "membership cards"),
    "court-filing": ("gugatan ke pengadilan", "court filing"),
    "decision": ("keputusan", "decision"),
    "draft": ("rancangan", "draft"),
}
_PEOPLE = {
    "either": ("salah satu pihak", "either party"),
    "both": ("para pihak", "both parties"),
    "affected": ("pihak yang terkena", "the affected party"),
    "other": ("pihak lainnya", "the other party"),
}
_ANCHORS = {
    "term end": ("berakhirnya jangka waktu", "the end of the term"),
    "desired end": ("tanggal berakhir yang dikehendaki", "the desired end day"),
    "signing": ("penandatanganan", "the signing"),
}
_SIDES = {
    Side.BEFORE: ("sebelum", "before"),
    Side.SINCE: ("sejak", "since"),
    Side.AFTER: ("setelah", "after"),
}
_EVERY = {
    "month": ("bulan", "month"),
    "quarter": ("triwulan", "quarter"),
    "semester": ("semester", "semester"),
    "year": ("tahun", "year"),
}


def pick(pair: tuple[str, str], language: str) -> str:
    """Choose the wording of a language."""
    return pair[1] if language == "en" else pair[0]


def clause_text(clause: Clause | None, agreement: Agreement | None = None) -> str:
    """Give `Pasal 8 ayat (2)`; an ambiguous number gets its heading too."""
    if clause is None:
        return ""
    text = f"Pasal {clause.number}"
    if agreement is not None:
        same = [known for known in agreement.clauses if known.number == clause.number]
        if len(same) > 1:
            heading = next((known.heading for known in same if known.same_article(clause)), clause.heading)
            text += f" ({heading})"
    return f"{text} ayat ({clause.ayat})" if clause.ayat else text


def choice_text(choice: Choice, language: str) -> str:
    """Say one choice."""
    if choice.axis is Axis.SIGNED:
        day = short_date(date.fromisoformat(choice.name), language)
        return f"signed on {day}" if language == "en" else f"ditandatangani {day}"
    return pick(_CHOICES[choice.axis, choice.name], language)


def settled_text(axis: Axis, choice: str, language: str) -> str:
    """Say what a person has settled about a way of counting."""
    return choice_text(Choice(axis, choice, Weight.STRONG, likely=True), language)


def path_text(path: Iterable[Choice], language: str) -> str:
    """Say how a date was read; a stated date needs no choice."""
    said = "; ".join(choice_text(choice, language) for choice in path)
    return said or ("as stated" if language == "en" else "sebagaimana tertulis")


def weight_text(reading: Reading, language: str) -> str:
    """Say how strong a reading is."""
    return pick(_WEIGHTS[reading.weight.word], language)


def period_text(period: Period, language: str) -> str:
    """Say `30 hari kalender` or `30 calendar days`."""
    word = pick(_UNITS[period.unit.value], language)
    return f"{period.count} {word}s" if language == "en" and period.count != 1 else f"{period.count} {word}"


def anchor_text(name: str, language: str) -> str:
    """Say what a period is counted from."""
    if name in _ANCHORS:
        return pick(_ANCHORS[name], language)
    rule, _, moment = name.partition(" ")
    if moment == "due":
        return f"the deadline of {rule}" if language == "en" else f"tenggat {rule}"
    if moment == "fulfilled":
        return f"the fulfilment of {rule}" if language == "en" else f"terpenuhinya {rule}"
    return event_name(name, language)


def due_text(due: Due, language: str) -> str:
    """Say the whole `due` line."""
    english = language == "en"
    match due:
        case Counted(period, side, anchor):
            side_word = pick(_SIDES[side], language)
            counted = f"{period_text(period, language)} " if period.count else ""
            return f"{counted}{side_word} {anchor_text(str(anchor), language)}"
        case OnDate(day):
            return long_date(day, language)
        case Recurring(every, due_day, due_after):
            said = f"{'every' if english else 'setiap'} {pick(_EVERY[every.value], language)}"
            if due_day is not None:
                return said + (
                    f", by day {due_day} of the following month"
                    if english
                    else f", paling lambat tanggal {due_day} bulan berikutnya"
                )
            if due_after is not None:
                after = period_text(due_after, language)
                return said + (f", {after} after its end" if english else f", {after} setelah berakhirnya")
            return said
        case Standing():
            return "at all times" if english else "setiap saat"
        case Undated():
            return "no date in the text" if english else "tanpa tanggal dalam naskah"


def cost_text(rule: Rule, language: str) -> str:
    """Say what a miss costs: the rule's own sentence, or the kind of cost."""
    if rule.consequence is not None:
        return rule.consequence.in_language(language)
    return pick(_COSTS[rule.if_missed or Cost.NONE_STATED], language)


def form_text(rule: Rule, language: str) -> str:
    """Say in which form the duty is done."""
    forms = [part_text(form, language) for form in rule.duty.form]
    return " + ".join(forms) or ("no form stated" if language == "en" else "bentuk tidak disebut")


def part_text(form: str, language: str) -> str:
    """Say one form, or one enclosure."""
    return pick(_FORMS.get(form, (form.replace("-", " "),) * 2), language)


def people_text(agreement: Agreement, names: Iterable[str], language: str) -> str:
    """Say who holds a duty, or to whom it is owed."""
    return ", ".join(_person(agreement, name, language) for name in names)


def _person(agreement: Agreement, name: str, language: str) -> str:
    if name in agreement.parties:
        party = agreement.parties[name]
        return party.short or party.name
    if name in agreement.others:
        return agreement.others[name].name
    return pick(_PEOPLE.get(name, (name, name)), language)


def headline(rule: Rule, language: str) -> str:
    """Say what to do, short enough for a subject line."""
    if rule.duty.act is not None:
        return rule.duty.act.in_language(language)
    if rule.summary is not None:
        return rule.summary.in_language(language)
    return rule.id.replace("-", " ")


def rest_day_text(day: date, off: DayOff | None, language: str) -> str:
    """Say why offices are closed on a day: `Senin, 27 Januari 2025 (Isra Mikraj)`."""
    if off is not None:
        return f"{long_date(day, language)} ({off.name(language)})"
    return f"{long_date(day, language)} ({'weekend' if language == 'en' else 'akhir pekan'})"


def why_two_dates(deadline: Deadline, language: str) -> str | None:
    """Say in one sentence why the likely and the safe date differ; None where they do not."""
    if deadline.likely == deadline.safe:
        return None
    likely = next(reading for reading in deadline.readings if reading.likely)
    safe = next(reading for reading in deadline.readings if reading.day == deadline.safe)
    differing = [choice for choice in safe.path if choice not in likely.path]
    reason = path_text(differing, language)
    likely_day, safe_day = long_date(deadline.likely, language), long_date(deadline.safe, language)
    if language == "en":
        return (
            f"The likely last day is {likely_day}, but {safe_day} is safe on every strong reading ({reason})."
        )
    return (
        f"Lazimnya hari terakhir {likely_day}, tetapi {safe_day} aman menurut semua tafsir kuat ({reason})."
    )


def exact_moment(deadline: Deadline, language: str) -> str | None:
    """Say by what moment it must be done; None where only days are known."""
    if deadline.by_time is None:
        return None
    said = f"{long_date(deadline.likely, language)}{clock_text(deadline.by_time, language)}"
    return (
        f"It must be done by {said}, local time."
        if language == "en"
        else f"Harus sudah dilakukan paling lambat {said} waktu setempat."
    )


def why_moved(deadline: Deadline, calendar: Calendar, language: str) -> str | None:
    """Say why one must act before the safe date; None where the safe date is an office day."""
    if deadline.act_by == deadline.safe:
        return None
    closed = calendar.rest_days(deadline.act_by, deadline.safe)
    days = "; ".join(rest_day_text(day, off, language) for day, off in closed if day > deadline.act_by)
    act_by = long_date(deadline.act_by, language)
    if language == "en":
        return f"Offices are closed up to the safe date ({days}): act by {act_by}."
    return f"Kantor tutup sampai tanggal aman ({days}): bertindaklah paling lambat {act_by}."


def reason_text(reason: Reason, language: str) -> str:
    """Say why a deadline is provisional."""
    none_held = reason.coverage is Coverage.NONE
    if language == "en":
        what = "no holiday calendar is held" if none_held else "the holiday decree (SKB) is not held yet"
        touched = "its working days" if reason.cause is Cause.WORKING_DAYS else "the move to an office day"
        return f"Provisional: {what} for {reason.year}, which {touched} depends on."
    what = "kalender libur belum ada" if none_held else "SKB hari libur belum tersedia"
    touched = "hitungan hari kerja" if reason.cause is Cause.WORKING_DAYS else "penyesuaian ke hari kantor"
    return f"Sementara: {what} untuk {reason.year}, padahal {touched} bergantung padanya."
