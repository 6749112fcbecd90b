"""What programs may be told. Pure."""

from enum import StrEnum


class Happens(StrEnum):
    """Kinds of what happens."""

    MOVED = "deadline.moved"
    REMINDED = "reminder.issued"
    CLOSED = "obligation.closed"
    OVERDUE = "obligation.overdue"
    LAPSED = "obligation.lapsed"
    DOUBTFUL = "contact.doubtful"
