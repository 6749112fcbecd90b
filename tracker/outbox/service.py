"""Alerts in the store: added with the state change that caused them, claimed, and settled."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, case, delete, func, select, update
from sqlalchemy.orm import Mapped
from sqlmodel import col

from tracker.base.among import among
from tracker.base.db import insert_once
from tracker.obligations.tables import ObligationRow
from tracker.outbox.content import BUTTONS_AT_MOST, ListContent, read_content
from tracker.outbox.keys import GROUP, is_group
from tracker.outbox.retry import GiveUp, Retry
from tracker.outbox.tables import AlertRow, AttemptRow
from tracker.people import buttons
from tracker.people.requests import DONE, DUTY, KNOWN, LATER, under_alert
from tracker.reminders.recipients import CHANNELS, TELEGRAM
from tracker.terms.service import batches

PENDING, ACCEPTED, REFUSED, WITHDRAWN = "pending", "accepted", "refused", "withdrawn"
AMBIGUOUS = "ambiguous"
"""How an attempt ended that may have reached somebody."""
GROUPED = "grouped"
"""Said by another alert, which names it as a member."""
_ANSWER_AT_MOST = 2048
_TAKEN_BACK: Mapping[str, Any] = {
    "state": WITHDRAWN,
    "next_try_at": None,
    "lease_holder": None,
    "held": False,
}


@dataclass(frozen=True, slots=True)
class Claimed:
    """One alert that this worker holds until its lease ends."""

    key: str
    reminder_key: str | None
    obligation_key: str | None
    contact: str
    channel: str
    address: str
    content: str
    message_id: str
    thread_id: str
    attempts: int
    groupable: bool
    not_taken: int

    @property
    def is_safe(self) -> bool:
        """Whether no attempt before this one can have reached anybody, so that it may be said otherwise."""
        return self.not_taken == self.attempts - 1


def _locked(*where: ColumnElement[bool] | Mapped[bool]) -> ColumnElement[bool]:
    """Choose alerts, and lock them in an order that all keep to, so that nobody waits in a circle.

    First those that are sent by themselves, then members of groups: a claim, which waits for no
    other alert, waits for the members of what it has claimed.
    """
    chosen = select(col(AlertRow.key)).where(*where)
    in_order = chosen.order_by(col(AlertRow.state) == GROUPED, col(AlertRow.key)).with_for_update()
    return col(AlertRow.key).in_(in_order.scalar_subquery())


_END_ATTEMPT = (
    update(AttemptRow)
    .where(col(AttemptRow.alert_key) == bindparam("of_key"), col(AttemptRow.number) == bindparam("of_number"))
    .values(finished_at=bindparam("now"), outcome=bindparam("ended"), answer=bindparam("said"))
)
_ACCEPT = (
    update(AlertRow)
    .where(
        _locked(
            among(col(AlertRow.key), "of_keys"),
            # What was taken back while it was under way has been said all the same.
            col(AlertRow.state).in_((PENDING, WITHDRAWN)),
        )
    )
    .values(state=ACCEPTED, accepted_at=bindparam("now"), next_try_at=None, lease_holder=None)
)
"""Made once: making them costs as much as running them, and they run for every few messages."""
_ACCEPT_MEMBERS = (
    update(AlertRow)
    .where(
        _locked(
            among(col(AlertRow.grouped_in), "of_keys"),
            col(AlertRow.state).in_((GROUPED, WITHDRAWN)),
        )
    )
    .values(state=ACCEPTED, accepted_at=bindparam("now"))
)
CLAIMED = tuple(col(getattr(AlertRow, field.name)) for field in fields(Claimed))


def add(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Add alerts in the caller's transaction; one that is there already stays as it is."""
    insert_once(connection, AlertRow, rows)
    _keep_buttons(connection, [row for row in rows if row["channel"] == TELEGRAM])


def _keep_buttons(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Store what is too long for the buttons under Telegram messages: the channel knows no database."""
    for row in rows:
        about = [row["obligation_key"]] if row["obligation_key"] else []
        content = None if about else read_content(row["content"])
        if isinstance(content, ListContent):
            about = [item.obligation for item in content.items[:BUTTONS_AT_MOST]]
        lines = [under_alert(name, key) for key in about for name in (DUTY, DONE, KNOWN, LATER)]
        buttons.keep(connection, lines, row["created_at"])


def members_of(connection: Connection, groups: Sequence[str]) -> dict[str, list[Claimed]]:
    """Give the alerts that others say, by the key of the one that says them; they are locked."""
    found: dict[str, list[Claimed]] = {key: [] for key in groups}
    query = select(col(AlertRow.grouped_in).label("group"), *CLAIMED).where(
        col(AlertRow.grouped_in).in_(groups), col(AlertRow.state) == GROUPED
    )
    query = query.order_by(col(AlertRow.key)).with_for_update()
    for row in connection.execute(query).mappings() if groups else ():
        fields_of = dict(row)
        found[fields_of.pop("group")].append(Claimed(**fields_of))
    return found


def lock(connection: Connection, alerts: Sequence[Claimed]) -> None:
    """Lock alerts that are settled together, in the order that all keep to."""
    if connection.dialect.name == "postgresql":
        keys = [alert.key for alert in alerts]
        query = select(col(AlertRow.key)).where(col(AlertRow.key).in_(keys))
        connection.execute(query.order_by(col(AlertRow.key)).with_for_update())


def said_by(connection: Connection, alert: Claimed) -> list[Claimed]:
    """Give the alerts that a message says, also those that were taken back since; none is locked."""
    if not is_group(alert.key):
        return [alert]
    query = select(*CLAIMED).where(col(AlertRow.grouped_in) == alert.key)
    return [Claimed(**row) for row in connection.execute(query.order_by(col(AlertRow.key))).mappings()]


def refuse_members(connection: Connection, group: str) -> set[str]:
    """Note that what a group said was refused with it; gives the keys of what still had to be said."""
    of_group = _locked(col(AlertRow.grouped_in) == group, col(AlertRow.state) == GROUPED)
    statement = update(AlertRow).where(of_group).values(state=REFUSED).returning(col(AlertRow.key))
    return set(connection.execute(statement).scalars())


def withdraw_about(connection: Connection, obligations: Sequence[str], *, undated_too: bool = False) -> None:
    """Take back reminders that wait to be said about obligations that have changed or are done with.

    `undated_too`: also what was said once of a duty without a date. Race: what a worker is sending
    right now may arrive; if it does not, it is not tried again.
    """
    reminders = [] if undated_too else [col(AlertRow.reminder_key).is_not(None)]
    for batch in batches(sorted(obligations)):
        connection.execute(
            update(AlertRow)
            .where(
                _locked(
                    col(AlertRow.obligation_key).in_(batch),
                    col(AlertRow.state).in_((PENDING, GROUPED)),
                    *reminders,
                )
            )
            .values(_TAKEN_BACK)
        )


def withdraw(connection: Connection, agreement: str, contacts: Sequence[str]) -> list[Claimed]:
    """Take back the alerts about an agreement that wait for some contacts; gives them."""
    if not contacts:
        return []
    of_agreement = select(col(ObligationRow.key)).where(col(ObligationRow.agreement_id) == agreement)
    return _take_back(
        connection,
        col(AlertRow.obligation_key).in_(of_agreement.scalar_subquery()),
        col(AlertRow.contact).in_(contacts),
        col(AlertRow.state).in_((PENDING, GROUPED)),
        ~col(AlertRow.key).startswith(f"{GROUP}/"),  # it says what its members would
    )


def release_held(connection: Connection, now: datetime, people: Collection[str] | None = None) -> None:
    """Let go of what was held back: all of it, or what waits for people of whom no more is to come.

    `people` are addresses in lower case.
    """
    held = col(AlertRow.held), col(AlertRow.next_try_at).is_not(None)
    let_go = {"held": False, "next_try_at": now}
    if people is None:
        connection.execute(update(AlertRow).where(_locked(*held)).values(let_go))
        return
    for batch in batches(sorted(people)):
        theirs = _locked(*held, func.lower(col(AlertRow.address)).in_(batch))
        connection.execute(update(AlertRow).where(theirs).values(let_go))


def withdraw_from(connection: Connection, address: tuple[str, str]) -> list[Claimed]:
    """Take back what waits for an address that does not work; gives it, each alert by itself.

    What a worker holds is left to it: whoever claims it next hears of the address.
    """
    waiting = (
        col(AlertRow.channel) == address[0],
        col(AlertRow.address) == address[1],
        col(AlertRow.next_try_at).is_not(None),
        col(AlertRow.lease_holder).is_(None),
    )
    found = _take_back(connection, *waiting)
    groups = [alert.key for alert in found if is_group(alert.key)]
    members = col(AlertRow.grouped_in).in_(groups), col(AlertRow.state) == GROUPED
    said = _take_back(connection, *members) if groups else []
    return [*(alert for alert in found if not is_group(alert.key)), *said]


def _take_back(connection: Connection, *where: ColumnElement[bool]) -> list[Claimed]:
    statement = update(AlertRow).where(_locked(*where)).values(_TAKEN_BACK).returning(*CLAIMED)
    return [Claimed(**row) for row in connection.execute(statement).mappings()]


def withdraw_all(connection: Connection) -> None:
    """Take back every alert that waits; for a database that only repeats what happened."""
    connection.execute(
        update(AlertRow).where(col(AlertRow.state) == PENDING).values(state=WITHDRAWN, next_try_at=None)
    )


def renew(connection: Connection, worker: str, alerts: Sequence[Claimed], until: datetime) -> None:
    """Hold claimed alerts longer; one that another worker has claimed meanwhile is left to it."""
    if not alerts:
        return
    statement = (
        update(AlertRow)
        .where(col(AlertRow.key).in_([alert.key for alert in alerts]), *_held_by(worker))
        .values(next_try_at=until)
    )
    connection.execute(statement)


def accept(connection: Connection, accepted: Sequence[tuple[Claimed, str]], now: datetime) -> None:
    """Write that servers took messages, each with what its server answered.

    Race: a lease that ran out may have been claimed by another worker. An acceptance settles the
    alert all the same: it has arrived.
    """
    if not accepted:
        return
    _end_attempts(connection, [(alert, "accepted", answer) for alert, answer in accepted], now)
    keys = [alert.key for alert, _ in accepted]
    connection.execute(_ACCEPT, {"of_keys": keys, "now": now})
    groups = [key for key in keys if is_group(key)]
    if groups:
        connection.execute(_ACCEPT_MEMBERS, {"of_keys": groups, "now": now})


def fail(
    connection: Connection,
    alert: Claimed,
    worker: str,
    now: datetime,
    *,
    outcome: str,
    answer: str,
    then: Retry | GiveUp,
) -> bool:
    """Write a failed attempt and what follows; False where the lease had gone to another worker.

    The attempt's row is written in any case: what the server answered is a fact. The alert is left
    to whoever holds it now, with a higher attempt number.
    """
    _end_attempts(connection, [(alert, outcome, answer)], now)
    values: dict[str, Any] = {"lease_holder": None}
    if outcome != AMBIGUOUS:
        so_far = col(AlertRow.not_taken)
        values["not_taken"] = case((so_far == alert.attempts - 1, alert.attempts), else_=so_far)
    if isinstance(then, GiveUp):
        values |= {"state": REFUSED, "next_try_at": None}
    else:
        values["next_try_at"] = then.at
        if then.address is not None:
            values["address"] = then.address
    mine = (col(AlertRow.key) == alert.key, col(AlertRow.attempts) == alert.attempts, *_held_by(worker))
    return connection.execute(update(AlertRow).where(*mine).values(values)).rowcount == 1


def give_back(connection: Connection, worker: str, alerts: Sequence[tuple[Claimed, datetime]]) -> None:
    """Undo the claims of alerts that were not tried: each is due again at its instant."""
    if not alerts:
        return
    keys = [{"of_key": alert.key, "of_number": alert.attempts, "at": at} for alert, at in alerts]
    never_begun = delete(AttemptRow).where(
        col(AttemptRow.alert_key) == bindparam("of_key"),
        col(AttemptRow.number) == bindparam("of_number"),
        col(AttemptRow.finished_at).is_(None),
    )
    connection.execute(
        never_begun, [{"of_key": row["of_key"], "of_number": row["of_number"]} for row in keys]
    )
    back = (
        update(AlertRow)
        .where(
            col(AlertRow.key) == bindparam("of_key"),
            col(AlertRow.attempts) == bindparam("of_number"),
            *_held_by(worker),
        )
        .values(next_try_at=bindparam("at"), attempts=col(AlertRow.attempts) - 1, lease_holder=None)
    )
    connection.execute(back, keys)


def _held_by(worker: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return col(AlertRow.state) == PENDING, col(AlertRow.lease_holder) == worker


def kept(answer: str) -> str:
    """Give what is kept of an answer: not without end, and nothing that no database takes."""
    return answer[:_ANSWER_AT_MOST].replace("\0", "")


def _end_attempts(connection: Connection, ended: Sequence[tuple[Claimed, str, str]], now: datetime) -> None:
    rows = [
        {
            "of_key": alert.key,
            "of_number": alert.attempts,
            "now": now,
            "ended": outcome,
            "said": kept(answer),
        }
        for alert, outcome, answer in ended
    ]
    connection.execute(_END_ATTEMPT, rows)


_FIRST_OF_EACH = select(
    *(
        select(col(AlertRow.next_try_at))
        .where(col(AlertRow.channel) == channel, col(AlertRow.next_try_at).is_not(None))
        .order_by(col(AlertRow.next_try_at))
        .limit(1)
        .scalar_subquery()
        .label(channel)
        for channel in CHANNELS
    )
)
"""When the next alert of each channel is due: one look at the end of an index for each, in one statement."""


def next_try(connection: Connection, not_before: Mapping[str, datetime] | None = None) -> datetime | None:
    """Give the instant at which the next alert is due, or None; `not_before` are channels that pause."""
    found = []
    for channel, due in connection.execute(_FIRST_OF_EACH).mappings().one().items():
        if due is not None:
            found.append(max(due, (not_before or {}).get(channel, due)))
    return min(found, default=None)
