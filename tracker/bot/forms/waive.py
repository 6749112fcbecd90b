"""Waiving a duty, with a reason. Pure."""

from tracker.bot.forms.answers import about_duty, given, nothing, some_words
from tracker.bot.forms.form import Form, Step
from tracker.events import kinds
from tracker.people.rights import Act

WAIVE = Form(
    "kesampingkan",
    Act.WAIVE,
    ("Kesampingkan kewajiban ini", "Waive this duty"),
    (
        Step(
            "why",
            ("Alasan", "Reason"),
            ("Mengapa kewajiban ini dikesampingkan?", "Why is this duty waived?"),
            nothing,
            some_words,
        ),
    ),
    lambda matter: about_duty(matter, kinds.WAIVED, matter.today, **given(matter, "why")),
)
