"""Signing in by the provider of one's office: who comes back is who was sent, and is somebody here."""

import dataclasses
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc.jwk import OctKey, RSAKey

from tests.integration.test_flow import wib
from tests.support.agreements import rule
from tests.support.browser import KEY
from tests.support.houses import Home, Homes, terms_file
from tests.support.provider import CLIENT, SECRET, Provider, provider
from tests.support.visitor import Visitor
from tracker.accounts.tables import SessionRow, SignInRow
from tracker.base.clock import ManualClock
from tracker.base.errors import SettingsError
from tracker.web.app import build_app

ADMIN, OFFICER = "admin@example.org", "satu@example.org"


@pytest.fixture
def office(homes: Homes) -> Iterator[tuple[Home, Provider]]:
    clock = ManualClock(wib("2026-11-23T10:00"))
    with provider(clock.now) as one:
        built = homes.build(
            channels=("email",),
            secret_key=KEY,
            public_url="https://tracker.test",
            fallback_email=ADMIN,
            oidc_issuer=one.url,
            oidc_client_id=CLIENT,
            oidc_client_secret=SECRET,
            oidc_name="Akun Kantor",
        )
        built = Home(dataclasses.replace(built.house, clock=clock), clock)
        built.load(terms_file(rule("on 2026-12-18", duty={"by": "kesatu", "to": "kedua"})))
        yield built, one


def leave(visitor: Visitor, to: str = "/perjanjian") -> str:
    """Press the button; gives where the browser is sent."""
    page = visitor.get(f"/masuk?ke={to}").text
    (link,) = re.findall(r'href="(/oidc/mulai[^"]*)"', page)
    assert "Akun Kantor" in page
    answer = visitor.get(link)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def come_back(visitor: Visitor, where: str) -> httpx.Response:
    """Let the provider send the browser back."""
    sent = httpx.get(where)
    assert sent.status_code == 302
    return visitor.get(sent.headers["location"].removeprefix(visitor.base))


def test_whoever_the_provider_vouches_for_is_signed_in(office: tuple[Home, Provider]) -> None:
    home, one = office
    app = build_app(home.house)
    for address in (ADMIN, OFFICER.upper()):
        one.email = address
        visitor = Visitor(home, app)
        where = leave(visitor)
        asked = parse_qs(urlsplit(where).query)
        assert asked["code_challenge_method"] == ["S256"]
        assert asked["response_type"] == ["code"]
        back = come_back(visitor, where)
        assert (back.status_code, back.headers["location"]) == (303, "/perjanjian")
        assert visitor.get("/").status_code == 200
    assert [row.address for row in home.rows(SessionRow)] in ([ADMIN, OFFICER], [OFFICER, ADMIN])
    assert one.asked.count("/keys") == 1
    one.change_key()
    home.clock.move_to(home.clock.now() + timedelta(minutes=2))
    visitor = Visitor(home, app)
    assert come_back(visitor, leave(visitor)).status_code == 303


OTHER = RSAKey.generate_key(2048, {"kid": "one"})
Lie = Callable[[Provider], None]


def says(**claims: Any) -> Lie:
    return lambda one: one.claims.update(claims)


LIES: list[Lie] = [
    says(email_verified=False),
    says(email_verified="true"),
    says(email_verified=None),
    says(email=None),
    says(email="siapa@example.org"),
    says(nonce="x"),
    says(nonce=None),
    says(iss="https://evil.example"),
    says(aud="another"),
    says(aud=[CLIENT, "another"]),
    says(aud=[CLIENT, "another"], azp="another"),
    says(exp=1),
    says(exp=None),
    says(iat=4_000_000_000),
    lambda one: setattr(one, "signs_with", OTHER),
    lambda one: setattr(one, "signs_with", OctKey.generate_key(256)),
]


def test_nobody_is_signed_in_by_a_token_that_is_not_right(office: tuple[Home, Provider]) -> None:
    home, one = office
    app = build_app(home.house)
    for number, lie in enumerate(LIES, start=1):
        one.claims, one.signs_with = {}, None
        lie(one)
        visitor = Visitor(home, app)
        back = come_back(visitor, leave(visitor))
        assert back.status_code == 403, (number, back.headers)
        assert home.rows(SessionRow) == [], number
        assert [row.what for row in home.rows(SignInRow)] == ["refused"] * number


def test_an_errand_is_of_one_browser_once_and_soon(office: tuple[Home, Provider]) -> None:
    home, _ = office
    app = build_app(home.house)
    mine, other = Visitor(home, app), Visitor(home, app)
    back = httpx.get(leave(mine)).headers["location"].removeprefix(mine.base)
    leave(other)
    assert other.get(back).status_code == 403
    assert Visitor(home, app).get(back).status_code == 403
    for wrong in (back.replace("state=", "state=x"), back.partition("&state")[0], "/oidc/kembali?error=x"):
        assert mine.get(wrong).status_code == 403, wrong
    assert mine.get(back).status_code == 303
    assert Visitor(home, app).get("/oidc/mulai").headers["location"] == "/masuk?ke=%2F"
    assert mine.get(back).status_code == 403  # the code is used up
    late = httpx.get(leave(mine)).headers["location"].removeprefix(mine.base)
    home.clock.move_to(home.clock.now() + timedelta(minutes=11))
    assert mine.get(late).status_code == 403
    outside = httpx.get(leave(mine, "//evil.example")).headers["location"].removeprefix(mine.base)
    assert mine.get(outside).headers["location"] == "/"


def test_a_provider_that_is_gone_or_another_one_is_said(office: tuple[Home, Provider]) -> None:
    home, one = office
    for is_down, document in (
        (True, {}),
        (False, {"issuer": "https://evil.example"}),
        (False, {"token_endpoint": "http://evil.example/token"}),
    ):
        one.down, one.document = is_down, document
        visitor = Visitor(home)
        visitor.get("/masuk")
        answer = visitor.get("/oidc/mulai")
        assert answer.status_code == 502
        assert "surel" in answer.text


def test_half_of_the_settings_is_no_setting(homes: Homes) -> None:
    for more in (
        {"oidc_issuer": "https://sso.example"},
        {"oidc_issuer": "http://sso.example", "oidc_client_id": "x", "oidc_client_secret": "y"},
    ):
        given: dict[str, Any] = more
        with pytest.raises(SettingsError, match="TRACKER_OIDC_ISSUER"):
            build_app(homes.build(secret_key=KEY, **given).house)
