"""Sampled: from ranges and choices to a design whose points are drawn, its number of points known before any is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from ecosim.errors import InputError, shown
from ecosim.experiments.design import SAMPLED, Axis, Design, faults_of_words
from ecosim.experiments.factor import Factor
from ecosim.experiments.ranges import Interval, choices_in, factor_of
from ecosim.experiments.sampling import LEVELS, Factors
from ecosim.settings import Settings
from ecosim.sizes import check_sweep

MOST_LEVELS = 100


class Manner(NamedTuple):
    """How the points of a design are made of what is varied.

    Attributes:
        kind: one of ``ecosim.experiments.design.KINDS``.
        replicates: runs of each point.
        luck: ``common`` or ``independent``.
        samples: of a sampled design: points of ``lhs`` and ``sequence``, base points of ``sobol`` (a power of two),
            trajectories of ``morris``; None for the listed designs.
        levels: of ``morris``, even; None for the usual four.
        second_order: whether ``sobol`` has the points for indices of pairs.
    """

    kind: str = "grid"
    replicates: int = 1
    luck: str = "common"
    samples: int | None = None
    levels: int | None = None
    second_order: bool = False

    def check(self) -> None:
        """Refuse what does not go together.

        Raises:
            InputError: naming every fault.
        """
        faults = faults_of_words(*self[:3])
        if self.kind in SAMPLED:
            faults += _faults_of_samples(self.kind, self.samples)
        elif self.samples is not None and not faults:
            faults.append(f"samples: {shown(self.samples)}; allowed: with --design {', '.join(SAMPLED)}")
        if self.levels is not None:
            faults += _faults_of_levels(self.kind, self.levels)
        if self.second_order and self.kind != "sobol":
            faults.append("second order: allowed with --design sobol, whose indices it is about")
        if faults:
            raise InputError(faults)


class Wanted(NamedTuple):
    """What a sampled design is to vary, before anything is looked up or drawn.

    Attributes:
        axes: each key with a range, or a mark of ``choices``.
        choices: the values of the other keys; one for a key that does not vary.
    """

    axes: Mapping[str, Any]
    choices: Mapping[str, tuple[Any, ...]]


def wanted(axes: Mapping[str, Any], manner: Manner) -> Wanted:
    """Return what a sampled design is to vary.

    Raises:
        InputError: naming every key that cannot be, or more runs than anyone could wait for.
    """
    choices = choices_in(axes)
    found = Wanted(axes, choices)
    width = sum(key not in choices or len(choices[key]) > 1 for key in axes)
    if not width:
        raise InputError(
            f"design {manner.kind}: nothing to vary; allowed: key=interval(LOW,HIGH), key=a,b,c, or --vary KEY"
        )
    faults = []
    levels = manner.levels or LEVELS
    if manner.kind == "morris":
        faults = [
            f"{key}: {len(values)} values; allowed: at most the {levels} levels of design morris (--levels)"
            for key, values in choices.items()
            if len(values) > levels
        ]
    if faults:
        raise InputError(faults)
    check_sweep(_factors(manner, (Factor("", "real"),) * width, 0).points, manner.replicates)
    return found


def draw(asked: Wanted, manner: Manner, seed: int, look_up: Callable[[], Settings]) -> Design:
    """Return the design, its points drawn.

    Args:
        asked: what is varied.
        manner: how.
        seed: of the sweep.
        look_up: returns settings that hold every parameter with a range; called only where there is a range.

    Raises:
        InputError: naming every range that cannot be.
    """
    settings: Settings | None = None
    made: list[Factor] = []
    faults: list[str] = []
    for key, given in asked.axes.items():
        if isinstance(given, Interval):
            settings = settings or look_up()
            try:
                made.append(factor_of(key, given, settings, reaches_ends=manner.kind == "morris"))
            except InputError as error:
                faults += error.faults
        elif len(asked.choices[key]) > 1:
            made.append(Factor(key, "choice", values=asked.choices[key]))
    if faults:
        raise InputError(faults)
    factors = _factors(manner, tuple(made), seed)
    values = dict(zip(factors.keys, factors.values(), strict=True))
    axes = tuple(Axis(key, values.get(key) or asked.choices[key] * factors.points) for key in asked.axes)
    return Design(axes, factors.kind, manner.replicates, seed, manner.luck, factors)  # type: ignore[arg-type]  # checked


def _factors(manner: Manner, factors: tuple[Factor, ...], seed: int) -> Factors:
    levels = LEVELS if manner.levels is None else manner.levels
    return Factors(manner.kind, factors, manner.samples or 1, seed, manner.second_order, levels)  # type: ignore[arg-type]


def _faults_of_samples(kind: str, samples: Any) -> list[str]:
    meaning = {"sobol": "a power of two of base points", "morris": "trajectories"}.get(kind, "points")
    if samples is None:
        return [f"samples: missing; allowed: --samples N, how many {meaning.removeprefix('a power of two of ')}"]
    if isinstance(samples, bool) or not isinstance(samples, int) or samples < 1:
        return [f"samples: {shown(samples)}; allowed: a whole number of at least 1 ({meaning})"]
    if kind == "sobol" and samples & (samples - 1):
        below = 1 << (samples.bit_length() - 1)
        return [
            f"samples: {samples:,}; allowed with design sobol: a power of two, such as {below:,} or {2 * below:,}, for "
            "only then is a Sobol' sequence balanced"
        ]
    return []


def _faults_of_levels(kind: str, levels: Any) -> list[str]:
    if kind != "morris":
        return [f"levels: {shown(levels)}; allowed: with --design morris"]
    if isinstance(levels, bool) or not isinstance(levels, int) or not 2 <= levels <= MOST_LEVELS or levels % 2:
        return [f"levels: {shown(levels)}; allowed: an even number from 2 to {MOST_LEVELS}"]
    return []
