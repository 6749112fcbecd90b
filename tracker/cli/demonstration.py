"""The demo: the four agreements replayed with progress, and the day of today left to look at."""

import asyncio
import secrets
import shutil
import socket
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from tracker import queries
from tracker.accounts import accounts
from tracker.accounts.accounts import Account
from tracker.base.clock import SystemClock
from tracker.base.db import Database
from tracker.base.errors import SettingsError
from tracker.base.log import quiet
from tracker.base.settings import Settings, read_settings
from tracker.bootstrap import Demo, House, build_context
from tracker.channels.file.send import FileChannel
from tracker.cli.show import console, fail_on, upcoming_table
from tracker.doctor.kept import keep
from tracker.doctor.service import examine
from tracker.events.model import Event
from tracker.migrations import require_current, upgrade
from tracker.people.rights import Office
from tracker.reminders.recipients import FILE
from tracker.seen.sight import Sight
from tracker.simulation import Scenario, simulate
from tracker.terms.load import TermsFile, load, terms_paths
from tracker.terms.model import Agreement

FIRST, LAST = date(2023, 2, 28), date(2030, 6, 1)
_ANSWERS = (
    ("kemenko-pmk-kemnaker-2023", "monitoring-report", "year-1", date(2023, 12, 20)),
    ("kemenko-pmk-kemnaker-2023", "monitoring-report", "year-2", date(2025, 1, 8)),
    ("babel-bpjstk-2025", "monitoring-report", "2025-S1", date(2025, 6, 20)),
    ("babel-bpjstk-2025", "monitoring-report", "2025-S2", date(2026, 1, 9)),
)
"""What somebody does in the replay, so that proof, and being in time or late, can be seen."""
_UPCOMING_AT_MOST = 12
_PORTS = 20
_ADMIN, _AUDITOR = "pengelola@example.org", "pemeriksa@example.org"
_NOT_IN_A_DEMO = (
    *("smtp_host", "smtp_username", "smtp_password", "telegram_token", "telegram_base_url"),
    *("telegram_webhook_url", "telegram_webhook_secret", "metrics_token", "ping_url", "fallback_telegram"),
)


def is_at_terminal() -> bool:
    """Tell whether somebody sits there who can stop a server."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def demonstrate(folder: Path, first: date = FIRST, last: date = LAST) -> None:
    """Replay in `folder`, which is made anew."""
    quiet()
    settings = read_settings()
    out = console()
    loaded = load(terms_paths(settings.rules_dir))
    fail_on(loaded.errors)
    _make_anew(folder)
    answers = list(_answers(loaded.files, first, last))
    scenario = Scenario(loaded.files, answers, first, last)
    alerts = _replay(scenario, settings, folder, out)
    _say_what_was_sent(out, alerts, len(answers))
    _say_what_is_next(settings, folder, out)
    _say_what_to_try(out, folder)


def _make_anew(folder: Path) -> None:
    # Only what a demo leaves behind is removed, whatever folder was named.
    databases = [f"{name}.db{more}" for name in ("replay", "tracker") for more in ("", "-wal", "-shm")]
    for name in ("mail", "evidence", *databases):
        path = folder / name
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    folder.mkdir(parents=True, exist_ok=True)


def _replay(scenario: Scenario, settings: Settings, folder: Path, out: Console) -> list[dict[str, Any]]:
    db = Database(f"sqlite:///{folder / 'replay.db'}", durable=False)
    upgrade(db, settings.migrations_dir)
    channel = FileChannel(folder / "mail", lambda _line: None)
    days = (scenario.last - scenario.first).days
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    today, kept = SystemClock().now().astimezone(UTC), folder / "tracker.db"
    with Progress(*columns, console=out) as progress:
        task = progress.add_task(f"{scenario.first}", total=days)

        def show(now: datetime) -> None:
            if now > today and not kept.exists():
                _copy(db, kept)
            day = now.date()
            progress.update(task, completed=(day - scenario.first).days, description=f"{day}")

        alerts = asyncio.run(simulate(scenario, settings, db, channel, show))
        progress.update(task, completed=days, description=f"{scenario.last}")
    if not kept.exists():
        _copy(db, kept)
    db.close()
    return alerts


def _copy(db: Database, to: Path) -> None:
    """Keep the database as it is now: that of today, for the web."""
    with db.by_hand() as connection:
        connection.exec_driver_sql("VACUUM INTO ?", (str(to),))


def _answers(files: Sequence[TermsFile], first: date, last: date) -> Iterator[Event]:
    rules = {file.agreement.id: file.agreement.rule_by_id for file in files}
    for agreement, rule, occurrence, day in _ANSWERS:
        found = rules.get(agreement, {}).get(rule)
        if found is not None and first <= day <= last:
            to = {"to": "+".join(found.duty.to)} if len(found.duty.to) > 1 else {}
            yield Event(agreement, "report-submitted", day, {"rule": rule, "occurrence": occurrence, **to})


def _say_what_was_sent(out: Console, alerts: list[dict[str, Any]], answers: int) -> None:
    out.print(
        f"\n[bold]{len(alerts)} pemberitahuan[/bold] terkirim dalam putar ulang 2023-2030 "
        f"({answers} laporan contoh dijawab, selebihnya tidak ada yang menjawab):"
    )
    for agreement, number in Counter(alert["agreement"] for alert in alerts).most_common():
        detours = sum(alert["detour"] is not None for alert in alerts if alert["agreement"] == agreement)
        note = f", {detours} ke kontak cadangan karena naskah tidak menyebut narahubung" if detours else ""
        out.print(f"  {number:>5}  {agreement}{note}")


def _say_what_is_next(settings: Settings, folder: Path, out: Console) -> None:
    """Show what is next in the replay as it stands today."""
    db = Database(f"sqlite:///{folder / 'tracker.db'}")
    now = SystemClock().now().astimezone(UTC)
    shown = queries.upcoming(db, build_context(settings, {FILE}), now)
    ahead = [one for one in shown if one.days_left(now) >= 0]
    out.print("\n[bold]Tenggat berikutnya mulai hari ini[/bold] (`tracker upcoming`):")
    upcoming_table(ahead[:_UPCOMING_AT_MOST], now, settings.language)
    if len(shown) > len(ahead):
        out.print(f"{len(shown) - len(ahead)} kewajiban terlambat: tidak ada yang menjawab.")
    db.close()


def _say_what_to_try(out: Console, folder: Path) -> None:
    bin_ = ".venv/bin/tracker"
    out.print(f"""
[bold]Lihat dan coba[/bold]
  {folder}/mail         folder surat (Maildir), dibuka dengan klien surat apa pun:  mutt -f {folder}/mail
  {folder}/replay.db    semua kewajiban, pengingat, dan percobaan dari putar ulang
  {folder}/tracker.db   putar ulang yang sama, berhenti hari ini
  TRACKER_DATABASE_URL=sqlite:///{folder}/tracker.db {bin_} upcoming --within 365d
  {bin_} explain kemenko-pmk-kemnaker-2023/renewal-notice
  {bin_} compute kemenko-pmk-kemnaker-2023 --event force-majeure-occurred=2023-04-17
  {bin_} simulate --from 2024-10-01 --to 2025-03-01 kemenko-pmk-kemnaker-2023
""")


def house_of(folder: Path) -> House:
    """Build the house whose web shows what was replayed: on this computer only, and nothing leaves it."""
    given = read_settings()
    port = _free_port(given.web_port)
    nothing = {name: Settings.model_fields[name].default for name in _NOT_IN_A_DEMO}
    own = {
        "database_url": f"sqlite:///{folder / 'tracker.db'}",
        "mail_dir": folder / "mail",
        "evidence_dir": folder / "evidence",
        "web_host": "127.0.0.1",
        "web_port": port,
        "public_url": f"http://127.0.0.1:{port}",
        "secret_key": secrets.token_urlsafe(32),
        "fallback_email": _ADMIN,
    }
    settings = Settings.model_validate({**given.model_dump(), **nothing, **own})
    clock, db, context = SystemClock(), Database(settings.database_url), build_context(settings, {FILE})
    require_current(db, settings.migrations_dir)
    now = clock.now().astimezone(UTC)
    with db.write() as connection:
        for account in (
            Account(_ADMIN, Office.ADMIN, "Pengelola"),
            Account(_AUDITOR, Office.AUDITOR, "Pemeriksa"),
        ):
            accounts.put(connection, account, "demo", now)
    with db.read() as connection:
        identity = accounts.identity(connection, _ADMIN)
        found = Sight(connection, context, identity, now).agreements_after("", 100)[0]
    keep(db, examine(db, context, now), now)
    people = (
        (_ADMIN, "Pengelola: melihat dan mencatat semuanya", "Administrator: sees and records everything"),
        (_AUDITOR, "Pemeriksa: hanya melihat", "Auditor: only looks"),
        *_officers(found, now),
    )
    return House(settings, clock, db, context, Demo(secrets.token_urlsafe(12), people))


def _officers(agreements: list[Agreement], now: datetime) -> Iterator[tuple[str, str, str]]:
    """Yield the first contact who can sign in."""
    for agreement in agreements:
        day = now.astimezone(agreement.zone).date()
        for party, contact in agreement.contacts():
            if contact.email and not contact.to_confirm and contact.serves_on(day):
                of = agreement.parties[party].short or agreement.parties[party].name
                name = f"{contact.position}, {of}"
                yield contact.email, f"Narahubung: {name}", f"Contact: {name}"
                return


def _free_port(wanted: int) -> int:
    for port in range(wanted, min(wanted + _PORTS, 65536)):
        with socket.socket() as one:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                one.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise SettingsError(f"TRACKER_WEB_PORT={wanted} and the {_PORTS} ports after it are in use.")


def say_where(house: House | None) -> None:
    """Say where the web is; or how to open it, where nobody waits for it."""
    out = console()
    if house is None or house.demo is None:
        out.print("  .venv/bin/tracker demo --serve   membuka web di atas data ini, sampai Ctrl-C\n")
        return
    url = house.settings.public_url
    out.print(f"""[bold]Buka di peramban[/bold] (Ctrl-C menghentikannya)
  {url}/demo/{house.demo.secret}   masuk: pengelola, pemeriksa, atau narahubung
  {url}/outbox   surat yang sudah dan akan terkirim
""")
