"""A proof page in words: from what is known to titles, tables and lines. Pure."""

from tracker.obligations.wording import headline
from tracker.proof.document import Document
from tracker.proof.duty import Duty
from tracker.proof.history import History
from tracker.proof.page import ProofPage


def compose(page: ProofPage) -> Document:
    """Put a proof page into words, in its language."""
    duty, history = Duty(page), History(page)
    mark, tone = duty.mark()
    made = duty.moment(page.now)
    return Document(
        language=page.language,
        kind=duty.say("Lembar Bukti Kewajiban", "Record of an Obligation"),
        title=headline(page.obligation.rule, page.language),
        subtitle=page.agreement.title,
        reference=page.obligation.key,
        mark=mark,
        mark_tone=tone,
        summary=duty.summary(),
        sections=(*duty.sections(), *history.sections()),
        made=duty.say(f"Keadaan per {made}", f"As of {made}"),
        made_at=page.now,
        page_words=(duty.say("Halaman", "Page"), duty.say("dari", "of")),
    )
