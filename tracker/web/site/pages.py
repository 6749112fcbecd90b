"""Which page stands where. An act is a form that was sent; `True`: a file may come with it."""

from collections.abc import Sequence

from tracker.web.site.site import Show
from tracker.web.site.upcoming import upcoming

LOOKING: Sequence[tuple[str, Show]] = (("/", upcoming),)
ACTING: Sequence[tuple[str, Show, bool]] = ()
