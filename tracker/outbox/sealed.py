"""Codes in messages: put in when a message is sent, so that what is stored of it opens nothing. Pure."""

from collections.abc import Callable

from tracker.outbox.content import Content, ListContent
from tracker.outbox.delivery import Failure, SendError

CodeOf = Callable[[str], str]
"""Makes the code of a name."""


def unsealed(content: Content, code_of: CodeOf) -> Content:
    """Put the code into what is said, in the place of its name; whatever else is said stays as it is."""
    if not isinstance(content, ListContent) or not content.sealed:
        return content
    name, code = content.sealed, code_of(content.sealed)
    lead = tuple(sentence.replace(name, code) for sentence in content.lead)
    return content.model_copy(update={"lead": lead, "link": content.link.replace(name, code), "sealed": ""})


def no_codes(name: str) -> str:
    """Refuse: without the secret no code can be made."""
    del name
    raise SendError(
        "TRACKER_TELEGRAM_TOKEN is not set here, and the link that this message holds is made with it",
        Failure.FAULT,
    )
