"""The demo's own pages: entering without a mail, and the mail folder. No other house has them."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from fastapi import Depends, FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from tracker.accounts import book, hidden, sessions
from tracker.accounts.book import What
from tracker.bootstrap import Demo
from tracker.channels.file.folder import Head, heads, letter
from tracker.web.fields import text_of
from tracker.web.site.visit import Guest
from tracker.web.upload import SMALL, form_of, texts_in

if TYPE_CHECKING:
    from tracker.web.site.site import Site

_LOOKING = ["GET", "HEAD"]
_A_PAGE = 50
_LINK = re.compile(r"(https?://[^\s<>\"]+)")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a mail's text; a link where `path` says so."""

    text: str
    path: str = ""


def add_to(app: FastAPI, site: "Site") -> None:
    """Add the routes, where this is a demo."""
    house = site.base.house
    if house.demo is None or not house.is_demo:
        return
    face = _Demo(site, house.demo)
    here = [Depends(_only_under(urlsplit(site.base.url).hostname))]
    app.add_api_route("/demo/{secret}", face.look, methods=_LOOKING, dependencies=here)
    app.add_api_route("/demo/{secret}", face.enter, methods=["POST"], dependencies=here)
    app.add_api_route("/outbox", face.outbox, methods=_LOOKING, dependencies=here)
    app.add_api_route("/outbox/{name}", face.mail, methods=_LOOKING, dependencies=here)


def _only_under(own: str | None) -> Callable[[Request], None]:
    """Answer under our own name only: another site may have its name lead here, to read the mail."""

    def refuse(request: Request) -> None:
        if request.url.hostname not in {own, "localhost"}:
            raise HTTPException(HTTPStatus.NOT_FOUND)

    return refuse


class _Demo:
    def __init__(self, site: "Site", demo: Demo) -> None:
        self._site = site
        self._demo = demo

    async def look(self, request: Request, secret: str) -> Response:
        """Ask as whom to enter."""
        guest = self._site.guest(request)
        if not hidden.same(secret, self._demo.secret):
            return guest.not_there()
        if guest.secret:
            return self._choice(guest)
        browser = hidden.make()
        answer = self._choice(replace(guest, secret=browser))
        self._site.cookies.set_browser(answer, browser)
        return answer

    def _choice(self, guest: Guest) -> Response:
        people = [
            (address, guest.say(indonesian, english)) for address, indonesian, english in self._demo.people
        ]
        return guest.page("demo.html", people=people)

    async def enter(self, request: Request, secret: str) -> Response:
        """Sign in as one of the people of the demo."""
        from tracker.web.site.site import old_form, refuse_foreign

        refuse_foreign(request)
        async with form_of(request, SMALL) as form:
            guest = self._site.guest(request, texts_in(form))
        address = text_of(guest.given, "sebagai")
        if not hidden.same(secret, self._demo.secret) or address not in {one[0] for one in self._demo.people}:
            return guest.not_there()
        if not guest.own_form:
            return old_form(guest)
        answer = guest.go("/")
        self._site.cookies.set_session(answer, await self._site.do(self._begin, guest, address))
        return answer

    def _begin(self, guest: Guest, address: str) -> str:
        with self._site.db.write() as connection:
            book.note(connection, What.IN, guest.now, address)
            return sessions.begin(connection, address, guest.now)

    async def outbox(self, request: Request) -> Response:
        """List the mails."""
        return await self._site.do(self._list, self._site.guest(request))

    def _list(self, guest: Guest) -> Response:
        is_future, last = guest.asked("masa") == "depan", guest.asked("sesudah")
        folder = self._site.base.house.settings.mail_dir
        found = [one for one in heads(folder) if (one.at > guest.now) is is_future]
        if is_future:
            found.reverse()
        words = guest.asked("cari").casefold()
        if words:
            found = [one for one in found if words in f"{one.subject} {one.to}".casefold()]
        names = [one.name for one in found]
        first = names.index(last) + 1 if last in names else 0
        some = found[first : first + _A_PAGE]
        return guest.page(
            "outbox.html",
            mails=some,
            total=len(found),
            words=guest.asked("cari"),
            is_future=is_future,
            is_first=first == 0,
            following=_following(found, some),
            zone=ZoneInfo(guest.context.timezone),
        )

    async def mail(self, request: Request, name: str) -> Response:
        """Show one mail."""
        return await self._site.do(self._mail, self._site.guest(request), name)

    def _mail(self, guest: Guest, name: str) -> Response:
        found = letter(self._site.base.house.settings.mail_dir, name)
        if found is None:
            return guest.not_there()
        zone = ZoneInfo(guest.context.timezone)
        return guest.page("letter.html", letter=found, pieces=list(_pieces(found.text)), zone=zone)


def _following(found: Sequence[Head], some: Sequence[Head]) -> str:
    return some[-1].name if some and found[-1] is not some[-1] else ""


def _pieces(text: str) -> Iterator[Piece]:
    for place, part in enumerate(_LINK.split(text)):
        if part:
            yield Piece(part, part if place % 2 else "")
