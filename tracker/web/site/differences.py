"""Two versions of an agreement side by side: what joined, went, or reads otherwise, in words. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from tracker.base.dates import plain_date, zone_name
from tracker.obligations.wording import (
    clause_text,
    cost_text,
    due_text,
    form_text,
    headline,
    people_text,
    period_text,
    settled_text,
)
from tracker.terms.addendum import Addendum
from tracker.terms.model import Agreement
from tracker.terms.people import Contact, Party
from tracker.terms.pins import Pin
from tracker.terms.rule import Rule
from tracker.terms.term import SIGNED, Term
from tracker.terms.words import Words

_WORDS_AT_MOST = 400
"""Longer texts are shown whole: comparing them word by word would take too long."""
Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Part:
    """Some words; whether the other version has them too."""

    text: str
    changed: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One field of a thing, before and after; empty where it said nothing."""

    name: str
    before: Sequence[Part]
    after: Sequence[Part]


@dataclass(frozen=True, slots=True)
class Thing:
    """A party, a contact, a rule: what it is called, and what differs."""

    name: str
    look: str
    """added, removed or changed."""
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True)
class Section:
    """Some things of one kind."""

    name: str
    things: Sequence[Thing]


def differences(before: Agreement, after: Agreement, language: str) -> list[Section]:
    """Say what differs, kind by kind; kinds without a difference are left out."""
    teller = _Teller(language)
    found = []
    for name, tell in teller.kinds():
        old, new = tell(before), tell(after)
        things = [
            thing for key in dict.fromkeys([*old, *new]) if (thing := _thing(old.get(key), new.get(key)))
        ]
        if things:
            found.append(Section(name, things))
    return found


_Told = tuple[str, Texts]
"""What a thing is called, and what it says by the names of its fields."""


def _thing(before: _Told | None, after: _Told | None) -> Thing | None:
    old, new = before[1] if before else {}, after[1] if after else {}
    lines = [
        Line(name, *_compared(old.get(name, ""), new.get(name, "")))
        for name in dict.fromkeys([*old, *new])
        if old.get(name, "") != new.get(name, "")
    ]
    if after is None and before is not None:
        return Thing(before[0], "removed", lines)
    if after is None:
        return None
    if before is None:
        return Thing(after[0], "added", lines)
    return Thing(after[0], "changed", lines) if lines else None


def _compared(before: str, after: str) -> tuple[list[Part], list[Part]]:
    old, new = before.split(), after.split()
    if not old or not new or max(len(old), len(new)) > _WORDS_AT_MOST:
        return [Part(text, changed=True) for text in (before,) if text], [
            Part(text, changed=True) for text in (after,) if text
        ]
    left: list[Part] = []
    right: list[Part] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        for words, parts in ((old[a:b], left), (new[c:d], right)):
            if words:
                parts.append(Part(" ".join(words), changed=tag != "equal"))
    return left, right


class _Teller:
    """Says in one language what the things of an agreement say."""

    def __init__(self, language: str) -> None:
        self.language = language

    def say(self, indonesian: str, english: str) -> str:
        return english if self.language == "en" else indonesian

    def kinds(self) -> Iterator[tuple[str, Any]]:
        yield self.say("Naskah", "The text"), self.text
        yield self.say("Pihak", "Parties"), self.parties
        yield self.say("Narahubung", "Contacts"), self.contacts
        yield self.say("Aturan", "Rules"), self.rules
        yield self.say("Adendum", "Addenda"), self.addenda
        yield self.say("Temuan pembaca", "What readers noticed"), self.findings

    def text(self, agreement: Agreement) -> dict[str, _Told]:
        calendar = agreement.calendar
        said = {
            self.say("Judul", "Title"): agreement.title,
            self.say("Nomor", "Numbers"): "; ".join(agreement.numbers),
            self.say("Ditandatangani", "Signed"): plain_date(agreement.signed.day, self.language),
            self.say("Tempat", "Place"): agreement.place or "",
            self.say("Zona waktu", "Time zone"): zone_name(agreement.zone),
            self.say("Unit", "Unit"): agreement.unit or "",
            **self._term(agreement.term),
            self.say("Kalender", "Calendar"): f"{calendar.holidays}, {calendar.week}, {calendar.joint_leave}",
            self.say("Di bawah", "Stands under"): "; ".join(parent.title for parent in agreement.parents),
        }
        return {"": (self.say("Ketentuan umum", "General"), said)}

    def _term(self, term: Term) -> dict[str, str]:
        start = self.say("penandatanganan", "the signing") if term.start == SIGNED else term.start
        length = period_text(term.length, self.language) if term.length else ""
        last = plain_date(term.end, self.language) if term.end else ""
        silence = ""
        if term.renewal is not None:
            renews = term.renewal.silence == "renews"
            more = f" {period_text(term.next_length, self.language)}" if renews and term.next_length else ""
            silence = (
                self.say("diperpanjang", "renewed") + more if renews else self.say("berakhir", "it ends")
            )
        return {
            self.say("Jangka waktu", "Term"): length,
            self.say("Mulai", "From"): start,
            self.say("Sampai", "To"): last,
            self.say("Bila tidak ada yang menyatakan apa pun", "If nobody says anything"): silence,
            self.say("Cara menghitung jangka waktu", "How the term is counted"): self._pins(term.pins),
        }

    def parties(self, agreement: Agreement) -> dict[str, _Told]:
        return {key: (self._name(party), self._party(party)) for key, party in agreement.parties.items()}

    def _party(self, party: Party) -> Texts:
        return {
            self.say("Nama", "Name"): party.name,
            self.say("Nama singkat", "Short name"): party.short or "",
            self.say("Alamat", "Address"): party.address or "",
        }

    def _name(self, party: Party) -> str:
        return party.short or party.name

    def contacts(self, agreement: Agreement) -> dict[str, _Told]:
        return {
            f"{key}:{contact.key}": (
                f"{contact.name or contact.position} ({self._name(agreement.parties[key])})",
                self._contact(contact),
            )
            for key, contact in agreement.contacts()
        }

    def _contact(self, contact: Contact) -> Texts:
        language = self.language
        return {
            self.say("Nama", "Name"): contact.name or "",
            self.say("Jabatan", "Position"): contact.position,
            "E-mail": contact.email or "",
            "Telegram": str(contact.telegram or ""),
            self.say("Telepon", "Telephone"): ", ".join(contact.phones),
            self.say("Alamat", "Address"): contact.address or "",
            self.say("Perlu dipastikan", "To be confirmed"): ", ".join(contact.to_confirm),
            self.say("Mulai", "From"): plain_date(contact.since, language) if contact.since else "",
            self.say("Sampai", "Until"): plain_date(contact.until, language) if contact.until else "",
            self.say("Pengganti", "Substitute"): contact.substitute or "",
        }

    def rules(self, agreement: Agreement) -> dict[str, _Told]:
        return {rule.id: self._rule(agreement, rule) for rule in agreement.rules}

    def _rule(self, agreement: Agreement, rule: Rule) -> _Told:
        language = self.language
        by = people_text(agreement, (rule.duty.by,), language)
        to = people_text(agreement, rule.duty.to, language)
        said = {
            self.say("Yang dikerjakan", "What to do"): headline(rule, language),
            self.say("Tenggat", "Due"): due_text(rule.due, language),
            self.say("Dasar", "Clause"): clause_text(rule.clause, agreement) or rule.law or "",
            self.say("Oleh", "By"): by,
            self.say("Kepada", "Towards"): to,
            self.say("Bentuk", "Form"): form_text(rule, language),
            self.say("Jika terlewat", "If missed"): cost_text(rule, language),
            self.say("Dimulai oleh", "Started by"): rule.trigger or "",
            self.say("Gugur oleh", "Made moot by"): rule.unless or "",
            self.say("Pertanyaan", "Question"): self._words(rule.question),
            self.say("Penjelasan", "Summary"): self._words(rule.summary),
            self.say("Pengingat", "Reminders"): self._reminders(rule),
            self.say("Berlaku", "Applied"): self._yes(rule.enabled),
            self.say("Boleh dilewatkan", "Optional"): self._yes(rule.optional),
            self.say("Tetap berlaku setelah berakhir", "Goes on after the end"): self._yes(rule.survives),
            self.say("Cara menghitung", "How it is counted"): self._pins(rule.pins),
        }
        return headline(rule, language), said

    def _reminders(self, rule: Rule) -> str:
        days = ", ".join(map(str, rule.remind)) if rule.remind is not None else ""
        return " ".join(part for part in (rule.ladder or "", days) if part)

    def addenda(self, agreement: Agreement) -> dict[str, _Told]:
        return {
            f"{addendum.signed}:{addendum.in_force_from}": self._addendum(agreement, addendum)
            for addendum in agreement.addenda
        }

    def _addendum(self, agreement: Agreement, addendum: Addendum) -> _Told:
        language = self.language
        name = ", ".join(addendum.numbers) or self.say("Adendum", "Addendum")
        said = {
            self.say("Ditandatangani", "Signed"): plain_date(addendum.signed, language),
            self.say("Berlaku sejak", "In force from"): plain_date(addendum.in_force_from, language),
            self.say("Sebab", "Why"): self._words(addendum.why),
            **(self._term(addendum.term) if addendum.term else {}),
            self.say("Aturan yang dihapus", "Rules that go"): ", ".join(addendum.removed),
        }
        for rule in addendum.rules:
            texts = self._rule(agreement, rule)[1]
            said[self.say(f"Aturan {rule.id}", f"Rule {rule.id}")] = "; ".join(self._said(texts))
        return f"{name} ({plain_date(addendum.signed, language)})", said

    def _said(self, texts: Texts) -> Iterable[str]:
        return (f"{name}: {text}" for name, text in texts.items() if text)

    def findings(self, agreement: Agreement) -> dict[str, _Told]:
        return {
            finding.id: (
                finding.what.in_language(self.language)[:80],
                {
                    self.say("Temuan", "Finding"): finding.what.in_language(self.language),
                    self.say("Putusan", "Settled"): finding.settled.in_language(self.language),
                    self.say("Oleh", "By"): f"{finding.by}, {plain_date(finding.on, self.language)}",
                    self.say("Masih terbuka", "Still open"): self._yes(finding.open),
                },
            )
            for finding in agreement.findings
        }

    def _pins(self, pins: Iterable[Pin]) -> str:
        return "; ".join(settled_text(pin.axis, pin.choice, self.language) for pin in pins)

    def _words(self, words: Words | None) -> str:
        return words.in_language(self.language) if words else ""

    def _yes(self, value: bool) -> str:  # noqa: FBT001 - the value is what it says
        return self.say("ya", "yes") if value else self.say("tidak", "no")
