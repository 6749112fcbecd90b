"""What a mail puts into its reader's calendar: the duty of an alert, or every dated one of a list. Pure."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from tracker.base.dates import clock_text, long_date
from tracker.channels.email.ics import ALARM_BEFORE, Entry, calendar_file, calendar_of
from tracker.channels.email.mime import Attachment, Text
from tracker.channels.render import obligation_key
from tracker.channels.wrap import flatten
from tracker.outbox.content import AlertContent, Content, ListContent, ListItem
from tracker.outbox.keys import GROUP, HAND_OVER

TITLE = {"id": "Tenggat: {headline}", "en": "Deadline: {headline}"}
FILE_NAME = {"id": "tenggat-{date}.ics", "en": "deadline-{date}.ics"}

_OWN_DUTIES = frozenset({GROUP, HAND_OVER})
"""The lists whose readers are to do what they say; digests tell managers of what others do."""
_TEXT = {
    "id": "{act}\nKepada: {towards}\nBentuk: {form}\nDasar: {clause}\nTanggal aman: {safe}\n"
    "Tanggal yang paling mungkin: {likely}\nPerjanjian: {title}",
    "en": "{act}\nTowards: {towards}\nForm: {form}\nClause: {clause}\nSafe date: {safe}\n"
    "Most likely date: {likely}\nAgreement: {title}",
}
_ITEM_TEXT = {
    "id": "Kepada: {towards}\nDasar: {clause}\nJika terlewat: {cost}\nPerjanjian: {title}",
    "en": "Towards: {towards}\nClause: {clause}\nIf missed: {cost}\nAgreement: {title}",
}


def of_alert(content: AlertContent, now: datetime) -> Attachment:
    """Attach the all-day entry; later alerts of the obligation replace it, by its UID."""
    written = Text(calendar(content, now), is_narrow=obligation_key(content).isprintable())
    return _attached(content, content.act_by, written)


def calendar(content: AlertContent, now: datetime) -> str:
    """Write the all-day entry of an alert."""
    entry = Entry(
        uid=_uid(obligation_key(content)),
        stamp=now,
        day=content.act_by,
        title=_title(content, content.headline),
        text=alert_text(content),
    )
    return calendar_file(entry, content.language, alarm=has_alarm(content, content.act_by, now))


def of_list(content: ListContent, now: datetime) -> Attachment | None:
    """Attach an entry for each dated duty that the reader is to do; None where there is none."""
    dated = [(item, item.act_by) for item in content.items if item.act_by is not None]
    if content.point not in _OWN_DUTIES or not dated:
        return None
    entries = (
        (
            Entry(
                uid=_uid(item.obligation),
                stamp=now,
                day=day,
                title=_title(content, item.headline),
                text=item_text(content, item),
            ),
            has_alarm(content, day, now),
        )
        for item, day in dated
    )
    return _attached(content, dated[0][1], Text(calendar_of(entries, content.language)))


def alert_text(content: AlertContent) -> str:
    """Say what the entry of an alert says below its title."""
    return _TEXT[content.language].format(
        act=flatten(content.act),
        towards=flatten(content.towards),
        form=flatten(content.form),
        clause=flatten(content.clause),
        safe=long_date(content.safe, content.language) + clock_text(content.by_time, content.language),
        likely=long_date(content.likely, content.language) + clock_text(content.by_time, content.language),
        title=flatten(content.agreement_title),
    )


def item_text(content: ListContent, item: ListItem) -> str:
    """Say what the entry of a duty in a list says below its title."""
    return _ITEM_TEXT[content.language].format(
        towards=flatten(item.towards),
        clause=flatten(item.clause),
        cost=flatten(item.cost),
        title=flatten(item.agreement or content.agreement_title),
    )


def has_alarm(content: Content, day: date, now: datetime) -> bool:
    """Tell whether the alarm of an entry is still to come; one that is past rings at once."""
    return now < datetime.combine(day, time(), ZoneInfo(content.timezone)) - ALARM_BEFORE


def _uid(obligation: str) -> str:
    return f"{obligation}@tracker"


def _title(content: Content, headline: str) -> str:
    return TITLE[content.language].format(headline=flatten(headline))


def _attached(content: Content, first: date, written: Text) -> Attachment:
    return Attachment(FILE_NAME[content.language].format(date=first.isoformat()), written)
