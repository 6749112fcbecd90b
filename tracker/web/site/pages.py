"""Which page stands where. An act is a form that was sent; `True`: a file may come with it."""

from collections.abc import Sequence

from tracker.web.site import (
    agreements,
    alerts,
    compliance,
    doctor,
    duty,
    entries,
    files,
    me,
    month,
    record,
    semester,
    settings,
    texts,
    timeline,
    versions,
    webhooks,
    what_if,
)
from tracker.web.site.site import Show
from tracker.web.site.upcoming import upcoming

_ONE = "{agreement}/{rule}/{occurrence}"
_AGREEMENT = "/perjanjian/{agreement}"
LOOKING: Sequence[tuple[str, Show]] = (
    ("/", upcoming),
    ("/calendar", month.month),
    ("/what-if", what_if.what_if),
    (f"/kewajiban/{_ONE}", duty.duty),
    (f"/bukti/{_ONE}/{{number}}", duty.evidence),
    (f"/cetak/{_ONE}", duty.printed),
    ("/perjanjian", agreements.agreements),
    (_AGREEMENT, agreements.agreement),
    (f"{_AGREEMENT}/linimasa", timeline.timeline),
    (f"{_AGREEMENT}/versi", versions.versions),
    (f"{_AGREEMENT}/catat", record.choose),
    (f"{_AGREEMENT}/catat/{{kind}}", record.ask),
    (f"{_AGREEMENT}/betulkan/{{number}}", record.ask),
    (f"{_AGREEMENT}/peristiwa", entries.entries),
    (f"{_AGREEMENT}/peristiwa/{{number}}", entries.recorded),
    (f"{_AGREEMENT}/naskah", texts.text),
    (f"{_AGREEMENT}/naskah.yaml", texts.download),
    ("/unduh/kewajiban.csv", files.as_csv),
    ("/unduh/kewajiban.xlsx", files.as_xlsx),
    ("/saya", me.me),
    ("/alerts", alerts.alerts),
    ("/compliance", compliance.shown),
    ("/doctor", doctor.doctor),
    ("/settings", settings.settings),
    ("/reports/semester.pdf", semester.semester),
    ("/unduh/kepatuhan.csv", compliance.as_csv),
    ("/unduh/kepatuhan.xlsx", compliance.as_xlsx),
    ("/unduh/pemberitahuan.csv", alerts.as_csv),
    ("/unduh/pemberitahuan.xlsx", alerts.as_xlsx),
)
ACTING: Sequence[tuple[str, Show, bool]] = (
    (f"/kewajiban/{_ONE}/{{act}}", duty.record, True),
    (f"{_AGREEMENT}/catat/{{kind}}", record.act, False),
    (f"{_AGREEMENT}/betulkan/{{number}}", record.act, False),
    ("/saya/kalender", me.make_link, False),
    ("/saya/kalender/cabut", me.revoke_link, False),
    ("/saya/token", me.make_token, False),
    ("/saya/token/cabut", me.revoke_token, False),
    ("/saya/webhook", webhooks.make, False),
    ("/saya/webhook/akhiri", webhooks.end, False),
    ("/saya/keluar", me.sign_out_everywhere, False),
    ("/alerts/lagi", alerts.send_again, False),
    ("/doctor", doctor.look_now, False),
    ("/settings/telegram", settings.invite, False),
    ("/settings/ringkasan", settings.subscribe, False),
)
TAKING_TEXTS: Sequence[tuple[str, Show]] = ((f"{_AGREEMENT}/naskah", texts.take),)
"""Acts with which the text of an agreement comes."""
