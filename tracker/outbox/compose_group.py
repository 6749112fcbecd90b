"""Several reminders of one person as one message: what must be done first comes first. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from tracker.base.dates import local_time, short_date
from tracker.outbox.compose import of_points
from tracker.outbox.content import LATE_AFTER, AlertContent, Content, ListContent, ListItem
from tracker.outbox.keys import GROUP


def grouped(members: Sequence[tuple[str, AlertContent]], now: datetime) -> Content:
    """Write one message for reminders, each with its contact; of each duty the newest counts."""
    contents = [content for _, content in members]
    whose = {_duty(content): contact for contact, content in members}
    newest = [_newest(points) for points in _by_duty(contents)]
    if len(newest) == 1:
        return newest[0].model_copy(update={"members": len(contents)})
    newest.sort(key=lambda content: (content.act_by, _duty(content)))
    first, agreements = newest[0], {content.agreement for content in newest}
    several = len(agreements) > 1
    return ListContent(
        language=first.language,
        timezone=first.timezone,
        agreement="" if several else first.agreement,
        agreement_title="" if several else first.agreement_title,
        point=GROUP,
        recipient=first.recipient,
        headline=_headline(newest),
        lead=tuple(_lead(contents, now)),
        items=tuple(_item(content, whose[_duty(content)], several=several) for content in newest),
        members=len(contents),
    )


def _by_duty(contents: Iterable[AlertContent]) -> list[list[AlertContent]]:
    found: dict[str, list[AlertContent]] = {}
    for content in contents:
        found.setdefault(_duty(content), []).append(content)
    return list(found.values())


def _duty(content: AlertContent) -> str:
    return f"{content.agreement}/{content.rule}/{content.occurrence}"


def _newest(points: list[AlertContent]) -> AlertContent:
    *before, last = sorted(points, key=lambda content: content.planned_for)
    missed = [content.point for content in before if content.point != last.point]
    return last.model_copy(update={"notes": (*last.notes, *of_points(missed, last.language))})


def _headline(contents: Sequence[AlertContent]) -> str:
    first = contents[0]
    day = short_date(first.act_by, first.language)
    if first.language == "en":
        return f"{len(contents)} deadlines, the first on {day}: {first.headline}"
    return f"{len(contents)} tenggat, yang pertama {day}: {first.headline}"


def _lead(contents: Sequence[AlertContent], now: datetime) -> list[str]:
    first = min(contents, key=lambda content: content.planned_for)
    english = first.language == "en"
    lead = [
        "These duties wait for you, the most urgent first."
        if english
        else "Kewajiban berikut menunggu Anda, yang paling mendesak lebih dahulu."
    ]
    if now - first.planned_for > LATE_AFTER:
        planned = local_time(first.planned_for, ZoneInfo(first.timezone), first.language)
        lead.append(
            f"This message is late: the first of its reminders was planned for {planned}."
            if english
            else f"Pesan ini terlambat: pengingat yang pertama direncanakan {planned}."
        )
    return lead


def _item(content: AlertContent, contact: str, *, several: bool) -> ListItem:
    number = content.agreement_numbers[0] if content.agreement_numbers else ""
    return ListItem(
        obligation=_duty(content),
        act_by=content.act_by,
        by_time=content.by_time if content.act_by == content.likely else None,
        headline=content.headline,
        towards=content.towards,
        clause=content.clause,
        cost=content.cost,
        agreement=(number or content.agreement_title) if several else "",
        notes=content.notes,
        contact=contact,
    )
