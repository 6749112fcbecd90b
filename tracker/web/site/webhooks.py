"""Having a program told what happens: made and ended on one's own page; the secret is shown once."""

from http import HTTPStatus

from starlette.responses import Response

from tracker.accounts import webhooks
from tracker.accounts.kinds import Happens
from tracker.channels.webhook.signature import secret_of
from tracker.outbox import service as outbox
from tracker.reminders.recipients import WEBHOOK
from tracker.web.fields import text_of
from tracker.web.site.visit import Visit


def units_of(visit: Visit) -> list[tuple[str, str]]:
    """Give the units that somebody may choose among, with their names."""
    reach, units = visit.sight.reach, visit.sight.context.routing.units
    mine = units if reach.sees_everything else {name: units[name] for name in reach.units}
    return sorted(((name, unit.name) for name, unit in mine.items()), key=lambda one: one[1])


def make(visit: Visit) -> Response:
    """Note where to tell what; the secret is shown once."""
    from tracker.web.site.me import page

    url, unit = webhooks.url_in(text_of(visit.given, "alamat")), text_of(visit.given, "unit")
    kinds = [kind for kind in Happens if kind.value in visit.given.get("jenis", ())]
    key = visit.base.house.settings.secret_key
    if url is None or not kinds or key is None or unit not in {"", *dict(units_of(visit))}:
        said = visit.say(
            "Alamat harus diawali https:// tanpa nama pengguna, dan pilih paling sedikit satu kejadian.",
            "The address begins with https:// and holds no user name; choose at least one event.",
        )
        return visit.trouble(HTTPStatus.UNPROCESSABLE_ENTITY, said)
    with visit.base.house.db.write() as connection:
        if webhooks.count(connection, visit.address) >= webhooks.AT_MOST:
            said = visit.say(
                "Akhiri dahulu webhook yang tidak dipakai.", "End a webhook that is not used first."
            )
            return visit.trouble(HTTPStatus.CONFLICT, said)
        name = webhooks.make(connection, visit.address, url, unit, kinds, visit.now)
    return page(visit, made_webhook=secret_of(key.get_secret_value(), name))


def end(visit: Visit) -> Response:
    """End one of one's own; what waits for it is taken back."""
    name = text_of(visit.given, "webhook")
    with visit.base.house.db.write() as connection:
        mine = [one for one in webhooks.in_force(connection, visit.address) if one.id == name]
        for one in mine:
            webhooks.end(connection, one.id, visit.now, address=visit.address)
            outbox.withdraw_from(connection, (WEBHOOK, one.destination))
    return visit.go("/saya", tercatat="webhook-diakhiri")
