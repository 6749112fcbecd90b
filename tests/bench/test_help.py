"""`tracker --help` starts quickly: whatever is heavy is imported by the command that needs it."""

import subprocess
import sys

import pytest

from tests.bench.measure import Contender, best_of, verdict

BOUND = 3


@pytest.mark.bench
def test_help_beside_importing_typer() -> None:
    best = best_of(
        7,
        {
            "help": Contender(lambda: _python("-m", "tracker", "--help")),
            "typer": Contender(lambda: _python("-c", "import typer")),
            "python": Contender(lambda: _python("-c", "")),
        },
    )
    figures = ", ".join(f"{name} {1000 * seconds:.0f} ms" for name, seconds in best.items())
    found = verdict("tracker --help / import typer", best["help"] / best["typer"], BOUND, figures)
    assert found.holds, found.line


def _python(*arguments: str) -> None:
    subprocess.run([sys.executable, *arguments], check=True, capture_output=True)  # noqa: S603
