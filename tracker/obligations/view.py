"""One obligation as other programs read it: the JSON of the command line contract. Pure."""

from typing import Any

from tracker.obligations.deadline import Deadline
from tracker.obligations.model import Obligation
from tracker.obligations.wording import clause_text
from tracker.terms.model import Agreement
from tracker.terms.rule import Cost


def as_json(agreement: Agreement, obligation: Obligation, state: str | None = None) -> dict[str, Any]:
    """Give the obligation as JSON values; dates are ISO, absent ones null."""
    rule, deadline = obligation.rule, obligation.deadline
    return {
        "agreement": obligation.agreement,
        "rule": rule.id,
        "occurrence": obligation.occurrence,
        "clause": clause_text(rule.clause, agreement) or rule.law or "",
        "duty_holder": rule.duty.by,
        "addressee": ", ".join(rule.duty.to),
        "state": state or obligation.state.value,
        **_figures(deadline),
        "if_missed": (rule.if_missed or Cost.NONE_STATED).value,
        "readings": _readings(deadline),
    }


def _figures(deadline: Deadline | None) -> dict[str, Any]:
    names = ("likely", "safe", "act_by", "strictest", "latest")
    if deadline is None:
        return {**dict.fromkeys(names), "provisional": False, "provisional_because": []}
    return {
        **{name: getattr(deadline, name).isoformat() for name in names},
        "provisional": deadline.provisional,
        "provisional_because": [f"{r.cause}:{r.year}:{r.coverage}" for r in deadline.reasons],
    }


def _readings(deadline: Deadline | None) -> list[dict[str, Any]]:
    if deadline is None:
        return []
    return [
        {
            "date": reading.day.isoformat(),
            "weight": reading.weight.word,
            "assumptions": [str(choice) for choice in reading.path] or ["stated"],
        }
        for reading in deadline.readings
    ]
