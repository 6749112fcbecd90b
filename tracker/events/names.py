"""What kinds of events are called on screens, as the moment a period is counted from. Pure."""

_NAMES = {
    "accident-outcome-certified": (
        "surat keterangan akhir kecelakaan kerja",
        "the accident outcome certificate",
    ),
    "agreement-ended-early": ("berakhirnya perjanjian lebih awal", "the early end of the agreement"),
    "change-proposed": ("usul perubahan", "a proposed change"),
    "complaint-received": ("diterimanya keluhan", "a complaint received"),
    "contact-appointed": ("penetapan pejabat penghubung baru", "the appointment of the new contact"),
    "data-disclosure-planned": ("rencana pengungkapan data", "a planned disclosure of data"),
    "data-handed-over": ("penyerahan data", "the handover of data"),
    "data-use-planned": (
        "rencana penggunaan data di luar lingkup",
        "a planned use of data outside the scope",
    ),
    "default-found": ("ditemukannya wanprestasi", "a default found"),
    "deliberation-failed": ("gagalnya musyawarah", "failed deliberation"),
    "dispute-arose": ("timbulnya perselisihan", "a dispute"),
    "final-court-ruling-issued": ("putusan pengadilan berkekuatan tetap", "a final court ruling"),
    "first-contribution-paid": ("pembayaran iuran pertama", "the first contribution paid"),
    "force-majeure-cancellation-declared": (
        "pembatalan karena keadaan kahar",
        "a cancellation because of force majeure",
    ),
    "force-majeure-ended": ("berakhirnya keadaan kahar", "the end of the force majeure"),
    "force-majeure-occurred": ("terjadinya keadaan kahar", "the force majeure event"),
    "goal-reached": ("tercapainya tujuan kerja sama", "the goal of the cooperation reached"),
    "home-care-granted": ("pemberian perawatan di rumah", "home care granted"),
    "monitoring-completed": ("selesainya pemantauan", "a completed monitoring"),
    "monitoring-requested": ("permintaan pemantauan", "a requested monitoring"),
    "non-performance-found": ("ditemukannya kewajiban yang tidak dijalankan", "non-performance found"),
    "participant-cards-received": ("diterimanya kartu peserta", "the membership cards received"),
    "participant-data-changed": ("perubahan data peserta", "a change of participant data"),
    "participant-died": ("meninggalnya peserta", "the death of a participant"),
    "participant-exit-reported": ("laporan peserta keluar", "a reported exit of a participant"),
    "participant-left": ("keluarnya peserta", "a participant's exit"),
    "periodic-benefit-began": ("mulainya santunan berkala", "the start of the periodic benefit"),
    "policy-changed": ("perubahan kebijakan atau peraturan", "a change of policy or law"),
    "prolonged-force-majeure-expected": (
        "dugaan keadaan kahar berkepanjangan",
        "a force majeure expected to last",
    ),
    "scholarship-right-arose": ("timbulnya hak beasiswa", "the right to a scholarship"),
    "temporary-disability-began": ("mulainya ketidakmampuan bekerja", "the start of the inability to work"),
    "termination-intended": ("keinginan mengakhiri perjanjian", "the wish to terminate"),
    "work-accident-occurred": ("terjadinya kecelakaan kerja", "a work accident"),
}


def event_name(kind: str, language: str) -> str:
    """Name a kind of event; a kind of an agreement's own is shown by its words."""
    names = _NAMES.get(kind)
    if names is None:
        return kind.replace("-", " ")
    return names[1] if language == "en" else names[0]
