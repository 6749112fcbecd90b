"""The text of an agreement: looked at, checked, tried out, and put in force by who manages it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from starlette.responses import Response

from tracker import fact_effects, flow
from tracker.base.faults import Fault
from tracker.base.packed import unpack
from tracker.obligations.check import check_file
from tracker.obligations.term_end import ends_of
from tracker.steps.foreseeing import Foresight
from tracker.terms.grammar import Every, Recurring, Unit
from tracker.terms.load import TermsFile, read_text
from tracker.terms.model import Agreement
from tracker.web.fields import text_of
from tracker.web.site import changes
from tracker.web.site.differences import differences
from tracker.web.site.entries import entry_path
from tracker.web.site.record import BACK, MARK, SAVE, STEP, Opened, not_yours, open_agreement
from tracker.web.site.visit import Visit, path_to
from tracker.web.upload import TEXT_LIMIT

TEXT = "naskah"
_RULES_AT_MOST = 500
_YEARS_AT_MOST = 100
_PERIODS_AT_MOST = 20_000
_FIRST_YEAR = 1945
_SHORTEST_RENEWAL = 28
"""Every duty of the whole term is worked out, so that there must be an end to them."""
_PER_YEAR = {Every.MONTH: 12, Every.QUARTER: 4, Every.SEMESTER: 2, Every.YEAR: 1}
_DAYS_IN = {Unit.DAYS: 1, Unit.CALENDAR_DAYS: 1, Unit.WEEKS: 7, Unit.MONTHS: 30, Unit.YEARS: 365}
_FAULTS_AT_MOST = 50


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing that is wrong, or worth a look, with its line."""

    line: int
    said: str
    quoted: str
    is_error: bool


def text(visit: Visit) -> Response:
    """Show the text in force, to be changed or replaced."""
    opened = open_agreement(visit)
    if opened is None:
        return visit.not_there()
    if not opened.rights.manages:
        return not_yours(visit)
    return _form(visit, opened, _in_force(visit, opened), [])


def take(visit: Visit) -> Response:
    """Check a text and show what it would change; only a preview of what stands now is put in force."""
    opened = open_agreement(visit)
    if opened is None:
        return visit.not_there()
    if not opened.rights.manages:
        return not_yours(visit)
    given, wrong = _given(visit)
    if wrong:
        return _form(visit, opened, given, [wrong], HTTPStatus.UNPROCESSABLE_ENTITY)
    if text_of(visit.given, STEP) == BACK:
        return _form(visit, opened, given, [])
    file, faults = _checked(visit, opened, given)
    flaws = [_flaw(fault, given) for fault in faults[:_FAULTS_AT_MOST]]
    if file is None:
        return _form(visit, opened, given, flaws, HTTPStatus.UNPROCESSABLE_ENTITY)
    saving = text_of(visit.given, STEP) == SAVE
    if saving and text_of(visit.given, MARK) == opened.held.mark:
        return _put_in_force(visit, file)
    return _preview(visit, opened, file, given, flaws, late=saving)


def download(visit: Visit) -> Response:
    """Give the text of a version as a file; it tells of both parties, so not to officers."""
    agreement = visit.sight.agreement(visit.part("agreement"))
    if agreement is None:
        return visit.not_there()
    rights, asked = visit.sight.rights(agreement), visit.asked("versi")
    if not (rights.manages or rights.audits):
        return visit.not_there()
    version = int(asked) if asked.isdecimal() and len(asked) < 7 else None
    source = fact_effects.source_of(visit.sight.connection, agreement.id, version)
    if source is None:
        return visit.not_there()
    headers = {"Content-Disposition": f'attachment; filename="{agreement.id}.yaml"'}
    return Response(source, media_type="application/yaml", headers=headers)


def _given(visit: Visit) -> tuple[str, Flaw | None]:
    """Give the text that was sent: of the file where one was chosen, else what was typed."""
    typed = _lines(next(iter(visit.given.get(TEXT, ())), ""))
    if visit.uploaded is not None and len(visit.uploaded) <= TEXT_LIMIT:
        try:
            return _lines(visit.uploaded.decode("utf-8-sig")), None
        except UnicodeDecodeError:
            said = visit.say("Berkas ini bukan teks UTF-8.", "This file is not UTF-8 text.")
            return typed, Flaw(0, said, "", is_error=True)
    if visit.uploaded is not None or len(typed.encode()) > TEXT_LIMIT:
        size = TEXT_LIMIT // 1024
        said = visit.say(f"Naskah ini lebih besar dari {size} KB.", f"This text is larger than {size} KB.")
        return typed[:TEXT_LIMIT], Flaw(0, said, "", is_error=True)
    return typed, None


def _lines(typed: str) -> str:
    """Write lines the way files hold them: browsers end each with two characters."""
    return typed.replace("\r\n", "\n").replace("\r", "\n")


def _checked(visit: Visit, opened: Opened, given: str) -> tuple[TermsFile | None, Sequence[Fault]]:
    """Check a text as `tracker check` does, and that it is one of this agreement."""
    name = f"{opened.agreement.id}.yaml"
    file, faults = read_text(given, name)
    if file is None:
        return None, faults
    found = list(_unfit(visit, opened, file))
    if not found:
        context = visit.context
        ladders, units = context.policy.ladders.keys(), context.routing.units.keys()
        fallback = visit.base.house.settings.fallback_name
        found = check_file(file, context.calendars, ladders, units, fallback)
    faults = sorted([*faults, *found])
    return (None if any(fault.is_error for fault in faults) else file), faults


def _unfit(visit: Visit, opened: Opened, file: TermsFile) -> Iterator[Fault]:
    """Find why a sound text cannot be put in force here."""
    agreement, before = file.agreement, opened.held.written

    def fault(indonesian: str, english: str, *path: str) -> Fault:
        return Fault(file.path, file.lines.line_of(path), visit.say(indonesian, english))

    if agreement.id != before.id:
        yield fault(
            f"id harus tetap {before.id}: perjanjian lain dimuat dengan 'tracker load'.",
            f"the id must stay {before.id}: another agreement is loaded by 'tracker load'.",
            "id",
        )
    if agreement.unit != before.unit and not visit.sight.reach.everything:
        yield fault(
            "Hanya pengelola yang dapat memindahkan perjanjian ke unit lain.",
            "Only an administrator can hand an agreement to another unit.",
            "unit",
        )
    if file.digest == opened.held.known.digest:
        yield fault(
            "Naskah ini sama persis dengan yang sudah berlaku.",
            "This text is in force already, letter by letter.",
        )
    if _is_boundless(agreement):
        yield fault(
            "Terlalu banyak untuk dihitung: jangka waktu lebih dari 100 tahun, diperpanjang tiap kurang dari "
            "sebulan, atau terlalu banyak kewajiban berulang.",
            "Too much to be worked out: a term of more than 100 years, renewed more often than once a month, "
            "or too many recurring duties.",
            "term",
        )
    if b"\\u0000" in unpack(file.packed_body):
        yield fault(
            "Naskah memuat huruf yang tidak ada (NUL).", "The text holds a character that is none (NUL)."
        )


def _is_boundless(agreement: Agreement) -> bool:
    rules = [*agreement.rules, *(rule for one in agreement.addenda for rule in one.rules)]
    terms = [agreement.term, *(one.term for one in agreement.addenda if one.term)]
    signed = agreement.signed
    try:
        ends = [reading.day for term in terms for reading in ends_of(term, signed)]
    except (OverflowError, ValueError):
        return True
    days = [*ends, *(one.in_force_from for one in agreement.addenda)]
    years = (max(days) - signed.day).days // 365 + 1
    in_a_year = sum(_PER_YEAR[rule.due.every] for rule in rules if isinstance(rule.due, Recurring))
    renewals = (term.next_length for term in terms if term.next_length)
    return (
        signed.day.year < _FIRST_YEAR
        or years > _YEARS_AT_MOST
        or len(rules) > _RULES_AT_MOST
        or years * in_a_year > _PERIODS_AT_MOST
        or any(length.count * _DAYS_IN[length.unit] < _SHORTEST_RENEWAL for length in renewals)
    )


def _flaw(fault: Fault, given: str) -> Flaw:
    lines = given.splitlines()
    quoted = lines[fault.line - 1].strip()[:120] if 0 < fault.line <= len(lines) else ""
    return Flaw(fault.line, fault.message, quoted, fault.is_error)


def _put_in_force(visit: Visit, file: TermsFile) -> Response:
    house, agreement = visit.base.house, file.agreement.id
    flow.load_terms(house.db, visit.context, [file], visit.now, f"{visit.address}, web")
    with house.db.read() as connection:
        (newest,) = fact_effects.entries_before(connection, agreement, None, 1)
    return visit.go(entry_path(agreement, newest.number or 0), tercatat="naskah")


def _form(
    visit: Visit, opened: Opened, given: str, flaws: Sequence[Flaw], status: int = HTTPStatus.OK
) -> Response:
    home = path_to("perjanjian", opened.agreement.id)
    return visit.page(
        "text.html",
        status,
        agreement=opened.agreement,
        home=home,
        path=f"{home}/naskah",
        text=given,
        flaws=flaws,
        limit=TEXT_LIMIT // 1024,
    )


def _preview(
    visit: Visit, opened: Opened, file: TermsFile, given: str, flaws: Sequence[Flaw], *, late: bool
) -> Response:
    home = path_to("perjanjian", opened.agreement.id)
    foresight = Foresight(visit.context, opened.held, visit.now, written=file.agreement)
    return visit.page(
        "text_preview.html",
        agreement=opened.agreement,
        home=home,
        path=f"{home}/naskah",
        text=given,
        flaws=flaws,
        mark=opened.held.mark,
        late=late,
        sections=differences(opened.held.written, file.agreement, visit.language),
        groups=changes.groups(visit, foresight.agreement, foresight.changes),
    )


def _in_force(visit: Visit, opened: Opened) -> str:
    source = fact_effects.source_of(visit.sight.connection, opened.agreement.id, opened.held.known.version)
    return source.decode() if source else ""
