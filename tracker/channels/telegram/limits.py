"""How fast Telegram lets a bot write (core.telegram.org/bots/faq). Pure.

Each worker keeps to it by itself; where several write too fast together, Telegram says how long to wait.
"""

from tracker.outbox.pace import Limit, Limits

_IN_A_CHAT = Limit(1, 1.0)
_IN_A_GROUP = Limit(20, 60.0)


def limits_of(chat: str) -> tuple[Limit, ...]:
    """Give what one chat takes; the ids of groups and channels are negative."""
    return (_IN_A_CHAT, _IN_A_GROUP) if chat.startswith("-") else (_IN_A_CHAT,)


LIMITS = Limits(overall=Limit(30, 1.0), of=limits_of)
