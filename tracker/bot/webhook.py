"""Taking updates that Telegram brings; only who knows the secret is listened to."""

import hashlib
import hmac
from http import HTTPStatus
from json import JSONDecodeError

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from telegram import Bot, Update

from tracker.base.log import get_logger
from tracker.bot.handling import Handling

_SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the name of a header
_LARGEST = 1024 * 1024
_MALFORMED = (JSONDecodeError, UnicodeDecodeError, AttributeError, KeyError, TypeError, ValueError)
PATH = "/telegram"
log = get_logger("bot")


def secret_of(token: str) -> str:
    """Make the secret that Telegram is told and must repeat, where none is set: nobody guesses it."""
    return hashlib.sha256(f"tracker webhook {token}".encode()).hexdigest()


def build_app(bot: Bot, handling: Handling, secret: str) -> Starlette:
    """Build what listens."""

    async def take(request: Request) -> Response:
        given = request.headers.get(_SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode(), secret.encode()):
            return Response(status_code=HTTPStatus.FORBIDDEN)
        if int(request.headers.get("content-length") or _LARGEST + 1) > _LARGEST:
            return Response(status_code=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        try:
            update = Update.de_json(await request.json(), bot)
        except _MALFORMED:
            log.warning("what was brought is no update")
            return Response(status_code=HTTPStatus.BAD_REQUEST)
        taken = await handling.take(update)
        # Telegram brings again what was not taken.
        return Response(status_code=HTTPStatus.OK if taken else HTTPStatus.SERVICE_UNAVAILABLE)

    return Starlette(routes=[Route("/{path:path}", take, methods=["POST"])])
