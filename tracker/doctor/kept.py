"""What was last found, kept for those who look at a page: looking at everything takes a while."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from tracker.base.db import Database
from tracker.doctor.finding import Finding
from tracker.doctor.tables import ExaminationRow


@dataclass(frozen=True, slots=True)
class Look:
    """One look at one invariant."""

    at: datetime
    found: Sequence[Finding]


def keep(db: Database, found: Mapping[str, Sequence[Finding]], now: datetime) -> None:
    """Keep what was found, in the place of what was found before."""
    rows = [
        {"invariant": name, "at": now, "found": [[one.about, one.indonesian, one.english] for one in broken]}
        for name, broken in sorted(found.items())
    ]
    dialect = postgresql if db.is_postgresql else sqlite
    statement = dialect.insert(ExaminationRow)
    newer = {"at": statement.excluded.at, "found": statement.excluded.found}
    with db.write() as connection:
        connection.execute(statement.on_conflict_do_update(index_elements=["invariant"], set_=newer), rows)


def looks(connection: Connection) -> dict[str, Look]:
    """Give the last look at each invariant that was ever looked at."""
    rows = connection.execute(select(ExaminationRow)).all()
    return {row.invariant: Look(row.at, [Finding(*one) for one in row.found]) for row in rows}
