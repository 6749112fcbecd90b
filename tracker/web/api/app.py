"""The API as an application of its own, with a gate before it and problems for all that goes wrong."""

from collections.abc import Mapping, Sequence
from functools import cache, partial
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tracker.base.errors import TrackerError
from tracker.bootstrap import House
from tracker.web.api import agreements, alerts, events, obligations, whoami
from tracker.web.api.call import Desk
from tracker.web.api.document import document_of
from tracker.web.api.gate import DOCUMENT, Gate, unavailable
from tracker.web.api.limits import Rate
from tracker.web.api.problems import Fault, ProblemError, not_found

_NAMES = {HTTPStatus.METHOD_NOT_ALLOWED: "method-not-allowed", HTTPStatus.BAD_REQUEST: "unreadable"}


def build_api(house: House, root: str) -> FastAPI:
    """Build it; `root` is the path of the pages, in which the API stands under /api/v1."""
    desk = Desk(house, root)
    api = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    for part in (whoami, agreements, obligations, events, alerts):
        part.add_to(api, desk)
    document = cache(partial(document_of, api, desk.root))

    async def openapi() -> JSONResponse:
        return JSONResponse(document())

    api.add_api_route(DOCUMENT, openapi, methods=["GET"], include_in_schema=False)
    api.add_middleware(Gate, desk=desk, rate=Rate(house.settings.api_per_minute))
    api.add_exception_handler(ProblemError, _problem)
    api.add_exception_handler(RequestValidationError, _invalid)
    api.add_exception_handler(HTTPException, _refused)
    api.add_exception_handler(TrackerError, _unavailable)
    api.add_exception_handler(Exception, _broken)
    return api


async def _problem(request: Request, error: Exception) -> Response:
    del request
    if not isinstance(error, ProblemError):
        raise error
    return error.response


async def _invalid(request: Request, error: Exception) -> Response:
    del request
    found = error.errors() if isinstance(error, RequestValidationError) else []
    faults = [Fault(where=_where(one["loc"]), detail=_said(one)) for one in found]
    if [one for one in found if one["type"] == "json_invalid"]:
        return ProblemError(
            HTTPStatus.BAD_REQUEST, "unreadable", "The body is not JSON.", errors=faults
        ).response
    detail = "; ".join(f"{one.where}: {one.detail}" for one in faults[:5])
    return ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid", detail, errors=faults).response


def _where(steps: Sequence[object]) -> str:
    return "/".join(str(step) for step in steps if step != "[key]")[:200]


def _said(fault: Mapping[str, Any]) -> str:
    if fault["type"] == "extra_forbidden":
        return "there is no such thing to ask for"
    said = str(fault["msg"]).removeprefix("Value error, ")
    return f"{said[:1].lower()}{said[1:]}"


async def _refused(request: Request, error: Exception) -> Response:
    status = HTTPStatus(error.status_code) if isinstance(error, HTTPException) else HTTPStatus.BAD_REQUEST
    if status == HTTPStatus.NOT_FOUND:
        return not_found().response
    headers = error.headers if isinstance(error, HTTPException) else None
    allowed = (headers or {}).get("Allow", "")
    detail = f"{request.method} is not for this path{f'; it takes {allowed}' if allowed else ''}."
    if status != HTTPStatus.METHOD_NOT_ALLOWED:
        detail = "The request cannot be read."
    return ProblemError(status, _NAMES.get(status, "refused"), detail, headers=headers).response


async def _unavailable(request: Request, error: Exception) -> Response:
    del request
    return unavailable(error if isinstance(error, TrackerError) else TrackerError()).response


async def _broken(request: Request, error: Exception) -> Response:
    del request, error
    return ProblemError(
        HTTPStatus.INTERNAL_SERVER_ERROR, "fault", "Something broke here; the operator finds it in the log."
    ).response
