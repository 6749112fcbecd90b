"""A list of duties as every channel shows it at the moment of sending."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from tracker.base.dates import clock_text, days_phrase, long_date
from tracker.channels.render import local_day, render
from tracker.outbox.content import ListContent, ListItem
from tracker.outbox.keys import GROUP
from tracker.reminders.ladder import AT_ONCE

_WORDS = {
    "id": {
        "towards": "Kepada",
        "clause": "Dasar",
        "cost": "Jika terlewat",
        "now": "Sekarang (tanpa batas waktu)",
        "undated": "Tanpa tanggal, tetapi tetap berlaku",
        "notes": "Catatan",
        "more": "dan {count} lagi; mintalah daftar lengkapnya kepada pengelola perjanjian di kantor Anda",
        "more_here": "dan {count} lagi; lihat semuanya di sini",
        "agreement": "Perjanjian",
        "recipient": "Untuk",
        "code": "Kode",
        "rest": "Selanjutnya",
        "done": "Sudah dikerjakan",
        "open": "Buka tautan",
        "automatic": "Pesan ini dikirim otomatis oleh pelacak tenggat perjanjian. Mohon tidak membalasnya, "
        "karena balasan tidak dibaca.",
    },
    "en": {
        "towards": "Towards",
        "clause": "Clause",
        "cost": "If missed",
        "now": "Now (no time limit)",
        "undated": "Without a date, but in force",
        "notes": "Notes",
        "more": "and {count} more; ask whoever manages the agreement in your office for the whole list",
        "more_here": "and {count} more; see them all here",
        "agreement": "Agreement",
        "recipient": "For",
        "code": "Code",
        "rest": "Next",
        "done": "Already done",
        "open": "Open the link",
        "automatic": "This message was sent automatically by the agreement deadline tracker. Please do not "
        "reply: nobody reads the answers.",
    },
}
"""What the templates of a list say around it."""

IN_FULL = 10
"""How many duties a message about several reminders tells in full; the others get a line each."""


@dataclass(frozen=True, slots=True)
class Line:
    """One duty as it reads at one instant."""

    item: ListItem
    when: str
    overdue: bool
    done: str = ""
    """The link by which it is said to be done; empty where there is none."""


def fill_list(
    template: str,
    content: ListContent,
    now: datetime,
    *,
    most: int | None = None,
    done: Mapping[str, str] = MappingProxyType({}),
    site: str = "",
) -> str:
    """Fill one of the packaged templates of a list; `most` cuts it to its first duties.

    `done` holds links by which duties are said to be done, by their keys. `site` is where the reader
    sees what a long list leaves out; without one a line is left of each.
    """
    items = content.items[:most]
    at_once = content.point == AT_ONCE
    lines = [
        _line(item, content, now, done.get(item.obligation, "")) for item in items if item.act_by or at_once
    ]
    whole = IN_FULL if content.point == GROUP else len(lines)
    rest = lines[whole:]
    linked = len(rest) if site else 0
    words = _WORDS[content.language]
    more = content.more + len(content.items) - len(items) + linked
    return render(
        template,
        content=content,
        lines=lines[:whole],
        rest=[] if linked else rest,
        undated=[item for item in items if not (item.act_by or at_once)],
        more=(words["more_here"] if site else words["more"]).format(count=more) if more else "",
        site=site,
        words=words,
    )


def _line(item: ListItem, content: ListContent, now: datetime, done: str) -> Line:
    if item.act_by is None:
        return Line(item, _WORDS[content.language]["now"], overdue=False, done=done)
    days = (item.act_by - local_day(content, now)).days
    day = long_date(item.act_by, content.language) + clock_text(item.by_time, content.language)
    return Line(item, f"{day} ({days_phrase(days, content.language)})", overdue=days < 0, done=done)
