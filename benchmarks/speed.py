"""Time of a tick: all rivals side by side, in turn, several times over, because machines are noisy.

Time is processor time of this process, which all rivals spend in one thread: others on the machine count for less.
"""

from __future__ import annotations

import gc
import statistics
import time
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from benchmarks.rivals import ECOSIM, MESA, RIVALS, Rival, WithEcosim
from benchmarks.work import BOUNDED_CONFIDENCE, MODELS

SHORTEST = 0.05
"""Seconds that a measured stretch lasts at least, by repeating the same ticks from the same start."""


@dataclass
class Row:
    """One rival at one size: nanoseconds of an organisation's tick in each round, and the ratio to plain Mesa's."""

    model: str
    n: int
    rival: str
    nanoseconds: list[float] = field(default_factory=list)
    ratios: list[float] = field(default_factory=list)
    bytes_each: float = float("nan")

    def plain(self) -> dict[str, Any]:
        return {
            "model": self.model,
            "organisations": self.n,
            "rival": self.rival,
            "ns_per_organisation_and_tick": statistics.median(self.nanoseconds),
            "ns_lowest": min(self.nanoseconds),
            "ns_highest": max(self.nanoseconds),
            "times_as_fast_as_mesa": statistics.median(self.ratios) if self.ratios else float("nan"),
            "ratio_lowest": min(self.ratios, default=float("nan")),
            "ratio_highest": max(self.ratios, default=float("nan")),
            "bytes_per_organisation": self.bytes_each,
        }


def measure(sizes: dict[int, int], mesa_up_to: int, rounds: int, ticks: int) -> Iterator[Row]:
    """Yield a row for every model, size and rival.

    Args:
        sizes: number of organisations to rounds that it is measured; where it is 0, ``rounds``.
        mesa_up_to: greatest number of organisations for which Mesa is run: beyond, it has no row.
        rounds: how often all rivals have their turn.
        ticks: length of the stretch that every rival runs, from the same start.
    """
    for model in MODELS:
        for n, own_rounds in sizes.items():
            yield from _side_by_side(model, n, n <= mesa_up_to, own_rounds or rounds, ticks)


def _side_by_side(model: str, n: int, with_mesa: bool, rounds: int, ticks: int) -> list[Row]:
    is_weighed = n <= 10_000  # following every allocation takes long; beyond, it is about the same for each
    WithEcosim(model, n=100).run(1)  # what is imported and compiled at first use weighs nothing
    ours, ours_bytes = _weighed(lambda: WithEcosim(model, n), is_weighed)
    rivals: dict[str, Rival] = {ECOSIM: ours}
    rows = {ECOSIM: Row(model, n, ECOSIM, bytes_each=ours_bytes / n)}
    for name, make in RIVALS.items():
        if with_mesa or not name.startswith("Mesa"):
            rivals[name], held = _weighed(lambda make=make: make(ours.work), is_weighed)
            rows[name] = Row(model, n, name, bytes_each=held / n)
    require_same_answers(model, rivals)
    for _ in range(rounds):
        took = {name: _nanoseconds(rival, n, ticks) for name, rival in rivals.items()}
        for name, value in took.items():
            rows[name].nanoseconds.append(value)
            if MESA in took:
                rows[name].ratios.append(took[MESA] / value)
    return list(rows.values())


def require_same_answers(model: str, rivals: dict[str, Rival]) -> None:
    """Stop unless all rivals do the same work, as far as that can be seen: it also warms them up.

    Raises:
        ValueError: if opinions differ, or values appear that nobody had at the start.
    """
    start = rivals[ECOSIM].state().copy()
    for rival in rivals.values():
        rival.again()
        rival.run(1)
    for name, rival in rivals.items():
        state = rival.state()
        if model == BOUNDED_CONFIDENCE:
            agrees = np.allclose(state, rivals[ECOSIM].state(), rtol=0, atol=1e-12)
        else:  # everyone draws for themselves: contributions are copied, and about as many change hands
            changed = [np.mean(values != start) for values in (state, rivals[ECOSIM].state())]
            agrees = bool(np.isin(state, start).all()) and abs(changed[0] - changed[1]) < 6 / np.sqrt(start.size)
        if not agrees:
            raise ValueError(f"{name} does other work than ecosim in {model} with {start.size} organisations")


def _nanoseconds(rival: Rival, n: int, ticks: int) -> float:
    """Return the time of an organisation's tick."""
    repeats, took = 0, 0.0
    while took < SHORTEST:
        rival.again()
        began = time.process_time()
        rival.run(ticks)
        took += time.process_time() - began
        repeats += 1
    return took / (repeats * ticks * n) * 1e9


def _weighed(make: Callable[[], Any], is_weighed: bool) -> tuple[Any, float]:
    """Return what is made, and the bytes that it holds."""
    if not is_weighed:
        return make(), float("nan")
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    made = make()
    gc.collect()
    held = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    return made, held
