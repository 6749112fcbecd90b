"""Group chats that hear of a unit, in a topic or not. Pure."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

GROUP_CHAT = "group-chat"
"""How the keys of contacts begin that are groups."""
_TOPIC = "/"


class Hears(StrEnum):
    """What of its unit a group hears."""

    DIGESTS = "digests"
    """What managers hear by the calendar: the morning summary, the look-ahead, long holidays."""
    ALL = "all"
    """That, and every reminder."""


@dataclass(frozen=True, slots=True)
class GroupChat:
    """One group, and what it hears of which unit."""

    unit: str
    address: str
    language: Literal["id", "en"]
    hears: Hears

    @property
    def contact(self) -> str:
        """The key under which messages go to it."""
        return f"{GROUP_CHAT}:{self.unit}:{chat_and_topic(self.address)[0]}"


def address_of(chat: int, topic: int | None) -> str:
    """Write a chat, and a topic in it, as one address."""
    return str(chat) if topic is None else f"{chat}{_TOPIC}{topic}"


def chat_and_topic(address: str) -> tuple[str, int | None]:
    """Read an address; None where it names no topic."""
    chat, _, topic = address.partition(_TOPIC)
    return chat, int(topic) if topic else None


def is_group_chat(contact: str) -> bool:
    """Tell whether a contact key is that of a group."""
    return contact.startswith(f"{GROUP_CHAT}:")


def unit_in(contact: str) -> str:
    """Give the unit in the contact key of a group."""
    return contact.partition(":")[2].rpartition(":")[0]
