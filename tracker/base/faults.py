"""Bad data in a file, as a collected value with file and line. Pure."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """An error keeps a file from loading; a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """What is wrong in a file, where, and what was expected."""

    file: str
    line: int
    message: str
    severity: Severity = Severity.ERROR

    @property
    def is_error(self) -> bool:
        """Tell whether this fault keeps the file from loading."""
        return self.severity is Severity.ERROR

    def __str__(self) -> str:
        """Print `file:line: message`, the form editors jump to."""
        mark = "warning: " if self.severity is Severity.WARNING else ""
        return f"{self.file}:{self.line}: {mark}{self.message}"


@dataclass(frozen=True, slots=True)
class Remark:
    """Something wrong (or, as a warning, worth a look) at a path inside one file."""

    path: tuple[str | int, ...]
    message: str
    warning: bool = False
