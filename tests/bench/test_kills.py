"""Two hundred rounds of workers that are killed while they send."""

from pathlib import Path

import pytest

from tests.support.databases import POSTGRESQL, SQLITE
from tests.support.kills import kill_again_and_again


@pytest.mark.bench
@pytest.mark.parametrize(
    ("engine", "workers", "rounds"),
    [(SQLITE, 1, 80), (POSTGRESQL, 1, 40), (POSTGRESQL, 2, 50), (POSTGRESQL, 4, 30)],
)
def test_two_hundred_rounds(engine: str, workers: int, rounds: int, tmp_path: Path) -> None:
    repeats = kill_again_and_again(engine, workers, rounds, tmp_path, seed=rounds)
    kills = rounds * workers
    print(f"\n{engine}, {workers} at a time, {kills} kills: nothing lost, {repeats} came twice")  # noqa: T201
