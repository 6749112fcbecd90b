"""What follows an update: database work, to be done in a thread. The state is the database's, never ours."""

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection

from tracker import flow, queries
from tracker.base.errors import BadEvidenceError, BadFactError, UnknownThingError
from tracker.base.log import get_logger
from tracker.bootstrap import House, Rules
from tracker.bot import conversations, linking, seen_updates
from tracker.bot import help as words
from tracker.bot.agreements import FIND
from tracker.bot.asker import Asker, sight_of
from tracker.bot.commands import ANSWERS, CHANGES, FOR_STRANGERS, command_in
from tracker.bot.conversations import Conversation
from tracker.bot.forms.catalogue import FORMS
from tracker.bot.groups import GROUPS, IN_GROUPS, in_group
from tracker.bot.help import HELP
from tracker.bot.incoming import Incoming
from tracker.bot.known import known
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
from tracker.steps.context import Context

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
Answered = tuple[Reply, Data]
"""A reply, with what goes into its buttons."""
log = get_logger("bot")


class Look(NamedTuple):
    """What answers are looked up with."""

    connection: Connection
    context: Context


class Desk:
    """Answers updates, each once."""

    def __init__(self, house: House, name_of_bot: Callable[[], str] = lambda: "") -> None:
        """Keep what is needed; nothing is read yet. The bot's name may be known later, or never."""
        self._house = house
        self._name_of_bot = name_of_bot
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

    def answered_all(self, several: Sequence[Incoming]) -> list[Answered | Exception]:
        """Work out what follows several updates, each by itself; one that fails hinders no other."""
        found: list[Answered | Exception] = []
        with self._house.db.read() as connection:
            shared: Look | None = Look(connection, self._rules.now())
            for said in several:
                try:
                    found.append(self.answered(said, shared))
                except Exception as error:  # noqa: BLE001 - raised where it is waited for
                    found.append(error)
                    shared = None  # what failed may have broken it
        return found

    def answered(self, said: Incoming, shared: Look | None = None) -> Answered:
        """Work out what follows an update, with what goes into its buttons."""
        reply = self.answer(said, shared)
        return reply, self.data_of(reply.screen.rows) if reply.screen else {}

    def answer(self, said: Incoming, shared: Look | None = None) -> Reply:
        """Work out what follows an update; silence where it was handled before.

        `shared` is what several look with; each has a connection of its own, else.
        """
        now = self.now()
        with self._look() if shared is None else nullcontext(shared) as look:
            connection = look.connection
            so_far, chat, talk = known(connection, said.update, said.chat, now)
            if so_far.handled:
                return SILENCE
            asked = self._asked(connection, said)
            is_asked = said.private and not _is_about_the_chat(said) and so_far.in_a_minute < PER_MINUTE
            outcome = self._known_or_not(look, said, chat, talk, asked, now) if is_asked else None
        if _is_about_the_chat(said):
            return self._moved(said, now)
        if not said.private:
            return self._in_group(said, chat, so_far, now)
        language = self._language(chat)
        if not is_asked:
            return words.too_fast(language) if so_far.in_a_minute == PER_MINUTE else SILENCE
        if outcome is None:
            reply = self._change(said, chat, asked, language, now)
        else:
            reply = self._follow(chat, language, outcome, now)
        if asked.details[-1:] == (APART,):
            reply = dataclasses.replace(reply, apart=True)
        is_enough = so_far.as_stranger >= STRANGERS_PER_HOUR and _is_for_strangers(reply)
        return SILENCE if is_enough else reply

    @contextmanager
    def _look(self) -> Iterator[Look]:
        with self._house.db.read() as connection:
            yield Look(connection, self._rules.now())

    def done(self, handled: Sequence[tuple[Incoming, Reply]]) -> Sequence[None]:
        """Note that updates were answered; what was met with silence leaves no trace."""
        answered = [(said, _what(said, reply)) for said, reply in handled if reply != SILENCE]
        if answered:
            self._note(answered)
        return [None] * len(handled)

    def _note(self, answered: Sequence[tuple[Incoming, str]]) -> None:
        with self._house.db.write() as connection:
            notes = [seen_updates.Note(said.update, said.chat, what) for said, what in answered]
            seen_updates.note(connection, notes, self.now())
            chats.unblock(connection, *(said.chat for said, _ in answered if said.blocked is None))

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

    def _asked(self, connection: Connection, said: Incoming) -> Ask:
        """Read what is asked, by a button, a command, or in free words; help where it is nothing."""
        if said.button is not None:
            found = buttons.asked_by(connection, said.button) if said.button else None
            return found or Ask(HELP)
        command = command_in(said.text)
        if command is not None or said.text.startswith("/"):
            return command or Ask(HELP)
        text = " ".join(said.text.split())
        return Ask(FIND, (text,)) if any(map(str.isalnum, text)) else Ask("")

    def _known_or_not(
        self,
        look: Look,
        said: Incoming,
        chat: Chat,
        talk: Conversation | None,
        asked: Ask,
        now: datetime,
    ) -> Outcome | None:
        """Answer somebody known; None where that changes who reads what."""
        if asked.name in FOR_STRANGERS:
            return None
        language = self._language(chat)
        sight = sight_of(look.connection, look.context, chat, now)
        if chat.stopped or not (chat.address or sight.is_known):
            log.info("somebody unknown asks", chat=chat.id)
            return Outcome(words.stranger(language))
        if asked.name in CHANGES:
            return None
        return self._outcome(Asker(chat, sight, language), talk, said, asked)

    def _outcome(self, asker: Asker, talk: Conversation | None, said: Incoming, asked: Ask) -> Outcome:
        if talk is not None and said.button is None and not said.text.startswith("/"):
            return self._heard(asker, talk, said)
        if asked.name in FORMS:
            return begin(asker, asked.name, asked.details, said.update)
        if asked.name in TALK:
            return TALK[asked.name](asker, talk, asked.details)
        if not asked.name:
            return Outcome(words.only_text(asker))
        reply = ANSWERS.get(asked.name, ANSWERS[HELP])(asker, asked.details)
        ends = talk is not None and said.button is None
        return Outcome(reply, Keep.END if ends else Keep.AS_IT_IS)

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
        reply = outcome.reply
        if outcome.fact is not None:
            reply = dataclasses.replace(self._record(chat, language, outcome, now), recorded=True)
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
            asker = Asker(chat, sight_of(connection, context, chat, now), language)
            return refused(asker, why) if why else recorded(asker, outcome, event, started)

    def _change(self, said: Incoming, chat: Chat, asked: Ask, language: Language, now: datetime) -> Reply:
        with self._house.db.write() as connection:
            errand = self._errand(connection, said, chat, language, now)
            found = CHANGES[asked.name](errand, asked.details)
        if not isinstance(found, Ask):
            return found
        with self._house.db.read() as connection:
            sight = sight_of(connection, self._rules.now(), chat, now)
            return ANSWERS[found.name](Asker(chat, sight, language), found.details)

    def _in_group(self, said: Incoming, chat: Chat, so_far: seen_updates.SoFar, now: datetime) -> Reply:
        """Answer what links a group, or unlinks it; all else is met with silence."""
        asked = command_in(said.text)
        if asked is None or asked.name not in IN_GROUPS or so_far.in_a_minute >= PER_MINUTE:
            return SILENCE
        to, name = said.text.split()[0].partition("@")[2], self._name_of_bot()
        if to and name and to.casefold() != name.casefold():
            return SILENCE  # said to another bot
        with self._house.db.write() as connection:
            return in_group(self._errand(connection, said, chat, self._language(chat), now), asked)

    def _errand(
        self, connection: Connection, said: Incoming, chat: Chat, language: Language, now: datetime
    ) -> Errand:
        settings = self._house.settings
        return Errand(
            connection,
            self._rules.now(),
            said,
            chat,
            language,
            now,
            settings.telegram_token.get_secret_value() if settings.telegram_token else "",
            self._name_of_bot(),
            settings.public_url or "",
        )

    def _moved(self, said: Incoming, now: datetime) -> Reply:
        with self._house.db.write() as connection:
            if said.blocked:
                chats.block(connection, said.chat, now)
            elif said.blocked is not None:
                chats.unblock(connection, said.chat)
                for address in chats.addresses(connection, said.chat):
                    doubts.confirm(connection, (TELEGRAM, address))
            return linking.moved(connection, said)

    def _language(self, chat: Chat) -> Language:
        return _LANGUAGES.get(chat.language, self.language)


def _is_about_the_chat(said: Incoming) -> bool:
    return said.moved_to is not None or said.blocked is not None


def _what(said: Incoming, reply: Reply) -> str:
    command = command_in(said.text)
    if command is not None and command.name in (linking.START, GROUPS) and command.details:
        return linking.START
    return seen_updates.STRANGER if _is_for_strangers(reply) else "asked"


def _is_for_strangers(reply: Reply) -> bool:
    return reply in (words.stranger("id"), words.stranger("en"))


_LANGUAGES: Mapping[str, Language] = {"id": "id", "en": "en"}
