"""What is asked before something is recorded, question by question, and the fact that comes of it. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

from tracker.base.dates import long_date
from tracker.bot.days import day_in
from tracker.events import kinds
from tracker.events.model import Event
from tracker.obligations.life import parts_of
from tracker.obligations.wording import part_text, people_text, pick
from tracker.people import requests
from tracker.people.rights import Act
from tracker.queries import Shown
from tracker.settling import proof_kind
from tracker.terms.model import Agreement

LONGEST_TEXT = 300
_ONE_DAY = timedelta(days=1)
_SNOOZES = (1, 3, 7, 14, 30)
_SENT_ONLY = frozenset({"payment-made", "duty-fulfilled"})
KAHAR = "force-majeure-occurred"


@dataclass(frozen=True, slots=True)
class Matter:
    """What a form is about, on a day, in the words of one person, with the answers so far."""

    agreement: Agreement
    duty: Shown | None
    today: date
    language: str
    given: Mapping[str, str] = field(default_factory=dict)
    parties: Sequence[str] = ()
    """The parties for which the person may speak."""

    def say(self, indonesian: str, english: str) -> str:
        """Give a sentence in the person's language."""
        return pick((indonesian, english), self.language)

    def day(self, name: str) -> date | None:
        """Give an answer that is a day."""
        return day_in(self.given.get(name, ""))

    @property
    def shown(self) -> Shown:
        """The duty, where the form is about one."""
        if self.duty is None:
            raise ValueError("this form is about no duty")
        return self.duty


class Option(NamedTuple):
    """An answer that a button gives."""

    label: str
    value: str


class Wrong(NamedTuple):
    """What is wrong with an answer."""

    why: str


Ask = Callable[[Matter], str]
Offer = Callable[[Matter], list[Option]]
Read = Callable[[Matter, str], str | Wrong]


def _always(matter: Matter) -> bool:
    del matter
    return True


@dataclass(frozen=True, slots=True)
class Step:
    """One question."""

    name: str
    label: tuple[str, str]
    ask: tuple[str, str]
    offer: Offer
    read: Read
    applies: Callable[[Matter], bool] = _always
    takes_file: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """Questions that lead to one fact."""

    name: str
    act: Act
    title: tuple[str, str]
    steps: tuple[Step, ...]
    fact: Callable[[Matter], Event]
    hindrance: Callable[[Matter], str] = lambda _: ""
    """Says why this cannot be answered now; empty where it can."""

    def next(self, matter: Matter) -> Step | None:
        """Give the first question that is not answered yet; None where all are."""
        return next(
            (step for step in self.steps if step.name not in matter.given and step.applies(matter)), None
        )


def _none(matter: Matter) -> list[Option]:
    del matter
    return []


def _skip(matter: Matter) -> list[Option]:
    return [Option(matter.say("Lewati", "Skip"), "")]


def _text(matter: Matter, text: str) -> str | Wrong:
    flat = " ".join(text.split())
    if len(flat) <= LONGEST_TEXT:
        return flat
    return Wrong(matter.say(f"Paling panjang {LONGEST_TEXT} huruf.", f"At most {LONGEST_TEXT} letters."))


def _needed(matter: Matter, text: str) -> str | Wrong:
    found = _text(matter, text)
    return found or Wrong(matter.say("Tulis beberapa kata.", "Write a few words."))


def _recent(matter: Matter) -> list[Option]:
    yesterday = matter.today - _ONE_DAY
    return [
        Option(matter.say("Hari ini", "Today"), matter.today.isoformat()),
        Option(matter.say("Kemarin", "Yesterday"), yesterday.isoformat()),
    ]


def _past_day(matter: Matter, text: str) -> str | Wrong:
    day = day_in(text)
    if day is None:
        return _no_day(matter)
    if day > matter.today:
        return Wrong(matter.say("Hari itu belum tiba.", "That day has not come yet."))
    return day.isoformat()


def _received(matter: Matter, text: str) -> str | Wrong:
    found = "" if not text else _past_day(matter, text)
    if isinstance(found, str) and found and found < matter.given.get("sent_on", ""):
        return Wrong(
            matter.say(
                "Tanggal diterima tidak mungkin sebelum tanggal dikirim.",
                "It cannot have been received before it was sent.",
            )
        )
    return found


def _no_day(matter: Matter) -> Wrong:
    return Wrong(matter.say("Tulis tanggalnya, misalnya 30/11/2026.", "Write the day, such as 30/11/2026."))


def _last_day(duty: Shown) -> date | None:
    """Give the last day to be reminded again on: the day to act by, computed or set, whichever is first."""
    computed = duty.obligation.deadline.act_by if duty.obligation.deadline else None
    days = [day for day in (computed, duty.act_by) if day is not None]
    return min(days) if computed else None


def _snoozes(matter: Matter) -> list[Option]:
    last = _last_day(matter.shown) or matter.today
    days = [matter.today + timedelta(days=days) for days in _SNOOZES]
    return [
        Option(matter.say(f"{count} hari", f"{count} days" if count > 1 else "1 day"), day.isoformat())
        for count, day in zip(_SNOOZES, days, strict=True)
        if day <= last
    ]


def _until(matter: Matter, text: str) -> str | Wrong:
    until, last = day_in(text), _last_day(matter.shown)
    if until is None:
        return _no_day(matter)
    if until <= matter.today:
        return Wrong(matter.say("Pilih hari setelah hari ini.", "Choose a day after today."))
    if last is not None and until > last:
        day = long_date(last, matter.language)
        return Wrong(
            matter.say(
                f"Pilih paling lambat {day}: setelah itu terlambat untuk bertindak.",
                f"Choose {day} at the latest: after that it is too late to act.",
            )
        )
    return until.isoformat()


def _snooze_hindrance(matter: Matter) -> str:
    last = _last_day(matter.shown)
    if last is not None and last > matter.today:
        return ""
    return matter.say(
        "Tenggatnya hari ini, sudah lewat, atau tidak bertanggal: pengingat tidak dapat ditunda.",
        "The deadline is today, has passed, or has no date: the reminders cannot be put off.",
    )


def _acknowledge_hindrance(matter: Matter) -> str:
    until = matter.shown.life.acknowledged_until
    if until is None or until < matter.today:
        return ""
    day = long_date(until, matter.language)
    return matter.say(
        f"Sudah dicatat: kewajiban ini diketahui (berlaku sampai {day}).",
        f"Recorded already: this duty is known about (valid until {day}).",
    )


def _parts(matter: Matter, name: str) -> tuple[str, ...]:
    rule = matter.shown.obligation.rule
    to = rule.duty.to if len(rule.duty.to) > 1 else ()
    return tuple(to) if name == "to" else tuple(part for part in parts_of(rule) if part not in to)


def _offer_parts(name: str) -> Offer:
    def offer(matter: Matter) -> list[Option]:
        parts = _parts(matter, name)
        whole = Option(matter.say("Semua", "All"), "+".join(parts))
        none = [Option(matter.say("Tidak ada", "None"), "")] if name == "form" else []
        single = [Option(_part_text(matter, name, part), part) for part in parts]
        return [whole, *(single if len(parts) > 1 else []), *none]

    return offer


def _read_parts(name: str) -> Read:
    def read(matter: Matter, text: str) -> str | Wrong:
        chosen = [part for part in text.split("+") if part]
        if set(chosen) <= set(_parts(matter, name)) and (chosen or name == "form"):
            return "+".join(chosen)
        return Wrong(matter.say("Pilih salah satu tombol.", "Choose one of the buttons."))

    return read


def _part_text(matter: Matter, name: str, part: str) -> str:
    if name == "to":
        return people_text(matter.agreement, (part,), matter.language)
    return part_text(part, matter.language)


def _is_received(matter: Matter) -> bool:
    return proof_kind(matter.shown.obligation.rule) not in _SENT_ONLY


def _about(matter: Matter, kind: str, day: date, **details: str) -> Event:
    one = matter.shown.obligation
    said = {name: text for name, text in details.items() if text}
    return Event(one.agreement, kind, day, {"rule": one.rule.id, "occurrence": one.occurrence, **said})


def _given(matter: Matter, *names: str) -> dict[str, str]:
    return {name: matter.given[name] for name in names if matter.given.get(name)}


def _done_fact(matter: Matter) -> Event:
    names = ("sent_on", "received_on", "letter", "to", "form", "evidence")
    day = matter.day("received_on") or matter.day("sent_on") or matter.today
    return _about(matter, proof_kind(matter.shown.obligation.rule), day, **_given(matter, *names))


def _may_be_affected(matter: Matter) -> list[Option]:
    return [Option(_name(matter, party), party) for party in matter.agreement.parties]


def _own_parties(matter: Matter) -> list[Option]:
    return [option for option in _may_be_affected(matter) if option.value in matter.parties]


def _one_of(offer: Offer) -> Read:
    def read(matter: Matter, text: str) -> str | Wrong:
        if text in [option.value for option in offer(matter)]:
            return text
        return Wrong(matter.say("Pilih salah satu tombol.", "Choose one of the buttons."))

    return read


def _name(matter: Matter, party: str) -> str:
    found = matter.agreement.parties[party]
    return found.short or found.name


def _kahar_fact(matter: Matter) -> Event:
    day = matter.day("day") or matter.today
    return Event(matter.agreement.id, KAHAR, day, _given(matter, "party", "note"))


_EMAIL = kinds.KINDS[kinds.APPOINTED].optional["email"]


def _email(matter: Matter, text: str) -> str | Wrong:
    found = text.strip()
    if not found or _EMAIL(found) is None:
        return found
    return Wrong(matter.say("Itu bukan alamat e-mail.", "That is no e-mail address."))


def _replaceable(matter: Matter) -> list[Option]:
    party = matter.agreement.parties.get(matter.given.get("party", ""))
    serving = [each for each in party.contacts if each.serves_on(_appointed_on(matter))] if party else []
    return [Option(each.name or each.position, each.key) for each in serving]


def _appointed_on(matter: Matter) -> date:
    return matter.day("day") or matter.today


def _officer_fact(matter: Matter) -> Event:
    details = _given(matter, "party", "name", "email", "replaces")
    return Event(matter.agreement.id, kinds.APPOINTED, _appointed_on(matter), details)


_NOTE = Step(
    "note",
    ("Catatan", "Note"),
    ("Tulis catatan singkat, atau lewati.", "Write a short note, or skip."),
    _skip,
    _text,
)
_PARTY = ("Pihak", "Party")
ACKNOWLEDGE = Form(
    requests.KNOWN,
    Act.ANSWER,
    ("Saya sudah tahu", "I know about it"),
    (_NOTE,),
    lambda matter: _about(matter, kinds.ACKNOWLEDGED, matter.today, **_given(matter, "note")),
    _acknowledge_hindrance,
)
SNOOZE = Form(
    requests.LATER,
    Act.ANSWER,
    ("Ingatkan lagi nanti", "Remind me later"),
    (
        Step(
            "until",
            ("Ingatkan lagi pada", "Remind again on"),
            ("Kapan diingatkan lagi? Pilih, atau tulis tanggalnya.", "When? Choose, or write the day."),
            _snoozes,
            _until,
        ),
    ),
    lambda matter: _about(matter, kinds.SNOOZED, matter.today, **_given(matter, "until")),
    _snooze_hindrance,
)
DONE = Form(
    requests.DONE,
    Act.ANSWER,
    ("Sudah dikerjakan", "Already done"),
    (
        Step(
            "sent_on",
            ("Tanggal dikirim atau dikerjakan", "Day it was sent or done"),
            ("Tanggal berapa dikirim atau dikerjakan?", "On which day was it sent, or done?"),
            _recent,
            _past_day,
        ),
        Step(
            "received_on",
            ("Tanggal diterima", "Day it was received"),
            (
                "Tanggal berapa diterima? Lewati bila belum ada tanda terima.",
                "On which day was it received? Skip where there is no receipt yet.",
            ),
            lambda matter: [*_recent(matter), *_skip(matter)],
            _received,
            _is_received,
        ),
        Step(
            "to",
            ("Disampaikan kepada", "Given to"),
            ("Disampaikan kepada siapa?", "To whom was it given?"),
            _offer_parts("to"),
            _read_parts("to"),
            lambda matter: bool(_parts(matter, "to")),
        ),
        Step(
            "form",
            ("Disertai", "Enclosed"),
            ("Apa saja yang disertakan?", "What was enclosed?"),
            _offer_parts("form"),
            _read_parts("form"),
            lambda matter: bool(_parts(matter, "form")),
        ),
        Step(
            "letter",
            ("Nomor surat", "Number of the letter"),
            ("Nomor suratnya?", "What is the number of the letter?"),
            _skip,
            _text,
        ),
        Step(
            "evidence",
            ("Berkas bukti", "File that proves it"),
            ("Kirim foto atau PDF buktinya, atau lewati.", "Send a photo or PDF that proves it, or skip."),
            _skip,
            lambda matter, text: (
                text
                if not text
                else Wrong(
                    matter.say(
                        "Kirim foto atau PDF, atau tekan Lewati.", "Send a photo or PDF, or press Skip."
                    )
                )
            ),
            takes_file=True,
        ),
    ),
    _done_fact,
)
WAIVE = Form(
    "kesampingkan",
    Act.WAIVE,
    ("Kesampingkan kewajiban ini", "Waive this duty"),
    (
        Step(
            "why",
            ("Alasan", "Reason"),
            ("Mengapa kewajiban ini dikesampingkan?", "Why is this duty waived?"),
            _none,
            _needed,
        ),
    ),
    lambda matter: _about(matter, kinds.WAIVED, matter.today, **_given(matter, "why")),
)
FORCE_MAJEURE = Form(
    "kahar",
    Act.REPORT,
    ("Keadaan kahar", "Force majeure"),
    (
        Step(
            "day",
            ("Hari kejadian", "Day it happened"),
            ("Kapan keadaan kahar terjadi?", "When did it happen?"),
            _recent,
            _past_day,
        ),
        Step(
            "party",
            ("Pihak yang terdampak", "Party affected"),
            ("Pihak mana yang terdampak?", "Which party is affected?"),
            _may_be_affected,
            _one_of(_may_be_affected),
        ),
        Step(
            "note",
            ("Kejadian", "What happened"),
            ("Apa yang terjadi? Tulis singkat, atau lewati.", "What happened? Write it briefly, or skip."),
            _skip,
            _text,
        ),
    ),
    _kahar_fact,
)
OFFICER = Form(
    "pejabat",
    Act.REPORT,
    ("Narahubung baru", "New contact officer"),
    (
        Step(
            "party",
            _PARTY,
            ("Narahubung pihak mana?", "Of which party?"),
            _own_parties,
            _one_of(_own_parties),
        ),
        Step(
            "day",
            ("Mulai", "From"),
            ("Mulai kapan?", "From which day?"),
            _recent,
            _past_day,
        ),
        Step(
            "replaces",
            ("Menggantikan", "In place of"),
            ("Menggantikan siapa?", "In place of whom?"),
            _replaceable,
            _one_of(_replaceable),
            lambda matter: len(_replaceable(matter)) > 1,
        ),
        Step("name", ("Nama", "Name"), ("Siapa namanya?", "What is their name?"), _none, _needed),
        Step(
            "email",
            ("E-mail", "E-mail"),
            ("Alamat e-mailnya? Lewati bila tidak ada.", "Their e-mail address? Skip where there is none."),
            _skip,
            _email,
        ),
    ),
    _officer_fact,
)
FORMS: Mapping[str, Form] = {
    form.name: form for form in (ACKNOWLEDGE, SNOOZE, DONE, WAIVE, FORCE_MAJEURE, OFFICER)
}
ABOUT_AN_AGREEMENT = frozenset({FORCE_MAJEURE.name, OFFICER.name})


def summary(form: Form, matter: Matter) -> list[str]:
    """Give the answers so far, each with what was asked."""
    lines = []
    for step in form.steps:
        text = matter.given.get(step.name)
        if text:
            lines.append(f"{pick(step.label, matter.language)}: {_shown(step, matter, text)}")
    return lines


def _shown(step: Step, matter: Matter, text: str) -> str:
    if step.takes_file:
        return matter.say("ada", "yes")
    day = day_in(text)
    if day is not None:
        return long_date(day, matter.language)
    options = {option.value: option.label for option in step.offer(matter)}
    if step.name in {"to", "form"}:
        return ", ".join(_part_text(matter, step.name, part) for part in text.split("+"))
    return options.get(text, text)
