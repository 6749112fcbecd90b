"""The buttons under a message: they act on its duty, or open one of its duties. The bot answers them."""

from datetime import datetime

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from tracker.base.dates import short_date
from tracker.channels.render import local_day, obligation_key, shorten
from tracker.outbox.content import BUTTONS_AT_MOST, AlertContent, Content, ListItem
from tracker.people.requests import DONE, DUTY, KNOWN, LATER, data_of, under_alert

_LABELS = {
    "id": {DONE: "Sudah dikerjakan", KNOWN: "Sudah tahu", LATER: "Tunda", DUTY: "Lihat"},
    "en": {DONE: "Done", KNOWN: "I know", LATER: "Later", DUTY: "Show"},
}
_LONGEST_LABEL = 60


def buttons(
    content: Content, address: str, now: datetime, *, answered: bool = False
) -> InlineKeyboardMarkup | None:
    """Give the buttons of a message; none in a group, where nobody knows who presses.

    What is `answered` for good can only be looked at.
    """
    if address.startswith("-"):
        return None
    if answered and isinstance(content, AlertContent):
        look = _button(_LABELS[content.language][DUTY], DUTY, obligation_key(content))
        return InlineKeyboardMarkup([[look]])
    rows = _of_alert(content, now) if isinstance(content, AlertContent) else _of_list(content)
    return InlineKeyboardMarkup(rows) if rows else None


def _of_alert(content: AlertContent, now: datetime) -> list[list[InlineKeyboardButton]]:
    about, labels = obligation_key(content), _LABELS[content.language]
    can_wait = content.act_by > local_day(content, now)
    rows = [(DONE, KNOWN), (LATER, DUTY) if can_wait else (DUTY,)]
    return [[_button(labels[name], name, about) for name in row] for row in rows]


def _of_list(content: Content) -> list[list[InlineKeyboardButton]]:
    items: tuple[ListItem, ...] = getattr(content, "items", ())
    found = [item for item in items[:BUTTONS_AT_MOST] if item.obligation.count("/") >= 2]
    return [[_button(_label(item, content.language), DUTY, item.obligation)] for item in found]


def _label(item: ListItem, language: str) -> str:
    day = f"{short_date(item.act_by, language)}: " if item.act_by else ""
    return shorten(f"{day}{item.headline}", _LONGEST_LABEL)


def _button(label: str, name: str, about: str) -> InlineKeyboardButton:
    return InlineKeyboardButton(label, callback_data=data_of(under_alert(name, about)))
