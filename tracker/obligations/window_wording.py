"""What a wish to end early comes to, in plain words, Indonesian and English. Pure."""

from collections.abc import Iterator

from tracker.base.dates import plain_date
from tracker.obligations.windows import Window


def window_text(window: Window, language: str) -> list[str]:
    """Say what a wish to end early comes to: whether it can be reached, and what can be instead."""
    return [*_window_state(window, language), *_window_instead(window, language)]


def _window_state(window: Window, language: str) -> Iterator[str]:
    english = language == "en"
    if not window.ends_early:
        yield _outside(window, language)
        return
    end, notice = plain_date(window.desired_end, language), window.deadline
    asked = plain_date(notice.act_by if notice.act_by >= window.on else notice.safe, language)
    due = plain_date(notice.act_by, language)
    latest = plain_date(notice.latest, language)
    if not window.closed_on_safe:
        yield (
            f"The window is open: notice to end on {end} must be given by {asked}."
            if english
            else f"Jendela masih terbuka: pemberitahuan untuk berakhir {end} paling lambat {asked}."
        )
        return
    yield (
        f"The window has closed: notice to end on {end} was due by {due}."
        if english
        else f"Jendela sudah tertutup: pemberitahuan untuk berakhir {end} seharusnya paling lambat {due}."
    )
    if not window.closed_on_every_reading:
        yield (
            f"The most generous way of counting still leaves time until {latest}, but it can be disputed."
            if english
            else f"Tafsir yang paling longgar masih memberi waktu sampai {latest}, tetapi dapat dibantah."
        )


def _outside(window: Window, language: str) -> str:
    english = language == "en"
    if window.usable is None:
        return (
            "The term is too short to be ended early by notice."
            if english
            else "Jangka waktu perjanjian terlalu pendek untuk diakhiri lebih awal dengan pemberitahuan."
        )
    end = plain_date(window.desired_end, language)
    first, last = (plain_date(day, language) for day in window.usable)
    return (
        f"This clause cannot bring about an end on {end}: it serves for an end from {first} to {last}."
        if english
        else f"Pasal ini tidak dapat dipakai untuk berakhir {end}: hanya untuk berakhir antara {first} "
        f"dan {last}."
    )


def _window_instead(window: Window, language: str) -> Iterator[str]:
    english = language == "en"
    if window.closed_on_safe or not window.ends_early:
        on = plain_date(window.on, language)
        if window.earliest_end is not None:
            earliest = plain_date(window.earliest_end, language)
            yield (
                f"With notice given on {on}, the agreement can end on {earliest} at the earliest."
                if english
                else f"Bila surat disampaikan pada {on}, perjanjian paling cepat berakhir pada {earliest}."
            )
        else:
            yield (
                f"With notice given on {on}, no earlier end can be reached any more: the agreement runs "
                "to its last day, unless both parties agree otherwise."
                if english
                else f"Bila surat disampaikan pada {on}, tidak ada lagi hari berakhir lebih awal yang "
                "terjangkau: perjanjian berjalan sampai hari terakhirnya, kecuali disepakati lain."
            )
    if window.needs_consent:
        yield (
            "A notice alone is not enough: the other party's consent is needed too."
            if english
            else "Pemberitahuan saja belum cukup: persetujuan pihak lain juga diperlukan."
        )
