"""One obligation as other programs read it: the JSON of the command line contract. Pure."""

from typing import Any

from tracker.obligations.deadline import Deadline
from tracker.obligations.model import Obligation
from tracker.obligations.windows import Window
from tracker.obligations.wording import clause_text
from tracker.terms.model import Agreement, Cost


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
