"""What every channel shows of an alert at the moment of sending, and the templates it fills."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from tracker.base.dates import clock_text, days_phrase, local_time, long_date
from tracker.channels.wrap import flatten, paragraph, wrapped
from tracker.outbox.content import LATE_AFTER, AlertContent, Content

_CUT = "..."
_FOLDER = Path(__file__).parent

_LATE = {
    "id": "Pengingat ini direncanakan {planned} dan baru terkirim sekarang.",
    "en": "This reminder was planned for {planned} and could only be sent now.",
}
_LIKELY_OPEN = {
    "id": "Masih bisa dikerjakan: menurut cara hitung yang paling mungkin, batasnya {likely}. "
    "Menurut cara hitung yang paling longgar, batas terakhirnya {latest} ({left}).",
    "en": "It can still be done: on the most likely way of counting, the limit is {likely}. "
    "On the most generous way of counting, the last day is {latest} ({left}).",
}
_LATEST_OPEN = {
    "id": "Masih bisa dikerjakan, tetapi hanya menurut cara hitung yang paling longgar: "
    "batas terakhirnya {latest} ({left}).",
    "en": "It can still be done, but only on the most generous way of counting: "
    "the last day is {latest} ({left}).",
}
_MOMENT_OPEN = {
    "id": "Masih bisa dikerjakan, paling lambat {latest} ({left}).",
    "en": "It can still be done, by {latest} ({left}).",
}
_CLOSED = {
    "id": "Menurut semua cara hitung, batas waktunya sudah lewat; yang terakhir {latest}. "
    "Mohon segera bicarakan langkah berikutnya dengan atasan Anda dan dengan pihak lain.",
    "en": "The time has run out on every way of counting; the last day was {latest}. "
    "Please discuss the next step with your manager and with the other party at once.",
}


_PASSED_TODAY = {"id": "lewat hari ini", "en": "earlier today"}


@dataclass(frozen=True, slots=True)
class View:
    """An alert as it reads at one instant: dates in words, days left, and what lateness means."""

    today: date
    days: int
    """Days left until `act_by`; negative once it has passed."""
    days_left: str
    overdue: bool
    act_by: str
    safe: str
    likely: str
    latest: str
    late: str
    """Says that the message itself comes late; empty where it does not."""
    rescue: str
    """For an overdue obligation, what can still be done; empty otherwise."""
    obligation: str


def view(content: AlertContent, now: datetime) -> View:
    """Work out what depends on the moment of sending."""
    language = content.language
    today = local_day(content, now)
    days = (content.act_by - today).days
    overdue = days < 0 or is_past_moment(content, now)
    return View(
        today=today,
        days=days,
        days_left=_PASSED_TODAY[language] if overdue and days == 0 else days_phrase(days, language),
        overdue=overdue,
        act_by=long_date(content.act_by, language) + clock_text(act_by_time(content), language),
        safe=long_date(content.safe, language) + clock_text(content.by_time, language),
        likely=long_date(content.likely, language) + clock_text(content.by_time, language),
        latest=long_date(content.latest, language) + clock_text(content.by_time, language),
        late=_late(content, now),
        rescue=_rescue(content, now) if overdue else "",
        obligation=obligation_key(content),
    )


def local_day(content: Content, now: datetime) -> date:
    """Give the calendar day in the agreement's own zone."""
    return now.astimezone(ZoneInfo(content.timezone)).date()


def act_by_time(content: AlertContent) -> time | None:
    """Give the clock time that goes with `act_by`: none where that day was moved back."""
    return content.by_time if content.act_by == content.likely else None


def is_past_moment(content: AlertContent, now: datetime) -> bool:
    """Tell whether the exact moment has passed; never where only days are known."""
    if content.by_time is None:
        return False
    return now > datetime.combine(content.likely, content.by_time, ZoneInfo(content.timezone))


def obligation_key(content: AlertContent) -> str:
    """Name the obligation as the store and the command line do."""
    return f"{content.agreement}/{content.rule}/{content.occurrence}"


def fill(template: str, content: AlertContent, now: datetime, **more: object) -> str:
    """Fill one of the packaged templates, named from this folder: `email/templates/id.txt`."""
    return render(template, **{"alert": content, "view": view(content, now), "answers": None} | more)


def render(template: str, **values: object) -> str:
    """Fill one of the packaged templates with any values."""
    return _templates().get_template(template).render(values)


def shorten(text: str, width: int) -> str:
    """Put a text on one line of at most `width` characters, cut between words and marked as cut."""
    flat = flatten(text)
    if len(flat) <= width:
        return flat
    room = max(width - len(_CUT), 0)
    words = flat[: room + 1].rpartition(" ")[0]
    # One word longer than half the room (a link, a number) is cut inside rather than lost.
    kept = words if len(words) > room // 2 else flat[:room]
    return f"{kept.rstrip(' ,;:-(')}{_CUT}"[:width]


def _late(content: AlertContent, now: datetime) -> str:
    if now - content.planned_for <= LATE_AFTER:
        return ""
    planned = local_time(content.planned_for, ZoneInfo(content.timezone), content.language)
    return _LATE[content.language].format(planned=planned)


def _rescue(content: AlertContent, now: datetime) -> str:
    today = local_day(content, now)
    if today > content.latest or is_past_moment(content, now):
        sentence = _CLOSED
    elif content.by_time is not None:
        sentence = _MOMENT_OPEN
    elif today <= content.likely < content.latest:
        sentence = _LIKELY_OPEN
    else:
        sentence = _LATEST_OPEN
    return sentence[content.language].format(
        likely=long_date(content.likely, content.language) + clock_text(content.by_time, content.language),
        latest=long_date(content.latest, content.language) + clock_text(content.by_time, content.language),
        left=days_phrase((content.latest - today).days, content.language),
    )


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters["wrapped"] = _or_slot(wrapped)
    environment.filters["paragraph"] = _or_slot(paragraph)
    return environment


class Slot:
    """Stands for one text while a template is filled for many messages at once."""

    BEGIN, BETWEEN, END = "\x02", "\x1f", "\x03"

    def __init__(self, name: str, *how: str) -> None:
        """Name the text; `how` are the beginnings of its first line and of the others."""
        self.name = name
        self._how = how

    def __str__(self) -> str:
        """Mark the place."""
        return f"{self.BEGIN}{self.BETWEEN.join((self.name, *self._how))}{self.END}"

    __html__ = __str__


def _or_slot(break_text: Callable[[str, str, str], str]) -> Callable[..., object]:
    def applied(text: str | Slot, first: str = "", rest: str = "") -> object:
        return Slot(text.name, first, rest) if isinstance(text, Slot) else break_text(text, first, rest)

    return applied
