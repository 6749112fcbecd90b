"""A small YAML file as one validated value, or its faults with their lines."""

from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from tracker.base.faults import Fault
from tracker.base.source import parse
from tracker.base.validation import message

Model = TypeVar("Model", bound=BaseModel)


def read_model(path: Path, model: type[Model], what: str) -> tuple[Model | None, list[Fault]]:
    """Read a file that holds one `model`; gives the value unless there was a fault.

    `what` says what was expected where the file cannot be read.
    """
    try:
        source = parse(path.read_text(encoding="utf-8"))
    except OSError as error:
        return None, [Fault(str(path), 1, f"cannot be read ({error.strerror}), expected {what}")]
    if source.problems:
        return None, [Fault(str(path), problem.line, problem.message) for problem in source.problems]
    try:
        return model.model_validate(source.value), []
    except ValidationError as error:
        details = error.errors(include_url=False)
        return None, [Fault(str(path), source.line_of(d["loc"]), message(d)) for d in details]
