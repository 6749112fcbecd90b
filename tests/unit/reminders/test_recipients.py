"""Who is told, and over which channel."""

from datetime import date
from typing import Any

import pytest

from tracker.reminders.recipients import Detour, Fallback, Role, Route, Routing
from tracker.terms.model import Agreement
from tracker.terms.people import Unit

DAY = date(2025, 1, 10)
FALLBACK = Fallback("Koordinator", "koordinator@example.go.id", 77, "en")


def agreement(kesatu: list[dict[str, Any]], kedua: list[dict[str, Any]]) -> Agreement:
    return Agreement.model_validate(
        {
            "id": "contoh",
            "title": "Contoh",
            "signed": "2023-02-28",
            "parties": {
                "kesatu": {"name": "Dinas Satu", "short": "Satu", "contacts": kesatu},
                "kedua": {"name": "Dinas Dua", "contacts": kedua},
            },
            "term": {"length": "2 years", "from": "signed"},
        }
    )


SECRETARY = {"position": "Sekretaris Dinas", "email": "sekretaris@example.go.id"}
HEAD = {"position": "Kepala Bidang", "email": "kabid@example.go.id", "telegram": 55, "language": "en"}
BOTH = agreement([SECRETARY], [HEAD])


def routes(
    one: Agreement, channels: set[str], holder: str = "either", affected: str | None = None
) -> list[Route]:
    return Routing(frozenset(channels), FALLBACK).routes(one, holder, affected, DAY)


def short(found: list[Route]) -> list[tuple[str, str, str]]:
    return [(route.contact, route.channel, route.address) for route in found]


@pytest.mark.parametrize(
    ("holder", "affected", "expected"),
    [
        ("either", None, ["kesatu:sekretaris-dinas", "kedua:kepala-bidang"]),
        ("both", None, ["kesatu:sekretaris-dinas", "kedua:kepala-bidang"]),
        ("kesatu", None, ["kesatu:sekretaris-dinas"]),
        ("affected", "kedua", ["kedua:kepala-bidang"]),
        ("affected", None, ["kesatu:sekretaris-dinas", "kedua:kepala-bidang"]),  # nobody said which: all
    ],
)
def test_the_holder_decides_who_is_told(holder: str, affected: str | None, expected: list[str]) -> None:
    assert [route.contact for route in routes(BOTH, {"file"}, holder, affected)] == expected


def test_every_configured_channel_with_an_address_is_used() -> None:
    assert short(routes(BOTH, {"email", "telegram"})) == [
        ("kesatu:sekretaris-dinas", "email", "sekretaris@example.go.id"),
        ("kedua:kepala-bidang", "email", "kabid@example.go.id"),
        ("kedua:kepala-bidang", "telegram", "55"),
    ]


def test_no_contact_goes_to_the_fallback_and_says_for_whom() -> None:
    found = routes(agreement([], []), {"email"}, "kesatu")
    assert short(found) == [("fallback", "email", "koordinator@example.go.id")]
    assert (found[0].detour, found[0].instead_of, found[0].language) == (Detour.NO_CONTACT, "Satu", "en")


def test_an_unconfirmed_address_is_never_used() -> None:
    one = agreement([SECRETARY | {"to_confirm": ["email"]}], [])
    found = routes(one, {"email"}, "kesatu")
    assert short(found) == [("fallback", "email", "koordinator@example.go.id")]
    assert found[0].detour is Detour.UNCONFIRMED


def test_a_folder_reaches_nobody_by_accident_so_it_may_be_addressed() -> None:
    one = agreement([SECRETARY | {"to_confirm": ["email"]}], [])
    assert short(routes(one, {"file"}, "kesatu")) == [
        ("kesatu:sekretaris-dinas", "file", "sekretaris@example.go.id")
    ]


def test_a_contact_without_a_usable_channel_goes_to_the_fallback() -> None:
    found = routes(BOTH, {"telegram"}, "kesatu")
    assert short(found) == [("fallback", "telegram", "77")]
    assert found[0].detour is Detour.NO_ADDRESS


def test_a_fallback_without_any_address_is_the_folder() -> None:
    found = Routing(frozenset({"email"}), Fallback("Koordinator")).routes(
        agreement([], []), "both", None, DAY
    )
    assert short(found) == [("fallback", "file", "Koordinator")]


@pytest.mark.parametrize(("day", "told"), [(date(2024, 12, 31), "lama"), (date(2025, 1, 1), "baru")])
def test_contacts_serve_from_to_days(day: date, told: str) -> None:
    one = agreement(
        [
            SECRETARY | {"id": "lama", "until": "2024-12-31"},
            SECRETARY | {"id": "baru", "since": "2025-01-01"},
        ],
        [],
    )
    found = Routing(frozenset({"email"}), FALLBACK).routes(one, "kesatu", None, day)
    assert [route.contact for route in found] == [f"kesatu:{told}"]


OFFICER = SECRETARY | {"id": "petugas", "substitute": "wakil"}
DEPUTY = HEAD | {"id": "wakil"}
UNITS = {
    "cabang": Unit.model_validate(
        {"name": "Cabang Contoh", "managers": [{"position": "Kepala Cabang", "email": "kacab@example.go.id"}]}
    )
}
EMAILS = ["sekretaris@example.go.id", "kabid@example.go.id"]
DEPUTY_WAYS = [("kesatu:wakil", "email"), ("kesatu:wakil", "telegram")]
WITH_UNITS = Routing(frozenset({"email", "telegram"}), FALLBACK, UNITS)


def test_a_substitute_stands_back_while_the_officer_serves() -> None:
    one = agreement([OFFICER, DEPUTY], [])
    assert short(routes(one, {"email"}, "kesatu")) == [
        ("kesatu:petugas", "email", "sekretaris@example.go.id")
    ]
    found = WITH_UNITS.routes(one, "kesatu", None, DAY, Role.SUBSTITUTE)
    assert short(found) == [
        ("kesatu:wakil", "email", "kabid@example.go.id"),
        ("kesatu:wakil", "telegram", "55"),
    ]
    assert {route.role for route in found} == {Role.SUBSTITUTE}
    assert {(route.instead_of, route.detour) for route in found} == {("Sekretaris Dinas (Satu)", None)}


def test_a_substitute_is_the_contact_while_nobody_holds_the_post() -> None:
    one = agreement([OFFICER | {"until": "2024-12-31"}, DEPUTY], [])
    assert {route.contact for route in routes(one, {"email"}, "kesatu")} == {"kesatu:wakil"}


def test_two_who_stand_in_for_each_other_are_both_told() -> None:
    one = agreement([OFFICER, DEPUTY | {"substitute": "petugas"}], [])
    found = routes(one, {"email"}, "kesatu")
    assert [route.contact for route in found] == ["kesatu:petugas", "kesatu:wakil"]


def test_whoever_took_over_a_post_stands_in_for_it_too() -> None:
    late = DEPUTY | {"until": "2024-12-31"}
    new = SECRETARY | {
        "id": "baru",
        "since": "2025-01-01",
        "succeeds": "wakil",
        "email": "baru@example.go.id",
    }
    found = WITH_UNITS.routes(agreement([OFFICER, late, new], []), "kesatu", None, DAY, Role.SUBSTITUTE)
    assert [route.contact for route in found] == ["kesatu:baru"]


@pytest.mark.parametrize(
    ("refused", "told", "role"),
    [
        ([], [("kesatu:petugas", "email")], Role.OFFICER),
        (
            ["sekretaris@example.go.id"],
            [("kesatu:wakil", "email"), ("kesatu:wakil", "telegram")],
            Role.SUBSTITUTE,
        ),
        (
            [*EMAILS],
            [("kesatu:wakil", "telegram")],
            Role.SUBSTITUTE,
        ),
        (
            [*EMAILS, "55"],
            [("manager:cabang:kepala-cabang", "email")],
            Role.MANAGER,
        ),
        (
            [*EMAILS, "55", "kacab@example.go.id"],
            [("fallback", "email"), ("fallback", "telegram")],
            Role.FALLBACK,
        ),
        (
            [
                *EMAILS,
                "55",
                "kacab@example.go.id",
                "koordinator@example.go.id",
                "77",
            ],
            [("fallback", "file")],
            Role.FALLBACK,
        ),
    ],
)
def test_refused_addresses_lead_from_hop_to_hop(
    refused: list[str], told: list[tuple[str, str]], role: Role
) -> None:
    one = agreement([OFFICER, DEPUTY], []).reading_as(unit="cabang")
    doubtful = {("telegram" if address.isdigit() else "email", address) for address in refused}
    found = WITH_UNITS.without(doubtful).routes(one, "kesatu", None, DAY)
    assert [(route.contact, route.channel) for route in found] == told
    assert {route.role for route in found} == {role}
    assert {route.detour for route in found} == {Detour.REFUSED if refused else None}


def test_a_contact_who_prefers_a_channel_is_told_there_only_and_on_the_next_where_it_is_refused() -> None:
    one = agreement([HEAD | {"channels": ["telegram", "email"]}], [])
    assert [route.channel for route in WITH_UNITS.routes(one, "kesatu", None, DAY)] == ["telegram"]
    refused = WITH_UNITS.without({("telegram", "55")})
    assert [route.channel for route in refused.routes(one, "kesatu", None, DAY)] == ["email"]


def test_a_party_without_a_contact_is_the_managers_business() -> None:
    one = agreement([], []).reading_as(unit="cabang")
    (found,) = WITH_UNITS.routes(one, "kesatu", None, DAY)
    assert (found.contact, found.detour) == ("manager:cabang:kepala-cabang", Detour.NO_CONTACT)
