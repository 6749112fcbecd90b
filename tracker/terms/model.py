"""An agreement as frozen values: parties, contacts, term, rules, findings.

These models are the grammar of `rules/agreements/*.yaml`; `rules/schema.json` is generated from
them. They hold what the text says and who decided what about it; they compute nothing.
Dates are local calendar dates of `Agreement.timezone`.
"""

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)

from tracker.base.iso import iso_date
from tracker.terms.grammar import (
    EXPECTED_DUE,
    EXPECTED_PERIOD,
    SLUG,
    AnchorKind,
    Counted,
    Due,
    Period,
    Undated,
    Unit,
    parse_due,
    parse_period,
)

Slug = Annotated[str, StringConstraints(pattern=f"^{SLUG}$")]
Line = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Days = Annotated[int, Field(ge=0, le=3650)]


class Frozen(BaseModel):
    """Base of all terms values: immutable, and unknown keys are faults."""

    model_config = ConfigDict(frozen=True, extra="forbid", ignored_types=(cached_property,))


def _or_short(schema: Any, handler: GetJsonSchemaHandler, short: dict[str, Any]) -> dict[str, Any]:
    """Give the JSON Schema of a model that may also be written in a short form."""
    return {"anyOf": [short, handler(schema)]}


class Words(Frozen):
    """One thing said in both languages; a plain string in the file is the Indonesian text."""

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Allow the short form in the schema too."""
        return _or_short(schema, handler, {"type": "string"})

    id: Line
    en: Annotated[str, StringConstraints(strip_whitespace=True)] = ""

    @model_validator(mode="before")
    @classmethod
    def _from_plain_text(cls, value: Any) -> Any:
        return {"id": value} if isinstance(value, str) else value

    def in_language(self, language: str) -> str:
        """Give the text in `language`, or in Indonesian where no other was written."""
        return self.en if language == "en" and self.en else self.id


def _due_from_text(value: object) -> object:
    if isinstance(value, Due):
        return value
    return parse_due(value if isinstance(value, str) else repr(value))


def _period_from_text(value: object) -> object:
    if isinstance(value, Period):
        return value
    return parse_period(value if isinstance(value, str) else repr(value))


def _start_from_text(value: object) -> object:
    text = value.isoformat() if isinstance(value, date) else str(value)
    if text == SIGNED:
        return text
    try:
        iso_date(f"{text}-01" if len(text) == len("2023-01") else text)
    except ValueError:
        raise ValueError(f"{text!r} is not a start, expected signed, YYYY-MM-DD or YYYY-MM") from None
    return text


SIGNED = "signed"
TERM_UNITS = (Unit.DAYS, Unit.CALENDAR_DAYS, Unit.WEEKS, Unit.MONTHS, Unit.YEARS)
DueLine = Annotated[
    Due,
    BeforeValidator(_due_from_text),
    PlainSerializer(str, return_type=str),
    WithJsonSchema(
        {
            "type": "string",
            "description": EXPECTED_DUE,
            "examples": [
                "30 calendar days before term end",
                "14 working days after force-majeure-occurred",
                "every semester",
                "before term end",
                "undated",
            ],
        }
    ),
]
PeriodLine = Annotated[
    Period,
    BeforeValidator(_period_from_text),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": "string", "description": EXPECTED_PERIOD, "examples": ["5 years", "17 months"]}),
]
StartText = Annotated[str, BeforeValidator(_start_from_text)]


_OR_NUMBER = WithJsonSchema({"type": ["string", "integer", "null"]})


class Clause(Frozen):
    """Where something stands: numbers repeat and go missing, so position and heading help."""

    number: Annotated[
        str, Field(description="number as printed, e.g. '8'", coerce_numbers_to_str=True), _OR_NUMBER
    ]
    position: Annotated[int | None, Field(ge=1, description="n-th article of the text")] = None
    heading: str | None = None
    ayat: Annotated[str | None, Field(coerce_numbers_to_str=True), _OR_NUMBER] = None

    def same_article(self, other: "Clause") -> bool:
        """Tell whether what both say about the article agrees."""
        return (
            self.number == other.number
            and (None in (self.position, other.position) or self.position == other.position)
            and (None in (self.heading, other.heading) or self.heading == other.heading)
        )


class Axis(StrEnum):
    """The independent choices a reading is made of (see rules/README.md, "Tafsir")."""

    SIGNED = "signed"
    LAST_DAY = "last-day"
    NOTICE = "notice"
    ROUNDING = "rounding"
    START = "start"
    UNIT = "unit"
    JOINT_LEAVE = "joint-leave"
    WEEK = "week"
    YEAR = "year"


AXIS_CHOICES: dict[Axis, tuple[str, ...]] = {
    Axis.SIGNED: (),
    Axis.LAST_DAY: ("inclusive", "anniversary"),
    Axis.NOTICE: ("plain", "clear-days", "counted"),
    Axis.ROUNDING: ("down", "up", "thirty-days"),
    Axis.START: ("excluded", "included"),
    Axis.UNIT: ("calendar", "working"),
    Axis.JOINT_LEAVE: ("off", "working"),
    Axis.WEEK: ("mon-fri", "mon-sat"),
    Axis.YEAR: ("calendar", "agreement"),
}


class Pin(Frozen):
    """A person's decision for one choice; the other readings of that axis fall away."""

    axis: Axis
    choice: Line
    by: Line
    on: date
    why: Words

    @model_validator(mode="after")
    def _known_choice(self) -> Self:
        allowed = AXIS_CHOICES[self.axis]
        if not allowed:
            raise ValueError("the signing date is pinned under 'signed: {pin: ...}', not here")
        if self.choice not in allowed:
            raise ValueError(
                f"{self.choice!r} is not a choice of {self.axis}, expected one of {', '.join(allowed)}"
            )
        return self


class Decision(Frozen):
    """Who settled something, when, and why."""

    by: Line
    on: date
    why: Words


class SignedReading(Frozen):
    """Another date the text gives for the signing."""

    day: Annotated[date, Field(alias="date")]
    weight: Literal["strong", "plausible", "weak"] = "weak"
    why: Words


class Signed(Frozen):
    """The signing day; where the text contradicts itself, the other readings and the pin."""

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Allow the short form in the schema too."""
        return _or_short(schema, handler, {"type": "string", "format": "date"})

    day: Annotated[date, Field(alias="date")]
    readings: tuple[SignedReading, ...] = ()
    pin: Decision | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_plain_date(cls, value: Any) -> Any:
        return {"date": value} if isinstance(value, str | date) else value


class Contact(Frozen):
    """The officer or function named for correspondence, with channels and from-to days."""

    id: Slug | None = None
    position: Line
    name: Line | None = None
    email: Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")] | None = None
    telegram: Annotated[int | None, Field(description="chat id")] = None
    phones: tuple[str, ...] = ()
    fax: str | None = None
    address: str | None = None
    language: Literal["id", "en"] = "id"
    to_confirm: Annotated[
        tuple[Literal["email", "telegram", "phones"], ...],
        Field(description="channels that were repaired or guessed: never used before a person confirms"),
    ] = ()
    since: date | None = None
    until: date | None = None

    @property
    def key(self) -> str:
        """The stable id of the contact within its party."""
        return self.id or _slug(self.position)

    def serves_on(self, day: date) -> bool:
        """Tell whether the contact holds the post on `day` (both ends included)."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


class Party(Frozen):
    """A side of the agreement, with its named contacts."""

    name: Line
    short: Line | None = None
    kind: Literal["government", "social-security", "private", "other"] = "government"
    address: str | None = None
    contacts: tuple[Contact, ...] = ()


class Somebody(Frozen):
    """Somebody outside the parties to whom something is owed, such as a governor."""

    name: Line


class Term(Frozen):
    """From when to when the agreement is in force: a length from a start, or both ends stated."""

    length: PeriodLine | None = None
    start: Annotated[StartText, Field(alias="from", description="signed, YYYY-MM-DD or YYYY-MM")]
    end: Annotated[date | None, Field(alias="to")] = None
    clause: Clause | None = None
    pins: tuple[Pin, ...] = ()

    @model_validator(mode="after")
    def _countable(self) -> Self:
        if self.length is not None and (self.length.unit not in TERM_UNITS or self.length.count == 0):
            raise ValueError(f"a term of {self.length} cannot be counted, expected e.g. '5 years'")
        return self

    @property
    def from_month(self) -> bool:
        """Tell whether the text names only a month as the start ("sejak bulan Januari")."""
        return len(self.start) == len("2023-01")

    def first_day(self, signed: date) -> date:
        """Give the day the term is counted from, for one reading of the signing day."""
        if self.start == SIGNED:
            return signed
        return date.fromisoformat(f"{self.start}-01" if self.from_month else self.start)

    @model_validator(mode="after")
    def _length_or_end(self) -> Self:
        if (self.length is None) == (self.end is None):
            raise ValueError("a term has either 'length' or 'to', expected exactly one of them")
        if self.end is not None and self.start != SIGNED and self.end < self.first_day(self.end):
            raise ValueError(f"the term ends on {self.end}, before it begins on {self.start}")
        return self


class CalendarChoice(Frozen):
    """The working-day calendar as the parties hold it."""

    holidays: Slug = "id"
    week: Literal["mon-fri", "mon-sat"] = "mon-fri"
    joint_leave: Annotated[
        Literal["off", "working"],
        Field(description="whether cuti bersama is likely a day off (off) or a working day"),
    ] = "off"


def _as_tuple(value: object) -> object:
    return (value,) if isinstance(value, str) else value


Names = Annotated[
    tuple[Line, ...],
    BeforeValidator(_as_tuple),
    Field(min_length=1),
    WithJsonSchema(
        {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]}
    ),
]


class Duty(Frozen):
    """Who must do what towards whom, in which form."""

    by: Annotated[Line, Field(description="a party, or either, both, affected")]
    to: Annotated[Names, Field(description="a party, other, both, or somebody named under others")]
    act: Words | None = None
    form: tuple[Slug, ...] = ()


class Cost(StrEnum):
    """What a missed duty costs."""

    FORFEITURE = "forfeiture"
    LAPSE = "lapse"
    LIABILITY = "liability"
    REFUSAL = "refusal"
    DELAY = "delay"
    NONE_STATED = "none stated"


class Rule(Frozen):
    """A clause made computable."""

    id: Slug
    clause: Clause | None = None
    duty: Duty
    due: DueLine
    trigger: Annotated[Slug | None, Field(description="event that opens an undated duty")] = None
    if_missed: Cost | None = None
    consequence: Words | None = None
    summary: Words | None = None
    question: Words | None = None
    ladder: Annotated[Slug | None, Field(description="kind in reminders.yaml; else by the rule's id")] = None
    remind: tuple[Days, ...] | None = None
    basis: Literal["contract", "law"] = "contract"
    law: Line | None = None
    enabled: bool = True
    optional: Annotated[bool, Field(description="the text says may ('dapat'), not must")] = False
    survives: Annotated[bool, Field(description="goes on after the agreement has ended")] = False
    pins: tuple[Pin, ...] = ()

    @property
    def trigger_event(self) -> str | None:
        """The kind of event that must happen before this duty has a date; None if none."""
        if isinstance(self.due, Counted):
            return self.due.anchor.event_kind
        return self.trigger

    @property
    def chained_to(self) -> str | None:
        """The id of the rule whose due day or fulfilment starts this one."""
        if isinstance(self.due, Counted) and self.due.anchor.kind in (
            AnchorKind.RULE_DUE,
            AnchorKind.RULE_FULFILLED,
        ):
            return self.due.anchor.name
        return None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if isinstance(self.due, Undated) and self.question is None:
            raise ValueError("an undated duty is an open question, expected 'question: {id:, en:}'")
        if self.trigger is not None and not isinstance(self.due, Undated):
            raise ValueError("'trigger' opens an undated duty; a dated one names its event in 'due'")
        if self.basis == "law" and self.law is None:
            raise ValueError("a statutory rule names its law, expected 'law: PP 44/2015 art. 21'")
        return self


class Finding(Frozen):
    """What a careful reader noticed: repairs, conflicts, gaps, and how each was settled."""

    id: Slug
    about: Annotated[Names, Field(description="rule ids, signed, term, parties, contacts or clauses")]
    what: Words
    settled: Words
    by: Line
    on: date
    open: Annotated[bool, Field(description="still to be decided by a person")] = False


class Parent(Frozen):
    """A document this agreement stands under."""

    title: Line
    numbers: tuple[str, ...] = ()
    signed: date | None = None


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(
            f"{name!r} is not a time zone, expected Asia/Jakarta, Asia/Makassar or Asia/Jayapura"
        ) from None
    return name


class Agreement(Frozen):
    """One signed document with everything the service computes from."""

    id: Slug
    title: Line
    numbers: tuple[str, ...] = ()
    timezone: Annotated[str, AfterValidator(_known_zone)] = "Asia/Jakarta"
    place: str | None = None
    signed: Signed
    parents: tuple[Parent, ...] = ()
    parties: Annotated[dict[Slug, Party], Field(min_length=2)]
    others: dict[Slug, Somebody] = {}
    term: Term
    calendar: CalendarChoice = CalendarChoice()
    clauses: tuple[Clause, ...] = ()
    remind: dict[Slug, tuple[Days, ...]] = {}
    rules: tuple[Rule, ...] = ()
    findings: tuple[Finding, ...] = ()

    @cached_property
    def zone(self) -> ZoneInfo:
        """The zone in which this agreement's days begin and end."""
        return ZoneInfo(self.timezone)

    @cached_property
    def rule_by_id(self) -> dict[str, Rule]:
        """The rules by their ids."""
        return {rule.id: rule for rule in self.rules}

    def event_kinds(self) -> set[str]:
        """Give the kinds of events that some rule waits for."""
        return {rule.trigger_event for rule in self.rules if rule.trigger_event is not None}

    def contacts(self) -> Iterator[tuple[str, Contact]]:
        """Yield every named contact with the key of its party."""
        for key, party in self.parties.items():
            for contact in party.contacts:
                yield key, contact


def _slug(text: str) -> str:
    words = "".join(letter if letter.isalnum() else " " for letter in text.lower()).split()
    return "-".join(words)
