"""The web face without a network: requests straight into the application, over a house of a test."""

import asyncio
import re
from collections.abc import Mapping
from typing import Any

import httpx

from tests.support.houses import Home
from tracker.base.signing import Purpose, Tokens
from tracker.web.app import build_app

KEY = "k" * 40
TOKENS = Tokens(KEY)
OFFICER_KEY = "kesatu:officer"
File = tuple[str, bytes]


class Browser:
    """Asks the application of one home; no JavaScript, no cookies, no memory."""

    def __init__(self, home: Home) -> None:
        """Build the application as the process does."""
        self.home = home
        self.app: Any = build_app(home.house)

    def link(self, purpose: Purpose, about: str, who: str = OFFICER_KEY) -> str:
        """Make a link as a mail of now would hold it."""
        where = "u" if purpose is Purpose.UNSUBSCRIBE else "a"
        return f"/{where}/{TOKENS.write(purpose, about, who, self.home.clock.now())}"

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Send one request."""

        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://tracker.test") as client:
                return await client.request(method, path, **more)

        return asyncio.run(send())

    def get(self, path: str) -> httpx.Response:
        """Open a page."""
        return self.ask("GET", path)

    def press(
        self, path: str, fields: Mapping[str, Any] | None = None, file: File | None = None
    ) -> httpx.Response:
        """Press the button of a page, with its fields filled in."""
        files = {"evidence": (*file, "application/octet-stream")} if file else None
        return self.ask("POST", path, data=dict(fields or {}), files=files)


def shown(answer: httpx.Response) -> str:
    """Give what a page says, without its title and its marks."""
    text = re.sub(r"<[^>]*>", " ", answer.text.partition("<body>")[2])
    return " ".join(text.split())
