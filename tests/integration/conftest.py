"""Databases of both kinds, and houses to try the flow in."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.botapi import BotApi, bot_api
from tests.support.databases import POSTGRESQL, SQLITE, empty_database, migrated_database
from tests.support.houses import Home, Homes
from tracker.base.db import Database

_ENGINES = [SQLITE, pytest.param(POSTGRESQL, marks=pytest.mark.postgres)]


@pytest.fixture(params=_ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def empty_url(engine: str, tmp_path: Path) -> Iterator[str]:
    with empty_database(engine, tmp_path) as url:
        yield url


@pytest.fixture
def database_url(engine: str, tmp_path: Path) -> Iterator[str]:
    with migrated_database(engine, tmp_path) as url:
        yield url


@pytest.fixture
def empty_postgres_url(tmp_path: Path) -> Iterator[str]:
    with empty_database(POSTGRESQL, tmp_path) as url:
        yield url


@pytest.fixture
def postgres_url(tmp_path: Path) -> Iterator[str]:
    with migrated_database(POSTGRESQL, tmp_path) as url:
        yield url


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    opened = Database(database_url, durable=False)
    yield opened
    opened.close()


@pytest.fixture
def homes(db: Database, tmp_path: Path) -> Homes:
    """Make homes over one migrated database; they share nothing else."""
    return Homes(db, tmp_path)


@pytest.fixture
def home(homes: Homes) -> Home:
    """One home, on Monday morning, whose messages go to the folder."""
    return homes.build()


@pytest.fixture(scope="module")
def running_api() -> Iterator[BotApi]:
    with bot_api() as running:
        yield running


@pytest.fixture
def api(running_api: BotApi) -> BotApi:
    """A stand-in for Telegram that has forgotten everything."""
    running_api.reset()
    return running_api
