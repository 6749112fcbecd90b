"""One request of one token, as handlers see it. What takes time is done in threads."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Literal, ParamSpec, TypeVar
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import Connection
from starlette.requests import Request

from tracker.accounts import accounts, tokens
from tracker.accounts.tokens import Token
from tracker.base.db import Database
from tracker.bootstrap import House, Rules
from tracker.channels.wrap import flatten
from tracker.seen.sight import Sight
from tracker.web.api import cursors
from tracker.web.api.problems import ProblemError, invalid
from tracker.web.threads import in_thread

PREFIX = "/api/v1"
_P = ParamSpec("_P")
_T = TypeVar("_T")
_THREADS = 4
Text = Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
"""Some words on one line."""


class Asked(BaseModel):
    """What any request may ask for."""

    model_config = ConfigDict(extra="forbid")

    language: Annotated[
        Literal["id", "en"], Field(description="The language of whatever is said in sentences.")
    ] = "id"


class Paged(Asked):
    """What a request for a list may ask for."""

    limit: Annotated[int, Field(ge=1, le=100, description="How many items a page holds at most.")] = 50
    cursor: Annotated[
        str | None,
        Field(
            min_length=1,
            max_length=cursors.LONGEST,
            pattern=r"^[A-Za-z0-9_-]+$",
            description="Where the page begins: taken from `next`, never made up.",
        ),
    ] = None

    def after(self, parts: int) -> tuple[str, ...] | None:
        """Give what the page begins after; ProblemError where it cannot be read."""
        if self.cursor is None:
            return None
        found = cursors.read(self.cursor, parts)
        if found is None:
            raise invalid("query/cursor", "expected a cursor from the `next` of the page before")
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Call:
    """Who asks, what they see, and when."""

    sight: Sight
    token: Token
    now: datetime
    root: str
    """The path at which the API stands."""

    @property
    def connection(self) -> Connection:
        """The look at the store."""
        return self.sight.connection

    def next(self, path: str, asked: Paged, *after: str) -> str:
        """Give the address of the page that begins after something."""
        given = asked.model_dump(mode="json", exclude_defaults=True, exclude={"cursor"})
        query = urlencode({**given, "cursor": cursors.written(*after)})
        return f"{self.root}{path}?{query}"


class Desk:
    """Does what requests ask for."""

    def __init__(self, house: House, root: str) -> None:
        """Keep what is needed; nothing is read yet. `root` is the path of the pages."""
        self.house = house
        self.root = f"{root}{PREFIX}"
        self._rules = Rules(house)
        self._threads = ThreadPoolExecutor(_THREADS, "api")

    @property
    def db(self) -> Database:
        """The database."""
        return self.house.db

    @property
    def rules(self) -> Rules:
        """The decrees, policy and units."""
        return self._rules

    async def do(self, work: Callable[_P, _T], *arguments: _P.args, **named: _P.kwargs) -> _T:
        """Do blocking work in a thread."""
        return await in_thread(self._threads, work, *arguments, **named)

    async def answer(self, request: Request, work: Callable[[Call], _T]) -> _T:
        """Answer a request in one look at the store."""
        return await self.do(self.look, request, work)

    def look(self, request: Request, work: Callable[[Call], _T]) -> _T:
        """Do the work for whoever a request is from; ProblemError where they are nobody here any more."""
        token: Token = request.scope["state"]["token"]
        now, context = self.house.clock.now(), self._rules.now()
        with self._reading() as connection:
            sight = Sight(connection, context, accounts.identity(connection, token.address), now)
            if not sight.is_known:
                raise ProblemError(
                    HTTPStatus.FORBIDDEN,
                    "nobody",
                    "Whose token this is, is nobody here any more: no agreement, unit or account names them.",
                )
            return work(Call(sight, token, now, self.root))

    def token(self, secret: str) -> Token | None:
        """Look a token up, and note that it is in use."""
        now = self.house.clock.now()
        with self._reading() as connection:
            found = tokens.find(connection, secret, now)
        if found is not None and tokens.is_stale(found, now):
            with self.db.write() as connection:
                tokens.note_seen(connection, found, now)
        return found

    def _reading(self) -> AbstractContextManager[Connection]:
        return self.db.read()


def plain(text: str) -> str:
    """Give a part of a path without what cannot be printed: the store knows none of it."""
    return flatten(text)
