"""May (1977), Scheffer et al. (2009): a problem with two stable states, and the way from one to the other and back."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ecosim.compose import load
from ecosim.ecosystem import Ecosystem
from ecosim.published.case import Case, Cell, Effort, Standing

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class Problem(NamedTuple):
    """The equation's parameters: growth r (per tick), ceiling H and half h₀ (severity)."""

    growth: float
    ceiling: float
    half: float


LISTED = Problem(1.0, 10.0, 1.0)
FURTHER = Problem(0.6, 24.0, 2.0)
"""Parameters that no table lists; folds and branches follow from the roots of polynomials."""

FOLDS = {"up": (2.6044, 4.781), "down": (1.7872, 1.138)}
"""Control and severity at which the high state ends when control rises, and the low one when it falls."""

ROUNDED = 5e-5
PATIENCE = 4000
"""Ticks for which a control is held before the next: at a fold everything slows down."""


def cells(effort: Effort) -> Iterator[Cell]:
    """Yield the folds found by ramping control up and down, and the severity on both branches in between."""
    step = 1e-4 if effort.full else 1e-3
    for problem, references, standing in _problems():
        for way, (control, severity) in references.items():
            found, last = fold(problem, way, control, step)
            where = f"r = {problem.growth:g}, H = {problem.ceiling:g}, h₀ = {problem.half:g}, control {way}"
            allowance = step + ROUNDED
            yield Cell(where, "control at the fold", control, standing, one(found), 0.0, allowance, RAMPED)
            # The branch ends like a parabola: a step short of the fold, severity is this far from it.
            near = math.sqrt(2 * allowance / abs(curvature(problem, severity)))
            yield Cell(where, "severity just before it", severity, standing, one(last), 0.0, near + 5e-4, PARABOLA)
        middle = 0.5 * (references["up"][0] + references["down"][0])
        low, _, high = equilibria(problem, middle)
        for branch, start, exact in (("high", problem.ceiling, high), ("low", 0.01, low)):
            where = f"r = {problem.growth:g}, control {middle:.4f}, from {start:g}"
            ours = one(settle(world_of(problem, start), middle))
            yield Cell(where, f"severity on the {branch} branch", exact, "derived", ours, 0.0, 1e-6)


RAMPED = "allowed: one step of the ramp, and the rounding of the reference"
PARABOLA = "allowed: what one step of the ramp before the fold means for severity, which changes ever faster there"


def _problems() -> Iterator[tuple[Problem, dict[str, tuple[float, float]], Standing]]:
    yield LISTED, FOLDS, "recomputed"
    yield FURTHER, folds(FURTHER), "derived"


def one(number: float) -> NDArray[np.float64]:
    """Return a single exact number as a cell holds it."""
    return np.array([number])


def fold(problem: Problem, way: str, near: float, step: float) -> tuple[float, float]:
    """Return the last control that a state survived, and its severity, as control goes up or down in steps.

    Args:
        problem: the parameters.
        way: ``up``, from the high state; or ``down``, from the low one.
        near: where about the fold is: the ramp begins 40 steps before it.
        step: of control, severity per tick.
    """
    sign = 1.0 if way == "up" else -1.0
    control = near - sign * 40.5 * step
    model = world_of(problem, problem.ceiling if way == "up" else 0.01)
    severity = settle(model, control)
    for _ in range(200):
        following = settle(model, control + sign * step)
        if abs(math.log(following / severity)) > 0.7:  # it has gone over to the other state
            return control, severity
        control, severity = control + sign * step, following
    return math.nan, math.nan


def world_of(problem: Problem, severity: float) -> Ecosystem:
    """Return a world with one problem, which is held down by what is written into its relief."""
    settings = load(
        "may_1977",
        f"dynamics.issue.growth={problem.growth!r}",
        f"dynamics.issue.ceiling={problem.ceiling!r}",
        f"dynamics.issue.half={problem.half!r}",
        "dynamics.issue.floor=0.0",
        "dynamics.issue.effectiveness=1.0",
        f"ecosystem.severity={severity!r}",
        "record.every=1000000",
        "measures=[]",
    )
    return Ecosystem(settings)


def settle(model: Ecosystem, control: float) -> float:
    """Return where severity comes to rest under a constant control, from where it is."""
    world = model.world
    world.relief[0] = control
    for _ in range(PATIENCE):
        before = float(world.severity[0])
        model.run(1)
        if abs(float(world.severity[0]) - before) <= 1e-12 * before:
            break
    return float(world.severity[0])


def folds(problem: Problem) -> dict[str, tuple[float, float]]:
    """Return control and severity at both folds, from the roots of a polynomial.

    At rest, control is c(h) = r (1 − h/H) (h² + h₀²)/h; at a fold dc/dh = 0, that is 2h³ − H h² + H h₀² = 0.
    """
    _, ceiling, half = problem
    roots = np.roots([2.0, -ceiling, 0.0, ceiling * half**2])
    low, high = sorted(float(root.real) for root in roots if root.real > 0)
    return {"up": (balance(problem, high), high), "down": (balance(problem, low), low)}


def balance(problem: Problem, severity: float) -> float:
    """Return the control under which this severity is at rest."""
    growth, ceiling, half = problem
    return growth * (1.0 - severity / ceiling) * (severity**2 + half**2) / severity


def curvature(problem: Problem, severity: float) -> float:
    """Return d²c/dh² of the balance."""
    growth, ceiling, half = problem
    return growth * (2.0 * half**2 / severity**3 - 2.0 / ceiling)


def equilibria(problem: Problem, control: float) -> tuple[float, float, float]:
    """Return the three severities at rest under a control between the folds: stable, unstable, stable."""
    growth, ceiling, half = problem
    roots = np.roots([-growth / ceiling, growth, -growth * half**2 / ceiling - control, growth * half**2])
    low, middle, high = sorted(float(root.real) for root in roots)
    return low, middle, high


def figure(cells: Sequence[Cell]) -> Figure:
    """Draw severity at rest over control: the curve, its folds, and ours."""
    from ecosim.drawing.style import name_and_explain, new_figure, rules
    from ecosim.published.figures import BLUE, VERMILION

    with rules():
        drawn = new_figure(8.0, 4.6)
        axes = drawn.subplots()
        severity = np.linspace(0.25, 9.5, 600)
        low, high = FOLDS["down"][1], FOLDS["up"][1]
        for first, last, style, word in ((0.0, low, "-", "stable"), (low, high, "--", "unstable"), (high, 10, "-", "")):
            part = severity[(severity >= first) & (severity <= last)]
            label = f"at rest, {word}" if word else "_more"
            axes.plot([balance(LISTED, h) for h in part], part, style, color="#777777", label=label)
        for number, way in enumerate(FOLDS):
            control, last = (float(cells[2 * number + k].ours[0]) for k in (0, 1))
            marker = "^" if way == "up" else "v"
            axes.plot(control, last, marker, color=BLUE, markersize=9, label=f"ours, control {way}", zorder=3)
            axes.plot(*FOLDS[way], "D", color=VERMILION, markersize=14, fillstyle="none", zorder=2,
                      label="_more" if number else "reference")  # fmt: skip
        axes.set_xlabel("control c, severity per tick")
        axes.set_ylabel("severity h at rest")
        axes.set_xlim(1.2, 3.2)
        axes.legend()
        name_and_explain(
            drawn,
            "The way back is another one",
            "Raised step by step, control tips the problem from the high state to the low one at 2.60; the high state "
            "returns only when control falls below 1.79. In between, the past decides.",
        )
    return drawn


CASE = Case(
    name="may_1977",
    title="Two stable states, and the way back",
    source="May (1977), Thresholds and breakpoints in ecosystems with a multiplicity of stable states, Nature 269, "
    "471–477; Scheffer et al. (2009), Early-warning signals for critical transitions, Nature 461, 53–59",
    about="One problem, r = 1, H = 10, h₀ = 1, without chance; within a tick everything changes at once (simultaneous "
    "activation). Reproduced: both folds, found by raising and lowering control in small steps until the state goes over "
    "(hysteresis), and the severity on both branches between them.",
    cells=cells,
    figure=figure,
)
