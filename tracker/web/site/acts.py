"""What somebody who has signed in may record of a duty: the answers of the mail links, and waiving."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tracker import queries
from tracker.base.dates import long_date
from tracker.base.signing import Claim, Purpose
from tracker.events import kinds
from tracker.events.model import Event
from tracker.obligations.model import State
from tracker.people.rights import Act
from tracker.queries import Shown
from tracker.seen.sight import holders_of
from tracker.web.answers import Acknowledge, Answer, Done, Snooze
from tracker.web.desk import Language, Opened, Reader
from tracker.web.fields import LONGEST_TEXT, Errors, Field, Given, text_of
from tracker.web.site.visit import Visit
from tracker.web.words import ASKING, say

LIVE = (State.OPEN, State.DUE, State.OVERDUE)


class Waive:
    """Nobody need do it any more."""

    def hindrance(self, opened: Opened, duty: Shown) -> str:
        """Whatever is open can be waived."""
        del opened, duty
        return ""

    def fields(self, opened: Opened, duty: Shown, given: Given, errors: Errors) -> tuple[Field, ...]:
        """Ask why."""
        del duty
        label = say(opened.language, "Alasan", "Why")
        hint = say(
            opened.language,
            "Misalnya keputusan siapa, atau nomor suratnya.",
            "For instance whose decision, or the number of the letter.",
        )
        value, error = text_of(given, "why"), errors.get("why", "")
        return (Field("why", label, "text", hint, value, error, required=True),)

    def read(self, opened: Opened, duty: Shown, given: Given) -> tuple[Event | None, Errors]:
        """Take any reason, but take one."""
        why, one = text_of(given, "why"), duty.obligation
        if not why or len(why) > LONGEST_TEXT:
            said = say(
                opened.language,
                f"Tulis alasannya, paling panjang {LONGEST_TEXT} huruf.",
                f"Say why, in at most {LONGEST_TEXT} letters.",
            )
            return None, {"why": said}
        details = {"rule": one.rule.id, "occurrence": one.occurrence, "why": why}
        return Event(one.agreement, kinds.WAIVED, opened.today, details), {}


ANSWERS: Mapping[str, tuple[Answer, Act]] = {
    "selesai": (Done(), Act.ANSWER),
    "tahu": (Acknowledge(), Act.ANSWER),
    "tunda": (Snooze(), Act.ANSWER),
    "kesampingkan": (Waive(), Act.WAIVE),
}
"""What can be recorded, by its name in the path, and the right that it needs."""
_PURPOSES = {"tahu": Purpose.ACKNOWLEDGE, "tunda": Purpose.SNOOZE, "selesai": Purpose.DONE}
_WAIVE = (
    ("Kesampingkan", "Waive"),
    (
        "Kewajiban ini tidak perlu dikerjakan lagi. Alasannya tercatat, dan pengingat berhenti.",
        "This duty need not be done any more. The reason is recorded, and the reminders stop.",
    ),
    ("Kesampingkan kewajiban ini", "Waive this duty"),
)


@dataclass(frozen=True, slots=True)
class Offer:
    """One form, or why it is not offered now."""

    name: str
    title: str
    intro: str
    button: str
    fields: tuple[Field, ...] = ()
    hindrance: str = ""
    trouble: str = ""
    is_open: bool = False

    @property
    def has_file(self) -> bool:
        """Whether a file may be sent with it."""
        return any(each.kind == "file" for each in self.fields)


def opened(visit: Visit, shown: Shown) -> Opened:
    """Give a duty the way the answers look at it."""
    life = shown.life
    known = queries.Known(
        shown.agreement, shown.state, shown.closed_why, life.snoozed_until, life.acknowledged_until, shown
    )
    language: Language = "en" if visit.language == "en" else "id"
    claim = Claim(Purpose.DONE, shown.obligation.key, visit.address, visit.now, "")
    return Opened(claim, known, Reader(visit.address, language, serves=True), visit.now)


def may(visit: Visit, shown: Shown, name: str) -> bool:
    """Tell whether somebody may record something of a duty."""
    return visit.sight.rights(shown.agreement).may(ANSWERS[name][1], holders_of(shown))


def offers(
    visit: Visit, shown: Shown, tried: str = "", given: Given | None = None, errors: Errors | None = None
) -> Iterator[Offer]:
    """Yield what somebody may record; `tried` is what has just failed, with what was typed and why."""
    if shown.state not in LIVE:
        return
    one = opened(visit, shown)
    for name, (answer, _) in ANSWERS.items():
        if not may(visit, shown, name):
            continue
        purpose = _PURPOSES.get(name)
        asking = ASKING[purpose] if purpose else None
        texts = (asking.title, asking.intro, asking.button) if asking else _WAIVE
        title, intro, button = (visit.say(*pair) for pair in texts)
        hindrance = answer.hindrance(one, shown)
        if hindrance and name == "tahu":
            continue  # the page says so above
        failed = (given or {}, errors or {}) if name == tried else ({}, {})
        fields = () if hindrance else answer.fields(one, shown, *failed)
        trouble = failed[1].get("", "")
        yield Offer(name, title, intro, button, fields, hindrance, trouble, is_open=name == tried)


def known_text(shown: Shown, visit: Visit) -> str:
    """Say until when somebody has said that it is known about, or put off; empty where nobody has."""
    today = visit.now.astimezone(shown.agreement.zone).date()
    said = []
    for until, words in (
        (shown.life.acknowledged_until, ("Diketahui, berlaku sampai", "Known about, valid until")),
        (shown.life.snoozed_until, ("Pengingat ditunda sampai", "Reminders put off until")),
    ):
        if until is not None and until >= today:
            said.append(f"{visit.say(*words)} {long_date(until, visit.language)}")
    return "; ".join(said)
