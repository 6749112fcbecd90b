"""Proof pages to set: one obligation of the test agreement, with whatever facts a test adds."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from tests.support.agreements import ID, agreement, calendar, rule
from tracker.events.model import Event
from tracker.obligations.explain import steps
from tracker.obligations.model import State
from tracker.obligations.picture import picture
from tracker.proof.page import Chain, EvidenceFile, ProofPage, concerning
from tracker.terms.model import Agreement

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
"""Monday, 10.00 in Jakarta."""
ONE = {"rule": "duty", "occurrence": "2026-10-30"}
DIGEST = "4f" * 32
LETTER = {"letter": "B-12/I/2026", "sent_on": "2026-10-20", "received_on": "2026-10-21"}
SERVED = ("notice-served", "2026-10-21", {**ONE, **LETTER, "channel": "kurir", "evidence": DIGEST})


def log_of(*facts: tuple[str, str, dict[str, str]], by: str = "Biro Hukum") -> list[Event]:
    """Make a log of (kind, day, details), one entry a minute before `NOW`."""
    return [
        Event(ID, kind, date.fromisoformat(day), details, NOW.replace(hour=1, minute=number), by, number)
        for number, (kind, day, details) in enumerate(facts, start=1)
    ]


def terms(**more: Any) -> Agreement:
    """Make the test agreement with one duty, due on 30 October 2026."""
    return agreement(rule("on 2026-10-30", **more), numbers=["1/PKS/2025"])


def page(
    log: Sequence[Event] = (), written: Agreement | None = None, language: str = "id", **changes: Any
) -> ProofPage:
    """Make the page of the duty; keyword arguments replace fields."""
    written = written or terms()
    seen = picture(written, calendar(), log)
    (obligation,) = [one for one in seen.derived.obligations if one.rule.id == "duty"]
    facts = tuple(seen.about.get(("duty", obligation.occurrence), ()))
    life = seen.life(obligation, 7)
    made = ProofPage(
        language=language,
        now=NOW,
        agreement=seen.agreement,
        obligation=obligation,
        state=life.state or State.OVERDUE,
        steps=tuple(steps(seen.agreement, obligation, calendar(), language)),
        life=life,
        facts=facts,
        log=tuple(concerning(log, obligation, facts)),
        chain=Chain(len(log), "ab" * 32),
        evidence={DIGEST: EvidenceFile(DIGEST, "application/pdf", 2048)},
    )
    return replace(made, **changes)
