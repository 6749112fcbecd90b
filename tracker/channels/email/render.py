"""An alert as one email: text, HTML and a calendar entry. The same delivery gives the same bytes."""

from collections.abc import Mapping
from datetime import datetime, time
from email.utils import format_datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from tracker.base.dates import clock_text, days_phrase, long_date, short_moment
from tracker.channels.email.headers import address_line, text_line
from tracker.channels.email.ics import ALARM_BEFORE, Entry, calendar_file
from tracker.channels.email.mime import Attachment, Text, parts
from tracker.channels.email.page import Words
from tracker.channels.links import Answers, Links
from tracker.channels.lists import fill_list
from tracker.channels.render import (
    act_by_time,
    local_day,
    obligation_key,
    shorten,
    view,
)
from tracker.channels.wrap import flatten
from tracker.outbox.content import AlertContent, Content, ListContent
from tracker.outbox.delivery import Delivery

SUBJECT_LENGTH = 149

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


def message(delivery: Delivery, sender: str, links: Links | None = None) -> bytes:
    """Build the whole message, ready for the wire; with `links` it can be answered."""
    content = delivery.content
    if isinstance(content, ListContent):
        done = links.done(delivery, content) if links else {}
        body = _list_parts(content, delivery, done)
    else:
        body = _alert_parts(content, delivery, links.answers(delivery, content) if links else None)
    return _headers(delivery, sender) + _unsubscribing(delivery, links) + body


def subject(content: Content, now: datetime) -> str:
    """Give the subject line: the date first, then what to do, then the agreement; under 150 characters."""
    if isinstance(content, ListContent):
        if not content.agreement_title:
            return shorten(content.headline, SUBJECT_LENGTH)
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
    entry = Entry(
        uid=f"{obligation_key(content)}@tracker",
        stamp=now,
        day=content.act_by,
        title=_EVENT_TITLE[content.language].format(headline=flatten(content.headline)),
        text=_event_text(content),
    )
    return calendar_file(entry, content.language, alarm=now < _midnight(content) - ALARM_BEFORE)


def _headers(delivery: Delivery, sender: str) -> bytes:
    content, now = delivery.content, delivery.now
    thread = flatten(delivery.thread_id)
    date = _date(now.replace(microsecond=0), content.timezone)
    return b"".join(
        (
            address_line("From", flatten(sender)),
            address_line("To", flatten(delivery.address)),
            text_line("Subject", flatten(subject(content, now))),
            address_line("Message-ID", flatten(delivery.message_id)),
            address_line("In-Reply-To", thread),
            address_line("References", thread),
            date,
        )
    )


@lru_cache(16)
def _date(second: datetime, timezone: str) -> bytes:
    return f"Date: {format_datetime(second.astimezone(ZoneInfo(timezone)))}\r\n".encode("ascii")


def _unsubscribing(delivery: Delivery, links: Links | None) -> bytes:
    """Write what lets a mail program refuse a digest with one click (RFC 8058)."""
    link = links.unsubscribe(delivery) if links else None
    if link is None:
        return b""
    one_click = b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" if link.startswith("https:") else b""
    return f"List-Unsubscribe: <{link}>\r\n".encode("ascii") + one_click


def _alert_parts(content: AlertContent, delivery: Delivery, answers: Answers | None) -> bytes:
    language, folder, now = content.language, "email/templates", delivery.now
    words = Words(content, view(content, now), answers)
    name = _FILE_NAME[language].format(date=content.act_by.isoformat())
    return parts(
        language,
        delivery.message_id,
        words.plain(f"{folder}/{language}.txt"),
        words.html(f"{folder}/{language}.html"),
        Attachment(name, Text(calendar(content, now), is_narrow=obligation_key(content).isprintable())),
    )


def _list_parts(content: ListContent, delivery: Delivery, done: Mapping[str, str]) -> bytes:
    plain, html = (
        Text(fill_list(f"email/templates/list.{kind}", content, delivery.now, done=done))
        for kind in ("txt", "html")
    )
    return parts(content.language, delivery.message_id, plain, html, None)


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
