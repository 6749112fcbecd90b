"""Going through a form with somebody: the next question, what was wrong, what will be recorded.

Nothing is recorded before a person has seen it whole and pressed the button. What is permitted, and
whether the duty is still open, is asked anew at every step.
"""

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum

from tracker.base.dates import days_phrase
from tracker.bot import agreements, duty
from tracker.bot.asker import Asker
from tracker.bot.conversations import PATIENCE, Conversation
from tracker.bot.forms.catalogue import ABOUT_AN_AGREEMENT, FORMS
from tracker.bot.forms.force_majeure import KAHAR
from tracker.bot.forms.form import Form, Matter, Step, Wrong, summary
from tracker.bot.lines import left, when
from tracker.bot.screen import Button, Reply, bold, plain, said
from tracker.events import kinds
from tracker.events.log import effective
from tracker.events.model import Event
from tracker.events.service import logs_of
from tracker.obligations.wording import headline, pick
from tracker.people.requests import DUTY, ask, number, text
from tracker.people.rights import Act, key_of
from tracker.queries import LIVE, Shown
from tracker.reminders.recipients import FALLBACK
from tracker.seen.sight import holders_of
from tracker.terms.model import Agreement

FILL, SAVE, CANCEL, UNDO = "isi", "simpan", "urung", "batalkan"
UNDO_WITHIN = timedelta(hours=1)
_IN_A_ROW = 3
_AGREEMENTS_AT_MOST = 8


class Keep(Enum):
    """What becomes of the conversation that a chat has."""

    AS_IT_IS = "as it is"
    END = "end"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What follows: a reply, another state of the conversation, and maybe a fact to be recorded first."""

    reply: Reply
    talk: Conversation | Keep = Keep.AS_IT_IS
    fact: Event | None = None
    by: str = ""
    key: str = ""
    form: str = ""


@dataclass(frozen=True, slots=True)
class _Open:
    """A form that may be filled in now."""

    form: Form
    matter: Matter
    held_by: tuple[str, ...] = field(default=())


def begin(asker: Asker, name: str, details: Sequence[str], update: int) -> Outcome:
    """Ask the first question of a form."""
    about = text(details, 0)
    if not about and name in ABOUT_AN_AGREEMENT:
        return Outcome(_choose_agreement(asker, name))
    found = _open(asker, FORMS[name], about, {})
    if isinstance(found, Reply):
        return Outcome(found)
    hindrance = found.form.hindrance(found.matter)
    if hindrance:
        return Outcome(said(plain(hindrance, 300), (_back(asker, name, about),)))
    talk = Conversation(asker.chat.id, update, name, about, {}, asker.now + PATIENCE)
    return Outcome(_question(asker, found, talk), talk)


def hear(asker: Asker, talk: Conversation, words: str, evidence: str | None) -> Outcome:
    """Take what somebody wrote as the answer; `evidence` is the digest of a file that came along."""
    if talk.expires_at <= asker.now:
        return Outcome(_over(asker, talk), Keep.END)
    found = _open(asker, FORMS[talk.form], talk.about, talk.given)
    if isinstance(found, Reply):
        return Outcome(found, Keep.END)
    step = found.form.next(found.matter)
    if step is None:
        return Outcome(_confirm(asker, found, talk))
    if evidence is not None and step.takes_file:
        return _go_on(asker, found, talk, step, evidence)
    return _answered(asker, found, talk, step, words)


def fill(asker: Asker, talk: Conversation | None, details: Sequence[str]) -> Outcome:
    """Take the answer that a button gives."""
    if talk is None or number(details, 0, 0, most=10**9) != talk.number or talk.expires_at <= asker.now:
        return Outcome(_stale(asker, text(details, 3)))
    found = _open(asker, FORMS[talk.form], talk.about, talk.given)
    if isinstance(found, Reply):
        return Outcome(found, Keep.END)
    step = found.form.next(found.matter)
    if step is None or step.name != text(details, 1):
        return Outcome(_question(asker, found, talk))
    return _answered(asker, found, talk, step, text(details, 2))


def save(asker: Asker, talk: Conversation | None, details: Sequence[str]) -> Outcome:
    """Record what was put together; the same button twice records once."""
    if talk is None or number(details, 0, 0, most=10**9) != talk.number or talk.expires_at <= asker.now:
        return Outcome(_stale(asker, text(details, 1)))
    found = _open(asker, FORMS[talk.form], talk.about, talk.given)
    if isinstance(found, Reply):
        return Outcome(found, Keep.END)
    if found.form.next(found.matter) is not None:
        return Outcome(_question(asker, found, talk))
    who = _key_in(asker, found.matter.agreement, found.held_by)
    return Outcome(
        Reply(),
        Keep.END,
        found.form.fact(found.matter),
        by_telegram(who),
        f"telegram:{asker.chat.id}:{talk.number}",
        talk.form,
    )


def cancel(asker: Asker, talk: Conversation | None, details: Sequence[str]) -> Outcome:
    """End a conversation; nothing was recorded."""
    about = text(details, 1)
    if talk is None or number(details, 0, 0, most=10**9) != talk.number:
        return Outcome(_stale(asker, about))
    nothing = asker.say("Dibatalkan; tidak ada yang dicatat.", "Cancelled; nothing was recorded.")
    return Outcome(said(nothing, (_back(asker, talk.form, about),)), Keep.END)


def undo(asker: Asker, details: Sequence[str]) -> Outcome:
    """Take back what the same person has recorded in the last hour."""
    name, entry = text(details, 0), number(details, 1, 0, most=10**6)
    agreement = asker.sight.agreement(name)
    if agreement is None:
        return Outcome(agreements.not_there(asker))
    log = logs_of(asker.sight.connection, [name]).get(name, [])
    facts = {fact.number: fact for fact in effective(log)}
    fact = facts.get(entry)
    if fact is None:
        return Outcome(said(asker.say("Itu sudah dibatalkan.", "That was taken back already.")))
    who = {by_telegram(_key_in(asker, agreement, (party,))) for party in agreement.parties}
    at = fact.recorded_at
    if fact.recorded_by not in who or at is None or asker.now - at > UNDO_WITHIN:
        refusal = asker.say(
            "Hanya yang Anda catat sendiri dalam satu jam terakhir dapat dibatalkan di sini.",
            "Only what you recorded yourself in the last hour can be taken back here.",
        )
        return Outcome(said(refusal))
    why = {"corrects": str(entry), "why": "dibatalkan lewat Telegram", "withdrawn": "yes"}
    correction = Event(name, kinds.CORRECTED, fact.happened_on, why)
    key = f"telegram:{asker.chat.id}:undo:{name}:{entry}"
    return Outcome(Reply(), Keep.AS_IT_IS, correction, fact.recorded_by, key, UNDO)


def recorded(asker: Asker, outcome: Outcome, event: Event, started: Sequence[Shown]) -> Reply:
    """Say what was recorded, what it started, and how to take it back."""
    if outcome.form == UNDO:
        return said(
            asker.say("Dibatalkan: catatan itu tidak berlaku lagi.", "Taken back: it no longer holds.")
        )
    form = FORMS[outcome.form]
    lines = [asker.say("✓ Tercatat: ", "✓ Recorded: ") + bold(pick(form.title, asker.language))]
    if event.kind == KAHAR and not started:
        lines.append(
            asker.say(
                "Perjanjian ini tidak menetapkan tenggat untuk itu.",
                "The agreement sets no deadline for that.",
            )
        )
    for shown in started[:_IN_A_ROW]:
        what = plain(headline(shown.obligation.rule, asker.language), 120)
        lines.append(f"\n{bold(when(asker, shown))} {left(asker, shown)}\n{what}")
    buttons = [Button(asker.say("Batalkan", "Undo"), ask(UNDO, event.agreement, event.number or 0))]
    rule = event.details.get("rule")
    if rule is not None:
        key = f"{event.agreement}/{rule}/{event.details['occurrence']}"
        buttons.append(Button(asker.say("Kewajiban", "Duty"), ask(DUTY, key)))
    openers = [
        (Button(_started_label(asker, shown), ask(DUTY, shown.obligation.key)),)
        for shown in started[:_IN_A_ROW]
    ]
    return said("\n".join(lines), *openers, tuple(buttons))


def refused(asker: Asker, why: str) -> Reply:
    """Say that it could not be recorded."""
    return said(plain(asker.say(f"Tidak dapat dicatat. {why}", f"It could not be recorded. {why}"), 600))


def _key_in(asker: Asker, agreement: Agreement, held_by: Collection[str]) -> str:
    """Give the key under which the log names whoever asks; an account by its address."""
    me, day = asker.sight.identity, asker.today(agreement)
    otherwise = asker.chat.address if me.office else FALLBACK
    return key_of(me, agreement, asker.context.routing, day, held_by, otherwise)


def by_telegram(who: str) -> str:
    """Name who recorded a fact over the bot."""
    return f"{who}, Telegram"


def takes_file(talk: Conversation) -> bool:
    """Tell whether a form asks for a file somewhere."""
    form = FORMS.get(talk.form)
    return form is not None and any(step.takes_file for step in form.steps)


def _open(asker: Asker, form: Form, about: str, given: Mapping[str, str]) -> _Open | Reply:
    if form.name in ABOUT_AN_AGREEMENT:
        found = asker.sight.agreement(about)
        if found is None or not asker.sight.rights(found).may(form.act):
            return agreements.not_there(asker)
        rights = asker.sight.rights(found)
        parties = tuple(found.parties) if rights.manages else tuple(sorted(rights.parties))
        day = asker.today(found)
        return _Open(form, Matter(found, None, day, asker.language, given, parties), parties)
    story = asker.sight.story(about, asker.language)
    if story is None:
        return agreements.not_there(asker)
    shown, held_by = story.shown, holders_of(story.shown)
    if not asker.sight.rights(shown.agreement).may(form.act, held_by):
        return said(
            asker.say("Itu bukan kewajiban Anda untuk dijawab.", "That is not your duty to answer."),
            (_back(asker, form.name, about),),
        )
    if shown.state not in LIVE:
        return duty.duty(asker, (about,))
    return _Open(
        form, Matter(shown.agreement, shown, asker.today(shown.agreement), asker.language, given), held_by
    )


def _answered(asker: Asker, found: _Open, talk: Conversation, step: Step, words: str) -> Outcome:
    answer = step.read(found.matter, words)
    if isinstance(answer, Wrong):
        return Outcome(_question(asker, found, talk, answer.why))
    return _go_on(asker, found, talk, step, answer)


def _go_on(asker: Asker, found: _Open, talk: Conversation, step: Step, answer: str) -> Outcome:
    given = {**talk.given, step.name: answer}
    talk = dataclasses.replace(talk, given=given, expires_at=asker.now + PATIENCE)
    found = dataclasses.replace(found, matter=dataclasses.replace(found.matter, given=given))
    return Outcome(_question(asker, found, talk), talk)


def _question(asker: Asker, found: _Open, talk: Conversation, wrong: str = "") -> Reply:
    step = found.form.next(found.matter)
    if step is None:
        return _confirm(asker, found, talk)
    lines = [
        *_head(asker, found),
        "",
        *([plain(wrong, 300)] if wrong else []),
        plain(pick(step.ask, asker.language), 300),
    ]
    options = [
        Button(plain_label(option.label), ask(FILL, talk.number, step.name, option.value, talk.about))
        for option in step.offer(found.matter)
    ]
    rows = [tuple(options[place : place + _IN_A_ROW]) for place in range(0, len(options), _IN_A_ROW)]
    return said("\n".join(lines), *rows, (_cancel(asker, talk),))


def _confirm(asker: Asker, found: _Open, talk: Conversation) -> Reply:
    lines = [*_head(asker, found), "", asker.say("Catat ini?", "Record this?")]
    keep = Button(asker.say("✓ Catat", "✓ Record"), ask(SAVE, talk.number, talk.about))
    return said("\n".join(lines), (keep, _cancel(asker, talk)))


def _head(asker: Asker, found: _Open) -> list[str]:
    matter = found.matter
    lines = [bold(pick(found.form.title, asker.language))]
    if matter.duty is not None:
        what = headline(matter.duty.obligation.rule, asker.language)
        lines.append(f"{plain(when(asker, matter.duty))}: {plain(what)}")
    lines.append(f"<i>{plain(matter.agreement.title, 80)}</i>")
    return lines + [plain(line, 200) for line in summary(found.form, matter)]


def _cancel(asker: Asker, talk: Conversation) -> Button:
    return Button(asker.say("Batal", "Cancel"), ask(CANCEL, talk.number, talk.about))


def _back(asker: Asker, form: str, about: str) -> Button:
    if form in ABOUT_AN_AGREEMENT:
        return Button(asker.say("Perjanjian", "Agreement"), ask(agreements.ONE, about))
    return Button(asker.say("Kewajiban", "Duty"), ask(DUTY, about))


def _over(asker: Asker, talk: Conversation) -> Reply:
    return said(
        asker.say(
            "Pertanyaan tadi sudah ditutup karena tidak dijawab 30 menit; tidak ada yang dicatat.",
            "That question was closed, for it was not answered in 30 minutes; nothing was recorded.",
        ),
        (
            Button(asker.say("Mulai lagi", "Begin again"), ask(talk.form, talk.about)),
            _back(asker, talk.form, talk.about),
        ),
    )


def _stale(asker: Asker, about: str) -> Reply:
    """Answer an old button with the present state."""
    return duty.duty(asker, (about,)) if "/" in about else agreements.one(asker, (about,))


def _choose_agreement(asker: Asker, name: str) -> Reply:
    some, _ = asker.sight.agreements(0, 100)
    fitting = [each for each in some if name != "kahar" or KAHAR in each.event_kinds()]
    allowed = [each for each in fitting if asker.sight.rights(each).may(Act.REPORT)]
    if not allowed:
        return said(
            asker.say(
                "Tidak ada perjanjian Anda yang mengaturnya.", "None of your agreements provides for that."
            )
        )
    rows = [(Button(plain_label(each.title), ask(name, each.id)),) for each in allowed[:_AGREEMENTS_AT_MOST]]
    return said(asker.say("Perjanjian yang mana?", "Which agreement?"), *rows)


def _started_label(asker: Asker, shown: Shown) -> str:
    what = headline(shown.obligation.rule, asker.language)
    if shown.act_by is None:
        return plain_label(what)
    return plain_label(f"{days_phrase(shown.days_left(asker.now), asker.language)}: {what}")


def plain_label(label: str) -> str:
    """Cut a label to what a button shows."""
    return label if len(label) <= _LABEL else f"{label[: _LABEL - 1]}…"


_LABEL = 60
