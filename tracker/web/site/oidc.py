"""Signing in by the provider of one's office. The state is bound to the browser and kept nowhere."""

import base64
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from tracker import signing_in
from tracker.accounts import hidden
from tracker.base.log import get_logger
from tracker.web.oidc import NotSignedInError, Provider, ProviderError, client_of
from tracker.web.site.visit import Guest, own_path
from tracker.web.threads import in_thread

if TYPE_CHECKING:
    from tracker.web.site.site import Site

_P = ParamSpec("_P")
_T = TypeVar("_T")
_THREADS = 2
BACK = "/oidc/kembali"
_LASTS = timedelta(minutes=10)
_LONGEST = 2000
log = get_logger("web")


def add_to(app: FastAPI, site: "Site") -> None:
    """Add the routes."""
    face = _Oidc(site, Provider(client_of(site.base.house.settings, f"{site.base.url}{BACK}")))
    # A form could not lead there: the pages' policy lets forms go nowhere else, redirects included.
    app.add_api_route("/oidc/mulai", face.begin, methods=["GET"])
    app.add_api_route(BACK, face.back, methods=["GET"])


@dataclass(frozen=True, slots=True)
class Errand:
    """One way to the provider and back: what it holds is signed with the secret of the browser."""

    browser: str
    state: str
    to: str

    @classmethod
    def begun(cls, browser: str, to: str, now: datetime) -> "Errand":
        """Begin one."""
        until = int((now + _LASTS).timestamp())
        path = base64.urlsafe_b64encode(to.encode()).decode("ascii").rstrip("=")
        said = f"{hidden.make()}.{until}.{path}"
        return cls(browser, f"{said}.{_mark(browser, said)}", to)

    @classmethod
    def read(cls, browser: str, state: str, now: datetime) -> "Errand | None":
        """Read one that came back; None where it is not of this browser, or too old."""
        said, _, mark = state.rpartition(".")
        parts = said.split(".")
        if not browser or len(state) > _LONGEST or len(parts) != 3:
            return None
        if not hidden.same(mark, _mark(browser, said)) or int(parts[1]) < now.timestamp():
            return None
        path = base64.urlsafe_b64decode(parts[2] + "=" * (-len(parts[2]) % 4)).decode()
        return cls(browser, state, own_path(path))

    @property
    def nonce(self) -> str:
        """What the identity token must hold."""
        return hidden.stamp(self.browser, f"oidc nonce {self.state}")

    @property
    def verifier(self) -> str:
        """What only this browser's errand can show for its code (PKCE)."""
        return hidden.stamp(self.browser, f"oidc verifier {self.state}")


def _mark(browser: str, said: str) -> str:
    return hidden.stamp(browser, f"oidc state {said}")


class _Oidc:
    def __init__(self, site: "Site", provider: Provider) -> None:
        self._site = site
        self._provider = provider
        # Its own: a provider that hangs must not take the threads that pages are made in.
        self._threads = ThreadPoolExecutor(_THREADS, "oidc")

    async def _do(self, work: Callable[_P, _T], *arguments: _P.args, **named: _P.kwargs) -> _T:
        return await in_thread(self._threads, work, *arguments, **named)

    async def begin(self, request: Request) -> Response:
        """Send a browser to the provider."""
        guest = self._site.guest(request)
        to = own_path(guest.asked("ke"))
        if not guest.secret:
            return guest.go("/masuk", ke=to)
        errand = Errand.begun(guest.secret, to, guest.now)
        try:
            where = await self._do(
                self._provider.begin, errand.state, errand.nonce, errand.verifier, guest.now
            )
        except ProviderError as error:
            return _unavailable(guest, error)
        return RedirectResponse(where, HTTPStatus.SEE_OTHER)

    async def back(self, request: Request) -> Response:
        """Sign in whoever comes back with a code."""
        guest = self._site.guest(request)
        errand = Errand.read(guest.secret, request.query_params.get("state", ""), guest.now)
        code = request.query_params.get("code", "")
        if errand is None or not 0 < len(code) <= _LONGEST:
            return _refused(guest, "no errand of this browser, or no code")
        try:
            entered = await self._do(self._enter, guest, errand, code)
        except ProviderError as error:
            return _unavailable(guest, error)
        except NotSignedInError as error:
            await self._note(guest)
            return _refused(guest, str(error))
        if entered is None:
            await self._note(guest)
            return _refused(guest, "the address is nobody here")
        answer = guest.go(errand.to)
        self._site.cookies.set_session(answer, entered.secret)
        if not self._site.cookies.language(request.cookies):
            self._site.cookies.set_language(answer, entered.language)
        return answer

    def _enter(self, guest: Guest, errand: Errand, code: str) -> signing_in.Entered | None:
        address = signing_in.address_in(
            self._provider.address(code, errand.nonce, errand.verifier, guest.now)
        )
        return signing_in.enter_as(self._site.db, guest.context, address, guest.now) if address else None

    async def _note(self, guest: Guest) -> None:
        await self._do(signing_in.note_refused, self._site.db, guest.now)


def _refused(guest: Guest, why: str) -> Response:
    log.warning("nobody was signed in by the provider", why=why[:300])
    said = guest.say(
        "Anda tidak dapat masuk dengan cara itu. Coba lagi, atau minta tautan lewat surel.",
        "You could not be signed in that way. Try again, or ask for a link by mail.",
    )
    return guest.trouble(HTTPStatus.FORBIDDEN, said)


def _unavailable(guest: Guest, error: ProviderError) -> Response:
    log.error("the sign-in service does not answer", error=str(error))
    said = guest.say(
        "Layanan masuk kantor Anda sedang tidak menjawab. Minta tautan lewat surel.",
        "The sign-in service of your office does not answer now. Ask for a link by mail.",
    )
    return guest.trouble(HTTPStatus.BAD_GATEWAY, said)
