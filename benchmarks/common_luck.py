"""How many runs the same luck saves: the paired runs of the shipped claims, against as many with independent seeds.

``python -m benchmarks.common_luck --write`` renews the table of ``docs/comparing.md`` (about eight minutes of processor
time). A claim is two arms of a shipped experiment and the measure that it is about; replicate r has the same seed in both.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

import ecosim
from ecosim.experiments.design import seed_of_replicate
from ecosim.experiments.gain import fewer_runs

ROOT = Path(__file__).parents[1]
HOME = ROOT / "experiments"
PAGE = ROOT / "docs" / "comparing.md"
START, END = "<!-- ratios -->", "<!-- /ratios -->"
SEED = 4203
ENOUGH = 5.0


class Claim(NamedTuple):
    """Two arms of a shipped experiment, their common base, and the measures that the claim is about."""

    base: str
    reference: tuple[str, ...]
    changed: tuple[str, ...]
    measures: tuple[str, ...]


SCARE = "interventions=[{do: shock, at: 150, every: 10, until: 190, of: urgency, add: 4.0}]"
CRISIS = "interventions=[{do: shock, at: 80, of: severity, add: 6.0}]"
UNCOUPLED = tuple(f"dynamics.levels.{way}_{whom}=0.0" for way in ("to", "from") for whom in ("members", "coalitions"))
INVESTED = "interventions.0.value"


def _purpose(share: float) -> tuple[str, ...]:
    return (
        "interventions=[{do: set, at: 1, column: purpose, value: 0.05, who: {sector: business}},"
        f"{{do: set, at: 1, column: purpose, value: 0.9, who: {{sector: business, share: {share}}}}}]",
    )


CLAIMS: dict[str, Claim] = {
    "tolerance: 1.0 against 0.4": Claim(
        "town", ("dynamics.stance.tolerance=0.4",), ("dynamics.stance.tolerance=1.0",),
        ("success_collective", "in_coalition_share", "dispersion"),
    ),
    "synergist: by dividend against nobody": Claim(
        "synergist/scarce.yaml", ("dynamics.synergist.budget=0",), (), ("total_value", "cross_sector_share"),
    ),
    "synergist: at random against nobody": Claim(
        "synergist/scarce.yaml", ("dynamics.synergist.budget=0",), ("dynamics.synergist.introduces=random",),
        ("total_value", "cross_sector_share"),
    ),
    "levels bind: all couplings against none": Claim(
        "levels_bind/coupled.yaml", UNCOUPLED, (), ("dispersion_members", "dispersion", "dispersion_coalitions"),
    ),
    "information: news with many fakes against none": Claim(
        "information/town.yaml", ("dynamics.media.reach=0.0",),
        ("dynamics.media.reach=0.9", "dynamics.media.fake=0.6"), ("dispersion",),
    ),
    "information: a crisis between camps against calm": Claim(
        "information/camps.yaml", ("ecosystem.stance.separation=0.4",),
        ("ecosystem.stance.separation=0.4", CRISIS), ("dispersion",),
    ),
    "new normal: a scare against none": Claim(
        "new_normal/chronic.yaml", ("ecosystem.network.trust=0.3",), ("ecosystem.network.trust=0.3", SCARE),
        ("contribution_mean", "trust_mean"),
    ),
    "purpose pays: every business against none": Claim(
        "purpose_pays/held.yaml", _purpose(0.0), _purpose(1.0), ("total_value", "severity_mean"),
    ),
    "adapting: everybody against nobody, drift 0.02": Claim(
        "adapting/half.yaml", ("dynamics.learning.drift=0.02", "dynamics.learning.adapting=0.0"),
        ("dynamics.learning.drift=0.02", "dynamics.learning.adapting=1.0"), ("success_collective", "total_value"),
    ),
    "mixed coalitions: translation 0.4 against 0": Claim(
        "mixed_coalitions/town.yaml", ("dynamics.production.translation=0",),
        ("dynamics.production.translation=0.4",), ("output_per_effort", "total_value"),
    ),
    "cultivated bonds: half invest 0.5 against 0.1": Claim(
        "cultivated_bonds/cultivated.yaml", (f"{INVESTED}=0.1",), (f"{INVESTED}=0.5",),
        ("output_per_effort", "in_coalition_share"),
    ),
}  # fmt: skip

AT_START = ("severity_mean", "dispersion", "trust_mean", "gini_capital", "giant_component", "cross_sector_share")
"""What the world of tick 0 is described by, where it is to explain differences."""


def main() -> None:
    """Make the runs, print the table, and if asked to, write it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replicates", type=int, default=40, help="pairs a claim (%(default)s)")
    parser.add_argument("--workers", type=int, default=1, help="processes (%(default)s)")
    parser.add_argument("--keep", type=Path, help="file that keeps the runs (.parquet), or has them already")
    parser.add_argument("--write", action="store_true", help="renew the table in docs/comparing.md")
    asked = parser.parse_args()
    if asked.keep is not None and asked.keep.is_file():
        runs = pd.read_parquet(asked.keep)
    else:
        runs = runs_of(CLAIMS, asked.replicates, asked.workers)
        if asked.keep is not None:
            runs.to_parquet(asked.keep)
    text = told(runs)
    print(text)
    if asked.write:
        before, rest = PAGE.read_text("utf-8").split(START, 1)
        PAGE.write_text(f"{before}{START}\n{text}\n{END}{rest.split(END, 1)[1]}", "utf-8")


def runs_of(claims: Mapping[str, Claim], replicates: int, workers: int = 1) -> pd.DataFrame:
    """Return a row a run, arm and measure: its value at the end, its mean over the second half, and at half the time."""
    jobs = [
        (label, claim, arm, replicate)
        for label, claim in claims.items()
        for arm in ("reference", "changed")
        for replicate in range(replicates)
    ]
    with ProcessPoolExecutor(workers) as pool:
        return pd.DataFrame([row for rows in pool.map(_run, jobs, chunksize=4) for row in rows])


def _run(job: tuple[str, Claim, str, int]) -> list[dict[str, object]]:
    label, claim, arm, replicate = job
    names = ",".join(dict.fromkeys((*claim.measures, *AT_START)))
    changes = (*getattr(claim, arm), f"measures=[{names}]", "record.every=1", "record.events=false")
    is_file = claim.base.endswith(".yaml")
    settings = ecosim.load(None if is_file else claim.base, *changes, scenario=HOME / claim.base if is_file else None)
    model = ecosim.Ecosystem(settings, rng=seed_of_replicate(SEED, replicate))
    model.run()
    series = model.recorder.series()
    tick = np.asarray(series["tick"])
    rows = []
    for measure in claim.measures:
        values = np.asarray(series[measure], float)
        rows.append({
            "claim": label, "measure": measure, "arm": arm, "replicate": replicate, "end": values[-1],
            "second half": np.nanmean(values[tick >= tick[-1] / 2]),
            "half the time": np.nanmean(values[(tick >= tick[-1] / 4) & (tick <= tick[-1] / 2)]),
            **{f"start {name}": float(series[name][0]) for name in AT_START},
        })  # fmt: skip
    return rows


WAYS = ("end", "second half", "half the time")


def told(runs: pd.DataFrame) -> str:
    """Return the table, and how many claims reach the mark in each way of measuring."""
    head = ["claim", "measure", *WAYS, "second half, start accounted for"]
    lines = [head, ["---", "---", *["--:"] * (len(head) - 2)]]
    best: dict[str, dict[str, float]] = {}
    for (claim, measure), part in runs.groupby(["claim", "measure"], sort=False):
        found = {way: fewer_runs(*pair(part, way)) for way in WAYS}
        found["start"] = fewer_runs(*pair(part, "second half"), start_of(part))
        lines.append([str(claim), f"`{measure}`", *(_words(*one) for one in found.values())])
        for way, (ratio, low, _) in found.items():
            for of, number in ((way, ratio), (f"{way}, surely", low)):
                best.setdefault(of, {})[str(claim)] = max(number, best.get(of, {}).get(str(claim), 0.0))
    table = "\n".join("| " + " | ".join(line) + " |" for line in lines)
    count = {way: sum(number >= ENOUGH for number in by.values()) for way, by in best.items()}
    names = dict(zip((*WAYS, "start"), head[2:], strict=True))
    counts = "; ".join(f"{name}: {count[way]} ({count[f'{way}, surely']})" for way, name in names.items())
    return (
        f"{table}\n\nOf {len(best['end'])} claims, so many have a measure that needs at least {ENOUGH:g} times fewer runs "
        f"(in brackets: with its whole interval above {ENOUGH:g}): {counts}."
    )


def pair(part: pd.DataFrame, way: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return what came out in the changed arm and in the reference, replicate by replicate."""
    wide = part.pivot(index="replicate", columns="arm", values=way).dropna()
    return wide["changed"].to_numpy(float), wide["reference"].to_numpy(float)


def start_of(part: pd.DataFrame) -> NDArray[np.float64]:
    """Return the description of each replicate's world before anything has happened (replicates, k)."""
    first = part[part["arm"] == "reference"].set_index("replicate").sort_index()
    found: NDArray[np.float64] = first[[f"start {name}" for name in AT_START]].to_numpy(float)
    return found


def _words(ratio: float, low: float, high: float) -> str:
    def short(number: float) -> str:
        return "∞" if np.isinf(number) else f"{number:.1f}" if number < 10 else f"{number:.0f}"

    return f"{short(ratio)} [{short(low)}, {short(high)}]"


if __name__ == "__main__":
    main()
