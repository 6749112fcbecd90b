"""The bot as a role of a process: polling by default, a webhook where an address is set."""

import asyncio
import socket
from contextlib import suppress

from telegram import Bot, BotCommand
from telegram.error import TelegramError

from tracker.base.errors import SettingsError
from tracker.base.log import get_logger
from tracker.base.serving import Server, listen, server_of
from tracker.bootstrap import House
from tracker.bot.commands import MENU
from tracker.bot.desk import Desk
from tracker.bot.giving import Sleep
from tracker.bot.handling import Handling
from tracker.bot.incoming import WANTED
from tracker.bot.polling import Poller
from tracker.bot.posts import Posts
from tracker.bot.webhook import build_app, secret_of
from tracker.bot.wire import Wire
from tracker.channels.telegram.send import bot_url, file_url, hide_tokens

_CONNECTIONS = 64
_TIMEOUT = 20
_PAUSE, _LONGEST_PAUSE = 1.0, 60.0
log = get_logger("bot")


def make_bot(house: House) -> Bot:
    """Make the bot; SettingsError where no token is set."""
    settings = house.settings
    if settings.telegram_token is None:
        raise SettingsError("TRACKER_TELEGRAM_TOKEN is not set; @BotFather gives one.")
    hide_tokens()
    return Bot(
        settings.telegram_token.get_secret_value(),
        base_url=bot_url(settings.telegram_base_url),
        base_file_url=file_url(settings.telegram_base_url),
        request=Wire(_CONNECTIONS, _TIMEOUT),
        get_updates_request=Wire(1, _TIMEOUT),
    )


class TelegramBot:
    """Answers chats until it is told to stop."""

    def __init__(self, house: House, sleep: Sleep = asyncio.sleep) -> None:
        """Take the port of the webhook; SettingsError where it cannot be taken, or no token is set."""
        settings = house.settings
        self._bot = make_bot(house)
        self._sleep = sleep
        self._handling = Handling(Desk(house, self._name), self._bot, sleep)
        self._posts = Posts(house, self._bot, self._handling.threads, sleep)
        self._handling.then = self._posts.wake
        self._url = settings.telegram_webhook_url
        self._secret = (
            settings.telegram_webhook_secret.get_secret_value()
            if settings.telegram_webhook_secret
            else secret_of(self._bot.token)
        )
        self._stopping = asyncio.Event()
        self._server: Server | None = None
        self._socket: socket.socket | None = None
        if self._url is not None:
            self._server = server_of(build_app(self._bot, self._handling, self._secret))
            names = "TRACKER_TELEGRAM_WEBHOOK_HOST={host}, TRACKER_TELEGRAM_WEBHOOK_PORT={port}"
            self._socket = listen(settings.telegram_webhook_host, settings.telegram_webhook_port, names)

    async def run(self) -> None:
        """Answer until stopped; Telegram gives again what was not answered to the end."""
        log.info("bot started", way="webhook" if self._url else "polling")
        serving = asyncio.create_task(self._serve())
        keeping = asyncio.create_task(self._posts.run())
        stopping = asyncio.create_task(self._stopping.wait())
        try:
            await asyncio.wait((serving, stopping), return_when=asyncio.FIRST_COMPLETED)
            if serving.done():
                serving.result()
        finally:
            for task in (serving, stopping, keeping):
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
            await self._handling.close()
            with suppress(TelegramError):
                await self._bot.shutdown()
            log.info("bot stopped")

    def stop(self) -> None:
        """Ask for a graceful stop."""
        self._stopping.set()
        if self._server is not None:
            self._server.should_exit = True

    def _name(self) -> str:
        """Give the name of the bot; empty where Telegram has not said it yet."""
        try:
            return self._bot.username
        except RuntimeError:
            return ""

    async def _serve(self) -> None:
        if self._server is None or self._socket is None:
            await self._introduce()
            await Poller(self._bot, self._handling, sleep=self._sleep).run()
            return
        introducing = asyncio.create_task(self._introduce())
        try:
            await self._server.serve(sockets=[self._socket])
        finally:
            introducing.cancel()
            self._socket.close()

    async def _introduce(self) -> None:
        """Tell Telegram how updates come, and what can be asked; until it listens."""
        pause = _PAUSE
        while True:
            try:
                await self._bot.initialize()
                if self._url is None:
                    await self._bot.delete_webhook()
                else:
                    await self._bot.set_webhook(self._url, allowed_updates=WANTED, secret_token=self._secret)
                await self._bot.set_my_commands([BotCommand(each.name, each.indonesian) for each in MENU])
                english = [BotCommand(each.name, each.english) for each in MENU]
                await self._bot.set_my_commands(english, language_code="en")
            except TelegramError as error:
                log.warning("Telegram does not listen, trying again", why=type(error).__name__, pause=pause)
                await self._sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)
            else:
                return
