"""The derivation of one deadline as numbered steps that an officer can check by hand. Pure."""

from collections.abc import Iterator
from datetime import date, timedelta

from tracker.base.dates import clock_text, long_date, short_date
from tracker.calendars.model import FRIDAY_IS_LAST, SATURDAY_IS_LAST, Calendar
from tracker.events.names import event_name
from tracker.obligations.deadline import Deadline
from tracker.obligations.model import Obligation
from tracker.obligations.reading import Reading, certain
from tracker.obligations.silence import silence_text
from tracker.obligations.term_end import signing_days, term_end
from tracker.obligations.wording import (
    clause_text,
    due_text,
    path_text,
    period_text,
    reason_text,
    rest_day_text,
    settled_text,
    weight_text,
    why_moved,
)
from tracker.terms.grammar import AnchorKind, Counted, Recurring, Side, Unit
from tracker.terms.model import Agreement
from tracker.terms.pins import Axis
from tracker.terms.term import SIGNED

_NAMED_AT_MOST = 12


def steps(agreement: Agreement, obligation: Obligation, calendar: Calendar, language: str) -> list[str]:
    """Give the derivation, first step first; a duty without a deadline says why it has none."""
    explainer = _Explainer(agreement, obligation, calendar, language)
    return list(explainer.steps())


class _Explainer:
    def __init__(
        self, agreement: Agreement, obligation: Obligation, calendar: Calendar, language: str
    ) -> None:
        self.agreement = agreement
        self.obligation = obligation
        self.rule = obligation.rule
        self.calendar = calendar
        self.language = language

    def say(self, indonesian: str, english: str) -> str:
        return english if self.language == "en" else indonesian

    def day(self, day: date) -> str:
        return long_date(day, self.language)

    def steps(self) -> Iterator[str]:
        clause = clause_text(self.rule.clause, self.agreement) or self.rule.law or ""
        due = due_text(self.rule.due, self.language)
        basis = f"{clause}: {due}" if clause else due
        yield self.say(f"Dasar: {basis}.", f"Basis: {basis}.")
        deadline = self.obligation.deadline
        if deadline is None:
            yield self._without_deadline()
            return
        yield from self._anchor()
        yield from self._pins()
        likely = next(r for r in deadline.readings if r.likely)
        if deadline.by_time is not None:
            yield self._exact(deadline, likely)
        else:
            yield self._reading("likely", likely)
            yield from self._skipped(likely)
            yield from self._safe(deadline)
        yield self._act_by(deadline)
        yield from self._others(deadline)
        for reason in deadline.reasons:
            yield reason_text(reason, self.language)

    def _without_deadline(self) -> str:
        if self.rule.question is not None:
            question = self.rule.question.in_language(self.language)
            return self.say(
                f"Naskah tidak memberi tanggal. Yang perlu ditanyakan: {question}",
                f"The text gives no date. To be asked: {question}",
            )
        if self.rule.trigger_event is not None:
            event = event_name(self.rule.trigger_event, self.language)
            return self.say(
                f"Tenggat baru ada setelah peristiwa ini dicatat: {event} ({self.rule.trigger_event}).",
                f"There is a deadline once this is recorded: {event} ({self.rule.trigger_event}).",
            )
        return self.say("Kewajiban ini berlaku setiap saat.", "This duty holds at all times.")

    def _anchors(self) -> tuple[Reading, ...]:
        due, trigger = self.rule.due, self.obligation.trigger
        if not isinstance(due, Counted):
            return ()
        match due.anchor.kind:
            case AnchorKind.TERM_END:
                numbered = self.obligation.term
                if numbered is None:
                    return term_end(self.agreement, self.rule)
                before = due.side is Side.BEFORE
                return numbered.planned_ends(self.rule) if before else numbered.ends_for(self.rule)
            case AnchorKind.SIGNING:
                return signing_days(self.agreement.signed)
            case AnchorKind.DESIRED_END if trigger is not None and trigger.desired_end is not None:
                return (certain(trigger.desired_end),)
            case AnchorKind.RULE_DUE:
                return ()
            case _ if trigger is not None:
                return (certain(trigger.happened_on),)
            case _:
                return ()

    def _anchor(self) -> Iterator[str]:
        due, trigger = self.rule.due, self.obligation.trigger
        if trigger is not None:
            name = event_name(trigger.kind, self.language)
            day = self.day(trigger.happened_on) + clock_text(trigger.at, self.language)
            yield self.say(f"Peristiwa: {name}, {day}.", f"Event: {name}, {day}.")
        if not isinstance(due, Counted):
            return
        if due.anchor.kind is AnchorKind.TERM_END:
            yield self._term()
            for reading in self._anchors():
                yield self._one_end(reading)
            yield from silence_text(self.agreement, self.obligation, self.language)
        elif due.anchor.kind is AnchorKind.DESIRED_END:
            for reading in self._anchors():
                yield self.say(
                    f"Hari berakhir yang dikehendaki: {self.day(reading.day)}.",
                    f"Desired end day: {self.day(reading.day)}.",
                )
        elif due.anchor.kind is AnchorKind.RULE_DUE:
            yield self.say(
                f"Dihitung dari tenggat aturan {due.anchor.name}.",
                f"Counted from the deadline of the rule {due.anchor.name}.",
            )

    def _term(self) -> str:
        numbered = self.obligation.term
        term = numbered.term if numbered else self.agreement.term
        clause = clause_text(term.clause, self.agreement)
        if term.end is not None and not (numbered and numbered.renewals):
            return self.say(
                f"Jangka waktu ({clause}): sampai dengan {self.day(term.end)}, tertulis dalam naskah.",
                f"Term ({clause}): up to and including {self.day(term.end)}, stated in the text.",
            )
        signed = self.agreement.signed.day
        start = self.day(term.end + timedelta(days=1) if term.end else term.first_day(signed))
        lengths = ([term.length] if term.length else []) + list(numbered.renewals if numbered else ())
        length = " + ".join(period_text(length, self.language) for length in lengths)
        return self.say(
            f"Jangka waktu ({clause}): {length} sejak {start}.", f"Term ({clause}): {length} from {start}."
        )

    def _one_end(self, reading: Reading) -> str:
        how = path_text(reading.path, self.language)
        weight = weight_text(reading, self.language)
        return self.say(
            f"Hari terakhir jangka waktu: {self.day(reading.day)} ({weight}: {how}).",
            f"Last day of the term: {self.day(reading.day)} ({weight}: {how}).",
        )

    def _pins(self) -> Iterator[str]:
        term = self.obligation.term.term if self.obligation.term else self.agreement.term
        for pin in (*term.pins, *self.rule.pins):
            why, day = pin.why.in_language(self.language), short_date(pin.on, self.language)
            what = settled_text(pin.axis, pin.choice, self.language)
            yield self.say(
                f"Diputuskan {pin.by} pada {day}: {what}. Alasan: {why}",
                f"Decided by {pin.by} on {day}: {what}. Reason: {why}",
            )
        signed = self.agreement.signed
        if signed.pin is not None and self._counts_from_signing():
            why, day = signed.pin.why.in_language(self.language), short_date(signed.day, self.language)
            yield self.say(
                f"Tanggal tanda tangan ditetapkan {day} oleh {signed.pin.by}. Alasan: {why}",
                f"Signing day settled as {day} by {signed.pin.by}. Reason: {why}",
            )

    def _counts_from_signing(self) -> bool:
        if not isinstance(self.rule.due, Counted):
            return isinstance(self.rule.due, Recurring) and self.agreement.term.start == SIGNED
        kind = self.rule.due.anchor.kind
        from_term = kind is AnchorKind.TERM_END and self.agreement.term.start == SIGNED
        return from_term or kind is AnchorKind.SIGNING

    def _exact(self, deadline: Deadline, reading: Reading) -> str:
        said = f"{self.day(reading.day)}{clock_text(deadline.by_time, self.language)}"
        how = path_text(reading.path[-1:], self.language)
        return self.say(
            f"Saat terakhir, satu-satunya tafsir: paling lambat {said} ({how}).",
            f"Last moment, the only reading: by {said} ({how}).",
        )

    def _reading(self, figure: str, reading: Reading) -> str:
        how = path_text(reading.path, self.language)
        if figure == "likely":
            return self.say(
                f"Hari terakhir yang lazim: {self.day(reading.day)} ({how}).",
                f"Likely last day: {self.day(reading.day)} ({how}).",
            )
        return self.say(
            f"Hari terakhir yang aman, tafsir kuat paling awal: {self.day(reading.day)} ({how}).",
            f"Safe last day, the earliest strong reading: {self.day(reading.day)} ({how}).",
        )

    def _safe(self, deadline: Deadline) -> Iterator[str]:
        if deadline.safe == deadline.likely:
            yield self.say(
                "Semua tafsir kuat memberi tanggal itu atau sesudahnya: tanggal itu juga aman.",
                "Every strong reading gives that date or a later one: it is safe too.",
            )
            return
        reading = next(r for r in deadline.readings if r.day == deadline.safe)
        yield self._reading("safe", reading)
        yield from self._skipped(reading)

    def _skipped(self, reading: Reading) -> Iterator[str]:
        """Name the rest days that a working-day count stepped over, for one reading."""
        names = {choice.axis: choice.name for choice in reading.path}
        due = self.rule.due
        if Axis.WEEK not in names or not isinstance(due, Counted):
            return
        anchor = next((a for a in self._anchors() if a.path == reading.path[: len(a.path)]), None)
        if anchor is None or due.period.unit not in (Unit.DAYS, Unit.WORKING_DAYS):
            return
        week = FRIDAY_IS_LAST if names[Axis.WEEK] == "mon-fri" else SATURDAY_IS_LAST
        view = self.calendar.working_days(week, joint_leave_off=names[Axis.JOINT_LEAVE] == "off")
        first, last = sorted((anchor.day.toordinal(), reading.day.toordinal()))
        start = first if due.side is not Side.BEFORE else first + 1
        rest = [date.fromordinal(day) for day in range(start, last + 1) if not view.includes(day)]
        named = [
            rest_day_text(day, self.calendar.off(day), self.language)
            for day in rest
            if self.calendar.off(day)
        ]
        weekends = len(rest) - len(named)
        listed = "; ".join(named[:_NAMED_AT_MOST]) + (" ..." if len(named) > _NAMED_AT_MOST else "")
        yield self.say(
            f"Hari yang dilewati: {weekends} hari akhir pekan dan {len(named)} hari libur"
            + (f": {listed}." if named else "."),
            f"Days skipped: {weekends} weekend days and {len(named)} days off"
            + (f": {listed}." if named else "."),
        )

    def _act_by(self, deadline: Deadline) -> str:
        moved = why_moved(deadline, self.calendar, self.language)
        if moved is None:
            if self.calendar.is_office_day(deadline.act_by):
                return self.say(
                    f"Tanggal aman adalah hari kantor: bertindak paling lambat {self.day(deadline.act_by)}.",
                    f"The safe date is an office day: act by {self.day(deadline.act_by)}.",
                )
            return self.say(
                f"Seluruh masa jatuh pada hari libur: bertindak saat itu juga, {self.day(deadline.act_by)}.",
                f"The whole period is made of rest days: act at once, {self.day(deadline.act_by)}.",
            )
        return moved

    def _others(self, deadline: Deadline) -> Iterator[str]:
        shown = {deadline.likely, deadline.safe}
        for reading in deadline.readings:
            if reading.day not in shown:
                how, weight = path_text(reading.path, self.language), weight_text(reading, self.language)
                yield self.say(
                    f"Tafsir lain ({weight}): {self.day(reading.day)} ({how}).",
                    f"Another reading ({weight}): {self.day(reading.day)} ({how}).",
                )
        latest = f"{self.day(deadline.latest)}{clock_text(deadline.by_time, self.language)}"
        yield self.say(
            f"Setelah {latest} semua tafsir menyatakan terlambat.",
            f"After {latest} it is late on every reading.",
        )
