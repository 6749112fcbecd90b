"""Tables and faults on the terminal."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tracker.base.dates import days_phrase, short_moment
from tracker.base.errors import BadTermsError
from tracker.base.faults import Fault
from tracker.obligations.deadline import Deadline
from tracker.obligations.model import Obligation, State
from tracker.obligations.state_wording import state_text
from tracker.obligations.window_wording import window_text
from tracker.obligations.windows import Window
from tracker.obligations.wording import clause_text, due_text, headline, people_text
from tracker.queries import Shown
from tracker.terms.model import Agreement

_HEADINGS = {
    "id": ("Bertindak paling lambat", "Lazim", "Aman", "Kewajiban", "Pasal", "Kejadian"),
    "en": ("Act by", "Likely", "Safe", "Duty", "Clause", "Occurrence"),
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


def _act_by(deadline: Deadline, language: str) -> str:
    # A day that was moved back is wholly free: the clock time belongs to the likely day.
    at = deadline.by_time if deadline.act_by == deadline.likely else None
    return short_moment(deadline.act_by, at, language)


def numbered(steps: Iterable[str]) -> None:
    """Print a derivation."""
    out = console()
    for number, step in enumerate(steps, start=1):
        out.print(f"{number:>3}. {step}", markup=False)


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
