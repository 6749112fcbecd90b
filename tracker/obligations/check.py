"""What can only be checked by computing: impossible periods, and agreements without a contact.

Pure: the files and calendars come in, faults go out with file and line.
"""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from datetime import date

from tracker.base.faults import Fault, Severity
from tracker.calendars.model import Calendar
from tracker.obligations.derive import derive
from tracker.obligations.model import Obligation
from tracker.obligations.term_end import signing_days
from tracker.terms.grammar import AnchorKind, Counted, Side
from tracker.terms.load import TermsFile
from tracker.terms.model import Agreement
from tracker.terms.pins import Axis, Pin
from tracker.terms.rule import Rule
from tracker.terms.term import Term


def check_file(
    file: TermsFile,
    calendars: Mapping[str, Calendar],
    ladders: AbstractSet[str],
    units: AbstractSet[str],
    fallback: str,
) -> list[Fault]:
    """Check one terms file.

    `ladders` are the names in rules/reminders.yaml, `units` those in rules/units.yaml; `fallback` names
    who is told where no contact is named.
    """
    agreement = file.agreement
    calendar = calendars.get(agreement.calendar.holidays)
    if calendar is None:
        known = ", ".join(sorted(calendars))
        line = file.lines.line_of(["calendar", "holidays"])
        message = f"unknown calendar {agreement.calendar.holidays!r}, expected one of: {known}"
        return [Fault(file.path, line, message)]
    try:
        impossible = list(_impossible_periods(file, calendar))
    except (OverflowError, ValueError) as error:
        # A date outside the calendar: the file is at fault, and the others must still load.
        return [Fault(file.path, file.lines.line_of(["term"]), f"cannot be computed ({error})")]
    return [
        *impossible,
        *_unbound_pins(file),
        *_unknown_ladders(file, ladders),
        *_unknown_unit(file, units),
        *_without_contact(file, fallback),
    ]


def _impossible_periods(file: TermsFile, calendar: Calendar) -> Iterator[Fault]:
    agreement = file.agreement
    signed = max(reading.day for reading in signing_days(agreement.signed))
    by_rule: dict[str, Obligation] = {}
    for obligation in derive(agreement, calendar).obligations:
        by_rule.setdefault(obligation.rule.id, obligation)
    for index, rule in enumerate(agreement.rules):
        found = by_rule.get(rule.id)
        if found is not None and _closes_before(found, signed):
            line = file.lines.line_of(["rules", index, "due"])
            last = found.deadline.latest if found.deadline else signed
            yield Fault(
                file.path,
                line,
                f"rule {rule.id!r}: the period '{rule.due}' closes on {last}, before the agreement is "
                f"signed on {signed}, expected a period that can still be met",
            )


def _closes_before(obligation: Obligation, signed: date) -> bool:
    due = obligation.rule.due
    if obligation.deadline is None or not isinstance(due, Counted):
        return False
    counted_back = due.side is Side.BEFORE and due.anchor.kind is AnchorKind.TERM_END
    return counted_back and obligation.deadline.latest < signed


_AXES_OF_TERM = frozenset({Axis.LAST_DAY, Axis.ROUNDING})


def _unbound_pins(file: TermsFile) -> Iterator[Fault]:
    """Find pins on an axis that their rule does not have: they would decide nothing."""
    for path, rule in _rules(file.agreement):
        for number, pin in enumerate(rule.pins):
            if not _bears_on(pin, rule):
                yield _unbound(file, [*path, "pins", number], pin, f"rule {rule.id!r}")
    terms: list[tuple[list[str | int], Term]] = [(["term"], file.agreement.term)]
    for index, addendum in enumerate(file.agreement.addenda):
        if addendum.term is not None:
            terms.append((["addenda", index, "term"], addendum.term))
    for path, term in terms:
        for number, pin in enumerate(term.pins):
            if pin.axis not in _AXES_OF_TERM or (term.end is not None and term.next_length is None):
                yield _unbound(file, [*path, "pins", number], pin, "the term")


def _rules(agreement: Agreement) -> Iterator[tuple[list[str | int], Rule]]:
    """Give all rules with their places in the file, those of addenda too."""
    for index, rule in enumerate(agreement.rules):
        yield ["rules", index], rule
    for number, addendum in enumerate(agreement.addenda):
        for index, rule in enumerate(addendum.rules):
            yield ["addenda", number, "rules", index], rule


def _bears_on(pin: Pin, rule: Rule) -> bool:
    if pin.axis is Axis.LAST_DAY:
        return isinstance(rule.due, Counted) and rule.due.anchor.kind is AnchorKind.TERM_END
    if isinstance(rule.due, Counted):
        if pin.axis is Axis.NOTICE:
            return rule.due.side is Side.BEFORE
        if pin.axis is Axis.START:
            return rule.due.side is not Side.BEFORE
        return pin.axis is not Axis.YEAR
    return True


def _unbound(file: TermsFile, path: list[str | int], pin: Pin, where: str) -> Fault:
    message = f"a pin of {pin.axis} decides nothing in {where}, expected an axis it is counted with"
    return Fault(file.path, file.lines.line_of(path), message)


def _unknown_ladders(file: TermsFile, ladders: AbstractSet[str]) -> Iterator[Fault]:
    known = ", ".join(sorted(ladders))
    for path, rule in _rules(file.agreement):
        if rule.ladder is not None and rule.ladder not in ladders:
            line = file.lines.line_of([*path, "ladder"])
            yield Fault(file.path, line, f"unknown ladder {rule.ladder!r}, expected one of: {known}")
    for name in file.agreement.remind:
        if name not in ladders:
            line = file.lines.line_of(["remind", name])
            yield Fault(file.path, line, f"unknown ladder {name!r}, expected one of: {known}")


def _unknown_unit(file: TermsFile, units: AbstractSet[str]) -> Iterator[Fault]:
    wanted = file.agreement.unit
    if wanted is not None and wanted not in units:
        known = ", ".join(sorted(units)) or "none yet; add it to rules/units.yaml"
        message = f"unknown unit {wanted!r}, expected one of: {known}"
        yield Fault(file.path, file.lines.line_of(["unit"]), message)


def _without_contact(file: TermsFile, fallback: str) -> Iterator[Fault]:
    agreement = file.agreement
    if has_contact(agreement):
        alone = {rule.duty.by for rule in agreement.rules if rule.enabled}
        for party, details in agreement.parties.items():
            if party in alone and not details.contacts:
                yield Fault(
                    file.path,
                    file.lines.line_of(["parties", party]),
                    f"party {party!r} has duties of its own but names no contact: their alerts go to the "
                    f"fallback contact {fallback!r}, expected at least one contact",
                    Severity.WARNING,
                )
        return
    yield Fault(
        file.path,
        file.lines.line_of(["parties"]),
        f"the agreement names no contact: its alerts go to the fallback contact {fallback!r}, "
        "expected at least one contact under a party",
        Severity.WARNING,
    )


def has_contact(agreement: Agreement) -> bool:
    """Tell whether any party names a contact."""
    return any(True for _ in agreement.contacts())
