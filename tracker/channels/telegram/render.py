"""An alert as one Telegram message: the few HTML tags Telegram knows, at most 4096 characters."""

import html
import re
from bisect import bisect_right
from collections.abc import Callable
from datetime import datetime

from tracker.channels.render import fill, flatten, shorten
from tracker.outbox.content import AlertContent

LIMIT = 4096
_SHORTEST = 40
"""With every part this short and the lists cut, any message fits."""
_LONGEST_LIST = 10
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


def text(content: AlertContent, now: datetime) -> str:
    """Give the message text; where it would be too long, the longest parts are cut between words."""
    whole = _filled(_mapped(content, flatten), now)
    if visible_length(whole) <= LIMIT:
        return whole
    caps = range(_SHORTEST, LIMIT + 1)
    too_long = bisect_right(caps, False, key=lambda cap: visible_length(_capped(content, now, cap)) > LIMIT)
    return _capped(content, now, caps[max(too_long - 1, 0)])


def visible_length(message: str) -> int:
    """Count what Telegram counts: UTF-16 units after its tags and entities are read."""
    shown = html.unescape(_TAG.sub("", message)).strip()
    return len(shown.encode("utf-16-le")) // 2


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
