"""Groups that hear of a unit: linked with a code by a manager, in a topic or not, and unlinked again.

A group that nobody has linked learns nothing: what is said there is met with silence.
"""

from collections.abc import Mapping, Sequence

from telegram.helpers import create_deep_linked_url

from tracker.base.log import get_logger
from tracker.bot.linking import START, STOP, Errand, has_tried_enough, not_valid
from tracker.bot.screen import SILENCE, Button, Reply, bold, page_of, pager, plain, said
from tracker.obligations.wording import pick
from tracker.outbox import doubts
from tracker.people import chats, codes
from tracker.people.chats import Group
from tracker.people.codes import Target
from tracker.people.requests import Ask, ask, number, text
from tracker.people.rights import Reach
from tracker.reminders.group_chats import GroupChat, Hears, address_of
from tracker.reminders.recipients import TELEGRAM

GROUPS = "kaitkan"
IN_GROUPS = frozenset({START, STOP, GROUPS})
"""What is listened to in a group."""
_MAKE, _LEAVE = "buat", "lepas"
_UNITS, _GROUPS = 5, 8
"""How many of each a screen shows."""
_HEARS = {
    Hears.DIGESTS: ("ringkasan", "digests"),
    Hears.ALL: ("ringkasan dan pengingat", "digests and reminders"),
}
_LABEL = 60
log = get_logger("bot")


def groups(errand: Errand, details: Sequence[str]) -> Reply:
    """Show a manager the groups of their units; make a code for another one, or unlink one."""
    units = _managed(errand)
    if not units:
        return said(
            errand.say(
                "Hanya pimpinan unit yang dapat menautkan grup.",
                "Only the manager of a unit can link a group.",
            )
        )
    unit = text(details, 1)
    if text(details, 0) == _MAKE and unit in units:
        hears = text(details, 2)
        if hears not in _HEARS:
            return _choice(errand, unit, units[unit])
        return _invited(errand, unit, units[unit], Hears(hears))
    if text(details, 0) == _LEAVE:
        _unlink(errand, units, text(details, 1))
    return _shown(errand, units, number(details, 0, 0))


def in_group(errand: Errand, asked: Ask) -> Reply:
    """Answer what is said in a group: a code, and a manager's wish to leave."""
    code = text(asked.details, 0)
    if asked.name == STOP:
        return _left(errand)
    return _linked(errand, code) if code else SILENCE


def _managed(errand: Errand) -> Mapping[str, str]:
    """Give the units that somebody manages, with their names."""
    return _units_of(errand, errand.sight(errand.chat).reach)


def _shown(errand: Errand, units: Mapping[str, str], page: int) -> Reply:
    found = chats.groups(errand.connection, units)
    names = list(units)
    page = page_of(page, len(names), _UNITS)
    lines = [
        bold(errand.say("Grup yang mendapat kabar unit", "Groups that hear of a unit")),
        *(_line(errand, units, group) for group in found[:_GROUPS]),
        errand.say(
            "Pilih unit untuk membuat tautan grup baru." if found else "Belum ada grup. Pilih unitnya.",
            "Choose a unit to link another group." if found else "There is none yet. Choose the unit.",
        ),
    ]
    makers = [
        (Button(_short(f"+ {units[name]}"), ask(GROUPS, _MAKE, name)),)
        for name in names[page * _UNITS : (page + 1) * _UNITS]
    ]
    enders = [
        (Button(_short(f"✕ {group.title or group.id}"), ask(GROUPS, _LEAVE, group.id)),)
        for group in found[:_GROUPS]
    ]
    turn = pager(page, len(names), _UNITS, lambda to: ask(GROUPS, to))
    return said("\n\n".join(lines), *makers, turn, *enders)


def _line(errand: Errand, units: Mapping[str, str], group: Group) -> str:
    topic = "/" in group.chat.address
    where = group.title or str(group.id)
    parts = [
        plain(f"{where} → {units[group.chat.unit]}: {errand.say(*_HEARS[group.chat.hears])}"),
        *([errand.say("dalam satu topik", "in one topic")] if topic else []),
        *([] if group.is_in_use else [errand.say("bot dikeluarkan", "the bot was thrown out")]),
    ]
    return ", ".join(parts)


def _choice(errand: Errand, unit: str, name: str) -> Reply:
    lines = (bold(name), errand.say("Apa yang datang di grup itu?", "What shall come to that group?"))
    buttons = (
        Button(errand.say(*words).capitalize(), ask(GROUPS, _MAKE, unit, hears.value))
        for hears, words in _HEARS.items()
    )
    return said("\n".join(lines), *((button,) for button in buttons))


def _invited(errand: Errand, unit: str, name: str, hears: Hears) -> Reply:
    target = Target(unit=unit, hears=hears)
    code = codes.make(errand.connection, target, f"telegram:{errand.chat.id}", errand.now, errand.secret).text
    lines = [
        bold(f"{name}: {errand.say(*_HEARS[hears])}"),
        errand.say(
            "Berlaku 24 jam, sekali pakai. Siapa pun di grup itu akan membaca kabar unit ini.",
            "Valid for 24 hours, once. Everybody in that group will read the news of this unit.",
        ),
    ]
    if errand.bot_name:
        link = create_deep_linked_url(errand.bot_name, code, group=True)
        lines.append(
            errand.say(
                f"Buka tautan ini dan pilih grupnya: {link}", f"Open this and choose the group: {link}"
            )
        )
    lines.append(
        errand.say(
            f"Atau tambahkan bot ke grup, lalu tulis di grup atau di topiknya: <code>/{GROUPS} {code}</code>",
            f"Or add the bot to the group, then write there, or in a topic: <code>/{GROUPS} {code}</code>",
        )
    )
    return said("\n\n".join(lines), (Button(errand.say("Grup", "Groups"), ask(GROUPS)),))


def _unlink(errand: Errand, units: Mapping[str, str], chat: str) -> None:
    found = chats.group(errand.connection, int(chat)) if chat.lstrip("-").isdecimal() else None
    if found is not None and found.chat.unit in units:
        chats.stop(errand.connection, found.id, errand.now, "manager")
        log.info("group unlinked", chat=found.id)


def _linked(errand: Errand, code: str) -> Reply:
    if has_tried_enough(errand):
        return SILENCE
    chat, connection = errand.chat.id, errand.connection
    target = codes.use(connection, code, chat, errand.now)
    unit = errand.context.routing.units.get(target.unit) if target else None
    if target is None or unit is None:
        log.warning("a code opens nothing", chat=chat)
        return not_valid(errand)
    language = unit.managers[0].language if unit.managers else errand.language
    group = GroupChat(target.unit, address_of(chat, errand.said.thread), language, target.hears)
    chats.link_group(connection, chat, group, "code", errand.now, title=errand.said.title)
    doubts.confirm(connection, (TELEGRAM, group.address))
    log.info("group linked", chat=chat, unit=target.unit)
    news, name = pick(_HEARS[target.hears], language), plain(unit.name)
    return said(
        pick(
            (
                f"Grup ini tertaut: {news} {name} datang di sini. Pimpinan unit memutusnya dengan /{STOP}.",
                f"This group is linked: {news} of {name} come here. The manager unlinks it with /{STOP}.",
            ),
            language,
        )
    )


def _left(errand: Errand) -> Reply:
    group = chats.group(errand.connection, errand.chat.id)
    if group is None:
        return SILENCE
    person = chats.get(errand.connection, errand.said.user)
    if group.chat.unit not in _units_of(errand, errand.sight(person).reach):
        return SILENCE
    chats.stop(errand.connection, group.id, errand.now, "manager")
    log.info("group unlinked", chat=group.id)
    return said(
        pick(
            (
                "Tautan grup ini diputus: tidak ada lagi kabar di sini.",
                "This group is unlinked: no more news here.",
            ),
            group.chat.language,
        )
    )


def _units_of(errand: Errand, reach: Reach) -> Mapping[str, str]:
    units = errand.context.routing.units
    return {name: units[name].name for name in sorted(units) if reach.everything or name in reach.units}


def _short(label: str) -> str:
    return label if len(label) <= _LABEL else f"{label[: _LABEL - 1]}…"
