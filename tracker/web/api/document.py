"""The OpenAPI document: what FastAPI knows of the operations, and what the gate adds to each."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from tracker.web.api.problems import MEDIA_TYPE, Problem

_PROBLEMS = {
    "400": "The request cannot be read.",
    "401": "No token, or one that is not in force.",
    "403": "The token's scope, or the rights of its owner, do not reach so far.",
    "404": "There is no such thing, or it is not yours to see.",
    "422": "A part of the request means nothing here; `errors` names each.",
    "429": "The token has asked too often; `Retry-After` says when to go on.",
    "503": "The service cannot answer now.",
}
_HEADERS = {
    "401": ("WWW-Authenticate", "Says that a bearer token is asked for."),
    "429": ("Retry-After", "Seconds to wait."),
}
_ONLY_WITH_BODY = {"413": "The body is too large."}
ABOUT = """What the pages show and record, for programs, by the same rights.

Every request shows a token: `Authorization: Bearer TOKEN`. Reading takes the scope `read`, recording
`write`. A token never may more than its owner may today. Lists come in pages: go on with `next` until it
is null. Every error is `application/problem+json` (RFC 9457); `type` stays the same, `detail` says what
to do. Dates are local days of the agreement, instants are UTC.
"""


def document_of(api: FastAPI, server: str) -> dict[str, Any]:
    """Write the document."""
    found = get_openapi(
        title="tracker",
        version="1",
        description=ABOUT,
        routes=api.routes,
        servers=[{"url": server}],
    )
    schemas = found["components"]["schemas"]
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(problem.pop("$defs", {}))
    schemas["Problem"] = problem
    found["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    found["security"] = [{"token": []}]
    for path, operations in found["paths"].items():
        for method, operation in operations.items():
            _add_problems(path, method, operation)
    return found


def _add_problems(path: str, method: str, operation: dict[str, Any]) -> None:
    has_body = method == "post"
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for status, said in (_PROBLEMS | (_ONLY_WITH_BODY if has_body else {})).items():
        if status == "404" and "{" not in path:
            continue
        answer: dict[str, Any] = {"description": said, "content": content}
        if status in _HEADERS:
            name, what = _HEADERS[status]
            answer["headers"] = {name: {"description": what, "required": True, "schema": {"type": "string"}}}
        operation["responses"][status] = answer
    if has_body:
        where = {"description": "Where it can be read.", "required": True, "schema": {"type": "string"}}
        for status in ("200", "201"):
            operation["responses"][status]["headers"] = {"Location": where}
    scope = "write" if has_body else "read"
    operation["description"] = f"{operation.get('description', '').strip()}\n\nScope: `{scope}`.".strip()
