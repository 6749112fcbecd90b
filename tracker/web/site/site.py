"""The routes of the managers' pages. What takes time is done in threads, in one look at the database."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, ParamSpec, TypeVar
from urllib.parse import urlsplit

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from tracker.accounts import accounts, calendar_links, sessions
from tracker.base.db import Database
from tracker.bootstrap import House, Rules
from tracker.evidence.store import EvidenceStore
from tracker.seen.sight import Sight
from tracker.web.fields import Given
from tracker.web.site import assets, demo, feed, signing
from tracker.web.site.cookies import Cookies
from tracker.web.site.visit import Base, Guest, Visit
from tracker.web.threads import in_thread
from tracker.web.upload import SMALL, TEXT_LIMIT, file_in, form_of, offered_in, texts_in

_P = ParamSpec("_P")
_T = TypeVar("_T")
_LOOKING = ["GET", "HEAD"]
_THREADS = 4
_SAME_SITE = frozenset({"", "same-origin", "none"})
Show = Callable[[Visit], Response]


class Site:
    """Serves the pages of whoever has signed in."""

    def __init__(self, house: House) -> None:
        """Build it; nothing is read yet."""
        settings = house.settings
        url = (settings.public_url or f"http://{settings.web_host}:{settings.web_port}").rstrip("/")
        parts = urlsplit(url)
        self.base = Base(house, url, parts.path)
        self.cookies = Cookies(parts.scheme == "https", parts.path or "/")
        self.evidence = EvidenceStore(settings.evidence_dir, settings.evidence_max_mb)
        self._house = house
        self._rules = Rules(house)
        self._threads = ThreadPoolExecutor(_THREADS, "site")

    @property
    def db(self) -> Database:
        """The database."""
        return self._house.db

    async def do(self, work: Callable[_P, _T], *arguments: _P.args, **named: _P.kwargs) -> _T:
        """Do blocking work in a thread."""
        return await in_thread(self._threads, work, *arguments, **named)

    def add_to(self, app: FastAPI) -> None:
        """Add the routes."""
        from tracker.web.site import pages

        app.add_api_route("/static/{name}", assets.asset, methods=_LOOKING)
        signing.add_to(app, self)
        demo.add_to(app, self)
        if self._house.settings.oidc_issuer is not None:
            from tracker.web.site import oidc

            oidc.add_to(app, self)
        app.add_api_route("/kalender/{secret}.ics", self.calendar, methods=_LOOKING)
        for path, show in pages.LOOKING:
            app.add_api_route(path, self._look(show), methods=_LOOKING)
        for path, act, limit in pages.ACTING:
            app.add_api_route(path, self._act(act, with_file=limit), methods=["POST"])
        for path, act in pages.TAKING_TEXTS:
            app.add_api_route(path, self._take_text(act), methods=["POST"])

    async def calendar(self, request: Request, secret: str) -> Response:
        """Give the calendar feed of whoever a link was made for."""
        return await self.do(self._calendar, request, secret)

    def _calendar(self, request: Request, secret: str) -> Response:
        now, context = self._house.clock.now(), self._rules.now()
        with self.db.read() as connection:
            link = calendar_links.find(connection, secret)
            if link is None:
                return PlainTextResponse("not here\n", HTTPStatus.NOT_FOUND)
            sight = Sight(connection, context, accounts.identity(connection, link.address), now)
            found = feed.wanted(sight, link.language)
            headers = {"ETag": found.etag, "Cache-Control": "private, max-age=0, must-revalidate"}
            if found.etag in request.headers.get("if-none-match", ""):
                return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
            style = feed.Style(link.language, self.base.url, context.mail_domain, now)
            content = feed.feed(sight, found, style)
        return Response(content, media_type="text/calendar; charset=utf-8", headers=headers)

    def guest(self, request: Request, given: Given | None = None) -> Guest:
        """Give somebody who has not signed in."""
        secret = self.cookies.browser(request.cookies)
        return Guest(
            request,
            self.base,
            self._rules.now(),
            self._house.clock.now(),
            self.language(request),
            secret,
            given or {},
        )

    def language(self, request: Request) -> str:
        """Give the language that a browser reads."""
        return self.cookies.language(request.cookies) or self._house.settings.language

    def _look(self, show: Show) -> Callable[[Request], Any]:
        async def look(request: Request) -> Response:
            return await self.do(self._shown, show, _Sent(request))

        return look

    def _act(self, act: Show, *, with_file: bool) -> Callable[[Request], Any]:
        async def post(request: Request) -> Response:
            refuse_foreign(request)
            limit = 2 * self.evidence.limit + SMALL if with_file else SMALL
            async with form_of(request, limit) as form:
                given = texts_in(form)
                language = self.language(request)
                offered, errors = (
                    await offered_in(form, self.evidence, language, self.do) if with_file else (None, {})
                )
            sent = _Sent(request, given, (offered, errors))
            return await self.do(self._shown, act, sent)

        return post

    def _take_text(self, act: Show) -> Callable[[Request], Any]:
        async def post(request: Request) -> Response:
            refuse_foreign(request)
            async with form_of(request, 3 * TEXT_LIMIT, 2 * TEXT_LIMIT) as form:
                given = texts_in(form)
                uploaded = await file_in(form, "berkas", TEXT_LIMIT)
            return await self.do(self._shown, act, _Sent(request, given, uploaded=uploaded))

        return post

    def _shown(self, show: Show, sent: "_Sent") -> Response:
        """Answer in one look at the database."""
        request, now, context = sent.request, self._house.clock.now(), self._rules.now()
        secret = self.cookies.session(request.cookies)
        with self.db.read() as connection:
            session = sessions.find(connection, secret, now) if secret else None
            if session is None:
                return self._to_sign_in(request)
            identity = accounts.identity(connection, session.address)
            visit = Visit(
                request,
                self.base,
                context,
                now,
                self.language(request),
                secret,
                sent.given or {},
                session,
                sight=Sight(connection, context, identity, now),
                evidence=sent.offered[0],
                evidence_errors=sent.offered[1],
                uploaded=sent.uploaded,
            )
            if not visit.sight.is_known:
                return self._to_sign_in(request)
            if sent.given is not None and not visit.own_form:
                return old_form(visit)
            answer = show(visit)
        if sessions.is_stale(session, now):
            with self.db.write() as connection:
                sessions.note_seen(connection, session, now)
        return answer

    def _to_sign_in(self, request: Request) -> Response:
        guest = self.guest(request)
        if request.method == "POST":
            return guest.go("/masuk")
        return guest.go("/masuk", ke=guest.here)


@dataclass(frozen=True, slots=True)
class _Sent:
    """What came with a request; `given` is None where nothing was sent."""

    request: Request
    given: Given | None = None
    offered: tuple[Any, Any] = (None, {})
    uploaded: bytes | None = None


def refuse_foreign(request: Request) -> None:
    """Refuse what another site made a browser send."""
    if request.headers.get("sec-fetch-site", "") not in _SAME_SITE:
        raise HTTPException(HTTPStatus.FORBIDDEN)


def old_form(guest: Guest) -> Response:
    """Say that a form was not ours, or is too old."""
    said = guest.say(
        "Halaman itu sudah terlalu lama terbuka. Kembali, muat ulang, lalu coba lagi.",
        "That page was open for too long. Go back, load it again, and try once more.",
    )
    return guest.trouble(HTTPStatus.FORBIDDEN, said)
