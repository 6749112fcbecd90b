"""What can be answered to a duty: the form that asks, and the fact that comes of it. Pure."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Protocol

from tracker.base.dates import long_date
from tracker.base.signing import Purpose
from tracker.events import kinds
from tracker.events.model import Event
from tracker.obligations.life import parts_of
from tracker.obligations.wording import part_text, people_text
from tracker.queries import Shown
from tracker.settling import proof_kind
from tracker.web.desk import Opened
from tracker.web.fields import LONGEST_TEXT, Choice, Errors, Field, Given, day_of, text_of
from tracker.web.words import say

_ONE_DAY = timedelta(days=1)
_SENT = {
    "payment-made": ("Tanggal dibayar", "Day it was paid"),
    "duty-fulfilled": ("Tanggal dikerjakan", "Day it was done"),
}
_NUMBER = {"payment-made": ("Nomor bukti bayar", "Number of the receipt")}


class Answer(Protocol):
    """One kind of answer."""

    def hindrance(self, opened: Opened, duty: Shown) -> str:
        """Say why this cannot be answered now; empty where it can."""
        ...

    def fields(self, opened: Opened, duty: Shown, given: Given, errors: Errors) -> tuple[Field, ...]:
        """Give the fields to fill in, with what was typed before."""
        ...

    def read(self, opened: Opened, duty: Shown, given: Given) -> tuple[Event | None, Errors]:
        """Give the fact that was stated, or what is wrong."""
        ...


class Acknowledge:
    """I know about it."""

    def hindrance(self, opened: Opened, duty: Shown) -> str:
        """It was said already, and still holds."""
        until = duty.life.acknowledged_until
        if until is None or until < opened.today:
            return ""
        day = long_date(until, opened.language)
        return say(
            opened.language,
            f"Sudah dicatat: kewajiban ini diketahui (berlaku sampai {day}). "
            "Kewajibannya tetap terbuka sampai buktinya dicatat.",
            f"Recorded: this duty is known about (valid until {day}). "
            "It stays open until its proof is recorded.",
        )

    def fields(self, opened: Opened, duty: Shown, given: Given, errors: Errors) -> tuple[Field, ...]:
        """Ask for nothing but the button."""
        del opened, duty, given, errors
        return ()

    def read(self, opened: Opened, duty: Shown, given: Given) -> tuple[Event | None, Errors]:
        """The button says it all."""
        del given
        return _fact(kinds.ACKNOWLEDGED, opened.today, duty, {}), {}


class Snooze:
    """Remind me later."""

    def hindrance(self, opened: Opened, duty: Shown) -> str:
        """No day is left before the deadline."""
        last, language = _last_day(duty), opened.language
        if last is None:
            return say(
                language,
                "Kewajiban ini tidak bertanggal, jadi tidak ada pengingat yang dapat ditunda.",
                "This duty has no date, so there are no reminders to put off.",
            )
        if last > opened.today:
            return ""
        return say(
            language,
            "Tenggatnya hari ini atau sudah lewat, jadi pengingat tidak dapat ditunda lagi.",
            "The deadline is today or has passed, so the reminders cannot be put off any more.",
        )

    def fields(self, opened: Opened, duty: Shown, given: Given, errors: Errors) -> tuple[Field, ...]:
        """Ask for the day."""
        last = _last_day(duty) or opened.today
        day = long_date(last, opened.language)
        return (
            Field(
                "until",
                say(opened.language, "Ingatkan lagi pada", "Remind me again on"),
                "date",
                hint=say(opened.language, f"Paling lambat {day}", f"At the latest {day}"),
                value=text_of(given, "until"),
                error=errors.get("until", ""),
                required=True,
                least=(opened.today + _ONE_DAY).isoformat(),
                most=last.isoformat(),
            ),
        )

    def read(self, opened: Opened, duty: Shown, given: Given) -> tuple[Event | None, Errors]:
        """Take a day between tomorrow and the deadline."""
        until, last, language = day_of(given, "until"), _last_day(duty), opened.language
        if until is None:
            return None, {"until": _no_day(language)}
        if until <= opened.today:
            wrong = say(language, "Pilih hari setelah hari ini.", "Choose a day after today.")
            return None, {"until": wrong}
        if last is not None and until > last:
            day = long_date(last, language)
            wrong = say(
                language,
                f"Pilih paling lambat {day}: setelah itu terlambat untuk bertindak.",
                f"Choose {day} at the latest: after that it is too late to act.",
            )
            return None, {"until": wrong}
        return _fact(kinds.SNOOZED, opened.today, duty, {"until": until.isoformat()}), {}


class Done:
    """It is done, and this is the proof."""

    def hindrance(self, opened: Opened, duty: Shown) -> str:
        """Whatever is open can be proved."""
        del opened, duty
        return ""

    def fields(self, opened: Opened, duty: Shown, given: Given, errors: Errors) -> tuple[Field, ...]:
        """Ask when, by which letter, to whom, with what enclosed, and for the file."""
        language, kind = opened.language, proof_kind(duty.obligation.rule)
        found = [_day_field("sent_on", _sent_label(kind, language), opened, given, errors, required=True)]
        if kind not in _SENT:
            label = say(language, "Tanggal diterima", "Day it was received")
            found.append(_day_field("received_on", label, opened, given, errors))
        number = say(language, *_NUMBER.get(kind, ("Nomor surat", "Number of the letter")))
        found.append(
            Field("letter", number, "text", value=text_of(given, "letter"), error=errors.get("letter", ""))
        )
        found += _part_fields(opened, duty, given, errors)
        hint = say(language, "PDF, JPEG, atau PNG", "PDF, JPEG, or PNG")
        label = say(language, "Berkas bukti", "File that proves it")
        found.append(Field("evidence", label, "file", hint=hint, error=errors.get("evidence", "")))
        return tuple(found)

    def read(self, opened: Opened, duty: Shown, given: Given) -> tuple[Event | None, Errors]:
        """Take days that have come, and parts that the duty has."""
        language, rule = opened.language, duty.obligation.rule
        kind = proof_kind(rule)
        errors = dict(_day_errors(opened, given, kind))
        details = {"sent_on": text_of(given, "sent_on")}
        details |= {"received_on": text_of(given, "received_on")} if kind not in _SENT else {}
        details["letter"] = text_of(given, "letter")
        if len(details["letter"]) > LONGEST_TEXT:
            errors["letter"] = say(
                language, f"Paling panjang {LONGEST_TEXT} huruf.", f"At most {LONGEST_TEXT} letters."
            )
        for name, offered in _parts(duty).items():
            details[name] = "+".join(part for part in offered if part in given.get(name, ()))
        if _parts(duty).get("to") and not details["to"]:
            errors["to"] = say(language, "Pilih paling sedikit satu.", "Choose at least one.")
        if errors:
            return None, errors
        happened_on = day_of(given, "received_on") if details.get("received_on") else None
        day = happened_on or day_of(given, "sent_on") or opened.today
        return _fact(kind, day, duty, {name: text for name, text in details.items() if text}), {}


ANSWERS: Mapping[Purpose, Answer] = {
    Purpose.ACKNOWLEDGE: Acknowledge(),
    Purpose.SNOOZE: Snooze(),
    Purpose.DONE: Done(),
}
"""What each link is for."""


def _fact(kind: str, day: date, duty: Shown, details: Mapping[str, str]) -> Event:
    one = duty.obligation
    return Event(one.agreement, kind, day, {"rule": one.rule.id, "occurrence": one.occurrence, **details})


def _last_day(duty: Shown) -> date | None:
    """Give the last day to be reminded again on: the day to act by, computed or set, whichever is first."""
    computed = duty.obligation.deadline.act_by if duty.obligation.deadline else None
    days = [day for day in (computed, duty.act_by) if day is not None]
    return min(days) if computed else None


def _sent_label(kind: str, language: str) -> str:
    return say(language, *_SENT.get(kind, ("Tanggal dikirim", "Day it was sent")))


def _day_field(
    name: str, label: str, opened: Opened, given: Given, errors: Errors, *, required: bool = False
) -> Field:
    return Field(
        name,
        label,
        "date",
        value=text_of(given, name),
        error=errors.get(name, ""),
        required=required,
        most=opened.today.isoformat(),
    )


def _parts(duty: Shown) -> dict[str, tuple[str, ...]]:
    """Give the addressees and the enclosures that are proved one by one, by the detail that names them."""
    rule = duty.obligation.rule
    to = rule.duty.to if len(rule.duty.to) > 1 else ()
    found = {"to": tuple(to), "form": tuple(part for part in parts_of(rule) if part not in to)}
    return {name: parts for name, parts in found.items() if parts}


def _part_fields(opened: Opened, duty: Shown, given: Given, errors: Errors) -> list[Field]:
    language, agreement = opened.language, opened.known.agreement
    labels = {
        "to": say(language, "Disampaikan kepada", "Given to"),
        "form": say(language, "Disertai", "Enclosed"),
    }
    fields = []
    for name, parts in _parts(duty).items():
        said = (
            people_text(agreement, [part], language) if name == "to" else part_text(part, language)
            for part in parts
        )
        ticked = given.get(name, ())
        choices = tuple(Choice(part, text, part in ticked) for part, text in zip(parts, said, strict=True))
        fields.append(Field(name, labels[name], "choices", error=errors.get(name, ""), choices=choices))
    return fields


def _day_errors(opened: Opened, given: Given, kind: str) -> Errors:
    language = opened.language
    errors = {}
    for name in ("sent_on",) if kind in _SENT else ("sent_on", "received_on"):
        day = day_of(given, name)
        if day is None and (text_of(given, name) or name == "sent_on"):
            errors[name] = _no_day(language)
        elif day is not None and day > opened.today:
            errors[name] = say(language, "Hari itu belum tiba.", "That day has not come yet.")
    sent, received = day_of(given, "sent_on"), day_of(given, "received_on")
    if not errors and kind not in _SENT and sent and received and received < sent:
        errors["received_on"] = say(
            language,
            "Tanggal diterima tidak mungkin sebelum tanggal dikirim.",
            "It cannot have been received before it was sent.",
        )
    return errors


def _no_day(language: str) -> str:
    return say(language, "Isi tanggalnya, misalnya 2026-11-30.", "Enter a day, such as 2026-11-30.")
