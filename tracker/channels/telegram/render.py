"""An alert as one Telegram message: the few HTML tags Telegram knows, at most 4096 characters."""

import html
import re
from bisect import bisect_right
from collections.abc import Callable
from datetime import datetime

from tracker.channels.lists import fill_list
from tracker.channels.render import fill, shorten
from tracker.channels.wrap import flatten
from tracker.outbox.content import AlertContent, Content, ListContent, ListItem

LIMIT = 4096
_SHORTEST = 40
"""With every part this short and the lists cut, any message fits."""
_LONGEST_LIST = 10
_LONGEST_PART = 200
"""Of a list; with few notes, at least its head always fits."""
_FEW = 4
_MANY = 100
"""More duties than one message can hold, however short."""
_HEAD = ("headline", "agreement", "agreement_title", "recipient")
_TEXTS = (
    "agreement",
    "agreement_title",
    "rule",
    "occurrence",
    "recipient",
    "headline",
    "act",
    "towards",
    "form",
    "clause",
    "cost",
)
_LISTS = ("agreement_numbers", "why", "notes")
_TAG = re.compile(r"<[^>]*>")


def text(content: Content, now: datetime) -> str:
    """Give the message text; where it would be too long, the longest parts are cut between words."""
    return _list_text(content, now) if isinstance(content, ListContent) else _alert_text(content, now)


def _list_text(content: ListContent, now: datetime) -> str:
    """Show the first duties of a list, as many as fit, and say how many there are besides."""
    short = content.model_copy(
        update={
            **{name: shorten(getattr(content, name), _LONGEST_PART) for name in _HEAD},
            "lead": tuple(shorten(sentence, _LONGEST_PART) for sentence in content.lead[:_LONGEST_LIST]),
            "notes": tuple(shorten(note, _LONGEST_PART) for note in content.notes[:_FEW]),
            "items": (*map(_short_item, content.items[:_MANY]), *content.items[_MANY:]),
        }
    )
    counts = range(min(len(short.items), _MANY) + 1)
    too_many = bisect_right(
        counts, False, key=lambda most: visible_length(_filled_list(short, now, most)) > LIMIT
    )
    return _filled_list(short, now, counts[max(too_many - 1, 0)])


def _short_item(item: ListItem) -> ListItem:
    names = ("headline", "towards", "clause", "cost", "agreement", "section", "answer")
    cut = {name: shorten(getattr(item, name), _LONGEST_PART) for name in names}
    notes = tuple(shorten(note, _LONGEST_PART) for note in item.notes[:_FEW])
    return item.model_copy(update={**cut, "notes": notes})


def _filled_list(content: ListContent, now: datetime, most: int) -> str:
    return fill_list("telegram/templates/list.html", content, now, most=most).strip()


def _alert_text(content: AlertContent, now: datetime) -> str:
    whole = _filled(_mapped(content, flatten), now)
    if visible_length(whole) <= LIMIT:
        return whole
    caps = range(_SHORTEST, LIMIT + 1)
    too_long = bisect_right(caps, False, key=lambda cap: visible_length(_capped(content, now, cap)) > LIMIT)
    return _capped(content, now, caps[max(too_long - 1, 0)])


def visible_length(message: str) -> int:
    """Count what Telegram counts: UTF-16 units after its tags and entities are read."""
    return len(plain(message).encode("utf-16-le")) // 2


def plain(message: str) -> str:
    """Give what a reader sees of a message: no tags, and entities read."""
    return html.unescape(_TAG.sub("", message)).strip()


def _capped(content: AlertContent, now: datetime, cap: int) -> str:
    lists = {name: getattr(content, name)[:_LONGEST_LIST] for name in _LISTS}
    cut = _mapped(content.model_copy(update=lists), lambda part: shorten(part, cap))
    return _filled(cut, now, shortened=True)


def _filled(content: AlertContent, now: datetime, *, shortened: bool = False) -> str:
    template = f"telegram/templates/{content.language}.html"
    return fill(template, content, now, shortened=shortened).strip()


def _mapped(content: AlertContent, change: Callable[[str], str]) -> AlertContent:
    texts = {name: change(getattr(content, name)) for name in _TEXTS}
    lists = {name: tuple(change(part) for part in getattr(content, name)) for name in _LISTS}
    return content.model_copy(update=texts | lists)
