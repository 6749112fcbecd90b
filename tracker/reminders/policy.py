"""The reminder policy of rules/reminders.yaml as frozen values. Pure, but for `load_policy`."""

from datetime import time
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from tracker.base.faults import Fault
from tracker.base.model_file import read_model
from tracker.terms.model import Agreement
from tracker.terms.rule import Rule

STANDARD = "standard"
DAILY: Final = "daily"
Days = tuple[Annotated[int, Field(ge=0, le=3650)], ...]
Ladder = Days | Literal["daily"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Overdue(_Frozen):
    """How an overdue duty is chased."""

    daily_for_days: int = Field(default=7, ge=0)
    then_every_days: int = Field(default=7, ge=1)


class Policy(_Frozen):
    """When reminders are sent, for every kind of rule."""

    send_at: time
    office_hours_end: time
    grace_after_end_days: int = Field(ge=0)
    acknowledged_days: int = Field(default=7, ge=1)
    """After how many days an acknowledgement without an end expires."""
    overdue: Overdue
    ladders: dict[str, Ladder]
    rules: dict[str, str] = {}

    @model_validator(mode="after")
    def _known_ladders(self) -> "Policy":
        if STANDARD not in self.ladders:
            raise ValueError(f"ladders has no {STANDARD!r}, expected one for rules without their own")
        for rule, name in self.rules.items():
            if name not in self.ladders:
                raise ValueError(f"rule {rule!r} names the unknown ladder {name!r}")
        if self.office_hours_end <= self.send_at:
            raise ValueError("office_hours_end is not after send_at")
        return self

    def ladder_for(self, agreement: Agreement, rule: Rule) -> Ladder:
        """Give the ladder of one rule: its own days, the agreement's, or the one of its kind."""
        if rule.remind is not None:
            return rule.remind
        name = rule.ladder or self.rules.get(rule.id, STANDARD)
        if name in agreement.remind:
            return agreement.remind[name]
        return self.ladders.get(name, self.ladders[STANDARD])


def load_policy(path: Path) -> tuple[Policy | None, list[Fault]]:
    """Read the policy file; gives the policy unless there was a fault."""
    return read_model(path, Policy, "the reminder policy")
