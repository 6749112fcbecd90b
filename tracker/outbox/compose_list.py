"""From open duties to what a list of them says. Pure."""

from collections.abc import Iterable
from datetime import date

from tracker.base.dates import plain_date, short_date
from tracker.obligations.model import Obligation
from tracker.obligations.wording import clause_text, cost_text, headline, people_text
from tracker.outbox.compose import detour_note, origin_text, towards
from tracker.outbox.content import ListContent, ListItem
from tracker.outbox.keys import HAND_OVER
from tracker.reminders.ladder import AT_ONCE
from tracker.reminders.recipients import Route
from tracker.terms.model import Agreement
from tracker.terms.people import Contact

Owed = tuple[Obligation, date | None]
"""A duty, and the day to act by."""


def hand_over_list(
    agreement: Agreement, officer: Contact, before: Iterable[Contact], owed: Iterable[Owed], route: Route
) -> ListContent:
    """Write to a new officer what they take over; `before` are those they follow."""
    english = route.language == "en"
    items = tuple(list_item(agreement, duty, act_by, route) for duty, act_by in sorted(owed, key=_urgency))
    lead = [_lead(officer, [contact.name or contact.position for contact in before], english=english)]
    if not items:
        lead.append(
            "No duty of this agreement is open for your office today."
            if english
            else "Hari ini tidak ada kewajiban yang terbuka bagi instansi Anda dalam perjanjian ini."
        )
    return _list(agreement, route, HAND_OVER, _headline(items, english=english), lead, items)


def undated_duty(agreement: Agreement, obligation: Obligation, route: Route) -> ListContent:
    """Write that an event has made a duty for which the text gives no date."""
    english = route.language == "en"
    item = list_item(agreement, obligation, None, route)
    lead = [origin_text(obligation.trigger, route.language)] if obligation.trigger else []
    if obligation.rule.summary is not None:
        lead.append(obligation.rule.summary.in_language(route.language))
    lead.append(
        "The agreement sets no time limit, so no reminder will follow: act now."
        if english
        else "Naskah tidak menetapkan batas waktu, jadi tidak ada pengingat lagi: kerjakan sekarang."
    )
    title = f"Act now: {item.headline}" if english else f"Segera: {item.headline}"
    return _list(agreement, route, AT_ONCE, title, lead, [item])


def about_the_service(
    route: Route,
    timezone: str,
    point: str,
    title: str,
    lead: Iterable[str],
    items: Iterable[ListItem] = (),
    notes: Iterable[str] = (),
    about: Iterable[str] = (),
    more: int = 0,
) -> ListContent:
    """Write to whoever looks after the service; it is about no agreement, or about many."""
    return ListContent(
        language=route.language,
        timezone=timezone,
        agreement="",
        agreement_title="",
        point=point,
        recipient=route.recipient,
        headline=title,
        lead=tuple(lead),
        items=tuple(items),
        notes=tuple(notes),
        about=tuple(about),
        more=more,
    )


def _list(
    agreement: Agreement,
    route: Route,
    point: str,
    title: str,
    lead: Iterable[str],
    items: Iterable[ListItem],
) -> ListContent:
    return ListContent(
        language=route.language,
        timezone=agreement.timezone,
        agreement=agreement.id,
        agreement_title=agreement.title,
        point=point,
        recipient=route.recipient,
        headline=title,
        lead=tuple(lead),
        items=tuple(items),
        notes=tuple(detour_note(route)),
    )


def _urgency(owed: Owed) -> tuple[date, str]:
    obligation, act_by = owed
    return act_by or date.max, obligation.key


def list_item(agreement: Agreement, obligation: Obligation, act_by: date | None, route: Route) -> ListItem:
    """Write one duty of a list."""
    rule, deadline, language = obligation.rule, obligation.deadline, route.language
    exact = deadline is not None and deadline.act_by == deadline.likely == act_by
    return ListItem(
        obligation=obligation.key,
        act_by=act_by,
        by_time=deadline.by_time if deadline and exact else None,
        headline=headline(rule, language),
        towards=people_text(agreement, towards(agreement, rule.duty.to, route), language),
        clause=clause_text(rule.clause, agreement) or rule.law or "",
        cost=cost_text(rule, language),
    )


def _headline(items: tuple[ListItem, ...], *, english: bool) -> str:
    dated = [item.act_by for item in items if item.act_by is not None]
    if not dated:
        return "Hand-over: no deadline ahead" if english else "Serah terima: belum ada tenggat"
    first, count = short_date(dated[0], "en" if english else "id"), len(dated)
    if english:
        return f"Hand-over: {count} deadline{'' if count == 1 else 's'}, the first on {first}"
    return f"Serah terima: {count} tenggat, yang pertama {first}"


def _lead(officer: Contact, before: list[str], *, english: bool) -> str:
    language = "en" if english else "id"
    since = plain_date(officer.since, language) if officer.since else ""
    until = plain_date(officer.until, language) if officer.until else ""
    names = "; ".join(before)
    if english:
        span = f"From {since}" + (f" to {until}" if until else "")
        after = f", in place of {names}" if names else ""
        return f"{span} you are {officer.position} for this agreement{after}. Its reminders come to you."
    span = f"Mulai {since}" + (f" sampai {until}" if until else "")
    after = f", menggantikan {names}" if names else ""
    return (
        f"{span} Anda menjadi {officer.position} untuk perjanjian ini{after}. Pengingat dikirim kepada Anda."
    )
