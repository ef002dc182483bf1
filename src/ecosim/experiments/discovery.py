"""Scenario discovery: under which conditions something holds, as rules that are tested on points that did not make them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ecosim.drawing.discovery import draw
from ecosim.drawing.meaning import meanings
from ecosim.errors import InputError, path_of, shown
from ecosim.experiments.cart import Tree, find_tree
from ecosim.experiments.cases import Box, Cases, cases_of
from ecosim.experiments.crossing import Estimate
from ecosim.experiments.intervals import wilson
from ecosim.experiments.meaning import meanings_in
from ecosim.experiments.missing import Missing, missing_of
from ecosim.experiments.prim import quality
from ecosim.experiments.reading import BLOCKS, SweepTables
from ecosim.experiments.rule_words import conditions, sentence, where, with_interval
from ecosim.experiments.tested_rules import ALARM, Rule, tested_rules, tree_p
from ecosim.results.phrases import percent

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Discovery:
    """What a search for conditions came to.

    Attributes:
        folder: of the sweep.
        holds: what was looked for, in words: ``dispersion > 0.3``.
        cases: the points that have a value.
        tested_on: the half of the points on which rules were tested.
        rules: boxes that stood the test, in the order in which they were found.
        tree: the pruned tree, or None where it did not stand the test, or scikit-learn is missing.
        says: the result in sentences.
        about: what factors and measure mean, in a sentence.
        missing: the runs that have no value, and why; None where all have one.
    """

    folder: str
    holds: str
    cases: Cases
    tested_on: Cases
    rules: tuple[Rule, ...]
    tree: Tree | None
    says: tuple[str, ...]
    about: str = ""
    missing: Missing | None = None

    def __repr__(self) -> str:
        rules = f"{len(self.rules)} rule{'s' if len(self.rules) != 1 else ''}"
        tree = "" if self.tree is None else ", a tree"
        lacking = (
            "" if self.missing is None else f", {self.missing.count:,} of {self.missing.runs:,} runs without a value"
        )
        return f"Discovery({self.holds} in {self.folder}: {len(self.cases.share):,} points{lacking}, {rules}{tree})"

    @property
    def brief(self) -> str:
        """The first sentences: how often it holds, what is missing, and the first rule with its test."""
        lacking = 0 if self.missing is None else len(self.missing.says(self.cases.base))
        return " ".join(sentence.strip() for sentence in self.says[: 3 + lacking])

    @property
    def unknown(self) -> Numbers:
        """Factors of the points without any value (points, factors), as ``cases`` tells them; -1 for a word not there."""
        return np.empty((0, len(self.cases.keys))) if self.missing is None else self.missing.nowhere(self.cases)

    @property
    def boxes(self) -> pd.DataFrame:
        """A row for each rule and each factor that it restricts: bounds, words, quasi-p-value, and what it is worth."""
        import pandas as pd

        rows = [
            {
                "rule": number, "factor": self.cases.keys[k], "above": rule.box.low[k], "below": rule.box.high[k],
                "words": _kept(rule.box, k, self.cases), "quasi_p": rule.quasi.get(k, math.nan),
                "density": rule.density.value, "density_low": rule.density.low, "density_high": rule.density.high,
                "coverage": rule.tested.coverage, "mass": rule.tested.mass, "density_where_found": rule.found.density,
                "p_value": rule.p_value,
            }
            for number, rule in enumerate(self.rules, start=1)
            for k in rule.box.restricted()
        ]  # fmt: skip
        return pd.DataFrame(rows, columns=_BOX_COLUMNS)

    @property
    def leaves(self) -> pd.DataFrame:
        """A row for each leaf of the tree: what it demands, and what it is worth in the other half."""
        import pandas as pd

        rows = []
        for leaf in [] if self.tree is None else self.tree.leaves:
            worth = quality(leaf, self.tested_on)
            density = wilson(worth.density, worth.points)
            rows.append({
                "where": where(leaf, self.cases), "density": density.value, "density_low": density.low,
                "density_high": density.high, "coverage": worth.coverage, "mass": worth.mass, "points": worth.points,
            })  # fmt: skip
        return pd.DataFrame(rows)

    @property
    def points(self) -> pd.DataFrame:
        """A row a point: its factors, ``share`` of its runs that hold, ``runs``."""
        import pandas as pd

        cases = self.cases
        columns: dict[str, Any] = {}
        for k, key in enumerate(cases.keys):
            words = cases.words[k]
            columns[key] = [words[int(code)] for code in cases.factors[:, k]] if words else cases.factors[:, k]
        return pd.DataFrame({**columns, "share": cases.share, "runs": cases.runs})

    def factors_shown(self) -> list[int]:
        """Return the two factors that matter most: those that the first rule restricts, then those of the tree."""
        order: list[int] = []
        for rule in self.rules[:1]:
            order += sorted(rule.box.restricted(), key=lambda k: rule.quasi.get(k, 1.0))
        if self.tree is not None:
            order += [int(k) for k in np.argsort(-self.tree.importance, kind="stable")]
        order += range(len(self.cases.keys))
        return list(dict.fromkeys(order))[:2]

    def plot(self, axes: Axes | None = None) -> Axes:
        """Draw the points and the first rule's box over the two factors that matter most, and return the axes."""
        return draw(self, axes)

    def to_dict(self) -> dict[str, Any]:
        """Return the numbers as plain data."""
        return {
            "folder": self.folder, "holds": self.holds, "points": int(self.cases.share.size), "base": self.cases.base,
            "false_alarm_rate": ALARM, "says": list(self.says),
            "missing": None if self.missing is None else self.missing.to_dict(self.cases.base),
            "rules": [
                {
                    "where": conditions(rule.box, self.cases), "density": rule.density._asdict(),
                    "coverage": rule.tested.coverage, "mass": rule.tested.mass,
                    "density_where_found": rule.found.density, "p_value": rule.p_value,
                    "quasi_p": {self.cases.keys[k]: p for k, p in rule.quasi.items()},
                    "in_the_other_half": conditions(rule.again, self.cases),
                    "without_value": self.lacking(rule.box),
                }
                for rule in self.rules
            ],
            "tree": self.leaves.to_dict("records"),
        }  # fmt: skip

    def lacking(self, box: Box) -> float:
        """Return the share of the runs in a box that have no value."""
        return 0.0 if self.missing is None else self.missing.within(box, self.cases)


def discover(
    folder: str | Path,
    measure: str,
    *,
    above: float | None = None,
    below: float | None = None,
    density: float | None = None,
    depth: int = 3,
    seed: int = 0,
) -> Discovery:
    """Find the conditions under which a measure is above, or below, a value, from the runs of a sweep.

    What is missing (runs that failed, or in which the measure is not defined) is told first: how much, why, where it
    gathers, and between which shares of all runs the answer lies whatever it would have been.

    The points are halved at random. Rules are found in one half, by PRIM and by CART, and told with what they are worth in
    the other; one is told only if so many cases would be as frequent in a random part of that half in one of a hundred
    sweeps without any effect.

    Args:
        folder: of a sweep with at least twenty different points, not by ``sobol`` or ``morris``, whose points are bound.
        measure: column of its runs: ``name`` at the end, ``name.mean`` over the second half.
        above: it holds where the measure is above this.
        below: it holds where the measure is below this; with both, where it lies between.
        density: share of runs that a box shall reach; None for the best trade-off with how much it covers.
        depth: questions of the tree, one after the other, at most.
        seed: of the halves and of the test.

    Raises:
        InputError: if there is no such sweep or measure, too few points or such as are bound, or nothing to tell apart.

    Examples:
        >>> ecosim.discover("results/sweep", "dispersion", above=0.3).boxes  # doctest: +SKIP
    """
    _refuse(above, below, density, depth, seed)
    tables = SweepTables(path_of(folder))
    if tables.kind in BLOCKS:
        raise InputError(
            f"{shown(str(folder))}: a {tables.kind} sweep, whose points share values in blocks, so that no half of them can "
            "test what was found in the other; allowed: --design lhs, sequence or grid"
        )
    tables.refuse_without_results()
    (column,) = tables.known([measure])
    values = tables.laid_out(column)
    holds = np.ones_like(values)
    holds[np.isnan(values)] = np.nan
    if above is not None:
        holds[values <= above] = 0.0
    if below is not None:
        holds[values >= below] = 0.0
    missing = missing_of(tables, values, seed)
    cases = cases_of(tables.keys, tables.points_table, holds, "" if missing is None else missing.reasons())
    found = discovered(cases, _told(column, above, below), str(folder), density, depth, seed, missing)
    copies = tables.said_of_copies()
    of_keys = meanings_in(tables.manifest.get("configurations") or {}, tables.keys)
    found = replace(found, about=meanings([column], of_keys))
    return replace(found, says=(*found.says, copies)) if copies else found


def discovered(
    cases: Cases,
    holds: str,
    folder: str = "",
    density: float | None = None,
    depth: int = 3,
    seed: int = 0,
    missing: Missing | None = None,
) -> Discovery:
    """Find the conditions under which something holds among cases; arguments as in :func:`discover`."""
    first, second = cases.halves(seed)
    if cases.base in (0.0, 1.0):
        runs = "run" if missing is None else "run with a value"
        told = f"{holds} in {'every' if cases.base else 'no'} {runs} of {cases.share.size:,} points: nothing to tell apart."
        lacking = () if missing is None else missing.says(cases.base)
        return Discovery(folder, holds, cases, second, (), None, (told, *lacking), missing=missing)
    rules = tuple(tested_rules(first, second, density, seed))
    tree, no_tree = None, ""
    try:
        tree = find_tree(first, depth=depth, seed=seed)
    except InputError as error:
        no_tree = error.faults[0]
    stands = tree is not None and tree_p(tree, first, second, seed) < ALARM
    found = Discovery(folder, holds, cases, second, rules, tree if stands else None, (), missing=missing)
    return replace(found, says=_says(found, no_tree))


def _says(found: Discovery, no_tree: str) -> tuple[str, ...]:
    told = [*_base(found)]
    for number, rule in enumerate(found.rules):
        told += _of_rule(found, number, rule)
    if not found.rules:
        told.append(
            "No rule: no box found in one half of the points stood the test on the other. (Where nothing matters, a rule "
            f"is told in {percent(ALARM)} of sweeps.)"
        )
    if found.tree is not None:
        told.append("As a tree of questions, from the likeliest branch down:")
        every = "runs" if found.missing is None else "runs with a value"
        for _, leaf in found.leaves.sort_values("density", ascending=False).iterrows():
            share = with_interval(Estimate(leaf["density"], leaf["density_low"], leaf["density_high"]))
            told.append(f"  {share} {leaf['where']} ({percent(leaf['mass'])} of {every})")
    else:
        told.append(no_tree or "No tree: no question in one half of the points foretells the other.")
    return tuple(told)


def _base(found: Discovery) -> Iterator[str]:
    """Yield in how many runs it holds, and what is missing."""
    points, runs = f"{found.cases.share.size:,}", f"{int(found.cases.runs.sum()):,}"
    share = f"{found.holds} in {percent(found.cases.base)} of all runs"
    if found.missing is None:
        yield f"{share} ({points} points, {runs} runs)."
        return
    every = f"{points} of {found.missing.cases.share.size:,} points, {runs} of {found.missing.runs:,} runs"
    yield f"{share} with a value ({every})."
    yield from found.missing.says(found.cases.base)


def _of_rule(found: Discovery, number: int, rule: Rule) -> Iterator[str]:
    """Yield a rule, and how it was tested."""
    cases, half = found.cases, found.tested_on
    every = "all runs" if found.missing is None else "all runs with a value"
    told = sentence(found.holds, rule.box, cases, rule.density, rule.tested, every)
    lacking = f" Of the runs there {percent(found.lacking(rule.box))} have no value." if found.missing else ""
    yield ("" if number == 0 else "Of the rest: ") + told + lacking
    yield (
        f"  Tested on {half.share.size:,} points that did not make the rule (p = {rule.p_value:.2g}); in those that did "
        f"it was {percent(rule.found.density)}. The same search in the other half: {where(rule.again, cases)}."
    )


def _told(measure: str, above: float | None, below: float | None) -> str:
    if above is not None and below is not None:
        return f"{above:g} < {measure} < {below:g}"
    return f"{measure} > {above:g}" if above is not None else f"{measure} < {below:g}"


def _refuse(above: float | None, below: float | None, density: float | None, depth: int, seed: int) -> None:
    faults = []
    if above is None and below is None:
        faults.append("neither above nor below is given (--above Y, --below Y): from which value on it holds")
    for name, bound in (("above", above), ("below", below)):
        if bound is not None and not math.isfinite(bound):
            faults.append(f"{name}: {shown(bound)}; allowed: a number")
    if above is not None and below is not None and above >= below:
        faults.append(f"above {above:g} and below {below:g}: nothing lies there; allowed: above less than below")
    if density is not None and not 0 < density <= 1:
        faults.append(f"density: {shown(density)}; allowed: above 0, at most 1")
    if isinstance(depth, bool) or not isinstance(depth, int) or not 1 <= depth <= 6:
        faults.append(f"depth: {shown(depth)}; allowed: 1 to 6")
    if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
        faults.append(f"seed: {shown(seed)}; allowed: a whole number of at least 0")
    if faults:
        raise InputError(faults)


def _kept(box: Box, k: int, cases: Cases) -> str:
    return ", ".join(word for number, word in enumerate(cases.words[k]) if number not in box.left_out[k])


_BOX_COLUMNS = [
    "rule", "factor", "above", "below", "words", "quasi_p", "density", "density_low", "density_high", "coverage", "mass",
    "density_where_found", "p_value",
]  # fmt: skip
