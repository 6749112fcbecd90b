"""Builds what the faces stand on: settings, database, calendars, policy, channels.

Tests pass their own settings and clock in here.
"""

import asyncio
import os
import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from threading import Lock

from sqlalchemy import Connection

from tracker.base.clock import Clock, SystemClock
from tracker.base.db import Database
from tracker.base.errors import BadTermsError, SettingsError, TrackerError
from tracker.base.faults import Fault
from tracker.base.log import get_logger
from tracker.base.prompt import prompt
from tracker.base.settings import Settings, read_settings
from tracker.base.signing import MAKE_A_KEY, Tokens
from tracker.calendars.load import load_calendar
from tracker.calendars.model import Calendar
from tracker.channels.links import Links
from tracker.cycle import Cycle
from tracker.evidence.store import EvidenceStore
from tracker.outbox.delivery import Channel, SendError
from tracker.outbox.dispatch import Dispatcher, Offload
from tracker.outbox.sealed import CodeOf, no_codes
from tracker.people import codes
from tracker.reminders.policy import Policy, load_policy
from tracker.reminders.recipients import EMAIL, FILE, TELEGRAM, WEBHOOK, Fallback, Routing
from tracker.steps.alerting import tell_operator
from tracker.steps.context import Context
from tracker.steps.doubting import Refusals
from tracker.terms.people import Unit
from tracker.terms.units import load_units

log = get_logger("rules")


@dataclass(frozen=True, slots=True)
class Demo:
    """Who may enter a demo without a mail: address, and what they are in Indonesian and English."""

    secret: str
    people: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class House:
    """Everything that was built, for the faces to use."""

    settings: Settings
    clock: Clock
    db: Database
    context: Context
    demo: Demo | None = None
    """Set by `tracker demo` only: no setting makes a house a demo."""

    @property
    def is_demo(self) -> bool:
        """Whether everything may be seen: it is a demo, and nothing can leave it."""
        return self.demo is not None and self.context.routing.channels == {FILE}


def build(settings: Settings | None = None, clock: Clock | None = None) -> House:
    """Build from settings (read from the environment unless given); raises on faults in rules/."""
    settings = settings or read_settings()
    build_links(settings)  # a wrong setting is said before anything is sent
    context = build_context(settings, configured_channels(settings))
    return House(settings, clock or SystemClock(), Database(settings.database_url), context)


def build_context(settings: Settings, channels: Iterable[str]) -> Context:
    """Read calendars, policy and units, and put them together with the routing."""
    calendars, faults = read_calendars(settings.rules_dir)
    policy, found = load_policy(settings.rules_dir / "reminders.yaml")
    units, unsound = read_units(settings.rules_dir)
    faults = [*faults, *found, *unsound]
    if faults or policy is None:
        raise BadTermsError("\n" + "\n".join(str(fault) for fault in faults))
    fallback = Fallback(
        settings.fallback_name,
        settings.fallback_email,
        settings.fallback_telegram,
        settings.fallback_language,
    )
    domain = (settings.mail_from or "tracker@tracker.invalid").rpartition("@")[2].strip("<> ")
    return Context(
        calendars=calendars,
        policy=policy,
        routing=Routing(frozenset(channels), fallback, units),
        horizon_months=settings.horizon_months,
        mail_domain=domain,
        is_held=EvidenceStore(settings.evidence_dir, settings.evidence_max_mb).holds,
    )


class Rules:
    """The decrees, policy and units as they are now: nothing may be derived with old ones again."""

    def __init__(self, house: House) -> None:
        """Begin with what the house was built with."""
        self._house = house
        self._context = house.context
        self._read = fingerprint(house.settings.rules_dir)
        self._following = Lock()

    def now(self) -> Context:
        """Give the context; read again where its files have changed, kept where they have faults."""
        settings = self._house.settings
        with self._following:
            found = fingerprint(settings.rules_dir)
            if found != self._read:
                self._read = found
                try:
                    self._context = build_context(settings, configured_channels(settings))
                except TrackerError as error:
                    log.error("the rules have faults, going on with the old ones", error=str(error))  # noqa: TRY400
            return self._context


def read_calendars(rules: Path) -> tuple[dict[str, Calendar], list[Fault]]:
    """Read the decree files of every country under rules/holidays/."""
    calendars: dict[str, Calendar] = {}
    faults: list[Fault] = []
    folders = sorted(path for path in (rules / "holidays").glob("*") if path.is_dir())
    if not folders:
        faults.append(Fault(str(rules / "holidays"), 1, "holds no calendar, expected e.g. id/2026.yaml"))
    for folder in folders:
        calendars[folder.name], found = load_calendar(folder)
        faults += found
    return calendars, faults


Fingerprint = frozenset[tuple[str, int, int]]
"""Names, times of change and sizes of the files that a context is read from."""


def fingerprint(rules: Path) -> Fingerprint:
    """Tell one state of the decrees and the policy from another without reading them."""
    files = [*(rules / "holidays").glob("*/*.yaml"), rules / "reminders.yaml", rules / "units.yaml"]
    states = [(str(path), path.stat()) for path in files if path.exists()]
    return frozenset((name, state.st_mtime_ns, state.st_size) for name, state in states)


def read_policy(rules: Path) -> tuple[Policy | None, list[Fault]]:
    """Read the reminder policy."""
    return load_policy(rules / "reminders.yaml")


def read_units(rules: Path) -> tuple[Mapping[str, Unit], list[Fault]]:
    """Read the units and their managers."""
    return load_units(rules / "units.yaml")


def configured_channels(settings: Settings) -> frozenset[str]:
    """Tell which channels messages leave by; the folder where nothing is configured."""
    found = set()
    if settings.smtp_host:
        if not settings.mail_from:
            raise SettingsError(
                "TRACKER_SMTP_HOST is set but TRACKER_MAIL_FROM is not; expected the sender's address."
            )
        found.add(EMAIL)
    if settings.telegram_token:
        found.add(TELEGRAM)
    return frozenset(found or {FILE})


def build_tokens(settings: Settings) -> Tokens | None:
    """Build what signs links and reads them again; None where no key is set."""
    if settings.secret_key is not None:
        return Tokens(settings.secret_key.get_secret_value())
    if settings.public_url is not None:
        raise SettingsError(
            "TRACKER_PUBLIC_URL is set but TRACKER_SECRET_KEY is not; links in mails are signed with it; "
            + MAKE_A_KEY
        )
    return None


def build_links(settings: Settings) -> Links | None:
    """Build what makes the links in mails; None where they are not configured."""
    tokens = build_tokens(settings)
    return Links(settings.public_url, tokens) if tokens and settings.public_url else None


def build_channels(settings: Settings) -> dict[str, Channel]:
    """Build the configured channels, and always the folder: it is the last resort."""
    from tracker.channels.file.send import DEFAULT_SENDER, FileChannel

    echo = partial(print, flush=True)
    links = build_links(settings)
    folder = FileChannel(settings.mail_dir, echo, sender=settings.mail_from or DEFAULT_SENDER, links=links)
    channels: dict[str, Channel] = {FILE: folder}
    configured = configured_channels(settings)
    if EMAIL in configured:
        from tracker.channels.email.send import EmailChannel, SmtpServer

        password = settings.smtp_password
        server = SmtpServer(
            host=settings.smtp_host or "",
            port=settings.smtp_port,
            username=settings.smtp_username,
            password=password.get_secret_value() if password else None,
            tls=settings.smtp_tls,
            sender=settings.mail_from or "",
            timeout=settings.smtp_timeout,
        )
        channels[EMAIL] = EmailChannel(server, settings.smtp_connections, links)
    if TELEGRAM in configured and settings.telegram_token:
        from tracker.channels.telegram.send import TelegramChannel

        token = settings.telegram_token.get_secret_value()
        channels[TELEGRAM] = TelegramChannel(token, settings.telegram_base_url)
    if settings.secret_key is not None:
        from tracker.channels.webhook.send import WebhookChannel

        key = settings.secret_key.get_secret_value()
        channels[WEBHOOK] = WebhookChannel(key, inner=settings.webhook_inner == "on")
    return channels


def build_cycle(house: House, channels: Mapping[str, Channel], offload: Offload = asyncio.to_thread) -> Cycle:
    """Build the cycle that a worker or a simulation turns."""

    def to_operator(connection: Connection, channel: str, error: SendError) -> None:
        tell_operator(connection, house.context, channel, error, house.clock.now())

    dispatcher = Dispatcher(
        house.db,
        house.clock,
        channels,
        Refusals(house.context, house.clock),
        to_operator,
        worker=worker_name(),
        lease=timedelta(seconds=house.settings.lease_seconds),
        batch=house.settings.batch,
        offload=offload,
        promptly=partial(prompt, house.db) if offload is asyncio.to_thread else None,
        code_of=code_maker(house.settings),
    )
    return Cycle(house.db, house.context, dispatcher, house.clock, offload)


def code_maker(settings: Settings) -> CodeOf:
    """Give what makes the codes that link chats; it refuses where no token is set."""
    token = settings.telegram_token
    return partial(codes.code_of, token.get_secret_value()) if token else no_codes


def worker_name() -> str:
    """Name this process, for leases and attempts."""
    return f"{socket.gethostname()}:{os.getpid()}"
