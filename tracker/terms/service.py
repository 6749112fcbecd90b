"""Terms versions in the store: which are known, and adding new ones."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from itertools import islice
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, update
from sqlmodel import col

from tracker.base.among import among
from tracker.base.bulk import insert_all
from tracker.base.packed import unpack
from tracker.terms.load import TermsFile, digest_of
from tracker.terms.model import Agreement
from tracker.terms.tables import AgreementRow, TermsVersionRow

_IN_AT_MOST = 500
_EMPTY_LOG = {"log_length": 0, "log_digest": ""}
_LOADING = 0x7452414B  # any number that nothing else in the database locks


@dataclass(frozen=True, slots=True)
class Known:
    """What the store knows of one agreement."""

    id: str
    version: int
    digest: str
    calendar_version: str
    tracked_since: date
    unit: str | None
    """Empty where the text names none; None where it was loaded before units were noted."""


_KNOWN = select(
    col(AgreementRow.id),
    col(AgreementRow.version),
    col(AgreementRow.digest),
    col(AgreementRow.calendar_version),
    col(AgreementRow.tracked_since),
    col(AgreementRow.unit),
)

_BODIES = (
    select(col(TermsVersionRow.agreement_id), col(TermsVersionRow.body), col(AgreementRow.log_length))
    .join(AgreementRow, col(AgreementRow.id) == col(TermsVersionRow.agreement_id))
    .where(
        col(TermsVersionRow.version) == col(AgreementRow.version),
        among(col(AgreementRow.id), "of_agreements"),
    )
)
"""Made once: making a statement costs more than running it."""


@lru_cache(maxsize=2048)
def parsed(packed_body: bytes) -> Agreement:
    """Turn stored terms into an agreement; the same body gives the same value."""
    return Agreement.model_validate_json(unpack(packed_body))


def batches(items: Iterable[Any], size: int = _IN_AT_MOST) -> Iterator[list[Any]]:
    """Cut anything iterable into lists of at most `size`."""
    left = iter(items)
    while batch := list(islice(left, size)):
        yield batch


def known_agreements(connection: Connection) -> dict[str, Known]:
    """Give what is known of all agreements."""
    return {row.id: Known(*row) for row in connection.execute(_KNOWN)}


def one_load_at_a_time(connection: Connection) -> None:
    """Make loads take turns until the transaction ends.

    Race: an agreement that is not there yet has no row to lock, so two loads of it would both
    add it. (On SQLite the write transaction has the database to itself.)
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_LOADING)))


def locked(connection: Connection, ids: Iterable[str], *, wait: bool = True) -> dict[str, Known]:
    """Give what is known of some agreements, and lock them until the transaction ends.

    Race: two transactions that derive the same agreement would each miss what the other adds.
    The lock makes them take turns; ids are locked in order, so that they cannot wait in a circle.
    (On SQLite the write transaction has the database to itself.) Without `wait`, those that somebody
    else holds are left out.
    """
    found: dict[str, Known] = {}
    for batch in batches(sorted(ids)):
        query = _KNOWN.where(col(AgreementRow.id).in_(batch)).order_by(col(AgreementRow.id))
        for row in connection.execute(query.with_for_update(skip_locked=not wait)):
            found[row.id] = Known(*row)
    return found


def agreements(connection: Connection, ids: Iterable[str]) -> dict[str, Agreement]:
    """Read the agreements in force, by id."""
    return {agreement_id: parsed(body) for agreement_id, body in bodies(connection, ids).items()}


def bodies(connection: Connection, ids: Iterable[str]) -> dict[str, bytes]:
    """Read the terms in force as they are stored, packed, by the agreements' ids."""
    found: dict[str, bytes] = {}
    for batch in batches(set(ids)):
        rows = connection.execute(_BODIES, {"of_agreements": batch})
        found |= {agreement_id: body for agreement_id, body, _ in rows}
    return found


def with_lengths(connection: Connection, ids: Sequence[str]) -> dict[str, tuple[Agreement, int]]:
    """Read the agreements in force, by id, each with the length of its log."""
    found: dict[str, tuple[Agreement, int]] = {}
    for batch in batches(ids):
        for agreement_id, body, length in connection.execute(_BODIES, {"of_agreements": batch}):
            found[agreement_id] = parsed(body), length
    return found


def put_in_force(
    connection: Connection,
    files: Sequence[TermsFile],
    known: Mapping[str, Known],
    calendar_versions: Mapping[str, str],
    first_wakes: Mapping[str, datetime | None],
    now: datetime,
) -> None:
    """Make the terms of each file the ones in force; their texts are added by `add_versions`.

    `first_wakes` says when agreements that are new are to be rolled forward.
    """
    new, changed = [], []
    for file in files:
        agreement = file.agreement
        values = {
            "title": agreement.title,
            "timezone": agreement.timezone,
            "unit": unit_of(file),
            "version": _version(file, known),
            "digest": file.digest,
            "calendar_version": calendar_versions[agreement.id],
        }
        if agreement.id in known:
            changed.append({"by_id": agreement.id, **{f"to_{name}": value for name, value in values.items()}})
        else:
            tracked_since = now.astimezone(agreement.zone).date()
            new.append(
                {
                    "id": agreement.id,
                    "tracked_since": tracked_since,
                    "log_length": 0,
                    "log_digest": "",
                    "wake_at": first_wakes[agreement.id],
                    **values,
                }
            )
    insert_all(connection, AgreementRow, new)
    _update_all(connection, changed)


def unit_of(file: TermsFile) -> str:
    """Give the unit as the store has it: empty where the text names none."""
    return file.agreement.unit or ""


def note_units(connection: Connection, files: Sequence[TermsFile]) -> None:
    """Note the units of agreements whose text is in force already."""
    _update_all(connection, [{"by_id": file.agreement.id, "to_unit": unit_of(file)} for file in files])


def _update_all(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        values: dict[str, Any] = {
            name.removeprefix("to_"): bindparam(name) for name in rows[0] if name != "by_id"
        }
        statement = update(AgreementRow).where(col(AgreementRow.id) == bindparam("by_id")).values(values)
        connection.execute(statement, rows)


def _version(file: TermsFile, known: Mapping[str, Known]) -> int:
    before = known.get(file.agreement.id)
    return 1 if before is None else before.version + (before.digest != file.digest)


def add_versions(
    connection: Connection, files: Sequence[TermsFile], known: Mapping[str, Known], now: datetime
) -> None:
    """Add a terms version for each file whose text is new."""
    rows = [
        {
            "agreement_id": file.agreement.id,
            "version": _version(file, known),
            "digest": file.digest,
            "path": file.path,
            "source": file.packed_text,
            "body": file.packed_body,
            "loaded_at": now,
        }
        for file in files
        if file.agreement.id not in known or known[file.agreement.id].digest != file.digest
    ]
    insert_all(connection, TermsVersionRow, rows)


def changed_texts(connection: Connection, agreement_id: str) -> Iterator[str]:
    """Tell of terms versions whose text no longer has the digest it was stored with."""
    query = select(
        col(TermsVersionRow.version), col(TermsVersionRow.digest), col(TermsVersionRow.source)
    ).where(col(TermsVersionRow.agreement_id) == agreement_id)
    for row in connection.execute(query):
        if digest_of(unpack(row.source).decode()) != row.digest:
            yield f"terms version {row.version} is not the text that was loaded"


@dataclass(frozen=True, slots=True)
class DueRoll:
    """An agreement whose recurring duties must be rolled forward, and since when that is due (UTC)."""

    known: Known
    at: datetime


def due_for_roll(
    connection: Connection, now: datetime, limit: int, only: Sequence[str] | None = None
) -> list[DueRoll]:
    """Give agreements whose recurring duties must be rolled forward, locked against other workers.

    `only` looks at some agreements, which the caller has locked already.
    """
    query = (
        _KNOWN.add_columns(col(AgreementRow.wake_at))
        .where(col(AgreementRow.wake_at) <= now)
        .order_by(col(AgreementRow.wake_at))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    if only is not None:
        query = query.where(col(AgreementRow.id).in_(only))
    return [DueRoll(Known(*row[:-1]), row[-1]) for row in connection.execute(query)]


def set_wakes(connection: Connection, wakes: Mapping[str, tuple[datetime | None, str]]) -> None:
    """Note when recurring duties are to be rolled forward next, and with which decrees they were derived."""
    rows = [
        {"by_id": name, "to_wake_at": wake_at, "to_calendar_version": version}
        for name, (wake_at, version) in wakes.items()
    ]
    _update_all(connection, rows)
