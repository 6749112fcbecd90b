"""Programs are told what happens: by the outbox, by the rights of who wished it, whatever is down."""

import asyncio
import json
import re
import ssl
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.integration.test_flow import wib
from tests.support.agreements import ID, rule
from tests.support.browser import KEY
from tests.support.hooked import Listener, listener
from tests.support.houses import Home, Homes, Recorder, terms_file
from tests.support.visitor import Visitor
from tracker.accounts import webhooks
from tracker.accounts.kinds import Happens
from tracker.accounts.tables import WebhookRow
from tracker.base.errors import UnknownThingError
from tracker.bootstrap import build_cycle
from tracker.channels.webhook.send import WebhookChannel
from tracker.channels.webhook.signature import is_ours, secret_of
from tracker.cli import webhook
from tracker.outbox.content import HookContent, read_content
from tracker.outbox.dispatch import inline
from tracker.outbox.tables import AlertRow
from tracker.reminders.recipients import EMAIL, WEBHOOK

ADMIN, OFFICER, STRANGER = "admin@example.org", "satu@example.org", "siapa@example.org"


@pytest.fixture
def home(homes: Homes) -> Home:
    built = homes.build(wib("2026-11-23T10:00"), channels=(EMAIL,), secret_key=KEY, fallback_email=ADMIN)
    words = {"id": "Lapor", "en": "Report"}
    duty = {"by": "kesatu", "to": "kedua", "act": words}
    built.load(
        terms_file(
            rule("on 2026-11-26", id="soon", duty=duty),
            rule("on 2026-11-27", id="waived", duty=duty),
            rule("14 working days after force-majeure-occurred", id="fm", duty=duty),
        )
    )
    return built


def wish(home: Home, address: str = ADMIN, url: str = "https://hook.example/x", **more: Any) -> str:
    with home.db.write() as connection:
        return webhooks.make(
            connection, address, url, more.get("unit", ""), more.get("kinds", list(Happens)), home.clock.now()
        )


def remind_until(home: Home, local: str) -> None:
    while home.clock.now() < wib(local):
        home.remind()
        home.clock.move_to(home.clock.now() + timedelta(hours=4))
    home.remind()


def waiting(home: Home, name: str | None = None) -> list[HookContent]:
    rows = sorted(home.rows(AlertRow, channel=WEBHOOK), key=lambda row: (row.created_at, row.key))
    found = [read_content(row.content) for row in rows]
    hooks = [one for one in found if isinstance(one, HookContent)]
    assert len(hooks) == len(rows)
    return [one for one in hooks if name is None or one.webhook == name]


def told(home: Home, name: str | None = None) -> list[tuple[str, str]]:
    bodies = [json.loads(one.payload) for one in waiting(home, name)]
    return sorted((body["type"], body.get("obligation", body["agreement"])) for body in bodies)


def test_each_thing_that_happens_is_told_once_by_the_rights_of_who_wished_it(home: Home) -> None:
    mine, theirs = wish(home), wish(home, STRANGER)
    other_unit, one_kind = wish(home, unit="utara"), wish(home, kinds=[Happens.LAPSED])
    home.record("force-majeure-occurred", "2026-11-20", party="kesatu")
    home.record("fact-corrected", "2026-11-19", corrects="1", why="salah hari")
    home.record("obligation-waived", "2026-11-23", rule="waived", occurrence="2026-11-27", why="x")
    home.record("contact-doubtful", "2026-11-23", channel="email", address=OFFICER, party="kesatu")
    remind_until(home, "2026-12-01T12:00")
    found = told(home, mine)
    kinds = [kind for kind, _ in found]
    assert kinds.count("contact.doubtful") == 1
    assert ("obligation.closed", f"{ID}/waived/2026-11-27") in found
    assert ("obligation.overdue", f"{ID}/soon/2026-11-26") in found
    assert kinds.count("obligation.overdue") == len(
        {about for kind, about in found if kind.endswith("overdue")}
    )
    assert "deadline.moved" in kinds
    assert kinds.count("reminder.issued") > 1
    assert [told(home, name) for name in (theirs, other_unit, one_kind)] == [[], [], []]
    names = [one.name for one in waiting(home, mine)]
    assert len(names) == len(set(names))
    bodies = [json.loads(one.payload) for one in waiting(home, mine)]
    moved = next(body for body in bodies if body["type"] == "deadline.moved")
    assert moved["data"]["before"] != moved["data"]["after"]
    assert moved["at"].endswith("Z")
    assert OFFICER not in json.dumps(bodies)


def test_nothing_is_made_where_nobody_wishes_it(home: Home) -> None:
    remind_until(home, "2026-12-01T12:00")
    assert waiting(home) == []


def test_a_dead_server_holds_up_neither_mail_nor_other_servers(
    home: Home, server_tls: ssl.SSLContext, certificate: Path
) -> None:
    trusted = ssl.create_default_context(cafile=str(certificate.with_suffix(".crt")))
    mail = Recorder(EMAIL)

    async def run() -> Listener:
        channel = WebhookChannel(KEY, inner=True, tls=trusted, seconds=1.0)
        cycle = build_cycle(home.house, {EMAIL: mail, WEBHOOK: channel}, inline)
        async with listener(server_tls) as good, listener(server_tls) as gone, listener(server_tls) as bad:
            wish(home, url=good.url)
            wish(home, url="https://127.0.0.1:1/dead")
            wish(home, url=gone.url)
            wish(home, url=bad.url)
            gone.answers = ["HTTP/1.1 410 Gone\r\ncontent-length: 0\r\n\r\n"]
            bad.answers = ["HTTP/1.1 500 x\r\ncontent-length: 0\r\n\r\n"]
            home.clock.move_to(wib("2026-11-24T08:00"))
            await cycle.run()
            assert len(good.told) == len(told(home)) // 4 > 1
            assert len(mail.sent) >= 1
            assert (len(gone.told), len(bad.told)) == (1, 1)
            home.clock.move_to(home.clock.now() + timedelta(minutes=1))
            # The pause of a server counts in seconds of the loop: a new channel has forgotten it.
            again = WebhookChannel(KEY, inner=True, tls=trusted, seconds=1.0)
            await build_cycle(home.house, {EMAIL: mail, WEBHOOK: again}, inline).run()
            assert bad.told[0].headers["webhook-id"] in [one.headers["webhook-id"] for one in bad.told[1:]]
            await again.close()
            await channel.close()
        return good

    good = asyncio.run(run())
    for one in good.told:
        names = [row.id for row in home.rows(WebhookRow) if row.url == good.url]
        assert is_ours(secret_of(KEY, names[0]), one.headers, one.body, wib("2026-11-24T08:00"))
    ended = [row for row in home.rows(WebhookRow) if row.ended_at is not None]
    assert [row.ended_why for row in ended] == ["HTTP 410: nobody wants this any more"]
    states = {row.state for row in home.rows(AlertRow, channel=WEBHOOK) if ended[0].id in row.address}
    assert states <= {"refused", "withdrawn"}


def test_the_operator_ends_a_webhook(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tracker.bootstrap.build", lambda: home.house)
    name = wish(home)
    home.record("obligation-waived", "2026-11-23", rule="waived", occurrence="2026-11-27", why="x")
    run = CliRunner().invoke
    assert run(webhook.app, ["list"]).stdout.split()[:4] == [name, ADMIN, "-", "https://hook.example/x"]
    assert run(webhook.app, ["end", name]).exit_code == 0
    assert isinstance(run(webhook.app, ["end", name]).exception, UnknownThingError)
    assert run(webhook.app, ["list"]).stdout == ""
    assert [row.state for row in home.rows(AlertRow, channel=WEBHOOK)] == ["withdrawn"]


def test_webhooks_are_made_and_ended_on_the_own_page(home: Home) -> None:
    visitor = Visitor(home, base="http://127.0.0.1:8080")
    visitor.sign_in(ADMIN)
    fields: Mapping[str, Any] = {"alamat": "https://hook.example/x", "jenis": ["obligation.closed"]}
    page = visitor.send("/saya/webhook", fields, page="/saya")
    (secret,) = re.findall(r"whsec_[\w+/=]+", page.text)
    assert secret not in visitor.get("/saya").text
    (row,) = home.rows(WebhookRow)
    assert secret == secret_of(KEY, row.id)
    assert (row.url, row.kinds, row.address) == ("https://hook.example/x", "obligation.closed", ADMIN)
    for wrong in ("http://hook.example/", "https://a:b@hook.example/", "https://", "https://x y/", ""):
        assert visitor.send("/saya/webhook", {**fields, "alamat": wrong}, page="/saya").status_code == 422
    assert visitor.send("/saya/webhook", {"alamat": fields["alamat"]}, page="/saya").status_code == 422
    home.record("obligation-waived", "2026-11-23", rule="waived", occurrence="2026-11-27", why="x")
    assert len(waiting(home)) == 1
    ledger = visitor.get("/alerts").text
    assert "webhook" in ledger
    assert "obligation.closed" in ledger
    visitor.send("/saya/webhook/akhiri", {"webhook": row.id}, page="/saya")
    assert home.rows(WebhookRow)[0].ended_at is not None
    assert [row.state for row in home.rows(AlertRow, channel=WEBHOOK)] == ["withdrawn"]
