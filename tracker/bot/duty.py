"""One duty: its dates, why this date, who was told when, and what proves it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from tracker.base.dates import clock_text, local_time, long_date, plain_date
from tracker.bot.agreements import ONE, not_there
from tracker.bot.asker import Asker
from tracker.bot.forms.acknowledge import ACKNOWLEDGE
from tracker.bot.forms.done import DONE
from tracker.bot.forms.snooze import SNOOZE
from tracker.bot.forms.waive import WAIVE
from tracker.bot.lines import left, when
from tracker.bot.screen import Button, Reply, bold, filled, page_of, pager, plain, said
from tracker.obligations.life import Proof
from tracker.obligations.state_wording import state_text
from tracker.obligations.wording import clause_text, cost_text, form_text, headline, part_text, people_text
from tracker.people.names import named
from tracker.people.requests import DUTY, Ask, ask, number, text
from tracker.queries import LIVE, Shown, Story, move_text
from tracker.seen.sight import holders_of

WHY, TOLD, PROOF = "mengapa", "diberitahu", "bukti"
_STATES = {
    "pending": ("menunggu dikirim", "waiting to be sent"),
    "grouped": ("dikirim bersama pesan lain", "sent with another message"),
    "accepted": ("terkirim", "sent"),
    "refused": ("ditolak", "refused"),
    "withdrawn": ("ditarik", "withdrawn"),
}


def duty(asker: Asker, details: Sequence[str]) -> Reply:
    """Give the dates of a duty and what it is."""
    story = asker.sight.story(text(details, 0), asker.language)
    if story is None:
        return not_there(asker)
    shown = story.shown
    return said("\n".join(line for line in _about(asker, shown) if line), *_more(asker, shown, DUTY))


def why(asker: Asker, details: Sequence[str]) -> Reply:
    """Give the steps that lead to the date."""
    story = asker.sight.story(text(details, 0), asker.language)
    if story is None:
        return not_there(asker)
    lines = [f"{place}. {step}" for place, step in enumerate(story.steps, start=1)]
    lines += [move_text(move, asker.language) for move in story.moves]
    return _told(asker, story, WHY, asker.say("Mengapa tanggal ini", "Why this date"), lines, details)


def told(asker: Asker, details: Sequence[str]) -> Reply:
    """Give who was told when; an officer reads of their own party and of those told instead."""
    story = asker.sight.story(text(details, 0), asker.language)
    if story is None:
        return not_there(asker)
    lines = [_alert(asker, story.shown, alert) for alert in asker.sight.alerts_of(story)]
    nothing = asker.say("Belum ada yang diberi tahu.", "Nobody has been told yet.")
    title = asker.say("Siapa diberi tahu", "Who was told")
    return _told(asker, story, TOLD, title, lines or [nothing], details)


def proof(asker: Asker, details: Sequence[str]) -> Reply:
    """Give what proves that a duty was done, and what is still missing."""
    story = asker.sight.story(text(details, 0), asker.language)
    if story is None:
        return not_there(asker)
    life = story.shown.life
    lines = [_proof(asker, one) for one in life.proofs] or [
        asker.say("Belum ada bukti yang dicatat.", "No proof has been recorded yet.")
    ]
    if life.proofs and life.missing:
        missing = ", ".join(_part(asker, story.shown, part) for part in life.missing)
        lines.append(asker.say(f"Masih kurang: {missing}", f"Still missing: {missing}"))
    return _told(asker, story, PROOF, asker.say("Bukti", "Proof"), lines, details)


def _about(asker: Asker, shown: Shown) -> list[str]:
    rule, language, agreement = shown.obligation.rule, asker.language, shown.agreement
    to = people_text(agreement, rule.duty.to, language)
    clause = clause_text(rule.clause, agreement) or rule.law or ""
    return [
        f"{bold(when(asker, shown))} {left(asker, shown)}",
        bold(headline(rule, language), 200),
        "",
        _line(asker.say("Oleh", "By"), people_text(agreement, (rule.duty.by,), language)),
        _line(asker.say("Kepada", "Towards"), to),
        _line(asker.say("Bentuk", "Form"), form_text(rule, language)),
        _line(asker.say("Dasar", "Clause"), clause),
        _line(asker.say("Jika terlewat", "If missed"), cost_text(rule, language)),
        _line(asker.say("Keadaan", "State"), state_text(shown.state, language)),
        *_dates(asker, shown),
        _line(asker.say("Perjanjian", "Agreement"), agreement.title),
    ]


def _dates(asker: Asker, shown: Shown) -> list[str]:
    found, life, language = shown.obligation.deadline, shown.life, asker.language
    if found is None:
        return []
    at = clock_text(found.by_time, language)
    lines = [
        _line(asker.say("Tanggal aman", "Safe date"), long_date(found.safe, language) + at),
        _line(asker.say("Tanggal lazim", "Likely date"), long_date(found.likely, language) + at),
    ]
    if found.provisional:
        lines.append(
            asker.say("Sementara: SKB hari libur belum terbit.", "Provisional: no holiday decree yet.")
        )
    if life.override is not None:
        by = f"{life.override.by}: {life.override.why}"
        lines.append(_line(asker.say("Tanggal ditetapkan oleh", "Day set by"), by))
    for until, words in (
        (life.acknowledged_until, ("Sudah diketahui, berlaku sampai", "Known about, valid until")),
        (life.snoozed_until, ("Pengingat ditunda sampai", "Reminders put off until")),
    ):
        if until is not None and until >= asker.today(shown.agreement):
            lines.append(_line(asker.say(*words), plain_date(until, language)))
    return lines


def _line(name: str, value: str) -> str:
    return f"{name}: {plain(value, 160)}" if value else ""


def _more(asker: Asker, shown: Shown, here: str) -> tuple[tuple[Button, ...], ...]:
    key = shown.obligation.key
    ways = (
        (DUTY, asker.say("Kewajiban", "Duty")),
        (WHY, asker.say("Mengapa tanggal ini?", "Why this date?")),
        (TOLD, asker.say("Siapa diberi tahu?", "Who was told?")),
        (PROOF, asker.say("Bukti", "Proof")),
    )
    buttons = [Button(label, ask(name, key)) for name, label in ways if name != here]
    agreement = Button(asker.say("Perjanjian", "Agreement"), ask(ONE, shown.agreement.id))
    return (*_acts(asker, shown), tuple(buttons[:2]), (*buttons[2:], agreement))


def _acts(asker: Asker, shown: Shown) -> tuple[tuple[Button, ...], ...]:
    """Give the buttons that answer a duty, as far as the person may and it is open."""
    if shown.state not in LIVE:
        return ()
    rights, held_by, key = asker.sight.rights(shown.agreement), holders_of(shown), shown.obligation.key
    forms = [form for form in (DONE, ACKNOWLEDGE, SNOOZE, WAIVE) if rights.may(form.act, held_by)]
    labels = {
        DONE: asker.say("Sudah dikerjakan", "Done"),
        ACKNOWLEDGE: asker.say("Sudah tahu", "I know"),
        SNOOZE: asker.say("Tunda", "Later"),
        WAIVE: asker.say("Kesampingkan", "Waive"),
    }
    return (tuple(Button(labels[form], ask(form.name, key)) for form in forms),)


def _told(
    asker: Asker, story: Story, name: str, title: str, lines: Sequence[str], details: Sequence[str]
) -> Reply:
    """Lay lines out on screens, under the head of the duty."""
    shown, screens = story.shown, filled(lines)
    page = page_of(number(details, 1, 0), len(screens), 1)

    def turn(to: int) -> Ask:
        return ask(name, shown.obligation.key, to)

    what = plain(headline(shown.obligation.rule, asker.language))
    head = f"{bold(title)}\n{plain(when(asker, shown))}: {what}"
    body = "\n\n".join(plain(line, 400) for line in screens[page])
    return said(f"{head}\n\n{body}", pager(page, len(screens), 1, turn), *_more(asker, shown, name))


def _alert(asker: Asker, shown: Shown, alert: dict[str, Any]) -> str:
    agreement, language = shown.agreement, asker.language
    at = datetime.fromisoformat(alert["accepted_at"] or alert["created_at"])
    who = named(alert["contact"], agreement, asker.context.routing)
    state = asker.say(*_STATES.get(alert["state"], (alert["state"],) * 2))
    return f"{local_time(at, agreement.zone, language)}: {who}, {alert['channel']}, {alert['point']}, {state}"


def _proof(asker: Asker, one: Proof) -> str:
    language = asker.language
    parts = [plain_date(one.served_on, language)]
    if one.sent_on is not None:
        parts.append(asker.say("dikirim ", "sent ") + plain_date(one.sent_on, language))
    if one.received_on is not None:
        parts.append(asker.say("diterima ", "received ") + plain_date(one.received_on, language))
    if letter := one.fact.details.get("letter"):
        parts.append(asker.say(f"nomor {letter}", f"number {letter}"))
    if one.fact.details.get("evidence"):
        parts.append(asker.say("ada berkas", "with a file"))
    review = {
        None: asker.say("belum diperiksa", "not reviewed"),
        True: asker.say("diterima pemeriksa", "accepted"),
        False: asker.say("DITOLAK", "REJECTED"),
    }
    return ", ".join((*parts, review[one.accepted]))


def _part(asker: Asker, shown: Shown, part: str) -> str:
    agreement = shown.agreement
    if part in shown.obligation.rule.duty.to:
        return people_text(agreement, (part,), asker.language)
    return part_text(part, asker.language)
