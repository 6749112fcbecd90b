"""The demo: the four agreements replayed with progress, and something left to look at."""

import asyncio
import shutil
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from tracker import flow, queries
from tracker.base.clock import SystemClock
from tracker.base.db import Database
from tracker.base.log import quiet
from tracker.base.settings import Settings, read_settings
from tracker.bootstrap import build_context
from tracker.channels.file.send import FileChannel
from tracker.cli.show import console, fail_on, upcoming_table
from tracker.migrations import upgrade
from tracker.reminders.recipients import FILE
from tracker.simulation import Scenario, simulate
from tracker.terms.load import load, terms_paths

_UPCOMING_AT_MOST = 12


def demonstrate(folder: Path, first: date, last: date) -> None:
    """Run the demo in `folder`, which is made anew."""
    quiet()
    settings = read_settings()
    out = console()
    loaded = load(terms_paths(settings.rules_dir))
    fail_on(loaded.errors)
    _make_anew(folder)
    scenario = Scenario(loaded.files, (), first, last)
    alerts = _replay(scenario, settings, folder, out)
    _say_what_was_sent(out, alerts)
    _track_from_today(settings, folder, out)
    _say_what_to_try(out, folder)


def _make_anew(folder: Path) -> None:
    # Only what a demo leaves behind is removed, whatever folder was named.
    for name in (
        "mail",
        "replay.db",
        "replay.db-wal",
        "replay.db-shm",
        "tracker.db",
        "tracker.db-wal",
        "tracker.db-shm",
    ):
        path = folder / name
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    folder.mkdir(parents=True, exist_ok=True)


def _replay(scenario: Scenario, settings: Settings, folder: Path, out: Console) -> list[dict[str, Any]]:
    db = Database(f"sqlite:///{folder / 'replay.db'}", durable=False)
    upgrade(db, settings.migrations_dir)
    channel = FileChannel(folder / "mail", lambda _line: None)
    days = (scenario.last - scenario.first).days
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=out) as progress:
        task = progress.add_task(f"{scenario.first}", total=days)

        def show(now: datetime) -> None:
            day = now.date()
            progress.update(task, completed=(day - scenario.first).days, description=f"{day}")

        alerts = asyncio.run(simulate(scenario, settings, db, channel, show))
        progress.update(task, completed=days, description=f"{scenario.last}")
    db.close()
    return alerts


def _say_what_was_sent(out: Console, alerts: list[dict[str, Any]]) -> None:
    out.print(f"\n[bold]{len(alerts)} pemberitahuan[/bold] terkirim dalam putar ulang 2023-2030:")
    for agreement, number in Counter(alert["agreement"] for alert in alerts).most_common():
        detours = sum(alert["detour"] is not None for alert in alerts if alert["agreement"] == agreement)
        note = f", {detours} ke kontak cadangan karena naskah tidak menyebut narahubung" if detours else ""
        out.print(f"  {number:>5}  {agreement}{note}")


def _track_from_today(settings: Settings, folder: Path, out: Console) -> None:
    """Load the agreements as of today into a database of their own, and show what is next."""
    db = Database(f"sqlite:///{folder / 'tracker.db'}", durable=False)
    upgrade(db, settings.migrations_dir)
    context = build_context(settings, {FILE})
    now = SystemClock().now().astimezone(UTC)
    flow.load_terms(db, context, load(terms_paths(settings.rules_dir)).files, now)
    shown = queries.upcoming(db, context, now)
    out.print("\n[bold]Tenggat berikutnya mulai hari ini[/bold] (`tracker upcoming`):")
    upcoming_table(shown[:_UPCOMING_AT_MOST], now, settings.language)
    unverified = queries.counts(db).obligations.get("unverified", 0)
    out.print(
        f"{unverified} tenggat sudah lewat sebelum pelacakan dimulai: tidak diingatkan, perlu dikonfirmasi."
    )
    db.close()


def _say_what_to_try(out: Console, folder: Path) -> None:
    bin_ = ".venv/bin/tracker"
    out.print(f"""
[bold]Lihat dan coba[/bold]
  {folder}/mail         folder surat (Maildir), dibuka dengan klien surat apa pun:  mutt -f {folder}/mail
  {folder}/replay.db    semua kewajiban, pengingat, dan percobaan dari putar ulang
  TRACKER_DATABASE_URL=sqlite:///{folder}/tracker.db {bin_} upcoming --within 365d
  {bin_} explain kemenko-pmk-kemnaker-2023/renewal-notice
  {bin_} compute kemenko-pmk-kemnaker-2023 --event force-majeure-occurred=2023-04-17
  {bin_} simulate --from 2024-10-01 --to 2025-03-01 kemenko-pmk-kemnaker-2023
""")
