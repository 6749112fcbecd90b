"""What a substitute and a manager are told of a duty that nobody answered for."""
# ruff: noqa: E501, ISC004 - a table of sentences

from datetime import date
from typing import Literal

import pytest

from tracker.outbox.compose_chain import Unanswered, again_sentences, chain_notes
from tracker.reminders.recipients import Role, Route

DAY = date(2026, 12, 8)
OFFICERS = ("Kabid (Satu)", "Kasi (Dua)")
STOPS = {
    "id": 'Pesan ini berhenti bila kewajiban ditandai "sudah tahu" (untuk sementara) atau ada buktinya.',
    "en": "These messages stop once the duty is acknowledged (for a while) or proved.",
}


def route(role: Role, language: Literal["id", "en"], instead_of: str = "") -> Route:
    return Route("x", "Penerima", language, "email", "x@example.org", None, instead_of, role)


@pytest.mark.parametrize(
    ("to", "says"),
    [
        (
            route(Role.SUBSTITUTE, "id", OFFICERS[0]),
            "Anda menerima ini sebagai pengganti: Kabid (Satu) belum menanggapi pengingat 8 Des 2026.",
        ),
        (
            route(Role.SUBSTITUTE, "en", OFFICERS[0]),
            "You receive this as the substitute: there is no answer from Kabid (Satu) to the reminder of 8 Dec 2026.",
        ),
        (
            route(Role.MANAGER, "id"),
            "Anda menerima ini sebagai pimpinan: Kabid (Satu); Kasi (Dua) belum menanggapi pengingat 8 Des 2026. "
            "Bila terlewat: hak gugur.",
        ),
        (
            route(Role.FALLBACK, "en"),
            "You receive this as the fallback contact: there is no answer from Kabid (Satu); Kasi (Dua) to the "
            "reminder of 8 Dec 2026. If it is missed: hak gugur.",
        ),
    ],
)
def test_as_whom_whose_answer_and_what_it_costs(to: Route, says: str) -> None:
    assert chain_notes(to, OFFICERS, Unanswered(DAY, delivered=True), "hak gugur.") == [
        says,
        STOPS[to.language],
    ]


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("id", "Pengingat 8 Des 2026 itu belum sampai ke alamatnya: belum ada server yang menerimanya."),
        ("en", "That reminder of 8 Dec 2026 has not reached that address: no server has accepted it yet."),
    ],
)
def test_what_has_not_arrived_is_said(language: Literal["id", "en"], says: str) -> None:
    found = chain_notes(route(Role.MANAGER, language), OFFICERS, Unanswered(DAY, delivered=False), "x")
    assert found[1:] == [says, STOPS[language]]


@pytest.mark.parametrize(
    ("until", "indonesian", "english"),
    [
        (
            DAY,
            'Tanda "sudah tahu" berlaku sampai 8 Des 2026; bukti belum ada.',
            "It was acknowledged until 8 Dec 2026; there is no proof yet.",
        ),
        (
            None,
            "Kewajiban ini masih terbuka: bukti belum ada.",
            "This duty is still open: there is no proof yet.",
        ),
    ],
)
def test_why_a_contact_is_reminded_again(until: date | None, indonesian: str, english: str) -> None:
    assert again_sentences(until) == (indonesian, english)
