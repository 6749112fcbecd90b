"""A stand-in for an OpenID provider: real HTTP, RS256 keys, and whatever a test wants to be wrong."""

import asyncio
import base64
import hashlib
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import urlencode

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from tracker.base.serving import server_of

CLIENT, SECRET = "tracker", "provider-secret"


@cache
def _key(name: str) -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": name, "use": "sig"})


@dataclass
class Provider:
    """What it knows, and how it lies."""

    now: Callable[[], datetime]
    url: str = ""
    email: str = "admin@example.org"
    claims: dict[str, Any] = field(default_factory=dict)
    """What identity tokens say instead of the truth; None: leave it out."""
    key: RSAKey = field(default_factory=lambda: _key("one"))
    """Published."""
    signs_with: RSAKey | OctKey | None = None
    """Another key than the published one."""
    document: dict[str, Any] = field(default_factory=dict)
    """What its description says instead."""
    down: bool = False
    asked: list[str] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    async def describe(self, request: Request) -> Response:
        """Tell where everything is."""
        self.asked.append(request.url.path)
        if self.down:
            return Response("down", 503)
        found = {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
        }
        return JSONResponse({**found, **self.document})

    async def keys(self, request: Request) -> Response:
        """Publish the key."""
        self.asked.append(request.url.path)
        return JSONResponse({"keys": [self.key.as_dict(private=False)]})

    async def authorize(self, request: Request) -> Response:
        """Let everybody in."""
        asked = dict(request.query_params)
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        back = urlencode({"code": code, "state": asked["state"]})
        return RedirectResponse(f"{asked['redirect_uri']}?{back}", 302)

    async def token(self, request: Request) -> Response:
        """Give an identity token for a code, once, to who has begun."""
        self.asked.append(request.url.path)
        async with request.form() as form:
            given = {name: str(text) for name, text in form.items()}
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        asked = self.codes.pop(given.get("code", ""), None)
        challenge = hashlib.sha256(given.get("code_verifier", "").encode()).digest()
        if (
            asked is None
            or request.headers.get("authorization") != f"Basic {basic}"
            or given.get("redirect_uri") != asked["redirect_uri"]
            or base64.urlsafe_b64encode(challenge).decode().rstrip("=") != asked["code_challenge"]
        ):
            return JSONResponse({"error": "invalid_grant"}, 400)
        return JSONResponse({"token_type": "Bearer", "access_token": "x", "id_token": self._token(asked)})

    def _token(self, asked: dict[str, str]) -> str:
        seconds = int(self.now().timestamp())
        said = {
            "iss": self.url,
            "aud": asked["client_id"],
            "sub": "1",
            "iat": seconds,
            "exp": seconds + 300,
            "nonce": asked["nonce"],
            "email": self.email,
            "email_verified": True,
            **self.claims,
        }
        key = self.signs_with or self.key
        header = {"alg": "HS256" if isinstance(key, OctKey) else "RS256", "kid": str(self.key.kid)}
        return jwt.encode(header, {name: one for name, one in said.items() if one is not None}, key)

    def change_key(self) -> None:
        """Publish another key from now on."""
        self.key = _key("two")


@contextmanager
def provider(now: Callable[[], datetime]) -> Iterator[Provider]:
    """Run one on a free port."""
    taken = socket.socket()
    taken.bind(("127.0.0.1", 0))
    taken.listen(16)
    one = Provider(now, f"http://127.0.0.1:{taken.getsockname()[1]}")
    app = Starlette(
        routes=[
            Route("/.well-known/openid-configuration", one.describe),
            Route("/keys", one.keys),
            Route("/authorize", one.authorize),
            Route("/token", one.token, methods=["POST"]),
        ]
    )
    server = server_of(app)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[taken])), daemon=True)
    thread.start()
    try:
        yield one
    finally:
        server.should_exit = True
        thread.join(15)
        taken.close()
