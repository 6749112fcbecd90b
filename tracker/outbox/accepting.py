"""Acceptances in the drivers' own words: what `service.accept` writes, at a fraction of its cost."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime

from tracker.base.prompt import Statement
from tracker.outbox.keys import is_group
from tracker.outbox.service import Claimed, kept

_END_ATTEMPT = (
    "UPDATE attempt SET finished_at = ?, outcome = 'accepted', answer = ? WHERE alert_key = ? AND number = ?"
)
_ACCEPT = (
    "UPDATE alert SET state = 'accepted', accepted_at = ?, next_try_at = NULL, lease_holder = NULL "
    "WHERE key = ? AND state IN ('pending', 'withdrawn')"
)
_ACCEPT_MEMBERS = (
    "UPDATE alert SET state = 'accepted', accepted_at = ? "
    "WHERE grouped_in = ? AND state IN ('grouped', 'withdrawn')"
)
_ON_POSTGRESQL = (
    "WITH said AS MATERIALIZED (SELECT * FROM json_to_recordset(%s::json) "
    "AS said(alert_key text, number int, answer text)), "
    "ended AS (UPDATE attempt SET finished_at = %s, outcome = 'accepted', answer = said.answer FROM said "
    "WHERE attempt.alert_key = ANY(ARRAY(SELECT alert_key FROM said)) "
    "AND attempt.alert_key = said.alert_key AND attempt.number = said.number) "
    "UPDATE alert SET state = 'accepted', accepted_at = %s, next_try_at = NULL, lease_holder = NULL "
    "WHERE key IN (SELECT key FROM alert WHERE key = ANY(ARRAY(SELECT alert_key FROM said)) "
    "AND state IN ('pending', 'withdrawn') ORDER BY key FOR UPDATE)"
)
_MEMBERS_ON_POSTGRESQL = (
    "UPDATE alert SET state = 'accepted', accepted_at = %s "
    "WHERE key IN (SELECT key FROM alert "
    "WHERE grouped_in = ANY(ARRAY(SELECT json_array_elements_text(%s::json))) "
    "AND state IN ('grouped', 'withdrawn') ORDER BY state = 'grouped', key FOR UPDATE)"
)
"""Both lock in the same order as `service.accept`."""


def acceptances(
    accepted: Sequence[tuple[Claimed, str]], now: datetime, *, is_postgresql: bool
) -> list[Statement]:
    """Give the statements that write that servers took messages, each with what its server answered."""
    said = [(alert.key, alert.attempts, kept(answer)) for alert, answer in accepted]
    groups = [key for key, _, _ in said if is_group(key)]
    if is_postgresql:
        names = ("alert_key", "number", "answer")
        rows = json.dumps([dict(zip(names, each, strict=True)) for each in said])
        members = [(now, json.dumps(groups))] if groups else []
        return [(_ON_POSTGRESQL, [(rows, now, now)]), (_MEMBERS_ON_POSTGRESQL, members)]
    at = now.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
    return [
        (_END_ATTEMPT, [(at, answer, key, number) for key, number, answer in said]),
        (_ACCEPT, [(at, key) for key, _, _ in said]),
        (_ACCEPT_MEMBERS, [(at, key) for key in groups]),
    ]
