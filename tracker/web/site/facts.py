"""What somebody may say has happened to an agreement, and the fact that comes of what they typed. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from tracker.base.iso import iso_date
from tracker.events import kinds
from tracker.events.log import effective
from tracker.events.model import Event
from tracker.people.rights import Act, Rights
from tracker.proof.words import kind_text
from tracker.terms.grammar import DESIRED_END_EVENT, ENDED_EARLY
from tracker.terms.model import Agreement
from tracker.web.fields import Choice, Errors, Field, text_of
from tracker.web.site.asking import DAY, Ask, Form, Matter, Wrong
from tracker.web.site.choices import SPLIT
from tracker.web.site.fact_forms import FORMS, KAHAR, PLAIN, WHY, check_day

_WITHDRAWN = Ask(
    "withdrawn",
    ("Tidak pernah terjadi", "It never happened"),
    "select",
    offer=lambda matter: [
        Choice("yes", matter.say(("Ya, batalkan peristiwa ini", "Yes, take this fact back")), ticked=False)
    ],
)
_ALWAYS = (KAHAR, DESIRED_END_EVENT, kinds.APPOINTED)
_NOT_HERE = kinds.ABOUT_ONE_OBLIGATION | kinds.BY_THE_SERVICE | {kinds.CORRECTED}


def offered(agreement: Agreement, rights: Rights) -> list[str]:
    """Give the kinds that somebody may record of an agreement, the most frequent first.

    Force majeure and a wish to end are offered where some rule waits for them; what a person decides
    about duties, proofs and addresses is for managers.
    """
    if not rights.may(Act.REPORT):
        return []
    awaited = agreement.event_kinds()
    first = [kind for kind in _ALWAYS if kind in awaited or kind == kinds.APPOINTED]
    plain = sorted(awaited - set(first) - set(FORMS) - _NOT_HERE)
    last = [kind for kind in FORMS if FORMS[kind].managers_only and rights.manages]
    return [*first, *plain, *last]


def form_of_kind(kind: str) -> Form:
    """Give what is asked about a kind."""
    return FORMS.get(kind, PLAIN)


def title(kind: str, language: str) -> str:
    """Name a kind as the title of its form."""
    found = {
        KAHAR: ("Keadaan kahar", "Force majeure"),
        DESIRED_END_EVENT: ("Keinginan mengakhiri", "A wish to end"),
        kinds.APPOINTED: ("Narahubung baru", "New contact officer"),
        ENDED_EARLY: ("Berakhir lebih awal", "Ended early"),
        kinds.PINNED: ("Cara menghitung ditetapkan", "A way of counting settled"),
        kinds.CONFIRMED: ("Alamat dipastikan", "An address confirmed"),
        kinds.DOUBTFUL: ("Alamat tidak berfungsi", "An address does not work"),
    }.get(kind)
    return found[language == "en"] if found else kind_text(kind, language)


def fields(form: Form, matter: Matter, errors: Errors) -> Iterator[Field]:
    """Give the fields of a form, with what was typed before, or what the corrected fact says."""
    before = values_of(matter.corrects) if matter.corrects and not matter.given else {}
    day = text_of(matter.given, DAY) or before.get(DAY, "" if matter.given else matter.today.isoformat())
    yield _asked_day(form).shown(matter, errors, day)
    for ask in _asks(form, matter):
        yield ask.shown(matter, errors, text_of(matter.given, ask.name) or before.get(ask.name, ""))


def values_of(fact: Event) -> dict[str, str]:
    """Give what a fact says, by the names of the fields."""
    found = {**fact.details, DAY: fact.happened_on.isoformat(), "why": ""}
    if "axis" in found:
        found["reading"] = f"{found['axis']}{SPLIT}{found['choice']}"
    return found


def names(form: Form, matter: Matter) -> list[str]:
    """Give the names of all fields of a form."""
    return [DAY, *(ask.name for ask in _asks(form, matter))]


def read(kind: str, form: Form, matter: Matter) -> tuple[Event | None, Errors]:
    """Make the fact out of what was typed, or say what is wrong with each field."""
    if matter.corrects is not None and text_of(matter.given, _WITHDRAWN.name):
        return _withdrawal(matter.corrects, matter)
    details: dict[str, str] = {}
    errors: dict[str, str] = {}
    for ask in (_asked_day(form), *_asks(form, matter)):
        found = ask.read(matter)
        if isinstance(found, Wrong):
            errors[ask.name] = matter.say(found.words)
        elif found and ask.name != DAY:
            details[ask.name] = found
    if not errors and (wrong := form.whole(matter, details)):
        errors[wrong[0]] = matter.say(wrong[1].words)
    if errors:
        return None, errors
    day = iso_date(text_of(matter.given, DAY))
    if matter.corrects is not None:
        return _correction(matter.corrects, details, day), {}
    return Event(matter.agreement.id, kind, day, dict(form.finish(details))), {}


def _asked_day(form: Form) -> Ask:
    return Ask(DAY, form.day, "date", required=True, check=_past)


def _past(matter: Matter, text: str) -> Wrong | None:
    wrong = check_day(matter, text)
    if wrong is None and text > matter.today.isoformat():
        return Wrong(("Hari itu belum tiba.", "That day has not come yet."))
    return wrong


def _asks(form: Form, matter: Matter) -> Sequence[Ask]:
    if matter.corrects is None:
        return form.asks
    own = _corrected_asks(matter.corrects)
    return (*own, _WITHDRAWN, WHY)


def _corrected_asks(fact: Event) -> tuple[Ask, ...]:
    """Give the fields of a fact that can be put right; whose post was taken over stays as it was."""
    if fact.kind in kinds.ABOUT_ONE_OBLIGATION | {kinds.DOUBTFUL, kinds.CONFIRMED}:
        return ()
    return tuple(ask for ask in form_of_kind(fact.kind).asks if ask.name not in ("why", "replaces"))


def _withdrawal(fact: Event, matter: Matter) -> tuple[Event | None, Errors]:
    why = WHY.read(matter)
    if isinstance(why, Wrong):
        return None, {WHY.name: matter.say(why.words)}
    details = {"corrects": str(fact.number), "why": why, "withdrawn": "yes"}
    return Event(fact.agreement, kinds.CORRECTED, fact.happened_on, details), {}


def _correction(fact: Event, details: Mapping[str, str], day: date) -> Event:
    """Say what differs from the fact as it stands; an empty text takes a detail away."""
    asked = {ask.name for ask in _corrected_asks(fact)}
    if fact.kind == kinds.PINNED:
        asked |= {"axis", "choice"}
    finish = form_of_kind(fact.kind).finish if asked else dict
    new = {name: text for name, text in finish(details).items() if name in asked | {"acting"}}
    old = {name: text for name, text in fact.details.items() if name in asked | {"acting"}}
    changed = {
        name: new.get(name, "") for name in sorted({*new, *old}) if new.get(name, "") != old.get(name, "")
    }
    return Event(
        fact.agreement, kinds.CORRECTED, day, {"corrects": str(fact.number), "why": details["why"], **changed}
    )


def correctable(log: Sequence[Event]) -> dict[int, Event]:
    """Give the facts that hold and that a person may correct, by the number first recorded."""
    return {
        fact.number: fact
        for fact in effective(log)
        if fact.number is not None and fact.kind not in kinds.BY_THE_SERVICE
    }
