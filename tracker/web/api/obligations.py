"""Obligations: the list with the filters of the page Upcoming, and one with its whole story."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any

from fastapi import FastAPI, Query, Request
from pydantic import Field

from tracker.base.iso import iso_date
from tracker.obligations.life import Proof, verdict
from tracker.obligations.model import CLOSED
from tracker.obligations.window_wording import window_text
from tracker.obligations.wording import clause_text, cost_text, headline
from tracker.queries import Shown, Story
from tracker.reminders.escalation import Level
from tracker.seen.listing import Cursor, Listing
from tracker.seen.sight import Sight, holders_of
from tracker.seen.wishes import Kind, Stand, Wish
from tracker.terms.rule import Cost
from tracker.web.api import values
from tracker.web.api.call import Asked, Call, Desk, Paged, Text, plain
from tracker.web.api.problems import invalid, not_found
from tracker.web.site.rows import slack_of

PATH = "/obligations"
_UNDATED = "-"


class Wanted(Paged):
    """Which obligations are asked for."""

    unit: Annotated[Text, Field(description="The id of the unit that looks after the agreement.")] = ""
    party: Annotated[Text, Field(description="Words of a party's name.")] = ""
    kind: Annotated[Kind | None, Field(description="What it is about.")] = None
    stand: Annotated[Stand, Field(description="Where it stands.")] = Stand.OPEN
    text: Annotated[Text, Field(description="Words of the agreement, or of what is to be done.")] = ""

    @property
    def wish(self) -> Wish:
        """The same, as the lists take it."""
        return Wish(plain(self.unit), plain(self.party), self.kind, self.stand, plain(self.text))


class _Face:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def every(self, request: Request, asked: Annotated[Wanted, Query()]) -> values.ObligationPage:
        """List obligations, the soonest to act by first; closed ones the latest first."""
        return await self._desk.answer(request, lambda call: _page(call, asked))

    async def one(
        self,
        request: Request,
        agreement: str,
        rule: str,
        occurrence: str,
        asked: Annotated[Asked, Query()],
    ) -> values.ObligationOut:
        """Give one obligation: the derivation, its proofs, how it moved, every alert with every attempt."""
        key = f"{plain(agreement)}/{plain(rule)}/{plain(occurrence)}"
        return await self._desk.answer(request, lambda call: _whole(call, story_of(call, key, asked), asked))


def add_to(api: FastAPI, desk: Desk) -> None:
    """Add the operations."""
    face = _Face(desk)
    api.get(PATH, operation_id="listObligations", summary="Obligations")(face.every)
    api.get(
        f"{PATH}/{{agreement}}/{{rule}}/{{occurrence}}",
        operation_id="getObligation",
        summary="One obligation",
    )(face.one)


def story_of(call: Call, key: str, asked: Asked) -> Story:
    """Give an obligation's story; ProblemError where there is none, or it is not theirs to see."""
    story = call.sight.story(key, asked.language)
    if story is None or story.shown.obligation.key != key:
        raise not_found()
    return story


def _page(call: Call, asked: Wanted) -> values.ObligationPage:
    found = Listing(call.sight, asked.wish).page(_cursor(asked), asked.limit)
    link = None
    if found.following is not None:
        day = found.following.act_by.isoformat() if found.following.act_by else _UNDATED
        link = call.next(PATH, asked, day, found.following.key)
    items = [values.ObligationBrief(**_brief(call.sight, one, asked.language)) for one in found.items]
    return values.ObligationPage(items=items, next=link)


def _cursor(asked: Wanted) -> Cursor | None:
    after = asked.after(2)
    if after is None:
        return None
    day, key = after
    try:
        return Cursor(None if day == _UNDATED else iso_date(day), key)
    except ValueError:
        raise invalid("query/cursor", "expected a cursor of this list") from None


def _brief(sight: Sight, shown: Shown, language: str) -> dict[str, Any]:
    agreement, obligation, life = shown.agreement, shown.obligation, shown.life
    rule, deadline = obligation.rule, obligation.deadline
    today = sight.now.astimezone(agreement.zone).date()
    left = None
    if shown.act_by is not None and shown.state not in CLOSED:
        left = slack_of(sight.context.calendar(agreement), today, shown.act_by)
    return {
        "key": obligation.key,
        "agreement": agreement.id,
        "agreement_title": agreement.title,
        "rule": rule.id,
        "occurrence": obligation.occurrence,
        "headline": headline(rule, language),
        "clause": clause_text(rule.clause, agreement) or rule.law or "",
        "holders": list(holders_of(shown)),
        "towards": list(rule.duty.to),
        "unit": agreement.unit,
        "state": shown.state,
        "act_by": shown.act_by,
        "by_time": f"{deadline.by_time:%H:%M}" if deadline and deadline.by_time else None,
        **{
            name: getattr(deadline, name) if deadline else None
            for name in ("likely", "safe", "strictest", "latest")
        },
        "provisional": deadline is not None and deadline.provisional,
        "office_days_left": left,
        "if_missed": rule.if_missed or Cost.NONE_STATED,
        "cost": cost_text(rule, language),
        "acknowledged_until": life.acknowledged_until,
        "snoozed_until": life.snoozed_until,
    }


def _whole(call: Call, story: Story, asked: Asked) -> values.ObligationOut:
    shown, language = story.shown, asked.language
    rule, life, deadline = shown.obligation.rule, shown.life, shown.obligation.deadline
    judged = verdict(rule, life, deadline)
    return values.ObligationOut.model_validate(
        {
            **_brief(call.sight, shown, language),
            "form": list(rule.duty.form),
            "summary": rule.summary.in_language(language) if rule.summary else None,
            "steps": story.steps,
            "window": window_text(story.window, language) if story.window else [],
            "readings": [
                {
                    "day": one.day,
                    "weight": one.weight.word,
                    "likely": one.likely,
                    "assumptions": [str(choice) for choice in one.path],
                }
                for one in (deadline.readings if deadline else ())
            ],
            "provisional_because": [
                f"{one.cause}:{one.year}:{one.coverage}" for one in (deadline.reasons if deadline else ())
            ],
            "proofs": [_proof(one) for one in life.proofs],
            "missing": list(life.missing),
            "verdict": judged._asdict() | {"in_time": judged.in_time} if judged else None,
            "closed_because": (life.why or shown.closed_why) if shown.state in CLOSED else None,
            "override": life.override._asdict() if life.override else None,
            "moves": list(_moves(story)),
            "chain": _chain(story),
            "alerts": [_told(one) for one in call.sight.alerts_of(story)],
        }
    )


def _proof(proof: Proof) -> values.ProofOut:
    details = proof.fact.details
    return values.ProofOut(
        number=proof.number,
        kind=proof.fact.kind,
        served_on=proof.served_on,
        sent_on=proof.sent_on,
        received_on=proof.received_on,
        parts=sorted(proof.parts),
        accepted=proof.accepted,
        letter=details.get("letter"),
        evidence=details.get("evidence"),
        recorded_by=proof.fact.recorded_by,
    )


def _moves(story: Story) -> Iterator[values.MoveOut]:
    for move in story.moves:
        yield values.MoveOut.model_validate(
            {
                **{name: move[name] for name in ("number", "cause", "why")},
                "at": values.instant(move["at"]),
                "before": _day(move["before"]),
                "after": _day(move["after"]),
            }
        )


def _day(figures: dict[str, Any]) -> date | None:
    return date.fromisoformat(figures["act_by"]) if figures["act_by"] else None


def _chain(story: Story) -> values.ChainOut | None:
    if story.chain is None:
        return None
    standing, following = story.chain.standing, story.chain.following
    return values.ChainOut(
        since=standing.since,
        level=Level(standing.level).role.value if standing.since else None,
        next_level=following.level.role.value if following else None,
        next_at=following.fire_at if following else None,
    )


def _told(alert: dict[str, Any]) -> values.AlertTold:
    return values.AlertTold.model_validate(
        {
            **alert,
            "created_at": values.instant(alert["created_at"]),
            "accepted_at": values.instant(alert["accepted_at"]),
            "attempts": [{**one, "at": values.instant(one["at"])} for one in alert["attempts"]],
        }
    )
