"""What a form is: questions about a matter, and the fact that comes of the answers. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from tracker.base.dates import long_date
from tracker.bot.days import day_in
from tracker.events.model import Event
from tracker.obligations.wording import pick
from tracker.people.rights import Act
from tracker.queries import Shown
from tracker.terms.model import Agreement


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


Offer = Callable[[Matter], list[Option]]
Read = Callable[[Matter, str], str | Wrong]
Show = Callable[[Matter, str], str]


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
    show: Show | None = None
    """How an answer is shown; None: as a day, or as the button that gives it."""


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


def summary(form: Form, matter: Matter) -> list[str]:
    """Give the answers so far, each with what was asked."""
    lines = []
    for step in form.steps:
        text = matter.given.get(step.name)
        if text:
            lines.append(f"{pick(step.label, matter.language)}: {_shown(step, matter, text)}")
    return lines


def _shown(step: Step, matter: Matter, text: str) -> str:
    if step.show is not None:
        return step.show(matter, text)
    day = day_in(text)
    if day is not None:
        return long_date(day, matter.language)
    options = {option.value: option.label for option in step.offer(matter)}
    return options.get(text, text)
