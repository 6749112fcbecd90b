"""All-day entries as a calendar file: built once by the library, each one's values put between. Pure."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from icalendar import Alarm, Calendar, Event, vText

ALARM_BEFORE = timedelta(hours=16)
"""08:00 on the day before: an all-day entry begins at midnight."""

_WIDTH = 74
"""Octets of a line, beside the space that begins it where it carries another one on."""
_SLOT = re.compile(r"([A-Z;=]+:)slot-([a-z]+)")
_CHUNK = re.compile(rf".{{1,{_WIDTH}}}", re.DOTALL)
_BEGIN, _END_OF = "\r\nBEGIN:VEVENT", "\r\nEND:VEVENT"
_STAMP = datetime(2001, 1, 1, tzinfo=UTC)
_START = date(2001, 1, 2)
_END = date(2001, 1, 3)


class Entry(NamedTuple):
    """What one entry says; a later one with the same `uid` replaces it."""

    uid: str
    stamp: datetime
    day: date
    title: str
    text: str


def calendar_file(entry: Entry, language: str, *, alarm: bool) -> str:
    """Write the entry for the calendar of any mail program."""
    values = {
        "uid": _escaped(entry.uid),
        "stamp": _instant(entry.stamp.replace(microsecond=0)),
        "start": _basic(entry.day),
        "end": _basic(entry.day + timedelta(days=1)),
        "title": _escaped(entry.title),
        "text": _escaped(entry.text),
    }
    pieces, slots = _skeleton(language, alarm=alarm)
    lines = [_folded(f"{name}{values[slot]}") for name, slot in slots]
    return "".join(chain.from_iterable(zip(pieces, (*lines, ""), strict=True)))


def calendar_of(entries: Iterable[tuple[Entry, bool]], language: str) -> str:
    """Write several entries as one file, each with whether it has an alarm; there is one at least."""
    first, *others = (calendar_file(entry, language, alarm=alarm) for entry, alarm in entries)
    head, event, tail = _around_event(first)
    return "".join((head, event, *(_around_event(other)[1] for other in others), tail))


def _around_event(file: str) -> tuple[str, str, str]:
    """Part a file of one entry; no text within a line can look like the end of one."""
    begin, end = file.index(_BEGIN), file.index(_END_OF) + len(_END_OF)
    return file[:begin], file[begin:end], file[end:]


class _Skeleton(NamedTuple):
    """What stays the same, and what goes between: the beginning of a line and the name of its value."""

    pieces: list[str]
    slots: list[tuple[str, str]]


@lru_cache
def _skeleton(language: str, *, alarm: bool) -> _Skeleton:
    event = Event()
    event.add("uid", "slot-uid")
    event.add("dtstamp", _STAMP)
    event.add("dtstart", _START)
    event.add("dtend", _END)
    event.add("summary", "slot-title")
    event.add("description", "slot-text")
    event.add("transp", "TRANSPARENT")
    if alarm:
        event.add_component(_alarm())
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", f"-//tracker//deadlines//{language.upper()}")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    text = str(calendar.to_ical(), "utf-8")
    for day, slot in (
        (f"{_basic(_STAMP.date())}T000000Z", "stamp"),
        (_basic(_START), "start"),
        (_basic(_END), "end"),
    ):
        text = text.replace(day, f"slot-{slot}")
    found = _SLOT.split(text)
    return _Skeleton(found[::3], list(zip(found[1::3], found[2::3], strict=True)))


def _alarm() -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", "slot-title")
    alarm.add("trigger", -ALARM_BEFORE)
    return alarm


@lru_cache(16)
def _instant(second: datetime) -> str:
    return f"{second.astimezone(UTC):%Y%m%dT%H%M%SZ}"


@lru_cache(1024)
def _basic(day: date) -> str:
    return f"{day:%Y%m%d}"


def _escaped(text: str) -> str:
    if "\\" in text or "\r" in text:
        return vText(text).to_ical().decode()  # which of them begins an escape is for the library to say
    return text.replace(";", r"\;").replace(",", r"\,").replace("\n", r"\n")


def _folded(line: str) -> str:
    if line.isascii():
        if len(line) <= _WIDTH:
            return line
        chunks = _CHUNK.findall(line)
        if not any(chunk[-1] == "\\" for chunk in chunks):
            return "\r\n ".join(chunks)
    data = line.encode()
    if len(data) <= _WIDTH:
        return line
    lines = []
    while len(data) > _WIDTH:
        end = _break(data)
        lines.append(data[:end])
        data = data[end:]
    return b"\r\n ".join((*lines, data)).decode()


def _break(data: bytes) -> int:
    end = _WIDTH
    while data[end] & 0xC0 == 0x80:  # within a character
        end -= 1
    # Some calendars read an escape only where it stands whole on one line.
    escapes = end - len(data[:end].rstrip(b"\\"))
    return end - escapes % 2
