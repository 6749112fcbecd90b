"""Alerts that stand in chats tell who has answered: over the bot, the link in a mail, or the command line."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TypeVar

from sqlalchemy import Connection, select
from sqlmodel import col
from telegram import Bot, LinkPreviewOptions
from telegram.constants import ParseMode
from telegram.error import BadRequest, Forbidden, TelegramError

from tracker.base.bell import listen
from tracker.base.dates import plain_date
from tracker.base.log import get_logger
from tracker.bootstrap import House, Rules
from tracker.bot.giving import Sleep
from tracker.bot.screen import plain
from tracker.channels.telegram import render
from tracker.channels.telegram.buttons import buttons
from tracker.events import kinds
from tracker.events.log import effective
from tracker.events.model import Event
from tracker.events.service import logs_of
from tracker.obligations.model import CLOSED
from tracker.obligations.tables import ObligationRow
from tracker.obligations.wording import pick
from tracker.outbox import posts
from tracker.outbox.content import ListContent
from tracker.outbox.posts import Post
from tracker.people.names import named
from tracker.queries import Shown, as_shown
from tracker.reminders.group_chats import chat_and_topic
from tracker.steps.context import Context

_AT_ONCE = 20
_PAUSE = 5.0
_SAID = {
    kinds.ACKNOWLEDGED: ("Sudah diketahui oleh {who}.", "{who} knows about it."),
    kinds.SNOOZED: ("Pengingatnya ditunda oleh {who}.", "{who} has put the reminders off."),
    kinds.WAIVED: ("✓ Dikesampingkan oleh {who}.", "✓ Waived by {who}."),
    **dict.fromkeys(kinds.FULFILLING, ("✓ Sudah ditangani oleh {who}.", "✓ Already handled by {who}.")),
}
_T = TypeVar("_T")
log = get_logger("bot")


@dataclass(frozen=True, slots=True)
class Change:
    """What a message is to say now, and whether nothing is left to be answered."""

    post: Post
    text: str
    answered: bool


class Posts:
    """Keeps the messages in chats true, as soon as the database rings or a sweep is due."""

    def __init__(self, house: House, bot: Bot, threads: Executor, sleep: Sleep = asyncio.sleep) -> None:
        """Look at nothing yet."""
        self._house = house
        self._rules = Rules(house)
        self._bot = bot
        self._threads = threads
        self._sleep = sleep
        self._awake = asyncio.Event()

    def wake(self) -> None:
        """Look now."""
        self._awake.set()

    async def run(self) -> None:
        """Change what is to be changed, for ever."""
        bell = asyncio.create_task(listen(self._house.db, self.wake))
        try:
            while True:
                try:
                    more = await self._turn()
                except Exception:
                    log.exception("messages in chats cannot be changed, trying again later")
                    more = False
                if not more:
                    with suppress(TimeoutError):  # not wait_for: it may swallow that we are to stop
                        async with asyncio.timeout(self._house.settings.sweep_seconds):
                            await self._awake.wait()
                    self._awake.clear()
        finally:
            bell.cancel()
            with suppress(asyncio.CancelledError):
                await bell

    async def _turn(self) -> bool:
        """Change some messages; True where there may be more."""
        changes = await self._do(self._stale)
        for change in changes:
            if not await self._tell(change):
                await self._do(partial(self._again, change.post))
                await self._sleep(_PAUSE)
        return len(changes) > 0

    async def _tell(self, change: Change) -> bool:
        """Change one message; False where Telegram could not be reached."""
        post = change.post
        under = buttons(post.content, post.chat, self._house.clock.now(), answered=change.answered)
        try:
            await self._bot.edit_message_text(
                change.text,
                chat_id=chat_and_topic(post.chat)[0],
                message_id=int(post.message),
                parse_mode=ParseMode.HTML,
                reply_markup=under,
                link_preview_options=LinkPreviewOptions(is_disabled=True),
            )
        except (BadRequest, Forbidden) as error:  # it is gone, too old, or says so already
            log.info("a message stays as it is", alert=post.alert, why=type(error).__name__)
        except TelegramError as error:
            log.warning("a message waits to be changed", alert=post.alert, why=type(error).__name__)
            return False
        return True

    def _stale(self) -> Sequence[Change]:
        db = self._house.db
        with db.read() as connection:  # most often there is nothing, and that must not lock anything
            if not posts.is_any_stale(connection):
                return ()
        with db.write() as connection:
            now = self._house.clock.now()
            stale = posts.take_stale(connection, _AT_ONCE, now)
            if not stale:
                return ()
            standing = Standing(connection, self._rules.now(), stale, now)
            return [_changed(post, standing) for post in stale]

    def _again(self, post: Post) -> None:
        with self._house.db.write() as connection:
            posts.mark_again(connection, post)

    async def _do(self, work: Callable[[], _T]) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)


class Standing:
    """How the duties stand that some messages are about; looked up for all of them at once."""

    def __init__(
        self, connection: Connection, context: Context, stale: Sequence[Post], now: datetime
    ) -> None:
        """Look."""
        self._context = context
        self._now = now
        keys = sorted({key for post in stale for key in post.obligations})
        rows = connection.execute(select(ObligationRow).where(col(ObligationRow.key).in_(keys))).all()
        self._shown = {one.obligation.key: one for one in as_shown(connection, context, rows, now)}
        logs = logs_of(connection, {row.agreement_id for row in rows})
        self._facts = {name: effective(log) for name, log in logs.items()}

    def is_over(self, obligation: str) -> bool:
        """Tell whether nothing is left to be answered, be it that the terms ask for it no more."""
        shown = self._shown.get(obligation)
        return shown is None or shown.state in CLOSED

    def answer(self, obligation: str, language: str) -> str:
        """Say who has answered, how, and when; empty where nobody has, or it was taken back."""
        shown = self._shown.get(obligation)
        fact = _last(self._facts.get(shown.agreement.id, ()), shown) if shown else None
        if shown is None or fact is None:
            return ""
        who = named(fact.recorded_by.partition(",")[0], shown.agreement, self._context.routing)
        said = pick(_SAID[fact.kind], language).format(who=who)
        on = fact.recorded_at or self._now
        return f"{said} ({plain_date(on.astimezone(shown.agreement.zone).date(), language)})"


def _changed(post: Post, standing: Standing) -> Change:
    content, language = post.content, post.content.language
    if isinstance(content, ListContent):
        items = tuple(
            item.model_copy(update={"answer": standing.answer(item.obligation, language)})
            if item.obligation in post.obligations
            else item
            for item in content.items
        )
        whole = render.text(content.model_copy(update={"items": items}), post.sent_at)
        return Change(post, whole, answered=all(map(standing.is_over, post.obligations)))
    (obligation,) = post.obligations
    whole = render.text(content, post.sent_at)
    said = standing.answer(obligation, language)
    if not said:
        return Change(post, whole, answered=standing.is_over(obligation))
    line = f"<b>{plain(said, 300)}</b>"
    text = f"{whole}\n\n{line}"
    text = text if render.visible_length(text) <= render.LIMIT else line
    return Change(post, text, answered=standing.is_over(obligation))


def _last(facts: Sequence[Event], shown: Shown) -> Event | None:
    """Give the last answer that holds."""
    one = shown.obligation
    about = [
        fact
        for fact in facts
        if fact.kind in kinds.ABOUT_ONE_OBLIGATION
        and (fact.details.get("rule"), fact.details.get("occurrence")) == (one.rule.id, one.occurrence)
    ]
    last = max(about, key=lambda fact: fact.number or 0, default=None)
    return last if last is not None and last.kind in _SAID else None
