"""Where the chain of a stored obligation stands, for the faces that show it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from tracker.base.dates import local_time, short_date
from tracker.obligations.model import Obligation, State
from tracker.reminders.escalation import Level, Standing, Step, next_step, standing_of
from tracker.steps.context import Context
from tracker.steps.rows import plan_of
from tracker.terms.model import Agreement

_LEVELS = {
    Level.OFFICER: ("narahubung", "the contact"),
    Level.SUBSTITUTE: ("pengganti", "the substitute"),
    Level.MANAGER: ("pimpinan", "the manager"),
}


@dataclass(frozen=True, slots=True)
class ChainShown:
    """How far the chain of an open duty has got, what comes next, and who was told since it began."""

    standing: Standing
    following: Step | None
    told: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Give the JSON of `tracker explain`; without a chain that runs, `since` and `level` are null."""
        now, then = self.standing, self.following
        return {
            "since": now.since.isoformat() if now.since else None,
            "level": Level(now.level).role if now.since else None,
            "told": list(self.told),
            "next": {"level": then.level.role, "at": then.fire_at.isoformat()} if then else None,
        }

    def lines(self, zone: ZoneInfo, language: str) -> list[str]:
        """Say it in words; nothing where nobody was asked for an answer yet."""
        english, standing = language == "en", self.standing
        found = []
        if standing.since is not None:
            since = local_time(standing.since, zone, language)
            level = _LEVELS[Level(standing.level)][english]
            found.append(
                f"No answer since {since}; told so far: up to {level}."
                if english
                else f"Belum ditanggapi sejak {since}; yang sudah diberi tahu: sampai {level}."
            )
        elif standing.acknowledged_until is not None:
            day = short_date(standing.acknowledged_until, language)
            found.append(f"Acknowledged until {day}." if english else f'"Sudah tahu" berlaku sampai {day}.')
        if self.following is not None:
            at = local_time(self.following.fire_at, zone, language)
            level = _LEVELS[self.following.level][english]
            found.append(
                f"Next without an answer or proof: {level}, {at}."
                if english
                else f"Berikutnya, bila tanpa tanggapan atau bukti: {level}, {at}."
            )
        return found


def chain_shown(
    context: Context,
    agreement: Agreement,
    obligation: Obligation,
    row: Any,
    alerts: Sequence[Mapping[str, Any]],
    now: datetime,
) -> ChainShown | None:
    """Give the chain of a stored obligation; None where it can have none: it is closed, or has no date.

    `alerts` are those about it, with `contact` and `created_at`.
    """
    if row.state != State.OPEN or row.act_by is None:
        return None
    standing = standing_of(row)
    schedule, chain = context.schedule(agreement), context.policy.chain_for(obligation.rule)
    plan = plan_of(context.policy, agreement, obligation.rule, row)
    following = next_step(schedule, chain, plan, standing, now)
    if following is not None and following.level is Level.SUBSTITUTE:
        party = obligation.trigger.party if obligation.trigger else None
        day = following.fire_at.astimezone(agreement.zone).date()
        holder = obligation.rule.duty.by
        if not context.routing.routes(agreement, holder, party, day, Level.SUBSTITUTE.role):
            past = standing._replace(level=Level.SUBSTITUTE)
            following = next_step(schedule, chain, plan, past, now)
    return ChainShown(standing, following, _told_since(standing.since, alerts))


def _told_since(since: datetime | None, alerts: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    if since is None:
        return ()
    told = (alert["contact"] for alert in alerts if datetime.fromisoformat(alert["created_at"]) >= since)
    return tuple(dict.fromkeys(told))
