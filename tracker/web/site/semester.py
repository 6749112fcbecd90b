"""The duties of one semester and how they stand, as a document to print."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import get_month_names
from sqlalchemy import select
from sqlmodel import col
from starlette.responses import Response

from tracker.base.dates import LOCALES, local_time, short_date, span_text
from tracker.obligations.life import verdict
from tracker.obligations.model import State
from tracker.obligations.state_wording import state_text
from tracker.obligations.tables import ObligationRow
from tracker.proof.document import Document, Line, Remark, Section, Table, Tone, cell
from tracker.proof.words import closing_text, days_after
from tracker.queries import Shown
from tracker.seen.compliance import By, Count, Span, compliance, total_of
from tracker.seen.sight import holders_of
from tracker.terms.tables import AgreementRow
from tracker.web.site.compliance import COLUMNS, name_of_group
from tracker.web.site.rows import row_of
from tracker.web.site.spans import YearPart, read_span, semester_of
from tracker.web.site.visit import Visit

AT_MOST = 600
"""Duties in one document; who has more chooses a unit, or takes the list as a workbook."""
_STATES = [state.value for state in (State.OPEN, State.FULFILLED, State.LAPSED, State.WAIVED)]
_TONES = {State.FULFILLED: Tone.GOOD, State.OVERDUE: Tone.BAD, State.LAPSED: Tone.BAD}


def semester(visit: Visit) -> Response:
    """Give the document."""
    from tracker.proof.pdf import pdf

    half = visit.asked("half")
    span = semester_of(visit.sight.today)
    if half in {"1", "2"}:
        span = read_span(visit.asked("year") or str(span.year), f"s{half}", visit.sight.today)
    unit = visit.asked("unit")
    unit = unit if unit in visit.context.routing.units else ""
    name = f"semester-{span.year}-{span.part[-1]}{f'-{unit}' if unit else ''}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    content = pdf(_document(visit, span, unit))
    return Response(content, media_type="application/pdf", headers=headers)


def _document(visit: Visit, span: YearPart, unit: str) -> Document:
    whole = Span(span.first, span.last)
    kinds = compliance(visit.sight, By.KIND, whole, unit)
    total = total_of(kinds)
    units = visit.context.routing.units
    scope = units[unit].name if unit else visit.say("semua yang Anda lihat", "everything that you see")
    made = local_time(visit.now, ZoneInfo(visit.context.timezone), visit.language)
    percent = total.percent
    mark = visit.say("Belum ada yang dinilai", "Nothing to judge yet")
    if percent is not None:
        mark = visit.say(f"{percent}% tepat waktu", f"{percent}% in time")
    bad = total.late + total.missed + total.overdue
    shown, more = _shown(visit, whole, unit)
    return Document(
        language=visit.language,
        kind=visit.say("Laporan semester", "Report of the semester"),
        title=visit.say(f"Kewajiban {span.text('id')}", f"Duties of {span.text('en')}"),
        subtitle=f"{span_text(span.first, span.last, visit.language)} · {scope}",
        reference=visit.say(f"Kewajiban {span.text('id')}, {scope}", f"Duties of {span.text('en')}, {scope}"),
        mark=mark,
        mark_tone=Tone.GOOD if percent is not None and not bad else Tone.BAD if bad else Tone.WAIT,
        summary=_summary(visit, total),
        sections=(
            Section(visit.say("Jumlah menurut jenis", "Totals by kind"), (_totals(visit, kinds, total),)),
            *_months(visit, shown, more=more),
        ),
        made=visit.say(f"Dibuat {made} untuk {visit.name}", f"Made {made} for {visit.name}"),
        made_at=visit.now,
        page_words=(visit.say("Halaman", "Page"), visit.say("dari", "of")),
    )


def _summary(visit: Visit, total: Count) -> str:
    numbers = [getattr(total, name) for name, _, _ in COLUMNS]
    words = [visit.say(*pair) for _, _, pair in COLUMNS]
    said = "; ".join(
        f"{word.lower()}: {number}" for word, number in zip(words, numbers, strict=True) if number
    )
    all_of = visit.say(
        f"{total.total} kewajiban jatuh pada semester ini", f"{total.total} duties fall into it"
    )
    return f"{all_of}. {said[:1].upper()}{said[1:]}." if said else f"{all_of}."


def _totals(visit: Visit, counts: Sequence[Count], total: Count) -> Table:
    rows = [
        *((name_of_group(visit, By.KIND, one.name), one) for one in counts),
        (visit.say("Semua", "All"), total),
    ]
    return Table(
        (
            visit.say("Jenis", "Kind"),
            *(visit.say(*pair) for _, _, pair in COLUMNS),
            visit.say("Jumlah", "Total"),
        ),
        (16, 11, 13, 13, 13, 10, 13, 11),
        tuple(
            (
                cell(Line(name, Tone.STRONG)),
                *(cell(str(getattr(one, column))) for column, _, _ in COLUMNS),
                cell(Line(str(one.total), Tone.STRONG)),
            )
            for name, one in rows
        ),
    )


def _shown(visit: Visit, span: Span, unit: str) -> tuple[list[Shown], bool]:
    act_by, agreement = col(ObligationRow.act_by), col(ObligationRow.agreement_id)
    query: Any = (
        select(ObligationRow)
        .join(AgreementRow, col(AgreementRow.id) == agreement)
        .where(
            col(ObligationRow.state).in_(_STATES),
            act_by >= span.first,
            act_by <= span.last,
            visit.sight.mine(agreement),
        )
        .order_by(act_by, col(ObligationRow.key))
        .limit(AT_MOST + 1)
    )
    if unit:
        query = query.where(col(AgreementRow.unit) == unit)
    rows = visit.sight.connection.execute(query).all()
    return visit.sight.shown_rows(rows[:AT_MOST]), len(rows) > AT_MOST


def _months(visit: Visit, shown: Sequence[Shown], *, more: bool) -> Iterator[Section]:
    names = get_month_names("wide", locale=LOCALES[visit.language])
    if not shown:
        said = visit.say("Tidak ada kewajiban pada semester ini.", "No duty falls into this semester.")
        yield Section(visit.say("Kewajiban", "Duties"), (Remark(said),))
    for (year, month), some in groupby(shown, key=lambda one: _month(one.act_by)):
        head = (
            visit.say("Bertindak", "Act by"),
            visit.say("Kewajiban dan perjanjian", "Duty and agreement"),
            visit.say("Oleh", "By"),
            visit.say("Keadaan", "State"),
        )
        rows = tuple(_row(visit, one) for one in some)
        yield Section(f"{names[month]} {year}", (Table(head, (14, 44, 20, 22), rows),))
    if more:
        said = visit.say(
            f"Hanya {AT_MOST} kewajiban pertama; pilih satu unit untuk sisanya. Jumlah di atas lengkap.",
            f"Only the first {AT_MOST} duties; choose one unit for the rest. The totals above are complete.",
        )
        yield Section(visit.say("Catatan", "Note"), (Remark(said, Tone.WAIT),))


def _month(day: date | None) -> tuple[int, int]:
    return (day.year, day.month) if day else (0, 0)


def _row(visit: Visit, one: Shown) -> tuple[Any, ...]:
    row, language = row_of(visit.sight, one, visit.language), visit.language
    day = short_date(one.act_by, language) if one.act_by else "-"
    of = f"{row.agreement} ({row.numbers})" if row.numbers else row.agreement
    state = State.OPEN if one.state is State.DUE else one.state
    judged = verdict(one.obligation.rule, one.life, one.obligation.deadline)
    more: tuple[str, ...] = ()
    tone = _TONES.get(one.state, Tone.PLAIN)
    if judged is not None:
        more = (short_date(judged.day, language), days_after(judged.after_safe, language))
        tone = Tone.GOOD if judged.in_time else Tone.BAD
    elif one.state in (State.LAPSED, State.WAIVED) and (why := one.life.why or one.closed_why):
        more = (closing_text(why, language),)
    elif row.slack_text:
        more = (row.slack_text,)
    by = ", ".join(_names(one))
    return (
        cell(Line(day, Tone.STRONG)),
        cell(row.headline, Line(of, Tone.FAINT)),
        cell(by),
        cell(Line(state_text(state, language), tone), *(Line(text, Tone.FAINT) for text in more)),
    )


def _names(one: Shown) -> Iterator[str]:
    for name in holders_of(one):
        party = one.agreement.parties[name]
        yield party.short or party.name
