"""The real process: a mail is sent, its link opened and its button pressed, and the duty is acknowledged."""

import re
import signal
import socket
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.acceptance.test_worker import ENGINES, KEY, installation, parsed, prepare, record, rows
from tests.support.databases import SQLITE, empty_database, migrated_database
from tests.support.process import Installation, Running
from tests.support.smtp import HOST, SmtpStandIn, free_port, smtp_server
from tests.support.waiting import until
from tracker.events.tables import EventRow
from tracker.obligations.tables import ObligationRow

SECRET = "s" * 48
LINK = re.compile(r"http://127\.0\.0\.1:\d+/a/[\w.-]+")


def with_web(one: Installation) -> str:
    """Configure the web face; gives its address."""
    port = free_port()
    url = f"http://{HOST}:{port}"
    one.settings |= {"public_url": url, "secret_key": SECRET, "web_port": str(port)}
    return url


def links_in(mail: SmtpStandIn) -> list[str]:
    (sent,) = mail.mails
    body = parsed(sent).get_body(("plain",))
    assert body is not None
    return LINK.findall(str(body.get_content()))


def is_well(url: str) -> bool:
    try:
        return httpx.get(f"{url}/healthz").status_code == 200
    except httpx.TransportError:
        return False


def kinds(url: str) -> list[str]:
    return [row.kind for row in rows(url, EventRow)]


def said_nothing_secret(running: Running, links: list[str]) -> None:
    said = running.said()
    assert SECRET not in said
    assert [link for link in links if link.rpartition("/")[2] in said] == []


@pytest.mark.parametrize("engine", ENGINES)
def test_a_link_from_a_mail_is_answered(engine: str, tmp_path: Path) -> None:
    with empty_database(engine, tmp_path) as url, smtp_server() as mail:
        one = installation(tmp_path, url)
        one.settings |= {"smtp_port": str(mail.port), "sweep_seconds": "600"}
        with_web(one)
        with one.start("run") as running:
            until(lambda: "worker started" in running.said(), "a worker that has started")
            record(one)
            until(lambda: mail.mails, "a mail")
            links = links_in(mail)
            done, acknowledge, snooze = links

            for link in links:  # as a mail scanner does
                assert httpx.get(link).status_code == 200
                assert httpx.head(link).status_code == 200
            assert kinds(url) == ["force-majeure-occurred"]

            for expected in (200, 409):
                assert httpx.post(acknowledge).status_code == expected
            assert kinds(url) == ["force-majeure-occurred", "obligation-acknowledged"]
            (duty,) = rows(url, ObligationRow)
            assert duty.acknowledged_until is not None
            assert rows(url, EventRow)[-1].recorded_by == "kesatu:officer, mail link"
            assert one.json("explain", KEY)["state"] == "due"

            assert httpx.post(snooze, data={"until": "2020-01-01"}).status_code == 422
            today = rows(url, EventRow)[0].happened_on.isoformat()
            letter = {"evidence": ("foto.jpg", b"\xff\xd8\xff" + b"x" * 5_000_000)}
            answer = httpx.post(done, data={"sent_on": today}, files=letter, timeout=30)
            assert answer.status_code == 200
            assert one.json("explain", KEY)["state"] == "fulfilled"
            assert running.stop() == 0
            said_nothing_secret(running, links)
            assert "web server stopped" in running.said()


def test_one_process_sends_and_another_answers(tmp_path: Path) -> None:
    with migrated_database(SQLITE, tmp_path) as url, smtp_server() as mail:
        one = installation(tmp_path, url)
        one.settings["smtp_port"] = str(mail.port)
        web = with_web(one)
        prepare(one)
        with one.start("worker") as worker:
            until(lambda: mail.mails, "a mail")
            assert worker.stop() == 0
        with one.start("web") as running:
            until(lambda: is_well(web), "a web server that is well")
            links = links_in(mail)
            assert httpx.post(links[1]).status_code == 200
            flood = {"evidence": ("besar.pdf", b"%PDF-" + b"x" * 60_000_000)}
            answer = httpx.post(links[0], data={"sent_on": "2026-01-01"}, files=flood, timeout=60)
            assert answer.status_code == 413
            assert is_well(web)
            assert running.stop() == 0
            said_nothing_secret(running, links)
        assert kinds(url)[-1] == "obligation-acknowledged"


def test_a_stop_finishes_what_is_under_way(tmp_path: Path) -> None:
    with migrated_database(SQLITE, tmp_path) as url:
        one = installation(tmp_path, url)
        web = with_web(one)
        with one.start("web") as running, socket.socket() as slow:
            until(lambda: is_well(web), "a web server that is well")
            slow.connect((HOST, int(one.settings["web_port"])))
            slow.sendall(b"POST /a/x HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n")
            running.process.send_signal(signal.SIGTERM)
            slow.sendall(b"abc")
            assert slow.recv(12) == b"HTTP/1.1 404"
            assert running.process.wait(30) == 0


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"public_url": "https://tenggat.example.org"}, "TRACKER_SECRET_KEY is not"),
        ({"public_url": "https://tenggat.example.org", "secret_key": "short"}, "has 5 characters"),
        ({"secret_key": "short"}, "expected at least 32"),
        ({"public_url": "tenggat.example.org", "secret_key": SECRET}, "TRACKER_PUBLIC_URL"),
    ],
    ids=["no key", "short key", "short key alone", "no scheme"],
)
@pytest.mark.parametrize("command", ["run", "worker", "web"])
def test_settings_that_cannot_work(tmp_path: Path, command: str, settings: dict[str, Any], said: str) -> None:
    one = installation(tmp_path, f"sqlite:///{tmp_path / 'tracker.db'}")
    found = one.fails(3, command, smtp_port="25", **settings)
    assert said in found
    assert SECRET not in found


def test_a_port_that_is_taken(tmp_path: Path) -> None:
    one = installation(tmp_path, f"sqlite:///{tmp_path / 'tracker.db'}")
    with_web(one)
    with socket.create_server((HOST, int(one.settings["web_port"]))):
        found = one.fails(3, "run", smtp_port="25")
    assert f"TRACKER_WEB_PORT={one.settings['web_port']} cannot be listened on" in found


def test_without_settings_nothing_listens(tmp_path: Path) -> None:
    with migrated_database(SQLITE, tmp_path) as url, smtp_server() as mail:
        one = installation(tmp_path, url)
        one.settings |= {"smtp_port": str(mail.port), "web_port": str(free_port())}
        prepare(one)
        with one.start("run") as running:
            until(lambda: mail.mails, "a mail")
            assert not is_well(f"http://{HOST}:{one.settings['web_port']}")
            assert running.stop() == 0
        assert b"http" not in mail.mails[0].content
