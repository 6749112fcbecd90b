"""The reminder policy of rules/reminders.yaml as frozen values. Pure, but for `load_policy`."""

from datetime import time
from pathlib import Path
from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from tracker.base.faults import Fault
from tracker.base.model_file import read_model
from tracker.terms.model import Agreement
from tracker.terms.rule import Rule

STANDARD = "standard"
DAILY: Final = "daily"
Hours = Annotated[int, Field(ge=1, le=1000)]
Days = tuple[Annotated[int, Field(ge=0, le=3650)], ...]
Ladder = Days | Literal["daily"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Overdue(_Frozen):
    """How an overdue duty is chased."""

    daily_for_days: int = Field(default=7, ge=0)
    then_every_days: int = Field(default=7, ge=1)


class Delays(_Frozen):
    """After how many office hours without an answer somebody else is told; for both from the same moment."""

    substitute: Hours
    manager: Hours

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.manager < self.substitute:
            raise ValueError("manager is before substitute, expected as many office hours or more")
        return self


class Urgent(Delays):
    """The shorter delays, from a number of days before `act_by` on."""

    days: int = Field(ge=0, le=3650)


class Chain(Delays):
    """Who else is told of a duty that nobody answers for, and when."""

    starts: int = Field(ge=0, le=3650)
    """Days before `act_by` from which a point without an answer starts the chain."""
    urgent: Urgent | None = None


class Policy(_Frozen):
    """When reminders are sent, for every kind of rule."""

    send_at: time
    office_hours_end: time
    grace_after_end_days: int = Field(ge=0)
    acknowledged_days: int = Field(default=7, ge=1)
    """After how many days an acknowledgement without an end expires."""
    overdue: Overdue
    ladders: dict[str, Ladder]
    chains: dict[str, Chain]
    """By the names of ladders; a ladder without one of its own has the standard chain."""
    rules: dict[str, str] = {}

    @model_validator(mode="after")
    def _known_ladders(self) -> Self:
        if STANDARD not in self.ladders:
            raise ValueError(f"ladders has no {STANDARD!r}, expected one for rules without their own")
        if STANDARD not in self.chains:
            raise ValueError(f"chains has no {STANDARD!r}, expected one for ladders without their own")
        for name in self.chains:
            if name not in self.ladders:
                raise ValueError(f"chains names the unknown ladder {name!r}")
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
        name = self._kind_of(rule)
        if name in agreement.remind:
            return agreement.remind[name]
        return self.ladders.get(name, self.ladders[STANDARD])

    def chain_for(self, rule: Rule) -> Chain:
        """Give the chain of one rule: the one of its kind, else the standard one."""
        return self.chains.get(self._kind_of(rule), self.chains[STANDARD])

    def _kind_of(self, rule: Rule) -> str:
        return rule.ladder or self.rules.get(rule.id, STANDARD)


def load_policy(path: Path) -> tuple[Policy | None, list[Fault]]:
    """Read the policy file; gives the policy unless there was a fault."""
    return read_model(path, Policy, "the reminder policy")
