"""YAML text -> plain values that remember their lines.

Reads with the safe C loader, but keeps scalars the way YAML 1.2 and a careful person read them:
dates stay text, `on`, `yes` and `no` are words, and a key given twice is a fault instead of a
silent overwrite. Pure: text in, values out.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

Path = tuple[str | int, ...]
_NUMBER = re.compile(r"0|-?[1-9][0-9]{0,17}")
_INT = "tag:yaml.org,2002:int"
_NULL = "tag:yaml.org,2002:null"
_DEEPEST = 50
_BOOLS = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with the text itself, at a line (first line is 1)."""

    line: int
    message: str


@dataclass(slots=True)
class Lines:
    """The line of every value and key of a document."""

    at: dict[Path, int] = field(default_factory=dict)

    def line_of(self, path: Sequence[str | int]) -> int:
        """Give the line of the value at `path`, or of its nearest known ancestor."""
        known: Path = ()
        for step in path:
            if (*known, step) in self.at:
                known = (*known, step)
        return self.at.get(known, 1)


@dataclass(slots=True)
class Source:
    """A parsed document, its lines, and the problems met on the way."""

    value: Any = None
    lines: Lines = field(default_factory=Lines)
    problems: list[Problem] = field(default_factory=list)

    def line_of(self, path: Sequence[str | int]) -> int:
        """Give the line of the value at `path`, or of its nearest known ancestor."""
        return self.lines.line_of(path)


def parse(text: str) -> Source:
    """Read one YAML document; what cannot be read becomes a problem, never an exception."""
    source = Source()
    try:
        endless = _endless(text)
        if endless is not None:
            source.problems.append(endless)
            return source
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
    except UnicodeEncodeError:
        source.problems.append(Problem(1, "not readable as YAML: holds half a character"))
        return source
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = min(mark.line + 1, max(1, len(text.splitlines()))) if mark else 1
        source.problems.append(Problem(line, f"not readable as YAML: {error.problem}"))
        return source
    except yaml.YAMLError as error:
        source.problems.append(Problem(1, f"not readable as YAML: {error}"))
        return source
    if node is not None:
        source.value = _value(node, (), source)
    return source


def _endless(text: str) -> Problem | None:
    """Find what would never end or nest too deep, before anything recurses over it."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.AliasEvent):
            return Problem(_line(event), "not readable as YAML: aliases (*name) are not read here")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > _DEEPEST:
            message = f"not readable as YAML: nested deeper than {_DEEPEST} levels"
            return Problem(_line(event), message)
    return None


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


def _value(node: yaml.Node, path: Path, source: Source) -> Any:
    source.lines.at.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, source)
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, (*path, index), source) for index, item in enumerate(node.value)]
    return _scalar(node)


def _mapping(node: yaml.MappingNode, path: Path, source: Source) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = str(key_node.value)
        line = key_node.start_mark.line + 1
        if key in values:
            first = source.lines.at[(*path, key)]
            source.problems.append(
                Problem(line, f"{key!r} is given twice (first on line {first}), expected once")
            )
            continue
        source.lines.at[(*path, key)] = line
        values[key] = _value(value_node, (*path, key), source)
    return values


def _scalar(node: yaml.Node) -> Any:
    text = str(node.value)
    if node.style:  # type: ignore[attr-defined]  # quoted or block: always text; plain is ""
        return text
    if node.tag == _NULL:
        return None
    if text in _BOOLS:
        return _BOOLS[text]
    if node.tag == _INT and _NUMBER.fullmatch(text):
        return int(text)
    return text
