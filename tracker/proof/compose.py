"""A proof page in words: from what is known to titles, tables and lines. Pure."""

from collections.abc import Iterator
from datetime import date, datetime

from tracker.base.dates import clock_text, local_time, long_date, plain_date, short_date, zone_name
from tracker.events import kinds
from tracker.events.model import Event
from tracker.obligations.life import parts_of
from tracker.obligations.model import CLOSED, State
from tracker.obligations.reading import Choice, Weight
from tracker.obligations.state_wording import state_text
from tracker.obligations.wording import (
    choice_text,
    clause_text,
    cost_text,
    due_text,
    form_text,
    headline,
    part_text,
    people_text,
    reason_text,
)
from tracker.proof.document import (
    Block,
    Cell,
    Document,
    Fields,
    Line,
    Remark,
    Section,
    Steps,
    Table,
    Tone,
    cell,
)
from tracker.proof.page import EvidenceFile, ProofPage, Told, corrected_by, first_of
from tracker.proof.words import (
    accepted_text,
    channel_text,
    closing_text,
    days_after,
    kind_text,
    label_text,
    outcome_text,
    point_text,
    size_text,
    type_text,
    value_text,
)
from tracker.reminders.recipients import EMAIL, FILE
from tracker.terms.model import Axis

_SHOWN_ELSEWHERE = frozenset({"rule", "occurrence"})
AFFECTED = "affected"
"""The holder of a duty who is known only from the event."""
_DECIDED = kinds.DECISIONS - {kinds.ACCEPTED, kinds.REJECTED}


def compose(page: ProofPage) -> Document:
    """Put a proof page into words, in its language."""
    return _Composer(page).document()


class _Composer:
    def __init__(self, page: ProofPage) -> None:
        self.page = page
        self.language = page.language
        self.agreement = page.agreement
        self.rule = page.obligation.rule
        self.deadline = page.obligation.deadline
        self.life = page.life
        self.judged = page.judged

    def say(self, indonesian: str, english: str) -> str:
        return english if self.language == "en" else indonesian

    def day(self, day: date | None) -> str | None:
        return long_date(day, self.language) if day else None

    def short(self, day: date) -> str:
        return short_date(day, self.language)

    def moment(self, instant: datetime | None) -> str:
        return local_time(instant, self.agreement.zone, self.language) if instant else ""

    def document(self) -> Document:
        mark, tone = self._mark()
        sections = (
            Section(self.say("Keadaan", "Where it stands"), tuple(self._standing())),
            Section(self.say("Kewajiban", "The duty"), (self._duty(),)),
            Section(self.say("Perjanjian", "The agreement"), (self._agreement(),)),
            Section(self.say("Tanggal", "The dates"), tuple(self._dates())),
            Section(self.say("Cara menghitung", "How the dates were worked out"), (Steps(self.page.steps),)),
            Section(self.say("Bukti", "Proofs"), tuple(self._proofs())),
            Section(self.say("Keputusan", "Decisions"), tuple(self._decisions())),
            Section(self.say("Pemberitahuan yang dikirim", "Who was told"), tuple(self._told())),
            Section(self.say("Catatan peristiwa", "The record of facts"), tuple(self._log())),
            Section(self.say("Keutuhan catatan", "Integrity of the record"), tuple(self._integrity())),
        )
        made = self.moment(self.page.now)
        return Document(
            language=self.language,
            kind=self.say("Lembar Bukti Kewajiban", "Record of an Obligation"),
            title=headline(self.rule, self.language),
            subtitle=self.agreement.title,
            reference=self.page.obligation.key,
            mark=mark,
            mark_tone=tone,
            summary=self._summary(),
            sections=sections,
            made=self.say(f"Keadaan per {made}", f"As of {made}"),
            made_at=self.page.now,
            page_words=(self.say("Halaman", "Page"), self.say("dari", "of")),
        )

    # Where it stands

    def _mark(self) -> tuple[str, Tone]:
        word = state_text(self.page.state, self.language)
        if self.judged is not None:
            if self.judged.in_time:
                return self.say(f"{word}, tepat waktu", f"{word}, in time"), Tone.GOOD
            late = self.judged.after_latest
            if late > 0:
                plural = "" if late == 1 else "s"
                return self.say(
                    f"{word}, terlambat {late} hari", f"{word}, late by {late} day{plural}"
                ), Tone.BAD
            return self.say(f"{word}, bergantung pada tafsir", f"{word}, depends on the reading"), Tone.WAIT
        bad = self.page.state in (State.OVERDUE, State.LAPSED)
        return word, Tone.BAD if bad else Tone.GOOD if self.page.state is State.FULFILLED else Tone.WAIT

    def _summary(self) -> str:
        if self.judged is not None:
            day = self.day(self.judged.day)
            after = days_after(self.judged.after_safe, self.language)
            return self.say(
                f"Dilaksanakan pada {day}: {after} terhadap tanggal aman.",
                f"Done on {day}: {after} measured against the safe date.",
            )
        if self.page.state is State.FULFILLED:
            return self.say("Dilaksanakan; naskah tidak memberi tanggal.", "Done; the text gives no date.")
        if self.page.state in CLOSED:
            why = self.life.why or self.page.closed_why
            return f"{closing_text(why, self.language)}." if why else ""
        if self.page.act_by is None:
            return self.say("Tidak ada tanggal yang dapat dihitung.", "There is no date to work out.")
        day = self.day(self.page.act_by)
        return self.say(f"Bertindak paling lambat {day}.", f"To be done by {day}.")

    def _standing(self) -> Iterator[Block]:
        life = self.life
        mark, tone = self._mark()
        rows: list[tuple[str, Cell]] = [(self.say("Keadaan", "State"), cell(Line(mark, tone)))]
        if self.judged is not None:
            rows.append((self.say("Dilaksanakan", "Done on"), cell(self.day(self.judged.day))))
            rows.append((self.say("Penilaian", "Verdict"), cell(*self._verdict())))
        elif self.page.state is not State.FULFILLED:
            rows.append((self.say("Yang masih kurang", "What is missing"), self._missing()))
        if self.page.state in CLOSED and (why := life.why or self.page.closed_why):
            what = closing_text(why, self.language)
            rows.append((self.say("Ditutup karena", "Closed because"), cell(what, self.moment(life.at))))
        if life.acknowledged_until is not None:
            until = self.day(life.acknowledged_until)
            rows.append((self.say("Diketahui sampai", "Acknowledged until"), cell(until)))
        if life.snoozed_until is not None:
            until = self.day(life.snoozed_until)
            rows.append((self.say("Pengingat ditunda sampai", "Reminders snoozed until"), cell(until)))
        yield Fields(tuple(rows))

    def _verdict(self) -> Iterator[Line]:
        if self.judged is None:
            return
        names = (
            (self.say("tanggal aman", "the safe date"), self.judged.after_safe),
            (self.say("tanggal lazim", "the likely date"), self.judged.after_likely),
            (self.say("tanggal terakhir", "the latest date"), self.judged.after_latest),
        )
        for name, days in names:
            said = days_after(days, self.language)
            against = self.say(f"Terhadap {name}: {said}", f"Against {name}: {said}")
            yield Line(against, Tone.BAD if days > 0 else Tone.GOOD)

    def _missing(self) -> Cell:
        missing = self.life.missing or parts_of(self.rule)
        if self.page.state in (State.WAIVED, State.LAPSED, State.SUPERSEDED):
            return cell()
        if not missing:
            return cell(self.say("Bukti bahwa kewajiban dilaksanakan", "Proof that the duty was done"))
        return cell(*(self._part(part) for part in missing))

    def _part(self, part: str) -> str:
        if part in self.rule.duty.to:
            name = people_text(self.agreement, [part], self.language)
            return self.say(f"bukti kepada {name}", f"proof towards {name}")
        return part_text(part, self.language)

    # What is owed

    def _duty(self) -> Fields:
        rule, language = self.rule, self.language
        trigger = self.page.obligation.trigger
        rows = [
            (self.say("Yang harus dilakukan", "What must be done"), cell(headline(rule, language))),
            (self.say("Yang wajib", "Who must"), cell(self._holder())),
            (self.say("Kepada", "Towards"), cell(people_text(self.agreement, rule.duty.to, language))),
            (self.say("Bentuk", "Form"), cell(form_text(rule, language))),
            (self.say("Dasar", "Basis"), cell(clause_text(rule.clause, self.agreement) or rule.law)),
            (self.say("Ketentuan waktu", "When"), cell(due_text(rule.due, language))),
            (self.say("Jika terlewat", "If missed"), cell(cost_text(rule, language))),
        ]
        if trigger is not None:
            what = kind_text(trigger.kind, language)
            when = f"{self.day(trigger.happened_on)}{clock_text(trigger.at, language)}"
            rows.append(
                (self.say("Dimulai oleh", "Started by"), cell(f"{what}, {when}", self._entry(trigger)))
            )
        return Fields(tuple(rows))

    def _holder(self) -> str:
        trigger, by = self.page.obligation.trigger, self.rule.duty.by
        holder = people_text(self.agreement, [by], self.language)
        if by == AFFECTED and trigger is not None and trigger.party is not None:
            return f"{holder}: {people_text(self.agreement, [trigger.party], self.language)}"
        return holder

    def _entry(self, fact: Event) -> Line | None:
        if fact.number is None:
            return None
        return Line(self.say(f"entri {fact.number}", f"entry {fact.number}"), Tone.FAINT)

    def _agreement(self) -> Fields:
        agreement = self.agreement
        parties = [party.name for party in agreement.parties.values()]
        rows = [
            (self.say("Judul", "Title"), cell(agreement.title)),
            (self.say("Nomor", "Numbers"), cell(*agreement.numbers)),
            (self.say("Ditandatangani", "Signed"), cell(plain_date(agreement.signed.day, self.language))),
            (self.say("Para pihak", "Parties"), cell(*parties)),
            (self.say("Waktu setempat", "Local time"), cell(zone_name(agreement.zone))),
        ]
        return Fields(tuple(rows))

    # The dates

    def _dates(self) -> Iterator[Block]:
        found, override = self.deadline, self.life.override
        if found is None:
            yield Remark(self.say("Tidak ada tanggal untuk kewajiban ini.", "This duty has no date."))
            return
        figures = (
            (
                self.say("Bertindak paling lambat", "Act by"),
                found.act_by,
                self._meaning("act_by"),
                Tone.STRONG,
            ),
            (self.say("Aman", "Safe"), found.safe, self._meaning("safe"), Tone.PLAIN),
            (self.say("Lazim", "Likely"), found.likely, self._meaning("likely"), Tone.PLAIN),
            (self.say("Paling ketat", "Strictest"), found.strictest, self._meaning("strictest"), Tone.PLAIN),
            (self.say("Terakhir", "Latest"), found.latest, self._meaning("latest"), Tone.PLAIN),
        )
        head = (self.say("Nama", "Name"), self.say("Tanggal", "Date"), self.say("Arti", "Meaning"))
        at = {found.likely: found.by_time, found.latest: found.by_time}
        yield Table(
            head,
            (24, 32, 44),
            tuple(
                (
                    cell(Line(name, tone)),
                    cell(Line(f"{self.day(day)}{clock_text(at.get(day), self.language)}", tone)),
                    cell(Line(meaning, Tone.FAINT)),
                )
                for name, day, meaning, tone in figures
            ),
        )
        if override is not None:
            day, by, why = self.day(override.act_by), override.by, override.why
            yield Remark(
                self.say(
                    f"{by} menetapkan tanggal bertindak lain: {day}. Alasan: {why}",
                    f"{by} has set another day to act by: {day}. Why: {why}",
                ),
                Tone.WAIT,
            )
        for reason in found.reasons:
            yield Remark(reason_text(reason, self.language), Tone.WAIT)

    def _meaning(self, figure: str) -> str:
        meanings = {
            "act_by": (
                "tanggal aman, dimajukan ke hari kantor bila perlu",
                "the safe date, moved back to an office day where needed",
            ),
            "safe": ("tepat waktu menurut semua tafsir kuat", "in time on every strong reading"),
            "likely": (
                "yang lazimnya diharapkan pihak lain",
                "what a reasonable counterparty expects",
            ),
            "strictest": ("yang paling awal dari semua tafsir", "the earliest of all readings"),
            "latest": (
                "sesudahnya terlambat menurut semua tafsir",
                "after it, late on every reading",
            ),
        }
        return self.say(*meanings[figure])

    # Proofs and decisions

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
                cell(self.short(fact.happened_on), self._entry(fact)),
                cell(Line(kind_text(fact.kind, self.language), Tone.STRONG), *self._details(fact, {"why"})),
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
                    self._settled(pin.axis, pin.choice),
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

    def _settled(self, axis: Axis, choice: str) -> str:
        return choice_text(Choice(axis, choice, Weight.STRONG, likely=True), self.language)

    # Who was told

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

    # The record

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
                *self._details(entry, {"corrects", "withdrawn"}),
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

    def _details(self, fact: Event, without: set[str]) -> Iterator[Line]:
        if fact.kind == kinds.PINNED:
            yield Line(self._settled(Axis(fact.details["axis"]), fact.details["choice"]))
            without = {*without, "axis", "choice"}
        for name, value in fact.details.items():
            if name in _SHOWN_ELSEWHERE | without:
                continue
            label = label_text(name, self.language)
            if not value:
                yield Line(self.say(f"{label}: dihapus", f"{label}: removed"))
            else:
                is_digest = name in ("evidence", "digest")
                said = self._value(name, value)
                yield Line(f"{label}: {said}", Tone.CODE if is_digest else Tone.PLAIN)

    def _value(self, name: str, value: str) -> str:
        if name in ("party", "to"):
            return people_text(self.agreement, value.split("+"), self.language)
        if name == "form":
            return " + ".join(part_text(part, self.language) for part in value.split("+"))
        return value_text(value, self.language)

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
