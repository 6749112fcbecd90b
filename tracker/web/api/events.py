"""Facts: an agreement's log, and recording one, once for each Idempotency-Key, by the usual checks."""

import hashlib
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from typing import Annotated

from fastapi import FastAPI, Header, Path, Query, Request, Response
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from tracker import flow, queries
from tracker.base.errors import BadFactError, UnknownThingError
from tracker.base.iso import iso_date
from tracker.events import kinds
from tracker.events.model import BadEventError, Event, checked
from tracker.events.service import entries_after, recorded_under
from tracker.obligations.model import obligation_key
from tracker.people.acts import act_of, may_record
from tracker.people.rights import Act
from tracker.seen.sight import holders_of
from tracker.terms.model import Agreement
from tracker.web.api import values
from tracker.web.api.agreements import found
from tracker.web.api.call import Asked, Call, Desk, Paged
from tracker.web.api.problems import ProblemError, invalid, not_found
from tracker.web.site.entries import FOR_ALL, NOT_FOR_OFFICERS

PATH = "/agreements/{agreement}/events"
_MOST = 2_000_000_000
_FIRST, _LAST = date(1945, 8, 17), date(2199, 12, 31)


def _day(value: object) -> object:
    if isinstance(value, date):
        return value
    day = iso_date(value) if isinstance(value, str) else None
    if day is None or not _FIRST <= day <= _LAST:
        raise ValueError(f"expected a day as YYYY-MM-DD, between {_FIRST} and {_LAST}")
    return day


def _detail(text: str) -> str:
    try:
        day = iso_date(text)
    except ValueError:
        return text
    _day(day.isoformat())
    return text


Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
Detail = Annotated[
    str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]+$", max_length=1000), AfterValidator(_detail)
]


class Fact(BaseModel):
    """A fact in the past tense."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "kind": "force-majeure-occurred",
                    "happened_on": "2026-11-20",
                    "details": {"party": "kesatu", "note": "banjir"},
                },
                {
                    "kind": "notice-served",
                    "happened_on": "2026-11-20",
                    "details": {"rule": "renewal-notice", "occurrence": "term-1", "letter": "B-12/2026"},
                },
            ]
        },
    )

    kind: Annotated[
        str,
        StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60),
        Field(description="What happened, such as notice-served or force-majeure-occurred."),
    ]
    happened_on: Annotated[
        date, BeforeValidator(_day), Field(description="The local day of the agreement on which it happened.")
    ]
    details: Annotated[
        dict[Name, Detail], Field(max_length=30, description="What the kind carries: see rules/README.md.")
    ] = {}


class _Face:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def every(
        self, request: Request, agreement: str, asked: Annotated[Paged, Query()]
    ) -> values.EventPage:
        """List what was recorded about an agreement, in the order of recording.

        It tells of both parties, so it is for whoever manages or audits the agreement.
        """
        return await self._desk.answer(request, lambda call: _page(call, found(call, agreement), asked))

    async def one(
        self,
        request: Request,
        agreement: str,
        number: Annotated[int, Path(ge=1, le=_MOST)],
        asked: Annotated[Asked, Query()],
    ) -> values.EventOut:
        """Give one entry of an agreement's log."""
        del asked
        return await self._desk.answer(request, lambda call: _one(call, found(call, agreement), number))

    async def record(
        self,
        request: Request,
        response: Response,
        agreement: str,
        fact: Fact,
        asked: Annotated[Asked, Query()],
        idempotency_key: Annotated[
            str,
            Header(
                min_length=8,
                max_length=200,
                pattern=r"^[!-~]+$",
                description="Your name for this fact: the same again records nothing and gives what was "
                "recorded (200); with another fact it is refused.",
            ),
        ],
    ) -> values.Recorded:
        """Record a fact, once for each Idempotency-Key, and whatever follows from it.

        Officers record what became of duties that their party holds, what has happened that the agreement
        waits for, and contacts of their own party; managers anything about agreements of their units.
        """
        del asked
        errand = _Errand(self._desk, request, agreement, fact, idempotency_key)
        recorded, is_new = await self._desk.do(errand.record)
        response.status_code = HTTPStatus.CREATED if is_new else HTTPStatus.OK
        where = PATH.format(agreement=recorded.agreement)
        response.headers["Location"] = f"{self._desk.root}{where}/{recorded.number}"
        return recorded


def add_to(api: FastAPI, desk: Desk) -> None:
    """Add the operations."""
    face = _Face(desk)
    api.get(PATH, operation_id="listEvents", summary="The log of an agreement")(face.every)
    api.get(f"{PATH}/{{number}}", operation_id="getEvent", summary="One entry of the log")(face.one)
    api.post(
        PATH,
        operation_id="recordEvent",
        summary="Record a fact",
        status_code=HTTPStatus.CREATED,
        responses={HTTPStatus.OK: {"model": values.Recorded, "description": "It was recorded before."}},
    )(face.record)


class _Errand:
    """Recording one fact: looked at, recorded, and looked up again."""

    def __init__(self, desk: Desk, request: Request, agreement: str, fact: Fact, key: str) -> None:
        self._desk = desk
        self._request = request
        self._agreement = agreement
        self._fact = fact
        self._key = key

    def record(self) -> tuple[values.Recorded, bool]:
        """Record it; gives it, and whether it is new."""
        desk = self._desk
        asked = desk.look(self._request, self._checked)
        recorded, is_new = asked.before, False
        if recorded is None:
            try:
                done = flow.record_event(
                    desk.db, desk.rules.now(), asked.event, desk.house.clock.now(), asked.by, asked.key
                )
                recorded, is_new = done.event, done.added
            except (BadFactError, UnknownThingError) as error:
                # Race: the same request twice at once; the first was recorded since we looked.
                recorded = desk.look(self._request, lambda call: recorded_under(call.connection, asked.key))
                if recorded is None:
                    raise _refused(error) from None
        if _said(recorded) != _said(asked.event):
            raise ProblemError(
                HTTPStatus.UNPROCESSABLE_ENTITY,
                "key-used",
                f"This Idempotency-Key was used for {recorded.kind} of {recorded.happened_on}; "
                "use a new one for another fact.",
            )
        return self._told(recorded), is_new

    def _checked(self, call: Call) -> "_Asked":
        fact, agreement = self._fact, found(call, self._agreement)
        event = Event(agreement.id, fact.kind, fact.happened_on, dict(fact.details))
        try:
            checked(event)
        except BadEventError as error:
            raise _refused(error) from None
        _check_rights(call, agreement, event)
        address = call.token.address
        name = hashlib.sha256(f"{address}\n{self._key}".encode()).hexdigest()[:40]
        key = f"api:{name}"
        before = recorded_under(call.connection, key)
        if before is None:
            today = call.now.astimezone(agreement.zone).date()
            if event.happened_on > today:
                raise invalid("body/happened_on", f"{event.happened_on} has not come yet; today is {today}")
        return _Asked(event, f"{address}, API", key, before)

    def _told(self, event: Event) -> values.Recorded:
        desk = self._desk
        started: list[str] = []
        if event.kind not in kinds.ABOUT_ONE_OBLIGATION and event.number is not None:
            now = desk.house.clock.now()
            shown = queries.started_by(desk.db, desk.rules.now(), event.agreement, event.number, now)
            started = [one.obligation.key for one in shown]
        return values.Recorded.model_validate({**_out(event).model_dump(), "started": started})


@dataclass(frozen=True, slots=True)
class _Asked:
    """A fact that may be recorded, by whom and under which key; and what was recorded under it before."""

    event: Event
    by: str
    key: str
    before: Event | None


def _check_rights(call: Call, agreement: Agreement, event: Event) -> None:
    rights = call.sight.rights(agreement)
    held_by: tuple[str, ...] = ()
    if act_of(event.kind) is Act.ANSWER:
        held_by = _holders(call, agreement, event)
    if may_record(rights, event.kind, event.party, held_by, agreement.event_kinds()):
        return
    if event.kind == kinds.APPOINTED and rights.may(Act.REPORT):
        own = ", ".join(sorted(rights.parties))
        why = f"details.party must be a party of yours: {own}."
    else:
        why = f"{event.kind} of this agreement is not for you to record."
    raise ProblemError(HTTPStatus.FORBIDDEN, "not-yours", why)


def _holders(call: Call, agreement: Agreement, event: Event) -> tuple[str, ...]:
    """Give the parties that hold the duty a fact is about; none where there is no such duty."""
    rule, occurrence = (event.details.get(name, "") for name in ("rule", "occurrence"))
    story = call.sight.story(obligation_key(agreement.id, rule, occurrence), "en") if occurrence else None
    return holders_of(story.shown) if story is not None else ()


def _refused(error: Exception) -> ProblemError:
    return ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, "not-recorded", str(error))


def _said(event: Event) -> tuple[object, ...]:
    return event.agreement, event.kind, event.happened_on, dict(event.details)


def _page(call: Call, agreement: Agreement, asked: Paged) -> values.EventPage:
    if not _oversees(call, agreement):
        raise ProblemError(HTTPStatus.FORBIDDEN, "not-yours", "The log is for whoever manages the agreement.")
    after = asked.after(1)
    try:
        number = int(after[0]) if after else 0
    except ValueError:
        raise invalid("query/cursor", "expected a cursor of this list") from None
    rows = entries_after(call.connection, agreement.id, min(number, _MOST), asked.limit + 1)
    some = rows[: asked.limit]
    link = None
    if len(rows) > asked.limit:
        link = call.next(PATH.format(agreement=agreement.id), asked, str(some[-1].number))
    return values.EventPage(items=[_out(one) for one in some], next=link)


def _one(call: Call, agreement: Agreement, number: int) -> values.EventOut:
    entries = entries_after(call.connection, agreement.id, number - 1, 1)
    if not entries or entries[0].number != number:
        raise not_found()
    event, address = entries[0], call.token.address
    if _oversees(call, agreement) or event.recorded_by in (f"{address}, API", f"{address}, web"):
        return _out(event)
    if event.kind in NOT_FOR_OFFICERS:
        raise not_found()
    details = {name: text for name, text in event.details.items() if name in FOR_ALL}
    return _out(event).model_copy(update={"details": details, "recorded_by": None})


def _oversees(call: Call, agreement: Agreement) -> bool:
    rights = call.sight.rights(agreement)
    return rights.manages or rights.audits


def _out(event: Event) -> values.EventOut:
    return values.EventOut.model_validate(
        {
            "agreement": event.agreement,
            "number": event.number,
            "kind": event.kind,
            "happened_on": event.happened_on,
            "details": dict(event.details),
            "recorded_at": event.recorded_at,
            "recorded_by": event.recorded_by,
        }
    )
