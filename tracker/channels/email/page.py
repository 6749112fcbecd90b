"""A template filled once for each shape of message, and each message's texts put between.

A shape is what a template decides by: the language, whether it is overdue, how many notes there
are, how it can be answered. A template engine walks through all of it for each message; here only
the texts are new. What comes out is what the engine would write, to the letter.
"""

from collections.abc import Mapping
from functools import lru_cache
from types import SimpleNamespace
from typing import Any, NamedTuple

from tracker.channels.email.headers import LINE
from tracker.channels.email.mime import Text
from tracker.channels.links import Answers
from tracker.channels.render import Slot, View, render
from tracker.channels.wrap import TEXT_WIDTH, broken, escaped, flatten
from tracker.outbox.content import AlertContent

_LINE_END = "\r\n"
_TEXTS = ("headline", "act", "towards", "form", "clause", "cost", "agreement_title", "recipient")
_LISTS = ("agreement_numbers", "why", "notes")
_MOMENTS = ("act_by", "days_left", "late", "rescue", "obligation")


class _Shape(NamedTuple):
    language: str
    overdue: bool
    late: bool
    rescue: bool
    counts: tuple[int, ...]
    links: tuple[str, ...]


class Words:
    """The texts of one alert at one instant, by their names."""

    def __init__(self, content: AlertContent, view: View, answers: Answers | None = None) -> None:
        """Take the texts out, and the links by which it is answered."""
        lists = [getattr(content, name) for name in _LISTS]
        links = {name: link for name, link in (answers._asdict() if answers else {}).items() if link}
        self._shape = _Shape(
            content.language,
            view.overdue,
            bool(view.late),
            bool(view.rescue),
            tuple(map(len, lists)),
            tuple(links),
        )
        self._texts = {name: flatten(getattr(content, name)) for name in _TEXTS}
        for name, texts in zip(_LISTS, lists, strict=True):
            for number, text in enumerate(texts):
                self._texts[f"{name}.{number}"] = flatten(text)
        for name in _MOMENTS:
            self._texts[name] = getattr(view, name)
        self._texts["obligation"] = flatten(view.obligation)
        self._texts |= {f"answers.{name}": link for name, link in links.items()}

    def plain(self, template: str) -> Text:
        """Fill a template of plain text."""
        return _page(template, self._shape).filled(self._texts)

    def html(self, template: str) -> Text:
        """Fill a template of HTML."""
        shown = {name: escaped(text) for name, text in self._texts.items()}
        return _page(template, self._shape).filled(shown)


class _Place(NamedTuple):
    """Where one text goes: how it is broken, and how long its lines may be."""

    name: str
    how: tuple[str, str] | None
    room: int


class _Page(NamedTuple):
    pieces: list[str]
    places: list[_Place]
    is_narrow: bool

    def filled(self, texts: Mapping[str, str]) -> Text:
        parts = [""] * (2 * len(self.places) + 1)
        parts[::2] = self.pieces
        is_narrow = self.is_narrow
        number = 1
        for name, how, room in self.places:
            text = texts[name]
            if how is not None and text:
                first, rest = how
                if len(text) <= TEXT_WIDTH - len(first):  # nearly all of them
                    text = first + text
                else:
                    lines = broken(text, first, rest).split("\n")
                    text = _LINE_END.join(lines)
                    is_narrow = is_narrow and max(map(len, lines)) <= room
                    parts[number] = text
                    number += 2
                    continue
            if len(text) > room:
                is_narrow = False
            parts[number] = text
            number += 2
        return Text("".join(parts), is_narrow)


@lru_cache(256)
def _page(template: str, shape: _Shape) -> _Page:
    names = dict.fromkeys(_TEXTS)
    lists = {
        name: tuple(Slot(f"{name}.{number}") for number in range(count))
        for name, count in zip(_LISTS, shape.counts, strict=True)
    }
    alert: Any = SimpleNamespace(language=shape.language, **{name: Slot(name) for name in names}, **lists)
    moments: dict[str, Any] = {name: Slot(name) for name in _MOMENTS}
    moments["late"] = moments["late"] if shape.late else ""
    moments["rescue"] = moments["rescue"] if shape.rescue else ""
    view = SimpleNamespace(overdue=shape.overdue, **moments)
    return _taken_apart(render(template, alert=alert, view=view, answers=_answers(shape.links)))


def _answers(links: tuple[str, ...]) -> Any:
    """Stand for the links; the template looks at which of them there are."""
    if not links:
        return None
    return SimpleNamespace(
        **{name: Slot(f"answers.{name}") if name in links else "" for name in Answers._fields}
    )


def _taken_apart(page: str) -> _Page:
    first, *others = page.split(Slot.BEGIN)
    marks, texts = [], [first]
    for other in others:
        mark, _, text = other.partition(Slot.END)
        marks.append(mark.split(Slot.BETWEEN))
        texts.append(text)
    rooms = _rooms(texts)
    places = [
        _Place(name, (how[0], how[1]) if how else None, room)
        for (name, *how), room in zip(marks, rooms, strict=True)
    ]
    fixed = "".join(texts)
    pieces = [text.replace("\n", _LINE_END) for text in texts]
    return _Page(pieces, places, fixed.isascii() and max(map(len, fixed.split("\n"))) <= LINE)


def _rooms(texts: list[str]) -> list[int]:
    """Give how long the text in each place may be; those on one line share what is left of it."""
    rooms: list[int] = []
    begin = 0
    for end in range(1, len(texts)):
        if "\n" in texts[end] or end == len(texts) - 1:
            fixed = [
                texts[begin].rpartition("\n")[2],
                *texts[begin + 1 : end],
                texts[end].partition("\n")[0],
            ]
            rooms += [(LINE - sum(map(len, fixed))) // (end - begin)] * (end - begin)
            begin = end
    return rooms
