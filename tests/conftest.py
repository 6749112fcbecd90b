"""Settings of all tests."""

from pathlib import Path

import structlog
from hypothesis import settings
from hypothesis.configuration import set_hypothesis_home_dir

# A folder named .hypothesis in the root is a warning (an error here) while `norecursedirs` is set without it.
set_hypothesis_home_dir(Path(__file__).parents[1] / ".pytest_cache" / "hypothesis")
settings.register_profile("tracker", derandomize=True, deadline=None, max_examples=100)
settings.load_profile("tracker")

# As in production: drawing a traceback with all its values takes seconds.
*_before, _renderer = structlog.get_config()["processors"]
_plain = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
structlog.configure(processors=[*_before, _plain])
