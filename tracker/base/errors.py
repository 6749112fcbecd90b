"""Failed calls. The docstring of an error class is its default message.

Exit codes that scripts can use: 1 bad data in files or arguments, 3 settings, 4 database,
5 delivery, 6 evidence folder. (2 is a wrong command line; the command line parser gives it.)
"""

from typing import ClassVar


class TrackerError(Exception):
    """Something went wrong in tracker."""

    exit_code: ClassVar[int] = 1

    def __init__(self, detail: str = "") -> None:
        """Say the class's message, and the detail after it."""
        summary = (type(self).__doc__ or "").strip().splitlines()[0]
        super().__init__(f"{summary} {detail}".strip())


class UnknownThingError(TrackerError):
    """There is nothing of that name."""


class BadTermsError(TrackerError):
    """The terms files have faults; nothing was loaded from the files named above."""


class BadFactError(TrackerError):
    """The fact cannot be recorded."""


class BadDecreeError(TrackerError):
    """The decree files cannot be used; nothing was changed."""


class BadEvidenceError(TrackerError):
    """The file cannot be taken as evidence."""


class EvidenceStoreError(TrackerError):
    """The evidence folder cannot be used."""

    exit_code: ClassVar[int] = 6


class OutputError(TrackerError):
    """The file cannot be written."""


class SettingsError(TrackerError):
    """A setting is wrong."""

    exit_code: ClassVar[int] = 3


class DatabaseError(TrackerError):
    """The database cannot be used."""

    exit_code: ClassVar[int] = 4


class DeliveryError(TrackerError):
    """Alerts cannot be delivered."""

    exit_code: ClassVar[int] = 5
