"""Whether the service lives and is ready, and its figures for Prometheus: numbers only, no names."""

import asyncio
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from tracker import queries
from tracker.accounts import hidden
from tracker.base.db import Database
from tracker.base.errors import TrackerError
from tracker.base.log import get_logger
from tracker.flow import next_wake
from tracker.migrations import require_current

if TYPE_CHECKING:
    from tracker.web.site.site import Site

_LOOKING = ["GET", "HEAD"]
_PATIENCE = 5
_KEPT_FOR = timedelta(seconds=30)
_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_BEARER = "Bearer "
log = get_logger("web")


def add_to(app: FastAPI, site: "Site") -> None:
    """Add the routes."""
    face = _Operations(site)
    app.add_api_route("/readyz", face.ready, methods=_LOOKING)
    app.add_api_route("/metrics", face.metrics, methods=_LOOKING)


class _Operations:
    def __init__(self, site: "Site") -> None:
        self._site = site
        self._kept: tuple[datetime, str] | None = None

    async def ready(self) -> Response:
        """Tell whether requests can be answered: the database is there, at the present schema."""
        settings = self._site.base.house.settings
        try:
            async with asyncio.timeout(_PATIENCE):
                await self._site.do(require_current, self._site.db, settings.migrations_dir)
        except (TrackerError, TimeoutError) as error:
            log.error("not ready", error=str(error) or type(error).__name__)  # noqa: TRY400 - no fault of ours
            return PlainTextResponse("not ready\n", HTTPStatus.SERVICE_UNAVAILABLE)
        return PlainTextResponse("ready\n")

    async def metrics(self, request: Request) -> Response:
        """Give the figures; where a token is set, only to whoever shows it."""
        house = self._site.base.house
        wanted = house.settings.metrics_token
        shown = request.headers.get("authorization", "")
        if wanted is not None and not hidden.same(shown, _BEARER + wanted.get_secret_value()):
            return PlainTextResponse("a token is needed\n", HTTPStatus.UNAUTHORIZED)
        now = house.clock.now()
        if self._kept is None or not timedelta() <= now - self._kept[0] < _KEPT_FOR:
            self._kept = now, await self._site.do(_text, self._site.db, now)
        return PlainTextResponse(self._kept[1], media_type=_TYPE)


def _text(db: Database, now: datetime) -> str:
    counted, wake = queries.counts(db), next_wake(db)
    late = max((now - wake).total_seconds(), 0) if wake is not None else 0
    lines = [
        "# HELP tracker_obligations Obligations in the store, by state.",
        "# TYPE tracker_obligations gauge",
        *(f'tracker_obligations{{state="{state}"}} {n}' for state, n in sorted(counted.obligations.items())),
        "# HELP tracker_alerts Alerts in the store, by state.",
        "# TYPE tracker_alerts gauge",
        *(f'tracker_alerts{{state="{state}"}} {n}' for state, n in sorted(counted.alerts.items())),
        "# HELP tracker_late_seconds How long the next step has been due; grows while no worker works.",
        "# TYPE tracker_late_seconds gauge",
        f"tracker_late_seconds {late:.0f}",
    ]
    return "\n".join(lines) + "\n"
