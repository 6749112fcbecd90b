"""Replays the logs of one database into an empty one: the same terms and facts give the same rows.

Every terms text and every fact is taken at the instant it was recorded, and what was due in
between (reminders, lapses, the horizon) is done at its own instant. Nothing is sent: the alerts
that come out are withdrawn, for they were sent long ago.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from tracker import flow
from tracker.base.db import Database
from tracker.base.errors import DatabaseError
from tracker.base.packed import unpack
from tracker.events.kinds import TERMS_AMENDED, TERMS_CORRECTED
from tracker.events.model import Event
from tracker.events.service import client_keys, logs_of
from tracker.obligations.tables import ObligationRow
from tracker.outbox.service import withdraw_all
from tracker.steps.context import Context
from tracker.terms.load import TermsFile, read_text
from tracker.terms.service import known_agreements
from tracker.terms.tables import TermsVersionRow

PROGRESS = frozenset({"reminded_for", "wake_at", "chain_since", "chain_level"})
"""How far reminders have got: a replay says everything on time, a worker may have been late."""
_OF_LOADING = frozenset({TERMS_AMENDED, TERMS_CORRECTED})


@dataclass(frozen=True)
class _Recorded:
    """One thing from the logs: terms that were loaded, or a fact; `of` is the agreement.

    `number` is the entry of its log, 0 for the first terms.
    """

    at: datetime
    number: int
    of: str
    what: TermsFile | Event
    client_key: str | None = None
    by: str = flow.SERVICE
    """Who has loaded terms; a fact names its recorder itself."""


def replay(source: Database, target: Database, context: Context, until: datetime) -> int:
    """Record everything from `source` in `target`, which must be empty; gives how many entries.

    Duties are brought up to `until`. DatabaseError where `target` holds anything already.
    """
    with target.read() as connection:
        if known_agreements(connection):
            raise DatabaseError("the database to replay into is not empty, expected one without agreements")
    recorded = sorted(_recorded(source), key=lambda one: (one.at, one.number, one.of))
    for (at, _), together in groupby(recorded, key=lambda one: (one.at, one.number)):
        bring_up_to(target, context, at)
        _repeat(target, context, at, list(together))
    bring_up_to(target, context, until)
    with target.write() as connection:
        withdraw_all(connection)
    return len(recorded)


def _repeat(target: Database, context: Context, at: datetime, together: Sequence[_Recorded]) -> None:
    for by in sorted({one.by for one in together}):
        files = [one.what for one in together if isinstance(one.what, TermsFile) and one.by == by]
        flow.load_terms(target, context, files, at, by)
    for one in together:
        if isinstance(one.what, Event):
            flow.record_again(target, context, one.what, one.client_key)


def bring_up_to(db: Database, context: Context, instant: datetime) -> None:
    """Do everything that is due up to an instant, each at its own; sends nothing."""
    while (due := flow.next_step(db)) is not None and due <= instant:
        while flow.roll_due(db, context, due) + flow.remind_due(db, context, due):
            pass


def _recorded(source: Database) -> Iterator[_Recorded]:
    with source.read() as connection:
        names = sorted(known_agreements(connection))
        versions = connection.execute(
            select(
                col(TermsVersionRow.agreement_id),
                col(TermsVersionRow.version),
                col(TermsVersionRow.path),
                col(TermsVersionRow.source),
                col(TermsVersionRow.loaded_at),
            )
        )
        keys = client_keys(connection)
        loaded: dict[tuple[str, int], tuple[int, str]] = {}
        for log in logs_of(connection, names).values():
            for event in log:
                number = event.number or 0
                if event.kind in _OF_LOADING:
                    loaded[event.agreement, int(event.details["version"])] = number, event.recorded_by
                elif event.recorded_at is not None:
                    key = keys.get((event.agreement, number))
                    yield _Recorded(event.recorded_at, number, event.agreement, event, key)
        for row in versions:
            file = _file(unpack(row.source).decode(), row.path)
            number, by = loaded.get((row.agreement_id, row.version), (0, flow.SERVICE))
            yield _Recorded(row.loaded_at, number, row.agreement_id, file, by=by)


def _file(text: str, path: str) -> TermsFile:
    file, faults = read_text(text, path)
    if file is None:
        raise DatabaseError(f"terms stored from {path} can no longer be read: {faults[0]}")
    return file


def difference(one: Database, other: Database, ignored: frozenset[str] = frozenset()) -> str | None:
    """Say in which way two databases hold different obligations; None where they hold the same.

    `ignored` are columns that may differ, such as `PROGRESS`.
    """
    rows = [_obligations(db) for db in (one, other)]
    for key in sorted(rows[0].keys() | rows[1].keys()):
        mine, theirs = rows[0].get(key, {}), rows[1].get(key, {})
        names = [name for name in (mine | theirs).keys() - ignored if mine.get(name) != theirs.get(name)]
        if names:
            return f"{key}: {', '.join(sorted(names))} differ"
    return None


def _obligations(db: Database) -> dict[str, dict[str, Any]]:
    with db.read() as connection:
        return {row["key"]: dict(row) for row in connection.execute(select(ObligationRow)).mappings()}
