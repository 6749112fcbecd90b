"""Naming a new contact officer. Pure."""

from datetime import date

from tracker.bot.forms.answers import given, nothing, one_of, party_name, past_day, recent, skip, some_words
from tracker.bot.forms.form import Form, Matter, Option, Step, Wrong
from tracker.events import kinds
from tracker.events.model import Event
from tracker.people.rights import Act

_EMAIL = kinds.KINDS[kinds.APPOINTED].optional["email"]


def _own_parties(matter: Matter) -> list[Option]:
    return [
        Option(party_name(matter, party), party)
        for party in matter.agreement.parties
        if party in matter.parties
    ]


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


def _fact(matter: Matter) -> Event:
    details = given(matter, "party", "name", "email", "replaces")
    return Event(matter.agreement.id, kinds.APPOINTED, _appointed_on(matter), details)


OFFICER = Form(
    "pejabat",
    Act.REPORT,
    ("Narahubung baru", "New contact officer"),
    (
        Step(
            "party",
            ("Pihak", "Party"),
            ("Narahubung pihak mana?", "Of which party?"),
            _own_parties,
            one_of(_own_parties),
        ),
        Step(
            "day",
            ("Mulai", "From"),
            ("Mulai kapan?", "From which day?"),
            recent,
            past_day,
        ),
        Step(
            "replaces",
            ("Menggantikan", "In place of"),
            ("Menggantikan siapa?", "In place of whom?"),
            _replaceable,
            one_of(_replaceable),
            lambda matter: len(_replaceable(matter)) > 1,
        ),
        Step("name", ("Nama", "Name"), ("Siapa namanya?", "What is their name?"), nothing, some_words),
        Step(
            "email",
            ("E-mail", "E-mail"),
            ("Alamat e-mailnya? Lewati bila tidak ada.", "Their e-mail address? Skip where there is none."),
            skip,
            _email,
        ),
    ),
    _fact,
)
