"""What right it takes to record a fact of a kind, and for which party one may speak. Pure.

Who answers for a duty may say what became of it; who is of a party may say what has happened that the
agreement waits for, and who their own contacts are; whatever decides, corrects or ends something is
for whoever manages.
"""

from collections.abc import Collection

from tracker.events import kinds
from tracker.people.rights import Act, Rights
from tracker.terms.grammar import ENDED_EARLY

_ANSWERS = kinds.FULFILLING | {kinds.ACKNOWLEDGED, kinds.SNOOZED}
_DECIDES = (kinds.DECISIONS - _ANSWERS) | {
    kinds.PINNED,
    kinds.CORRECTED,
    kinds.DOUBTFUL,
    kinds.CONFIRMED,
    ENDED_EARLY,
}


def act_of(kind: str) -> Act:
    """Tell which right recording a fact of a kind takes."""
    if kind in _ANSWERS:
        return Act.ANSWER
    return Act.WAIVE if kind in _DECIDES else Act.REPORT


def may_record(
    rights: Rights,
    kind: str,
    party: str | None,
    held_by: Collection[str] = (),
    awaited: Collection[str] = (),
) -> bool:
    """Tell whether somebody may record a fact.

    `held_by` are the parties that hold the duty it is about, `awaited` the kinds of events that some
    rule of the agreement waits for.
    """
    act = act_of(kind)
    if not rights.may(act, held_by):
        return False
    if act is not Act.REPORT or rights.manages:
        return True
    return party in rights.parties if kind == kinds.APPOINTED else kind in awaited
