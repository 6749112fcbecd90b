"""What must hold between the parts of one agreement, as remarks with a path into the file. Pure."""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from tracker.base.faults import Remark
from tracker.terms.grammar import AnchorKind, Counted, Standing
from tracker.terms.model import Agreement
from tracker.terms.pins import Pin
from tracker.terms.rule import Rule
from tracker.terms.words import Clause

HOLDERS = ("either", "both", "affected")
ADDRESSEES = ("other", "both")
FINDING_SUBJECTS = ("signed", "term", "parties", "contacts", "clauses", "numbers", "parents")


def check_raw(raw: dict[str, Any]) -> Iterator[Remark]:
    """Find duplicate ids, also where other faults keep the file from becoming an agreement."""
    for section in ("rules", "findings"):
        items = raw.get(section)
        if not isinstance(items, list):
            continue
        first_at: dict[str, int] = {}
        for index, item in enumerate(items):
            name = item.get("id") if isinstance(item, dict) else None
            if not isinstance(name, str):
                continue
            first = first_at.setdefault(name, index)
            if first != index:
                where = f"{section}.{first}"
                yield Remark(
                    (section, index, "id"),
                    f"id {name!r} is already used by {where}, expected a new id",
                )


def check(agreement: Agreement, rule_ids: AbstractSet[str]) -> Iterator[Remark]:
    """Find everything in a well-formed agreement that refers to something absent.

    `rule_ids` are the ids that the file names, those of rules with faults of their own included.
    """
    yield from _term(agreement)
    yield from _clauses(agreement)
    yield from _duties(agreement)
    yield from _chains(agreement, rule_ids)
    yield from _contacts(agreement)
    yield from _findings(agreement, rule_ids)
    yield from _pins(agreement)
    yield from _gaps(agreement)


def _term(agreement: Agreement) -> Iterator[Remark]:
    end, signed = agreement.term.end, agreement.signed.day
    if end is not None and end < agreement.term.first_day(signed):
        yield Remark(("term",), f"the term ends on {end}, before it begins, expected a later day")


def _clauses(agreement: Agreement) -> Iterator[Remark]:
    references = list(_clause_references(agreement))
    listed = agreement.clauses or tuple(
        clause for _, clause in references if clause.position is not None and clause.heading is not None
    )
    if not agreement.clauses and references:
        yield Remark(
            ("rules",),
            "clause references cannot be checked, expected a list 'clauses' of the articles",
            warning=True,
        )
    for path, clause in references:
        matches = [known for known in listed if known.same_article(clause)]
        if not agreement.clauses and not matches:
            continue
        if not matches:
            known = ", ".join(dict.fromkeys(entry.number for entry in listed))
            yield Remark(
                path, f"unknown clause {_named(clause)}, expected one of the listed numbers: {known}"
            )
        elif len(matches) > 1:
            positions = ", ".join(str(entry.position) for entry in matches)
            yield Remark(
                path,
                f"clause {_named(clause)} stands {len(matches)} times in this agreement, "
                f"expected its position too (one of {positions})",
            )


def _clause_references(agreement: Agreement) -> Iterator[tuple[tuple[str | int, ...], Clause]]:
    if agreement.term.clause is not None:
        yield ("term", "clause"), agreement.term.clause
    for index, rule in enumerate(agreement.rules):
        if rule.clause is not None:
            yield ("rules", index, "clause"), rule.clause


def _named(clause: Clause) -> str:
    parts = [repr(clause.number)]
    if clause.position is not None:
        parts.append(f"at position {clause.position}")
    if clause.heading is not None:
        parts.append(f"({clause.heading})")
    return " ".join(parts)


def _duties(agreement: Agreement) -> Iterator[Remark]:
    holders = (*HOLDERS, *agreement.parties)
    addressees = (*ADDRESSEES, *agreement.parties, *agreement.others)
    for index, rule in enumerate(agreement.rules):
        if rule.duty.by not in holders:
            yield Remark(
                ("rules", index, "duty", "by"),
                f"unknown duty holder {rule.duty.by!r}, expected one of {', '.join(holders)}",
            )
        for name in rule.duty.to:
            if name not in addressees:
                yield Remark(
                    ("rules", index, "duty", "to"),
                    f"unknown addressee {name!r}, expected one of {', '.join(addressees)}",
                )


def _chains(agreement: Agreement, rule_ids: AbstractSet[str]) -> Iterator[Remark]:
    for index, rule in enumerate(agreement.rules):
        path = ("rules", index, "due")
        if rule.chained_to is not None and rule.chained_to not in rule_ids:
            yield Remark(path, f"counts from the unknown rule {rule.chained_to!r}, expected a rule id")
        elif _in_cycle(agreement, rule):
            yield Remark(path, "counts from itself through other rules, expected an end to the chain")
        if (
            isinstance(rule.due, Counted)
            and rule.due.anchor.kind is AnchorKind.EVENT
            and rule.due.anchor.name in rule_ids
        ):
            name = rule.due.anchor.name
            yield Remark(path, f"{name!r} is a rule, expected '{name} due' or '{name} fulfilled'")


def _in_cycle(agreement: Agreement, rule: Rule) -> bool:
    seen: set[str] = set()
    current: Rule | None = rule
    while current is not None and current.chained_to is not None:
        if current.id in seen:
            return current.id == rule.id or rule.id in seen
        seen.add(current.id)
        current = agreement.rule_by_id.get(current.chained_to)
    return False


def _contacts(agreement: Agreement) -> Iterator[Remark]:
    for party, details in agreement.parties.items():
        keys = [contact.key for contact in details.contacts]
        for index, key in enumerate(keys):
            if key in keys[:index]:
                yield Remark(
                    ("parties", party, "contacts", index),
                    f"contact {key!r} is named twice in this party, expected a distinct id",
                )


def _findings(agreement: Agreement, rule_ids: AbstractSet[str]) -> Iterator[Remark]:
    subjects = (*FINDING_SUBJECTS, *rule_ids)
    for index, finding in enumerate(agreement.findings):
        for name in finding.about:
            if name not in subjects:
                yield Remark(
                    ("findings", index, "about"),
                    f"finding about the unknown {name!r}, expected a rule id or one of "
                    f"{', '.join(FINDING_SUBJECTS)}",
                )


def _pins(agreement: Agreement) -> Iterator[Remark]:
    yield from _pinned_twice(agreement.term.pins, ("term", "pins"))
    for index, rule in enumerate(agreement.rules):
        yield from _pinned_twice(rule.pins, ("rules", index, "pins"))


def _pinned_twice(pins: Sequence[Pin], path: tuple[str | int, ...]) -> Iterator[Remark]:
    axes = [pin.axis for pin in pins]
    for number, axis in enumerate(axes):
        if axis in axes[:number]:
            yield Remark((*path, number), f"{axis} is pinned twice, expected one decision an axis")


def _gaps(agreement: Agreement) -> Iterator[Remark]:
    for index, rule in enumerate(agreement.rules):
        missing = [
            name
            for name, value in (
                ("clause", rule.clause or (rule.basis == "law")),
                ("duty.form", rule.duty.form),
                ("if_missed", rule.if_missed),
                ("summary", rule.summary or rule.duty.act),
            )
            if not value
        ]
        if isinstance(rule.due, Standing):
            missing = [name for name in missing if name != "duty.form"]
        if missing:
            yield Remark(
                ("rules", index),
                f"rule {rule.id!r} does not say {', '.join(missing)}, expected every rule to",
                warning=True,
            )
