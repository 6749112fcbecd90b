"""A program that asks the API in somebody's name, over the application of a home."""

import asyncio
import json
from collections.abc import Collection
from typing import Any

import httpx

from tests.support.houses import Home
from tracker.accounts import tokens
from tracker.accounts.tokens import Scope
from tracker.web.app import build_app

READ, WRITE = (Scope.READ,), (Scope.READ, Scope.WRITE)
BASE = "https://tracker.test"


def token_of(home: Home, address: str, scopes: Collection[Scope] = WRITE, **more: Any) -> str:
    """Make a token."""
    with home.db.write() as connection:
        return tokens.make(connection, address, "uji", scopes, home.clock.now(), by="tester", **more)


class Program:
    """Asks with a token; several may share the application."""

    def __init__(self, home: Home, token: str = "", app: Any = None) -> None:
        """Ask nothing yet."""
        self.home = home
        self.token = token
        self.app: Any = app or build_app(home.house)

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Send one request to a path of the API, or to an address that `next` has given."""
        url = path if path.startswith("/api/") else f"/api/v1{path}"
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}

        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
                return await client.request(
                    method, url, **{**more, "headers": {**headers, **more.get("headers", {})}}
                )

        return asyncio.run(send())

    def get(self, path: str) -> httpx.Response:
        """Read."""
        return self.ask("GET", path)

    def record(self, agreement: str, fact: Any, key: str = "key-0001") -> httpx.Response:
        """Record a fact."""
        headers = {"Idempotency-Key": key, "Content-Type": "application/json"}
        body = json.dumps(fact)  # in ASCII, which can say what no UTF-8 may
        return self.ask("POST", f"/agreements/{agreement}/events", content=body, headers=headers)
