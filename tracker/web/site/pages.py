"""Which page stands where. An act is a form that was sent; `True`: a file may come with it."""

from collections.abc import Sequence

from tracker.web.site import duty
from tracker.web.site.site import Show
from tracker.web.site.upcoming import upcoming

_ONE = "{agreement}/{rule}/{occurrence}"
LOOKING: Sequence[tuple[str, Show]] = (
    ("/", upcoming),
    (f"/kewajiban/{_ONE}", duty.duty),
    (f"/bukti/{_ONE}/{{number}}", duty.evidence),
)
ACTING: Sequence[tuple[str, Show, bool]] = ((f"/kewajiban/{_ONE}/{{act}}", duty.record, True),)
