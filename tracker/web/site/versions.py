"""Two versions of an agreement's text side by side."""

from starlette.responses import Response

from tracker import fact_effects
from tracker.web.site.differences import differences
from tracker.web.site.visit import Visit, path_to


def versions(visit: Visit) -> Response:
    """Show what differs between two versions; the newest two where none are named."""
    agreement = visit.sight.agreement(visit.part("agreement"))
    if agreement is None:
        return visit.not_there()
    connection = visit.sight.connection
    known = fact_effects.versions_of(connection, agreement.id)
    numbers = [one.version for one in known]
    new = _asked(visit, "ke", numbers, numbers[0])
    old = _asked(visit, "dari", numbers, max((one for one in numbers if one < new), default=new))
    before, after = (fact_effects.version_of(connection, agreement.id, one) for one in (old, new))
    if before is None or after is None:
        return visit.not_there()
    rights = visit.sight.rights(agreement)
    path = path_to("perjanjian", agreement.id)
    return visit.page(
        "versions.html",
        agreement=agreement,
        home=path,
        path=f"{path}/versi",
        known=known,
        old=old,
        new=new,
        sections=differences(before, after, visit.language),
        zone=agreement.zone,
        text=f"{path}/naskah.yaml" if rights.manages or rights.audits else "",
    )


def _asked(visit: Visit, name: str, numbers: list[int], default: int) -> int:
    text = visit.asked(name)
    found = int(text) if text.isdecimal() and len(text) < 7 else default
    return found if found in numbers else default
