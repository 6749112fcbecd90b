"""One request of one person, as handlers see it: who asks, what they see, and how to answer them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from tracker.accounts import hidden
from tracker.accounts.sessions import Session
from tracker.bootstrap import House
from tracker.channels.wrap import flatten
from tracker.evidence.store import Offered
from tracker.seen.sight import Sight
from tracker.signing_in import name_seen
from tracker.steps.context import Context
from tracker.web.fields import Errors, Given, text_of
from tracker.web.site import rendering
from tracker.web.site.assets import versions

CSRF = "tanda"
"""The field of every form that shows that the form was ours."""
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
_OWN_PATH = re.compile(r"/(?![/\\])[A-Za-z0-9/._~:-]*(\?[A-Za-z0-9=&%._~+:-]*)?")
_NEWS: Mapping[str, tuple[str, str]] = {
    "tahu": ("Tercatat: Anda sudah tahu.", "Recorded: you know about it."),
    "tunda": ("Tercatat: pengingat ditunda.", "Recorded: the reminders are put off."),
    "selesai": ("Tercatat. Terima kasih.", "Recorded. Thank you."),
    "kesampingkan": ("Tercatat: dikesampingkan.", "Recorded: waived."),
    "peristiwa": (
        "Tercatat. Inilah yang berubah karenanya.",
        "Recorded. This is what has changed because of it.",
    ),
    "naskah": ("Naskah ini sekarang berlaku.", "This text is in force now."),
    "keluar": ("Anda sudah keluar.", "You have signed out."),
    "dikirim-lagi": ("Pesan itu dikirim lagi sekarang.", "That message is being sent again."),
    "diperiksa": ("Sudah diperiksa.", "Looked at again."),
    "ringkasan": ("Ringkasan itu akan datang lagi.", "That digest will come again."),
    "token-dicabut": ("Token dicabut.", "The token is taken back."),
    "webhook-diakhiri": ("Webhook diakhiri.", "The webhook has ended."),
    "kalender-dicabut": ("Tautan kalender dicabut.", "The calendar link is taken back."),
}


@dataclass(frozen=True, slots=True)
class Base:
    """What every visit shares: where the pages are."""

    house: House
    url: str
    """The address that readers reach us by, without a slash at its end."""
    root: str
    """The path in it; empty where the pages have the whole host."""


@dataclass(frozen=True)
class Guest:
    """Somebody who has not signed in."""

    request: Request
    base: Base
    context: Context
    now: datetime
    language: str
    secret: str
    """What this browser shows: of its session, or before that of itself; empty where it has nothing."""
    given: Given = field(default_factory=dict)

    @property
    def csrf(self) -> str:
        """What the forms of this browser hold."""
        return hidden.stamp(self.secret, CSRF) if self.secret else ""

    @property
    def own_form(self) -> bool:
        """Whether what was sent is a form that we made for this browser."""
        return bool(self.secret) and hidden.same(text_of(self.given, CSRF), self.csrf)

    def say(self, indonesian: str, english: str) -> str:
        """Choose the sentence of the reader's language."""
        return english if self.language == "en" else indonesian

    def asked(self, name: str) -> str:
        """Give what the address asks for by a name, on one line."""
        return text_of({name: self.request.query_params.getlist(name)}, name)[:200]

    def part(self, name: str) -> str:
        """Give a part of the path."""
        return flatten(str(self.request.path_params[name]))

    def page(self, template: str, status: int = HTTPStatus.OK, **values: Any) -> Response:
        """Answer with a page."""
        news = _NEWS.get(self.asked("tercatat"))
        html = rendering.page(
            template,
            self.language,
            root=self.base.root,
            csrf=self.csrf,
            assets=versions(),
            here=self.here,
            news=self.say(*news) if news else "",
            reader=self.reader,
            oversees=self.oversees,
            is_demo=self.base.house.is_demo,
            **values,
        )
        return HTMLResponse(html, status, {"Content-Security-Policy": POLICY})

    @property
    def reader(self) -> str:
        """How the reader is called; empty before signing in."""
        return ""

    @property
    def oversees(self) -> bool:
        """Whether the reader sees more than the agreements they are named in."""
        return False

    @property
    def here(self) -> str:
        """The path that is shown, with what it asks for."""
        query = self.request.url.query
        found = self.request.url.path + (f"?{query}" if query else "")
        return own_path(found) if self.request.method in {"GET", "HEAD"} else own_path(self.request.url.path)

    def go(self, path: str, **query: str) -> RedirectResponse:
        """Send the browser to another page of ours."""
        asked = f"?{urlencode(query)}" if query else ""
        return RedirectResponse(f"{self.base.root}{path}{asked}", HTTPStatus.SEE_OTHER)

    def trouble(self, status: int, said: str) -> Response:
        """Say that it did not work."""
        return self.page("trouble.html", status, said=said)

    def not_there(self) -> Response:
        """Say that there is no such thing: the same words whether it exists or not."""
        said = self.say(
            "Halaman ini tidak ada, atau bukan untuk Anda.", "There is no such page, or it is not for you."
        )
        return self.trouble(HTTPStatus.NOT_FOUND, said)


@dataclass(frozen=True)
class Visit(Guest):
    """Somebody who has signed in, and is still somebody."""

    session: Session | None = None
    sight: Sight = field(kw_only=True)
    evidence: Offered | None = None
    evidence_errors: Errors = field(default_factory=dict)
    uploaded: bytes | None = None
    """The file of a text, one octet more than it may have at the utmost."""

    @cached_property
    def address(self) -> str:
        """The address they signed in with."""
        return self.session.address if self.session else ""

    @cached_property
    def name(self) -> str:
        """How they are called."""
        return name_seen(self.sight.connection, self.sight, self.address)

    @property
    def reader(self) -> str:
        """How the reader is called."""
        return self.address

    @property
    def oversees(self) -> bool:
        """Whether they see more than the agreements they are named in."""
        return self.sight.reach.oversees


def own_path(text: str) -> str:
    """Give a path of ours that may be gone to; the start page where it is none."""
    return text if _OWN_PATH.fullmatch(text) else "/"


def path_to(kind: str, key: str) -> str:
    """Give the path of a duty or an agreement."""
    return f"/{kind}/{quote(key, safe='/:')}"
