"""Alerts: who was told what, over which channel, and how each try ended."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import FastAPI, Query, Request
from pydantic import Field

from tracker.seen.fates import Fate
from tracker.seen.ledger import AlertWish, Ledger, Place, Told
from tracker.web.api import values
from tracker.web.api.call import Call, Desk, Paged, Text, plain
from tracker.web.api.problems import invalid

PATH = "/alerts"


class Wanted(Paged):
    """Which alerts are asked for."""

    fate: Annotated[Fate | None, Field(description="What became of it.")] = None
    channel: Annotated[
        Literal["email", "telegram", "file", "webhook"] | None, Field(description="Over which channel.")
    ] = None
    unit: Annotated[Text, Field(description="The id of the unit that looks after the agreement.")] = ""
    agreement: Annotated[Text, Field(description="The id of an agreement.")] = ""
    text: Annotated[Text, Field(description="Words that mean agreements, or one whole address.")] = ""
    days: Annotated[int | None, Field(ge=1, le=3660, description="Made within so many days.")] = None

    @property
    def wish(self) -> AlertWish:
        """The same, as the ledger takes it."""
        return AlertWish(
            self.fate,
            self.channel or "",
            plain(self.unit),
            plain(self.agreement),
            plain(self.text),
            self.days,
        )


class _Face:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def every(self, request: Request, asked: Annotated[Wanted, Query()]) -> values.AlertPage:
        """List alerts, the newest first; an officer reads of their own party.

        A page may hold fewer than `limit`, or none, although `next` is not null: go on with `next`.
        """
        return await self._desk.answer(request, lambda call: _page(call, asked))


def add_to(api: FastAPI, desk: Desk) -> None:
    """Add the operation."""
    api.get(PATH, operation_id="listAlerts", summary="Alerts")(_Face(desk).every)


def _page(call: Call, asked: Wanted) -> values.AlertPage:
    found = Ledger(call.sight, asked.wish).page(_place(asked), asked.limit)
    link = None
    if found.following is not None:
        at, key = found.following
        link = call.next(PATH, asked, at.astimezone(UTC).isoformat(), key)
    return values.AlertPage(items=[_out(one) for one in found.items], next=link)


def _place(asked: Wanted) -> Place | None:
    after = asked.after(2)
    if after is None:
        return None
    try:
        at = datetime.fromisoformat(after[0])
    except ValueError:
        at = None
    if at is None or at.tzinfo is None or not 2000 <= at.year < 2200:
        raise invalid("query/cursor", "expected a cursor of this list")
    return Place(at, after[1])


def _out(told: Told) -> values.AlertOut:
    row = told.row
    return values.AlertOut.model_validate(
        {
            "key": row.key,
            "obligation": row.obligation_key,
            "agreement": told.agreement.id if told.agreement else None,
            "headline": told.content.headline,
            "point": row.point or told.content.point,
            "contact": row.contact,
            "channel": row.channel,
            "state": row.state,
            "detour": row.detour,
            "created_at": row.created_at,
            "accepted_at": row.accepted_at,
            "attempts": [{**one, "at": values.instant(one["at"])} for one in told.attempts],
        }
    )
