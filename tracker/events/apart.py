"""Tells facts of one kind, party and day apart by their time of day. Pure.

What a fact starts is named by its day and party. A second one at another hour is not the first one
recorded twice: it gets the next free ordinal, in the order of recording, so that a name never
passes from one fact to another while both hold.
"""

from collections.abc import Iterable
from dataclasses import replace
from itertools import count

from tracker.events.model import Event


def same_day(one: Event, other: Event) -> bool:
    """Tell whether two facts are of one kind, party and day."""
    return (one.happened_on, one.kind, one.party) == (other.happened_on, other.kind, other.party)


def told_apart(fact: Event, others: Iterable[Event], before: Event | None = None) -> Event:
    """Give a fact with the ordinal it goes by beside the other facts that hold.

    `before` is what it read before a correction: it keeps its ordinal where its day and party stay.
    """
    if fact.at is None and fact.ordinal == 1:
        return fact
    alike = [other for other in others if same_day(other, fact)]
    same = next((other for other in alike if None in (other.at, fact.at) or other.at == fact.at), None)
    if same is not None:
        return replace(fact, ordinal=same.ordinal)
    taken = {other.ordinal for other in alike}
    wanted = fact.ordinal if before is not None and same_day(before, fact) else 1
    if wanted in taken:
        wanted = next(ordinal for ordinal in count(1) if ordinal not in taken)
    return fact if wanted == fact.ordinal else replace(fact, ordinal=wanted)
