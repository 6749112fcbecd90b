"""What had passed before tracking began: listing it, and settling it from a filled-in list (CSV)."""

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select
from sqlmodel import col

from tracker import flow
from tracker.base.db import Database
from tracker.base.errors import TrackerError
from tracker.base.faults import Fault
from tracker.base.iso import iso_date
from tracker.events import kinds
from tracker.events.model import Event
from tracker.events.service import logs_of
from tracker.events.tables import EventRow
from tracker.obligations.life import parts_of
from tracker.obligations.model import State
from tracker.obligations.tables import ObligationRow
from tracker.obligations.wording import clause_text, headline, people_text
from tracker.steps.checking import check_fact
from tracker.steps.context import Context
from tracker.terms.model import Agreement
from tracker.terms.rule import Rule
from tracker.terms.service import agreements, batches

DONE, WAIVED, OPEN = "done", "waived", "open"
OUTCOMES = (DONE, WAIVED, OPEN)
TO_FILL_IN = ("key", "outcome", "on", "letter", "received_on", "why", "note")
TO_READ = ("clause", "act", "holder", "likely", "latest")
"""Columns that help whoever fills in the list; settling does not read them."""
COLUMNS = (*TO_FILL_IN, *TO_READ)
NOT_DONE = "belum dilaksanakan menurut pemeriksaan"
"""Why an obligation is reopened where the list gives no reason of its own."""
_CSV_ENCODING = "utf-8-sig"  # spreadsheets take a file without the mark for another alphabet


@dataclass(frozen=True, slots=True)
class Unverified:
    """One obligation whose deadline had passed before tracking began."""

    key: str
    agreement: Agreement
    rule: Rule
    likely: date
    latest: date

    def as_row(self, language: str) -> dict[str, str]:
        """Give it as one row of the list, nothing filled in."""
        return {
            **dict.fromkeys(TO_FILL_IN, ""),
            "key": self.key,
            "clause": clause_text(self.rule.clause, self.agreement) or self.rule.law or "",
            "act": headline(self.rule, language),
            "holder": people_text(self.agreement, [self.rule.duty.by], language),
            "likely": self.likely.isoformat(),
            "latest": self.latest.isoformat(),
        }

    def as_json(self, language: str) -> dict[str, Any]:
        """Give it as JSON values."""
        row = self.as_row(language)
        return {"key": self.key, "agreement": self.agreement.id, **{name: row[name] for name in TO_READ}}


def unverified(db: Database, agreement: str | None = None) -> list[Unverified]:
    """List what nobody has confirmed, by agreement and date."""
    query = (
        select(ObligationRow)
        .where(col(ObligationRow.state) == State.UNVERIFIED.value)
        .order_by(col(ObligationRow.agreement_id), col(ObligationRow.latest), col(ObligationRow.key))
    )
    if agreement is not None:
        flow.agreement_named(db, agreement)
        query = query.where(col(ObligationRow.agreement_id) == agreement)
    with db.read() as connection:
        rows = connection.execute(query).all()
        found = agreements(connection, {row.agreement_id for row in rows})
    return [
        Unverified(row.key, found[row.agreement_id], rule, row.likely, row.latest)
        for row in rows
        if (rule := found[row.agreement_id].rule_by_id.get(row.rule)) is not None
    ]


def csv_text(rows: Iterable[Unverified], language: str) -> str:
    """Give the list as CSV, to be filled in."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(row.as_row(language) for row in rows)
    return out.getvalue()


def write_csv(path: Path, rows: Iterable[Unverified], language: str) -> None:
    """Write the list to a file; one that is there already may be filled in, and is not written over."""
    try:
        with path.open("x", encoding=_CSV_ENCODING, newline="") as out:
            out.write(csv_text(rows, language))
    except FileExistsError:
        raise TrackerError(f"{path} exists already, expected a new name: it may be filled in.") from None
    except OSError as error:
        raise TrackerError(f"{path} cannot be written: {error.strerror}.") from None


@dataclass(frozen=True, slots=True)
class Row:
    """One filled-in row, with the line it begins on."""

    line: int
    values: Mapping[str, str]

    @property
    def key(self) -> str:
        """Which obligation it settles."""
        return self.values["key"]

    @property
    def client_key(self) -> str:
        """Name the row by what it says, so that it is recorded once."""
        said = json.dumps([self.values[name] for name in TO_FILL_IN], ensure_ascii=False)
        return f"settle:{self.key}:{hashlib.sha256(said.encode()).hexdigest()[:16]}"


def read_rows(text: str, path: str) -> tuple[list[Row], int, list[Fault]]:
    """Read a filled-in list: its rows, how many were left empty, and what is wrong with its form. Pure."""
    first = text.partition("\n")[0]
    # Spreadsheets in Indonesian separate by semicolons.
    reader = csv.reader(io.StringIO(text), delimiter=";" if first.count(";") > first.count(",") else ",")
    rows: list[Row] = []
    faults: list[Fault] = []
    try:
        header = [name.strip().lower() for name in next(reader, [])]
        faults = _header_faults(header, path)
        if faults:
            return [], 0, faults
        left, line = 0, reader.line_num + 1
        for cells in reader:
            begins, line = line, reader.line_num + 1
            given = [cell.strip() for cell in cells]
            if not any(given):
                continue
            if len(given) > len(header):
                faults.append(Fault(path, begins, f"has {len(given)} cells, expected {len(header)}"))
                continue
            values = {**dict.fromkeys(TO_FILL_IN, ""), **dict(zip(header, given, strict=False))}
            if any(values[name] for name in TO_FILL_IN if name != "key"):
                rows.append(Row(begins, {name: values[name] for name in TO_FILL_IN}))
            else:
                left += 1
    except csv.Error as error:
        faults.append(Fault(path, reader.line_num, f"not readable as CSV: {error}"))
        return [], 0, faults
    return rows, left, faults


def _header_faults(header: Sequence[str], path: str) -> list[Fault]:
    expected = ", ".join(TO_FILL_IN)
    if "key" not in header or "outcome" not in header:
        return [Fault(path, 1, f"has no columns 'key' and 'outcome', expected the columns {expected}")]
    unknown = [name for name in header if name not in COLUMNS]
    twice = sorted({name for name in header if header.count(name) > 1})
    return [Fault(path, 1, f"unknown column {name!r}, expected {expected}") for name in unknown] + [
        Fault(path, 1, f"column {name!r} is there twice, expected once") for name in twice
    ]


def form_faults(row: Row, today: date) -> Iterator[str]:
    """Say what is wrong with one row by itself. Pure."""
    values = row.values
    outcome = values["outcome"]
    if outcome not in OUTCOMES:
        yield f"outcome={outcome}: expected one of {', '.join(OUTCOMES)}"
        return
    for name in ("on", "received_on"):
        day = _day(values[name])
        if values[name] and day is None:
            yield f"{name}={values[name]}: expected a day as YYYY-MM-DD"
        elif day is not None and day > today:
            yield f"{name}={values[name]} is after today, {today}"
    if outcome == DONE and not values["on"]:
        yield "on is missing, expected the day it was done as YYYY-MM-DD"
    if outcome == DONE and values["why"]:
        yield "why is for 'waived' and 'open', expected it empty (a remark goes into note)"
    if outcome == WAIVED and not values["why"]:
        yield "why is missing, expected the reason it is waived"
    if outcome != DONE and values["received_on"]:
        yield "received_on is for 'done', expected it empty"


def _day(text: str) -> date | None:
    try:
        return iso_date(text)
    except ValueError:
        return None


def fact_of(row: Row, agreement: Agreement, rule: Rule, occurrence: str, today: date) -> Event:
    """Give the fact that a row stands for. Pure."""
    values = row.values
    details = {"rule": rule.id, "occurrence": occurrence}
    if values["outcome"] == DONE:
        kind = proof_kind(rule)
        details |= whole_proof(rule)
    else:
        kind = kinds.WAIVED if values["outcome"] == WAIVED else kinds.REOPENED
        details["why"] = values["why"] or NOT_DONE
    details |= {name: values[name] for name in ("letter", "received_on", "note") if values[name]}
    return Event(agreement.id, kind, _day(values["on"]) or today, details)


def proof_kind(rule: Rule) -> str:
    """Tell by which kind of fact a duty is proved, from the form it is owed in. Pure."""
    forms = rule.duty.form
    if "payment" in forms:
        return "payment-made"
    if "report" in forms:
        return "report-submitted"
    if "written" in forms or rule.id.endswith("-notice"):
        return kinds.NOTICE_SERVED
    return "duty-fulfilled"


def whole_proof(rule: Rule) -> dict[str, str]:
    """Name every addressee and enclosure: a row says that the whole duty was done."""
    addressees = rule.duty.to if len(rule.duty.to) > 1 else ()
    enclosures = [part for part in parts_of(rule) if part not in addressees]
    parts = {"to": "+".join(addressees), "form": "+".join(enclosures)}
    return {name: text for name, text in parts.items() if text}


@dataclass(slots=True)
class Settled:
    """What settling a list did, or what is wrong with the list; nothing is recorded then."""

    faults: list[Fault] = field(default_factory=list)
    outcomes: dict[str, int] = field(default_factory=lambda: dict.fromkeys(OUTCOMES, 0))
    recorded_before: int = 0
    left: int = 0
    states: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Ready:
    row: Row
    event: Event


def settle(db: Database, context: Context, path: Path, now: datetime, by: str) -> Settled:
    """Record what a filled-in list says, each agreement in one transaction; all of it is checked first."""
    result = Settled()
    try:
        text = path.read_text(encoding=_CSV_ENCODING)
    except (OSError, UnicodeDecodeError):
        result.faults.append(Fault(str(path), 1, "cannot be read, expected a CSV file in UTF-8"))
        return result
    rows, result.left, result.faults = read_rows(text, str(path))
    with db.read() as connection:
        recorded = _recorded(connection, [row.client_key for row in rows])
        new = [row for row in rows if row.client_key not in recorded]
        result.recorded_before = len(rows) - len(new)
        ready, faults = _checked(connection, context, new, str(path), now)
    result.faults = sorted([*result.faults, *faults])
    if result.faults:
        return result
    together: dict[str, list[_Ready]] = {}
    for one in ready:
        together.setdefault(one.event.agreement, []).append(one)
    for some in together.values():
        facts, client_keys = [one.event for one in some], [one.row.client_key for one in some]
        flow.record_events(db, context, facts, now, by, client_keys)
        for one in some:
            result.outcomes[one.row.values["outcome"]] += 1
    with db.read() as connection:
        stored = _stored(connection, [one.row.key for one in ready])
    result.states = {key: row.state for key, row in stored.items()}
    return result


def _recorded(connection: Connection, client_keys: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for batch in batches(client_keys):
        query = select(col(EventRow.client_key)).where(col(EventRow.client_key).in_(batch))
        found.update(key for key in connection.execute(query).scalars() if key)
    return found


def _stored(connection: Connection, keys: Iterable[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for batch in batches(sorted(set(keys))):
        query = select(ObligationRow).where(col(ObligationRow.key).in_(batch))
        found |= {row.key: row for row in connection.execute(query)}
    return found


def _checked(
    connection: Connection, context: Context, rows: Sequence[Row], path: str, now: datetime
) -> tuple[list[_Ready], list[Fault]]:
    stored = _stored(connection, [row.key for row in rows])
    ids = {row.agreement_id for row in stored.values()}
    written, logs = agreements(connection, ids), logs_of(connection, ids)
    ready: list[_Ready] = []
    faults: list[Fault] = []
    seen: dict[str, int] = {}
    for row in rows:
        first = seen.setdefault(row.key, row.line)
        known = stored.get(row.key)
        messages = list(_target_faults(row, known, first))
        agreement = written[known.agreement_id] if known is not None else None
        today = now.astimezone(agreement.zone if agreement else UTC).date()
        messages += form_faults(row, today)
        if known is not None and agreement is not None and not messages:
            event = fact_of(row, agreement, agreement.rule_by_id[known.rule], known.occurrence, today)
            ready.append(_Ready(row, event))
            try:
                check_fact(agreement, context.calendar(agreement), logs.get(agreement.id, []), event)
            except TrackerError as error:
                messages.append(str(error))
        faults += [Fault(path, row.line, message) for message in messages]
    return ready, faults


def _target_faults(row: Row, known: Any | None, first: int) -> Iterator[str]:
    if first != row.line:
        yield f"key={row.key} is on line {first} too, expected one row an obligation"
    if known is None:
        yield f"key={row.key}: no such obligation, expected one that 'tracker unverified' lists"
    elif known.state != State.UNVERIFIED:
        yield f"key={row.key} is {known.state}, expected unverified: use 'tracker event record'"
