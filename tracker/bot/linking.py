"""Linking a chat, unlinking it, and choosing its language: what changes who reads what."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from tracker.base.log import get_logger
from tracker.bot import help as words
from tracker.bot import seen_updates
from tracker.bot.asker import sight_of
from tracker.bot.incoming import Incoming
from tracker.bot.screen import SILENCE, Language, Reply, said
from tracker.inviting import tell_replaced
from tracker.obligations.wording import pick
from tracker.outbox import doubts
from tracker.people import chats, codes
from tracker.people.chats import Chat
from tracker.people.requests import text
from tracker.people.rights import language_of
from tracker.reminders.recipients import TELEGRAM
from tracker.seen.sight import Sight
from tracker.steps.context import Context

START, STOP, LANGUAGE = "start", "stop", "bahasa"
ATTEMPTS_AT_MOST = 5
ATTEMPTS_WITHIN = timedelta(hours=1)
log = get_logger("bot")


@dataclass(frozen=True, slots=True)
class Errand:
    """What a change needs: its transaction, and the chat it is about."""

    connection: Connection
    context: Context
    said: Incoming
    chat: Chat
    language: Language
    now: datetime
    secret: str = ""
    """What codes are made with."""
    bot_name: str = ""
    """How Telegram calls the bot; empty where that is not known yet."""
    public_url: str = ""
    """Where our pages are; empty where there are none."""

    def say(self, indonesian: str, english: str) -> str:
        """Give a sentence in the language of the chat."""
        return pick((indonesian, english), self.language)

    def sight(self, chat: Chat) -> Sight:
        """Give what the person of a chat sees."""
        return sight_of(self.connection, self.context, chat, self.now)


def start(errand: Errand, details: Sequence[str]) -> Reply:
    """Link the chat with a code; greet who is known without one."""
    code, chat = text(details, 0).strip(), errand.chat
    if not code:
        return _again(errand)
    if has_tried_enough(errand):
        return words.too_fast(errand.language)
    target = codes.use(errand.connection, code, chat.id, errand.now)
    if target is None:
        if chat.address and not chat.stopped and codes.was_used_by(errand.connection, code, chat.id):
            return _greeting(errand)  # the same press once more
        log.warning("a code opens nothing", chat=chat.id)
        return not_valid(errand)
    before = chats.others_of(errand.connection, target.address, chat.id)
    for other in before:
        chats.stop(errand.connection, other.id, errand.now, "replaced")
    tell_replaced(errand.connection, errand.context, target.address, before, errand.now)
    chats.link(errand.connection, chat.id, target.address, "code", errand.now)
    doubts.confirm(errand.connection, (TELEGRAM, str(chat.id)))
    log.info("chat linked", chat=chat.id)
    return _greeting(errand)


def has_tried_enough(errand: Errand) -> bool:
    """Tell whether so many codes were tried from a chat of late that no more can be."""
    since = errand.now - ATTEMPTS_WITHIN
    if seen_updates.count(errand.connection, errand.chat.id, since, START) < ATTEMPTS_AT_MOST:
        return False
    log.warning("too many codes are tried from a chat", chat=errand.chat.id)
    return True


def not_valid(errand: Errand) -> Reply:
    """Say that a code opens nothing."""
    return said(
        pick(
            (
                "Tautan ini tidak berlaku (sudah dipakai atau lewat 24 jam); mintalah yang baru.",
                "This link is not valid (used already, or older than 24 hours); ask for a new one.",
            ),
            errand.language,
        )
    )


def stop(errand: Errand, details: Sequence[str]) -> Reply:
    """Unlink the chat."""
    del details
    if errand.chat.stopped or not (errand.chat.address or errand.sight(errand.chat).is_known):
        return words.stranger(errand.language)
    chats.stop(errand.connection, errand.chat.id, errand.now)
    log.info("chat unlinked", chat=errand.chat.id)
    return said(
        pick(
            (
                (
                    "Tautan chat ini diputus: tidak ada lagi pengingat atau jawaban di sini. Pengingat lewat "
                    "e-mail tetap datang. Untuk menautkan lagi, mintalah tautan baru."
                ),
                (
                    "This chat is unlinked: no more reminders or answers here. Reminders by e-mail still "
                    "come. To link it again, ask for a new link."
                ),
            ),
            errand.language,
        )
    )


def language(errand: Errand, details: Sequence[str]) -> Reply:
    """Change the language of the chat."""
    wanted = text(details, 0).strip().casefold()[:2]
    chosen: Language = "en" if wanted == "en" or (not wanted and errand.language == "id") else "id"
    chats.speak(errand.connection, errand.chat.id, chosen, errand.now)
    return said(pick(("Baik, saya menjawab dalam bahasa Indonesia.", "Fine, I answer in English."), chosen))


def moved(connection: Connection, incoming: Incoming) -> Reply:
    """Follow a group to its new id, and note who threw the bot out."""
    if incoming.moved_to is not None:
        chats.move(connection, incoming.chat, incoming.moved_to)
    return SILENCE


def _again(errand: Errand) -> Reply:
    chat = errand.chat
    as_if = Chat(chat.id, "" if chat.stopped else chat.address)
    if not (as_if.address or errand.sight(as_if).is_known):
        return words.stranger(errand.language)
    if chat.stopped:  # the terms name this chat: its person has changed their mind
        chats.link(errand.connection, chat.id, "", "start", errand.now)
        doubts.confirm(errand.connection, (TELEGRAM, str(chat.id)))
    return _greeting(errand)


def _greeting(errand: Errand) -> Reply:
    chat = chats.get(errand.connection, errand.chat.id)
    sight = errand.sight(chat)
    chosen: Language = "en" if chat.language == "en" else "id"
    if not chat.language:
        wished = language_of(sight.identity, errand.context.routing, sight.own.values(), sight.today)
        chosen = wished or errand.language
        if chat.is_stored:
            chats.speak(errand.connection, chat.id, chosen, errand.now)
    return said(
        pick(
            (
                (
                    "Chat ini tertaut: pengingat datang ke sini, dan Anda dapat bertanya. /tenggat "
                    "menampilkan yang jatuh tempo, /bantuan menjelaskan sisanya, /stop memutus tautan."
                ),
                (
                    "This chat is linked: reminders come here, and you can ask. /tenggat shows what is due, "
                    "/bantuan explains the rest, /stop unlinks."
                ),
            ),
            chosen,
        )
    )
