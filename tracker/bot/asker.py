"""Who asks, and what every answer needs besides the question."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from tracker.accounts import accounts
from tracker.bot.screen import Language, Reply
from tracker.obligations.wording import pick
from tracker.people.chats import Chat
from tracker.seen.sight import Sight
from tracker.steps.context import Context
from tracker.terms.model import Agreement


@dataclass(frozen=True, slots=True)
class Asker:
    """One person in one chat on one instant; lives as long as the connection of its sight."""

    chat: Chat
    sight: Sight
    language: Language

    @property
    def now(self) -> datetime:
        """The present instant."""
        return self.sight.now

    @property
    def context(self) -> Context:
        """Calendars, policy and routing."""
        return self.sight.context

    def today(self, agreement: Agreement) -> date:
        """Give the local day of an agreement."""
        return self.now.astimezone(agreement.zone).date()

    def say(self, indonesian: str, english: str) -> str:
        """Give a sentence in the person's language."""
        return pick((indonesian, english), self.language)


def sight_of(connection: Connection, context: Context, chat: Chat, now: datetime) -> Sight:
    """Give what the person of a chat sees, with the account of their address."""
    return Sight(connection, context, accounts.of_chat(connection, chat), now)


Answer = Callable[[Asker, Sequence[str]], Reply]
"""Answers one request: who asks, and the details of what is asked."""
