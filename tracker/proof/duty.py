"""The first half of a proof page: where the duty stands, what it is, and its dates. Pure."""

from collections.abc import Iterator

from tracker.base.dates import clock_text, plain_date, zone_name
from tracker.obligations.life import parts_of
from tracker.obligations.model import CLOSED, State
from tracker.obligations.state_wording import state_text
from tracker.obligations.window_wording import window_text
from tracker.obligations.wording import (
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
    Fields,
    Line,
    Remark,
    Section,
    Steps,
    Table,
    Tone,
    cell,
)
from tracker.proof.voice import Voice
from tracker.proof.words import (
    closing_text,
    days_after,
    kind_text,
)

AFFECTED = "affected"
"""The holder of a duty who is known only from the event."""


class Duty(Voice):
    """The duty in words."""

    def sections(self) -> Iterator[Section]:
        """Give the sections in the order in which they stand."""
        yield Section(self.say("Keadaan", "Where it stands"), tuple(self._standing()))
        yield Section(self.say("Kewajiban", "The duty"), (self._duty(),))
        yield Section(self.say("Perjanjian", "The agreement"), (self._agreement(),))
        yield Section(self.say("Tanggal", "The dates"), tuple(self._dates()))
        if self.page.window is not None:
            said = window_text(self.page.window, self.language)
            title = self.say("Keinginan mengakhiri lebih awal", "The wish to end early")
            yield Section(title, tuple(Remark(sentence) for sentence in said))
        yield Section(self.say("Cara menghitung", "How the dates were worked out"), (Steps(self.page.steps),))

    def mark(self) -> tuple[str, Tone]:
        """Give the state in a few words, and how it reads."""
        word = state_text(self.page.state, self.language)
        if self.page.judged is not None:
            if self.page.judged.in_time:
                return self.say(f"{word}, tepat waktu", f"{word}, in time"), Tone.GOOD
            late = self.page.judged.after_latest
            if late > 0:
                plural = "" if late == 1 else "s"
                return self.say(
                    f"{word}, terlambat {late} hari", f"{word}, late by {late} day{plural}"
                ), Tone.BAD
            return self.say(f"{word}, bergantung pada tafsir", f"{word}, depends on the reading"), Tone.WAIT
        bad = self.page.state in (State.OVERDUE, State.LAPSED)
        return word, Tone.BAD if bad else Tone.GOOD if self.page.state is State.FULFILLED else Tone.WAIT

    def summary(self) -> str:
        """Say in one sentence where the duty stands."""
        if self.page.judged is not None:
            day = self.day(self.page.judged.day)
            after = days_after(self.page.judged.after_safe, self.language)
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
        mark, tone = self.mark()
        rows: list[tuple[str, Cell]] = [(self.say("Keadaan", "State"), cell(Line(mark, tone)))]
        if self.page.judged is not None:
            rows.append((self.say("Dilaksanakan", "Done on"), cell(self.day(self.page.judged.day))))
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
        if self.page.judged is None:
            return
        names = (
            (self.say("tanggal aman", "the safe date"), self.page.judged.after_safe),
            (self.say("tanggal lazim", "the likely date"), self.page.judged.after_likely),
            (self.say("tanggal terakhir", "the latest date"), self.page.judged.after_latest),
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
                (self.say("Dimulai oleh", "Started by"), cell(f"{what}, {when}", self.entry(trigger)))
            )
        return Fields(tuple(rows))

    def _holder(self) -> str:
        trigger, by = self.page.obligation.trigger, self.rule.duty.by
        holder = people_text(self.agreement, [by], self.language)
        if by == AFFECTED and trigger is not None and trigger.party is not None:
            return f"{holder}: {people_text(self.agreement, [trigger.party], self.language)}"
        return holder

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
