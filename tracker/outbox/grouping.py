"""Several reminders that are due for one person become one message.

The message is an alert of its own with its own Message-ID, made of what it says: a repeat after a
crash is the same message. What cannot have reached anybody yet is put together anew, so that after
an outage a person gets one message with the newest state. What may have been taken stays as it is.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, update
from sqlmodel import col

from tracker.base.db import insert_once
from tracker.outbox.compose_group import grouped
from tracker.outbox.content import AlertContent, read_content
from tracker.outbox.keys import alert_key, group_key, is_group, message_id
from tracker.outbox.service import GROUPED, PENDING, WITHDRAWN, Claimed, members_of
from tracker.outbox.tables import AlertRow

_Member = tuple[Claimed, AlertContent]


def group(
    connection: Connection, claimed: Sequence[Claimed], worker: str, now: datetime, until: datetime
) -> list[Claimed]:
    """Give the messages to send for claimed alerts; the claim of each lasts `until`."""
    several = _of_one_person(claimed)
    groups = [alert.key for alert in claimed if is_group(alert.key)]
    if not several and not groups:
        return list(claimed)
    work = _Grouping(connection, members_of(connection, groups), worker, now, until)
    taken = {alert.key for together in several for alert in together}
    messages = [alert for alert in claimed if alert.key not in taken and work.is_worth_saying(alert)]
    for together in several:
        messages += work.of(together)
    work.write()
    return messages


def _of_one_person(claimed: Iterable[Claimed]) -> list[list[Claimed]]:
    """Give the alerts of each person that may be said together, where something is to be done about them."""
    by_address: dict[str, list[Claimed]] = {}
    for alert in claimed:
        if alert.is_safe and alert.groupable:
            by_address.setdefault(alert.address, []).append(alert)
    return [together for together in by_address.values() if len(together) > 1 or is_group(together[0].key)]


class _Grouping:
    """What putting alerts together changes in the store, collected and written in few statements."""

    def __init__(
        self,
        connection: Connection,
        said: Mapping[str, list[Claimed]],
        worker: str,
        now: datetime,
        until: datetime,
    ) -> None:
        """Collect nothing yet; `said` are the alerts that each claimed group says."""
        self.connection = connection
        self.said = said
        self.worker = worker
        self.now = now
        self.until = until
        self.new: list[dict[str, Any]] = []
        self.members: list[dict[str, Any]] = []
        self.dissolved: list[str] = []

    def is_worth_saying(self, alert: Claimed) -> bool:
        """Tell whether anything of what may have been said before still holds; else it is taken back."""
        if not is_group(alert.key) or self.said[alert.key]:
            return True
        self.dissolved.append(alert.key)
        return False

    def of(self, together: Sequence[Claimed]) -> list[Claimed]:
        """Give the messages that say what the alerts of one person say."""
        before = [alert for alert in together if is_group(alert.key)]
        single = [alert for alert in together if not is_group(alert.key)]
        address = together[0].address  # the members' own may have moved since
        still = [replace(one, address=address) for group in before for one in self.said[group.key]]
        if len(before) == 1 and not single and _says_all(before[0], still):
            return before
        self.dissolved += [alert.key for alert in before]
        names = [alert.key for alert in before]
        return [self._one(members, names) for members in _by_language([*single, *still])]

    def _one(self, members: Sequence[_Member], before: Sequence[str]) -> Claimed:
        if len(members) == 1:
            return self._alone(members[0][0])
        alerts = [alert for alert, _ in members]
        message = _message(members, before, self.now)
        self.new.append(
            {
                **{name: getattr(message, name) for name in _COLUMNS},
                "detour": None,
                "state": PENDING,
                "created_at": self.now,
                "next_try_at": self.until,
                "lease_holder": self.worker,
            }
        )
        self.members += [
            _member(alert, GROUPED, message.key, None, None, alert.not_taken) for alert in alerts
        ]
        return message

    def _alone(self, alert: Claimed) -> Claimed:
        """Send an alert by itself, which may have been a member before."""
        alone = replace(alert, attempts=alert.not_taken + 1)
        self.members.append(_member(alert, PENDING, None, self.until, self.worker, alone.attempts))
        return alone

    def write(self) -> None:
        """Write it all."""
        insert_once(self.connection, AlertRow, self.new)
        if self.members:
            self.connection.execute(_SET_MEMBERS, self.members)
        if self.dissolved:
            self.connection.execute(
                update(AlertRow)
                .where(col(AlertRow.key).in_(self.dissolved))
                .values(
                    state=WITHDRAWN, next_try_at=None, lease_holder=None, attempts=col(AlertRow.attempts) - 1
                )
            )


_COLUMNS = (
    "key",
    "reminder_key",
    "obligation_key",
    "contact",
    "channel",
    "address",
    "content",
    "message_id",
    "thread_id",
    "attempts",
    "groupable",
    "not_taken",
)
_SET_MEMBERS = (
    update(AlertRow)
    .where(col(AlertRow.key) == bindparam("of_key"))
    .values(
        state=bindparam("to_state"),
        grouped_in=bindparam("to_group"),
        next_try_at=bindparam("to_try"),
        lease_holder=bindparam("to_holder"),
        address=bindparam("to_address"),
        attempts=bindparam("to_attempts"),
    )
)


def _member(
    alert: Claimed, state: str, group: str | None, try_at: datetime | None, holder: str | None, attempts: int
) -> dict[str, Any]:
    return {
        "of_key": alert.key,
        "to_state": state,
        "to_group": group,
        "to_try": try_at,
        "to_holder": holder,
        "to_address": alert.address,
        "to_attempts": attempts,
    }


def _says_all(group: Claimed, still: Sequence[Claimed]) -> bool:
    """Tell whether everything that a group says still holds: its key is made of its members."""
    content = read_content(group.content)
    return len(still) == getattr(content, "members", None)


def _by_language(alerts: Iterable[Claimed]) -> list[list[_Member]]:
    found: dict[str, list[_Member]] = {}
    for alert in alerts:
        content = read_content(alert.content)
        if isinstance(content, AlertContent):
            found.setdefault(content.language, []).append((alert, content))
    return list(found.values())


def _message(members: Sequence[_Member], before: Sequence[str], now: datetime) -> Claimed:
    alerts = [alert for alert, _ in members]
    said = grouped([(alert.contact, content) for alert, content in members], now)
    first = alerts[0]
    cause = group_key((alert.key for alert in alerts), before)
    domain = first.message_id.rpartition("@")[2].rstrip(">")
    obligations = {alert.obligation_key for alert in alerts}
    key = alert_key(cause, first.contact, first.channel)
    return Claimed(
        key=key,
        reminder_key=None,
        obligation_key=first.obligation_key if len(obligations) == 1 else None,
        contact=first.contact,
        channel=first.channel,
        address=first.address,
        content=said.model_dump_json(),
        message_id=message_id(key, domain),
        thread_id=message_id(cause, domain),
        attempts=1,
        groupable=True,
        not_taken=0,
    )
