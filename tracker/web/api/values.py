"""What the API gives: dates are local days of the agreement, instants are UTC."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from tracker.accounts.tokens import Scope
from tracker.obligations.model import State
from tracker.terms.rule import Cost


class Value(BaseModel):
    """Base of all of them."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _no_example(schema: dict[str, Any]) -> None:
    schema.pop("examples", None)


def _example(**fields: Any) -> ConfigDict:
    return ConfigDict(frozen=True, extra="forbid", json_schema_extra={"examples": [fields]})


Next = Annotated[
    str | None, Field(description="Path and query of the page after this one; null where this is the last.")
]
Key = Annotated[
    str,
    Field(
        description="agreement/rule/occurrence", examples=["kemenko-pmk-kemnaker-2023/renewal-notice/term-1"]
    ),
]


class TokenOut(Value):
    """The token that a request showed."""

    id: Annotated[str, Field(description="Names the token without giving it away.")]
    name: str
    scopes: list[Scope]
    made_at: AwareDatetime
    expires_at: AwareDatetime


class WhoAmI(Value):
    """In whose name a token asks, and what they are here today."""

    address: str
    name: str
    admin: Annotated[bool, Field(description="Sees and records everything.")]
    auditor: Annotated[bool, Field(description="Sees everything, records nothing.")]
    units: Annotated[list[str], Field(description="The units they manage.")]
    agreements: Annotated[list[str], Field(description="The agreements they are a contact officer of.")]
    token: TokenOut


class PartyBrief(Value):
    """One side of an agreement, by its name."""

    id: str
    name: str


class AgreementBrief(Value):
    """One agreement in a list."""

    model_config = _example(
        id="kemenko-pmk-kemnaker-2023",
        title="Pemanfaatan Data P3KE",
        numbers=["003/PKS/DEP.1/KEMENKO/PMK/02/2023"],
        unit="jaminan-sosial",
        signed="2023-02-28",
        timezone="Asia/Jakarta",
        parties=[{"id": "kesatu", "name": "Kemenko PMK"}, {"id": "kedua", "name": "Kemnaker"}],
    )

    id: str
    title: str
    numbers: list[str]
    unit: str | None
    signed: date
    timezone: str
    parties: list[PartyBrief]


class AgreementPage(Value):
    """Some agreements, by title."""

    items: list[AgreementBrief]
    next: Next


class Contact(Value):
    """One contact officer, past ones too."""

    party: str
    id: str
    position: str
    name: str | None
    email: str | None
    phones: list[str]
    telegram: Annotated[bool, Field(description="Whether a Telegram chat is known.")]
    language: Literal["id", "en"]
    since: date | None
    until: date | None
    serves: Annotated[bool, Field(description="Whether they hold the post today.")]
    to_confirm: Annotated[list[str], Field(description="Channels that nobody has confirmed yet.")]
    doubtful: Annotated[bool, Field(description="Whether an address of theirs is known not to work.")]
    substitute: str | None


class Contacts(Value):
    """The contact officers of one agreement."""

    items: list[Contact]


class Party(Value):
    """One side of an agreement."""

    id: str
    name: str
    short: str | None
    kind: str
    address: str | None
    contacts: list[Contact]


class Clause(Value):
    """Where something stands in the document; numbers repeat and go missing."""

    number: str
    position: int | None
    heading: str | None
    paragraph: str | None
    text: Annotated[str, Field(description="As it is cited, such as 'Pasal 8 ayat (2)'.")]


class RuleOut(Value):
    """A clause made computable."""

    id: str
    headline: str
    clause: Clause | None
    law: str | None
    due: Annotated[
        str, Field(description="In the grammar of the terms files.", examples=["30 days before term end"])
    ]
    due_text: str
    holder: Annotated[str, Field(description="A party, or either, both, affected.")]
    addressees: list[str]
    form: list[str]
    if_missed: Cost | None
    cost: str
    optional: bool
    enabled: bool
    trigger: Annotated[str | None, Field(description="The kind of event that must happen first.")]
    summary: str | None
    question: Annotated[str | None, Field(description="What must be asked, where the text gives no date.")]


class FindingOut(Value):
    """What a careful reader noticed, and how it was settled."""

    id: str
    about: list[str]
    what: str
    settled: str
    by: str
    on: date
    open: bool


class AddendumOut(Value):
    """A later document that changes the agreement."""

    numbers: list[str]
    signed: date
    in_force_from: date
    why: str | None


class VersionOut(Value):
    """One version of the terms as it was loaded."""

    number: int
    loaded_at: AwareDatetime
    digest: str


class TermEnd(Value):
    """A day on which the first term may end, and how well that can be defended."""

    day: date
    weight: Literal["strong", "plausible", "weak"]
    likely: bool


class AgreementOut(AgreementBrief):
    """One agreement: parties with contacts, clauses, rules, findings, addenda, versions."""

    model_config = ConfigDict(json_schema_extra=_no_example)

    place: str | None
    first_term_ends: list[TermEnd]
    silence: Annotated[
        Literal["ends", "renews"] | None, Field(description="What follows where nobody says anything.")
    ]
    sides: list[Party]
    clauses: list[Clause]
    rules: Annotated[list[RuleOut], Field(description="Those in force today.")]
    findings: list[FindingOut]
    addenda: list[AddendumOut]
    versions: list[VersionOut]


class ObligationBrief(Value):
    """One obligation in a list."""

    model_config = _example(
        key="kemenko-pmk-kemnaker-2023/renewal-notice/term-1",
        agreement="kemenko-pmk-kemnaker-2023",
        agreement_title="Pemanfaatan Data P3KE",
        rule="renewal-notice",
        occurrence="term-1",
        headline="Memberitahukan keinginan memperpanjang atau mengakhiri",
        clause="Pasal 8 ayat (2)",
        holders=["kesatu", "kedua"],
        towards=["other"],
        unit="jaminan-sosial",
        state="due",
        act_by="2025-01-24",
        by_time=None,
        likely="2025-01-28",
        safe="2025-01-27",
        strictest="2025-01-27",
        latest="2025-01-30",
        provisional=False,
        office_days_left=14,
        if_missed="none stated",
        cost="tidak dinyatakan",
        acknowledged_until=None,
        snoozed_until=None,
    )

    key: Key
    agreement: str
    agreement_title: str
    rule: str
    occurrence: str
    headline: str
    clause: str
    holders: Annotated[list[str], Field(description="The parties that hold it.")]
    towards: list[str]
    unit: str | None
    state: State
    act_by: Annotated[date | None, Field(description="The day to act by; null where it has no date.")]
    by_time: Annotated[
        str | None, Field(description="The local time on the likely day, where hours are counted.")
    ]
    likely: date | None
    safe: date | None
    strictest: date | None
    latest: date | None
    provisional: bool
    office_days_left: Annotated[int | None, Field(description="Negative where they are gone.")]
    if_missed: Cost
    cost: str
    acknowledged_until: date | None
    snoozed_until: date | None


class ObligationPage(Value):
    """Some obligations, by the day to act by."""

    items: list[ObligationBrief]
    next: Next


class ReadingOut(Value):
    """One defensible date."""

    day: date
    weight: Literal["strong", "plausible", "weak"]
    likely: bool
    assumptions: list[str]


class ProofOut(Value):
    """One proof that it, or a part of it, was done."""

    number: Annotated[int, Field(description="Its entry in the agreement's log.")]
    kind: str
    served_on: date
    sent_on: date | None
    received_on: date | None
    parts: list[str]
    accepted: Annotated[bool | None, Field(description="What a reviewer said; null where nobody has yet.")]
    letter: str | None
    evidence: Annotated[str | None, Field(description="The SHA-256 of the file.")]
    recorded_by: str


class VerdictOut(Value):
    """When it was done, and how many days after each figure; zero or less is in time."""

    day: date
    in_time: bool
    after_safe: int
    after_likely: int
    after_latest: int


class OverrideOut(Value):
    """Another day to act by, set by a person."""

    act_by: date
    by: str
    why: str


class MoveOut(Value):
    """How its figures moved once."""

    number: int
    at: AwareDatetime
    cause: str
    why: str
    before: date | None
    after: date | None


class ChainOut(Value):
    """Who has been told while nobody answered, and who is next."""

    since: AwareDatetime | None
    level: str | None
    next_level: str | None
    next_at: AwareDatetime | None


class AttemptOut(Value):
    """One try to deliver an alert."""

    at: AwareDatetime
    outcome: str
    answer: str


class AlertTold(Value):
    """One message to one contact over one channel."""

    key: str
    point: Annotated[str, Field(description="The step that led to it, such as T-14.")]
    contact: str
    channel: str
    state: Literal["pending", "grouped", "accepted", "refused", "withdrawn"]
    detour: Annotated[str | None, Field(description="Why it went to somebody else than the contact.")]
    created_at: AwareDatetime
    accepted_at: AwareDatetime | None
    attempts: list[AttemptOut]


class AlertOut(AlertTold):
    """One message, and what it was about."""

    model_config = _example(
        key="kemenko-pmk-kemnaker-2023/renewal-notice/term-1/2025-01-24/T-14/kesatu:asdep/email",
        obligation="kemenko-pmk-kemnaker-2023/renewal-notice/term-1",
        agreement="kemenko-pmk-kemnaker-2023",
        headline="Memberitahukan keinginan memperpanjang atau mengakhiri",
        point="T-14",
        contact="kesatu:asdep",
        channel="email",
        state="accepted",
        detour=None,
        created_at="2025-01-10T01:00:00Z",
        accepted_at="2025-01-10T01:00:02Z",
        attempts=[{"at": "2025-01-10T01:00:01Z", "outcome": "accepted", "answer": "250 2.0.0 Ok"}],
    )

    obligation: Annotated[
        Key | None, Field(description="Null where it is about several, or about the service.")
    ]
    agreement: str | None
    headline: str


class AlertPage(Value):
    """Some alerts, the newest first."""

    items: list[AlertOut]
    next: Next


class ObligationOut(ObligationBrief):
    """One obligation: why this date, what became of it, and who was told."""

    model_config = ConfigDict(json_schema_extra=_no_example)

    form: list[str]
    summary: str | None
    steps: Annotated[list[str], Field(description="The derivation in sentences.")]
    window: Annotated[list[str], Field(description="What a wish to end early comes to, in sentences.")]
    readings: list[ReadingOut]
    provisional_because: list[str]
    proofs: list[ProofOut]
    missing: Annotated[list[str], Field(description="The parts that are not proved yet.")]
    verdict: VerdictOut | None
    closed_because: str | None
    override: OverrideOut | None
    moves: list[MoveOut]
    chain: ChainOut | None
    alerts: list[AlertTold]


class EventOut(Value):
    """One entry of an agreement's log."""

    model_config = _example(
        agreement="kemenko-pmk-kemnaker-2023",
        number=3,
        kind="force-majeure-occurred",
        happened_on="2026-11-20",
        details={"party": "kesatu", "note": "banjir"},
        recorded_at="2026-11-21T03:00:00Z",
        recorded_by="p3ke@example.go.id, API",
    )

    agreement: str
    number: int
    kind: str
    happened_on: date
    details: dict[str, str]
    recorded_at: AwareDatetime
    recorded_by: Annotated[str | None, Field(description="Null where that is not for the reader.")]


class EventPage(Value):
    """Some entries of an agreement's log, in the order in which they were recorded."""

    items: list[EventOut]
    next: Next


class Recorded(EventOut):
    """A fact that was recorded, and what it has started."""

    model_config = ConfigDict(json_schema_extra=_no_example)

    started: Annotated[list[Key], Field(description="The obligations that it started and that are open.")]


def instant(text: str | None) -> datetime | None:
    """Read an instant that the read side has written."""
    return datetime.fromisoformat(text) if text else None
