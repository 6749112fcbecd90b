"""Somebody's duties as one calendar file. Entries are named as in mails, so that they replace each other."""

from collections.abc import Sequence
from datetime import timedelta

from icalendar import Calendar, Event

from tracker.bot.asker import Asker
from tracker.bot.screen import File, Reply, said
from tracker.channels.render import shorten
from tracker.obligations.wording import clause_text, cost_text, headline
from tracker.queries import Shown
from tracker.seen.sight import Window

_AHEAD = Window(0, 400)
_ENTRIES_AT_MOST = 300
_LONGEST = 200


def calendar_file(asker: Asker, details: Sequence[str]) -> Reply:
    """Send the duties of the year ahead as a calendar file."""
    del details
    found = asker.sight.duties(_AHEAD, 0, _ENTRIES_AT_MOST)
    if not found.items:
        return said(asker.say("Tidak ada tenggat dalam setahun ke depan.", "Nothing is due in a year."))
    caption = asker.say(
        f"{len(found.items)} tenggat setahun ke depan. Buka berkas ini untuk memasukkannya ke kalender; "
        "mintalah lagi bila ada yang bergeser.",
        f"{len(found.items)} deadlines of the year ahead. Open the file to put them into a calendar; "
        "ask again when something has moved.",
    )
    name = asker.say("tenggat.ics", "deadlines.ics")
    return Reply(file=File(name, _file(asker, found.items), caption))


def _file(asker: Asker, items: Sequence[Shown]) -> bytes:
    whole = Calendar()
    whole.add("version", "2.0")
    whole.add("prodid", f"-//tracker//deadlines//{asker.language.upper()}")
    whole.add("method", "PUBLISH")
    for shown in items:
        if shown.act_by is None:
            continue
        rule, agreement = shown.obligation.rule, shown.agreement
        event = Event()
        event.add("uid", f"{shown.obligation.key}@tracker")
        event.add("dtstamp", asker.now)
        event.add("dtstart", shown.act_by)
        event.add("dtend", shown.act_by + timedelta(days=1))
        title = shorten(headline(rule, asker.language), _LONGEST)
        event.add("summary", asker.say(f"Tenggat: {title}", f"Deadline: {title}"))
        clause = clause_text(rule.clause, agreement) or rule.law or ""
        event.add("description", "\n".join((agreement.title, clause, cost_text(rule, asker.language))))
        event.add("transp", "TRANSPARENT")
        whole.add_component(event)
    return bytes(whole.to_ical())
