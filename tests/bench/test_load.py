"""Loading terms beside deriving them alone, and a second load beside the first."""

import dataclasses
import gc
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests.bench.measure import Contender, best_of, forget, median_ratio, rounds_of, verdict
from tests.bench.portfolio import AGREEMENTS, RULES_EACH, write_files
from tests.support.agreements import RULES
from tests.support.databases import POSTGRESQL, SQLITE, migrated_database
from tracker import flow
from tracker.base.db import Database
from tracker.base.settings import Settings
from tracker.bootstrap import build_context
from tracker.obligations.derive import derive
from tracker.obligations.months import shifted
from tracker.obligations.tables import ObligationRow
from tracker.steps.context import Context
from tracker.terms.load import TermsFile, load
from tracker.terms.tables import AgreementRow, TermsVersionRow

BOUND = 2.5
BOUND_OF_SECOND = 0.3
ROUNDS = 5
NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


@dataclasses.dataclass(frozen=True)
class Parsed:
    """The portfolio as files, and how long reading all of them took."""

    paths: list[Path]
    files: tuple[TermsFile, ...]
    seconds: float


@pytest.fixture(scope="module")
def parsed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parsed]:
    paths = write_files(tmp_path_factory.mktemp("bench") / "agreements")
    gc.collect()
    start = time.perf_counter()
    loaded = load(paths)
    seconds = time.perf_counter() - start
    assert loaded.faults == ()
    yield Parsed(paths, loaded.files, seconds)
    for path in paths:
        path.unlink()


class Loading:
    """Loads terms into an empty database again and again."""

    def __init__(self, engine: str, folder: Path, files: tuple[TermsFile, ...]) -> None:
        self.engine = engine
        self.folder = folder
        self.files = files
        self.context = build_context(Settings(rules_dir=RULES), ["file"])
        self.databases = ExitStack()
        self.db = self.open()

    def open(self) -> Database:
        """Open an empty database, as durable as in production."""
        db = Database(self.databases.enter_context(migrated_database(self.engine, self.folder)))
        self.databases.callback(db.close)
        return db

    def start_cold(self) -> None:
        """Forget what was computed, in the calendars too."""
        forget()
        calendars = {name: dataclasses.replace(each) for name, each in self.context.calendars.items()}
        self.context = Context(calendars, self.context.policy, self.context.routing)

    def start_empty(self) -> None:
        """Take an empty database."""
        self.start_cold()
        self.databases.close()
        self.db = self.open()

    def derive(self) -> None:
        """Derive what a load derives, and do nothing with it."""
        for file in self.files:
            until = shifted(NOW.astimezone(file.agreement.zone).date(), self.context.horizon_months)
            derive(file.agreement, self.context.calendar(file.agreement), [], until)

    def load(self) -> None:
        """Load parsed files."""
        flow.load_terms(self.db, self.context, self.files, NOW)

    def load_again(self, paths: list[Path]) -> None:
        """Load the unchanged files once more, from the disk."""
        loaded = load(paths, flow.known_digests(self.db, self.context))
        flow.load_terms(self.db, self.context, loaded.files, NOW)
        assert len(loaded.skipped) == len(paths)

    def rows(self) -> int:
        """Count all rows."""
        with self.db.read() as connection:
            tables = (AgreementRow, TermsVersionRow, ObligationRow)
            return sum(
                connection.execute(select(func.count()).select_from(table)).scalar_one() for table in tables
            )


@pytest.mark.bench
@pytest.mark.parametrize("engine", [SQLITE, POSTGRESQL])
def test_loading_beside_deriving(engine: str, tmp_path: Path, parsed: Parsed) -> None:
    loading = Loading(engine, tmp_path, parsed.files)
    contenders = {
        "derive": Contender(loading.derive, loading.start_cold),
        "load": Contender(loading.load, loading.start_empty),
    }
    seconds = rounds_of(ROUNDS, contenders)
    best = {name: min(each) for name, each in seconds.items()}
    again = best_of(3, {"again": Contender(lambda: loading.load_again(parsed.paths))})["again"]
    rows = loading.rows()
    loading.databases.close()

    first = verdict(
        f"load {AGREEMENTS:,} agreements of {RULES_EACH} rules into {engine} / derive alone",
        median_ratio(seconds["load"], seconds["derive"]),
        BOUND,
        f"load {best['load']:.2f} s ({rows:,} rows, {rows / best['load']:,.0f} rows/s, "
        f"{AGREEMENTS / best['load']:,.0f} agreements/s), derive {best['derive']:.2f} s",
    )
    whole = parsed.seconds + best["load"]
    second = verdict(
        f"second load of unchanged files into {engine} / first",
        again / whole,
        BOUND_OF_SECOND,
        f"second {again:.2f} s, first {whole:.2f} s, of which reading YAML {parsed.seconds:.2f} s "
        f"({AGREEMENTS / parsed.seconds:,.0f} files/s)",
    )
    assert first.holds, first.line
    assert second.holds, second.line
