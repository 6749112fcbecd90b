"""The once-only keys, made of what a row is and never of when it was made. Pure."""

import hashlib
from collections.abc import Iterable
from datetime import date

HAND_OVER = "hand-over"
OPERATOR = "operator"
GROUP = "group"
DOUBT = "doubtful-address"
SUMMARY = "summary"


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


def summary_key(day: date) -> str:
    """Build the key of the managers' morning summary of a local day."""
    return f"{SUMMARY}/{day.isoformat()}"


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
