"""Whether the evidence folder still holds what the facts name, unchanged."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Connection, Text, cast, select
from sqlmodel import col

from tracker.base.db import Database
from tracker.base.errors import EvidenceStoreError, UnknownThingError
from tracker.events.tables import EventRow
from tracker.evidence.store import EvidenceStore

CHANGED, MISSING = "changed", "missing"
_EVIDENCE = "evidence"


class Problem(NamedTuple):
    """One stored file that is not what was stored, or one fact whose file is not there."""

    what: str
    digest: str
    agreement: str | None = None
    entry: int | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """What looking at every stored file, and at every fact that names one, found."""

    files: int
    facts: int
    problems: tuple[Problem, ...]

    def as_json(self) -> dict[str, Any]:
        """Give it as JSON values."""
        return {
            "files": self.files,
            "facts": self.facts,
            "problems": [
                {name: value for name, value in problem._asdict().items() if value is not None}
                for problem in self.problems
            ],
        }


def checked(db: Database, store: EvidenceStore) -> Checked:
    """Read every stored file whole, one in memory at a time, and every fact that names one."""
    digests = list(store.digests())
    changed = [Problem(CHANGED, digest) for digest in digests if not _is_whole(store, digest)]
    with db.read() as connection:
        facts = list(_facts(connection))
    missing = [Problem(MISSING, *fact) for fact in facts if not _is_there(store, fact[0])]
    return Checked(len(digests), len(facts), (*changed, *missing))


def _is_whole(store: EvidenceStore, digest: str) -> bool:
    try:
        store.read(digest)
    except (EvidenceStoreError, UnknownThingError):
        return False
    return True


def _is_there(store: EvidenceStore, digest: str) -> bool:
    try:
        return store.holds(digest)
    except UnknownThingError:
        return False


def _facts(connection: Connection) -> Iterator[tuple[str, str, int]]:
    """Give what every entry names as evidence, also one that was corrected since."""
    query = (
        select(col(EventRow.agreement_id), col(EventRow.number), col(EventRow.details))
        .where(cast(col(EventRow.details), Text).contains(f'"{_EVIDENCE}"'))
        .order_by(col(EventRow.agreement_id), col(EventRow.number))
    )
    for row in connection.execute(query):
        if digest := row.details.get(_EVIDENCE):
            yield digest, row.agreement_id, row.number
