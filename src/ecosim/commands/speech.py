"""Speech: what is said to a human goes to stderr, for stdout is for results."""

from __future__ import annotations

import sys


def say(sentence: str) -> None:
    """Print a sentence for a human, on stderr."""
    print(sentence, file=sys.stderr)
