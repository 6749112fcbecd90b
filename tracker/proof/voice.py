"""What every part of a proof page needs to put itself into words. Pure."""

from collections.abc import Iterator
from datetime import date, datetime

from tracker.base.dates import local_time, long_date, short_date
from tracker.events import kinds
from tracker.events.model import Event
from tracker.obligations.wording import (
    part_text,
    people_text,
    settled_text,
)
from tracker.proof.document import (
    Line,
    Tone,
)
from tracker.proof.page import ProofPage
from tracker.proof.words import (
    label_text,
    value_text,
)
from tracker.terms.pins import Axis

_SHOWN_ELSEWHERE = frozenset({"rule", "occurrence"})


class Voice:
    """Speaks the language of one page, about one obligation."""

    def __init__(self, page: ProofPage) -> None:
        """Read the page; nothing is worked out yet."""
        self.page = page
        self.language = page.language
        self.agreement = page.agreement
        self.rule = page.obligation.rule
        self.deadline = page.obligation.deadline
        self.life = page.life

    def say(self, indonesian: str, english: str) -> str:
        """Choose the sentence in the page's language."""
        return english if self.language == "en" else indonesian

    def day(self, day: date | None) -> str | None:
        """Give a day with its weekday; None where there is none."""
        return long_date(day, self.language) if day else None

    def short(self, day: date) -> str:
        """Give a day in short."""
        return short_date(day, self.language)

    def moment(self, instant: datetime | None) -> str:
        """Give an instant in the agreement's own time."""
        return local_time(instant, self.agreement.zone, self.language) if instant else ""

    def entry(self, fact: Event) -> Line | None:
        """Name the entry of the log in which a fact was recorded."""
        if fact.number is None:
            return None
        return Line(self.say(f"entri {fact.number}", f"entry {fact.number}"), Tone.FAINT)

    def settled(self, axis: Axis, choice: str) -> str:
        """Say how a reading was settled."""
        return settled_text(axis, choice, self.language)

    def details(self, fact: Event, without: set[str]) -> Iterator[Line]:
        """Say what a fact carries, without some of it."""
        if fact.kind == kinds.PINNED:
            yield Line(self.settled(Axis(fact.details["axis"]), fact.details["choice"]))
            without = {*without, "axis", "choice"}
        for name, value in fact.details.items():
            if name in _SHOWN_ELSEWHERE | without:
                continue
            label = label_text(name, self.language)
            if not value:
                yield Line(self.say(f"{label}: dihapus", f"{label}: removed"))
            else:
                is_digest = name in ("evidence", "digest")
                said = self._value(name, value)
                yield Line(f"{label}: {said}", Tone.CODE if is_digest else Tone.PLAIN)

    def _value(self, name: str, value: str) -> str:
        if name in ("party", "to"):
            return people_text(self.agreement, value.split("+"), self.language)
        if name == "form":
            return " + ".join(part_text(part, self.language) for part in value.split("+"))
        return value_text(value, self.language)
