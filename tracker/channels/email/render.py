"""An alert as one email: text, HTML and a calendar entry. The same delivery gives the same bytes."""

from datetime import datetime, time, timedelta
from email.headerregistry import BaseHeader, HeaderRegistry, MessageIDHeader
from email.message import EmailMessage
from email.policy import SMTP
from hashlib import sha256
from typing import cast
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Event

from tracker.base.dates import clock_text, days_phrase, long_date, short_moment
from tracker.channels.lists import fill_list
from tracker.channels.render import act_by_time, fill, flatten, local_day, obligation_key, shorten
from tracker.outbox.content import AlertContent, Content, ListContent
from tracker.outbox.delivery import Delivery

SUBJECT_LENGTH = 149
ALARM_BEFORE = timedelta(hours=16)
"""08:00 on the day before: an all-day entry begins at midnight."""

_HEADLINE_LENGTH = 80
_SUBJECT = {
    "id": ("[Tenggat {date}, {left}]", "[Tenggat {date}, TERLAMBAT {days} hari]"),
    "en": ("[Deadline {date}, {left}]", "[Deadline {date}, OVERDUE by {days} day{plural}]"),
}
_EVENT_TITLE = {"id": "Tenggat: {headline}", "en": "Deadline: {headline}"}
_EVENT_TEXT = {
    "id": "{act}\nKepada: {towards}\nBentuk: {form}\nDasar: {clause}\nTanggal aman: {safe}\n"
    "Tanggal yang paling mungkin: {likely}\nPerjanjian: {title}",
    "en": "{act}\nTowards: {towards}\nForm: {form}\nClause: {clause}\nSafe date: {safe}\n"
    "Most likely date: {likely}\nAgreement: {title}",
}
_FILE_NAME = {"id": "tenggat-{date}.ics", "en": "deadline-{date}.ics"}


# Without this, long ids are encoded word by word and mail programs lose the thread. Seven bits
# because a relay need not know 8BITMIME.
_HEADER_TYPES = HeaderRegistry()
for _name in ("References", "In-Reply-To"):
    _HEADER_TYPES.map_to_type(_name, cast("type[BaseHeader]", MessageIDHeader))
_POLICY = SMTP.clone(header_factory=_HEADER_TYPES, cte_type="7bit")


def message(delivery: Delivery, sender: str) -> bytes:
    """Build the whole message, ready for the wire."""
    content, now = delivery.content, delivery.now
    mail = EmailMessage(policy=_POLICY)
    for name, value in _headers(delivery, sender).items():
        mail[name] = flatten(value)
    mail["Date"] = now.astimezone(ZoneInfo(content.timezone))
    if isinstance(content, ListContent):
        _write_list(mail, content, now)
    else:
        _write_alert(mail, content, now)
    # Last, because turning into a multipart moves every Content- header into the first part.
    mail["Content-Language"] = content.language
    _fix_boundaries(mail, delivery.message_id)
    return mail.as_bytes()


def _write_alert(mail: EmailMessage, content: AlertContent, now: datetime) -> None:
    mail.set_content(fill(f"email/templates/{content.language}.txt", content, now))
    mail.add_alternative(fill(f"email/templates/{content.language}.html", content, now), subtype="html")
    mail.add_attachment(
        calendar(content, now),
        subtype="calendar",
        filename=_FILE_NAME[content.language].format(date=content.act_by.isoformat()),
        params={"method": "PUBLISH"},
    )


def _write_list(mail: EmailMessage, content: ListContent, now: datetime) -> None:
    mail.set_content(fill_list("email/templates/list.txt", content, now))
    mail.add_alternative(fill_list("email/templates/list.html", content, now), subtype="html")


def subject(content: Content, now: datetime) -> str:
    """Give the subject line: the date first, then what to do, then the agreement; under 150 characters."""
    if isinstance(content, ListContent):
        begin = f"[{shorten(content.headline, _HEADLINE_LENGTH)}] "
        return begin + shorten(content.agreement_title, SUBJECT_LENGTH - len(begin))
    days = (content.act_by - local_day(content, now)).days
    ahead, overdue = _SUBJECT[content.language]
    head = (overdue if days < 0 else ahead).format(
        date=short_moment(content.act_by, act_by_time(content), content.language),
        left=days_phrase(days, content.language),
        days=-days,
        plural="" if days == -1 else "s",
    )
    begin = f"{head} {shorten(content.headline, _HEADLINE_LENGTH)} - "
    return begin + shorten(content.agreement_title, SUBJECT_LENGTH - len(begin))


def calendar(content: AlertContent, now: datetime) -> str:
    """Give the all-day calendar entry; later alerts of the obligation replace it, by its UID."""
    language = content.language
    title = _EVENT_TITLE[language].format(headline=flatten(content.headline))
    event = Event()
    event.add("uid", f"{obligation_key(content)}@tracker")
    event.add("dtstamp", now)
    event.add("dtstart", content.act_by)
    event.add("dtend", content.act_by + timedelta(days=1))
    event.add("summary", title)
    event.add("description", _event_text(content))
    event.add("transp", "TRANSPARENT")
    if now < _midnight(content) - ALARM_BEFORE:
        event.add_component(_alarm(title))
    entry = Calendar()
    entry.add("version", "2.0")
    entry.add("prodid", f"-//tracker//deadlines//{language.upper()}")
    entry.add("method", "PUBLISH")
    entry.add_component(event)
    return str(entry.to_ical(), "utf-8")


def _headers(delivery: Delivery, sender: str) -> dict[str, str]:
    return {
        "From": sender,
        "To": delivery.address,
        "Subject": subject(delivery.content, delivery.now),
        "Message-ID": delivery.message_id,
        "In-Reply-To": delivery.thread_id,
        "References": delivery.thread_id,
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }


def _fix_boundaries(mail: EmailMessage, message_id: str) -> None:
    # The library draws boundaries at random; a repeat must be the same message.
    token = sha256(message_id.encode()).hexdigest()[:32]
    for number, part in enumerate(part for part in mail.walk() if part.is_multipart()):
        part.set_boundary(f"=_{token}_{number}")


def _event_text(content: AlertContent) -> str:
    return _EVENT_TEXT[content.language].format(
        act=flatten(content.act),
        towards=flatten(content.towards),
        form=flatten(content.form),
        clause=flatten(content.clause),
        safe=long_date(content.safe, content.language) + clock_text(content.by_time, content.language),
        likely=long_date(content.likely, content.language) + clock_text(content.by_time, content.language),
        title=flatten(content.agreement_title),
    )


def _midnight(content: AlertContent) -> datetime:
    return datetime.combine(content.act_by, time(), ZoneInfo(content.timezone))


def _alarm(title: str) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", title)
    alarm.add("trigger", -ALARM_BEFORE)
    return alarm
