"""Agreements: all of them by page, those that some words mean, and one with its open duties."""

from collections.abc import Sequence

from tracker.bot.asker import Asker
from tracker.bot.forms.force_majeure import FORCE_MAJEURE, KAHAR
from tracker.bot.forms.officer import OFFICER
from tracker.bot.lines import IN_A_LIST, left, listed, openers, when
from tracker.bot.screen import Button, Reply, bold, page_of, pager, plain, said
from tracker.obligations.wording import headline
from tracker.people.requests import ask, number, text
from tracker.people.rights import Act
from tracker.queries import Shown
from tracker.seen.search import question
from tracker.terms.model import Agreement

FIND, ONE = "perjanjian", "pks"
_IN_A_QUESTION = 100


def find(asker: Asker, details: Sequence[str]) -> Reply:
    """Give the agreements that some words mean; all of theirs where nothing is asked."""
    words, page = text(details, 0)[:_IN_A_QUESTION].strip(), number(details, 1, 0)
    if not words:
        return _all(asker, page)
    found = asker.sight.find(words)
    if len(found) == 1:
        return _one(asker, found[0], 0, words)
    if not found:
        return said(
            asker.say(
                f"Tidak ada perjanjian Anda yang cocok dengan “{plain(words)}”. Coba nama daerah, "
                "nama pihak, atau nomor perjanjian.",
                f"None of your agreements is like “{plain(words)}”. Try a region, a party, or a number.",
            ),
            (Button(asker.say("Semua perjanjian", "All agreements"), ask(FIND)),),
        )
    page = page_of(page, len(found), IN_A_LIST)
    some = found[page * IN_A_LIST : (page + 1) * IN_A_LIST]
    title = asker.say(f"Perjanjian: {words}", f"Agreements: {words}")
    return _list(asker, title, words, some, page, len(found))


def one(asker: Asker, details: Sequence[str]) -> Reply:
    """Give one agreement with its open duties."""
    found = asker.sight.agreement(text(details, 0))
    if found is None:
        return not_there(asker)
    return _one(asker, found, number(details, 1, 0), text(details, 2))


def not_there(asker: Asker) -> Reply:
    """Say that there is no such thing: the same words whether it exists or not."""
    return said(
        asker.say(
            "Itu tidak ada di antara perjanjian Anda sekarang.",
            "There is no such thing among your agreements now.",
        )
    )


def _all(asker: Asker, page: int) -> Reply:
    some, total = asker.sight.agreements(page * IN_A_LIST, IN_A_LIST)
    if page != page_of(page, total, IN_A_LIST):
        page = page_of(page, total, IN_A_LIST)
        some, total = asker.sight.agreements(page * IN_A_LIST, IN_A_LIST)
    if not total:
        return said(asker.say("Belum ada perjanjian untuk Anda.", "There is no agreement of yours yet."))
    return _list(asker, asker.say("Perjanjian Anda", "Your agreements"), "", some, page, total)


def _list(asker: Asker, title: str, words: str, some: Sequence[Agreement], page: int, total: int) -> Reply:
    first = page * IN_A_LIST + 1
    lines = [
        f"{place}. {plain(found.title)}\n<i>{plain(', '.join(found.numbers) or _sides(found))}</i>"
        for place, found in enumerate(some, start=first)
    ]
    hint = asker.say(
        "Tulis sepotong nama atau nomor untuk mencari.", "Write a piece of a name or number to search."
    )
    return said(
        "\n\n".join([f"{bold(title)} ({total})", *lines, hint]),
        tuple(
            Button(str(place), ask(ONE, found.id, 0, words)) for place, found in enumerate(some, start=first)
        ),
        pager(page, total, IN_A_LIST, lambda to: ask(FIND, words, to)),
    )


def _one(asker: Asker, agreement: Agreement, page: int, words: str) -> Reply:
    duties = asker.sight.duties_of(agreement.id)
    meant = [shown for shown in duties if question(words).means(shown.obligation.rule.id)]
    ordered = [*meant, *(shown for shown in duties if shown not in meant)]
    page = page_of(page, len(ordered), IN_A_LIST)
    some, first = ordered[page * IN_A_LIST : (page + 1) * IN_A_LIST], page * IN_A_LIST + 1
    head = [bold(agreement.title, 150), plain(", ".join(agreement.numbers)), plain(_sides(agreement), 150)]
    parts = ["\n".join(line for line in head if line)]
    if meant and page == 0:
        parts.append(_answer(asker, meant[0]))
    if ordered:
        parts += listed(asker, some, first, with_agreement=False)
    else:
        parts.append(asker.say("Tidak ada kewajiban yang terbuka.", "No duty is open."))
    return said(
        "\n\n".join(parts),
        openers(some, first),
        pager(page, len(ordered), IN_A_LIST, lambda to: ask(ONE, agreement.id, to, words)),
        _reports(asker, agreement),
    )


def _reports(asker: Asker, agreement: Agreement) -> tuple[Button, ...]:
    if not asker.sight.rights(agreement).may(Act.REPORT):
        return ()
    officer = Button(asker.say("Narahubung baru", "New contact"), ask(OFFICER.name, agreement.id))
    if KAHAR not in agreement.event_kinds():
        return (officer,)
    return Button(asker.say("Keadaan kahar", "Force majeure"), ask(FORCE_MAJEURE.name, agreement.id)), officer


def _answer(asker: Asker, shown: Shown) -> str:
    what = plain(headline(shown.obligation.rule, asker.language), 90)
    return f"➜ {bold(when(asker, shown))} {left(asker, shown)}: {what}"


def _sides(agreement: Agreement) -> str:
    return " - ".join(party.short or party.name for party in agreement.parties.values())
