"""The once-only keys, made of what a row is and never of when it was made. Pure."""

import hashlib
from collections.abc import Iterable
from datetime import date

HAND_OVER = "hand-over"
OPERATOR = "operator"
GROUP = "group"
DOUBT = "doubtful-address"
SUMMARY = "summary"
LOOK_AHEAD = "look-ahead"
LONG_HOLIDAY = "long-holiday"
DIGESTS = frozenset({SUMMARY, LOOK_AHEAD, LONG_HOLIDAY})
"""What is sent by the calendar and not because of one duty: the points of messages nobody must answer."""


def reminder_key(obligation: str, act_by: date, point: str) -> str:
    """Build the key of a reminder: obligation / act_by / point."""
    return f"{obligation}/{act_by.isoformat()}/{point}"


def hand_over_key(agreement: str, appointment: int) -> str:
    """Build the key of what a hand-over says: agreement / hand-over / entry of the log."""
    return f"{agreement}/{HAND_OVER}/{appointment}"


def trouble_key(channel: str, why: str, day: date) -> str:
    """Build the key of what the operator is told about a channel: once a local day for each reason."""
    return f"{OPERATOR}/{channel}/{why}/{day.isoformat()}"


def doubt_key(address: tuple[str, str], day: date) -> str:
    """Build the key of a request for another address: once a local day for each that does not work."""
    return f"{DOUBT}/{address[0]}/{address[1]}/{day.isoformat()}"


def invariant_key(invariant: str, day: date, number: int) -> str:
    """Build the key of what the operator is told of an invariant: the how many-eth time on a day."""
    return f"{OPERATOR}/{invariant}/{day.isoformat()}/{number}"


def summary_key(day: date, unit: str = "") -> str:
    """Build the key of the morning summary of a local day: of one unit, or of everything."""
    return _of_unit(f"{SUMMARY}/{day.isoformat()}", unit)


def look_ahead_key(monday: date, unit: str = "") -> str:
    """Build the key of the look-ahead of a week: of one unit, or of what no unit looks after."""
    return _of_unit(f"{LOOK_AHEAD}/{monday.isoformat()}", unit)


def long_holiday_key(first: date, last: date, unit: str = "") -> str:
    """Build the key of what is said before a block of days off; a block that has changed is another one."""
    return _of_unit(f"{LONG_HOLIDAY}/{first.isoformat()}/{last.isoformat()}", unit)


def _of_unit(key: str, unit: str) -> str:
    return f"{key}/{unit}" if unit else key


def alert_key(cause: str, contact: str, channel: str) -> str:
    """Build the key of an alert: its reminder, or what else led to it / contact / channel."""
    return f"{cause}/{contact}/{channel}"


def group_key(members: Iterable[str], instead_of: Iterable[str] = ()) -> str:
    """Build the key of one message that says what its members would; `instead_of` are groups before it."""
    names = "\n".join([*sorted(members), "", *sorted(instead_of)])
    return f"{GROUP}/{hashlib.sha256(names.encode()).hexdigest()[:32]}"


def is_group(alert: str) -> bool:
    """Tell whether an alert says what several others would."""
    return alert.startswith(f"{GROUP}/")


def message_id(key: str, domain: str) -> str:
    """Build the Message-ID of an alert: the same for every repeat, opaque to outsiders."""
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{domain}>"
