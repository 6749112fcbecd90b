"""Duties as lines of a list, and the buttons that open them."""

from collections.abc import Sequence

from tracker.base.dates import clock_text, days_phrase, long_date
from tracker.bot.asker import Asker
from tracker.bot.screen import Button, bold, plain
from tracker.obligations.wording import headline
from tracker.people.requests import DUTY, ask
from tracker.queries import Shown

IN_A_LIST = 5


def when(asker: Asker, shown: Shown) -> str:
    """Say until when a duty must be done, and how many days are left."""
    if shown.act_by is None:
        return asker.say("Tanpa tanggal", "Without a date")
    deadline = shown.obligation.deadline
    exact = deadline is not None and deadline.act_by == deadline.likely == shown.act_by
    at = clock_text(deadline.by_time, asker.language) if deadline and exact else ""
    return f"{long_date(shown.act_by, asker.language)}{at}"


def left(asker: Asker, shown: Shown) -> str:
    """Say how many days are left; nothing where there is no date."""
    if shown.act_by is None:
        return ""
    return f"({days_phrase(shown.days_left(asker.now), asker.language)})"


def listed(asker: Asker, items: Sequence[Shown], first: int, *, with_agreement: bool = True) -> list[str]:
    """Give each duty as a few lines, numbered from `first`."""
    return [
        _lines(asker, shown, number, with_agreement=with_agreement)
        for number, shown in enumerate(items, start=first)
    ]


def openers(items: Sequence[Shown], first: int) -> tuple[Button, ...]:
    """Give the buttons that open the duties of a list."""
    return tuple(
        Button(str(number), ask(DUTY, shown.obligation.key))
        for number, shown in enumerate(items, start=first)
    )


def _lines(asker: Asker, shown: Shown, number: int, *, with_agreement: bool) -> str:
    head = f"{number}. {bold(when(asker, shown))} {left(asker, shown)}"
    lines = [head, plain(headline(shown.obligation.rule, asker.language), 90)]
    if with_agreement:
        lines.append(f"<i>{plain(shown.agreement.title, 60)}</i>")
    return "\n".join(lines)
