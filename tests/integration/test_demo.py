"""The demo: it leaves the replay as it stands today, and a web on it that no other house has."""

import asyncio
import dataclasses
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import httpx
import pytest

from tests.integration.test_flow import wib
from tests.support.agreements import rule
from tests.support.browser import KEY, shown
from tests.support.databases import SQLITE, migrated_database
from tests.support.houses import Home, Homes, terms_file
from tests.support.visitor import Visitor
from tracker import __main__ as process
from tracker.base.db import Database
from tracker.bootstrap import Demo
from tracker.cli import demonstration
from tracker.web.app import build_app

ADMIN = "pengelola@example.org"
SECRET = "s" * 16
PATHS = (f"/demo/{SECRET}", "/outbox", f"/outbox/{'0' * 32}")


def house(home: Home) -> Home:
    demo = Demo(SECRET, ((ADMIN, "Pengelola", "Administrator"),))
    return Home(dataclasses.replace(home.house, demo=demo), home.clock)


@pytest.fixture
def homes(tmp_path: Path) -> Iterator[Homes]:
    with migrated_database(SQLITE, tmp_path) as url:
        db = Database(url, durable=False)
        yield Homes(db, tmp_path)
        db.close()


def test_no_other_house_has_the_demo_s_pages(homes: Homes) -> None:
    ordinary = homes.build(secret_key=KEY, fallback_email=ADMIN)
    mailing = house(homes.build(channels=("email",), secret_key=KEY, fallback_email=ADMIN))
    for home in (ordinary, mailing):
        visitor = Visitor(home, build_app(home.house), "http://tracker.test")
        for path in PATHS:
            assert visitor.get(path).status_code == 404, path
            assert visitor.post(path, {"sebagai": ADMIN}).status_code == 404, path
        assert "/outbox" not in visitor.get("/masuk").text


def test_the_demo_is_entered_without_a_mail_and_its_mail_is_read(homes: Homes) -> None:
    from tests.support.served import deliver

    home = house(
        homes.build(
            wib("2026-11-19T08:00"), secret_key=KEY, fallback_email=ADMIN, public_url="http://tracker.test"
        )
    )
    home.load(terms_file(rule("on 2026-11-20", if_missed="liability")))
    deliver(home)
    visitor = Visitor(home, build_app(home.house), "http://tracker.test")
    assert visitor.get("/demo/wrong").status_code == 404
    assert visitor.get("/").status_code == 303
    for form in ({"sebagai": "stranger@example.org"}, {"sebagai": ADMIN, "tanda": "0"}):
        assert visitor.send(PATHS[0], form).status_code in (403, 404)
        assert visitor.get("/").status_code == 303
    assert visitor.send(PATHS[0], {"sebagai": ADMIN}).status_code == 303
    assert "/outbox" in visitor.get("/").text
    elsewhere = Visitor(home, visitor.app, "http://rebound.example")
    assert [elsewhere.get(path).status_code for path in PATHS] == [404, 404, 404]
    stranger = Visitor(home, visitor.app, "http://tracker.test")  # to try signing in by mail
    page = stranger.get("/outbox")
    names = re.findall(r'href="/outbox/([0-9a-f]{32})"', page.text)
    assert len(names) == len(set(names)) > 0
    letter = stranger.get(f"/outbox/{names[0]}")
    assert "satu@example.org" in shown(letter)
    assert re.search(r'<a href="http://tracker.test/a/', letter.text)
    assert stranger.get("/outbox?cari=nirwana").text.count("/outbox/") == 0
    assert stranger.get("/outbox?masa=depan").text.count("/outbox/") == 0
    day_before = house(homes.build(wib("2026-11-18T08:00"), secret_key=KEY, public_url="http://tracker.test"))
    early = Visitor(day_before, build_app(day_before.house), "http://tracker.test")
    assert early.get("/outbox?masa=depan").text.count("/outbox/") == len(names)
    assert early.get("/outbox").text.count("/outbox/") == 0
    for name in ("0" * 32, "..%2Fx", "x"):
        assert stranger.get(f"/outbox/{name}").status_code == 404, name


def test_the_demo_ends_with_the_web_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(demonstration, "quiet", lambda: None)  # it would hold for all tests that follow
    monkeypatch.setenv("TRACKER_SMTP_HOST", "mail.example.org")
    monkeypatch.setenv("TRACKER_MAIL_FROM", "tracker@example.org")
    folder = tmp_path / "demo"
    demonstration.demonstrate(folder, date(2024, 11, 20), date(2025, 1, 10))
    assert not demonstration.is_at_terminal()
    demonstration.say_where(None)
    assert "demo --serve" in capsys.readouterr().out
    found = demonstration.house_of(folder)
    assert found.demo is not None
    assert found.settings.smtp_host is None
    url = found.settings.public_url or ""
    demonstration.say_where(found)
    assert f"{url}/demo/{found.demo.secret}" in capsys.readouterr().out
    roles = [*process._worker(found), *process._web(found)]

    async def look() -> tuple[int, str, str]:
        tasks = [asyncio.create_task(role.run()) for role in roles]
        async with httpx.AsyncClient(base_url=url) as browser:
            path = f"/demo/{found.demo.secret if found.demo else ''}"
            fields = dict(re.findall(r'name="(tanda)" value="(\w+)"', (await browser.get(path)).text))
            entered = await browser.post(path, data={**fields, "sebagai": ADMIN})
            page, mails = await browser.get("/alerts?masa=semua"), await browser.get("/outbox")
        for role in roles:
            role.stop()
        await asyncio.gather(*tasks)
        return entered.status_code, page.text, mails.text

    status, page, mails = asyncio.run(look())
    found.db.close()
    assert status == 303
    assert page.count('class="line told') > 0
    assert mails.count("/outbox/") > 0
