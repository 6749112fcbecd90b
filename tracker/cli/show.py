"""Tables and faults on the terminal."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tracker.base.dates import days_phrase, local_time, short_date, short_moment
from tracker.base.errors import BadTermsError
from tracker.base.faults import Fault
from tracker.calendars.model import Calendar
from tracker.obligations.deadline import Deadline
from tracker.obligations.model import Obligation, State
from tracker.obligations.state_wording import state_text
from tracker.obligations.window_wording import window_text
from tracker.obligations.windows import Window, window_for
from tracker.obligations.wording import clause_text, due_text, headline, people_text
from tracker.queries import Shown
from tracker.settling import Settled
from tracker.terms.model import Agreement

_SIDES = ("before", "after")
_HEADINGS = {
    "id": ("Bertindak paling lambat", "Lazim", "Aman", "Kewajiban", "Pasal", "Kejadian"),
    "en": ("Act by", "Likely", "Safe", "Duty", "Clause", "Occurrence"),
}
_FIGURES = {
    "id": {
        "act_by": "bertindak paling lambat",
        "likely": "lazim",
        "safe": "aman",
        "strictest": "paling ketat",
        "latest": "paling akhir",
    },
    "en": {
        "act_by": "act by",
        "likely": "likely",
        "safe": "safe",
        "strictest": "strictest",
        "latest": "latest",
    },
}


def console() -> Console:
    """Give a console that never cuts dates, also where the output is piped."""
    found = Console(highlight=False)
    return found if found.is_terminal else Console(highlight=False, width=160)


def fail_on(faults: Sequence[Fault]) -> None:
    """Print faults; raise BadTermsError if one of them is an error."""
    for fault in faults:
        typer.echo(str(fault), err=True)
    errors = sum(fault.is_error for fault in faults)
    if errors:
        raise BadTermsError(f"({errors} errors)")


def deadlines_table(
    agreement: Agreement,
    obligations: Sequence[Obligation],
    language: str,
    windows: Sequence[Window | None] = (),
) -> None:
    """Print what `compute` found: dated duties as a table, the others as short lists.

    `windows` say, beside each obligation, what a wish to end early comes to.
    """
    out = console()
    table = _table(agreement.title, language)
    without: dict[State, list[Obligation]] = {}
    for one in obligations:
        if one.deadline is None:
            without.setdefault(one.state, []).append(one)
            continue
        found = one.deadline
        mark = " *" if found.provisional else ""
        table.add_row(
            f"[bold]{_act_by(found, language)}[/bold]{mark}",
            short_moment(found.likely, found.by_time, language),
            short_moment(found.safe, found.by_time, language),
            escape(headline(one.rule, language)),
            clause_text(one.rule.clause, agreement) or one.rule.law or "",
            f"{one.rule.id}/{one.occurrence}",
        )
    out.print(table)
    if any(one.deadline and one.deadline.provisional for one in obligations):
        _provisional_note(out, language)
    for one, window in zip(obligations, windows, strict=False):
        if window is not None:
            out.print(f"\n[bold]{one.rule.id}/{one.occurrence}[/bold]")
            for sentence in window_text(window, language):
                out.print(f"  {sentence}", markup=False)
    _list_without_date(out, agreement, without, language)


def _list_without_date(
    out: Console, agreement: Agreement, without: dict[State, list[Obligation]], language: str
) -> None:
    english = language == "en"
    titles = {
        State.WAITING: "Waits for an event" if english else "Menunggu peristiwa",
        State.OPEN: "Without a date: standing, or a question to ask"
        if english
        else "Tanpa tanggal: berlaku terus, atau perlu ditanyakan",
    }
    for state, title in titles.items():
        if found := without.get(state):
            out.print(f"\n[bold]{title}[/bold]")
        for one in found or ():
            rule = one.rule
            event = f" ({rule.trigger_event})" if rule.trigger_event else ""
            out.print(f"  {rule.id}: {headline(rule, language)}; {due_text(rule.due, language)}{event}")
    disabled = [rule.id for rule in agreement.rules if not rule.enabled]
    if disabled:
        title = "Statutory rules not enabled" if english else "Aturan undang-undang yang tidak diaktifkan"
        out.print(f"\n{title}: {', '.join(disabled)}")


def upcoming_table(shown: Sequence[Shown], now: datetime, language: str) -> None:
    """Print stored obligations by date, with days left, state, and the key that `explain` takes."""
    out = console()
    table = Table(header_style="bold")
    headings = {
        "id": ("Bertindak paling lambat", "Sisa", "Status", "Kewajiban"),
        "en": ("Act by", "Left", "State", "Duty"),
    }
    for heading in headings["en" if language == "en" else "id"]:
        table.add_column(heading, overflow="fold")
    for one in shown:
        deadline, rule = one.obligation.deadline, one.obligation.rule
        day = _act_by(deadline, language) if deadline else "-"
        mark = " *" if deadline and deadline.provisional else ""
        towards = people_text(one.agreement, rule.duty.to, language)
        table.add_row(
            f"[bold]{day}[/bold]{mark}",
            days_phrase(one.days_left(now), language) if deadline else "",
            state_text(one.state, language),
            f"{escape(headline(rule, language))} → {escape(towards)}\n[dim]{one.obligation.key}[/dim]",
            style="bold red" if one.state is State.OVERDUE else "",
        )
    out.print(table)
    if any(one.obligation.deadline and one.obligation.deadline.provisional for one in shown):
        _provisional_note(out, language)


def unverified_table(rows: Sequence[Mapping[str, str]], language: str) -> None:
    """Print what nobody has confirmed yet."""
    english, out = language == "en", console()
    if not rows:
        out.print("Nothing is unverified." if english else "Tidak ada yang belum diverifikasi.")
        return
    table = Table(header_style="bold")
    headings = (
        ("Likely", "Latest", "Clause", "Duty", "Holder")
        if english
        else ("Lazim", "Paling akhir", "Pasal", "Kewajiban", "Pemegang")
    )
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(
            _iso(row["likely"], language),
            _iso(row["latest"], language),
            escape(row["clause"]),
            f"{escape(row['act'])}\n[dim]{row['key']}[/dim]",
            escape(row["holder"]),
        )
    out.print(table)
    out.print(f"{len(rows)} unverified." if english else f"{len(rows)} belum diverifikasi.")


def settled_text(found: Settled, language: str) -> None:
    """Say what settling a list did."""
    english = language == "en"
    if found.faults:
        faults = len(found.faults)
        typer.echo(
            f"{faults} faults; nothing was recorded."
            if english
            else f"{faults} kesalahan; tidak ada yang dicatat.",
            err=True,
        )
        return
    done, waived, reopened = found.outcomes.values()
    typer.echo(
        f"{done} done, {waived} waived, {reopened} open again; "
        f"{found.recorded_before} recorded before, {found.left} left for later."
        if english
        else f"{done} selesai, {waived} dikesampingkan, {reopened} dibuka kembali; "
        f"{found.recorded_before} sudah tercatat, {found.left} belum diisi."
    )
    for key, state in found.states.items():
        typer.echo(f"  {key}: {state_text(State(state), language)}")


def _act_by(deadline: Deadline, language: str) -> str:
    # A day that was moved back is wholly free: the clock time belongs to the likely day.
    at = deadline.by_time if deadline.act_by == deadline.likely else None
    return short_moment(deadline.act_by, at, language)


def numbered(steps: Iterable[str]) -> None:
    """Print a derivation."""
    out = console()
    for number, step in enumerate(steps, start=1):
        out.print(f"{number:>3}. {step}", markup=False)


def moves_list(moves: Sequence[Mapping[str, Any]], zone: ZoneInfo, language: str) -> None:
    """Print how an obligation's figures moved: when, from which days to which, and why."""
    if not moves:
        return
    english = language == "en"
    names = _FIGURES["en" if english else "id"]
    out = console()
    out.print("\n[bold]Date history[/bold]" if english else "\n[bold]Riwayat tanggal[/bold]")
    for move in moves:
        at = local_time(datetime.fromisoformat(move["at"]), zone, language)
        out.print(f"  {at}: {'because of' if english else 'karena'} {move['why']}", markup=False)
        for name, word in names.items():
            before, after = move["before"][name], move["after"][name]
            if before != after:
                out.print(f"    {word}: {_iso(before, language)} → {_iso(after, language)}", markup=False)
        times = [(move[name].get("by_time") or "-").replace(":", ":" if english else ".") for name in _SIDES]
        if times[0] != times[1]:
            out.print(f"    {'time' if english else 'pukul'}: {times[0]} → {times[1]}", markup=False)
        before, after = (_certainty(move[name], english=english) for name in _SIDES)
        if before != after:
            out.print(f"    {before} → {after}", markup=False)


def _certainty(figures: Mapping[str, Any], *, english: bool) -> str:
    if figures["provisional"]:
        return "provisional" if english else "sementara"
    return "certain" if english else "pasti"


def _iso(day: str | None, language: str) -> str:
    return short_date(date.fromisoformat(day), language) if day else "-"


def _table(title: str, language: str) -> Table:
    table = Table(title=title, title_justify="left", header_style="bold")
    for heading in _HEADINGS["en" if language == "en" else "id"]:
        table.add_column(heading)
    return table


def _provisional_note(out: Console, language: str) -> None:
    out.print(
        "* provisional: the holiday decree (SKB) of that year is not held yet"
        if language == "en"
        else "* sementara: SKB hari libur tahun itu belum tersedia"
    )


def due_lines(shown: Shown, calendar: Calendar, now: datetime, language: str) -> list[str]:
    """Say by when one obligation must be done, how long that is, and what a closed window means."""
    name = f"  {headline(shown.obligation.rule, language)} ({shown.obligation.key})"
    if shown.act_by is None:
        return [name]
    days = days_phrase(shown.days_left(now), language)
    lines = [f"{short_date(shown.act_by, language)} ({days})", name]
    today = now.astimezone(shown.agreement.zone).date()
    window = window_for(shown.agreement, shown.obligation, calendar, today)
    return [*lines, *(f"    {sentence}" for sentence in (window_text(window, language) if window else []))]
