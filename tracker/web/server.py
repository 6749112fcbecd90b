"""The web server as a role of a process: its port is taken at once, a stop finishes what is under way."""

from tracker.base.log import get_logger
from tracker.base.serving import listen, server_of
from tracker.bootstrap import House
from tracker.web.app import build_app

log = get_logger("web")


class WebServer:
    """Serves the pages until it is told to stop."""

    def __init__(self, house: House) -> None:
        """Take the port; SettingsError where it cannot be taken."""
        settings = house.settings
        self._server = server_of(build_app(house))
        self._socket = listen(
            settings.web_host, settings.web_port, "TRACKER_WEB_HOST={host}, TRACKER_WEB_PORT={port}"
        )

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
