"""Settings of all tests."""

from hypothesis import settings

settings.register_profile("tracker", derandomize=True, deadline=None, max_examples=100)
settings.load_profile("tracker")
