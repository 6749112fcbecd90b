"""Asking an OpenID provider who somebody is: a code with PKCE, and an identity token that is checked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from tracker.base.errors import SettingsError, TrackerError
from tracker.base.settings import Settings

ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]
_SECONDS = 10.0
_KEPT_FOR = timedelta(hours=1)
_LEEWAY = 60
_LARGEST = 256 * 1024
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


class ProviderError(TrackerError):
    """The sign-in service cannot be used."""


class NotSignedInError(Exception):
    """What came back does not show who somebody is; the text is for the log."""


@dataclass(frozen=True, slots=True)
class Client:
    """What we are to the provider, and where it sends browsers back to."""

    issuer: str
    id: str
    secret: str
    back: str


@dataclass(frozen=True, slots=True)
class _Known:
    at: datetime
    found: Mapping[str, Any]
    keys: KeySet


def client_of(settings: Settings, back: str) -> Client:
    """Read what we are to a provider; SettingsError where a part of it is missing."""
    issuer, name = settings.oidc_issuer, settings.oidc_client_id
    secret = settings.oidc_client_secret
    if issuer is None or name is None or secret is None:
        raise SettingsError(
            "TRACKER_OIDC_ISSUER, TRACKER_OIDC_CLIENT_ID and TRACKER_OIDC_CLIENT_SECRET belong together."
        )
    if not _is_safe(issuer):
        raise SettingsError(f"TRACKER_OIDC_ISSUER={issuer!r}, expected an address that begins with https://")
    return Client(issuer.rstrip("/"), name, secret.get_secret_value(), back)


class Provider:
    """One provider; what it says of itself is kept for an hour."""

    def __init__(self, client: Client) -> None:
        """Ask nothing yet."""
        self._client = client
        self._known: _Known | None = None
        self._turn = Lock()

    def begin(self, state: str, nonce: str, verifier: str, now: datetime) -> str:
        """Give the address to send a browser to."""
        asked = {
            "response_type": "code",
            "client_id": self._client.id,
            "redirect_uri": self._client.back,
            "scope": "openid email",
            "state": state,
            "nonce": nonce,
            "code_challenge": create_s256_code_challenge(verifier),
            "code_challenge_method": "S256",
        }
        where = self._endpoint("authorization_endpoint", now)
        return f"{where}{'&' if '?' in where else '?'}{urlencode(asked)}"

    def address(self, code: str, nonce: str, verifier: str, now: datetime) -> str:
        """Give the verified e-mail address of whoever a code was given for; NotSignedInError says why not."""
        answer = self._ask(
            "POST",
            self._endpoint("token_endpoint", now),
            auth=(self._client.id, self._client.secret),
            data={
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": self._client.back,
                "code_verifier": verifier,
            },
        )
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise NotSignedInError(f"no identity token: {str(answer.get('error', ''))[:100]}")
        return self._address_in(self._claims(token, now), nonce, now)

    def _claims(self, token: str, now: datetime) -> Mapping[str, Any]:
        known = self._discovered(now)
        try:
            return self._decoded(token, known.keys)
        except NotSignedInError:
            # A key that was changed since: look once more, and no more often than once a minute.
            if now - known.at < timedelta(minutes=1):
                raise
            return self._decoded(token, self._discovered(now, again=True).keys)

    def _decoded(self, token: str, keys: KeySet) -> Mapping[str, Any]:
        try:
            return jwt.decode(token, keys, algorithms=ALGORITHMS).claims
        except (JoseError, ValueError, KeyError) as error:
            raise NotSignedInError(f"the identity token cannot be trusted: {type(error).__name__}") from None

    def _address_in(self, claims: Mapping[str, Any], nonce: str, now: datetime) -> str:
        seconds = int(now.timestamp())
        registry = jwt.JWTClaimsRegistry(
            now=seconds,
            leeway=_LEEWAY,
            iss={"essential": True, "value": self._client.issuer},
            aud={"essential": True, "value": self._client.id},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        try:
            registry.validate(dict(claims))
        except JoseError as error:
            raise NotSignedInError(f"the identity token is not for us: {error}") from None
        audience = claims["aud"]
        if (isinstance(audience, list) and len(audience) > 1 and "azp" not in claims) or claims.get(
            "azp", self._client.id
        ) != self._client.id:
            raise NotSignedInError("the identity token was made for another program")
        address = claims.get("email")
        if not isinstance(address, str) or claims.get("email_verified") is not True:
            raise NotSignedInError("the provider has not verified an e-mail address")
        return address

    def _endpoint(self, name: str, now: datetime) -> str:
        return str(self._discovered(now).found[name])

    def _discovered(self, now: datetime, *, again: bool = False) -> _Known:
        with self._turn:
            known = self._known
            if known is None or again or not timedelta() <= now - known.at < _KEPT_FOR:
                known = self._known = self._discover(now)
            return known

    def _discover(self, now: datetime) -> _Known:
        found = self._ask("GET", f"{self._client.issuer}/.well-known/openid-configuration")
        if str(found.get("issuer", "")).rstrip("/") != self._client.issuer:
            raise ProviderError("It names another issuer than TRACKER_OIDC_ISSUER.")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            if not _is_safe(str(found.get(name, ""))):
                raise ProviderError(f"It names no https:// address as {name}.")
        keys = self._ask("GET", str(found["jwks_uri"]))
        try:
            return _Known(now, found, KeySet.import_key_set({"keys": _usable(keys)}))
        except (JoseError, ValueError, KeyError, TypeError):
            raise ProviderError("Its keys cannot be read.") from None

    def _ask(self, method: str, url: str, **more: Any) -> dict[str, Any]:
        try:
            with httpx.Client(timeout=_SECONDS, trust_env=False, follow_redirects=False) as http:
                answer = http.request(method, url, headers={"Accept": "application/json"}, **more)
            found = answer.json() if len(answer.content) <= _LARGEST else None
        except (httpx.HTTPError, ValueError) as error:
            raise ProviderError(f"{urlsplit(url).hostname}: {type(error).__name__}") from None
        if answer.status_code >= 500 or not isinstance(found, dict):
            raise ProviderError(f"{urlsplit(url).hostname} answers with HTTP {answer.status_code}.")
        return found


def _usable(keys: Mapping[str, Any]) -> list[dict[str, Any]]:
    given = keys.get("keys")
    found = given if isinstance(given, list) else []
    return [
        one
        for one in found
        if isinstance(one, dict) and one.get("kty") in {"RSA", "EC", "OKP"} and one.get("use", "sig") == "sig"
    ]


def _is_safe(url: str) -> bool:
    parts = urlsplit(url)
    return bool(parts.hostname) and (
        parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOCAL)
    )
