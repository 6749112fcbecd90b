"""Small agreements, facts and the real calendar, for tests of the pure core."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from tracker.calendars.load import load_calendar
from tracker.calendars.model import Calendar
from tracker.events.model import Event
from tracker.obligations.deadline import Deadline
from tracker.obligations.derive import derive
from tracker.obligations.model import Obligation
from tracker.terms.load import TermsFile, read_file
from tracker.terms.model import Agreement

ROOT = Path(__file__).parents[2]
"""The repository."""
RULES = ROOT / "rules"
SHARED = ROOT.parent / "shared"
"""The original agreement texts and the normative notes, beside the repository; not always there."""
ID = "test-agreement"

PARTIES: Mapping[str, Any] = {
    "kesatu": {"name": "Dinas Satu", "contacts": [{"position": "Kepala Bidang Satu"}]},
    "kedua": {"name": "Badan Dua", "kind": "social-security"},
}


@cache
def calendar() -> Calendar:
    """Load the decree files of the repository, once."""
    found, faults = load_calendar(RULES / "holidays" / "id")
    assert [fault for fault in faults if "holds no decree files" not in fault.message] == []
    return found


@cache
def repository_terms() -> Mapping[str, TermsFile]:
    """Load the agreements of the repository by id; a file with an error is left out."""
    read = [read_file(path)[0] for path in sorted((RULES / "agreements").glob("*.yaml"))]
    return {file.agreement.id: file for file in read if file is not None}


def rule(due: str, id: str = "duty", **more: Any) -> dict[str, Any]:  # noqa: A002 - the key's own name
    """Give a rule the way a terms file holds it."""
    question = {"question": "Kapan?"} if due == "undated" else {}
    return {"id": id, "duty": {"by": "either", "to": "other"}, "due": due, **question, **more}


def pin(axis: str, choice: str) -> dict[str, Any]:
    """Give a person's decision for one choice."""
    return {"axis": axis, "choice": choice, "by": "Biro Hukum", "on": "2026-11-01", "why": "Disepakati"}


def agreement(
    *rules: Mapping[str, Any] | str,
    term: Mapping[str, Any] | None = None,
    signed: str | Mapping[str, Any] = "2025-04-29",
    **more: Any,
) -> Agreement:
    """Build an agreement; a rule given as text is its `due` line, under the id `duty`."""
    return Agreement.model_validate(
        {
            "id": ID,
            "title": "Perjanjian uji",
            "signed": signed,
            "parties": PARTIES,
            "term": term or {"length": "5 years", "from": "signed"},
            "rules": [rule(entry) if isinstance(entry, str) else entry for entry in rules],
            **more,
        }
    )


def event(kind: str, day: str, **details: str) -> Event:
    """Build a fact about the test agreement."""
    return Event(ID, kind, date.fromisoformat(day), details)


def obligations(
    terms: Agreement, *events: Event, rule_id: str = "duty", until: date | None = None
) -> list[Obligation]:
    """Derive the occurrences of one rule on the real calendar."""
    found = derive(terms, calendar(), events, until).obligations
    return [obligation for obligation in found if obligation.rule.id == rule_id]


def only_deadline(terms: Agreement, *events: Event, rule_id: str = "duty") -> Deadline:
    """Derive the one dated occurrence of a rule."""
    (found,) = obligations(terms, *events, rule_id=rule_id)
    assert found.deadline is not None
    return found.deadline


def deadlines(found: Sequence[Obligation]) -> list[Deadline]:
    """Give the deadlines of obligations that all have one."""
    dated = [obligation.deadline for obligation in found if obligation.deadline is not None]
    assert len(dated) == len(found)
    return dated
