"""The facts that hold, out of a log that is only ever added to. Pure.

A correction (`fact-corrected`) takes the place of the fact it corrects, or of that fact's earlier
correction; a withdrawn fact never happened. Facts are ordered by the day they happened, not by
when somebody got round to recording them; decisions of persons about an obligation keep the order
in which they were taken.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from tracker.events.kinds import ABOUT_ONE_OBLIGATION, CORRECTED, DECISIONS
from tracker.events.model import Event

_OF_THE_CORRECTION = frozenset({"corrects", "withdrawn", "why", "recorded_on"})


def effective(log: Iterable[Event]) -> list[Event]:
    """Give the facts that hold, each under the number of the fact first recorded.

    `recorded_at` and `recorded_by` of a corrected fact are those of its last correction.
    """
    facts: dict[int, Event] = {}
    root: dict[int, int] = {}
    renamed: dict[str, str] = {}
    for place, event in enumerate(log, start=1):
        number = event.number or place
        root[number] = number
        if event.kind != CORRECTED:
            facts[number] = event if event.number else replace(event, number=number)
            continue
        target = root.get(int(event.details["corrects"]), 0)
        root[number] = target
        if target in facts:
            if "withdrawn" in event.details:
                del facts[target]
            else:
                before, facts[target] = facts[target], corrected(facts[target], event)
                renamed[before.occurrence] = facts[target].occurrence
    found = _renamed(facts.values(), renamed) if renamed else facts.values()
    return sorted(found, key=_order)


def _renamed(facts: Collection[Event], names: dict[str, str]) -> list[Event]:
    """Let what was said about an occurrence follow it to the name that a correction gave it."""
    taken = {fact.occurrence for fact in facts if fact.kind not in ABOUT_ONE_OBLIGATION}
    found = []
    for fact in facts:
        name = followed = fact.details.get("occurrence", "")
        while fact.kind in ABOUT_ONE_OBLIGATION and followed in names and followed not in taken:
            followed = names[followed]
        details = {**fact.details, "occurrence": followed}
        found.append(fact if followed == name else replace(fact, details=details))
    return found


def corrected(fact: Event, correction: Event) -> Event:
    """Give a fact as a correction states it: what it names replaces, an empty value removes."""
    given = {name: text for name, text in correction.details.items() if name not in _OF_THE_CORRECTION}
    details = {name: text for name, text in {**fact.details, **given}.items() if text}
    return replace(
        fact,
        happened_on=correction.happened_on,
        details=details,
        recorded_at=correction.recorded_at,
        recorded_by=correction.recorded_by,
    )


def first_recorded(log: Iterable[Event], event: Event) -> int:
    """Give the number under which the fact that an entry states, or corrects, was first recorded."""
    entries = {entry.number: entry for entry in log}
    while event.kind == CORRECTED:
        event = entries[int(event.details["corrects"])]
    return event.number or 0


def known_at(log: Iterable[Event], instant: datetime) -> list[Event]:
    """Leave what had been recorded by an instant."""
    return [event for event in log if event.recorded_at is None or event.recorded_at <= instant]


def happened_by(facts: Iterable[Event], day: date) -> list[Event]:
    """Leave what had happened by the end of a day."""
    return [event for event in facts if event.happened_on <= day]


def by_obligation(facts: Iterable[Event], kinds: frozenset[str]) -> dict[tuple[str, str], list[Event]]:
    """Sort the facts that are about one obligation by its rule and occurrence."""
    found: dict[tuple[str, str], list[Event]] = {}
    for event in facts:
        if event.kind in kinds:
            found.setdefault((event.details["rule"], event.details["occurrence"]), []).append(event)
    return found


def _order(event: Event) -> tuple[Any, ...]:
    number = event.number or 0
    if event.kind in DECISIONS:
        return (event.happened_on, 1, number)
    content = (event.kind, sorted(event.details.items()), number)
    return (event.happened_on, 0, *content)


def numbered(log: Sequence[Event], number: int) -> Event | None:
    """Give the entry of a log with that number."""
    return next((event for event in log if event.number == number), None)
