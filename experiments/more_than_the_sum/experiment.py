"""Is the whole more than the sum of its parts, and exactly the sum where parts add up and nothing is between them?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import ecosim
from ecosim.drawing.explained import bars, explained
from ecosim.experiments.answer import answer
from ecosim.experiments.in_words import as_markdown, brackets
from ecosim.experiments.side_by_side import side_by_side

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ecosim.experiments.synergy import Synergy

HERE = Path(__file__).parent
REPLICATES, SEED = 20, 2080
WORK = "dynamics.production"
NEED = f"{WORK}.complementarity=0.5"
REGIMES = {
    "the town: synergy": ("town.yaml",),
    "bonds add nothing": ("town.yaml", f"{WORK}.bond_gain=0"),
    "parts add up (η = 1), the rest as in the town": ("town.yaml", f"{WORK}.complementarity=1"),
    "parts need each other (η = 0.5), A constant": ("adding_up.yaml", NEED),
    "parts need each other (η = 0.2), A constant": ("adding_up.yaml", f"{WORK}.complementarity=0.2"),
    "parts add up, only costs between them (τ, κ as in the town)": (
        "adding_up.yaml", f"{WORK}.translation=0.2", f"{WORK}.coordination=0.02",
    ),
    "parts add up, A constant: the sum": ("adding_up.yaml",),
}  # fmt: skip
WAYS = {"ledger": 3, "dividends": 3, "information": 3, "excess": 1, "counterfactual": 1}
ZERO = 1e-9


def measured(replicates: int, seed: int, workers: int = 0, *changes: str) -> dict[str, Synergy]:
    """Return what the three ways say in each regime."""
    jobs = {regime: (name, own, changes, replicates, seed) for regime, (name, *own) in REGIMES.items()}
    return dict(zip(REGIMES, side_by_side(one, jobs, workers), strict=True))


def one(job: tuple[str, list[str], tuple[str, ...], int, int]) -> Synergy:
    """Return what the three ways say of one regime."""
    name, own, changes, replicates, seed = job
    return ecosim.synergy(
        ecosim.load(None, *own, *changes, scenario=HERE / name), replicates=replicates, seed=seed, surrogates=39
    )


def told(by_regime: dict[str, Synergy]) -> str:
    """Return the tables: each way's figure and verdict in each regime, and dividends by number of members."""
    first = next(iter(by_regime.values())).table.set_index("way")
    head = ["regime", *(f"{way}: {first.loc[way, 'what']} ({first.loc[way, 'unit']})" for way in WAYS), "contradict"]
    rows, sizes = [], []
    for regime, seen in by_regime.items():
        table = seen.table.set_index("way")
        rows.append([regime, *(cell(table.loc[way], digits) for way, digits in WAYS.items()), _yes(not seen.agree)])
        sizes.append([regime, *(f"{share:+.3f}".replace("-", "−") for share in seen.dividends["share"][:5])])
    second = ["of what coalitions make, arises among so many members (share)", *(str(k) for k in range(1, 6))]
    return f"{as_markdown(head, rows)}\n\n{as_markdown(second, sizes)}"


def cell(row: object, digits: int) -> str:
    """Return a way's mean with its interval and what it says; 0 where it is nothing but rounding."""
    mean, low, high, says = (row[name] for name in ("mean", "low", "high", "says"))  # type: ignore[index]
    if abs(low) < ZERO and abs(high) < ZERO:
        return f"0 to within {ZERO:g}: none"
    return f"{brackets(mean, low, high, digits, signed=True)}: {says}"


def figure(by_regime: dict[str, Synergy]) -> Figure:
    """Return the picture: the surplus of the ledger and the share of dividends, regime by regime."""
    from ecosim.drawing.style import ALL_TOGETHER, COLLABORATION

    panels = {"ledger": ("made beyond the same effort alone\n(share of it)", COLLABORATION),
              "dividends": ("share of output that arises\nbetween members", ALL_TOGETHER)}  # fmt: skip
    with explained(
        9.5,
        4.4,
        "The whole against the sum of its parts",
        "Two of the ways to see synergy, in seven regimes of production; 0 is exactly the sum. Bars: 95 % intervals.",
    ) as drawn:
        for axes, (way, (words, colour)) in zip(drawn.subplots(1, 2, sharey=True), panels.items(), strict=True):
            rows = {regime: seen.table.set_index("way").loc[way] for regime, seen in by_regime.items()}
            bars(axes, {regime: (row["mean"], row["low"], row["high"]) for regime, row in rows.items()}, colour)
            axes.set_xlabel(words)
    return drawn


def _yes(is_so: bool) -> str:
    return "yes" if is_so else "no"


if __name__ == "__main__":
    answer(HERE, __doc__, measured, told, figure, replicates=REPLICATES, seed=SEED)
