"""A mail built whole by the standard library and icalendar: what the spliced one is compared with.

Two things it must not do as the library would: take a subject for encoded words (a line break within
one begins a new header), and use boundaries that a text may hold.
"""

from datetime import date, datetime, timedelta
from email.message import EmailMessage
from hashlib import sha256
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Event

from tracker.channels.email import entries, render
from tracker.channels.email.headers import POLICY
from tracker.channels.email.ics import ALARM_BEFORE
from tracker.channels.links import Links
from tracker.channels.lists import fill_list
from tracker.channels.render import fill, obligation_key
from tracker.channels.wrap import flatten
from tracker.outbox.content import AlertContent, Content, ListContent
from tracker.outbox.delivery import Delivery
from tracker.outbox.keys import GROUP, HAND_OVER


def slow_message(delivery: Delivery, sender: str, links: Links | None = None) -> bytes:
    """Build what `render.message` builds, several times as slowly."""
    content, now = delivery.content, delivery.now
    mail = EmailMessage(policy=POLICY)
    for name, value in _headers(delivery, sender).items():
        mail[name] = flatten(value)
    mail["Date"] = now.astimezone(ZoneInfo(content.timezone))
    _write_texts(mail, delivery, links)
    calendar = slow_calendar(content, now)
    if calendar:
        mail.add_attachment(
            calendar,
            subtype="calendar",
            filename=entries.FILE_NAME[content.language].format(date=_first_day(content).isoformat()),
            params={"method": "PUBLISH"},
        )
    mail["Content-Language"] = content.language
    token = sha256(f"slow {delivery.message_id}".encode()).hexdigest()[:32]
    for number, part in enumerate(part for part in mail.walk() if part.is_multipart()):
        part.set_boundary(f"=_{token}_{number}")
    return mail.as_bytes()


def slow_calendar(content: Content, now: datetime) -> str:
    """Build what `entries` writes; empty where it writes nothing."""
    found = Calendar()
    found.add("version", "2.0")
    found.add("prodid", f"-//tracker//deadlines//{content.language.upper()}")
    found.add("method", "PUBLISH")
    if isinstance(content, AlertContent):
        texts = content.headline, entries.alert_text(content)
        found.add_component(_event(content, obligation_key(content), content.act_by, texts, now))
        return str(found.to_ical(), "utf-8")
    if content.point not in {GROUP, HAND_OVER}:
        return ""
    for item in content.items:
        if item.act_by is not None:
            texts = item.headline, entries.item_text(content, item)
            found.add_component(_event(content, item.obligation, item.act_by, texts, now))
    return str(found.to_ical(), "utf-8") if found.subcomponents else ""


def _first_day(content: Content) -> date:
    if isinstance(content, AlertContent):
        return content.act_by
    return min(item.act_by for item in content.items if item.act_by is not None)


def _event(content: Content, about: str, day: date, texts: tuple[str, str], now: datetime) -> Event:
    title = entries.TITLE[content.language].format(headline=flatten(texts[0]))
    event = Event()
    event.add("uid", f"{about}@tracker")
    event.add("dtstamp", now)
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("summary", title)
    event.add("description", texts[1])
    event.add("transp", "TRANSPARENT")
    if entries.has_alarm(content, day, now):
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", title)
        alarm.add("trigger", -ALARM_BEFORE)
        event.add_component(alarm)
    return event


def _headers(delivery: Delivery, sender: str) -> dict[str, str]:
    return {
        "From": sender,
        "To": delivery.address,
        "Subject": render.subject(delivery.content, delivery.now).replace("=?", "= ?"),
        "Message-ID": delivery.message_id,
        "In-Reply-To": delivery.thread_id,
        "References": delivery.thread_id,
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }


def _write_texts(mail: EmailMessage, delivery: Delivery, links: Links | None) -> None:
    content, now = delivery.content, delivery.now
    if isinstance(content, ListContent):
        done = links.done(delivery, content) if links else {}
        site = links.site if links else ""
        plain, html = (
            fill_list(f"email/templates/list.{kind}", content, now, done=done, site=site)
            for kind in ("txt", "html")
        )
    else:
        answers = links.answers(delivery, content) if links else None
        plain, html = (
            fill(f"email/templates/{content.language}.{kind}", content, now, answers=answers)
            for kind in ("txt", "html")
        )
    mail.set_content(plain)
    mail.add_alternative(html, subtype="html")
