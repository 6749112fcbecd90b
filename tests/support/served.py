"""The pages of a home over real HTTP, and a real browser to look at them."""

import asyncio
import re
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from tests.support.houses import Home
from tracker.base.serving import server_of
from tracker.bootstrap import build_channels, build_cycle
from tracker.outbox.dispatch import inline
from tracker.web.app import build_app

CHROMIUM = Path("/usr/bin/chromium")
_LINK = re.compile(r"http://\S+/masuk/\S+")


def free_port() -> int:
    """Give a port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def served(home: Home, port: int) -> Iterator[str]:
    """Serve the pages; gives their address."""
    taken = socket.socket()
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    taken.bind(("127.0.0.1", port))
    taken.listen(64)
    server = server_of(build_app(home.house))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[taken])), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(15)
        taken.close()


@contextmanager
def chromium() -> Iterator[Any]:
    """Start Debian's Chromium; the test is skipped where there is none."""
    if not CHROMIUM.exists():
        pytest.skip(f"there is no {CHROMIUM}: apt-get install chromium")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


def deliver(home: Home) -> None:
    """Send what waits into the mail folder, as the worker does."""
    channels = build_channels(home.house.settings)
    cycle = build_cycle(home.house, channels, inline)
    with ThreadPoolExecutor(1) as thread:  # a browser that is being driven has a loop in this one
        thread.submit(lambda: asyncio.run(cycle.run())).result()


def link_in_mail(folder: Path) -> str:
    """Give the link to sign in with out of the newest mail that has one."""
    for path in sorted(folder.glob("new/*"), key=lambda one: one.stat().st_mtime, reverse=True):
        mail = message_from_bytes(path.read_bytes(), policy=default)
        body = mail.get_body(("plain",))
        found = _LINK.search(body.get_content()) if body else None
        if found:
            return found[0]
    raise AssertionError(f"no mail in {folder} has a link to sign in with")
