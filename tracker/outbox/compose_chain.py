"""What somebody else than the contact is told of a duty that nobody answered for. Pure."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from tracker.base.dates import short_date
from tracker.outbox.compose import role_text
from tracker.reminders.recipients import Role, Route


class Unanswered(NamedTuple):
    """Since which local day an answer is missing, and whether any server took what asked for it."""

    since: date
    delivered: bool


def chain_notes(route: Route, contacts: Sequence[str], unanswered: Unanswered, cost: str) -> list[str]:
    """Say as whom the reader is told, whose answer is missing since when, and what stops these messages.

    `contacts` are all who answer for the duty; a substitute hears only of the one it stands in for.
    """
    who = route.instead_of or "; ".join(contacts)
    said = _ENGLISH if route.language == "en" else _INDONESIAN
    day = short_date(unanswered.since, route.language)
    why = said.why.format(role=role_text(route), who=who, day=day)
    if route.role is not Role.SUBSTITUTE:
        why = f"{why} {said.cost.format(cost=cost.rstrip('.'))}"
    undelivered = [] if unanswered.delivered else [said.undelivered.format(day=day)]
    return [why, *undelivered, said.stops]


def again_sentences(acknowledged_until: date | None) -> tuple[str, str]:
    """Say in Indonesian and English why a contact is reminded on a day that is no point of the ladder."""
    if acknowledged_until is None:
        return (
            "Kewajiban ini masih terbuka: bukti belum ada.",
            "This duty is still open: there is no proof yet.",
        )
    return (
        f'Tanda "sudah tahu" berlaku sampai {short_date(acknowledged_until, "id")}; bukti belum ada.',
        f"It was acknowledged until {short_date(acknowledged_until, 'en')}; there is no proof yet.",
    )


class _Sentences(NamedTuple):
    why: str
    undelivered: str
    cost: str
    stops: str


_INDONESIAN = _Sentences(
    why="Anda menerima ini {role}: {who} belum menanggapi pengingat {day}.",
    undelivered="Pengingat {day} itu belum sampai ke alamatnya: belum ada server yang menerimanya.",
    cost="Bila terlewat: {cost}.",
    stops='Pesan ini berhenti bila kewajiban ditandai "sudah tahu" (untuk sementara) atau ada buktinya.',
)
_ENGLISH = _Sentences(
    why="You receive this {role}: there is no answer from {who} to the reminder of {day}.",
    undelivered="That reminder of {day} has not reached that address: no server has accepted it yet.",
    cost="If it is missed: {cost}.",
    stops="These messages stop once the duty is acknowledged (for a while) or proved.",
)
