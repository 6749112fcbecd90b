"""Reporting force majeure. Pure."""

from tracker.bot.forms.answers import given, one_of, party_name, past_day, recent, skip, words
from tracker.bot.forms.form import Form, Matter, Option, Step
from tracker.events.model import Event
from tracker.people.rights import Act

KAHAR = "force-majeure-occurred"


def _affected(matter: Matter) -> list[Option]:
    return [Option(party_name(matter, party), party) for party in matter.agreement.parties]


def _fact(matter: Matter) -> Event:
    day = matter.day("day") or matter.today
    return Event(matter.agreement.id, KAHAR, day, given(matter, "party", "note"))


FORCE_MAJEURE = Form(
    "kahar",
    Act.REPORT,
    ("Keadaan kahar", "Force majeure"),
    (
        Step(
            "day",
            ("Hari kejadian", "Day it happened"),
            ("Kapan keadaan kahar terjadi?", "When did it happen?"),
            recent,
            past_day,
        ),
        Step(
            "party",
            ("Pihak yang terdampak", "Party affected"),
            ("Pihak mana yang terdampak?", "Which party is affected?"),
            _affected,
            one_of(_affected),
        ),
        Step(
            "note",
            ("Kejadian", "What happened"),
            ("Apa yang terjadi? Tulis singkat, atau lewati.", "What happened? Write it briefly, or skip."),
            skip,
            words,
        ),
    ),
    _fact,
)
