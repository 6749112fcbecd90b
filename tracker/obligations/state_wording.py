"""The states of an obligation in plain words, Indonesian and English. Pure."""

from tracker.obligations.model import State
from tracker.obligations.wording import pick

_STATES = {
    State.WAITING: ("menunggu", "waiting"),
    State.OPEN: ("terbuka", "open"),
    State.DUE: ("jatuh tempo", "due"),
    State.OVERDUE: ("TERLAMBAT", "OVERDUE"),
    State.FULFILLED: ("selesai", "fulfilled"),
    State.LAPSED: ("gugur", "lapsed"),
    State.WAIVED: ("dikesampingkan", "waived"),
    State.SUPERSEDED: ("diganti", "superseded"),
    State.UNVERIFIED: ("belum diverifikasi", "unverified"),
}


def state_text(state: State, language: str) -> str:
    """Say a state."""
    return pick(_STATES[state], language)
