"""What a link opens, and what its button does: database work, to be done in a thread."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from sqlalchemy import literal, select

from tracker import flow, queries
from tracker.base.log import get_logger
from tracker.base.signing import Claim
from tracker.bootstrap import House, Rules
from tracker.events.model import Event
from tracker.evidence.store import EvidenceStore, Offered
from tracker.outbox import unsubscribed
from tracker.people.names import office_of
from tracker.reminders.recipients import Role, Routing, is_fallback, titled
from tracker.terms.model import Agreement

Language = Literal["id", "en"]
log = get_logger("web")


@dataclass(frozen=True, slots=True)
class Reader:
    """Who holds a link; `serves` tells whether the post is still theirs today."""

    name: str
    language: Language
    serves: bool


@dataclass(frozen=True, slots=True)
class Opened:
    """One duty as the reader of a link sees it at one instant."""

    claim: Claim
    known: queries.Known
    reader: Reader
    now: datetime

    @property
    def language(self) -> Language:
        """The reader's language."""
        return self.reader.language

    @property
    def today(self) -> date:
        """The local day of the agreement."""
        return self.now.astimezone(self.known.agreement.zone).date()

    @property
    def live(self) -> queries.Shown | None:
        """The duty where something is still to be done about it."""
        return self.known.shown if self.known.state in queries.LIVE else None


class Desk:
    """Opens duties for the readers of links, and records what they answer."""

    def __init__(self, house: House) -> None:
        """Keep what is needed; nothing is read yet."""
        self._house = house
        self._rules = Rules(house)
        settings = house.settings
        self.evidence = EvidenceStore(settings.evidence_dir, settings.evidence_max_mb)

    @property
    def language(self) -> Language:
        """The language for readers nobody knows."""
        return self._house.settings.language

    def now(self) -> datetime:
        """Give the present instant."""
        return self._house.clock.now()

    def open(self, claim: Claim) -> Opened | None:
        """Look up what a link is about; None where it is stored no more."""
        now = self.now()
        context = self._rules.now()
        known = queries.known(self._house.db, context, claim.about, now)
        if known is None:
            return None
        today = now.astimezone(known.agreement.zone).date()
        reader = reader_of(claim.who, known.agreement, context.routing, today)
        return Opened(claim, known, reader, now)

    def record(self, opened: Opened, fact: Event, evidence: Offered | None = None) -> None:
        """Record an answer once, however often its button is pressed, with the file that proves it.

        TrackerError where it cannot be recorded; a file that was stored is in nobody's way then.
        """
        if evidence is not None:
            self.evidence.put(evidence)
        by = f"{opened.claim.who}, mail link"
        key = f"link:{opened.claim.name}:{_said(fact)}"
        found = flow.record_event(self._house.db, self._rules.now(), fact, self.now(), by, key)
        if found.added:
            log.info(
                "answered over a link", purpose=opened.claim.purpose.value, obligation=opened.claim.about
            )

    def unsubscribe(self, claim: Claim, *, again: bool = False) -> None:
        """Note that an address wants no such digest any more, or wants it again."""
        channel, _, address = claim.who.partition(":")
        with self._house.db.write() as connection:
            if again:
                unsubscribed.subscribe(connection, address, channel, claim.about)
            else:
                unsubscribed.unsubscribe(connection, address, channel, claim.about, self.now())

    def is_unsubscribed(self, claim: Claim) -> bool:
        """Tell whether that was said already."""
        channel, _, address = claim.who.partition(":")
        with self._house.db.read() as connection:
            return unsubscribed.is_unsubscribed(connection, address, channel, claim.about)

    def ask_database(self) -> None:
        """Ask the database for anything; DatabaseError where it does not answer."""
        with self._house.db.read() as connection:
            connection.execute(select(literal(1))).one()


def reader_of(who: str, agreement: Agreement, routing: Routing, today: date) -> Reader:
    """Tell who a contact key means for an agreement today. Pure."""
    fallback = routing.fallback
    if is_fallback(who):
        return Reader(fallback.name, fallback.language, serves=True)
    of, _, key = who.rpartition(":")
    looks_after_it = of in agreement.parties or of == f"{Role.MANAGER}:{agreement.unit}"
    office, people = office_of(of, agreement, routing) if looks_after_it else ("", ())
    named = [contact for contact in people if contact.key == key]
    if not named:
        return Reader(key, fallback.language, serves=False)
    serving = [contact for contact in named if contact.serves_on(today)]
    one = (serving or named)[-1]
    return Reader(titled(one, office), one.language, serves=bool(serving))


def _said(fact: Event) -> str:
    said: Sequence[object] = (fact.kind, fact.happened_on.isoformat(), sorted(fact.details.items()))
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]
