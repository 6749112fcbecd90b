"""Which right it takes to record a fact."""

import pytest

from tracker.people.acts import may_record
from tracker.people.rights import NONE, Rights

AWAITED = {"force-majeure-occurred", "agreement-ended-early"}
OFFICER, MANAGER, AUDITOR = Rights(frozenset({"kesatu"})), Rights(manages=True), Rights(audits=True)


@pytest.mark.parametrize(
    ("kind", "party", "held_by", "by_officer"),
    [
        ("notice-served", None, ("kesatu",), True),
        ("notice-served", None, ("kedua",), False),
        ("obligation-snoozed", None, ("kesatu", "kedua"), True),
        ("obligation-waived", None, ("kesatu",), False),
        ("proof-accepted", None, ("kesatu",), False),
        ("fact-corrected", None, (), False),
        ("agreement-ended-early", "kesatu", (), False),
        ("contact-doubtful", "kesatu", (), False),
        ("force-majeure-occurred", "kesatu", (), True),
        ("force-majeure-occurred", "kedua", (), True),
        ("nobody-waits-for-it", "kesatu", (), False),
        ("contact-appointed", "kesatu", (), True),
        ("contact-appointed", None, (), False),
    ],
)
def test_officers_speak_for_their_party_and_managers_decide(
    kind: str, party: str | None, held_by: tuple[str, ...], *, by_officer: bool
) -> None:
    assert may_record(OFFICER, kind, party, held_by, AWAITED) is by_officer
    assert may_record(MANAGER, kind, party, held_by)
    assert not may_record(AUDITOR, kind, party, held_by, AWAITED)
    assert not may_record(NONE, kind, party, held_by, AWAITED)
