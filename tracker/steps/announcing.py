"""What has happened, for the programs that wish to be told: by the same outbox, in one transaction."""

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from tracker.accounts import accounts, webhooks
from tracker.accounts.kinds import Happens
from tracker.accounts.webhooks import Webhook
from tracker.events import service as events
from tracker.events.log import effective
from tracker.obligations.decided import decided
from tracker.obligations.model import State
from tracker.outbox import service as outbox
from tracker.outbox.content import HookContent
from tracker.people.rights import NONE, Identity, rights_of
from tracker.reminders.recipients import WEBHOOK, Route
from tracker.steps.alerting import list_row
from tracker.steps.context import Context
from tracker.terms import service as terms
from tracker.terms.model import Agreement


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that has happened; `name` tells it from every other of its kind, for ever."""

    kind: Happens
    about: str
    """The key of an obligation, or the id of an agreement."""
    name: str
    data: Mapping[str, Any] = field(default_factory=dict)
    party: str | None = None
    """Whose contact it is about: other parties' officers are not told."""

    @property
    def agreement(self) -> str:
        """The id of the agreement."""
        return self.about.partition("/")[0]

    @property
    def id(self) -> str:
        """The id under which it is told, every time."""
        return f"evt_{hashlib.sha256(f'{self.kind} {self.name}'.encode()).hexdigest()[:32]}"

    def payload(self, now: datetime) -> str:
        """The body that programs get."""
        obligation = {"obligation": self.about} if "/" in self.about else {}
        body = {
            "id": self.id,
            "type": self.kind.value,
            "at": now.astimezone(UTC).isoformat().replace("+00:00", "Z"),
            "agreement": self.agreement,
            **obligation,
            "data": dict(self.data),
        }
        return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def closing(key: str, state: str, why: str | None, at: datetime | None) -> Happening:
    """Say that there is nothing left to do about an obligation."""
    kind = Happens.LAPSED if state == State.LAPSED else Happens.CLOSED
    when = at.isoformat() if at else ""
    return Happening(kind, key, f"{key}/{state}/{when}", {"state": str(state), "because": why})


def announce(
    connection: Connection, context: Context, happenings: Sequence[Happening], now: datetime
) -> None:
    """Add what programs wish to be told to the outbox; most often nobody wishes anything."""
    if not happenings:
        return
    wishes = webhooks.in_force(connection)
    if not wishes:
        return
    told = {kind for wish in wishes for kind in wish.kinds}
    wanted = [one for one in happenings if one.kind in told]
    agreements = _decided(connection, {one.agreement for one in wanted})
    known: dict[str, Identity] = {}
    rows = []
    for wish in wishes:
        if wish.address not in known:
            known[wish.address] = accounts.identity(connection, wish.address)
        seen = _seen(context, known[wish.address], wish, agreements, wanted, now)
        rows += [_row(context, wish, one, now) for one in seen]
    outbox.add(connection, rows)


def _seen(
    context: Context,
    identity: Identity,
    wish: Webhook,
    agreements: Mapping[str, Agreement],
    happenings: Iterable[Happening],
    now: datetime,
) -> Iterator[Happening]:
    """Give what somebody wishes to be told, and may see today."""
    rights = {
        name: rights_of(identity, agreement, context.routing, now.astimezone(agreement.zone).date())
        for name, agreement in agreements.items()
        if wish.unit in ("", agreement.unit)
    }
    for one in happenings:
        mine = rights.get(one.agreement, NONE)
        is_theirs = one.party is None or mine.manages or mine.audits or one.party in mine.parties
        if one.kind in wish.kinds and mine.sees and is_theirs:
            yield one


def _row(context: Context, wish: Webhook, one: Happening, now: datetime) -> dict[str, Any]:
    route = Route(f"{WEBHOOK}:{wish.id}", wish.origin, "en", WEBHOOK, wish.destination)
    content = HookContent(
        language="en",
        timezone=context.timezone,
        agreement="",
        agreement_title="",
        point=WEBHOOK,
        recipient=wish.origin,
        headline=one.kind.value,
        lead=(),
        items=(),
        webhook=wish.id,
        name=one.id,
        url=wish.url,
        payload=one.payload(now),
        made_at=now,
    )
    return list_row(context, f"{WEBHOOK}/{one.id}", route, content, now)


def _decided(connection: Connection, names: Collection[str]) -> dict[str, Agreement]:
    wanted = sorted(names)
    logs = events.logs_of(connection, wanted)
    return {
        name: decided(written, effective(logs.get(name, ())))
        for name, written in terms.agreements(connection, wanted).items()
    }
