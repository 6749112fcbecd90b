"""Killed with SIGKILL at any moment, workers lose nothing and repeat only what was in flight."""

from pathlib import Path

import pytest

from tests.support.databases import POSTGRESQL, SQLITE
from tests.support.kills import kill_again_and_again


@pytest.mark.parametrize(
    ("engine", "workers", "rounds"),
    [
        (SQLITE, 1, 8),
        pytest.param(POSTGRESQL, 1, 4, marks=pytest.mark.postgres),
        pytest.param(POSTGRESQL, 2, 5, marks=pytest.mark.postgres),
        pytest.param(POSTGRESQL, 4, 3, marks=pytest.mark.postgres),
    ],
)
def test_nothing_is_lost_when_workers_are_killed(
    engine: str, workers: int, rounds: int, tmp_path: Path
) -> None:
    kill_again_and_again(engine, workers, rounds, tmp_path, seed=20261121)
