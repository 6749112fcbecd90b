"""The kinds of facts the service acts on, and the details that each carries. Pure.

A kind that is not listed here may still start a duty (a rule names it as its trigger), and carries
what its recorder likes. A listed kind refuses a detail that nobody expects by its name: a misspelt
one would otherwise be lost in silence.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tracker.base.iso import iso_date
from tracker.terms.grammar import DESIRED_END_EVENT, ENDED_EARLY, SLUG
from tracker.terms.pins import AXIS_CHOICES, Axis

NOTICE_SERVED = "notice-served"
FULFILLING = frozenset({NOTICE_SERVED, "report-submitted", "payment-made", "duty-fulfilled"})
"""Kinds that prove one obligation done."""
ACKNOWLEDGED = "obligation-acknowledged"
SNOOZED = "obligation-snoozed"
WAIVED = "obligation-waived"
REOPENED = "obligation-reopened"
OVERRIDDEN = "obligation-overridden"
ACCEPTED = "proof-accepted"
REJECTED = "proof-rejected"
DECISIONS = frozenset({ACKNOWLEDGED, SNOOZED, WAIVED, REOPENED, OVERRIDDEN, ACCEPTED, REJECTED})
"""Kinds by which a person decides about one obligation."""
ABOUT_ONE_OBLIGATION = FULFILLING | DECISIONS
PINNED = "reading-pinned"
CORRECTED = "fact-corrected"
APPOINTED = "contact-appointed"
DOUBTFUL = "contact-doubtful"
CONFIRMED = "contact-confirmed"
TERMS_AMENDED = "terms-amended"
TERMS_CORRECTED = "terms-corrected"
DECREE_LOADED = "holiday-decree-loaded"
BY_THE_SERVICE = frozenset({TERMS_AMENDED, TERMS_CORRECTED, DECREE_LOADED})
"""Kinds that the service records itself, when terms or decrees are loaded."""
TERM_OF_AGREEMENT = "term"
"""What `reading-pinned` names instead of a rule, to pin the last day of the term."""

Check = Callable[[str], str | None]
"""Gives what was expected, or None where the text is right."""


def _day(text: str) -> str | None:
    try:
        iso_date(text)
    except ValueError:
        return "a day as YYYY-MM-DD"
    return None


def _matches(pattern: str, expected: str) -> Check:
    compiled = re.compile(pattern)
    return lambda text: None if compiled.fullmatch(text) else expected


def _one_of(*words: str) -> Check:
    return lambda text: None if text in words else "one of " + ", ".join(words)


def _anything(text: str) -> None:
    del text


def _text(text: str) -> str | None:
    return None if text.strip() else "some text"


_SLUG = _matches(SLUG, "words-with-hyphens")
_OCCURRENCE = _matches(r"[a-z0-9][A-Za-z0-9:.-]*", "an occurrence such as term-1, 2026-S2 or 2026-12-01")
_LIST = _matches(rf"{SLUG}(\+{SLUG})*", "names joined by +, such as written+official-certificate")
_COUNT = _matches(r"[1-9]\d{0,5}", "a whole number")
_CLOCK = _matches(r"([01]\d|2[0-3]):[0-5]\d", "a local time as HH:MM")
_DIGEST = _matches(r"[0-9a-f]{64}", "the SHA-256 of a stored file")
_EMAIL = _matches(r"[^@\s]+@[^@\s]+\.[^@\s]+", "an e-mail address")
_CHAT = _matches(r"-?\d{1,20}", "a chat number")
_YES = _one_of("yes")
_AXIS = _one_of(*(axis.value for axis in Axis if AXIS_CHOICES[axis]))

COMMON: Mapping[str, Check] = {
    "party": _SLUG,
    "at": _CLOCK,
    "note": _text,
    "letter": _text,
    "recorded_on": _day,
}
"""What any fact may carry."""
_ONE: Mapping[str, Check] = {"rule": _SLUG, "occurrence": _OCCURRENCE}
_ADDRESS: Mapping[str, Check] = {"channel": _one_of("email", "telegram", "file"), "address": _text}
_PROOF: Mapping[str, Check] = {
    "sent_on": _day,
    "received_on": _day,
    "channel": _text,
    "to": _LIST,
    "form": _LIST,
    "evidence": _DIGEST,
}
_OFFICER: Mapping[str, Check] = {
    "id": _SLUG,
    "position": _text,
    "name": _text,
    "email": _EMAIL,
    "telegram": _CHAT,
    "phone": _text,
    "language": _one_of("id", "en"),
    "replaces": _SLUG,
    "acting": _YES,
    "until": _day,
}


@dataclass(frozen=True, slots=True)
class Kind:
    """The details that facts of one kind must and may carry, besides the common ones."""

    required: Mapping[str, Check] = field(default_factory=dict)
    optional: Mapping[str, Check] = field(default_factory=dict)

    anything: bool = False
    """Whether details that are not listed are kept too."""

    def check_of(self, name: str) -> Check | None:
        """Give the check of a detail; None where nobody expects it."""
        found = self.required.get(name) or self.optional.get(name) or COMMON.get(name)
        return found or (_anything if self.anything else None)

    @property
    def names(self) -> list[str]:
        """The details that may be given, the required ones first."""
        return [*self.required, *self.optional, *(name for name in COMMON if name not in self.required)]


KINDS: Mapping[str, Kind] = {
    DESIRED_END_EVENT: Kind({"desired_end": _day}),
    "force-majeure-occurred": Kind(optional={"expected_days": _COUNT}),
    APPOINTED: Kind(optional=_OFFICER),
    DOUBTFUL: Kind(_ADDRESS, {"contact": _text, "why": _text}),
    CONFIRMED: Kind(_ADDRESS, {"contact": _text, "why": _text}),
    ENDED_EARLY: Kind(optional={"why": _text}),
    **dict.fromkeys(FULFILLING, Kind(_ONE, _PROOF)),
    ACCEPTED: Kind({**_ONE, "proof": _COUNT}, {"why": _text}),
    REJECTED: Kind({**_ONE, "proof": _COUNT, "why": _text}),
    ACKNOWLEDGED: Kind(_ONE, {"until": _day}),
    SNOOZED: Kind({**_ONE, "until": _day}, {"why": _text}),
    WAIVED: Kind({**_ONE, "why": _text}),
    REOPENED: Kind({**_ONE, "why": _text}),
    OVERRIDDEN: Kind({**_ONE, "act_by": _day, "why": _text}),
    PINNED: Kind(
        {
            "rule": _SLUG,
            "axis": _AXIS,
            "choice": _SLUG,
            "why": _text,
        }
    ),
    # The details of the fact as it should read are checked when it has been put together.
    CORRECTED: Kind({"corrects": _COUNT, "why": _text}, {"withdrawn": _YES}, anything=True),
    TERMS_AMENDED: Kind({"version": _COUNT, "digest": _DIGEST}),
    TERMS_CORRECTED: Kind({"version": _COUNT, "digest": _DIGEST}),
    DECREE_LOADED: Kind({"decrees": _text}, {"years": _text, "calendar": _text}),
}
"""Every kind with details of its own."""
_PLAIN = Kind(anything=True)


def kind_of(name: str) -> Kind:
    """Give what a kind carries; one that is not listed carries anything."""
    return KINDS.get(name, _PLAIN)
