"""What one process writes is heard by another at once."""

import asyncio
from contextlib import suppress

import pytest
from sqlalchemy import text

from tests.support.agreements import rule
from tests.support.houses import Home, terms_file
from tracker.base import bell
from tracker.base.db import Database

NOTICE = rule("14 calendar days since force-majeure-occurred", "force-majeure-notice")


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bell, "_LOOK_EVERY", 0.02)
    monkeypatch.setattr(bell, "_FIRST_PAUSE", 0.02)


async def rung(heard: asyncio.Event) -> None:
    async with asyncio.timeout(10):
        await heard.wait()
    heard.clear()


async def settled(heard: asyncio.Event) -> None:
    """Wait until nothing more is heard of what was written before."""
    while True:
        with suppress(TimeoutError):
            async with asyncio.timeout(0.2):
                await heard.wait()
                heard.clear()
                continue
        return


async def test_a_fact_recorded_elsewhere_rings(home: Home, database_url: str) -> None:
    home.load(terms_file(NOTICE))
    own = Database(database_url)
    heard = asyncio.Event()
    listening = asyncio.create_task(bell.listen(own, heard.set))
    try:
        await settled(heard)
        assert not heard.is_set()

        await asyncio.to_thread(home.record, "force-majeure-occurred", "2026-11-20", party="kesatu")
        await rung(heard)
        await settled(heard)
        await asyncio.to_thread(home.remind)
        await rung(heard)
    finally:
        listening.cancel()
        await asyncio.wait([listening])
        own.close()


@pytest.mark.postgres
async def test_a_lost_connection_is_made_again(postgres_url: str) -> None:
    own, other = Database(postgres_url), Database(postgres_url)
    heard = asyncio.Event()
    listening = asyncio.create_task(bell.listen(own, heard.set))
    hang_up = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND query LIKE 'LISTEN%'"
    )
    try:
        await rung(heard)
        with other.write() as connection:
            assert connection.execute(hang_up).all() == [(True,)]
        await rung(heard)
    finally:
        listening.cancel()
        await asyncio.wait([listening])
        own.close()
        other.close()
