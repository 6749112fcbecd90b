"""Two hundred chats that ask the bot at once, over real HTTP: how much slower that is than asking alone.

One interpreter computes one answer at a time. With the server in the same place asking alone is hardly
more than that computing (4 ms), and two hundred take two hundred times as long whatever one does. The
bound is for Telegram 110 ms away: what light in glass needs from Jakarta to Amsterdam (11,350 km) and back,
where the Bot API is taken to stand; real ways are longer. Nearer ones are reported.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from statistics import median, quantiles

import pytest

from tests.bench.measure import Verdict, verdict
from tests.support.agreements import ROOT, rule
from tests.support.botapi import TOKEN
from tests.support.databases import POSTGRESQL, SQLITE, migrated_database
from tests.support.houses import Home, Homes, terms_file
from tests.support.phone import running_bot
from tracker.base.db import Database

CHATS = 200
ALONE = 40
"""How often somebody asks alone."""
ROUNDS = 5
AT_MOST = 10
AWAY = (0.11, 0.05, 0.0)
"""How many seconds Telegram is away, there and back: from Jakarta, from nearer by, and not at all."""
FIRST = 1000
Ask = Callable[[float, Mapping[str, str]], dict[str, float]]


@contextmanager
def telegram() -> Iterator[tuple[str, Ask]]:
    """Run the stand-in in a process of its own; gives its address, and how people ask there."""
    with subprocess.Popen(
        (sys.executable, "-m", "tests.bench.telegram_server"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        given, said = process.stdin, process.stdout

        def ask(away: float, asked: Mapping[str, str]) -> dict[str, float]:
            given.write(json.dumps({"away": away, "asked": asked}) + "\n")
            given.flush()
            found: dict[str, float] = json.loads(said.readline())
            return found

        try:
            yield said.readline().strip(), ask
        finally:
            given.close()
            process.wait(20)


def filled(homes: Homes, url: str) -> Home:
    """Make a home in which each chat is an officer of an agreement of its own, with five duties."""
    home = homes.build(channels=("telegram",), telegram_token=TOKEN, telegram_base_url=url)
    home.load(
        *(
            terms_file(
                *(rule(f"on 2026-12-{day:02}", id=f"duty-{day:02}") for day in range(10, 15)),
                id=f"agreement-{number}",
                title=f"Kerja Sama {number}",
                contacts=[{"id": "o", "position": "Kepala", "telegram": FIRST + number}],
            )
            for number in range(CHATS)
        )
    )
    return home


def question(number: int) -> dict[str, str]:
    return {str(FIRST + number): "/tenggat"}


@pytest.mark.bench
@pytest.mark.parametrize("engine", [SQLITE, POSTGRESQL])
def test_two_hundred_chats_at_once(engine: str, tmp_path: Path) -> None:
    with (
        telegram() as (address, ask),
        migrated_database(engine, tmp_path) as url,
        closing(Database(url)) as db,
    ):
        home = filled(Homes(db, tmp_path), address)
        with running_bot(home):
            everybody = {chat: text for number in range(CHATS) for chat, text in question(number).items()}
            ask(0.0, everybody)  # what is made once is made
            found = {away: measure(ask, away, everybody, engine) for away in AWAY}
    assert found[AWAY[0]].holds, found[AWAY[0]].line


def measure(ask: Ask, away: float, everybody: Mapping[str, str], engine: str) -> Verdict:
    alone = [seconds for number in range(ALONE) for seconds in ask(away, question(number)).values()]
    p50 = median(alone)
    together = [p95(list(ask(away, everybody).values())) for _ in range(ROUNDS)]
    return verdict(
        f"{CHATS} chats at once, {engine}, Telegram {away * 1000:g} ms away: p95 / p50 of one alone",
        median(together) / p50,
        AT_MOST,
        f"{median(together) * 1000:.0f} ms; {p50 * 1000:.1f} ms",
    )


def p95(seconds: list[float]) -> float:
    return quantiles(seconds, n=20)[-1]
