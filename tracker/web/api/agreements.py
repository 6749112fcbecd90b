"""Agreements: all that somebody may see, one with everything it says, and its contact officers."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from datetime import date
from typing import Annotated

from fastapi import FastAPI, Query, Request
from pydantic import Field
from sqlalchemy import select
from sqlmodel import col

from tracker.obligations.term_end import term_end
from tracker.obligations.wording import clause_text, cost_text, due_text, headline
from tracker.outbox import doubts
from tracker.reminders.recipients import EMAIL, TELEGRAM, Address
from tracker.seen.sight import Sight
from tracker.terms.model import Agreement
from tracker.terms.people import Contact
from tracker.terms.rule import Rule
from tracker.terms.tables import TermsVersionRow
from tracker.terms.words import Clause
from tracker.web.api import values
from tracker.web.api.call import Asked, Call, Desk, Paged, Text, plain
from tracker.web.api.problems import not_found

PATH = "/agreements"


class Wanted(Paged):
    """Which agreements are asked for."""

    text: Annotated[
        Text,
        Field(
            description="Words of a title, a number, or a party's name: gives one page, the likeliest first."
        ),
    ] = ""


class _Face:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def every(self, request: Request, asked: Annotated[Wanted, Query()]) -> values.AgreementPage:
        """List the agreements that the token's owner may see."""
        return await self._desk.answer(request, lambda call: _page(call, asked))

    async def one(
        self, request: Request, agreement: str, asked: Annotated[Asked, Query()]
    ) -> values.AgreementOut:
        """Give one agreement: parties, clauses, rules, findings, addenda, versions."""
        return await self._desk.answer(
            request, lambda call: _whole(call.sight, found(call, agreement), asked.language)
        )

    async def contacts(
        self, request: Request, agreement: str, asked: Annotated[Asked, Query()]
    ) -> values.Contacts:
        """List the contact officers of an agreement, past ones too."""
        del asked
        return await self._desk.answer(
            request,
            lambda call: values.Contacts(items=list(_contacts(call.sight, found(call, agreement)))),
        )


def add_to(api: FastAPI, desk: Desk) -> None:
    """Add the operations."""
    face = _Face(desk)
    api.get(PATH, operation_id="listAgreements", summary="Agreements")(face.every)
    api.get(f"{PATH}/{{agreement}}", operation_id="getAgreement", summary="One agreement")(face.one)
    api.get(f"{PATH}/{{agreement}}/contacts", operation_id="listContacts", summary="Contact officers")(
        face.contacts
    )


def found(call: Call, name: str) -> Agreement:
    """Give an agreement; ProblemError where there is none, or it is not theirs to see."""
    agreement = call.sight.agreement(plain(name))
    if agreement is None:
        raise not_found()
    return agreement


def _page(call: Call, asked: Wanted) -> values.AgreementPage:
    after = asked.after(1)
    if asked.text:
        some, following = call.sight.find(asked.text)[: asked.limit], ""
    else:
        some, following = call.sight.agreements_after(after[0] if after else "", asked.limit)
    link = call.next(PATH, asked, following) if following else None
    return values.AgreementPage(items=[values.AgreementBrief(**_brief(one)) for one in some], next=link)


def _brief(agreement: Agreement) -> dict[str, object]:
    return {
        "id": agreement.id,
        "title": agreement.title,
        "numbers": list(agreement.numbers),
        "unit": agreement.unit,
        "signed": agreement.signed.day,
        "timezone": agreement.timezone,
        "parties": [
            values.PartyBrief(id=key, name=party.short or party.name)
            for key, party in agreement.parties.items()
        ],
    }


def _whole(sight: Sight, agreement: Agreement, language: str) -> values.AgreementOut:
    today = sight.now.astimezone(agreement.zone).date()
    people = list(_contacts(sight, agreement))
    renewal = agreement.term.renewal
    return values.AgreementOut.model_validate(
        {
            **_brief(agreement),
            "place": agreement.place,
            "first_term_ends": [
                values.TermEnd.model_validate(
                    {"day": one.day, "weight": one.weight.word, "likely": one.likely}
                )
                for one in term_end(agreement)
            ],
            "silence": renewal.silence if renewal else None,
            "sides": [
                values.Party(
                    id=key,
                    name=party.name,
                    short=party.short,
                    kind=party.kind,
                    address=party.address,
                    contacts=[one for one in people if one.party == key],
                )
                for key, party in agreement.parties.items()
            ],
            "clauses": [_clause(one, agreement) for one in agreement.clauses],
            "rules": [_rule(agreement, rule, language) for rule in agreement.in_force(today).rules],
            "findings": [
                values.FindingOut(
                    id=one.id,
                    about=list(one.about),
                    what=one.what.in_language(language),
                    settled=one.settled.in_language(language),
                    by=one.by,
                    on=one.on,
                    open=one.open,
                )
                for one in agreement.findings
            ],
            "addenda": [
                values.AddendumOut(
                    numbers=list(one.numbers),
                    signed=one.signed,
                    in_force_from=one.in_force_from,
                    why=one.why.in_language(language) if one.why else None,
                )
                for one in agreement.addenda
            ],
            "versions": list(_versions(sight, agreement.id)),
        }
    )


def _clause(clause: Clause, agreement: Agreement) -> values.Clause:
    return values.Clause(
        number=clause.number,
        position=clause.position,
        heading=clause.heading,
        paragraph=clause.ayat,
        text=clause_text(clause, agreement),
    )


def _rule(agreement: Agreement, rule: Rule, language: str) -> values.RuleOut:
    return values.RuleOut(
        id=rule.id,
        headline=headline(rule, language),
        clause=_clause(rule.clause, agreement) if rule.clause else None,
        law=rule.law,
        due=str(rule.due),
        due_text=due_text(rule.due, language),
        holder=rule.duty.by,
        addressees=list(rule.duty.to),
        form=list(rule.duty.form),
        if_missed=rule.if_missed,
        cost=cost_text(rule, language),
        optional=rule.optional,
        enabled=rule.enabled,
        trigger=rule.trigger_event,
        summary=rule.summary.in_language(language) if rule.summary else None,
        question=rule.question.in_language(language) if rule.question else None,
    )


def _versions(sight: Sight, name: str) -> Iterator[values.VersionOut]:
    version = col(TermsVersionRow.version)
    query = (
        select(version, col(TermsVersionRow.loaded_at), col(TermsVersionRow.digest))
        .where(col(TermsVersionRow.agreement_id) == name)
        .order_by(version)
    )
    for row in sight.connection.execute(query):
        yield values.VersionOut(number=row.version, loaded_at=row.loaded_at, digest=row.digest)


def _contacts(sight: Sight, agreement: Agreement) -> Iterator[values.Contact]:
    today = sight.now.astimezone(agreement.zone).date()
    addresses = [str(each) for _, one in agreement.contacts() for each in (one.email, one.telegram) if each]
    held = doubts.held(sight.connection, sorted(set(addresses)))
    for party, contact in agreement.contacts():
        yield _contact(party, contact, today, held)


def _contact(party: str, contact: Contact, today: date, held: AbstractSet[Address]) -> values.Contact:
    addresses = {(EMAIL, contact.email or ""), (TELEGRAM, str(contact.telegram or ""))}
    return values.Contact(
        party=party,
        id=contact.key,
        position=contact.position,
        name=contact.name,
        email=contact.email,
        phones=list(contact.phones),
        telegram=contact.telegram is not None,
        language=contact.language,
        since=contact.since,
        until=contact.until,
        serves=contact.serves_on(today),
        to_confirm=list(contact.to_confirm),
        doubtful=not held.isdisjoint(addresses),
        substitute=contact.substitute,
    )
