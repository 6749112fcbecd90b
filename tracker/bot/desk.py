"""What follows an update: database work, to be done in a thread. The state is the database's, never ours."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from tracker.base.log import get_logger
from tracker.bootstrap import House, Rules
from tracker.bot import buttons, linking, seen_updates
from tracker.bot import help as words
from tracker.bot.agreements import FIND
from tracker.bot.asker import Asker
from tracker.bot.buttons import Data
from tracker.bot.commands import ANSWERS, CHANGES, FOR_STRANGERS, command_in
from tracker.bot.help import HELP
from tracker.bot.incoming import Incoming
from tracker.bot.linking import Errand
from tracker.bot.requests import Ask
from tracker.bot.screen import SILENCE, Language, Reply, Rows
from tracker.outbox import doubts
from tracker.people import chats
from tracker.people.chats import Chat
from tracker.reminders.recipients import TELEGRAM
from tracker.seen.sight import Sight

PER_MINUTE = 30
"""What one chat may ask in a minute."""
_MINUTE = timedelta(minutes=1)
STRANGERS_PER_HOUR = 3
"""How often somebody unknown is answered in an hour."""
_HOUR = timedelta(hours=1)
_STRANGER = "stranger"
log = get_logger("bot")


class Desk:
    """Answers updates, each once."""

    def __init__(self, house: House) -> None:
        """Keep what is needed; nothing is read yet."""
        self._house = house
        self._rules = Rules(house)

    @property
    def language(self) -> Language:
        """The language for whom nobody knows."""
        return self._house.settings.language

    def now(self) -> datetime:
        """Give the present instant."""
        return self._house.clock.now()

    def answer(self, said: Incoming) -> Reply:
        """Work out what follows an update; silence where it was handled before."""
        now = self.now()
        with self._house.db.read() as connection:
            if seen_updates.is_handled(connection, said.update):
                return SILENCE
            chat = chats.get(connection, said.chat)
            asked = self._asked(said)
            if said.button and asked is None:
                asked = buttons.asked_by(connection, said.button)
            so_far = seen_updates.count(connection, said.chat, now - _MINUTE)
            told = seen_updates.count(connection, said.chat, now - _HOUR, _STRANGER)
        if said.moved_to is not None or said.blocked is not None:
            return self._moved(said, now)
        if not said.private:
            return SILENCE
        if so_far >= PER_MINUTE:
            language = self._language(chat)
            return words.too_fast(language) if so_far == PER_MINUTE else SILENCE
        reply = self._known_or_not(said, chat, asked or Ask(HELP), now)
        is_enough = told >= STRANGERS_PER_HOUR and self._is_for_strangers(reply, chat)
        return SILENCE if is_enough else reply

    def done(self, said: Incoming, reply: Reply) -> None:
        """Note that an update was handled, and answered."""
        now = self.now()
        with self._house.db.write() as connection:
            if seen_updates.count(connection, said.chat, now - _MINUTE) > PER_MINUTE:
                return  # a flood leaves no trace of every drop
            chat = chats.get(connection, said.chat)
            seen_updates.note(connection, said.update, said.chat, self._what(said, chat, reply), now)
            if chat.is_stored and said.blocked is None:
                chats.unblock(connection, said.chat)

    def data_of(self, rows: Rows) -> Data:
        """Give what goes into buttons."""
        return buttons.data_of(self._house.db, rows, self.now())

    def cannot_write_to(self, chat: int) -> None:
        """Note that Telegram takes nothing for a chat any more."""
        with self._house.db.write() as connection:
            chats.block(connection, chat, self.now())
        log.info("chat cannot be written to", chat=chat)

    def has_moved(self, chat: int, to: int) -> None:
        """Follow a chat to its new id."""
        with self._house.db.write() as connection:
            chats.move(connection, chat, to)

    def _asked(self, said: Incoming) -> Ask | None:
        """Read what is asked; None where the store must say, or nothing is asked."""
        if said.button is not None:
            return None
        command = command_in(said.text)
        if command is not None or said.text.startswith("/"):
            return command
        text = " ".join(said.text.split())
        return Ask(FIND, (text,)) if any(map(str.isalnum, text)) else Ask("")

    def _known_or_not(self, said: Incoming, chat: Chat, asked: Ask, now: datetime) -> Reply:
        language, context = self._language(chat), self._rules.now()
        if asked.name in FOR_STRANGERS:
            return self._change(said, chat, asked, language, now)
        with self._house.db.read() as connection:
            sight = Sight(connection, context, chat.identity, now)
            if chat.stopped or not (chat.address or sight.is_known):
                log.info("somebody unknown asks", chat=chat.id)
                return words.stranger(language)
            asker = Asker(chat, sight, language)
            if not asked.name:
                return words.only_text(asker)
            answer = ANSWERS.get(asked.name)
            if answer is not None:
                return answer(asker, asked.details)
            if asked.name not in CHANGES:
                return ANSWERS[HELP](asker, ())
        return self._change(said, chat, asked, language, now)

    def _change(self, said: Incoming, chat: Chat, asked: Ask, language: Language, now: datetime) -> Reply:
        with self._house.db.write() as connection:
            errand = Errand(connection, self._rules.now(), said, chat, language, now)
            return CHANGES[asked.name](errand, asked.details)

    def _moved(self, said: Incoming, now: datetime) -> Reply:
        with self._house.db.write() as connection:
            if said.blocked:
                chats.block(connection, said.chat, now)
            elif said.blocked is not None:
                chats.unblock(connection, said.chat)
                doubts.confirm(connection, (TELEGRAM, str(said.chat)))
            return linking.moved(connection, said)

    def _what(self, said: Incoming, chat: Chat, reply: Reply) -> str:
        command = command_in(said.text)
        if command is not None and command.name == linking.START and command.details:
            return linking.START
        return _STRANGER if self._is_for_strangers(reply, chat) else "asked"

    def _is_for_strangers(self, reply: Reply, chat: Chat) -> bool:
        return reply == words.stranger(self._language(chat))

    def _language(self, chat: Chat) -> Language:
        return _LANGUAGES.get(chat.language, self.language)


_LANGUAGES: Mapping[str, Language] = {"id": "id", "en": "en"}
