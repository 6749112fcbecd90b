"""The links by which a reader of a mail answers it. Made when it is sent; nothing of them is stored.

A link shows a page that asks; only its button acts, because mail scanners open every link.
"""

from typing import NamedTuple

from tracker.base.signing import Purpose, Tokens
from tracker.channels.lists import IN_FULL
from tracker.channels.render import local_day, obligation_key
from tracker.outbox.content import AlertContent, ListContent
from tracker.outbox.delivery import Delivery
from tracker.outbox.keys import DIGESTS
from tracker.reminders.recipients import is_fallback


class Answers(NamedTuple):
    """What can be answered to an alert about one duty."""

    done: str
    acknowledge: str
    snooze: str
    """Empty where no day is left to be reminded again on."""


class Links:
    """Makes links to our own pages, for whoever a message goes to."""

    def __init__(self, public_url: str, tokens: Tokens) -> None:
        """Take the address that readers reach us by."""
        self.public_url = public_url.rstrip("/")
        self._tokens = tokens

    @property
    def site(self) -> str:
        """Where readers see, signed in, everything that waits for them."""
        return f"{self.public_url}/"

    def answers(self, delivery: Delivery, content: AlertContent) -> Answers | None:
        """Give the links of an alert; None where nobody could answer."""
        if not delivery.contact:
            return None
        about = obligation_key(content)
        can_wait = content.act_by > local_day(content, delivery.now)
        return Answers(
            done=self._action(Purpose.DONE, about, delivery),
            acknowledge=self._action(Purpose.ACKNOWLEDGE, about, delivery),
            snooze=self._action(Purpose.SNOOZE, about, delivery) if can_wait else "",
        )

    def done(self, delivery: Delivery, content: ListContent) -> dict[str, str]:
        """Give the link of each duty in a list, by the duty's key."""
        if not delivery.contact:
            return {}
        return {
            item.obligation: self._action(Purpose.DONE, item.obligation, delivery, item.contact)
            for item in content.items[:IN_FULL]
        }

    def unsubscribe(self, delivery: Delivery) -> str | None:
        """Give the link by which a digest is refused; None where the message is none, or must come."""
        content = delivery.content
        is_digest = isinstance(content, ListContent) and content.point in DIGESTS
        if not is_digest or not delivery.contact or is_fallback(delivery.contact):
            return None
        reader = f"{delivery.channel}:{delivery.address}"
        token = self._tokens.write(Purpose.UNSUBSCRIBE, content.point, reader, delivery.now)
        return f"{self.public_url}/u/{token}"

    def _action(self, purpose: Purpose, about: str, delivery: Delivery, contact: str = "") -> str:
        token = self._tokens.write(purpose, about, contact or delivery.contact, delivery.now)
        return f"{self.public_url}/a/{token}"
