"""Signing in and out. Looking at a link (GET) uses nothing up: mail scanners open every link."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from fastapi import FastAPI
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response

from tracker import signing_in
from tracker.accounts import hidden, sessions
from tracker.base.errors import TrackerError
from tracker.base.log import get_logger
from tracker.web.fields import text_of
from tracker.web.site.visit import CSRF, Guest, own_path
from tracker.web.upload import SMALL, form_of, texts_in

if TYPE_CHECKING:
    from tracker.web.site.site import Site

_LOOKING = ["GET", "HEAD"]
log = get_logger("web")


def add_to(app: FastAPI, site: "Site") -> None:
    """Add the routes of signing in."""
    face = _Signing(site)
    app.add_api_route("/masuk", face.ask, methods=_LOOKING)
    app.add_api_route("/masuk", face.send, methods=["POST"])
    app.add_api_route("/masuk/{secret}", face.look, methods=_LOOKING)
    app.add_api_route("/masuk/{secret}", face.enter, methods=["POST"])
    app.add_api_route("/keluar", face.leave, methods=["POST"])
    app.add_api_route("/bahasa", face.speak, methods=["POST"])


class _Signing:
    def __init__(self, site: "Site") -> None:
        self._site = site

    async def ask(self, request: Request) -> Response:
        """Ask for an address."""
        guest = self._site.guest(request)
        return self._with_browser(guest, self._form)

    async def send(self, request: Request) -> Response:
        """Send a link, to whoever may have one; the answer never tells."""
        guest = await self._sent(request)
        if not guest.own_form:
            # A browser that takes no cookies, or a page that was open since yesterday: a new form.
            return self._with_browser(guest, partial(self._form, stale=True))
        address = signing_in.address_in(text_of(guest.given, "surel"))
        if address is None:
            return self._form(guest, wrong=True)
        if await self._site.do(signing_in.is_flood, self._site.db, guest.now):
            said = guest.say(
                "Terlalu banyak permintaan masuk. Coba lagi beberapa menit lagi.",
                "Too many people are asking to sign in. Try again in a few minutes.",
            )
            return guest.trouble(HTTPStatus.TOO_MANY_REQUESTS, said)
        answer = guest.page("sent.html", address=address)
        # After the answer: how long it takes to know an address must not show whether it is known.
        answer.background = BackgroundTask(self._send, guest, address)
        return answer

    async def _send(self, guest: Guest, address: str) -> None:
        to = own_path(text_of(guest.given, "ke"))
        query = f"?{urlencode({'ke': to})}" if to != "/" else ""

        def link_of(secret: str) -> str:
            return f"{guest.base.url}/masuk/{secret}{query}"

        try:
            await self._site.do(
                signing_in.ask, self._site.db, guest.context, address, guest.secret, guest.now, link_of
            )
        except TrackerError as error:
            log.error("no link was sent", error=str(error))  # noqa: TRY400 - a cause, not a fault of ours

    async def look(self, request: Request, secret: str) -> Response:
        """Show the button that signs in."""
        guest = self._site.guest(request)
        here = await self._site.do(signing_in.is_open, self._site.db, secret, guest.secret, guest.now)
        if not guest.secret or not here:
            return _closed(guest)
        return guest.page("enter.html", to=own_path(guest.asked("ke")))

    async def enter(self, request: Request, secret: str) -> Response:
        """Sign in."""
        guest = await self._sent(request)
        if not guest.own_form:
            return _closed(guest)
        entered = await self._site.do(
            signing_in.enter, self._site.db, guest.context, secret, guest.secret, guest.now
        )
        if entered is None:
            return _closed(guest)
        answer = guest.go(own_path(text_of(guest.given, "ke")))
        cookies = self._site.cookies
        cookies.set_session(answer, entered.secret)
        if not cookies.language(request.cookies):
            cookies.set_language(answer, entered.language)
        return answer

    async def leave(self, request: Request) -> Response:
        """Sign out; a browser that was signed out already is told the same."""
        guest = await self._sent(request)
        secret = self._site.cookies.session(request.cookies)
        if secret:
            if not self._is_ours(guest):
                return guest.go("/")
            await self._site.do(self._end, secret, guest)
        answer = guest.go("/masuk", tercatat="keluar")
        self._site.cookies.forget(answer)
        return answer

    def _end(self, secret: str, guest: Guest) -> None:
        with self._site.db.read() as connection:
            session = sessions.find(connection, secret, guest.now)
        if session is not None:
            signing_in.leave(self._site.db, session, guest.now)

    async def speak(self, request: Request) -> Response:
        """Note the language that a browser shall read."""
        guest = await self._sent(request)
        answer = guest.go(own_path(text_of(guest.given, "ke")))
        chosen = text_of(guest.given, "bahasa")
        if chosen in {"id", "en"} and self._is_ours(guest):
            self._site.cookies.set_language(answer, chosen)
        return answer

    def _is_ours(self, guest: Guest) -> bool:
        """Tell whether a form is ours, made before or after signing in."""
        secrets = (self._site.cookies.session(guest.request.cookies), guest.secret)
        shown = text_of(guest.given, CSRF)
        return any(hidden.same(shown, hidden.stamp(secret, CSRF)) for secret in secrets if secret)

    async def _sent(self, request: Request) -> Guest:
        from tracker.web.site.site import refuse_foreign

        refuse_foreign(request)
        async with form_of(request, SMALL) as form:
            return self._site.guest(request, texts_in(form))

    def _with_browser(self, guest: Guest, show: Callable[[Guest], Response]) -> Response:
        if guest.secret:
            return show(guest)
        secret = hidden.make()
        answer = show(replace(guest, secret=secret))
        self._site.cookies.set_browser(answer, secret)
        return answer

    def _form(self, guest: Guest, *, wrong: bool = False, stale: bool = False) -> Response:
        to = own_path(text_of(guest.given, "ke") or guest.asked("ke"))
        status = HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK
        typed = text_of(guest.given, "surel")[:254]
        settings = self._site.base.house.settings
        office = settings.oidc_name if settings.oidc_issuer else ""
        return guest.page("sign_in.html", status, to=to, wrong=wrong, stale=stale, typed=typed, office=office)


def _closed(guest: Guest) -> Response:
    return guest.page("closed.html", HTTPStatus.GONE)
