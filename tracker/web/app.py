"""The routes. Looking (GET, HEAD) never acts: mail scanners open every link. Only the button (POST) does."""

import asyncio
import dataclasses
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http import HTTPStatus
from typing import ParamSpec, TypeVar

from fastapi import FastAPI, Request
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Mount
from starlette.types import ASGIApp

from tracker.base.errors import (
    BadFactError,
    DatabaseError,
    SettingsError,
    TrackerError,
    UnknownThingError,
)
from tracker.base.log import get_logger
from tracker.base.signing import Claim, Purpose, Refusal, Tokens, Why
from tracker.bootstrap import House, build_tokens
from tracker.evidence.store import Offered
from tracker.web import page
from tracker.web.answers import ANSWERS
from tracker.web.api.app import build_api
from tracker.web.api.call import PREFIX
from tracker.web.desk import Desk, Opened
from tracker.web.fields import Errors, Given
from tracker.web.headers import SecureHeaders
from tracker.web.naming import NamedRequests
from tracker.web.page import Page
from tracker.web.site import operations
from tracker.web.site.site import Site
from tracker.web.threads import in_thread
from tracker.web.upload import SMALL, form_of, offered_in, texts_in
from tracker.web.words import say

_P = ParamSpec("_P")
_T = TypeVar("_T")
_LOOKING = ["GET", "HEAD"]
_THREADS = 4
_PATIENCE = 5
"""Seconds to wait for the database to say that it is well."""
log = get_logger("web")


def build_app(house: House) -> ASGIApp:
    """Build the application; SettingsError where no key to sign links with is set."""
    tokens = build_tokens(house.settings)
    if tokens is None:
        raise SettingsError(
            "TRACKER_SECRET_KEY is not set; the pages are opened by links that are signed with it."
        )
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    face = _Face(Desk(house), tokens)
    app.add_api_route("/a/{token}", face.look, methods=_LOOKING)
    app.add_api_route("/a/{token}", face.act, methods=["POST"])
    app.add_api_route("/u/{token}", face.look_at_digest, methods=_LOOKING)
    app.add_api_route("/u/{token}", face.refuse_digest, methods=["POST"])
    app.add_api_route("/style.css", _style, methods=_LOOKING)
    app.add_api_route("/healthz", face.health, methods=_LOOKING)
    site = Site(house)
    site.add_to(app)
    operations.add_to(app, site)
    api = Mount(PREFIX, app=build_api(house, site.base.root))
    api.path_regex = re.compile(
        api.path_regex.pattern, re.DOTALL
    )  # whatever stands in a path, a problem answers
    app.router.routes.append(api)
    app.add_exception_handler(HTTPException, face.refused)
    app.add_exception_handler(TrackerError, face.failed)
    app.add_exception_handler(Exception, face.failed)
    return NamedRequests(SecureHeaders(app))


class _Face:
    """Answers requests; what takes time is done in threads."""

    def __init__(self, desk: Desk, tokens: Tokens) -> None:
        self._desk = desk
        self._tokens = tokens
        self._threads = ThreadPoolExecutor(_THREADS, "web")

    async def _do(self, work: Callable[_P, _T], *arguments: _P.args, **named: _P.kwargs) -> _T:
        """Do blocking work in a thread of our own: a worker in this process keeps its threads."""
        return await in_thread(self._threads, work, *arguments, **named)

    async def look(self, token: str) -> Response:
        """Show what a link is about."""
        opened = await self._opened(token)
        return _html(page.duty_page(opened)) if isinstance(opened, Opened) else opened

    async def act(self, token: str, request: Request) -> Response:
        """Record the answer that a link is for."""
        opened = await self._opened(token)
        if not isinstance(opened, Opened):
            return opened
        asked = page.duty_page(opened)
        if asked.form is None:
            status = HTTPStatus.CONFLICT if opened.reader.serves else HTTPStatus.FORBIDDEN
            return _html(asked, status)
        limit = self._desk.evidence.limit
        most = 2 * limit + SMALL if asked.form.has_file else SMALL
        async with form_of(request, most) as form:
            given = texts_in(form)
            evidence, errors = await self._evidence(form, opened) if asked.form.has_file else (None, {})
        return await self._record(opened, given, evidence, errors)

    async def look_at_digest(self, token: str) -> Response:
        """Ask whether a digest shall stop."""
        claim = await self._claim(token, Purpose.UNSUBSCRIBE)
        if not isinstance(claim, Claim):
            return claim
        gone = await self._do(self._desk.is_unsubscribed, claim)
        return _html(page.unsubscribe_page(claim, self._desk.language, gone=gone))

    async def refuse_digest(self, token: str, request: Request) -> Response:
        """Stop a digest (mail programs send `List-Unsubscribe=One-Click`), unless the body takes it back."""
        claim = await self._claim(token, Purpose.UNSUBSCRIBE)
        if not isinstance(claim, Claim):
            return claim
        again = False
        with suppress(HTTPException):
            async with form_of(request, SMALL) as form:
                again = page.AGAIN in form
        await self._do(self._desk.unsubscribe, claim, again=again)
        return _html(page.unsubscribe_page(claim, self._desk.language, gone=not again))

    async def health(self) -> Response:
        """Tell whether the database answers."""
        try:
            async with asyncio.timeout(_PATIENCE):
                await self._do(self._desk.ask_database)
        except (DatabaseError, TimeoutError) as error:
            log.error("not well", error=str(error) or type(error).__name__)  # noqa: TRY400
            return PlainTextResponse("the database does not answer\n", HTTPStatus.SERVICE_UNAVAILABLE)
        return PlainTextResponse("ok\n")

    async def refused(self, request: Request, error: Exception) -> Response:
        """Say in words what the framework refused."""
        del request
        status = error.status_code if isinstance(error, HTTPException) else HTTPStatus.BAD_REQUEST
        if status == HTTPStatus.NOT_FOUND:
            return _html(page.unknown_page(self._desk.language), HTTPStatus.NOT_FOUND)
        headers = dict(error.headers or {}) if isinstance(error, HTTPException) else {}
        return _html(page.trouble_page(self._desk.language, status), status, headers)

    async def failed(self, request: Request, error: Exception) -> Response:
        """Say that something broke; what, is for the log."""
        del request
        if isinstance(error, TrackerError):
            log.error("request failed", error=str(error))
            status = HTTPStatus.SERVICE_UNAVAILABLE
        else:
            status = HTTPStatus.INTERNAL_SERVER_ERROR  # the server writes the traceback
        return _html(page.trouble_page(self._desk.language, status), status)

    async def _opened(self, token: str) -> Opened | Response:
        claim = await self._claim(token, *ANSWERS)
        if not isinstance(claim, Claim):
            return claim
        opened = await self._do(self._desk.open, claim)
        return opened or _html(page.unknown_page(self._desk.language), HTTPStatus.NOT_FOUND)

    async def _claim(self, token: str, *purposes: Purpose) -> Claim | Response:
        found = self._tokens.read(token, purposes, self._desk.now())
        if isinstance(found, Claim):
            return found
        if found.why is Why.EXPIRED and found.claim is not None and found.claim.purpose in purposes:
            return _html(page.expired_page(await self._language(found)), HTTPStatus.GONE)
        return _html(page.unknown_page(self._desk.language), HTTPStatus.NOT_FOUND)

    async def _language(self, refusal: Refusal) -> str:
        if refusal.claim is None or refusal.claim.purpose is Purpose.UNSUBSCRIBE:
            return self._desk.language
        opened = await self._do(self._desk.open, refusal.claim)
        return opened.language if opened else self._desk.language

    async def _evidence(self, form: FormData, opened: Opened) -> tuple[Offered | None, Errors]:
        return await offered_in(form, self._desk.evidence, opened.language, self._do)

    async def _record(
        self, opened: Opened, given: Given, evidence: Offered | None, errors: Errors
    ) -> Response:
        duty = opened.live
        if duty is None:
            return _html(page.duty_page(opened), HTTPStatus.CONFLICT)
        fact, found = ANSWERS[opened.claim.purpose].read(opened, duty, given)
        errors = {**found, **errors}
        if errors and evidence is not None:  # a browser forgets the file, and fills in only the rest
            again = say(opened.language, "Pilih berkas ini sekali lagi.", "Choose this file once more.")
            errors["evidence"] = again
        if fact is None or errors:
            return _html(page.duty_page(opened, given, errors), HTTPStatus.UNPROCESSABLE_ENTITY)
        if evidence is not None:
            fact = dataclasses.replace(fact, details={**fact.details, "evidence": evidence.about.digest})
        try:
            await self._do(self._desk.record, opened, fact, evidence)
        except (BadFactError, UnknownThingError) as error:
            trouble = say(
                opened.language, f"Tidak dapat dicatat. {error}", f"It could not be recorded. {error}"
            )
            return _html(page.duty_page(opened, given, {"": trouble}), HTTPStatus.UNPROCESSABLE_ENTITY)
        after = await self._do(self._desk.open, opened.claim)
        return _html(page.duty_page(after or opened, recorded=True))


async def _style() -> Response:
    return Response(page.stylesheet(), media_type="text/css")


def _html(shown: Page, status: int = HTTPStatus.OK, headers: dict[str, str] | None = None) -> Response:
    return HTMLResponse(shown.html(), status, headers)
