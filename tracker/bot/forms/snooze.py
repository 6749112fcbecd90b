"""Putting the reminders of a duty off, never past the day to act by. Pure."""

from datetime import date, timedelta

from tracker.base.dates import long_date
from tracker.bot.days import day_in
from tracker.bot.forms.answers import about_duty, given, no_day
from tracker.bot.forms.form import Form, Matter, Option, Step, Wrong
from tracker.events import kinds
from tracker.people import requests
from tracker.people.rights import Act
from tracker.queries import Shown

_SPANS = (1, 3, 7, 14, 30)


def _last_day(duty: Shown) -> date | None:
    """Give the last day to be reminded again on: the day to act by, computed or set, whichever is first."""
    computed = duty.obligation.deadline.act_by if duty.obligation.deadline else None
    days = [day for day in (computed, duty.act_by) if day is not None]
    return min(days) if computed else None


def _offer(matter: Matter) -> list[Option]:
    last = _last_day(matter.shown) or matter.today
    days = [matter.today + timedelta(days=days) for days in _SPANS]
    return [
        Option(matter.say(f"{count} hari", f"{count} days" if count > 1 else "1 day"), day.isoformat())
        for count, day in zip(_SPANS, days, strict=True)
        if day <= last
    ]


def _until(matter: Matter, text: str) -> str | Wrong:
    until, last = day_in(text), _last_day(matter.shown)
    if until is None:
        return no_day(matter)
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


def _hindrance(matter: Matter) -> str:
    last = _last_day(matter.shown)
    if last is not None and last > matter.today:
        return ""
    return matter.say(
        "Tenggatnya hari ini, sudah lewat, atau tidak bertanggal: pengingat tidak dapat ditunda.",
        "The deadline is today, has passed, or has no date: the reminders cannot be put off.",
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
            _offer,
            _until,
        ),
    ),
    lambda matter: about_duty(matter, kinds.SNOOZED, matter.today, **given(matter, "until")),
    _hindrance,
)
