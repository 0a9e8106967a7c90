"""Settings of the whole suite: how many examples Hypothesis tries.

The small profile draws the same examples in every run, so that a change that is not at fault never turns red and the
coverage gate measures the same thing twice; the full one draws new examples each time.
"""

from __future__ import annotations

from hypothesis import settings

from tests.rounds import chosen

settings.register_profile("small", max_examples=25, stateful_step_count=20, deadline=None, derandomize=True)
settings.register_profile("full", max_examples=500, stateful_step_count=50, deadline=None, print_blob=True)
settings.load_profile(chosen())
