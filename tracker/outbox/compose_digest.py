"""What all digests share: one duty in a list about several agreements, and whom the list is about. Pure."""

from dataclasses import dataclass
from datetime import date

from tracker.obligations.model import Obligation
from tracker.outbox.compose import detour_reason
from tracker.outbox.compose_list import list_item
from tracker.outbox.content import ListItem
from tracker.reminders.recipients import Route
from tracker.terms.model import Agreement


@dataclass(frozen=True, slots=True)
class Ahead:
    """One duty that a digest tells of."""

    agreement: Agreement
    obligation: Obligation
    act_by: date
    provisional: bool = False
    instead: Route | None = None
    """Who is told instead, where its contact cannot be reached."""


def digest_item(ahead: Ahead, route: Route, section: str = "") -> ListItem:
    """Write one duty with its agreement, and what is doubtful about it."""
    item = list_item(ahead.agreement, ahead.obligation, ahead.act_by, route)
    notes = []
    if ahead.provisional:
        notes.append(
            "Provisional: it rests on an estimated calendar and may still move."
            if route.language == "en"
            else "Sementara: kalender liburnya masih perkiraan, tanggalnya masih dapat bergeser."
        )
    if ahead.instead is not None:
        notes.append(unreached_text(ahead.instead, route.language))
    more = {"agreement": ahead.agreement.title, "section": section, "notes": tuple(notes)}
    return item.model_copy(update=more)


def unreached_text(instead: Route, language: str) -> str:
    """Say that a duty's contact cannot be told, why, and who is."""
    why = detour_reason(instead, language)
    if language == "en":
        return f"The contact cannot be reached: {why} {instead.recipient} is told instead."
    return f"Narahubung tidak terjangkau: {why} Pengingatnya dikirim kepada {instead.recipient}."


def counted(count: int, indonesian: str, english: str, language: str) -> str:
    """Give `3 tenggat` or `3 deadlines`; English nouns are given in the singular."""
    if language != "en":
        return f"{count} {indonesian}"
    plural = f"{english[:-1]}ies" if english.endswith("y") else f"{english}s"
    return f"{count} {english if count == 1 else plural}"
