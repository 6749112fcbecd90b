"""Which page stands where. An act is a form that was sent; `True`: a file may come with it."""

from collections.abc import Sequence

from tracker.web.site import agreements, alerts, compliance, doctor, duty, files, me, semester, settings
from tracker.web.site.site import Show
from tracker.web.site.upcoming import upcoming

_ONE = "{agreement}/{rule}/{occurrence}"
LOOKING: Sequence[tuple[str, Show]] = (
    ("/", upcoming),
    (f"/kewajiban/{_ONE}", duty.duty),
    (f"/bukti/{_ONE}/{{number}}", duty.evidence),
    (f"/cetak/{_ONE}", duty.printed),
    ("/perjanjian", agreements.agreements),
    ("/perjanjian/{agreement}", agreements.agreement),
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
    ("/saya/kalender", me.make_link, False),
    ("/saya/kalender/cabut", me.revoke_link, False),
    ("/saya/keluar", me.sign_out_everywhere, False),
    ("/alerts/lagi", alerts.send_again, False),
    ("/doctor", doctor.look_now, False),
    ("/settings/telegram", settings.invite, False),
    ("/settings/ringkasan", settings.subscribe, False),
)
