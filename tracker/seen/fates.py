"""What may have become of an alert, as somebody asks for it. Pure."""

from enum import StrEnum


class Fate(StrEnum):
    """Which alerts are wanted, by what became of them."""

    REFUSED = "refused"
    RETRYING = "retrying"
    """Tried without success, and tried again by itself."""
    WAITING = "waiting"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"
