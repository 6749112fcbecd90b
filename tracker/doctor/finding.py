"""What an invariant found broken. Pure."""

from dataclasses import dataclass
from datetime import timedelta

PATIENCE = timedelta(minutes=15)
"""How long something may be due before a worker must have taken it."""
AT_MOST = 50
"""How many findings one invariant names; the first ones show what is wrong."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that should not be, in both languages; `about` is the key of what it is about."""

    about: str
    indonesian: str
    english: str

    def in_language(self, language: str) -> str:
        """Give the sentence in `id` or `en`."""
        return self.english if language == "en" else self.indonesian
