"""A name for each request, in its log lines and its answer: who reports a fault can say which one it was.

Of the address only the pattern is logged: what stands in it may sign somebody in, or name a person's duty.
"""

import asyncio
import re
import secrets

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bound_contextvars

from tracker.base.log import get_logger

HEADER = "X-Request-Id"
_GIVEN = re.compile(r"[\w.-]{1,64}", re.ASCII)
_ASKED_ALL_THE_TIME = frozenset({"/healthz", "/readyz", "/metrics", "/static/{name}", "/style.css"})
_BROKEN = 500
log = get_logger("web")


class NamedRequests:
    """Names requests as the server in front does, or by itself, and logs how each was answered."""

    def __init__(self, app: ASGIApp) -> None:
        """Stand around an application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        name = _name(scope)
        status = _BROKEN
        now = asyncio.get_running_loop().time
        began = now()

        async def named(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[HEADER] = name
            await send(message)

        with bound_contextvars(request=name):
            try:
                await self._app(scope, receive, named)
            finally:
                _tell(scope, status, now() - began)


def _name(scope: Scope) -> str:
    given = Headers(scope=scope).get(HEADER, "")
    return given if _GIVEN.fullmatch(given) else secrets.token_hex(8)


def _tell(scope: Scope, status: int, seconds: float) -> None:
    pattern = getattr(scope.get("route"), "path", "unknown")
    if pattern not in _ASKED_ALL_THE_TIME or status >= _BROKEN:
        took = round(seconds * 1000)
        log.info("request answered", method=scope["method"], route=pattern, status=status, ms=took)
