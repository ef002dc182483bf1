"""Time limit: how long a run may take. By itself, so that the command line can say it without importing what makes runs."""

from __future__ import annotations

SECONDS_A_RUN = 3600.0
"""How long a run may take where nothing else is said."""
