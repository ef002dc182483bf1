"""Time limits that a test can hold a promise to, however busy the machine is."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

SLACK = 3.0
"""How many times the promised time a test allows: on a core whose neighbour is busy, work takes up to twice as long.

What such a test is for, work that grows with what a stranger sends, takes far more than that.
"""


@contextmanager
def at_most_seconds(seconds: float) -> Iterator[None]:
    """Fail where what is done inside takes this process, and those it waits for, more processor time.

    Not the time on the wall: tests run beside each other and beside whatever else the machine does, and a promise of a
    second that is kept on an idle machine would fail there now and then.
    """
    began = os.times()[:4]
    yield
    taken = sum(os.times()[:4]) - sum(began)
    assert taken < SLACK * seconds, f"it took {taken:.2f} s of processor time"
