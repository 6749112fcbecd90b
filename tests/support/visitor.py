"""Somebody with a browser that keeps cookies: signs in by the link from the mail, and looks around."""

import asyncio
import re
from collections.abc import Mapping
from typing import Any

import httpx

from tests.support.browser import File
from tests.support.houses import Home
from tracker.outbox.content import ListContent, read_content
from tracker.outbox.tables import AlertRow
from tracker.signing_in import SIGN_IN
from tracker.web.app import build_app

_FIELD = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')
_LINK = re.compile(r"https?://\S+/masuk/\S+")


class Visitor:
    """One browser over the application of one home; several may share the application."""

    def __init__(self, home: Home, app: Any = None, base: str = "https://tracker.test") -> None:
        """Open a browser without cookies."""
        self.home = home
        self.app: Any = app or build_app(home.house)
        self.base = base
        self.cookies = httpx.Cookies()

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Send one request; redirects are not followed."""

        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(
                transport=transport, base_url=self.base, cookies=self.cookies
            ) as client:
                answer = await client.request(method, path, **more)
                self.cookies = client.cookies
                return answer

        return asyncio.run(send())

    def get(self, path: str) -> httpx.Response:
        """Open a page."""
        return self.ask("GET", path)

    def send(
        self, path: str, fields: Mapping[str, Any] | None = None, file: File | None = None, page: str = ""
    ) -> httpx.Response:
        """Open `page` (or the path), fill in its form and send it."""
        hidden = dict(_FIELD.findall(self.get(page or path).text))
        return self.post(path, {**hidden, **(fields or {})}, file)

    def post(
        self, path: str, fields: Mapping[str, Any] | None = None, file: File | None = None
    ) -> httpx.Response:
        """Send a form as it is."""
        files = {"evidence": (*file, "application/octet-stream")} if file else None
        return self.ask("POST", path, data=dict(fields or {}), files=files)

    def link(self, address: str) -> str:
        """Ask for a link and take it out of the mail."""
        assert self.send("/masuk", {"surel": address}).status_code == 200
        return links_for(self.home, address)[-1].removeprefix(self.base)

    def sign_in(self, address: str) -> httpx.Response:
        """Sign in, as a person does."""
        return self.send(self.link(address))


def links_for(home: Home, address: str) -> list[str]:
    """Give the links that were mailed to an address, oldest first."""
    rows = sorted(
        home.rows(AlertRow, contact=SIGN_IN, address=address.lower()), key=lambda row: row.created_at
    )
    contents = [read_content(row.content) for row in rows]
    texts = [" ".join(content.lead) for content in contents if isinstance(content, ListContent)]
    return [found[0] for text in texts if (found := _LINK.search(text))]
