"""What every test may rely on: plots without a screen, and examples that are the same in every run."""

import os

from hypothesis import settings

os.environ.setdefault("MPLBACKEND", "Agg")

# No deadline: a kernel compiles at its first call. Derandomised: whoever runs a test sees the same verdict.
settings.register_profile("ecosim", deadline=None, derandomize=True, database=None)
settings.load_profile("ecosim")
