"""Agreements: all that somebody may see, and one with its people, clauses, rules, findings and versions."""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlmodel import col
from starlette.responses import Response

from tracker.base.dates import plain_date, zone_name
from tracker.obligations.term_end import term_end
from tracker.obligations.wording import clause_text, cost_text, due_text, headline, people_text
from tracker.outbox import doubts
from tracker.people.rights import Act
from tracker.reminders.recipients import EMAIL, TELEGRAM, Address
from tracker.terms.model import Agreement
from tracker.terms.people import Contact
from tracker.terms.rule import Rule
from tracker.terms.tables import TermsVersionRow
from tracker.web.site.rows import Mark, row_of
from tracker.web.site.visit import Visit, path_to

A_PAGE = 25


@dataclass(frozen=True, slots=True)
class Entry:
    """One agreement of the list."""

    path: str
    title: str
    numbers: str
    sides: str
    unit: str


@dataclass(frozen=True, slots=True)
class Person:
    """One contact, with how fresh it is."""

    name: str
    ways: Sequence[str]
    marks: Sequence[Mark]


@dataclass(frozen=True, slots=True)
class Side:
    """One party and its people: those who serve, and those who have served."""

    name: str
    address: str
    people: Sequence[Person]


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One rule in words."""

    headline: str
    clause: str
    due: str
    who: str
    cost: str
    note: str


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One version of the terms text as it was loaded."""

    number: int
    loaded_at: datetime
    digest: str
    path: str


def agreements(visit: Visit) -> Response:
    """List agreements by title, or those that some words mean, the likeliest first."""
    words, last, following = visit.asked("cari"), visit.asked("sesudah"), ""
    if words:
        found = visit.sight.find(words)[:A_PAGE]
    else:
        found, following = visit.sight.agreements_after(last, A_PAGE)
    return visit.page(
        "agreements.html",
        entries=[_entry(visit, one) for one in found],
        words=words,
        following=following,
        is_first=not last,
    )


def agreement(visit: Visit) -> Response:
    """Show one agreement."""
    found = visit.sight.agreement(visit.part("agreement"))
    if found is None:
        return visit.not_there()
    language = visit.language
    rows = [row_of(visit.sight, one, language) for one in visit.sight.duties_of(found.id)]
    held = doubts.held(visit.sight.connection, addresses_of(found))
    today = visit.now.astimezone(found.zone).date()
    rights = visit.sight.rights(found)
    return visit.page(
        "agreement.html",
        agreement=found,
        path=path_to("perjanjian", found.id),
        reports=rights.may(Act.REPORT),
        manages=rights.manages,
        overseen=rights.manages or rights.audits,
        numbers=", ".join(found.numbers),
        facts=[(name, text) for name, text in _facts(visit, found) if text],
        rows=rows,
        undated=[row for row in rows if row.act_by is None],
        sides=[side_of(visit, found, key, today, held) for key in found.parties],
        rules=[_rule(found, rule, language) for rule in found.in_force(today).rules],
        clauses=[(clause_text(clause), clause.heading or "") for clause in found.clauses if clause.heading],
        findings=[
            (one.what.in_language(language), one.settled.in_language(language), one.by, one.on, one.open)
            for one in sorted(found.findings, key=lambda one: not one.open)
        ],
        addenda=[
            (
                ", ".join(one.numbers),
                one.signed,
                one.in_force_from,
                one.why.in_language(language) if one.why else "",
            )
            for one in found.addenda
        ],
        versions=_versions(visit, found),
        zone=found.zone,
    )


def _entry(visit: Visit, found: Agreement) -> Entry:
    unit = visit.context.routing.units.get(found.unit or "")
    sides = " - ".join(party.short or party.name for party in found.parties.values())
    return Entry(
        path_to("perjanjian", found.id),
        found.title,
        ", ".join(found.numbers),
        sides,
        unit.name if unit else "",
    )


def _facts(visit: Visit, found: Agreement) -> Iterator[tuple[str, str]]:
    language = visit.language
    unit = visit.context.routing.units.get(found.unit or "")
    yield visit.say("Nomor", "Numbers"), "; ".join(found.numbers)
    yield visit.say("Ditandatangani", "Signed"), plain_date(found.signed.day, language)
    ends = term_end(found)
    days = list(dict.fromkeys(plain_date(one.day, language) for one in ends))
    yield (
        visit.say("Jangka waktu pertama berakhir", "The first term ends"),
        visit.say(" atau ", " or ").join(days),
    )
    if found.term.renewal is not None:
        renews = found.term.renewal.silence == "renews"
        yield (
            visit.say("Bila tidak ada yang menyatakan apa pun", "If nobody says anything"),
            visit.say("diperpanjang dengan sendirinya", "it is renewed by itself")
            if renews
            else visit.say("berakhir", "it ends"),
        )
    yield visit.say("Tempat", "Place"), found.place or ""
    yield visit.say("Zona waktu", "Time zone"), zone_name(found.zone)
    yield visit.say("Unit yang mengurus", "Unit"), unit.name if unit else ""
    parents = "; ".join(
        f"{one.title} ({', '.join(one.numbers)})" if one.numbers else one.title for one in found.parents
    )
    yield visit.say("Di bawah", "Stands under"), parents


def addresses_of(found: Agreement) -> list[str]:
    """Give the addresses of everybody who is or was a contact."""
    people = [contact for _, contact in found.contacts()]
    return sorted({str(each) for one in people for each in (one.email, one.telegram) if each is not None})


def side_of(visit: Visit, found: Agreement, key: str, today: date, held: AbstractSet[Address]) -> Side:
    """Give one party of an agreement, with its people and how fresh they are."""
    party = found.parties[key]
    people = sorted(party.contacts, key=lambda one: not one.serves_on(today))
    name = f"{party.name} ({party.short})" if party.short and party.short != party.name else party.name
    return Side(name, party.address or "", [_person(visit, found, key, one, today, held) for one in people])


def _person(
    visit: Visit, found: Agreement, party: str, contact: Contact, today: date, held: AbstractSet[Address]
) -> Person:
    name = f"{contact.name}, {contact.position}" if contact.name else contact.position
    ways = [contact.email or "", *contact.phones]
    if contact.telegram is not None:
        ways.append("Telegram")
    marks = list(_freshness(visit, contact, today, held))
    stand_in = next(
        (
            one
            for one in found.parties[party].contacts
            if contact.substitute and one.key == contact.substitute
        ),
        None,
    )
    if stand_in is not None:
        instead = stand_in.name or stand_in.position
        marks.append(Mark(visit.say(f"pengganti: {instead}", f"substitute: {instead}")))
    return Person(name, [way for way in ways if way], marks)


def _freshness(visit: Visit, contact: Contact, today: date, held: AbstractSet[Address]) -> Iterator[Mark]:
    language = visit.language
    if contact.since is not None and contact.since > today:
        yield Mark(visit.say("mulai ", "from ") + plain_date(contact.since, language), "quiet")
    elif contact.until is not None and contact.until < today:
        yield Mark(visit.say("sampai ", "until ") + plain_date(contact.until, language), "quiet")
    elif contact.until is not None:
        yield Mark(visit.say("menjabat sampai ", "serves until ") + plain_date(contact.until, language))
    elif contact.since is not None:
        yield Mark(visit.say("sejak ", "since ") + plain_date(contact.since, language), "quiet")
    if contact.to_confirm:
        yield Mark(visit.say("perlu dipastikan", "to be confirmed"), "warn")
    addresses = {(EMAIL, contact.email or ""), (TELEGRAM, str(contact.telegram or ""))}
    if not held.isdisjoint(addresses):
        yield Mark(visit.say("alamat tidak berfungsi", "the address does not work"), "bad")
    if contact.email is None and contact.telegram is None:
        yield Mark(visit.say("tanpa alamat", "no address"), "bad")


def _rule(found: Agreement, rule: Rule, language: str) -> RuleLine:
    english = language == "en"
    notes = []
    if not rule.enabled:
        notes.append("not applied" if english else "tidak diberlakukan")
    if rule.optional:
        notes.append("optional" if english else "tidak wajib")
    if rule.question is not None:
        notes.append(rule.question.in_language(language))
    who = f"{people_text(found, (rule.duty.by,), language)} → {people_text(found, rule.duty.to, language)}"
    clause = clause_text(rule.clause, found) or rule.law or ""
    return RuleLine(
        headline(rule, language),
        clause,
        due_text(rule.due, language),
        who,
        cost_text(rule, language),
        "; ".join(notes),
    )


def _versions(visit: Visit, found: Agreement) -> list[VersionLine]:
    query = (
        select(
            col(TermsVersionRow.version),
            col(TermsVersionRow.loaded_at),
            col(TermsVersionRow.digest),
            col(TermsVersionRow.path),
        )
        .where(col(TermsVersionRow.agreement_id) == found.id)
        .order_by(col(TermsVersionRow.version).desc())
    )
    rows = visit.sight.connection.execute(query)
    return [VersionLine(row.version, row.loaded_at, row.digest[:12], row.path) for row in rows]
