"""What is due, what is overdue, and the week ahead."""

from collections.abc import Sequence

from tracker.bot.asker import Asker
from tracker.bot.lines import IN_A_LIST, listed, openers
from tracker.bot.screen import Button, Reply, Rows, bold, page_of, pager, said
from tracker.people.requests import ask, number
from tracker.seen.sight import OVERDUE, Window

DUE, LATE, WEEK = "tenggat", "terlambat", "ringkas"
SPANS = (7, 30, 90)
_USUAL = 30
_IN_THE_WEEK = 5


def due(asker: Asker, details: Sequence[str]) -> Reply:
    """Give what must be done in the next days; a manager's of the unit, an officer's own."""
    days = number(details, 0, _USUAL, most=3650) or _USUAL
    title = asker.say(f"Tenggat {days} hari ke depan", f"Due in the next {days} days")
    nothing = asker.say(
        f"Tidak ada tenggat dalam {days} hari ke depan.", f"Nothing is due in the next {days} days."
    )
    spans = tuple(
        Button(asker.say(f"{span} hari", f"{span} days"), ask(DUE, span)) for span in SPANS if span != days
    )
    late = asker.sight.duties(OVERDUE, 0, 1).total
    more = (Button(asker.say(f"Terlambat: {late}", f"Overdue: {late}"), ask(LATE)),) if late else ()
    window = Window(0, days)
    return _list(asker, window, title, nothing, ask(DUE, days), number(details, 1, 0), (spans, more))


def late(asker: Asker, details: Sequence[str]) -> Reply:
    """Give what should have been done."""
    title = asker.say("Terlambat", "Overdue")
    nothing = asker.say("Tidak ada kewajiban yang terlambat.", "Nothing is overdue.")
    return _list(asker, OVERDUE, title, nothing, ask(LATE, ""), number(details, 1, 0), (_to_due(asker),))


def week(asker: Asker, details: Sequence[str]) -> Reply:
    """Give the week ahead in a few lines."""
    del details
    overdue = asker.sight.duties(OVERDUE, 0, 1).total
    soon = asker.sight.duties(Window(0, 7), 0, _IN_THE_WEEK)
    month = asker.sight.duties(Window(0, 30), 0, 1).total
    text = [
        bold(asker.say("Ringkasan pekan ini", "The week ahead")),
        asker.say(f"Terlambat: {overdue}", f"Overdue: {overdue}"),
        asker.say(f"7 hari ke depan: {soon.total}", f"Next 7 days: {soon.total}"),
        asker.say(f"30 hari ke depan: {month}", f"Next 30 days: {month}"),
        *(f"\n{line}" for line in listed(asker, soon.items, 1)),
    ]
    rows = (openers(soon.items, 1), _to_due(asker))
    late_one = (Button(asker.say("Lihat yang terlambat", "Show what is overdue"), ask(LATE)),)
    return said("\n".join(text), *rows, late_one if overdue else ())


def _list(
    asker: Asker,
    window: Window,
    title: str,
    nothing: str,
    again: tuple[str, tuple[str, ...]],
    page: int,
    below: Rows,
) -> Reply:
    found = asker.sight.duties(window, page * IN_A_LIST, IN_A_LIST)
    if page != page_of(page, found.total, IN_A_LIST):  # fewer by now
        page = page_of(page, found.total, IN_A_LIST)
        found = asker.sight.duties(window, page * IN_A_LIST, IN_A_LIST)
    if not found.total:
        return said(nothing, *below)
    first = page * IN_A_LIST + 1
    lines = listed(asker, found.items, first)
    name, details = again
    turn = pager(page, found.total, IN_A_LIST, lambda to: ask(name, *details, to))
    text = "\n\n".join([f"{bold(title)} ({found.total})", *lines])
    return said(text, openers(found.items, first), turn, *below)


def _to_due(asker: Asker) -> tuple[Button, ...]:
    return tuple(Button(asker.say(f"{span} hari", f"{span} days"), ask(DUE, span)) for span in SPANS)
