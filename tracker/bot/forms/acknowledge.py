"""Saying that a duty is known about. Pure."""

from tracker.base.dates import long_date
from tracker.bot.forms.answers import about_duty, given, skip, words
from tracker.bot.forms.form import Form, Matter, Step
from tracker.events import kinds
from tracker.people import requests
from tracker.people.rights import Act


def _hindrance(matter: Matter) -> str:
    until = matter.shown.life.acknowledged_until
    if until is None or until < matter.today:
        return ""
    day = long_date(until, matter.language)
    return matter.say(
        f"Sudah dicatat: kewajiban ini diketahui (berlaku sampai {day}).",
        f"Recorded already: this duty is known about (valid until {day}).",
    )


ACKNOWLEDGE = Form(
    requests.KNOWN,
    Act.ANSWER,
    ("Saya sudah tahu", "I know about it"),
    (
        Step(
            "note",
            ("Catatan", "Note"),
            ("Tulis catatan singkat, atau lewati.", "Write a short note, or skip."),
            skip,
            words,
        ),
    ),
    lambda matter: about_duty(matter, kinds.ACKNOWLEDGED, matter.today, **given(matter, "note")),
    _hindrance,
)
