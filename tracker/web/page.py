"""From what a link opens to one page in words. Pure but for the templates on disk."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from tracker.base.dates import clock_text, days_phrase, long_date
from tracker.base.signing import Claim
from tracker.obligations.model import CLOSED, State
from tracker.obligations.state_wording import state_text
from tracker.obligations.wording import (
    clause_text,
    cost_text,
    form_text,
    headline,
    part_text,
    people_text,
)
from tracker.outbox.compose import towards_from
from tracker.proof.words import closing_text
from tracker.queries import Shown
from tracker.web.answers import ANSWERS
from tracker.web.desk import Opened
from tracker.web.fields import Errors, Field, Given
from tracker.web.words import ASKING, digest_name, label, say

AGAIN = "again"
"""The button by which a digest is wanted again."""
_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Form:
    """What a page asks for."""

    intro: str
    button: str
    fields: tuple[Field, ...] = ()
    name: str = ""
    """What the button is called in what it sends; empty where it need not be told from another."""
    trouble: str = ""
    """What is wrong with what was sent; empty where nothing is."""

    @property
    def has_file(self) -> bool:
        """Whether a file may be sent with it."""
        return any(each.kind == "file" for each in self.fields)


@dataclass(frozen=True, slots=True)
class Page:
    """Everything one page says, in order."""

    language: str
    title: str
    when: str = ""
    left: str = ""
    above: str = ""
    """What stands above the date."""
    overdue: bool = False
    heading: str = ""
    act: str = ""
    news: str = ""
    """What has just been recorded."""
    notice: str = ""
    """Why nothing is asked, or what went wrong."""
    form: Form | None = None
    facts: tuple[tuple[str, str], ...] = field(default_factory=tuple)

    def html(self) -> str:
        """Set the page."""
        return _templates().get_template("page.html").render(page=self)


def duty_page(
    opened: Opened, given: Given | None = None, errors: Errors | None = None, *, recorded: bool = False
) -> Page:
    """Show a duty: its form, or why there is none."""
    language, asking = opened.language, ASKING[opened.claim.purpose]
    duty = opened.known.shown
    notice = "" if recorded else _hindrance(opened)
    form = None if recorded or notice else _form(opened, given or {}, errors or {})
    overdue = opened.known.state is State.OVERDUE
    return Page(
        language=language,
        title=say(language, *asking.title),
        above=label("overdue" if overdue else "deadline", language),
        when=_when(duty, language) if duty else "",
        left=_left(opened, duty) if duty else "",
        overdue=overdue,
        heading=headline(duty.obligation.rule, language) if duty else opened.known.agreement.title,
        act=_summary(duty, language) if duty else "",
        news=_news(opened) if recorded else "",
        notice=notice,
        form=form,
        facts=tuple((said, text) for said, text in _facts(opened, duty) if text),
    )


def unsubscribe_page(claim: Claim, language: str, *, gone: bool) -> Page:
    """Ask whether an address shall get a digest no more, or say that it does not."""
    digest, address = digest_name(claim.about, language), claim.who.partition(":")[2]
    still = say(
        language,
        "Pengingat tenggat tetap dikirim.",
        "Reminders of deadlines are still sent.",
    )
    if gone:
        said = say(
            language,
            f"{address} tidak lagi menerima {digest}. {still}",
            f"{address} does not get {digest} any more. {still}",
        )
        title = say(language, "Berhenti berlangganan", "Unsubscribed")
        asked = say(language, "Berubah pikiran?", "Changed your mind?")
        button = say(language, "Kirim lagi", "Send it again")
        return Page(language, title, news=said, form=Form(asked, button, name=AGAIN))
    intro = say(
        language,
        f"{address} tidak akan menerima {digest} lagi. {still}",
        f"{address} will not get {digest} any more. {still}",
    )
    button = say(language, "Berhenti menerima", "Stop sending it")
    title = say(language, f"Berhenti menerima {digest}?", f"Stop getting {digest}?")
    return Page(language, title, form=Form(intro, button))


def unknown_page(language: str) -> Page:
    """Say that a link opens nothing."""
    said = say(
        language,
        "Tautan ini tidak dikenal; buka tautan dari surel pengingat Anda yang terbaru.",
        "This link is not known; open the link in your newest reminder.",
    )
    return Page(language, say(language, "Tidak dikenal", "Not known"), notice=said)


def expired_page(language: str) -> Page:
    """Say that the time of a link is over, and what to do."""
    said = say(
        language,
        "Tautan ini sudah kedaluwarsa. Buka tautan dari surel pengingat Anda yang terbaru, atau sampaikan "
        "jawabannya kepada pengelola perjanjian di kantor Anda.",
        "This link has expired. Open the link in your newest reminder, or give your answer to whoever "
        "manages the agreement in your office.",
    )
    return Page(language, say(language, "Kedaluwarsa", "Expired"), notice=said)


def trouble_page(language: str, status: int) -> Page:
    """Say that it did not work, and whether trying again helps."""
    if status == 413:
        said = say(
            language,
            "Kiriman ini terlalu besar. Kembali ke halaman sebelumnya dan pilih berkas yang lebih kecil.",
            "What was sent is too large. Go back and choose a smaller file.",
        )
    elif status >= 500:
        said = say(
            language,
            "Layanan sedang terganggu dan tidak ada yang dicatat. Coba lagi beberapa menit lagi.",
            "The service is not well and nothing was recorded. Try again in a few minutes.",
        )
    else:
        said = say(language, "Permintaan ini tidak dapat dibaca.", "This request cannot be read.")
    return Page(language, say(language, "Tidak berhasil", "It did not work"), notice=said)


def _form(opened: Opened, given: Given, errors: Errors) -> Form | None:
    duty = opened.live
    if duty is None:
        return None
    asking, language = ASKING[opened.claim.purpose], opened.language
    fields = ANSWERS[opened.claim.purpose].fields(opened, duty, given, errors)
    trouble = errors.get("") or (label("errors", language) if errors else "")
    intro, button = say(language, *asking.intro), say(language, *asking.button)
    return Form(intro, button, fields, trouble=trouble)


def _hindrance(opened: Opened) -> str:
    language, known = opened.language, opened.known
    duty = opened.live
    if duty is None:
        why = closing_text(known.closed_why, language) if known.closed_why else ""
        because = f" ({why})" if why else ""
        state = state_text(known.state, language)
        return say(
            language,
            f"Tidak ada lagi yang perlu dijawab. Keadaannya sekarang: {state}{because}.",
            f"There is nothing left to answer. Its state now: {state}{because}.",
        )
    if not opened.reader.serves:
        return say(
            language,
            f"{opened.reader.name} tidak lagi tercatat sebagai narahubung, jadi Anda hanya dapat melihat. "
            "Yang menjawab adalah penggantinya.",
            f"{opened.reader.name} is not the named contact any more, so you can look but not answer. "
            "The successor answers.",
        )
    return ANSWERS[opened.claim.purpose].hindrance(opened, duty)


def _when(duty: Shown, language: str) -> str:
    if duty.act_by is None:
        return label("undated", language)
    deadline = duty.obligation.deadline
    exact = deadline is not None and deadline.likely == duty.act_by
    return long_date(duty.act_by, language) + clock_text(
        deadline.by_time if deadline and exact else None, language
    )


def _left(opened: Opened, duty: Shown) -> str:
    if duty.act_by is None or opened.known.state in CLOSED:
        return ""
    return days_phrase(duty.days_left(opened.now), opened.language)


def _summary(duty: Shown, language: str) -> str:
    rule = duty.obligation.rule
    said = rule.summary.in_language(language) if rule.summary else ""
    return "" if said == headline(rule, language) else said


def _news(opened: Opened) -> str:
    language, duty = opened.language, opened.known.shown
    said = say(language, *ASKING[opened.claim.purpose].recorded)
    if duty is not None and duty.life.proofs and duty.life.missing:
        missing = _parts_text(opened, duty.life.missing)
        said += say(language, f" Masih kurang: {missing}.", f" Still missing: {missing}.")
    return said


def _parts_text(opened: Opened, parts: tuple[str, ...]) -> str:
    agreement, language = opened.known.agreement, opened.language
    people = {*agreement.parties, *agreement.others}
    return ", ".join(
        people_text(agreement, [part], language) if part in people else part_text(part, language)
        for part in parts
    )


def _facts(opened: Opened, duty: Shown | None) -> Iterator[tuple[str, str]]:
    language, agreement = opened.language, opened.known.agreement
    if duty is not None:
        rule = duty.obligation.rule
        towards = towards_from(agreement, rule.duty.to, opened.claim.who)
        yield label("towards", language), people_text(agreement, towards, language)
        yield label("form", language), form_text(rule, language)
        yield label("clause", language), clause_text(rule.clause, agreement) or rule.law or ""
        yield label("cost", language), cost_text(rule, language)
    yield label("state", language), _state(opened, duty)
    yield label("agreement", language), agreement.title
    yield label("reader", language), opened.reader.name


def _state(opened: Opened, duty: Shown | None) -> str:
    language, known, today = opened.language, opened.known, opened.today
    # "Due" means that reminders have begun; a reader would take it for the deadline's day.
    said = [state_text(State.OPEN if known.state is State.DUE else known.state, language)]
    if opened.live is not None and duty is not None:
        if known.acknowledged_until and known.acknowledged_until >= today:
            day = long_date(known.acknowledged_until, language)
            said.append(say(language, f"diketahui (sampai {day})", f"known about (until {day})"))
        if known.snoozed_until and known.snoozed_until > today:
            day = long_date(known.snoozed_until, language)
            said.append(say(language, f"pengingat ditunda sampai {day}", f"reminders put off until {day}"))
        if duty.life.proofs and duty.life.missing:
            missing = _parts_text(opened, duty.life.missing)
            said.append(say(language, f"masih kurang: {missing}", f"still missing: {missing}"))
    return "; ".join(said)


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(_FOLDER / "templates"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


@cache
def stylesheet() -> str:
    """Give the only stylesheet."""
    return (_FOLDER / "templates" / "style.css").read_text(encoding="utf-8")
