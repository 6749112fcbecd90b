"""What follows an update: database work, to be done in a thread. The state is the database's, never ours."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from tracker import flow, queries
from tracker.base.errors import BadEvidenceError, BadFactError, UnknownThingError
from tracker.base.log import get_logger
from tracker.bootstrap import House, Rules
from tracker.bot import conversations, linking, seen_updates
from tracker.bot import help as words
from tracker.bot.agreements import FIND
from tracker.bot.asker import Asker
from tracker.bot.commands import ANSWERS, CHANGES, FOR_STRANGERS, command_in
from tracker.bot.conversations import Conversation
from tracker.bot.forms import FORMS
from tracker.bot.help import HELP
from tracker.bot.incoming import Incoming
from tracker.bot.linking import Errand
from tracker.bot.screen import SILENCE, Language, Reply, Rows
from tracker.bot.screen import said as said_plainly
from tracker.bot.talk import (
    CANCEL,
    FILL,
    SAVE,
    UNDO,
    Keep,
    Outcome,
    begin,
    cancel,
    fill,
    hear,
    recorded,
    refused,
    save,
    takes_file,
    undo,
)
from tracker.events.kinds import ABOUT_ONE_OBLIGATION
from tracker.evidence.kinds import JPEG, PDF, PNG
from tracker.evidence.store import MEGABYTE, EvidenceStore
from tracker.outbox import doubts
from tracker.people import buttons, chats
from tracker.people.buttons import Data
from tracker.people.chats import Chat
from tracker.people.requests import APART, Ask
from tracker.reminders.recipients import TELEGRAM
from tracker.seen.sight import Sight

PER_MINUTE = 30
"""What one chat may ask in a minute."""
STRANGERS_PER_HOUR = 3
"""How often somebody unknown is answered in an hour."""
_FETCHED_AT_MOST = 20 * MEGABYTE
"""What the Bot API lets a bot fetch."""
TALK: Mapping[str, Callable[[Asker, Conversation | None, Sequence[str]], Outcome]] = {
    FILL: fill,
    SAVE: save,
    CANCEL: cancel,
    UNDO: lambda asker, _, details: undo(asker, details),
}
"""The buttons of a conversation."""
log = get_logger("bot")


class Desk:
    """Answers updates, each once."""

    def __init__(self, house: House) -> None:
        """Keep what is needed; nothing is read yet."""
        self._house = house
        self._rules = Rules(house)
        settings = house.settings
        self._evidence = EvidenceStore(settings.evidence_dir, settings.evidence_max_mb)

    def wants_file(self, said: Incoming) -> bool:
        """Tell whether a file that came along is an answer, and not too large to be fetched."""
        if not said.private or said.file_size > min(self._evidence.limit, _FETCHED_AT_MOST):
            return False
        with self._house.db.read() as connection:
            talk = conversations.get(connection, said.chat)
        return talk is not None and takes_file(talk)

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
            so_far = seen_updates.so_far(connection, said.update, said.chat, now)
            if so_far.handled:
                return SILENCE
            chat = chats.get(connection, said.chat)
            asked = self._asked(said)
            if said.button and asked is None:
                asked = buttons.asked_by(connection, said.button)
        if said.moved_to is not None or said.blocked is not None:
            return self._moved(said, now)
        if not said.private:
            return SILENCE
        if so_far.in_a_minute >= PER_MINUTE:
            language = self._language(chat)
            return words.too_fast(language) if so_far.in_a_minute == PER_MINUTE else SILENCE
        asked = asked or Ask(HELP)
        reply = self._known_or_not(said, chat, asked, now)
        if asked.details[-1:] == (APART,):
            reply = dataclasses.replace(reply, apart=True)
        is_enough = so_far.as_stranger >= STRANGERS_PER_HOUR and _is_for_strangers(reply)
        return SILENCE if is_enough else reply

    def done(self, said: Incoming, reply: Reply) -> None:
        """Note that an update was answered; what was met with silence leaves no trace."""
        if reply == SILENCE:
            return
        with self._house.db.write() as connection:
            seen_updates.note(connection, said.update, said.chat, _what(said, reply), self.now())
            if said.blocked is None:
                chats.unblock(connection, said.chat)

    def data_of(self, rows: Rows) -> Data:
        """Give what goes into buttons."""
        asked = [button.ask for row in rows for button in row]
        return buttons.data_of(self._house.db, asked, self.now())

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
            if asked.name not in CHANGES:
                outcome = self._outcome(asker, said, asked)
        if asked.name in CHANGES:
            return self._change(said, chat, asked, language, now)
        return self._follow(chat, language, outcome, now)

    def _outcome(self, asker: Asker, said: Incoming, asked: Ask) -> Outcome:
        talk = conversations.get(asker.sight.connection, asker.chat.id)
        if talk is not None and said.button is None and not said.text.startswith("/"):
            return self._heard(asker, talk, said)
        if asked.name in FORMS:
            return begin(asker, asked.name, asked.details, said.update)
        if asked.name in TALK:
            return TALK[asked.name](asker, talk, asked.details)
        if not asked.name:
            return Outcome(words.only_text(asker))
        reply = ANSWERS.get(asked.name, ANSWERS[HELP])(asker, asked.details)
        return Outcome(reply, Keep.AS_IT_IS if said.button is not None else Keep.END)

    def _heard(self, asker: Asker, talk: Conversation, said: Incoming) -> Outcome:
        if not said.file:
            return hear(asker, talk, said.text, None)
        taken = self._taken(asker, said.content)
        return Outcome(taken) if isinstance(taken, Reply) else hear(asker, talk, said.text, taken)

    def _taken(self, asker: Asker, content: bytes | None) -> str | Reply:
        """Store a file; gives its digest, or what is wrong with it."""
        limit = self._evidence.limit
        if content is None or len(content) > limit:
            size = limit // MEGABYTE
            return said_plainly(
                asker.say(
                    f"Berkas itu tidak dapat diambil di sini, atau lebih besar dari {size} MB.",
                    f"That file cannot be taken here, or is larger than {size} MB.",
                )
            )
        try:
            offered = self._evidence.look_into(content)
        except BadEvidenceError:
            offered = None
        if offered is None or offered.about.media_type not in (PDF, JPEG, PNG):
            return said_plainly(
                asker.say(
                    "Kirim foto, atau berkas PDF, JPEG, PNG.", "Send a photo, or a PDF, JPEG, or PNG file."
                )
            )
        self._evidence.put(offered)
        return offered.about.digest

    def _follow(self, chat: Chat, language: Language, outcome: Outcome, now: datetime) -> Reply:
        """Record what is to be recorded, then keep or end the conversation."""
        reply = outcome.reply if outcome.fact is None else self._record(chat, language, outcome, now)
        if outcome.talk is not Keep.AS_IT_IS:
            with self._house.db.write() as connection:
                if isinstance(outcome.talk, Conversation):
                    conversations.put(connection, outcome.talk)
                else:
                    conversations.end(connection, chat.id)
        return reply

    def _record(self, chat: Chat, language: Language, outcome: Outcome, now: datetime) -> Reply:
        db, context, fact = self._house.db, self._rules.now(), outcome.fact
        if fact is None:
            raise ValueError("there is nothing to record")
        started: list[queries.Shown] = []
        why = ""
        try:
            event = flow.record_event(db, context, fact, now, outcome.by, outcome.key).event
            if event.kind not in ABOUT_ONE_OBLIGATION and event.number is not None:
                started = queries.started_by(db, context, event.agreement, event.number, now)
        except (BadFactError, UnknownThingError) as error:
            event, why = fact, str(error)
        log.info("answered over the bot", kind=fact.kind, agreement=fact.agreement, refused=bool(why))
        with db.read() as connection:
            asker = Asker(chat, Sight(connection, context, chat.identity, now), language)
            return refused(asker, why) if why else recorded(asker, outcome, event, started)

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

    def _language(self, chat: Chat) -> Language:
        return _LANGUAGES.get(chat.language, self.language)


def _what(said: Incoming, reply: Reply) -> str:
    command = command_in(said.text)
    if command is not None and command.name == linking.START and command.details:
        return linking.START
    return seen_updates.STRANGER if _is_for_strangers(reply) else "asked"


def _is_for_strangers(reply: Reply) -> bool:
    return reply in (words.stranger("id"), words.stranger("en"))


_LANGUAGES: Mapping[str, Language] = {"id": "id", "en": "en"}
