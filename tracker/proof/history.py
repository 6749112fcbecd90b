"""The second half of a proof page: proofs, decisions, messages, and the record itself. Pure."""

from collections.abc import Iterator
from datetime import date, datetime

from tracker.events import kinds
from tracker.events.model import Event
from tracker.obligations.wording import (
    part_text,
    people_text,
)
from tracker.proof.document import (
    Block,
    Cell,
    Fields,
    Line,
    Remark,
    Section,
    Table,
    Tone,
    cell,
)
from tracker.proof.page import EvidenceFile, Told, corrected_by, first_of
from tracker.proof.voice import Voice
from tracker.proof.words import (
    accepted_text,
    channel_text,
    kind_text,
    label_text,
    outcome_text,
    point_text,
    size_text,
    type_text,
)
from tracker.reminders.recipients import EMAIL, FILE

_DECIDED = kinds.DECISIONS - {kinds.ACCEPTED, kinds.REJECTED}


class History(Voice):
    """What happened, in words."""

    def sections(self) -> Iterator[Section]:
        """Give the sections in the order in which they stand."""
        yield Section(self.say("Bukti", "Proofs"), tuple(self._proofs()))
        yield Section(self.say("Keputusan", "Decisions"), tuple(self._decisions()))
        yield Section(self.say("Pemberitahuan yang dikirim", "Who was told"), tuple(self._told()))
        yield Section(self.say("Catatan peristiwa", "The record of facts"), tuple(self._log()))
        yield Section(self.say("Keutuhan catatan", "Integrity of the record"), tuple(self._integrity()))

    def _proofs(self) -> Iterator[Block]:
        proofs = self.page.of_kind(kinds.FULFILLING)
        if not proofs:
            yield Remark(self.say("Belum ada bukti yang dicatat.", "No proof has been recorded."))
        for proof in proofs:
            yield Fields(tuple(self._proof(proof)))

    def _proof(self, proof: Event) -> Iterator[tuple[str, Cell]]:
        details, language = proof.details, self.language
        what = Line(kind_text(proof.kind, language), Tone.STRONG)
        yield self.say(f"Entri {proof.number}", f"Entry {proof.number}"), cell(what, self._standing_of(proof))
        yield label_text("letter", language), cell(details.get("letter"))
        for name in ("sent_on", "received_on"):
            given = details.get(name)
            yield label_text(name, language), cell(self.day(date.fromisoformat(given)) if given else None)
        yield label_text("channel", language), cell(details.get("channel"))
        if details.get("to"):
            to = people_text(self.agreement, details["to"].split("+"), language)
            yield label_text("to", language), cell(to)
        if details.get("form"):
            form = " + ".join(part_text(part, language) for part in details["form"].split("+"))
            yield label_text("form", language), cell(form)
        if details.get("note"):
            yield label_text("note", language), cell(details["note"])
        yield label_text("evidence", language), cell(*self._file(self.page.file(proof)))
        yield self.say("Pemeriksaan", "Review"), cell(*self._review(proof))
        yield self.say("Dicatat", "Recorded"), cell(f"{self.moment(proof.recorded_at)}, {proof.recorded_by}")

    def _standing_of(self, proof: Event) -> Line | None:
        if any(proof.number == counted.number for counted in self.life.proofs):
            return None
        text = self.say(
            "tidak dihitung lagi: kewajiban dibuka kembali setelahnya",
            "no longer counts: the duty was reopened after it",
        )
        return Line(text, Tone.BAD)

    def _file(self, file: EvidenceFile | None) -> Iterator[Line]:
        if file is None:
            yield Line(self.say("tidak dilampirkan", "none attached"), Tone.FAINT)
            return
        if file.fault is None:
            kind, size = type_text(file.media_type, self.language), size_text(file.size, self.language)
            whole = self.say("utuh", "verified intact")
            yield Line(f"{kind}, {size}, {whole}")
        else:
            yield Line(self.say("tidak dapat ditunjukkan: ", "cannot be shown: ") + file.fault, Tone.BAD)
        yield Line(f"SHA-256 {file.digest}", Tone.CODE)

    def _review(self, proof: Event) -> Iterator[Line]:
        review = self.page.review(proof)
        if review is None:
            yield Line(self.say("belum diperiksa", "not reviewed yet"), Tone.FAINT)
            return
        good = review.kind == kinds.ACCEPTED
        word = self.say("diterima", "accepted") if good else self.say("ditolak", "rejected")
        by = self.say("oleh", "by")
        when = self.short(review.happened_on)
        yield Line(f"{word} {by} {review.recorded_by}, {when}", Tone.GOOD if good else Tone.BAD)
        if review.details.get("why"):
            yield Line(review.details["why"])

    def _decisions(self) -> Iterator[Block]:
        rows = [
            (
                cell(self.short(fact.happened_on), self.entry(fact)),
                cell(Line(kind_text(fact.kind, self.language), Tone.STRONG), *self.details(fact, {"why"})),
                cell(fact.recorded_by),
                cell(fact.details.get("why") or fact.details.get("note")),
            )
            for fact in self.page.of_kind(_DECIDED)
        ]
        rows += [
            (
                cell(self.short(pin.on)),
                cell(
                    Line(kind_text(kinds.PINNED, self.language), Tone.STRONG),
                    self.settled(pin.axis, pin.choice),
                ),
                cell(pin.by),
                cell(pin.why.in_language(self.language)),
            )
            for pin in self.page.pins
        ]
        if not rows:
            yield Remark(
                self.say(
                    "Tidak ada keputusan: yang berlaku adalah hasil hitungan.",
                    "No decisions were taken: what was computed holds.",
                )
            )
            return
        head = (
            self.say("Hari", "Day"),
            self.say("Keputusan", "Decision"),
            self.say("Oleh", "By"),
            self.say("Alasan", "Why"),
        )
        yield Table(head, (16, 32, 20, 32), tuple(rows))

    def _told(self) -> Iterator[Block]:
        if not self.page.told:
            yield Remark(self.say("Belum ada pemberitahuan yang dikirim.", "No message has been sent."))
            return
        head = (
            self.say("Waktu", "When"),
            self.say("Kepada", "To"),
            self.say("Saluran", "Channel"),
            self.say("Hasil", "Outcome"),
        )
        yield Table(head, (26, 32, 18, 24), tuple(self._one_told(told) for told in self.page.told))

    def _one_told(self, told: Told) -> tuple[Cell, ...]:
        tones = {"accepted": Tone.WAIT if told.channel == FILE else Tone.GOOD, "refused": Tone.BAD}
        address = Line(told.address, Tone.FAINT) if told.channel == EMAIL else None
        tries = [self._try(try_.at, try_.outcome, try_.answer) for try_ in told.attempts]
        return (
            cell(
                self.moment(told.accepted_at or told.created_at),
                Line(point_text(told.point, self.language), Tone.FAINT),
            ),
            cell(told.recipient, address),
            cell(channel_text(told.channel, self.language)),
            cell(
                Line(self._outcome(told), tones.get(told.state, Tone.WAIT)),
                *(tries if told.state != "accepted" or len(tries) > 1 else ()),
            ),
        )

    def _outcome(self, told: Told) -> str:
        if told.state == "accepted":
            return accepted_text(told.channel, self.language)
        return outcome_text(told.state, self.language)

    def _try(self, at: datetime, outcome: str, answer: str) -> Line:
        said = f"{self.moment(at)}: {outcome_text(outcome, self.language)}"
        return Line(f"{said} ({answer})" if answer else said, Tone.FAINT)

    def _log(self) -> Iterator[Block]:
        if not self.page.log:
            yield Remark(self.say("Tidak ada entri.", "There are no entries."))
            return
        head = (
            self.say("Entri", "Entry"),
            self.say("Hari kejadian", "Day it happened"),
            self.say("Fakta", "Fact"),
            self.say("Dicatat", "Recorded"),
        )
        yield Table(head, (8, 18, 50, 24), tuple(self._logged(entry) for entry in self.page.log))

    def _logged(self, entry: Event) -> tuple[Cell, ...]:
        return (
            cell(str(entry.number or "")),
            cell(self.short(entry.happened_on)),
            cell(
                Line(self._fact(entry), Tone.STRONG),
                *self.details(entry, {"corrects", "withdrawn"}),
                self._later(entry),
            ),
            cell(self.moment(entry.recorded_at), Line(entry.recorded_by, Tone.FAINT)),
        )

    def _fact(self, entry: Event) -> str:
        if entry.kind != kinds.CORRECTED:
            return kind_text(entry.kind, self.language)
        target = first_of(self.page.log, entry)
        if "withdrawn" in entry.details:
            return self.say(f"Entri {target} ditarik: tidak pernah terjadi", f"Entry {target} withdrawn")
        return self.say(f"Koreksi atas entri {target}", f"Correction of entry {target}")

    def _later(self, entry: Event) -> Line | None:
        if entry.kind == kinds.CORRECTED:
            return None
        later = corrected_by(self.page.log, entry.number)
        if later is None:
            return None
        if "withdrawn" in later.details:
            text = self.say(f"ditarik oleh entri {later.number}", f"withdrawn by entry {later.number}")
        else:
            text = self.say(
                f"dikoreksi; yang berlaku entri {later.number}", f"corrected; entry {later.number} holds"
            )
        return Line(text, Tone.BAD)

    def _integrity(self) -> Iterator[Block]:
        chain = self.page.chain
        rows = [
            (self.say("Panjang catatan", "Entries in the log"), cell(str(chain.length))),
            (self.say("Sidik jari terakhir", "Last digest"), cell(Line(chain.digest, Tone.CODE))),
        ]
        good = not chain.breaks
        verdict = (
            self.say(
                "utuh: tidak ada entri yang diubah, dihapus, atau disisipkan",
                "intact: no entry was changed, removed or slipped in",
            )
            if good
            else self.say("TIDAK UTUH", "NOT INTACT")
        )
        rows.append(
            (
                self.say("Pemeriksaan rantai", "Chain check"),
                cell(Line(verdict, Tone.GOOD if good else Tone.BAD)),
            )
        )
        for number, what in chain.breaks:
            rows.append((self.say(f"Entri {number}", f"Entry {number}"), cell(Line(what, Tone.BAD))))
        yield Fields(tuple(rows))
        yield Remark(
            self.say(
                "Setiap entri memuat sidik jari (SHA-256) entri sebelumnya. Cocokkan sidik jari "
                "di atas dengan hasil 'tracker event verify' dan dengan cetakan terdahulu.",
                "Each entry covers the digest (SHA-256) of the one before it. Compare the digest "
                "above with what 'tracker event verify' finds, and with earlier printouts.",
            ),
            Tone.FAINT,
        )
