"""The gate before every operation: a token that is in force, its scope, its pace, and a body of bounded size.

It stands before the routes, so that none can be forgotten. No cookie is looked at: another site
cannot make a browser ask in somebody's name.
"""

from http import HTTPStatus
from math import ceil

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tracker.accounts.tokens import Scope as TokenScope
from tracker.accounts.tokens import Token
from tracker.base.errors import TrackerError
from tracker.base.log import get_logger
from tracker.web.api.call import Desk
from tracker.web.api.limits import Rate
from tracker.web.api.problems import ProblemError

LARGEST = 64 * 1024
DOCUMENT = "/openapi.json"
_LOOKING = frozenset({"GET", "HEAD", "OPTIONS"})
_LONGEST_SECRET = 200
log = get_logger("api")


class Gate:
    """Lets requests through that show a token which is good for them."""

    def __init__(self, app: ASGIApp, desk: Desk, rate: Rate) -> None:
        """Stand before an application."""
        self._app = app
        self._desk = desk
        self._rate = rate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        try:
            if scope["path"] != f"{scope.get('root_path', '')}{DOCUMENT}":
                scope.setdefault("state", {})["token"] = await self._entered(request)
            body = await _body(receive) if request.method not in _LOOKING else b""
        except ProblemError as problem:
            await problem.response(scope, receive, send)
            return
        except TrackerError as error:
            await unavailable(error).response(scope, receive, send)
            return
        await self._app(scope, _replaying(body, receive), send)

    async def _entered(self, request: Request) -> Token:
        token = await self._desk.do(self._desk.token, secret) if (secret := _secret(request)) else None
        if token is None:
            raise ProblemError(
                HTTPStatus.UNAUTHORIZED,
                "no-token",
                "Send 'Authorization: Bearer TOKEN' with a token in force; make one on your own page.",
                headers={"WWW-Authenticate": 'Bearer realm="tracker"'},
            )
        wait = self._rate.wait(token.digest, self._desk.house.clock.now())
        if wait is not None:
            seconds = max(ceil(wait.total_seconds()), 1)
            raise ProblemError(
                HTTPStatus.TOO_MANY_REQUESTS,
                "too-many-requests",
                f"A token may ask {self._rate.most} times a minute; try again in {seconds} s.",
                headers={"Retry-After": str(seconds)},
            )
        needed = TokenScope.READ if request.method in _LOOKING else TokenScope.WRITE
        if needed not in token.scopes:
            raise ProblemError(
                HTTPStatus.FORBIDDEN,
                "insufficient-scope",
                f"This token has the scope {' '.join(token.scope_names)}; this needs {needed}.",
                headers={"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{needed}"'},
            )
        return token


def unavailable(error: TrackerError) -> ProblemError:
    """Say that we cannot answer now; why, is for the log."""
    log.error("request failed", error=str(error))
    return ProblemError(
        HTTPStatus.SERVICE_UNAVAILABLE, "unavailable", "This cannot be answered now; try again in a minute."
    )


def _secret(request: Request) -> str:
    given = request.headers.getlist("authorization")
    kind, _, secret = (given[0] if len(given) == 1 else "").partition(" ")
    return secret.strip() if kind.lower() == "bearer" and len(secret) <= _LONGEST_SECRET else ""


async def _body(receive: Receive) -> bytes:
    found = bytearray()
    while True:
        message = await receive()
        found += message.get("body", b"")
        if len(found) > LARGEST:
            raise ProblemError(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too-large", f"Send no more than {LARGEST} octets."
            )
        if not message.get("more_body", False):
            return bytes(found)


def _replaying(body: bytes, receive: Receive) -> Receive:
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again
