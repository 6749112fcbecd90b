"""Terms files -> agreements, with every fault as a value that names file and line.

One bad file never stops the others: `load` gives what could be read and the list of faults.
A file with an error yields no agreement; warnings (something a person should look at) do not
keep it from loading.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from pydantic import ValidationError
from pydantic_core import to_json

from tracker.base.faults import Fault, Remark, Severity
from tracker.base.packed import pack
from tracker.base.source import Lines, Source, parse
from tracker.base.validation import message
from tracker.terms import rules_check
from tracker.terms.model import Agreement


@dataclass(frozen=True, slots=True)
class TermsFile:
    """One agreement, and everything else that depends on nothing but its text.

    `packed_text` is the text as written, `packed_body` what it says as JSON: read back faster than
    YAML, and the same agreement. `digest` is the identity of a terms version.
    """

    agreement: Agreement
    path: str
    lines: Lines
    digest: str
    packed_text: bytes
    packed_body: bytes


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was read: the good files, and the faults of all of them."""

    files: tuple[TermsFile, ...]
    faults: tuple[Fault, ...]
    skipped: tuple[str, ...] = ()
    """Ids of agreements whose text was known already and was not read again."""

    @property
    def errors(self) -> tuple[Fault, ...]:
        """Only the faults that kept a file from loading."""
        return tuple(fault for fault in self.faults if fault.is_error)


def digest_of(text: str) -> str:
    """Give the SHA-256 of a terms text as hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def terms_paths(path: Path) -> list[Path]:
    """List the terms files at `path`: the file itself, or every *.yaml below `agreements/`.

    A folder that holds an `agreements` folder (such as `rules/`) is searched there only, so that
    decrees and ladders beside it are not taken for agreements.
    """
    if not path.is_dir():
        return [path]
    folder = path / "agreements" if (path / "agreements").is_dir() else path
    return sorted([*folder.rglob("*.yaml"), *folder.rglob("*.yml")])


def load(paths: Iterable[Path], known: Mapping[str, str] = MappingProxyType({})) -> Loaded:
    """Read terms files; duplicate agreement ids among them are faults of the later file.

    `known` maps digests of texts that are in force to their agreement's id: such a text is not
    parsed again, which is what makes a second load of many files cheap.
    """
    files: list[TermsFile] = []
    faults: list[Fault] = []
    skipped: list[str] = []
    seen: dict[str, str] = {}
    for path in paths:
        text, found = _text_of(path)
        faults.extend(found)
        if text is None:
            continue
        agreement_id = known.get(digest_of(text))
        if agreement_id is not None and seen.setdefault(agreement_id, str(path)) == str(path):
            skipped.append(agreement_id)
            continue
        file, found = read_text(text, str(path))
        faults.extend(found)
        if file is None:
            continue
        first = seen.setdefault(file.agreement.id, file.path)
        if first != file.path:
            message = f"agreement id {file.agreement.id!r} is already used in {first}, expected a new id"
            faults.append(Fault(file.path, file.lines.line_of(["id"]), message))
            continue
        files.append(file)
    return Loaded(tuple(files), tuple(faults), tuple(skipped))


def read_file(path: Path) -> tuple[TermsFile | None, list[Fault]]:
    """Read one terms file from disk; an unreadable file is a fault."""
    text, faults = _text_of(path)
    return (None, faults) if text is None else read_text(text, str(path))


def _text_of(path: Path) -> tuple[str | None, list[Fault]]:
    try:
        return path.read_text(encoding="utf-8"), []
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        return None, [Fault(str(path), 1, f"cannot be read ({reason}), expected a YAML terms file")]


def read_text(text: str, path: str) -> tuple[TermsFile | None, list[Fault]]:
    """Read one terms text; gives the file unless there was an error, and all faults."""
    source = parse(text)
    faults = [Fault(path, problem.line, problem.message) for problem in source.problems]
    if not isinstance(source.value, dict):
        if not faults:
            faults.append(Fault(path, 1, "is not an agreement, expected keys such as id, parties, rules"))
        return None, faults
    agreement, places = _validated(source, path, faults)
    for remark in _checked(source, agreement, places):
        severity = Severity.WARNING if remark.warning else Severity.ERROR
        faults.append(Fault(path, source.line_of(remark.path), remark.message, severity))
    faults = sorted(set(faults))
    if agreement is None or any(fault.is_error for fault in faults):
        return None, faults
    body = pack(to_json(source.value))
    return TermsFile(agreement, path, source.lines, digest_of(text), pack(text.encode()), body), faults


def _validated(source: Source, path: str, faults: list[Fault]) -> tuple[Agreement | None, list[int]]:
    """Validate; where only single rules are bad, give what is left so that it is checked too.

    Returns the agreement (or None) and, for each of its rules, the rule's place in the file.
    """
    raw = source.value
    rules = raw.get("rules")
    places = list(range(len(rules))) if isinstance(rules, list) else []
    try:
        return Agreement.model_validate(raw), places
    except ValidationError as error:
        details = error.errors(include_url=False)
    faults.extend(Fault(path, source.line_of(detail["loc"]), message(detail)) for detail in details)
    bad = {
        detail["loc"][1] for detail in details if detail["loc"][:1] == ("rules",) and len(detail["loc"]) > 1
    }
    if not bad or any(detail["loc"][:1] != ("rules",) for detail in details):
        return None, []
    places = [place for place in places if place not in bad]
    try:
        return Agreement.model_validate(raw | {"rules": [rules[place] for place in places]}), places
    except ValidationError:
        return None, []


def _checked(source: Source, agreement: Agreement | None, places: list[int]) -> Iterator[Remark]:
    raw = source.value
    yield from rules_check.check_raw(raw)
    if agreement is None:
        return
    known = {rule.get("id") for rule in raw.get("rules") or [] if isinstance(rule, dict)}
    for remark in rules_check.check(agreement, {name for name in known if isinstance(name, str)}):
        match remark.path:
            case ("rules", int(index), *rest):
                yield Remark(("rules", places[index], *rest), remark.message, remark.warning)
            case _:
                yield remark
