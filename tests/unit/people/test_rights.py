"""Who somebody is on a day, and what that lets them do."""

from datetime import date
from typing import Any

import pytest

from tests.support.houses import terms_file
from tracker.people.names import named
from tracker.people.rights import (
    NOBODY,
    NONE,
    Act,
    Identity,
    Reach,
    Rights,
    language_of,
    name_of,
    reach_of,
    rights_of,
)
from tracker.reminders.recipients import Fallback, Routing
from tracker.terms.model import Agreement
from tracker.terms.people import Contact, Unit

DAY = date(2026, 11, 23)
MANAGER = {"id": "m", "position": "Kepala", "email": "kepala@example.org"}
OLD = {"id": "old", "position": "Dulu", "email": "dulu@example.org", "until": "2026-11-22"}


def routing(**manager: Any) -> Routing:
    contact = Contact.model_validate({**MANAGER, **manager})
    units = {"utara": Unit(name="Cabang", managers=(contact, Contact.model_validate(OLD)))}
    return Routing(frozenset({"email"}), Fallback("Admin", "Admin@example.org", 99, "en"), units)


def agreement(unit: str | None = "utara", **contact: Any) -> Agreement:
    officer = {"id": "o", "position": "Kabid", "email": "Satu@example.org", "telegram": 11, **contact}
    return terms_file(contacts=[officer], **({"unit": unit} if unit else {})).agreement


OFFICER, MAIL_OFFICER = Identity.of(chat=11), Identity.of(email="SATU@example.org")


@pytest.mark.parametrize(
    ("who", "contact", "expected"),
    [
        (OFFICER, {}, True),
        (MAIL_OFFICER, {}, True),
        (Identity.of(email="satu@example.org", chat=5), {}, True),
        (NOBODY, {}, False),
        (Identity.of(chat=12), {}, False),
        (Identity.of(email="11"), {}, False),
        (OFFICER, {"since": "2026-11-23"}, True),
        (OFFICER, {"since": "2026-11-24"}, False),
        (OFFICER, {"until": "2026-11-23"}, True),
        (OFFICER, {"until": "2026-11-22"}, False),
        (OFFICER, {"to_confirm": ["telegram"]}, False),
        (MAIL_OFFICER, {"to_confirm": ["telegram"]}, True),
        (MAIL_OFFICER, {"to_confirm": ["email"]}, False),
    ],
)
def test_an_officer_is_a_contact_on_the_day(who: Identity, contact: dict[str, Any], expected: bool) -> None:  # noqa: FBT001
    found = rights_of(who, agreement(**contact), routing(), DAY)
    assert found == (Rights(frozenset({"kesatu"})) if expected else NONE)
    assert found.sees is expected


@pytest.mark.parametrize(
    ("who", "manager", "unit", "expected"),
    [
        (Identity.of(email="kepala@example.org"), {}, "utara", True),
        (Identity.of(email="kepala@example.org"), {}, "selatan", False),
        (Identity.of(email="kepala@example.org"), {}, None, False),
        (Identity.of(email="kepala@example.org"), {"until": "2026-11-22"}, "utara", False),
        (Identity.of(email="kepala@example.org"), {"to_confirm": ["email"]}, "utara", False),
        (Identity.of(email="dulu@example.org"), {}, "utara", False),
        (Identity.of(email="admin@example.org"), {}, "selatan", True),
        (Identity.of(chat=99), {}, None, True),
        (NOBODY, {}, "utara", False),
    ],
)
def test_managers_and_the_fallback_contact(
    who: Identity,
    manager: dict[str, Any],
    unit: str | None,
    expected: bool,  # noqa: FBT001
) -> None:
    assert rights_of(who, agreement(unit), routing(**manager), DAY).manages is expected


def test_nobody_is_the_fallback_contact_where_none_is_set() -> None:
    empty = Routing(frozenset({"email"}), Fallback("Admin"))
    for who in (NOBODY, Identity.of(email=""), Identity(frozenset({("email", ""), ("telegram", "")}))):
        assert reach_of(who, empty, DAY) == Reach()


@pytest.mark.parametrize(
    ("rights", "act", "held_by", "expected"),
    [
        (NONE, Act.SEE, (), False),
        (NONE, Act.ANSWER, ("kesatu",), False),
        (Rights(frozenset({"kesatu"})), Act.SEE, (), True),
        (Rights(frozenset({"kesatu"})), Act.REPORT, (), True),
        (Rights(frozenset({"kesatu"})), Act.ANSWER, ("kesatu", "kedua"), True),
        (Rights(frozenset({"kesatu"})), Act.ANSWER, ("kedua",), False),
        (Rights(frozenset({"kesatu"})), Act.WAIVE, ("kesatu",), False),
        *((Rights(manages=True), act, ("kedua",), True) for act in Act),
    ],
)
def test_what_may_be_done(rights: Rights, act: Act, held_by: tuple[str, ...], expected: bool) -> None:  # noqa: FBT001
    assert rights.may(act, held_by) is expected


def test_names_and_languages() -> None:
    of = agreement()
    assert name_of(OFFICER, routing(), [of], DAY) == "Kabid (Dinas Satu)"
    assert name_of(Identity.of(email="kepala@example.org"), routing(), [of], DAY) == "Kepala (Cabang)"
    assert name_of(Identity.of(chat=99), routing(), [], DAY) == "Admin"
    assert name_of(Identity.of(chat=98), routing(), [of], DAY) == ""
    assert language_of(OFFICER, routing(), [agreement(language="en")], DAY) == "en"
    assert language_of(Identity.of(chat=99), routing(), [], DAY) == "en"
    assert language_of(Identity.of(chat=98), routing(), [of], DAY) is None


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("kesatu:o", "Kabid (Dinas Satu)"),
        ("manager:utara:m", "Kepala (Cabang)"),
        ("manager:gone:m", "m"),
        ("kesatu:gone", "gone"),
        ("fallback:kesatu:o", "Admin"),
    ],
)
def test_what_a_key_is_called(who: str, expected: str) -> None:
    assert named(who, agreement(), routing()) == expected


@pytest.mark.parametrize(
    ("contact", "chats", "expected"),
    [
        ({"email": "a@example.org"}, {"a@example.org": 5}, "5"),
        ({"email": "A@Example.org"}, {"a@example.org": 5}, "5"),
        ({"email": "a@example.org", "telegram": 6}, {"a@example.org": 5}, "6"),
        ({"email": "a@example.org"}, {}, None),
        ({"email": "a@example.org", "to_confirm": ["email"]}, {"a@example.org": 5}, None),
    ],
)
def test_a_linked_chat_is_a_way_to_the_contact(
    contact: dict[str, Any], chats: dict[str, int], expected: str | None
) -> None:
    of = terms_file(contacts=[{"id": "o", "position": "Kabid", **contact}]).agreement
    found = Routing(frozenset({"email", "telegram"}), Fallback("Admin")).with_chats(chats)
    routes = found.routes(of, "kesatu", None, DAY)
    assert next((route.address for route in routes if route.channel == "telegram"), None) == expected


@pytest.mark.parametrize(
    ("rights", "contact", "expected"),
    [
        (Rights(frozenset({"kesatu"})), "kesatu:o", True),
        (Rights(frozenset({"kesatu"})), "kedua:o", False),
        (Rights(frozenset({"kesatu"})), "manager:utara:m", True),
        (Rights(manages=True), "kedua:o", True),
        (Rights(audits=True), "kedua:o", True),
    ],
)
def test_who_may_read_what_others_were_told(rights: Rights, contact: str, expected: bool) -> None:  # noqa: FBT001
    assert rights.may_read(contact, ("kesatu", "kedua")) is expected
