"""Alerts: who was told what, over which channel, and how each try ended."""

from typing import Annotated, Literal

from fastapi import FastAPI, Query, Request
from pydantic import Field

from tracker.seen import alerts
from tracker.seen.alerts import AlertWish
from tracker.web.api import values
from tracker.web.api.call import Call, Desk, Paged, Text, plain
from tracker.web.api.obligations import alert_out

PATH = "/alerts"


class Wanted(Paged):
    """Which alerts are asked for."""

    agreement: Annotated[Text, Field(description="The id of an agreement.")] = ""
    obligation: Annotated[Text, Field(description="The key of an obligation.")] = ""
    state: Annotated[
        Literal["pending", "grouped", "accepted", "refused", "withdrawn"] | None,
        Field(description="How far it got."),
    ] = None
    channel: Annotated[
        Literal["email", "telegram", "file"] | None, Field(description="Over which channel.")
    ] = None


class _Face:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def every(self, request: Request, asked: Annotated[Wanted, Query()]) -> values.AlertPage:
        """List alerts about obligations, those about one together; an officer reads of their own party.

        A page may hold fewer than `limit` although `next` is not null.
        """
        return await self._desk.answer(request, lambda call: _page(call, asked))


def add_to(api: FastAPI, desk: Desk) -> None:
    """Add the operation."""
    api.get(PATH, operation_id="listAlerts", summary="Alerts")(_Face(desk).every)


def _page(call: Call, asked: Wanted) -> values.AlertPage:
    after = asked.after(1)
    wish = AlertWish(plain(asked.agreement), plain(asked.obligation), asked.state or "", asked.channel or "")
    found = alerts.page(call.sight, wish, after[0] if after else "", asked.limit)
    link = call.next(PATH, asked, found.following) if found.following else None
    return values.AlertPage(items=[alert_out(one) for one in found.items], next=link)
