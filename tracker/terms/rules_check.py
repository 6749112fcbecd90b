"""What must hold between the parts of one agreement, as remarks with a path into the file. Pure."""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from datetime import date
from typing import Any

from tracker.base.faults import Remark
from tracker.terms.addendum import Addendum
from tracker.terms.grammar import AnchorKind, Counted, Standing
from tracker.terms.model import Agreement
from tracker.terms.pins import Pin
from tracker.terms.rule import Rule
from tracker.terms.term import SIGNED, Term
from tracker.terms.words import Clause

Path = tuple[str | int, ...]
HOLDERS = ("either", "both", "affected")
ADDRESSEES = ("other", "both")
FINDING_SUBJECTS = ("signed", "term", "parties", "contacts", "clauses", "numbers", "parents")


def check_raw(raw: dict[str, Any]) -> Iterator[Remark]:
    """Find duplicate ids, also where other faults keep the file from becoming an agreement."""
    for section in ("rules", "findings"):
        yield from _duplicates(raw.get(section), (section,))
    addenda = raw.get("addenda")
    for index, addendum in enumerate(addenda if isinstance(addenda, list) else []):
        if isinstance(addendum, dict):
            yield from _duplicates(addendum.get("rules"), ("addenda", index, "rules"))


def _duplicates(items: object, at: Path) -> Iterator[Remark]:
    first_at: dict[str, int] = {}
    for index, item in enumerate(items if isinstance(items, list) else []):
        name = item.get("id") if isinstance(item, dict) else None
        if not isinstance(name, str):
            continue
        first = first_at.setdefault(name, index)
        if first != index:
            where = ".".join(str(step) for step in (*at, first))
            yield Remark((*at, index, "id"), f"id {name!r} is already used by {where}, expected a new id")


def check(agreement: Agreement, rule_ids: AbstractSet[str]) -> Iterator[Remark]:
    """Find everything in a well-formed agreement that refers to something absent.

    `rule_ids` are the ids that the file names, those of rules with faults of their own included.
    """
    added = {rule.id for addendum in agreement.addenda for rule in addendum.rules}
    yield from _term(agreement)
    yield from _clauses(agreement)
    yield from _rules(agreement, agreement.rules, rule_ids, ("rules",))
    yield from _renewal(agreement.term, rule_ids, ("term",))
    yield from _contacts(agreement)
    yield from _findings(agreement, rule_ids | added)
    yield from _pinned_twice(agreement.term.pins, ("term", "pins"))
    yield from _addenda(agreement, rule_ids)


def _rules(
    agreement: Agreement, rules: Sequence[Rule], rule_ids: AbstractSet[str], at: Path
) -> Iterator[Remark]:
    """Find what is wrong with some rules, which stand at a path, of an agreement that has `rule_ids`."""
    yield from _duties(agreement, rules, at)
    yield from _chains(agreement, rules, rule_ids, at)
    for index, rule in enumerate(rules):
        yield from _pinned_twice(rule.pins, (*at, index, "pins"))
    yield from _gaps(rules, at)


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


def _clause_references(agreement: Agreement) -> Iterator[tuple[Path, Clause]]:
    if agreement.term.clause is not None:
        yield ("term", "clause"), agreement.term.clause
    yield from _rule_clauses(agreement.rules, ("rules",))
    for index, addendum in enumerate(agreement.addenda):
        # The clause of an addendum itself, and of its term, stands in a document of its own.
        yield from _rule_clauses(addendum.rules, ("addenda", index, "rules"))


def _rule_clauses(rules: Sequence[Rule], at: Path) -> Iterator[tuple[Path, Clause]]:
    for index, rule in enumerate(rules):
        if rule.clause is not None:
            yield (*at, index, "clause"), rule.clause


def _named(clause: Clause) -> str:
    parts = [repr(clause.number)]
    if clause.position is not None:
        parts.append(f"at position {clause.position}")
    if clause.heading is not None:
        parts.append(f"({clause.heading})")
    return " ".join(parts)


def _duties(agreement: Agreement, rules: Sequence[Rule], at: Path) -> Iterator[Remark]:
    holders = (*HOLDERS, *agreement.parties)
    addressees = (*ADDRESSEES, *agreement.parties, *agreement.others)
    for index, rule in enumerate(rules):
        if rule.duty.by not in holders:
            yield Remark(
                (*at, index, "duty", "by"),
                f"unknown duty holder {rule.duty.by!r}, expected one of {', '.join(holders)}",
            )
        for name in rule.duty.to:
            if name not in addressees:
                yield Remark(
                    (*at, index, "duty", "to"),
                    f"unknown addressee {name!r}, expected one of {', '.join(addressees)}",
                )


def _chains(
    agreement: Agreement, rules: Sequence[Rule], rule_ids: AbstractSet[str], at: Path
) -> Iterator[Remark]:
    for index, rule in enumerate(rules):
        path = (*at, index, "due")
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
        for index, contact in enumerate(details.contacts):
            for name in ("substitute", "succeeds"):
                wanted = getattr(contact, name)
                if wanted is not None and (wanted not in keys or wanted == contact.key):
                    others = ", ".join(other for other in keys if other != contact.key) or "a further contact"
                    yield Remark(
                        ("parties", party, "contacts", index, name),
                        f"{name} {wanted!r} is no other contact of this party, expected one of: {others}",
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


def _pinned_twice(pins: Sequence[Pin], path: Path) -> Iterator[Remark]:
    axes = [pin.axis for pin in pins]
    for number, axis in enumerate(axes):
        if axis in axes[:number]:
            yield Remark((*path, number), f"{axis} is pinned twice, expected one decision an axis")


def _gaps(rules: Sequence[Rule], at: Path) -> Iterator[Remark]:
    for index, rule in enumerate(rules):
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
                (*at, index),
                f"rule {rule.id!r} does not say {', '.join(missing)}, expected every rule to",
                warning=True,
            )


def _renewal(term: Term, rule_ids: AbstractSet[str], at: Path) -> Iterator[Remark]:
    stopped_by = term.renewal.stopped_by if term.renewal else None
    if stopped_by is not None and stopped_by not in rule_ids:
        yield Remark(
            (*at, "renewal", "stopped_by"),
            f"renewal is stopped by the unknown rule {stopped_by!r}, expected a rule id",
        )


def _addenda(agreement: Agreement, rule_ids: AbstractSet[str]) -> Iterator[Remark]:
    """Find what is wrong with addenda: each is checked beside what the ones before it left."""
    known, term = set(rule_ids), agreement.term
    rules, signed = agreement.rules, agreement.signed.day
    in_force_from: date | None = None
    for index, addendum in enumerate(agreement.addenda):
        at: Path = ("addenda", index)
        yield from _addendum_days(addendum, signed, in_force_from, at)
        yield from _removed(addendum, known, at)
        known = (known | {rule.id for rule in addendum.rules}) - set(addendum.removed)
        rules = addendum.amended_rules(rules)
        after = agreement.reading_as(rules=rules, addenda=())
        yield from _rules(after, addendum.rules, known, (*at, "rules"))
        yield from _left_hanging(addendum, rules, known, at)
        yield from _counted_from_signing(addendum, signed, at)
        if addendum.term is not None:
            yield from _next_term(addendum.term, term, signed, at)
            yield from _pinned_twice(addendum.term.pins, (*at, "term", "pins"))
            term = addendum.amended_term(term)
        yield from _renewal(term, known, (*at, "term"))
        in_force_from = addendum.in_force_from


def _addendum_days(
    addendum: Addendum, signed: date, in_force_from: date | None, at: Path
) -> Iterator[Remark]:
    if addendum.signed < signed:
        yield Remark(
            (*at, "signed"),
            f"the addendum is signed on {addendum.signed}, before the agreement on {signed}, "
            "expected a later day",
        )
    if in_force_from is not None and addendum.in_force_from < in_force_from:
        yield Remark(
            (*at, "in_force_from"),
            f"the addendum is in force from {addendum.in_force_from}, before the one above it "
            f"({in_force_from}), expected addenda in the order in which they come into force",
        )


def _removed(addendum: Addendum, known: AbstractSet[str], at: Path) -> Iterator[Remark]:
    changed = {rule.id for rule in addendum.rules}
    for number, name in enumerate(addendum.removed):
        path = (*at, "removed", number)
        if name not in known:
            yield Remark(path, f"removes the unknown rule {name!r}, expected a rule id")
        elif name in changed:
            yield Remark(path, f"removes and changes the rule {name!r}, expected one of the two")
        elif name in addendum.removed[:number]:
            yield Remark(path, f"removes the rule {name!r} twice, expected once")


def _left_hanging(
    addendum: Addendum, rules: Sequence[Rule], known: AbstractSet[str], at: Path
) -> Iterator[Remark]:
    for rule in rules:
        if rule.chained_to in addendum.removed and rule.chained_to not in known:
            yield Remark(
                (*at, "removed"),
                f"removes the rule {rule.chained_to!r}, which {rule.id!r} counts from, "
                "expected that rule to be changed or removed too",
            )


def _counted_from_signing(addendum: Addendum, signed: date, at: Path) -> Iterator[Remark]:
    for index, rule in enumerate(addendum.rules):
        from_signing = isinstance(rule.due, Counted) and rule.due.anchor.kind is AnchorKind.SIGNING
        if from_signing and signed < addendum.in_force_from:
            yield Remark(
                (*at, "rules", index, "due"),
                f"rule {rule.id!r} counts from the signing of the agreement, before this addendum is in "
                "force, and changes nothing, expected 'on YYYY-MM-DD' or another anchor",
                warning=True,
            )


def _next_term(term: Term, before: Term, signed: date, at: Path) -> Iterator[Remark]:
    first, first_before = term.first_day(signed), before.first_day(signed)
    if first < first_before:
        yield Remark(
            (*at, "term"),
            f"the term begins on {first}, before the current one on {first_before}, expected the same day "
            "(changes the current term) or a later one (adds the next)",
        )
    if term.end is not None and term.start == SIGNED and term.end < first:
        yield Remark((*at, "term"), f"the term ends on {term.end}, before it begins, expected a later day")
    silence = term.renewal or before.renewal
    if silence is not None and silence.silence == "renews" and (silence.length or term.length) is None:
        yield Remark(
            (*at, "term"),
            "a term with a stated last day renews for an unknown time, expected "
            "'renewal: {silence: renews, length: ...}' or 'renewal: {silence: ends}'",
        )
