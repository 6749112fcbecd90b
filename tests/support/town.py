"""A small town for tests of who may see what: two agreements, two units, and people with every role."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from tests.support.agreements import rule
from tests.support.houses import Home, Homes, terms_file
from tracker.accounts import accounts
from tracker.accounts.accounts import Account
from tracker.people import chats
from tracker.people.rights import Office
from tracker.terms.load import TermsFile
from tracker.terms.people import Contact, Unit

STRANGER, ONE, TWO, FORMER, OTHER_MANAGER, MANAGER, ADMIN, UNSURE = 900, 11, 12, 13, 14, 15, 16, 17
"""Chats of: nobody, an officer of either party, one whose post has ended, managers, the fallback contact,
and an officer whose chat nobody has confirmed."""
BOSS, AUDITOR = 18, 19
"""Chats that are linked to accounts: of an administrator and of an auditor."""
PEOPLE = (STRANGER, ONE, TWO, FORMER, OTHER_MANAGER, MANAGER, ADMIN, UNSURE)
NORTH, SOUTH = "utara", "selatan"
SECRETS = (
    "Rahasia",
    "Dinas Utara",
    "Badan Utara",
    "Perjanjian Lain",
    "utara-2026",
    "lain-2026",
    "Lapor",
    "Bayar",
)
"""What nobody unknown may ever read."""


def _contact(chat: int, position: str, **more: Any) -> dict[str, Any]:
    return {"id": f"c{chat}", "position": position, "telegram": chat, "email": f"c{chat}@example.org", **more}


def _duty(due: str, name: str, act: str, by: str) -> Mapping[str, Any]:
    to = "kedua" if by == "kesatu" else "kesatu"
    words = {"id": act, "en": f"{act} (en)"}
    return rule(due, id=name, duty={"by": by, "to": to, "act": words}, if_missed="liability")


def agreements() -> list[TermsFile]:
    """Give the two agreements."""
    parties = {
        "kesatu": {
            "name": "Dinas Utara",
            "contacts": [
                _contact(ONE, "Kepala Bidang"),
                _contact(FORMER, "Pejabat Lama", until="2026-10-31"),
                _contact(UNSURE, "Pejabat Meragukan", to_confirm=["telegram", "email"]),
            ],
        },
        "kedua": {"name": "Badan Utara", "contacts": [_contact(TWO, "Kepala Cabang")]},
    }
    others = {
        "kesatu": {"name": "Dinas Lain", "contacts": [{"position": "Kepala", "email": "lain@example.org"}]},
        "kedua": {"name": "Badan Lain"},
    }
    return [
        terms_file(
            _duty("on 2026-12-18", "renewal-notice", "Lapor Rahasia satu", "kesatu"),
            _duty("on 2026-12-21", "report-two", "Bayar Rahasia dua", "kedua"),
            id="utara-2026",
            title="Kerja Sama Rahasia Babel",
            numbers=["007/PKS/UTARA/2026"],
            parties=parties,
            unit=NORTH,
        ),
        terms_file(
            _duty("on 2026-12-20", "report-three", "Lapor Rahasia tiga", "kesatu"),
            id="lain-2026",
            title="Perjanjian Lain Kutai",
            parties=others,
            unit=SOUTH,
        ),
    ]


def units() -> dict[str, Unit]:
    """Give the two units."""
    return {
        NORTH: Unit(name="Cabang Utara", managers=(Contact.model_validate(_contact(MANAGER, "Kepala")),)),
        SOUTH: Unit(
            name="Cabang Selatan", managers=(Contact.model_validate(_contact(OTHER_MANAGER, "Kepala")),)
        ),
    }


def town(homes: Homes, **settings: Any) -> Home:
    """Build it, with everything loaded."""
    home = homes.build(channels=("telegram", "email"), fallback_telegram=ADMIN, **settings)
    context = home.house.context
    routing = dataclasses.replace(context.routing, units=units())
    house = dataclasses.replace(home.house, context=dataclasses.replace(context, routing=routing))
    built = Home(house, home.clock)
    built.load(*agreements())
    return built


def with_accounts(home: Home) -> Home:
    """Add the accounts, with their chats."""
    with home.db.write() as connection:
        for chat, role in ((BOSS, Office.ADMIN), (AUDITOR, Office.AUDITOR)):
            address = f"c{chat}@example.org"
            accounts.put(connection, Account(address, role, f"Akun {chat}"), "tester", home.clock.now())
            chats.link(connection, chat, address, "code", home.clock.now())
    return home
