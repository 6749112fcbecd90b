"""What goes wrong, as RFC 9457 says it: a type for programs, and a sentence for whoever reads the log."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse

MEDIA_TYPE = "application/problem+json"
_URN = "urn:tracker:problem:"


class Fault(BaseModel):
    """What is wrong with one part of a request."""

    model_config = ConfigDict(extra="forbid")

    where: Annotated[str, Field(description="query, path, header or body, and the name in it, with slashes")]
    detail: Annotated[str, Field(description="What was expected.")]


class Problem(BaseModel):
    """What went wrong (RFC 9457)."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "type": f"{_URN}not-found",
                    "title": "Not found",
                    "status": 404,
                    "detail": "There is no such thing, or it is not yours to see.",
                }
            ]
        },
    )

    type: Annotated[str, Field(description="Names the kind of problem; stays the same.")]
    title: Annotated[str, Field(description="The kind of problem in words.")]
    status: Annotated[int, Field(ge=400, le=599)]
    detail: Annotated[str, Field(description="What to do about this one.")]
    errors: Annotated[
        list[Fault] | None, Field(description="Each part of the request that is wrong, where it is known.")
    ] = None


class ProblemError(Exception):
    """A request that is answered with a problem."""

    def __init__(
        self,
        status: HTTPStatus,
        name: str,
        detail: str,
        *,
        errors: Sequence[Fault] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Say what it is; `name` stays the same for ever."""
        super().__init__(detail)
        self.status = status
        self.name = name
        self.errors = tuple(errors)
        self.headers = dict(headers or {})

    @property
    def response(self) -> JSONResponse:
        """The answer."""
        body: dict[str, Any] = {
            "type": f"{_URN}{self.name}",
            "title": self.name.replace("-", " ").capitalize(),
            "status": int(self.status),
            "detail": str(self),
        }
        if self.errors:
            body["errors"] = [one.model_dump() for one in self.errors]
        return JSONResponse(body, int(self.status), self.headers, MEDIA_TYPE)


def not_found() -> ProblemError:
    """Say that there is no such thing: the same words whether it exists or not."""
    return ProblemError(
        HTTPStatus.NOT_FOUND, "not-found", "There is no such thing, or it is not yours to see."
    )


def invalid(where: str, detail: str) -> ProblemError:
    """Say that one part of a request means nothing here."""
    return ProblemError(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "invalid",
        f"{where}: {detail}",
        errors=[Fault(where=where, detail=detail)],
    )
