"""One obligation as other programs read it: the JSON of the command line contract. Pure."""

from datetime import date
from typing import Any

from tracker.obligations.deadline import Deadline
from tracker.obligations.life import UNTOUCHED, Life, Proof, verdict
from tracker.obligations.model import Obligation
from tracker.obligations.windows import Window
from tracker.obligations.wording import clause_text
from tracker.terms.model import Agreement
from tracker.terms.rule import Cost, Rule


def as_json(
    agreement: Agreement, obligation: Obligation, state: str | None = None, life: Life = UNTOUCHED
) -> dict[str, Any]:
    """Give the obligation as JSON values; dates are ISO, absent ones null.

    Where a person has set another day to act by, `act_by` is that day and `override` says who, why,
    and what was computed.
    """
    rule, deadline = obligation.rule, obligation.deadline
    found = {
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
    return {**found, **_life(rule, deadline, life)} if life is not UNTOUCHED else found


def _life(rule: Rule, deadline: Deadline | None, life: Life) -> dict[str, Any]:
    found: dict[str, Any] = {
        "proofs": [_proof(proof) for proof in life.proofs],
        "missing": list(life.missing),
        "acknowledged_until": _iso(life.acknowledged_until),
        "snoozed_until": _iso(life.snoozed_until),
    }
    judged = verdict(rule, life, deadline)
    if judged is not None:
        found["verdict"] = {
            "day": judged.day.isoformat(),
            "in_time": judged.in_time,
            "days_after": {
                "safe": judged.after_safe,
                "likely": judged.after_likely,
                "latest": judged.after_latest,
            },
        }
    if life.override is not None:
        found["act_by"] = life.override.act_by.isoformat()
        found["override"] = {
            "by": life.override.by,
            "why": life.override.why,
            "computed": _iso(deadline.act_by if deadline else None),
        }
    return found


def _proof(proof: Proof) -> dict[str, Any]:
    details = proof.fact.details
    return {
        "number": proof.number,
        "kind": proof.fact.kind,
        "sent_on": _iso(proof.sent_on),
        "received_on": _iso(proof.received_on),
        "parts": sorted(proof.parts),
        "accepted": proof.accepted,
        "by": proof.fact.recorded_by,
        **{name: details.get(name) for name in ("letter", "channel", "evidence", "note")},
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def window_json(window: Window | None) -> dict[str, Any]:
    """Give what an obligation's JSON gets in addition: the key `window`, where there is one."""
    if window is None:
        return {}
    earliest, usable = window.earliest_end, window.usable
    return {
        "window": {
            "desired_end": window.desired_end.isoformat(),
            "on": window.on.isoformat(),
            "closed_on_safe": window.closed_on_safe,
            "closed_on_every_reading": window.closed_on_every_reading,
            "earliest_end": earliest.isoformat() if earliest else None,
            "needs_consent": window.needs_consent,
            "usable": {"first": usable[0].isoformat(), "last": usable[1].isoformat()} if usable else None,
        }
    }


def _figures(deadline: Deadline | None) -> dict[str, Any]:
    names = ("likely", "safe", "act_by", "strictest", "latest")
    if deadline is None:
        return {**dict.fromkeys(names), "provisional": False, "provisional_because": []}
    return {
        **{name: getattr(deadline, name).isoformat() for name in names},
        "provisional": deadline.provisional,
        "provisional_because": [f"{r.cause}:{r.year}:{r.coverage}" for r in deadline.reasons],
        **({"by_time": f"{deadline.by_time:%H:%M}"} if deadline.by_time is not None else {}),
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
