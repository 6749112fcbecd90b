"""A web server beside other roles of a process: its port is taken at once, signals are left alone."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

from tracker.base.errors import SettingsError

_GRACE_SECONDS = 10
_WAITING_AT_MOST = 128


class Server(uvicorn.Server):
    """A server that is one role of a process among others."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to whoever runs the process: it may have other roles."""
        yield


def server_of(app: Any) -> Server:
    """Make a server for an application."""
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,  # every line would hold a token
        server_header=False,
        lifespan="off",
        ws="none",
        proxy_headers=False,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )
    return Server(config)


def listen(host: str, port: int, settings: str) -> socket.socket:
    """Take a port; SettingsError where it cannot be taken, naming the `settings` that chose it."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        # The event loop sends at once only where it knows the protocol; 40 ms an answer, else.
        taken = socket.socket(family, kind, protocol)
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            taken.bind(address)
            taken.listen(_WAITING_AT_MOST)
        except OSError:
            taken.close()
            raise
    except OSError as error:
        raise SettingsError(
            f"{settings.format(host=host, port=port)} cannot be listened on: "
            f"{error.strerror or error}; name another port, or stop what uses this one."
        ) from None
    return taken
