"""An alert as one email: text, HTML and a calendar entry. The same delivery gives the same bytes."""

from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from tracker.base.dates import days_phrase, short_moment
from tracker.channels.email import entries
from tracker.channels.email.headers import address_line, text_line
from tracker.channels.email.mime import Text, parts
from tracker.channels.email.page import Words
from tracker.channels.links import Answers, Links
from tracker.channels.lists import fill_list
from tracker.channels.render import (
    act_by_time,
    local_day,
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


def message(delivery: Delivery, sender: str, links: Links | None = None) -> bytes:
    """Build the whole message, ready for the wire; with `links` it can be answered."""
    content = delivery.content
    if isinstance(content, ListContent):
        body = _list_parts(content, delivery, links)
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
    return parts(
        language,
        delivery.message_id,
        words.plain(f"{folder}/{language}.txt"),
        words.html(f"{folder}/{language}.html"),
        entries.of_alert(content, now),
    )


def _list_parts(content: ListContent, delivery: Delivery, links: Links | None) -> bytes:
    now = delivery.now
    done = links.done(delivery, content) if links else {}
    site = links.site if links else ""
    plain, html = (
        Text(fill_list(f"email/templates/list.{kind}", content, now, done=done, site=site))
        for kind in ("txt", "html")
    )
    return parts(content.language, delivery.message_id, plain, html, entries.of_list(content, now))
