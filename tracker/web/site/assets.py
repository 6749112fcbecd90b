"""Stylesheets and the one script, as they lie in the package; browsers keep them, by their content."""

import gzip
import hashlib
from functools import cache
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from tracker.web.site.rendering import FOLDER

_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}
_NAMES = ("pico.min.css", "site.css", "htmx.min.js")
_FOR_EVER = "public, max-age=31536000, immutable"


class Asset(NamedTuple):
    """One file, as it is and packed."""

    content: bytes
    packed: bytes
    media_type: str
    version: str


@cache
def _assets() -> dict[str, Asset]:
    found = {}
    for name in _NAMES:
        path = FOLDER / "static" / name
        content = path.read_bytes()
        version = hashlib.sha256(content).hexdigest()[:12]
        packed = gzip.compress(content, mtime=0)
        found[name] = Asset(content, packed, _TYPES[path.suffix], version)
    return found


def versions() -> dict[str, str]:
    """Give what the address of each file ends with: it changes with the content."""
    return {name: f"{name}?v={asset.version}" for name, asset in _assets().items()}


async def asset(request: Request) -> Response:
    """Give one file."""
    found = _assets().get(request.path_params["name"])
    if found is None:
        return PlainTextResponse("not here\n", 404)
    headers = {"Cache-Control": _FOR_EVER, "Vary": "Accept-Encoding", "X-Content-Type-Options": "nosniff"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(
            found.packed, headers={**headers, "Content-Encoding": "gzip"}, media_type=found.media_type
        )
    return Response(found.content, headers=headers, media_type=found.media_type)
