"""Decrees, and what they move, on the terminal."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import typer
from rich.markup import escape
from rich.table import Table

from tracker.base.dates import long_date, short_date
from tracker.base.errors import BadDecreeError
from tracker.base.faults import Fault
from tracker.calendars.exchange import Written
from tracker.cli.show import console
from tracker.decree_effects import Effect, Effects
from tracker.obligations.wording import headline

_COVERAGE = {
    "decreed": ("ditetapkan", "decreed"),
    "estimate": ("perkiraan", "estimate"),
    "none": ("tidak ada", "none"),
}
_KINDS = {
    "national": ("libur nasional", "national"),
    "joint-leave": ("cuti bersama", "joint leave"),
    "election": ("pemungutan suara", "election"),
}


def fail_on_decrees(faults: Sequence[Fault]) -> None:
    """Print faults of decree files; raise BadDecreeError if there is one."""
    for fault in faults:
        typer.echo(str(fault), err=True)
    if faults:
        raise BadDecreeError(f"({len(faults)} errors)")


def years_table(rows: Sequence[Mapping[str, Any]], language: str) -> None:
    """Print how well each year is known; with its days where they were asked for."""
    english = language == "en"
    table = Table(header_style="bold")
    headings = (
        ("Calendar", "Year", "Coverage", "Days off", "Decrees")
        if english
        else ("Kalender", "Tahun", "Cakupan", "Hari libur", "Keputusan")
    )
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        days = ", ".join(f"{count} {_KINDS[kind][english]}" for kind, count in row["days"].items())
        decrees = "\n".join(escape(number) for number in row["decrees"]) or "-"
        table.add_row(row["calendar"], str(row["year"]), _COVERAGE[row["coverage"]][english], days, decrees)
    out = console()
    out.print(table)
    for row in rows:
        for day in row.get("listed", ()):
            when = long_date(date.fromisoformat(day["date"]), language)
            name = day["en" if english else "id"]
            out.print(f"  {when:<28} {name} ({_KINDS[day['kind']][english]})", markup=False)


def effects_table(effects: Effects, language: str) -> None:
    """Print which open deadlines move, by agreement; says plainly where none does."""
    english, out = language == "en", console()
    for name, found in effects.by_agreement.items():
        out.print(f"\n[bold]{escape(found[0].agreement.title)}[/bold] ({name})")
        out.print(_effects_of(found, language))
        if any(one.shift.before.provisional or one.shift.after.provisional for one in found):
            out.print("* provisional" if english else "* sementara")
    moved, agreements, looked_at = len(effects.moved), len(effects.by_agreement), effects.looked_at
    if moved and english:
        out.print(f"{moved} of {looked_at} open deadlines move; agreements: {agreements}.")
    elif moved:
        out.print(f"{moved} dari {looked_at} tenggat terbuka berpindah, pada {agreements} perjanjian.")
    elif english:
        out.print(f"No deadline moves: all {looked_at} open deadlines stay where they are.")
    else:
        out.print(f"Tidak ada tenggat yang berpindah: {looked_at} tenggat terbuka tetap.")
    _certainty_note(effects, language)


def _certainty_note(effects: Effects, language: str) -> None:
    certain = sum(not effect.shift.after.provisional for effect in effects.certainty)
    provisional = len(effects.certainty) - certain
    english, out = language == "en", console()
    if certain:
        out.print(
            f"Dates kept, now certain: {certain}."
            if english
            else f"{certain} tenggat tetap tanggalnya dan menjadi pasti."
        )
    if provisional:
        out.print(
            f"Dates kept, now provisional: {provisional}."
            if english
            else f"{provisional} tenggat tetap tanggalnya dan menjadi sementara."
        )


def _effects_of(found: Sequence[Effect], language: str) -> Table:
    english = language == "en"
    table = Table(header_style="bold")
    headings = (
        ("Act by", "Likely", "Safe", "By", "Duty")
        if english
        else ("Bertindak paling lambat", "Lazim", "Aman", "Selisih", "Kewajiban")
    )
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for effect in found:
        before, after = effect.shift.before, effect.shift.after
        table.add_row(
            _change(before.act_by, after.act_by, language, marks=(before.provisional, after.provisional)),
            _change(before.likely, after.likely, language),
            _change(before.safe, after.safe, language),
            _distance(effect.shift.days, effect.shift.working_days, english=english),
            f"{escape(headline(effect.obligation.rule, language))}\n[dim]{effect.obligation.key}[/dim]",
        )
    return table


def _change(before: date, after: date, language: str, marks: tuple[bool, bool] = (False, False)) -> str:
    days = [
        short_date(day, language) + (" *" if mark else "")
        for day, mark in zip((before, after), marks, strict=True)
    ]
    return days[0] if days[0] == days[1] else f"{days[0]} → {days[1]}"


def _distance(days: int, working_days: int, *, english: bool) -> str:
    if english:
        return f"{days:+d} d, {working_days:+d} working d"
    return f"{days:+d} hari, {working_days:+d} hari kerja"


def loaded_text(done: Sequence[Written], moved: int, language: str, *, stored: bool) -> None:
    """Say what was written and announced, and what is left to do."""
    english = language == "en"
    for one in done:
        if not one.changed:
            typer.echo(f"{one.path}: {'is there already' if english else 'sudah ada'}")
            continue
        before = f" ({'before' if english else 'sebelumnya'}: {one.kept.name})" if one.kept else ""
        typer.echo(f"{one.path}: {'written' if english else 'ditulis'}{before}")
    if not stored:
        typer.echo(
            "There is no database yet: 'tracker load' counts with this decree."
            if english
            else "Belum ada basis data: 'tracker load' akan menghitung dengan keputusan ini."
        )
        return
    typer.echo(
        f"{moved} moved deadlines announced. Services that are running take the decree by themselves."
        if english
        else f"{moved} tenggat yang berpindah diberitahukan. Layanan yang sedang berjalan memakainya sendiri."
    )
