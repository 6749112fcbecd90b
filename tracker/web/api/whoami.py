"""In whose name a token asks."""

from typing import Annotated

from fastapi import FastAPI, Query, Request

from tracker.people.rights import Office
from tracker.signing_in import name_seen
from tracker.web.api import values
from tracker.web.api.call import Asked, Call, Desk


class _Face:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def whoami(self, request: Request, asked: Annotated[Asked, Query()]) -> values.WhoAmI:
        """Tell in whose name the token asks, and what they are here today."""
        del asked
        return await self._desk.answer(request, _whoami)


def add_to(api: FastAPI, desk: Desk) -> None:
    """Add the operation."""
    api.get("/whoami", operation_id="whoAmI", summary="Who is asking")(_Face(desk).whoami)


def _whoami(call: Call) -> values.WhoAmI:
    sight, token = call.sight, call.token
    return values.WhoAmI(
        address=token.address,
        name=name_seen(sight.connection, sight, token.address),
        admin=sight.reach.everything,
        auditor=sight.identity.office is Office.AUDITOR,
        units=sorted(sight.reach.units),
        agreements=sorted(sight.own) if not sight.reach.audits else [],
        token=values.TokenOut.model_validate(
            {
                "id": token.id,
                "name": token.name,
                "scopes": token.scope_names,
                "made_at": token.made_at,
                "expires_at": token.expires_at,
            }
        ),
    )
