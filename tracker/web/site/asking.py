"""What a form asks: its fields, the answers that may be chosen, and what is wrong with one. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, NamedTuple

from tracker.base.iso import iso_date
from tracker.events.model import Event
from tracker.reminders.recipients import Address
from tracker.terms.model import Agreement
from tracker.web.fields import LONGEST_TEXT, Choice, Errors, Field, Given, text_of

Pair = tuple[str, str]
DAY = "hari"
"""The field of the day on which it happened."""


@dataclass(frozen=True, slots=True)
class Matter:
    """What a form is about, on a day, in somebody's words, with what was typed so far."""

    agreement: Agreement
    """As the facts have changed it."""
    log: Sequence[Event]
    today: date
    language: str
    parties: Sequence[str]
    """The parties for which they may speak."""
    given: Given = field(default_factory=dict)
    corrects: Event | None = None
    """The fact that is being corrected, as it stands now."""
    rows: Sequence[Any] = ()
    """The stored duties of the agreement."""
    doubtful: Sequence[Address] = ()
    """The addresses of its contacts that do not work."""

    def say(self, pair: Pair) -> str:
        """Choose the words of the reader's language."""
        return pair[self.language == "en"]


class Wrong(NamedTuple):
    """What is wrong with an answer, in both languages."""

    words: Pair


NO_DAY = Wrong(("Isi tanggal yang ada di kalender.", "Enter a day of the calendar."))
_YEARS = range(1945, 2201)


def is_day(text: str) -> bool:
    """Tell whether a text is a day that can be counted from."""
    try:
        return iso_date(text).year in _YEARS
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class Ask:
    """One field: its name is that of the detail it gives."""

    name: str
    label: Pair
    kind: str = "text"
    hint: Pair = ("", "")
    required: bool = False
    offer: Callable[[Matter], Sequence[Choice]] | None = None
    check: Callable[[Matter, str], Wrong | None] = lambda _, __: None

    def shown(self, matter: Matter, errors: Errors, value: str) -> Field:
        """Give the field as it is shown."""
        choices = self.offer(matter) if self.offer else ()
        return Field(
            self.name,
            matter.say(self.label),
            self.kind,
            matter.say(self.hint),
            value,
            errors.get(self.name, ""),
            required=self.required,
            most=matter.today.isoformat() if self.name == DAY else "",
            choices=tuple(replace(one, ticked=one.value == value) for one in choices),
        )

    def read(self, matter: Matter) -> str | Wrong:
        """Give what was typed, or what is wrong with it; empty where nothing was."""
        text = text_of(matter.given, self.name)
        if not text:
            return Wrong(("Isi bagian ini.", "Fill this in.")) if self.required else ""
        if len(text) > LONGEST_TEXT:
            return Wrong((f"Paling panjang {LONGEST_TEXT} huruf.", f"At most {LONGEST_TEXT} letters."))
        if self.offer is not None and text not in [one.value for one in self.offer(matter)]:
            return Wrong(("Pilih salah satu.", "Choose one of them."))
        return self.check(matter, text) or text


@dataclass(frozen=True, slots=True)
class Form:
    """What is asked about one kind of fact, besides its day."""

    asks: Sequence[Ask]
    intro: Pair
    day: Pair = ("Hari kejadian", "Day it happened")
    managers_only: bool = False
    whole: Callable[[Matter, Mapping[str, str]], tuple[str, Wrong] | None] = lambda _, __: None
    """Looks at all the answers together; gives the field that is wrong."""
    finish: Callable[[Mapping[str, str]], Mapping[str, str]] = lambda details: details
    """Makes the details of a fact out of the answers."""
