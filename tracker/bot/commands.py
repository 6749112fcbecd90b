"""Everything that can be asked for, by name: as a command, or by a button."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from tracker.bot import agreements, due, duty, linking
from tracker.bot.asker import Answer
from tracker.bot.calendar import calendar_file
from tracker.bot.calendar_link import CALENDAR, FILE, calendar
from tracker.bot.forms.force_majeure import FORCE_MAJEURE
from tracker.bot.forms.officer import OFFICER
from tracker.bot.groups import GROUPS, groups
from tracker.bot.help import HELP, usage
from tracker.bot.linking import Errand
from tracker.bot.screen import Reply
from tracker.people.requests import DUTY, Ask

ANSWERS: Mapping[str, Answer] = {
    due.DUE: due.due,
    due.LATE: due.late,
    due.WEEK: due.week,
    agreements.FIND: agreements.find,
    agreements.ONE: agreements.one,
    DUTY: duty.duty,
    duty.WHY: duty.why,
    duty.TOLD: duty.told,
    duty.PROOF: duty.proof,
    FILE: calendar_file,
    HELP: usage,
}
"""What only looks."""
CHANGES: Mapping[str, Callable[[Errand, Sequence[str]], Reply | Ask]] = {
    linking.START: linking.start,
    linking.STOP: linking.stop,
    linking.LANGUAGE: linking.language,
    GROUPS: groups,
    CALENDAR: calendar,
}
"""What changes who reads what; in a write transaction. What changes nothing may ask for a look instead."""
FOR_STRANGERS = frozenset({linking.START, linking.STOP})
_ENGLISH = {
    "due": due.DUE,
    "overdue": due.LATE,
    "summary": due.WEEK,
    "week": due.WEEK,
    "agreements": agreements.FIND,
    "find": agreements.FIND,
    "calendar": CALENDAR,
    "help": HELP,
    "language": linking.LANGUAGE,
    "forcemajeure": FORCE_MAJEURE.name,
    "officer": OFFICER.name,
    "group": GROUPS,
    "groups": GROUPS,
}
_FORMS = frozenset({FORCE_MAJEURE.name, OFFICER.name})
"""The forms that begin with a command; the others begin with the button of a duty."""
_ONE_TEXT = frozenset({agreements.FIND})


class Described(NamedTuple):
    """One line of the menu that Telegram shows."""

    name: str
    indonesian: str
    english: str


MENU = (
    Described(due.DUE, "Yang jatuh tempo: 7, 30, 90 hari", "What is due: 7, 30, 90 days"),
    Described(due.LATE, "Yang sudah terlambat", "What is overdue"),
    Described(due.WEEK, "Ringkasan pekan ini", "The week ahead"),
    Described(agreements.FIND, "Cari perjanjian", "Find an agreement"),
    Described(FORCE_MAJEURE.name, "Laporkan keadaan kahar", "Report force majeure"),
    Described(OFFICER.name, "Narahubung baru", "A new contact officer"),
    Described(CALENDAR, "Tenggat di kalender Anda", "Deadlines in your calendar"),
    Described(linking.LANGUAGE, "Ganti bahasa", "Change the language"),
    Described(HELP, "Bantuan", "Help"),
    Described(linking.STOP, "Putuskan tautan chat ini", "Unlink this chat"),
)


def command_in(text: str) -> Ask | None:
    """Read a command; None where a text is none, or one that there is not."""
    if not text.startswith("/"):
        return None
    first, *rest = text[1:].split(maxsplit=1)[:2] or [""]
    name = first.partition("@")[0].casefold()
    name = _ENGLISH.get(name, name)
    if name not in ANSWERS and name not in CHANGES and name not in _FORMS:
        return None
    details = rest if name in _ONE_TEXT else (rest[0].split() if rest else [])
    return Ask(name, tuple(details))
