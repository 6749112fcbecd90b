"""One duty: its dates and why, what became of it, who was told, and what may be recorded."""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any

from starlette.responses import Response

from tracker import flow
from tracker.accounts import hidden
from tracker.base.dates import clock_text, local_time, long_date, plain_date
from tracker.base.errors import BadFactError, TrackerError, UnknownThingError
from tracker.evidence.kinds import SUFFIXES, media_type_of
from tracker.evidence.store import EvidenceStore
from tracker.obligations.life import Proof, verdict
from tracker.obligations.model import CLOSED, State
from tracker.obligations.window_wording import window_text
from tracker.obligations.wording import form_text, part_text, people_text
from tracker.people.names import named
from tracker.people.rights import Act
from tracker.proof.words import accepted_text, channel_text, closing_text, outcome_text, point_text
from tracker.queries import Story, move_text
from tracker.seen.sight import holders_of
from tracker.web.fields import Errors, text_of
from tracker.web.site import acts
from tracker.web.site.rows import row_of
from tracker.web.site.scale import MEANINGS, NAMES, scale
from tracker.web.site.visit import Visit, path_to
from tracker.web.site.words import ALERT_STATES, of

ONCE = "sekali"
"""The field that makes a form count once, however often its button is pressed."""


@dataclass(frozen=True, slots=True)
class Told:
    """One alert, and every try to deliver it."""

    when: str
    who: str
    how: str
    look: str
    tries: Sequence[str]


@dataclass(frozen=True, slots=True)
class Proved:
    """One proof."""

    text: str
    look: str
    path: str = ""


def duty(visit: Visit) -> Response:
    """Show a duty."""
    story = _story(visit)
    return _page(visit, story) if story else visit.not_there()


def record(visit: Visit) -> Response:
    """Record what a form says, once, and show the duty again."""
    story, name = _story(visit), visit.part("act")
    if story is None or name not in acts.ANSWERS:
        return visit.not_there()
    if not acts.may(visit, story.shown, name):
        said = visit.say("Ini bukan bagian Anda.", "This is not for you to record.")
        return visit.trouble(HTTPStatus.FORBIDDEN, said)
    if story.shown.state not in acts.LIVE:
        return _page(visit, story, status=HTTPStatus.CONFLICT)
    answer, opened = acts.ANSWERS[name][0], acts.opened(visit, story.shown)
    if answer.hindrance(opened, story.shown):
        return _page(visit, story, status=HTTPStatus.CONFLICT)
    fact, found = answer.read(opened, story.shown, visit.given)
    errors = {**found, **visit.evidence_errors}
    if errors and visit.evidence is not None:  # a browser forgets the file, and fills in only the rest
        errors["evidence"] = visit.say("Pilih berkas ini sekali lagi.", "Choose this file once more.")
    if fact is None or errors:
        return _failed(visit, story, name, errors)
    house = visit.base.house
    try:
        if visit.evidence is not None:
            store = EvidenceStore(house.settings.evidence_dir, house.settings.evidence_max_mb)
            digest = store.put(visit.evidence).digest
            fact = dataclasses.replace(fact, details={**fact.details, "evidence": digest})
        key = f"web:{hidden.stamp(visit.secret, text_of(visit.given, ONCE) or hidden.make())[:32]}"
        flow.record_event(house.db, visit.context, fact, visit.now, f"{visit.address}, web", key)
    except (BadFactError, UnknownThingError) as error:
        trouble = visit.say(f"Tidak dapat dicatat. {error}", f"It could not be recorded. {error}")
        return _failed(visit, story, name, {"": trouble})
    return visit.go(path_to("kewajiban", story.shown.obligation.key), tercatat=name)


def evidence(visit: Visit) -> Response:
    """Give the file of one proof, to be saved and not to be run."""
    story = _story(visit)
    proofs = story.shown.life.proofs if story else ()
    digest = next(
        (one.fact.details.get("evidence") for one in proofs if str(one.number) == visit.part("number")), None
    )
    if not digest:
        return visit.not_there()
    settings = visit.base.house.settings
    try:
        content = EvidenceStore(settings.evidence_dir, settings.evidence_max_mb).read(digest)
    except TrackerError:
        return visit.not_there()
    media_type = media_type_of(content) or "application/octet-stream"
    name = f"bukti-{digest[:12]}{SUFFIXES.get(media_type, '')}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media_type, headers=headers)


def printed(visit: Visit) -> Response:
    """Give the whole story of a duty as a page to print; it tells of both parties, so not to officers."""
    story = _story(visit)
    if story is None or not _oversees(visit, story):
        return visit.not_there()
    from tracker.proof.compose import compose
    from tracker.proof.pdf import pdf
    from tracker.proof.service import proof_page

    house, key = visit.base.house, story.shown.obligation.key
    store = EvidenceStore(house.settings.evidence_dir, house.settings.evidence_max_mb)
    page = proof_page(house.db, visit.context, store, key, visit.now, visit.language)
    name = f"bukti-{'-'.join(key.split('/'))}.pdf".replace(":", "")
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(pdf(compose(page)), media_type="application/pdf", headers=headers)


def _oversees(visit: Visit, story: Story) -> bool:
    rights = visit.sight.rights(story.shown.agreement)
    return rights.manages or rights.audits


def key_in(visit: Visit) -> str:
    """Give the key of the duty that the path names."""
    return "/".join(visit.part(name) for name in ("agreement", "rule", "occurrence"))


def _story(visit: Visit) -> Story | None:
    key = key_in(visit)
    story = visit.sight.story(key, visit.language)
    return story if story is not None and story.shown.obligation.key == key else None


def _failed(visit: Visit, story: Story, name: str, errors: Errors) -> Response:
    return _page(visit, story, name, errors, HTTPStatus.UNPROCESSABLE_ENTITY)


def _page(
    visit: Visit,
    story: Story,
    tried: str = "",
    errors: Mapping[str, str] | None = None,
    status: int = HTTPStatus.OK,
) -> Response:
    shown, language = story.shown, visit.language
    agreement, rule, deadline = shown.agreement, shown.obligation.rule, shown.obligation.deadline
    today = visit.now.astimezone(agreement.zone).date()
    row = row_of(visit.sight, shown, language)
    drawn = scale(deadline, shown.act_by, today, language) if deadline and shown.act_by else None
    look = "overdue" if row.overdue else ""
    if shown.state in CLOSED:
        look = "done" if shown.state is State.FULFILLED else "closed"
    summary = rule.summary.in_language(language) if rule.summary else ""
    return visit.page(
        "duty.html",
        status,
        row=row,
        look=look,
        summary=summary if summary != row.headline else "",
        closed=_closed(visit, story),
        offers=list(acts.offers(visit, shown, tried, visit.given, errors)),
        known=acts.known_text(shown, visit),
        facts=[(name, text) for name, text in _facts(visit, story) if text],
        scale=drawn,
        five=list(_five(visit, story)),
        steps=story.steps,
        window=window_text(story.window, language) if story.window else [],
        moves=[move_text(move, visit.language) for move in story.moves],
        chain=story.chain.lines(agreement.zone, language) if story.chain else [],
        proofs=[_proof(visit, story, one) for one in shown.life.proofs],
        missing=_missing(visit, story),
        told=[_told(visit, story, alert) for alert in visit.sight.alerts_of(story)],
        once=hidden.make(),
        path=path_to("kewajiban", shown.obligation.key),
        printed=path_to("cetak", shown.obligation.key) if _oversees(visit, story) else "",
        provisional=deadline is not None and deadline.provisional,
        reports=visit.sight.rights(agreement).may(Act.REPORT),
    )


def _facts(visit: Visit, story: Story) -> Iterator[tuple[str, str]]:
    shown, language = story.shown, visit.language
    agreement, rule = shown.agreement, shown.obligation.rule
    row = row_of(visit.sight, shown, language)
    yield visit.say("Oleh", "By"), people_text(agreement, holders_of(shown), language)
    yield visit.say("Kepada", "Towards"), row.towards
    yield visit.say("Bentuk", "Form"), form_text(rule, language)
    yield visit.say("Dasar", "Clause"), row.clause
    yield visit.say("Jika terlewat", "If missed"), row.cost
    yield visit.say("Keadaan", "State"), row.state
    yield visit.say("Unit", "Unit"), row.unit
    if shown.life.override is not None:
        by = f"{shown.life.override.by}: {shown.life.override.why}"
        yield visit.say("Tanggal ditetapkan oleh", "Day set by"), by
    yield visit.say("Kode", "Code"), shown.obligation.key


def _closed(visit: Visit, story: Story) -> str:
    shown, language = story.shown, visit.language
    if shown.state not in CLOSED:
        return ""
    judged = verdict(shown.obligation.rule, shown.life, shown.obligation.deadline)
    if judged is not None:
        day = long_date(judged.day, language)
        if judged.in_time:
            return visit.say(f"Dikerjakan {day}, tepat waktu", f"Done on {day}, in time")
        days = judged.after_safe
        return visit.say(
            f"Dikerjakan {day}, {days} hari sesudah tanggal aman",
            f"Done on {day}, {days} days after the safe date",
        )
    why = shown.life.why or shown.closed_why
    return closing_text(why, language) if why else ""


def _five(visit: Visit, story: Story) -> Iterator[tuple[str, str, str]]:
    deadline, language = story.shown.obligation.deadline, visit.language
    if deadline is None:
        return
    for name, pair in NAMES.items():
        day = story.shown.act_by if name == "act_by" else getattr(deadline, name)
        at = clock_text(deadline.by_time, language) if name == "likely" else ""
        yield visit.say(*pair), long_date(day, language) + at if day else "", visit.say(*MEANINGS[name])


def _missing(visit: Visit, story: Story) -> str:
    life, agreement = story.shown.life, story.shown.agreement
    if not life.proofs or not life.missing or story.shown.state in CLOSED:
        return ""
    people = {*agreement.parties, *agreement.others}
    return ", ".join(
        people_text(agreement, [part], visit.language) if part in people else part_text(part, visit.language)
        for part in life.missing
    )


def _proof(visit: Visit, story: Story, one: Proof) -> Proved:
    language = visit.language
    said = [long_date(one.served_on, language)]
    if one.sent_on is not None:
        said.append(visit.say("dikirim ", "sent ") + plain_date(one.sent_on, language))
    if one.received_on is not None:
        said.append(visit.say("diterima ", "received ") + plain_date(one.received_on, language))
    if letter := one.fact.details.get("letter"):
        said.append(visit.say(f"nomor {letter}", f"number {letter}"))
    said.append(visit.say(f"dicatat oleh {one.fact.recorded_by}", f"recorded by {one.fact.recorded_by}"))
    review = {
        None: visit.say("belum diperiksa", "not reviewed"),
        True: visit.say("diterima pemeriksa", "accepted"),
        False: visit.say("DITOLAK", "REJECTED"),
    }
    said.append(review[one.accepted])
    path = ""
    if one.fact.details.get("evidence"):
        path = f"{path_to('bukti', story.shown.obligation.key)}/{one.number}"
    return Proved(", ".join(said), "bad" if one.accepted is False else "good", path)


def _told(visit: Visit, story: Story, alert: Mapping[str, Any]) -> Told:
    agreement, language = story.shown.agreement, visit.language
    at = datetime.fromisoformat(alert["accepted_at"] or alert["created_at"])
    state, channel = alert["state"], alert["channel"]
    said = accepted_text(channel, language) if state == "accepted" else of(ALERT_STATES, state, language)
    looks = {"accepted": "good", "refused": "bad", "withdrawn": "quiet"}
    return Told(
        f"{local_time(at, agreement.zone, language)} · {point_text(alert['point'], language)}",
        named(alert["contact"], agreement, visit.context.routing),
        f"{channel_text(channel, language)}: {said}",
        looks.get(state, "warn"),
        [_try(visit, story, one) for one in alert["attempts"]],
    )


def _try(visit: Visit, story: Story, one: Mapping[str, Any]) -> str:
    at = local_time(datetime.fromisoformat(one["at"]), story.shown.agreement.zone, visit.language)
    answer = f": {one['answer'][:200]}" if one["answer"] else ""
    return f"{at}, {outcome_text(one['outcome'], visit.language)}{answer}"
