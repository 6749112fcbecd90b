"""From an obligation and a reminder point to what the alert says. Pure."""

from collections.abc import Iterator, Sequence
from datetime import date

from tracker.base.dates import clock_text, short_date
from tracker.calendars.model import Calendar
from tracker.events.model import Event
from tracker.events.names import event_name
from tracker.obligations.deadline import Deadline
from tracker.obligations.model import Obligation
from tracker.obligations.silence import silence_text
from tracker.obligations.window_wording import window_text
from tracker.obligations.windows import Window, window_for
from tracker.obligations.wording import (
    clause_text,
    cost_text,
    exact_moment,
    form_text,
    headline,
    people_text,
    reason_text,
    why_moved,
    why_two_dates,
)
from tracker.outbox.content import AlertContent
from tracker.reminders.ladder import AT_ONCE, Point
from tracker.reminders.recipients import Detour, Role, Route
from tracker.terms.model import Agreement

_AS = {
    Role.OFFICER: ("sebagai narahubung", "as a contact"),
    Role.SUBSTITUTE: ("sebagai pengganti", "as the substitute"),
    Role.MANAGER: ("sebagai pimpinan", "as the manager"),
    Role.FALLBACK: ("sebagai kontak cadangan", "as the fallback contact"),
    Role.GROUP: ("sebagai grup", "as a group"),
}
_DETOURS = {
    Detour.NO_CONTACT: (
        "naskah tidak menyebut narahubung untuk {who}.",
        "the agreement names no contact for {who}.",
    ),
    Detour.NO_ADDRESS: (
        "{who} tidak memiliki alamat yang dapat dipakai.",
        "{who} has no usable address.",
    ),
    Detour.UNCONFIRMED: (
        "alamat {who} diperbaiki dari naskah, belum dipastikan.",
        "the address of {who} was repaired, not yet confirmed.",
    ),
    Detour.REFUSED: (
        "server menolak alamat {who}. Periksa narahubungnya.",
        "the server refused the address of {who}.",
    ),
}


def compose(
    agreement: Agreement,
    obligation: Obligation,
    deadline: Deadline,
    calendar: Calendar,
    point: Point,
    missed: Sequence[str],
    route: Route,
    today: date,
    because: Sequence[str] = (),
) -> AlertContent:
    """Write the content of one alert in the recipient's language.

    `today` is the agreement's local day; `because` are sentences about what led to the alert.
    """
    rule, language = obligation.rule, route.language
    window = window_for(agreement, obligation, calendar, today)
    summary = rule.summary.in_language(language) if rule.summary else headline(rule, language)
    return AlertContent(
        language=language,
        timezone=agreement.timezone,
        agreement=agreement.id,
        agreement_title=agreement.title,
        agreement_numbers=agreement.numbers,
        rule=rule.id,
        occurrence=obligation.occurrence,
        point=point.name,
        planned_for=point.planned_for,
        act_by=deadline.act_by,
        safe=deadline.safe,
        likely=deadline.likely,
        strictest=deadline.strictest,
        latest=deadline.latest,
        by_time=deadline.by_time,
        recipient=route.recipient,
        headline=headline(rule, language),
        act=summary,
        towards=people_text(agreement, towards(agreement, rule.duty.to, route), language),
        form=form_text(rule, language),
        clause=clause_text(rule.clause, agreement) or rule.law or "",
        cost=cost_text(rule, language),
        why=tuple(
            sentence
            for sentence in (
                exact_moment(deadline, language),
                why_two_dates(deadline, language),
                why_moved(deadline, calendar, language),
            )
            if sentence
        ),
        notes=(
            *because,
            *(_learned_late(deadline, today, language) if point.name == AT_ONCE and not window else ()),
            *_notes(obligation, deadline, missed, route, window),
            *silence_text(agreement, obligation, language),
        ),
    )


def detour_note(route: Route) -> list[str]:
    """Say why somebody else than the contact is told; nothing where nobody else is."""
    if route.detour is None:
        return []
    english = route.language == "en"
    role, why = role_text(route), detour_reason(route, route.language)
    return [f"You receive this {role}: {why}" if english else f"Anda menerima ini {role}: {why}"]


def role_text(route: Route) -> str:
    """Say as what the recipient is told."""
    return _AS[route.role][route.language == "en"]


def detour_reason(route: Route, language: str) -> str:
    """Say why a contact cannot be told directly; nothing where they can."""
    if route.detour is None:
        return ""
    return _DETOURS[route.detour][language == "en"].format(who=route.instead_of)


def origin_text(trigger: Event, language: str) -> str:
    """Say which event led to a duty."""
    name = event_name(trigger.kind, language)
    day = short_date(trigger.happened_on, language) + clock_text(trigger.at, language)
    return f"Follows from: {name}, {day}." if language == "en" else f"Akibat peristiwa: {name}, {day}."


def towards(agreement: Agreement, names: Sequence[str], route: Route) -> list[str]:
    """Name the other party where the recipient's own party is known: nobody likes "the other"."""
    return towards_from(agreement, names, route.contact)


def towards_from(agreement: Agreement, names: Sequence[str], contact: str) -> list[str]:
    """Name the other party as seen by a contact, told by its key."""
    own = contact.partition(":")[0]
    others = [party for party in agreement.parties if party != own]
    known = own in agreement.parties
    return [party for name in names for party in (others if name == "other" and known else [name])]


def _notes(
    obligation: Obligation,
    deadline: Deadline,
    missed: Sequence[str],
    route: Route,
    window: Window | None,
) -> Iterator[str]:
    yield from detour_note(route)
    if obligation.trigger is not None:
        yield origin_text(obligation.trigger, route.language)
    if window is not None:
        yield from window_text(window, route.language)
    yield from of_points(missed, route.language)
    for reason in deadline.reasons:
        yield reason_text(reason, route.language)


def _learned_late(deadline: Deadline, today: date, language: str) -> Iterator[str]:
    """Say in plain words that what follows from an event is due now, or was due before today."""
    if today == deadline.act_by:
        yield (
            "The deadline is today: only hours are left."
            if language == "en"
            else "Tenggatnya hari ini: tinggal hitungan jam."
        )
    elif today > deadline.latest:
        day = short_date(deadline.latest, language)
        yield (
            f"The deadline has already passed on every reading (latest {day}). Send it today all the same."
            if language == "en"
            else f"Tenggatnya sudah lewat menurut semua tafsir (paling akhir {day}). Tetap kirim hari ini."
        )
    elif today > deadline.act_by:
        day = short_date(deadline.latest, language)
        yield (
            f"The safe day has already passed; on the mildest reading it is in time until {day}. Act today."
            if language == "en"
            else f"Hari aman lewat; menurut tafsir terlonggar masih bisa sampai {day}. Kirim hari ini."
        )


def of_points(missed: Sequence[str], language: str) -> Iterator[str]:
    """Say for which earlier points a reminder stands."""
    if missed:
        points = ", ".join(missed)
        yield (
            f"Earlier reminders were not sent ({points}); this one stands for them."
            if language == "en"
            else f"Pengingat sebelumnya tidak terkirim ({points}); pesan ini mewakilinya."
        )
