"""A mail built whole by the standard library and icalendar: what the spliced one is compared with.

Two things it must not do as the library would: take a subject for encoded words (a line break within
one begins a new header), and use boundaries that a text may hold.
"""

from datetime import datetime, timedelta
from email.message import EmailMessage
from hashlib import sha256
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Event

from tracker.channels.email import render
from tracker.channels.email.headers import POLICY
from tracker.channels.email.ics import ALARM_BEFORE
from tracker.channels.links import Links
from tracker.channels.lists import fill_list
from tracker.channels.render import fill, obligation_key
from tracker.channels.wrap import flatten
from tracker.outbox.content import AlertContent, ListContent
from tracker.outbox.delivery import Delivery


def slow_message(delivery: Delivery, sender: str, links: Links | None = None) -> bytes:
    """Build what `render.message` builds, several times as slowly."""
    content, now = delivery.content, delivery.now
    mail = EmailMessage(policy=POLICY)
    for name, value in _headers(delivery, sender).items():
        mail[name] = flatten(value)
    mail["Date"] = now.astimezone(ZoneInfo(content.timezone))
    _write_texts(mail, delivery, links)
    if isinstance(content, AlertContent):
        mail.add_attachment(
            slow_calendar(content, now),
            subtype="calendar",
            filename=render._FILE_NAME[content.language].format(date=content.act_by.isoformat()),
            params={"method": "PUBLISH"},
        )
    mail["Content-Language"] = content.language
    token = sha256(f"slow {delivery.message_id}".encode()).hexdigest()[:32]
    for number, part in enumerate(part for part in mail.walk() if part.is_multipart()):
        part.set_boundary(f"=_{token}_{number}")
    return mail.as_bytes()


def slow_calendar(content: AlertContent, now: datetime) -> str:
    """Build what `render.calendar` builds."""
    title = render._EVENT_TITLE[content.language].format(headline=flatten(content.headline))
    event = Event()
    event.add("uid", f"{obligation_key(content)}@tracker")
    event.add("dtstamp", now)
    event.add("dtstart", content.act_by)
    event.add("dtend", content.act_by + timedelta(days=1))
    event.add("summary", title)
    event.add("description", render._event_text(content))
    event.add("transp", "TRANSPARENT")
    if now < render._midnight(content) - ALARM_BEFORE:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", title)
        alarm.add("trigger", -ALARM_BEFORE)
        event.add_component(alarm)
    entry = Calendar()
    entry.add("version", "2.0")
    entry.add("prodid", f"-//tracker//deadlines//{content.language.upper()}")
    entry.add("method", "PUBLISH")
    entry.add_component(event)
    return str(entry.to_ical(), "utf-8")


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
        plain, html = (
            fill_list(f"email/templates/list.{kind}", content, now, done=done) for kind in ("txt", "html")
        )
    else:
        answers = links.answers(delivery, content) if links else None
        plain, html = (
            fill(f"email/templates/{content.language}.{kind}", content, now, answers=answers)
            for kind in ("txt", "html")
        )
    mail.set_content(plain)
    mail.add_alternative(html, subtype="html")
