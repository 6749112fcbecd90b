"""Saying that a duty is done: when, to whom, with what, and what proves it. Pure."""

from tracker.bot.forms.answers import about_duty, given, not_offered, past_day, recent, skip, words
from tracker.bot.forms.form import Form, Matter, Offer, Option, Read, Show, Step, Wrong
from tracker.events.model import Event
from tracker.obligations.life import parts_of
from tracker.obligations.wording import part_text, people_text
from tracker.people import requests
from tracker.people.rights import Act
from tracker.settling import proof_kind

_SENT_ONLY = frozenset({"payment-made", "duty-fulfilled"})


def _received(matter: Matter, text: str) -> str | Wrong:
    found = "" if not text else past_day(matter, text)
    if isinstance(found, str) and found and found < matter.given.get("sent_on", ""):
        return Wrong(
            matter.say(
                "Tanggal diterima tidak mungkin sebelum tanggal dikirim.",
                "It cannot have been received before it was sent.",
            )
        )
    return found


def _is_received(matter: Matter) -> bool:
    return proof_kind(matter.shown.obligation.rule) not in _SENT_ONLY


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
        return not_offered(matter)

    return read


def _show_parts(name: str) -> Show:
    return lambda matter, text: ", ".join(_part_text(matter, name, part) for part in text.split("+"))


def _part_text(matter: Matter, name: str, part: str) -> str:
    if name == "to":
        return people_text(matter.agreement, (part,), matter.language)
    return part_text(part, matter.language)


def _no_file(matter: Matter, text: str) -> str | Wrong:
    if not text:
        return text
    return Wrong(matter.say("Kirim foto atau PDF, atau tekan Lewati.", "Send a photo or PDF, or press Skip."))


def _fact(matter: Matter) -> Event:
    names = ("sent_on", "received_on", "letter", "to", "form", "evidence")
    day = matter.day("received_on") or matter.day("sent_on") or matter.today
    return about_duty(matter, proof_kind(matter.shown.obligation.rule), day, **given(matter, *names))


DONE = Form(
    requests.DONE,
    Act.ANSWER,
    ("Sudah dikerjakan", "Already done"),
    (
        Step(
            "sent_on",
            ("Tanggal dikirim atau dikerjakan", "Day it was sent or done"),
            ("Tanggal berapa dikirim atau dikerjakan?", "On which day was it sent, or done?"),
            recent,
            past_day,
        ),
        Step(
            "received_on",
            ("Tanggal diterima", "Day it was received"),
            (
                "Tanggal berapa diterima? Lewati bila belum ada tanda terima.",
                "On which day was it received? Skip where there is no receipt yet.",
            ),
            lambda matter: [*recent(matter), *skip(matter)],
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
            show=_show_parts("to"),
        ),
        Step(
            "form",
            ("Disertai", "Enclosed"),
            ("Apa saja yang disertakan?", "What was enclosed?"),
            _offer_parts("form"),
            _read_parts("form"),
            lambda matter: bool(_parts(matter, "form")),
            show=_show_parts("form"),
        ),
        Step(
            "letter",
            ("Nomor surat", "Number of the letter"),
            ("Nomor suratnya?", "What is the number of the letter?"),
            skip,
            words,
        ),
        Step(
            "evidence",
            ("Berkas bukti", "File that proves it"),
            ("Kirim foto atau PDF buktinya, atau lewati.", "Send a photo or PDF that proves it, or skip."),
            skip,
            _no_file,
            takes_file=True,
            show=lambda matter, _: matter.say("ada", "yes"),
        ),
    ),
    _fact,
)
