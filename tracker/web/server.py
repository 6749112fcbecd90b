"""The web server as a role of a process: its port is taken at once, a stop finishes what is under way."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from tracker.base.errors import SettingsError
from tracker.base.log import get_logger
from tracker.bootstrap import House
from tracker.web.app import build_app

_GRACE_SECONDS = 10
_WAITING_AT_MOST = 128
log = get_logger("web")


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to whoever runs the process: it may have other roles."""
        yield


class WebServer:
    """Serves the pages until it is told to stop."""

    def __init__(self, house: House) -> None:
        """Take the port; SettingsError where it cannot be taken."""
        settings = house.settings
        config = uvicorn.Config(
            build_app(house),
            log_config=None,
            access_log=False,  # every line would hold a token
            server_header=False,
            lifespan="off",
            ws="none",
            proxy_headers=False,
            timeout_graceful_shutdown=_GRACE_SECONDS,
        )
        self._server = _Server(config)
        self._socket = _listen(settings.web_host, settings.web_port)

    async def run(self) -> None:
        """Serve until stopped."""
        host, port = self._socket.getsockname()[:2]
        log.info("web server started", host=host, port=port)
        try:
            await self._server.serve(sockets=[self._socket])
        finally:
            self._socket.close()
            log.info("web server stopped")

    def stop(self) -> None:
        """Ask for a graceful stop."""
        self._server.should_exit = True


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        taken = socket.socket(family, socket.SOCK_STREAM)
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            taken.bind(address)
            taken.listen(_WAITING_AT_MOST)
        except OSError:
            taken.close()
            raise
    except OSError as error:
        raise SettingsError(
            f"TRACKER_WEB_HOST={host}, TRACKER_WEB_PORT={port} cannot be listened on: "
            f"{error.strerror or error}; name another port, or stop what uses this one."
        ) from None
    return taken
